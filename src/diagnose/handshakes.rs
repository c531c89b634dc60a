//! What old servers answer, and how much the experiments of the handshake prove.
//!
//! A hello of our own ends with the ServerHello and says nothing about a handshake that ended after it: there only
//! the handshakes of the TLS library are compared. `legacy-hello` proves suites only if an alert is about them (40 or
//! 71, for an old version 70) and a hello of ours with the traced suites met the same alert.

use super::{Facts, experiments::Ending, hellos::HELLOS};
use crate::{
    codes::Phase,
    plain::plural,
    report::{Answer, ExperimentKind, FailureKind, Likelihood, OLD_SUITES, Posture, TlsEvidence, TlsPosture},
};

/// How often each side of a difference must have shown it again: chance does so once in some hundred times.
const TIMES: usize = 4;

/// What a hello that old servers understand was answered with, and this program cannot speak.
pub(super) struct Legacy {
    /// `TLSv1.0 and TLS_RSA_WITH_AES_128_CBC_SHA`.
    pub text: String,
    /// Whether the version is older than TLS 1.2.
    pub is_old: bool,
    speakers: Speakers,
}

/// Which clients speak what this program does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speakers {
    /// mstsc and FreeRDP.
    All,
    /// Those with OpenSSL or GnuTLS: Schannel has no such suite, or does not offer the group unless told to.
    FreeRdp,
    /// None; SSL 3.
    None,
}

impl Legacy {
    fn new(version: &str, suite: Option<&str>, group: Option<&str>) -> Self {
        let large = group == Some(LARGE_GROUP);
        let group = if large { format!(" with {LARGE_GROUP}") } else { String::new() };
        let speakers = match (version, suite) {
            ("SSLv3", _) => Speakers::None,
            (_, Some(suite)) if large || is_strange(suite) => Speakers::FreeRdp,
            _ => Speakers::All,
        };
        Self {
            text: format!("{version} and {}{group}", suite.unwrap_or("an unnamed suite")),
            is_old: matches!(version, "SSLv3" | "TLSv1.0" | "TLSv1.1"),
            speakers,
        }
    }

    /// Whether any other client speaks it.
    pub(super) fn is_spoken_elsewhere(&self) -> bool {
        self.speakers != Speakers::None
    }

    /// The sentence that says whose limit it is.
    pub(super) fn limit(&self) -> String {
        match self.speakers {
            Speakers::All if self.is_old => format!("{OLD} ({})", self.text),
            Speakers::All => format!("{OURS} ({})", self.text),
            Speakers::FreeRdp => format!(
                "FreeRDP connects to this server where its OpenSSL allows it, mstsc hardly; rdptrace does not speak {}",
                self.text
            ),
            Speakers::None => format!("rdptrace does not speak {}", self.text),
        }
    }
}

/// Schannel has none of these.
fn is_strange(suite: &str) -> bool {
    ["_CCM", "_CAMELLIA_", "_ARIA_"].into_iter().any(|part| suite.contains(part))
}

/// Whose limit it is where a server has nothing that this program speaks.
const OURS: &str = "mstsc and FreeRDP connect to this server; rdptrace does not speak its suites";

const OLD: &str = "mstsc connects where Windows still allows such a version, FreeRDP with OpenSSL 3 does not; rdptrace speaks none";

/// The bits of a key on the same curve, whose signatures ring does not check.
const LARGE_KEY: u32 = 521;

/// The group that rustls has not.
const LARGE_GROUP: &str = "secp521r1";

/// The answer to the legacy hello or to those of a posture, where none is accepted that this program can go on from.
pub(super) fn legacy(facts: &Facts<'_>) -> Option<Legacy> {
    let ended = facts.failed().is_some_and(|failed| failed.phase == Phase::Tls);
    if let Some(posture) = facts.posture.as_ref() {
        return ended.then(|| best(posture)).flatten();
    }
    if current_accepted(facts) || facts.intermittent().is_some() {
        return None;
    }
    let evidence = answer(facts).filter(|evidence| !is_spoken(evidence))?;
    let (suite, group) = (evidence.cipher_suite.as_deref(), evidence.key_exchange.as_deref());
    Some(Legacy::new(evidence.version.as_deref()?, suite, group))
}

/// What was offered and refused is not missing here.
fn is_spoken(evidence: &TlsEvidence) -> bool {
    let suite = evidence.cipher_suite.as_deref();
    let current = suite.is_some_and(is_current) && evidence.is_tls12();
    let group = evidence.key_exchange.as_deref();
    let key = evidence.certificate.as_ref().and_then(|served| served.key.bits);
    let elliptic = suite.is_some_and(|suite| suite.starts_with("TLS_ECDHE_ECDSA_"));
    let signed = !(elliptic && key == Some(LARGE_KEY));
    signed
        && (current || evidence.selects_old_suite())
        && group.is_none_or(|group| ["X25519", "secp256r1", "secp384r1"].contains(&group))
}

