//! What the settings and the log of the machine that was checked mean for the connection that was traced.

mod certificates;
mod checks;
mod clock;
mod credssp;
mod log;
mod names;
mod target;
mod tls;
mod verdict;

pub use checks::{checks, host_faults, way_faults, wrong};
pub use clock::is_unkept;
pub use names::{from_hosts_file, is_bare};
pub use target::{is_public, route, tunnel};
pub use verdict::told;

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{
        Machine,
        Severity::{Error, Info, Warning},
    },
};

macro_rules! rules {
    ($($code:literal $severity:ident $phase:ident $applies:path),+ $(,)?) => {
        &[$(Rule { code: $code, severity: $severity, phase: Phase::$phase, applies: $applies }),+]
    };
}

/// What both sides show together. Which checks a finding tells stands in `checks`.
pub const RULES: &[Rule] = rules![
    "tls-client-no-common-version" Error Tls tls::no_common_version,
    "tls-client-no-common-version" Warning Tls tls::no_known_version,
    "tls-client-no-common-suite" Warning Tls tls::no_known_suite,
    "credssp-client-refuses" Error Credssp credssp::refuses,
    "credssp-client-exposed" Warning Credssp credssp::exposed,
    "credssp-oracle-not-needed" Warning Credssp credssp::not_needed,
    "certificate-changed" Warning Tls certificates::changed,
    "certificate-not-the-configured" Warning Tls certificates::not_configured,
    "clock-wrong-here" Warning Credssp clock::here,
    "clock-wrong-there" Warning Credssp clock::there,
    "clock-doubtful" Warning Tls clock::doubtful,
    "name-leads-elsewhere" Warning Resolve names::elsewhere,
    "name-from-hosts-file" Warning Resolve names::hosts_file,
    "client-log-failed" Warning Connect log::failed,
    "client-log-differs" Warning Connect log::differs,
    "client-log-agrees" Info Connect log::agrees,
    "client-log-beyond" Info Connect log::beyond,
];

/// The machine that was checked.
pub fn machine<'a>(facts: &Facts<'a>) -> Option<&'a Machine> {
    facts.trace.machine.as_ref()
}

/// What a sentence calls it.
pub fn this(machine: &Machine) -> &'static str {
    if machine.from_files { "the machine that the files are of" } else { "this machine" }
}

/// A list in a sentence: `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
