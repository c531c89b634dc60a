//! What a machine is checked as.

use super::{
    host::NOT_READ,
    survey::Survey,
    topics::{checks, is_client_of_files, is_host, is_host_of_files, make},
};
use crate::report::{CheckStatus, LocalCheck, Role};

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

/// The roles that were asked for, or those that fit.
pub(super) fn roles(survey: &Survey<'_>, choice: RoleChoice) -> Vec<Role> {
    match choice {
        RoleChoice::Client => vec![Role::Client],
        RoleChoice::Host => vec![Role::Host],
        RoleChoice::Auto if survey.machine.source().is_some() => of_files(survey),
        RoleChoice::Auto if is_host(survey) => vec![Role::Client, Role::Host],
        RoleChoice::Auto => vec![Role::Client],
    }
}

/// Files are of a client, of a host or of both; those that tell neither are taken for what they can answer as.
fn of_files(survey: &Survey<'_>) -> Vec<Role> {
    let is_client = is_client_of_files(survey);
    match (is_client, is_host_of_files(survey, is_client)) {
        (true, true) => vec![Role::Client, Role::Host],
        (true, false) => vec![Role::Client],
        (false, true) => vec![Role::Host],
        (false, false) => {
            let answers = |role: &Role| {
                let mut fits =
                    checks().filter(|check| check.role == *role && check.on.contains(&survey.system()));
                fits.any(|check| is_told(&make(check, survey)))
            };
            let roles: Vec<_> = [Role::Client, Role::Host].into_iter().filter(answers).collect();
            if roles.is_empty() { vec![Role::Client] } else { roles }
        }
    }
}

/// Whether the machine answered any of these checks; files may hold nothing that one asks for.
pub(crate) fn is_answered(checks: &[LocalCheck]) -> bool {
    checks.iter().filter(|check| check.role.is_some()).any(is_told)
}

/// Whether the check found what it asks for damaged.
pub(crate) fn is_damaged(check: &LocalCheck) -> bool {
    check.role.is_some() && check.status == CheckStatus::Unknown && check.message.contains(NOT_READ)
}

fn is_told(check: &LocalCheck) -> bool {
    match check.status {
        CheckStatus::Ok | CheckStatus::Warning | CheckStatus::Error => true,
        CheckStatus::Unknown | CheckStatus::NotApplicable => check.observed.is_some(),
    }
}
