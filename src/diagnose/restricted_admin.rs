//! Restricted Admin mode, and what the server says of it and of Remote Credential Guard (MS-RDPBCGR 2.2.1.2.1).

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{FindingCode, Severity},
};

const RESTRICTED_ADMIN: u32 = 0x08;
const REMOTE_CREDENTIAL_GUARD: u32 = 0x10;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::RestrictedAdminUnsupported, Severity::Error, Phase::Negotiate, unsupported),
    Rule::new(FindingCode::RestrictedAdminUsed, Severity::Info, Phase::Credssp, used),
];

fn unsupported(facts: &Facts<'_>) -> Option<String> {
    let seen = facts.negotiate.filter(|seen| seen.requested_restricted_admin)?;
    let lacks = seen.flags? & RESTRICTED_ADMIN == 0;
    lacks.then(|| format!("the server does not support Restricted Admin mode; {}", guard(facts)))
}

fn used(facts: &Facts<'_>) -> Option<String> {
    facts.credssp.filter(|seen| seen.restricted_admin)?;
    Some(format!("the server was given no password, in Restricted Admin mode; {}", guard(facts)))
}

fn guard(facts: &Facts<'_>) -> &'static str {
    match facts.negotiate.and_then(|seen| seen.flags).unwrap_or_default() & REMOTE_CREDENTIAL_GUARD {
        0 => "it does not say that it supports Remote Credential Guard",
        _ => "it supports Remote Credential Guard",
    }
}