/// handshake_failure and insufficient_security, which are about suites, and protocol_version (RFC 5246 7.2.2).
const OF_SUITES: [i64; 2] = [40, 71];
const OF_VERSIONS: i64 = 70;

/// How much it proves of versions and suites that the legacy hello is accepted: nothing for certain but where an alert speaks of
/// them, and a hello of ours with the suites of the traced one met the same.
pub(super) fn legacy_proof(facts: &Facts<'_>, is_old: bool) -> Likelihood {
    let said = facts.failed().and_then(|failed| failed.failure).filter(|failure| {
        let of_them = |code| OF_SUITES.contains(&code) || is_old && code == OF_VERSIONS;
        failure.kind == FailureKind::TlsAlert && failure.code.is_some_and(of_them)
    });
    let alike = |ending: Option<Ending<'_>>| match (ending, said) {
        (Some(Ending::Failed(control)), Some(said)) => (control.kind, control.code) == (said.kind, said.code),
        _ => false,
    };
    let mut controls = [ExperimentKind::SmallHello, ExperimentKind::LargeHello]
        .into_iter()
        .filter_map(|kind| facts.experiment(kind));
    match controls.any(|control| alike(control.ending(Phase::Tls))) {
        true => facts.proof(Phase::Tls, ExperimentKind::LegacyHello),
        false => Likelihood::Likely,
    }
}

/// Whether a hello of old suites and versions is the only one that is accepted.
pub(super) fn only_legacy_accepted(facts: &Facts<'_>) -> bool {
    answer(facts).is_some() && !current_accepted(facts)
}

fn current_accepted(facts: &Facts<'_>) -> bool {
    let mut current = HELLOS.iter().filter(|kind| **kind != ExperimentKind::LegacyHello);
    current.any(|kind| facts.passes(*kind, Phase::Tls) == Some(true))
}

fn answer<'a>(facts: &Facts<'a>) -> Option<&'a TlsEvidence> {
    facts.passes(ExperimentKind::LegacyHello, Phase::Tls).filter(|passed| *passed)?;
    Some(&facts.experiment(ExperimentKind::LegacyHello)?.connection.phases.tls.as_ref()?.evidence)
}

/// The best that a posture saw accepted, where nothing of it can be spoken here.
fn best(posture: &Posture) -> Option<Legacy> {
    let accepted = || posture.tls.iter().filter(|tls| tls.answer == Answer::Accepted);
    let is_spoken = |suite: &String| OLD_SUITES.contains(&suite.as_str()) || is_current(suite);
    let spoken = |tls: &TlsPosture| tls.version.as_str() >= "TLSv1.2" && tls.accepted.iter().any(is_spoken);
    let best = accepted().next_back().filter(|_| !accepted().any(spoken))?;
    Some(Legacy::new(&best.version, best.accepted.first().map(String::as_str), None))
}

/// Those of TLS 1.3, and ECDHE with authenticated encryption.
fn is_current(suite: &str) -> bool {
    let sealed = suite.contains("_GCM_") || suite.contains("_CHACHA20_");
    sealed && !is_strange(suite) && (suite.starts_with("TLS_ECDHE_") || !suite.contains("_WITH_"))
}

impl Facts<'_> {
    /// The sentence that the failure came every time, when it was tried again.
    pub(super) fn every_time(&self, phase: Phase) -> Option<String> {
        let (same, made) = self.repeated(phase);
        (made > 0 && same == made)
            .then(|| format!("the same again failed {same} of {}", plural(made as u64, "time")))
    }

    /// How often the same connection passed, when it failed at first and passed later.
    pub(super) fn intermittent(&self) -> Option<String> {
        let phase = self.failed()?.phase;
        let (passed, made) = self.mixed(phase)?;
        Some(format!("{passed} of {}", plural(made as u64, "time")))
    }

    /// How much the difference between the traced connection and this experiment proves: nothing certain before it showed every
    /// time, one after the other.
    pub(super) fn proof(&self, phase: Phase, experiment: ExperimentKind) -> Likelihood {
        let (same, made) = self.repeated(phase);
        let endings = self.endings(experiment, phase);
        let passed = endings.iter().filter(|ending| **ending == Ending::Passed).count();
        let steady = same == made && same >= TIMES && passed == endings.len() && passed >= TIMES;
        if steady { Likelihood::Certain } else { Likelihood::Likely }
    }
}
