//! The arguments of farms: the token for a load balancer, and redirections.

use clap::Args;

use super::out::stderr;
use crate::settings::Settings;

/// The most redirections that can be followed.
const MOST: u32 = 20;
/// The longest routing token.
const LONGEST: usize = 238;
/// The end of the token on the wire, which every Connection Request gets, as people type it from examples.
const TYPED_END: &str = r"\r\n";

#[derive(Args, Debug)]
pub struct FarmArguments {
    /// What the Connection Request says to a load balancer in place of the cookie, as
    /// loadbalanceinfo of an .rdp file or "Cookie: msts=..."; the CR LF at its end is added
    #[arg(long, value_name = "TEXT", value_parser = token)]
    pub load_balance_info: Option<Token>,

    /// How many redirections of a broker to follow, each as a hop of its own; 0 ends with the first
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    pub follow_redirects: u32,

    /// Use the account at every hop too, one attempt each, and that of the gateway on the way there;
    /// without it hops are traced without one
    #[arg(long)]
    pub follow_with_account: bool,
}

/// A routing token without its CR LF.
#[derive(Clone, Debug)]
pub struct Token {
    text: String,
    /// Whether its end was typed with it.
    ended: bool,
}

impl FarmArguments {
    /// Says how the token was understood, where that is not plain.
    pub fn explain(&self) {
        if let Some(token) = self.load_balance_info.as_ref().filter(|token| token.ended) {
            stderr::say(format_args!(
                "the {TYPED_END} at the end of --load-balance-info is taken as CR LF, which ends every token; \
                 sent is: {}",
                token.text
            ));
        }
    }

    /// The settings with what is asked for here.
    pub fn settings(&self, given: Settings) -> Settings {
        Settings {
            routing_token: self.load_balance_info.clone().map(|token| token.text).or(given.routing_token),
            follow_redirects: self.follow_redirects,
            follow_with_account: self.follow_with_account,
            ..given
        }
    }
}

fn token(given: &str) -> Result<Token, String> {
    let mut text = given;
    while let Some(before) = text.strip_suffix(TYPED_END).or_else(|| text.strip_suffix("\r\n")) {
        text = before;
    }
    if text.contains(TYPED_END) {
        return Err(format!("{TYPED_END} stands in the middle, and a Connection Request carries one line"));
    }
    let is_printable = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    match text.len() {
        1..=LONGEST if is_printable => Ok(Token { text: text.to_owned(), ended: text.len() < given.len() }),
        _ => Err(format!("1 to {LONGEST} printable ASCII characters are expected")),
    }
}
