//! Versions and suites of TLS: accepted is only what was offered and selected, refused only what was answered.
//!
//! A refusal without a word (FIN or RST) counts only if a later connection is answered and the same request was not
//! answered another time; a run that ends so asks for what is accepted once more (`posture:tls-again`). Silence is
//! `unknown`. Once no connection can be opened, nothing more is asked.

use crate::report::{Answer, FailureKind, HelloOffer, PhaseRecord, TlsEvidence, TlsPosture, Trace};

const VERSIONS: [&str; 4] = ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// Alerts that refuse what was offered: handshake_failure, protocol_version, insufficient_security (RFC 8446 6.2).
const REFUSALS: [i64; 3] = [40, 70, 71];

/// A hello of one version and what became of it.
struct Asked<'a> {
    offered: &'a HelloOffer,
    record: &'a PhaseRecord<TlsEvidence>,
    answer: Answer,
}

/// Each version with its suites; empty where none was asked for.
pub(super) fn versions(trace: &Trace) -> Vec<TlsPosture> {
    let asked = asked(trace);
    if asked.is_empty() {
        return Vec::new();
    }
    VERSIONS.into_iter().map(|version| of_version(trace, &asked, version)).collect()
}

fn asked(trace: &Trace) -> Vec<Asked<'_>> {
    let records = trace.connections.iter().filter_map(|made| made.phases.tls.as_ref());
    let hellos: Vec<_> =
        records.filter_map(|record| Some((record.evidence.offered.as_ref()?, record))).collect();
    let last = hellos.iter().rposition(|(_, record)| record.evidence.accepts_offer());
    let asked = |(index, &(offered, record)): (usize, &(_, _))| Asked {
        offered,
        record,
        answer: answer(record, last, index),
    };
    hellos.iter().enumerate().map(asked).collect()
}

/// `last` is the last hello that was accepted: what the server ends before it, it refuses.
fn answer(record: &PhaseRecord<TlsEvidence>, last: Option<usize>, index: usize) -> Answer {
    let failure = record.failure.as_ref();
    match failure.map(|failure| (failure.kind, failure.code)) {
        _ if record.evidence.accepts_offer() => Answer::Accepted,
        // Another version or suite was selected.
        None if record.evidence.version.is_some() => Answer::Refused,
        Some((FailureKind::TlsAlert, Some(code))) if REFUSALS.contains(&code) || last.is_some() => {
            Answer::Refused
        }
        Some((kind, _)) if kind.is_cut() && last > Some(index) => Answer::Refused,
        _ => Answer::Unknown,
    }
}

fn of_version(trace: &Trace, asked: &[Asked<'_>], version: &str) -> TlsPosture {
    let hellos: Vec<&Asked<'_>> = asked.iter().filter(|asked| asked.offered.version == version).collect();
    let accepted = accepted(trace, &hellos, version);
    let answer = match hellos.first() {
        _ if !accepted.is_empty() => Answer::Accepted,
        Some(first) => first.answer,
        None => Answer::Unknown,
    };
    let mut posture = TlsPosture {
        version: version.to_owned(),
        answer,
        accepted,
        refused: Vec::new(),
        unknown: Vec::new(),
    };
    if answer == Answer::Accepted {
        open(&hellos, &mut posture);
    }
    posture
}

/// What was selected, by the handshakes of the TLS library too.
fn accepted(trace: &Trace, hellos: &[&Asked<'_>], version: &str) -> Vec<String> {
    let own =
        hellos.iter().filter(|asked| asked.answer == Answer::Accepted).map(|asked| &asked.record.evidence);
    let traced = trace.traced().filter_map(|made| made.phases.tls.as_ref()).map(|record| &record.evidence);
    let traced = traced.filter(|evidence| evidence.version.as_deref() == Some(version));
    let mut accepted: Vec<String> = Vec::new();
    for suite in own.chain(traced).filter_map(|evidence| evidence.cipher_suite.as_ref()) {
        if !accepted.contains(suite) {
            accepted.push(suite.clone());
        }
    }
    accepted
}

/// The other suites: refused in an answer, or open.
fn open(hellos: &[&Asked<'_>], posture: &mut TlsPosture) {
    let refusing = hellos.iter().filter(|asked| asked.answer == Answer::Refused);
    let refused: Vec<&String> = refusing.flat_map(|asked| &asked.offered.suites).collect();
    let all = hellos.first().map(|asked| asked.offered.suites.as_slice()).unwrap_or_default();
    let others = all.iter().filter(|suite| !posture.accepted.contains(suite)).cloned();
    (posture.refused, posture.unknown) = others.partition(|suite| refused.contains(&suite));
}
