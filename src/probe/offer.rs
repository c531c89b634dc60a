//! What a Connection Request asks for, and what a connection agrees on that has none before TLS.

use super::{Opening, Plan};
use crate::{
    pdu::x224::Lead,
    phase::negotiate::{Negotiated, Offer},
    report::Selected,
    settings::{Security, Settings},
};

/// NLA with early authorization, which only a negotiation can agree on.
const PROTOCOL_HYBRID_EX: u32 = 8;

/// The offer of these protocols.
pub fn offer<'a>(plan: &Plan, settings: &'a Settings, protocols: u32) -> Offer<'a> {
    let lead = match (plan.opening, settings.routing_token.as_deref()) {
        (Opening::NoCookie, _) => Lead::Nothing,
        (_, Some(token)) => Lead::Token(token),
        (_, None) => Lead::Cookie,
    };
    Offer { protocols, restricted_admin: restricted_admin(plan, settings), lead }
}

/// Only a connection that carries the account demands Restricted Admin mode.
pub fn restricted_admin(plan: &Plan, settings: &Settings) -> bool {
    settings.restricted_admin && plan.account.is_some()
}

/// What a connection speaks that begins with TLS: NLA where it may be offered.
pub fn agreed(plan: &Plan) -> Negotiated {
    let nla = Security::Nla.protocols() & !PROTOCOL_HYBRID_EX;
    let agreed = |protocol, code| Negotiated { protocol, code, extended: false, restricted_admin: false };
    match plan.protocols & nla {
        0 => agreed(Selected::Tls, Security::Tls.protocols()),
        code => agreed(Selected::Nla, code),
    }
}
