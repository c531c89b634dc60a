//! What the .rdp file itself brings about.

use super::{CauseRule, Place, Weighed, added, failed_in, rule};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        facts::GATEWAY_ALWAYS,
        rdp_file::{negotiation_off, token_refused},
        redirection,
    },
    report::{CauseCode, ExperimentKind},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::ThisMachine, CauseCode::RdpFileNegotiationOff, |facts| {
        negotiation_off(facts).map(Weighed::certain)
    }),
    rule(Place::ThisMachine, CauseCode::RdpFileTokenRefused, |facts| {
        added::weigh(facts, ExperimentKind::NoCookie, token_refused(facts)?)
    }),
    rule(Place::ThisMachine, CauseCode::RdpFileAlternateAddress, alternate_address),
    rule(Place::ThisMachine, CauseCode::RdpFileGatewayRequired, behind_gateway),
];

/// The address that is dialled is not the one that the file's users read.
fn alternate_address(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Resolve).or_else(|| failed_in(facts, Phase::Connect))?;
    let (file, direct) = (facts.file?, redirection::hop(facts).is_none());
    let (dialled, named) = (file.alternate_full_address.as_deref()?, file.full_address.as_deref()?);
    (direct && !dialled.eq_ignore_ascii_case(named)).then(|| {
        let text =
            format!("the file has clients dial {dialled} (alternate full address) in place of {named}");
        Weighed::likely(text).and(Some(failure.detail.clone()))
    })
}

/// Through the gateway always, or where the direct way fails.
fn behind_gateway(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Resolve).or_else(|| failed_in(facts, Phase::Connect))?;
    let gateway = facts.gateway()?;
    let host = gateway.host.as_deref()?;
    let text = format!("the .rdp file goes through the gateway {host}, and this trace went directly");
    let weighed =
        if gateway.usage == Some(GATEWAY_ALWAYS) { Weighed::likely(text) } else { Weighed::possible(text) };
    Some(weighed.and(Some(failure.detail.clone())))
}
