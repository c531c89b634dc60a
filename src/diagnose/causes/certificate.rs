//! Why a host cannot use its certificate: TLS is offered or begun, and the server cannot go on.

use super::{CauseRule, Weighed, after, coded, cut_in};
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{
        FailureKind::{Closed, NegotiationFailure, Reset, TlsAlert},
        Likelihood, Selected, Status,
    },
};

/// SSL_CERT_NOT_ON_SERVER (MS-RDPBCGR 2.2.1.2.2).
const NO_CERTIFICATE: i64 = 3;
const HANDSHAKE_FAILURE: i64 = 40;
const INTERNAL_ERROR: i64 = 80;

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "tls-not-usable",
        weigh: without_tls,
        comes_and_goes: false,
        confirm: &[
            "the server's log: \"failed to access the server certificate file\" (VirtualBox), 1057 or 1058 (Windows)",
        ],
        fix: &["name a certificate and a key that exist, and let the server's account read them"],
    },
    CauseRule {
        code: "certificate-unusable",
        weigh: |facts| weigh(facts, Likelihood::Certain, Likelihood::Likely),
        comes_and_goes: false,
        confirm: &[
            "on the host, System log: Schannel 36870, TerminalServices-RemoteConnectionManager 1057 and 1058",
            "on the host: NETWORK SERVICE may read the key (icacls in Crypto\\RSA\\MachineKeys)",
        ],
        fix: &[
            "mend what the events name, mostly the key's permissions",
            "let SessionEnv, CertPropSvc, KeyIso and CryptSvc run",
            "only then export and delete the certificate, and restart SessionEnv; TermService too (every session ends) where no \
             new one appears",
        ],
    },
    CauseRule {
        code: "certificate-key-permissions",
        weigh: |facts| weigh(facts, Likelihood::Likely, Likelihood::Possible),
        comes_and_goes: false,
        confirm: &[
            "on the host, System log: Schannel 36870 with 0x8009030D",
            "icacls on the key file under ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys",
        ],
        fix: &[
            "grant NETWORK SERVICE read on the key, SYSTEM full control",
            "restore the folder's permissions with icacls; do not rename it, other keys live there too",
        ],
    },
    CauseRule {
        code: "certificate-hash-wrong",
        weigh: |facts| weigh(facts, Likelihood::Possible, Likelihood::Possible),
        comes_and_goes: false,
        confirm: &[
            "on the host: SSLCertificateSHA1Hash under WinStations\\RDP-Tcp names a certificate of the store",
            "on the host, System log: TerminalServices-RemoteConnectionManager 1051 to 1055",
        ],
        fix: &[
            "set the right thumbprint, or delete the value to go back to the self-signed certificate (not on a \
             connection broker)",
        ],
    },
];

/// Whoever takes Standard RDP Security alone, and ends every offer of TLS, has TLS and cannot begin it.
fn without_tls(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| matches!(failed.phase, Phase::Negotiate | Phase::Tls))?;
    let failure = failed.failure.filter(|failure| {
        matches!(failure.kind, Closed | Reset)
            || failure.kind == TlsAlert && failure.code == Some(INTERNAL_ERROR)
    })?;
    let rdp = facts.experiment("protocol-rdp")?.connection.phases.negotiate.as_ref()?;
    let plain = rdp.status == Status::Passed && rdp.evidence.selected == Some(Selected::Rdp);
    let other = ["no-cookie", "protocol-ssl", "protocol-hybrid"];
    let taken = failed.phase == Phase::Negotiate
        && other.into_iter().any(|name| facts.passes(name, Phase::Negotiate) == Some(true));
    let answered = facts.any_hello_answered() || facts.thumbprints.is_some() || taken;
    (plain && !answered && facts.intermittent().is_none()).then(|| {
        Weighed::likely("Standard RDP Security alone is taken, every offer of TLS fails")
            .and(Some(failure.detail.clone()))
            .and(facts.no_hello_answered())
            .and(facts.every_time(failed.phase))
    })
}

/// `said` where the server names its certificate, `fits` where it fails as such servers do.
fn weigh(facts: &Facts<'_>, said: Likelihood, fits: Likelihood) -> Option<Weighed> {
    if let Some(failure) = coded(facts, NegotiationFailure, &[NO_CERTIFICATE]) {
        let served = facts.any_hello_answered() || facts.thumbprints.is_some();
        let against =
            served.then(|| "another connection to the same address was served a certificate".to_owned());
        let likelihood = if served { Likelihood::Possible } else { said };
        return Some(Weighed::new(likelihood, failure.detail.clone()).but(against));
    }
    // Whoever answers any ClientHello has a certificate and a key.
    if facts.any_hello_answered() || facts.thumbprints.is_some() {
        return None;
    }
    let weighed = if let Some(failure) = coded(facts, TlsAlert, &[INTERNAL_ERROR]) {
        Weighed::new(fits, format!("{}, as a server does that cannot use its key", failure.detail))
    } else if let Some(failure) = coded(facts, TlsAlert, &[HANDSHAKE_FAILURE]) {
        Weighed::possible(failure.detail.clone())
    } else {
        let failure = cut_in(facts, Phase::Tls)?;
        Weighed::new(fits, after("the ClientHello", failure))
    };
    Some(weighed.and(facts.no_hello_answered()).and(facts.every_time(Phase::Tls)))
}
