//! Which experiments a failure deserves.
//!
//! After silence in TLS no hello with old suites is tried, because it would be answered with something. Short
//! segments and the hello for an alert are tried instead. What `connect-only` meets is no reaction to anything.

use super::{Facts, credentials::credentials, kerberos, proxy, redirection};
use crate::{
    codes::{INCONSISTENT_FLAGS, Phase},
    report::{Credentials, ExperimentKind as Made, Failure, FailureKind as Kind, Trace},
};

/// The handshake itself: versions, length, name, and what only an old client could say.
const TLS: &[Made] = &[
    Made::Tls12Only,
    Made::Tls13Only,
    Made::SmallHello,
    Made::LargeHello,
    Made::NoSni,
    Made::LegacyHello,
    Made::ProtocolRdp,
    Made::NextAddress,
    Made::Repeat,
];
/// Silence after the ClientHello: what is lost, and on which way?
const TLS_SILENT: &[Made] = &[
    Made::Tls12Only,
    Made::Tls13Only,
    Made::SmallHello,
    Made::LargeHello,
    Made::NoSni,
    Made::ProtocolRdp,
    Made::SmallSegments,
    Made::HelloForAlert,
    Made::NextAddress,
    Made::Repeat,
];
/// Silence anywhere else: does the path lose long packets?
const SMALLER: &[Made] = &[Made::SmallSegments];
/// No answer to the Connection Request: is it the cookie, the offer, or is it no RDP at all?
const NEGOTIATION: &[Made] = &[
    Made::NoCookie,
    Made::ProtocolRdp,
    Made::ProtocolSsl,
    Made::ProtocolHybrid,
    Made::DirectTls,
    Made::ConnectOnly,
    Made::NextAddress,
    Made::Repeat,
];
/// No answer at all: does it wait for a request of HTTP?
const SILENCE: &[Made] = &[
    Made::NoCookie,
    Made::ProtocolRdp,
    Made::ProtocolSsl,
    Made::ProtocolHybrid,
    Made::DirectTls,
    Made::HttpRequest,
    Made::NextAddress,
    Made::Repeat,
];
/// A refused offer: what would be accepted?
const OFFERS: &[Made] = &[
    Made::ProtocolRdp,
    Made::ProtocolSsl,
    Made::ProtocolHybrid,
    Made::ProtocolHybridEx,
    Made::ProtocolRdsaad,
    Made::NextAddress,
    Made::Repeat,
];
/// What the user added to the connection may be what fails, in any phase.
const TOKEN: &[Made] = &[Made::NoCookie];
const PRECONNECTION: &[Made] = &[Made::NoPreconnection];
const SERVER_NAME: &[Made] = &[Made::NoServerName];
const ADDITIONS: &[Made] = &[Made::NoAdditions];
/// Behind a redirection there may be a host that takes its one-time account alone.
const HOP: &[Made] = &[Made::ProtocolRdstls];
/// Refused flags: what takes TLS before the negotiation?
const FLAGS: &[Made] = &[
    Made::ProtocolRdp,
    Made::ProtocolSsl,
    Made::ProtocolHybrid,
    Made::DirectTls,
    Made::NextAddress,
    Made::Repeat,
];
/// TLS came first: does the server wait for a Connection Request?
const NEGOTIATED: &[Made] =
    &[Made::ProtocolRdp, Made::ProtocolSsl, Made::ProtocolHybrid, Made::NextAddress, Made::Repeat];
const AGAIN: &[Made] = &[Made::NextAddress, Made::Repeat];
const WITHOUT_NLA: &[Made] = &[Made::ProtocolSsl, Made::Tls12Only, Made::NextAddress, Made::Repeat];

