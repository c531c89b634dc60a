//! One file a phase: each reads like its part of the specification and leaves what it saw in its evidence.

pub(crate) mod activate;
pub(crate) mod attribution;
pub(crate) mod connect;
pub(crate) mod credssp;
pub(crate) mod gateway;
pub(crate) mod kdc;
pub(crate) mod licensing;
pub(crate) mod mcs;
pub(crate) mod negotiate;
pub(crate) mod proxy;
pub(crate) mod resolve;
pub(crate) mod session;
pub(crate) mod tls;

mod auto_detect;
mod basic;
pub(crate) mod ending;
mod http;
mod rdp_client;
mod record;
pub(crate) mod redirect;
pub(crate) mod secured;

use std::borrow::Cow;

use auto_detect::AutoDetect;
pub(crate) use record::record;
pub(crate) use secured::Secured;

use crate::report::Failure;

/// How a phase that did not fail ended.
#[derive(Debug)]
pub(crate) enum Step<T> {
    /// The next phase can begin.
    Passed(T),
    /// We chose to end here, and why.
    Stopped(Cow<'static, str>),
}

/// What a phase returns.
pub(crate) type PhaseResult<T> = Result<Step<T>, Failure>;
