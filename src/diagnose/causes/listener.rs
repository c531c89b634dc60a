//! What answers on the port in place of a healthy Remote Desktop service.

use super::{CauseRule, Weighed, after, coded, credssp, cut_in, ended_in, failed_in, silent_in};
use crate::{
    codes::Phase,
    diagnose::{Facts, experiments::Ending, path, redirection},
    report::{FailureKind, Likelihood},
};

/// INCONSISTENT_FLAGS (MS-RDPBCGR 2.2.1.2.2).
const INCONSISTENT_FLAGS: i64 = 4;

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "tls-proxy-in-front",
        weigh: proxy,
        comes_and_goes: false,
        confirm: &["the certificate that the experiment direct-tls saw", "what stands in front of the host"],
        fix: &["let the proxy pass TCP through, or connect to the host behind it"],
    },
    CauseRule {
        code: "wrong-service-on-port",
        weigh: wrong_service,
        comes_and_goes: false,
        confirm: &[
            "on the host: netstat -ano shows which process owns the port, qwinsta whether rdp-tcp listens",
            "where port forwards and NAT rules lead",
        ],
        fix: &["ask for the right port, or free it for TermService", "correct the port forward"],
    },
    CauseRule {
        code: "proxy-without-live-host",
        weigh: no_live_host,
        comes_and_goes: false,
        confirm: &[
            "whether the address is that of a proxy or load balancer, and how it sees the hosts behind it",
            "a trace of a host behind it",
        ],
        fix: &[
            "bring up a host behind the proxy, or correct where the proxy leads",
            "let its health probe speak RDP, not only TCP",
        ],
    },
    CauseRule {
        code: "host-refuses-by-closing",
        weigh: refuses,
        comes_and_goes: false,
        confirm: &[
            "on the host: TerminalServices-RemoteConnectionManager 1070, 1071 or 1006 at this time",
            "on the host: change logon /query, fDenyTSConnections and its policy, fEnableWinStation",
        ],
        fix: &["change logon /enable, or lift the limit of connections", "restrict who reaches the port"],
    },
    CauseRule {
        code: "services-hung",
        weigh: hung,
        comes_and_goes: true,
        confirm: &[
            "the same trace with --timeout 60 gives a busy host, or what it asks, more time",
            "on the host: TermService, UmRdpService and SessionEnv run, and no event 20497 or 20499 is logged",
        ],
        fix: &[
            "restart TermService and UmRdpService, which ends every session; restart the host where they do not stop",
        ],
    },
    CauseRule {
        code: "one-host-of-several",
        weigh: one_host,
        comes_and_goes: true,
        confirm: &["a trace of each address with --server-name"],
        fix: &[
            "take the failing host out of the name until it is mended",
            "then look at that host's own log",
        ],
    },
    CauseRule {
        code: "pool-member-broken",
        weigh: pool,
        comes_and_goes: true,
        confirm: &["whether the address is a load balancer's", "a trace of each host behind it"],
        fix: &["take the failing host out of the pool, and let the health probe speak RDP, not only TCP"],
    },
];

fn proxy(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate)?;
    let flags = coded(facts, FailureKind::NegotiationFailure, &[INCONSISTENT_FLAGS]).is_some();
    let answered = takes_tls(facts);
    let spoken = facts.negotiate?.speaks.as_deref().is_some_and(|speaks| speaks.starts_with("TLS"));
    let direct = facts.experiment("direct-tls").and_then(|made| made.ending(Phase::Tls));
    let against = match direct {
        Some(Ending::Failed(failure)) => {
            Some(format!("TLS without the Connection Request does not pass: {}", failure.detail))
        }
        _ => None,
    };
    (flags || answered || spoken).then(|| {
        let text = answered.then(|| "a TLS handshake without the Connection Request passes".to_owned());
        let served = facts.direct_certificate().map(|served| format!("it serves {served}"));
        Weighed::likely(failure.detail.clone()).and(text).and(served).but(against)
    })
}

fn wrong_service(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate)?;
    let speaks = facts.negotiate.and_then(|negotiate| negotiate.speaks.as_deref());
    match (failure.kind, speaks) {
        (FailureKind::NotRdp, _) if some_request_answered(facts) => {
            let against = "another Connection Request to the same address is answered".to_owned();
            Some(Weighed::possible(failure.detail.clone()).but(Some(against)))
        }
        // Whoever greets so is there; that every member of a pool is like it cannot be shown from here.
        (FailureKind::NotRdp, _) => Some(Weighed::likely(failure.detail.clone())),
        _ if some_request_answered(facts) => None,
        (FailureKind::Closed | FailureKind::Reset, _) => Some(
            Weighed::likely(after("the Connection Request", failure)).and(facts.every_time(Phase::Negotiate)),
        ),
        (FailureKind::Timeout, _) => Some(Weighed::possible(after("the Connection Request", failure))),
        _ => None,
    }
}