/// The kinds of the experiments, in no order; none after a success, and none once the server refused credentials.
pub(crate) fn wanted(trace: &Trace) -> Vec<Made> {
    let facts = Facts::of(trace);
    let Some((phase, failure)) = facts.failed().and_then(|failed| Some((failed.phase, failed.failure?)))
    else {
        return Vec::new();
    };
    if credentials(&facts) == Credentials::Refused {
        return Vec::new();
    }
    // A proxy that gave its answer gives it again, and no KDC is behind a connection to the server.
    if proxy::is_ended(&facts) || kerberos::ended_at_kdc(&facts).is_some() {
        return Vec::new();
    }
    // Without an account nothing behind NLA can be reached again.
    let attempted = facts.credssp.is_some_and(|credssp| credssp.attempted) || facts.account_sent();
    let is_silent = failure.kind == Kind::Timeout;
    let names = match phase {
        Phase::Connect if matches!(failure.kind, Kind::Refused | Kind::Reset) => AGAIN,
        Phase::Negotiate => negotiation(failure, &facts),
        Phase::Tls if facts.began_with_tls() => NEGOTIATED,
        Phase::Tls if is_silent => TLS_SILENT,
        Phase::Tls => TLS,
        Phase::Credssp if is_ending(failure) && !attempted => WITHOUT_NLA,
        Phase::Credssp if failure.kind == Kind::NtStatus && !attempted => AGAIN,
        Phase::Mcs | Phase::Licensing | Phase::Activate if is_ending(failure) && !attempted => AGAIN,
        _ => &[],
    };
    let early = matches!(phase, Phase::Negotiate | Phase::Tls | Phase::Credssp);
    let hop = if early && redirection::hop(&facts).is_some() { HOP } else { &[] };
    // Without an account only what comes before it can be reached again.
    let smaller = is_silent && phase >= Phase::Negotiate && phase != Phase::Tls && !attempted;
    let smaller = if smaller { SMALLER } else { &[] };
    let added = if phase < Phase::Negotiate || attempted { Vec::new() } else { added(&facts, phase) };
    // A server that is known to refuse the current suites is not asked for them again.
    let is_old = phase != Phase::Tls && facts.tls.is_some_and(|tls| tls.has_old_suite());
    let is_vain = |kind: &Made| is_old && *kind == Made::Tls12Only;
    let pictured = facts.request.screenshot && phase >= Phase::Licensing && !attempted;
    let pipeline: &[Made] = if pictured { &[Made::NoScreenshot] } else { &[] };
    let names = names.iter().chain(smaller).chain(hop).chain(pipeline).chain(added.into_iter().flatten());
    names.copied().filter(|kind| !is_vain(kind)).collect()
}

/// The experiments that leave out what the user added; a hop gets nothing of it.
fn added(facts: &Facts<'_>, phase: Phase) -> Vec<&'static [Made]> {
    let direct = redirection::hop(facts).is_none();
    let asked = facts.request;
    let suspects = [
        (asked.preconnection, PRECONNECTION),
        (asked.load_balance_info, TOKEN),
        (asked.server_name && phase >= Phase::Tls, SERVER_NAME),
    ];
    let mut names: Vec<_> =
        suspects.into_iter().filter(|(asked, _)| *asked && direct).map(|(_, names)| names).collect();
    if names.len() > 1 {
        names.push(ADDITIONS);
    }
    names
}

fn negotiation(failure: &Failure, facts: &Facts<'_>) -> &'static [Made] {
    let named = facts.negotiate.and_then(|negotiate| negotiate.speaks.as_ref());
    match failure.kind {
        Kind::NegotiationFailure if failure.code == Some(INCONSISTENT_FLAGS) => FLAGS,
        Kind::NegotiationFailure => OFFERS,
        // What has introduced itself needs no guessing, but another member of a pool may be well.
        Kind::NotRdp if named.is_some_and(|speaks| !speaks.is_tls()) => AGAIN,
        Kind::NotRdp => &[Made::DirectTls, Made::NextAddress, Made::Repeat],
        Kind::Timeout if failure.received.is_none() => SILENCE,
        _ => NEGOTIATION,
    }
}

/// The stream ended, with or without an alert of TLS, or nothing came, so that nobody said why.
fn is_ending(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::Closed | Kind::Reset | Kind::Timeout | Kind::TlsAlert)
}
