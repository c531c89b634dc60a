//! The arguments of farms: the token for a load balancer, and redirections.

use clap::Args;

use crate::{
    cli::out::stderr,
    destination::{LONGEST_TOKEN, RdpFile, typed_inside, without_end},
    settings::Settings,
};

/// The most redirections that can be followed.
const MOST: u32 = 20;

#[derive(Args, Debug)]
#[command(next_help_heading = "Redirection")]
pub(crate) struct FarmArguments {
    /// What the Connection Request says to a load balancer in place of the cookie
    ///
    /// The loadbalanceinfo of an .rdp file, or "Cookie: msts=...". The CR LF at its end is added; a
    /// typed \r\n there is taken as it.
    #[arg(long, value_name = "TEXT", value_parser = token, hide_short_help = true)]
    pub load_balance_info: Option<Token>,

    /// How many redirections to follow, each as a hop of its own
    ///
    /// 0 ends with the first.
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    pub follow_redirects: u32,

    /// Use the account at every hop too, one attempt each
    ///
    /// That of the gateway is used on the way there. With --expect-thumbprint the account is used only
    /// at hops that serve that certificate. Without this option hops are traced without an account.
    #[arg(long, hide_short_help = true)]
    pub follow_with_account: bool,
}

/// A routing token, and the text that it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    given: String,
    sent: String,
}

impl FarmArguments {
    /// Says how the token that is sent was understood, where that is not plain.
    pub(crate) fn explain(&self, file: Option<&RdpFile>) {
        match &self.load_balance_info {
            Some(token) => explain("--load-balance-info", &token.given),
            None => explain_file(file),
        }
    }

    /// The settings with what is asked for here.
    pub(crate) fn settings(&self, given: Settings) -> Settings {
        let token = self.load_balance_info.clone();
        let named = given.offer.routing_token.clone();
        given
            .routing_token(token.map(|token| token.sent.into_bytes()).or(named))
            .follow_redirects(self.follow_redirects)
            .follow_with_account(self.follow_with_account)
    }
}

/// Says how the token of the file was understood, where that is not plain.
pub(crate) fn explain_file(file: Option<&RdpFile>) {
    if let Some(token) = file.and_then(|file| file.text("loadbalanceinfo")) {
        explain("loadbalanceinfo", token);
    }
}

fn explain(place: &str, given: &str) {
    let sent = without_end(given);
    let end = given[sent.len()..].replace('\r', r"\r").replace('\n', r"\n");
    let told = match (sent.is_empty(), end.is_empty(), typed_inside(given)) {
        (true, _, _) => format!("{place} holds no more than the end of a token, {end}, so none is sent"),
        (false, false, _) => {
            format!(
                "the {end} at the end of {place} is taken as CR LF, which ends every token; sent is: {sent}"
            )
        }
        (false, true, Some(typed)) => {
            format!("the {typed} in {place} is sent as the characters that stand there; sent is: {sent}")
        }
        (false, true, None) => return,
    };
    stderr::say(told);
}

fn token(given: &str) -> Result<Token, String> {
    let sent = without_end(given);
    if typed_inside(given) == Some(r"\r\n") {
        return Err(r"\r\n stands in the middle, and a Connection Request carries one line".to_owned());
    }
    let is_printable = sent.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    match sent.len() {
        1..=LONGEST_TOKEN if is_printable => Ok(Token { given: given.to_owned(), sent: sent.to_owned() }),
        _ => Err(format!("1 to {LONGEST_TOKEN} printable ASCII characters are expected")),
    }
}
