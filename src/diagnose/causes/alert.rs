//! What an alert of TLS says by itself, in the handshake and after it.

use super::{CauseRule, Weighed, coded};
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{FailureKind, Likelihood},
};

/// unexpected_message, illegal_parameter and decode_error, and the two of damaged records.
const NOT_UNDERSTOOD: &[i64] = &[10, 20, 22, 47, 50];
/// From bad_certificate to certificate_unknown, and unknown_ca.
const CERTIFICATE: &[i64] = &[42, 43, 44, 45, 46, 48];
const ACCESS_DENIED: &[i64] = &[49];
const INTERNAL_ERROR: &[i64] = &[80];

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "tls-message-rejected",
        weigh: not_understood,
        comes_and_goes: true,
        confirm: &[
            "the same trace from the host's own network passes where a device in between is at fault",
            "whether mstsc connects, and what stands in front of the host",
            "on the host, System log: Schannel 36887 or 36888 with the same number",
        ],
        fix: &["exempt the host from TLS inspection, or update whatever ends TLS for it"],
    },
    CauseRule {
        code: "tls-certificate-rejected",
        weigh: certificate,
        comes_and_goes: false,
        confirm: &[
            "whether the address is that of a proxy, and whether it trusts the certificate of the host behind it",
            "whether the server asks its clients for a certificate or a smart card",
        ],
        fix: &[
            "let the proxy trust the issuer of the host's certificate",
            "where client certificates are wanted, connect with a client that has one",
        ],
    },
    CauseRule {
        code: "tls-access-denied",
        weigh: denied,
        comes_and_goes: false,
        confirm: &[
            "the rules of what ends TLS: which clients, addresses or certificates it lets in",
            "on a Windows host, Security log: 4625 at this time: without a place for a status it refuses a logon so",
        ],
        fix: &["let this client in where it is meant to be, or correct the account as 4625 says"],
    },
    CauseRule {
        code: "server-failed-inside",
        weigh: failed_inside,
        comes_and_goes: true,
        confirm: &[
            "on the host, System log: Schannel 36871, 36874 and 36888 at this time",
            "whether other clients end at the same point",
        ],
        fix: &["what the host's log names at this time"],
    },
];

/// The alert where it has one of these numbers, and whether TLS was up already.
fn alert(facts: &Facts<'_>, codes: &[i64]) -> Option<(String, bool)> {
    let failure = coded(facts, FailureKind::TlsAlert, codes)?;
    let phase = facts.failed().map(|failed| failed.phase).filter(|phase| *phase >= Phase::Tls)?;
    Some((failure.detail.clone(), phase > Phase::Tls))
}

fn not_understood(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, late) = alert(facts, NOT_UNDERSTOOD)?;
    let answered = facts.any_hello_answered();
    let likelihood = if late || answered { Likelihood::Possible } else { Likelihood::Likely };
    let text = "it is about the bytes of a message: a faulty TLS stack, or a device in between";
    let against = answered.then(|| "another ClientHello passes".to_owned());
    Some(Weighed::new(likelihood, detail).and(Some(text.to_owned())).but(against.filter(|_| !late)))
}

/// No certificate of ours was sent, so the sender judges none of ours.
fn certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, _) = alert(facts, CERTIFICATE).filter(|_| !facts.lacks_client_certificate())?;
    let text = "this client sent no certificate, so it is about none, or about that of a host behind a proxy";
    Some(Weighed::possible(detail).and(Some(text.to_owned())))
}

fn denied(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, late) = alert(facts, ACCESS_DENIED)?;
    let likelihood = if late { Likelihood::Possible } else { Likelihood::Likely };
    let text = if late { "in CredSSP a Windows without a place for a status refuses so" } else { "" };
    Some(Weighed::new(likelihood, detail).and((!text.is_empty()).then(|| text.to_owned())))
}

/// In the handshake the same alert is that of a key that cannot be used.
fn failed_inside(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, _) = alert(facts, INTERNAL_ERROR).filter(|(_, late)| *late)?;
    let text = "TLS was up already, so the certificate and its key are not the cause";
    Some(Weighed::possible(detail).and(Some(text.to_owned())))
}
