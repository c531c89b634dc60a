//! What the settings and the log of the machine that was checked mean for the connection that was traced.
//!
//! This program obeys no setting of the client, so a healthy trace beside a client that cannot connect is no
//! contradiction, and a client's setting never explains a failed trace. The machine's own part of the way does, and
//! so do its settings as a host if it is the target: a loopback address with the usual port, checked as a host alone,
//! or read from files of a host. `Machine` holds the facts, so `judge` comes to the same.
//!
//! A finding or a cause names in `checks` the checks that it covers, and no page repeats them. A value that matters
//! only behind a gateway, or with an account of Entra, is no warning if the way has none. Of files only what does not
//! depend on where the trace was made is compared: no clock, no route, no proxy.

mod certificates;
mod checks;
mod clock;
mod credssp;
mod log;
mod names;
mod target;
mod tls;
mod verdict;

pub(crate) use checks::{checks_of_cause, checks_of_finding, host_faults, way_faults, wrong};
pub(crate) use clock::is_unkept;
pub(crate) use names::{from_hosts_file, is_bare};
pub(crate) use target::{is_public, route, tunnel};
pub(crate) use verdict::told;

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{
        FindingCode, Machine,
        Severity::{Error, Info, Warning},
    },
};

macro_rules! rules {
    ($($code:ident $severity:ident $phase:ident $applies:path),+ $(,)?) => {
        &[$(Rule { code: FindingCode::$code, severity: $severity, phase: Phase::$phase, applies: $applies }),+]
    };
}

/// What both sides show together. Which checks a finding tells stands in `checks`.
pub(super) const RULES: &[Rule] = rules![
    TlsClientNoCommonVersion Error Tls tls::no_common_version,
    TlsClientNoCommonVersion Warning Tls tls::no_known_version,
    TlsClientNoCommonSuite Warning Tls tls::no_known_suite,
    CredsspClientRefuses Error Credssp credssp::refuses,
    CredsspClientExposed Warning Credssp credssp::exposed,
    CredsspOracleNotNeeded Warning Credssp credssp::not_needed,
    CertificateChanged Warning Tls certificates::changed,
    CertificateNotTheConfigured Warning Tls certificates::not_configured,
    ClockWrongHere Warning Credssp clock::here,
    ClockWrongThere Warning Credssp clock::there,
    ClockDoubtful Warning Tls clock::doubtful,
    NameLeadsElsewhere Warning Resolve names::elsewhere,
    NameFromHostsFile Warning Resolve names::hosts_file,
    ClientLogFailed Warning Connect log::failed,
    ClientLogDiffers Warning Connect log::differs,
    ClientLogAgrees Info Connect log::agrees,
    ClientLogBeyond Info Connect log::beyond,
];

/// The machine that was checked.
pub(super) fn machine<'a>(facts: &Facts<'a>) -> Option<&'a Machine> {
    facts.trace.machine.as_ref()
}

/// What a sentence calls it.
pub(super) fn this(machine: &Machine) -> &'static str {
    if machine.from_files { "the machine that the files are of" } else { "this machine" }
}

/// A list in a sentence: `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