/// A proxy takes the connection itself and finds only then that nobody behind it does.
fn no_live_host(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = cut_in(facts, Phase::Negotiate).filter(|failure| failure.received.is_none())?;
    if some_request_answered(facts) || takes_tls(facts) {
        return None;
    }
    let direct = facts.experiment("direct-tls").and_then(|made| made.ending(Phase::Tls));
    let also = matches!(direct, Some(Ending::Failed(failure)) if is_cut(failure.kind));
    let also = also.then(|| "whatever is sent, the connection ends without a byte of an answer".to_owned());
    let likelihood = if also.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, after("the Connection Request", failure)).and(also).and(waited(facts)))
}

fn is_cut(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Closed | FailureKind::Reset)
}

/// Nobody needs so long to close, unless something else is waited for first.
fn waited(facts: &Facts<'_>) -> Option<String> {
    let took = facts.failed()?.elapsed_ms.0 / 1000.0;
    (took >= 0.25).then(|| format!("the end came only after {took:.1} s, as after a time-out"))
}

/// Whoever answers another Connection Request is a Remote Desktop server that takes connections.
pub fn some_request_answered(facts: &Facts<'_>) -> bool {
    let names = [
        "no-cookie",
        "protocol-rdp",
        "protocol-ssl",
        "protocol-hybrid",
        "protocol-rdstls",
        "no-preconnection",
    ];
    redirection::rdstls_only(facts).is_some()
        || names.into_iter().any(|name| facts.passes(name, Phase::Negotiate) == Some(true))
}

/// Whether whatever listens takes TLS without a Connection Request.
pub fn takes_tls(facts: &Facts<'_>) -> bool {
    facts.passes("direct-tls", Phase::Tls) == Some(true)
}

fn refuses(facts: &Facts<'_>) -> Option<Weighed> {
    let (failure, what, likelihood) = match facts.failed()?.phase {
        Phase::Connect => (cut_in(facts, Phase::Connect)?, "TCP's own handshake", Likelihood::Likely),
        Phase::Negotiate if !some_request_answered(facts) && !takes_tls(facts) => {
            (cut_in(facts, Phase::Negotiate)?, "the Connection Request", Likelihood::Likely)
        }
        Phase::Mcs => (ended_in(facts, Phase::Mcs)?, "the Connect Initial", Likelihood::Possible),
        _ => return None,
    };
    let phase = facts.failed()?.phase;
    Some(Weighed::new(likelihood, after(what, failure)).and(facts.every_time(phase)))
}

/// Silence of someone who took the connection; a close is its weaker sign.
fn hung(facts: &Facts<'_>) -> Option<Weighed> {
    let phase = facts.failed().map(|failed| failed.phase).filter(|phase| *phase >= Phase::Negotiate)?;
    let answers = match phase {
        Phase::Negotiate => some_request_answered(facts) || takes_tls(facts),
        Phase::Tls => facts.any_hello_answered(),
        _ => facts.is_busy(),
    };
    if answers {
        return None;
    }
    if let Some(failure) = silent_in(facts, phase) {
        let through = facts.through.map(|_| {
            "all of it came through the gateway, and some gateways do not pass on that the server closed or reset"
                .to_owned()
        });
        let lost = path::black_hole(facts).map(|_| "what was sent was never acknowledged".to_owned());
        let taken =
            path::is_acknowledged(facts).then(|| "the host acknowledged all that was sent".to_owned());
        let likelihood = if lost.is_some() { Likelihood::Possible } else { Likelihood::Likely };
        let hung = Weighed::new(likelihood, format!("in {phase} {}", failure.detail)).and(taken);
        return Some(hung.and(facts.every_time(phase)).but(lost).but(through));
    }
    let what = match phase {
        Phase::Negotiate => "the Connection Request",
        Phase::Mcs => "the Connect Initial",
        Phase::Activate => "the license",
        Phase::Credssp if credssp::is_before_challenge(facts) && credssp::waited(facts).is_some() => {
            "our first TSRequest"
        }
        _ => return None,
    };
    cut_in(facts, phase).map(|failure| Weighed::possible(after(what, failure)))
}

fn one_host(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed()?;
    let others = facts.other_addresses(failed.phase).len();
    (others > 0).then(|| {
        let which = if others == 1 {
            "1 other address of the name passes"
        } else {
            &format!("{others} other addresses of the name pass")
        };
        let text = format!("{which} {}", failed.phase);
        Weighed::new(facts.proof(failed.phase, "next-address-1"), text).and(facts.every_time(failed.phase))
    })
}

fn pool(facts: &Facts<'_>) -> Option<Weighed> {
    let times = facts.intermittent()?;
    // A service that had just started would not fail again.
    let spread = facts.repeated(facts.failed()?.phase).0 > 0;
    let likelihood = if spread { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, format!("the same connection to the same address passed {times}")))
}
