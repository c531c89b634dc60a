//! The arguments of farms: the token for a load balancer, and redirections.

use clap::Args;

use crate::settings::Settings;

/// The most redirections that can be followed.
const MOST: u32 = 20;
/// The longest routing token.
const LONGEST: usize = 238;

#[derive(Args, Debug)]
pub struct FarmArguments {
    /// What the Connection Request says to a load balancer in place of the cookie, as
    /// loadbalanceinfo of an .rdp file or "Cookie: msts=..."
    #[arg(long, value_name = "TEXT", value_parser = token)]
    pub load_balance_info: Option<String>,

    /// How many redirections of a broker to follow, each as a hop of its own; 0 ends with the first
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    pub follow_redirects: u32,

    /// Use the account at every hop too, one attempt each, and that of the gateway on the way there;
    /// without it hops are traced without one
    #[arg(long)]
    pub follow_with_account: bool,
}

impl FarmArguments {
    /// The settings with what is asked for here.
    pub fn settings(&self, given: Settings) -> Settings {
        Settings {
            routing_token: self.load_balance_info.clone().or(given.routing_token),
            follow_redirects: self.follow_redirects,
            follow_with_account: self.follow_with_account,
            ..given
        }
    }
}

fn token(text: &str) -> Result<String, String> {
    let is_printable = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    match text.len() {
        1..=LONGEST if is_printable => Ok(text.to_owned()),
        _ => Err(format!("1 to {LONGEST} printable ASCII characters are expected")),
    }
}
