//! What a Connection Request asks for, and what a connection agrees on that has none before TLS.
//!
//! A file may begin with TLS (`negotiate security layer:i:0`, MS-RDPBCGR 5.4.2.2): TLS, then NLA unless it is left
//! out, then the Connection Request inside TLS, which belongs to `mcs` because nothing is negotiated any more.
//! Experiments begin as the main connection did, except those that ask for one protocol each: they show whether the
//! server waits for a negotiation.

use super::{Opening, Plan};
use crate::{
    codes::Protocols,
    pdu::x224::Lead,
    phase::negotiate::{Negotiated, Offer},
    report::Selected,
    settings::{Delegation, Settings},
};

/// The offer of these protocols.
pub(super) fn offer<'a>(plan: &Plan, settings: &'a Settings, protocols: Protocols) -> Offer<'a> {
    let lead = match (plan.opening, settings.offer.routing_token.as_deref()) {
        (Opening::NoCookie, _) => Lead::Nothing,
        (_, Some(token)) => Lead::Token(token),
        (_, None) => Lead::Cookie,
    };
    let http = plan.opening == Opening::Http;
    Offer { protocols, restricted_admin: restricted_admin(plan, settings), lead, http }
}

/// Only a connection that carries the account demands Restricted Admin mode.
pub(super) fn restricted_admin(plan: &Plan, settings: &Settings) -> bool {
    let delegation = settings.logon.as_ref().map(|logon| logon.delegation);
    delegation == Some(Delegation::RestrictedAdmin) && plan.account.is_some()
}

/// What a connection speaks that begins with TLS: NLA where it may be offered. The early user authorization result can only be
/// agreed on in a negotiation.
pub(super) fn agreed(plan: &Plan) -> Negotiated {
    let (protocol, agreed) = match plan.protocols.has(Protocols::HYBRID) {
        true => (Selected::Nla, Protocols::HYBRID),
        false => (Selected::Tls, Protocols::SSL),
    };
    Negotiated { protocol, code: agreed.bits(), extended: false, restricted_admin: false }
}
