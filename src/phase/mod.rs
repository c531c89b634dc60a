//! One file a phase: each reads like its part of the specification and leaves what it saw in its evidence.

pub mod activate;
pub mod attribution;
pub mod connect;
pub mod credssp;
pub mod gateway;
pub mod kdc;
pub mod licensing;
pub mod mcs;
pub mod negotiate;
pub mod proxy;
pub mod resolve;
pub mod session;
pub mod tls;

mod auto_detect;
mod basic;
mod ending;
mod rdp_client;
mod record;
pub mod redirect;
mod secured;

use std::borrow::Cow;

use auto_detect::AutoDetect;
pub use record::record;
pub use secured::Secured;

use crate::report::Failure;

/// How a phase that did not fail ended.
#[derive(Debug)]
pub enum Step<T> {
    /// The next phase can begin.
    Passed(T),
    /// We chose to end here, and why.
    Stopped(Cow<'static, str>),
}

/// What a phase returns.
pub type PhaseResult<T> = Result<Step<T>, Failure>;

/// Random bytes of the system.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a system on which TLS works has random bytes");
    bytes
}
