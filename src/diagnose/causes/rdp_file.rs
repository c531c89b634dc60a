//! What the .rdp file itself brings about.

use super::{CauseRule, Weighed, added, failed_in};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        facts::GATEWAY_ALWAYS,
        rdp_file::{negotiation_off, token_refused},
        redirection,
    },
};

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "rdp-file-negotiation-off",
        weigh: |facts| negotiation_off(facts).map(Weighed::certain),
        comes_and_goes: false,
        confirm: &["the same trace with negotiate security layer:i:1 in a copy of the file"],
        fix: &["set negotiate security layer:i:1 in the file, or remove the line"],
    },
    CauseRule {
        code: "rdp-file-token-refused",
        weigh: |facts| added::weigh(facts, "no-cookie", token_refused(facts)?),
        comes_and_goes: false,
        confirm: &["whether the collection in loadbalanceinfo still exists on the broker"],
        fix: &["download a fresh file from RD Web Access"],
    },
    CauseRule {
        code: "rdp-file-alternate-address",
        weigh: alternate_address,
        comes_and_goes: false,
        confirm: &["a trace of the full address by itself, and what its name resolves to"],
        fix: &["remove alternate full address from a copy of the file, or correct it"],
    },
    CauseRule {
        code: "rdp-file-gateway-required",
        weigh: behind_gateway,
        comes_and_goes: false,
        confirm: &[
            "whether the users of the file fail too: they go through the gateway",
            "the same trace from a machine behind the gateway",
        ],
        fix: &["trace through it with --gateway, or bring up the VPN"],
    },
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
