//! Checks of a machine as a client or as a host: what it is told, and whether that is as it should be. Nothing is changed.

mod beside;
mod check;
mod collect;
mod damage;
mod host;
mod known;
mod krb5;
mod machine;
pub mod no_proxy;
mod pages;
mod roles;
mod scene;
mod sddl;
mod setting;
mod topics;

pub use beside::Beside;
pub use check::{Check, Matters, Said, Test};
pub use collect::Collection;
pub use damage::FILES_DAMAGED;
#[doc(hidden)]
pub use host::files;
pub use host::{
    About, Answer, Certificates, EVENT_DAYS, Event, File, Host, Interface, LARGEST_TEXT, MOST_EVENTS,
    NOT_READ, Output, Owner, PrivateKey, Recorded, Recorder, Service, ServiceState, Source, Span, StartType,
    ThisMachine, Unreadable, Value, event_query, event_xml, forbid_core_files, new_file, public_key,
    readable, regular_file, standard_input, this_machine, without_account, writable,
};
pub use known::Known;
pub use krb5::{Krb5, Unread};
pub use pages::{page, paged};
pub use roles::{is_answered, is_damaged};
pub use scene::{Scene, Subject};
pub use setting::{Case, Is, Setting};

use crate::report::{LocalCheck, Machine, Report, Role};

/// What a machine is to be checked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChoice {
    /// As a client.
    Client,
    /// As a host.
    Host,
    /// As a client, and as a host where it is one.
    Auto,
}

/// The facts of a machine and its checks.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What can be compared with the wire.
    pub machine: Machine,
    /// What the checks showed, in the order of the tables.
    pub checks: Vec<LocalCheck>,
}

/// Every check of every role and system.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    topics::CHECKS.iter().copied().flatten()
}

impl Checked {
    /// Without the checks that do not matter to this trace.
    #[must_use]
    pub fn beside(self, report: &Report) -> Self {
        let Self { machine, mut checks } = self;
        let check = |code: &str| self::checks().find(|check| check.code == code);
        checks.retain(|made| check(&made.code).is_none_or(|check| beside::matters(check, &machine, report)));
        Self { machine, checks }
    }
}

/// Asks the machine everything that fits its system and its roles.
pub fn check(host: &dyn Host, choice: RoleChoice, subject: Option<&Subject>) -> Checked {
    let known = subject.map(|subject| (subject, host.known_as(subject)));
    match known {
        Some((subject, Known::As(pseudonym))) => known::under(host, choice, subject, &pseudonym),
        Some((subject, Known::Not)) => known::nowhere(host, choice, subject),
        Some((_, Known::AsIs)) | None => asked(host, choice, subject, None),
    }
}

/// Asks this machine only what matters to a trace that has ended: other questions cost processes, and answer nothing.
pub fn check_beside(host: &dyn Host, report: &Report) -> Checked {
    let subject = Subject::of(&report.trace);
    asked(host, RoleChoice::Auto, subject.as_ref(), Some(report))
}

fn asked(host: &dyn Host, choice: RoleChoice, subject: Option<&Subject>, report: Option<&Report>) -> Checked {
    let scene = Scene::new(host, subject);
    let roles = roles::roles(&scene, choice);
    let machine = machine::machine(&scene, &roles, report);
    let fits = |check: &&Check| {
        let matters = report.is_none_or(|report| beside::matters(check, &machine, report));
        matters && check.on.contains(&host.system()) && roles.contains(&check.role)
    };
    let mut checks: Vec<_> = checks().filter(fits).map(|check| result(check, &scene)).collect();
    // The last one: files show their damage while they are read.
    checks.extend(host.source().map(|source| damage::result(&source)));
    Checked { machine, checks }
}

fn result(check: &Check, scene: &Scene<'_>) -> LocalCheck {
    let said = match check.test {
        Test::Setting(setting) => setting.judge(scene),
        Test::Logic(logic) => logic(scene),
    };
    let excuse = said.status.severity().and_then(|_| topics::excuse(check.matters, scene));
    let said = match excuse {
        Some(why) => said.excused(why),
        None => said,
    };
    named(check.code, Some(check.role), said)
}

fn named(code: &str, role: Option<Role>, said: Said) -> LocalCheck {
    LocalCheck {
        code: code.to_owned(),
        role,
        status: said.status,
        observed: said.observed,
        message: said.message,
    }
}
