//! Why a server that takes the connection gives no session: licensing, the broker, and what Set Error Info says.

use super::{CauseRule, Weighed, coded, ended_in, failed_in, license::gated};
use crate::{
    codes::Phase,
    diagnose::{Facts, session::wants_account},
    report::{Failure, FailureKind, Likelihood},
};

/// ERR_NO_LICENSE_SERVER (MS-RDPBCGR 2.2.1.12.1.3) and ERRINFO_LICENSE_NO_LICENSE_SERVER.
const NO_SERVER: (i64, i64) = (6, 0x101);
/// ERR_NO_LICENSE and ERRINFO_LICENSE_NO_LICENSE.
const NO_LICENSE: (i64, i64) = (2, 0x102);
/// What is wrong with the license that the client keeps, or with the client.
const CLIENT_LICENSE: &[i64] = &[0x104, 0x105, 0x109];
/// ERR_INVALID_CLIENT.
const INVALID_CLIENT: &[i64] = &[8];
const FIPS: u32 = 0x10;
const TOO_MANY_USERS: i64 = 13;
const USER_REJECTED: i64 = 15;
/// rn-user-requested (T.125, Reason).
const USER_REQUESTED: i64 = 3;

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "client-info-account-required",
        weigh: account_wanted,
        comes_and_goes: false,
        confirm: &["whether a client with a saved password gets in"],
        fix: &["nothing, where users save their password: rdptrace sends none without NLA"],
    },
    CauseRule {
        code: "license-server-missing",
        weigh: no_server,
        comes_and_goes: false,
        confirm: &[
            "on the host: RD Licensing Diagnoser, and the configured license servers and mode",
            "on the host: TerminalServices-RemoteConnectionManager Admin log 1069 or 50280 (1128 on older releases)",
        ],
        fix: &[
            "until then mstsc /admin takes an administrator in: it needs no license server",
            "configure a license server that answers, with the licensing mode that its licenses are for",
        ],
    },
    CauseRule {
        code: "license-none-left",
        weigh: |facts| license(facts, NO_LICENSE),
        comes_and_goes: true,
        confirm: &["on the license server: the report of issued and free licenses"],
        fix: &["add licenses of the kind that the host asks for, or revoke unused ones"],
    },
    CauseRule {
        code: "license-of-client-unusable",
        weigh: |facts| said(facts, CLIENT_LICENSE).or_else(|| invalid_client(facts)),
        comes_and_goes: false,
        confirm: &[
            "whether another client connects: then it is what this client keeps",
            "on the client: HKLM\\SOFTWARE\\Microsoft\\MSLicensing",
        ],
        fix: &["export that key, delete it, and start mstsc once as administrator so that it is made again"],
    },
    CauseRule {
        code: "broker-refuses",
        weigh: broker,
        comes_and_goes: true,
        confirm: &["on the broker: TerminalServices-SessionBroker Admin and Operational logs at this time"],
        fix: &[
            "bring up the collection's host or virtual machine that the broker names",
            "download a fresh .rdp file",
        ],
    },
    CauseRule {
        code: "host-shutting-down",
        weigh: |facts| said(facts, &[25, 26]),
        comes_and_goes: true,
        confirm: &["on the host, System log: 1074 says who asked for it"],
        fix: &["wait for the host: rdptrace trace --wait"],
    },
    CauseRule {
        code: "session-taken-over",
        weigh: |facts| said(facts, &[5]),
        comes_and_goes: true,
        confirm: &["on the host: TerminalServices-LocalSessionManager 25 and 40"],
        fix: &["close the other client, or allow more than one session a user"],
    },
    CauseRule {
        code: "display-driver-failed",
        weigh: |facts| said(facts, &[15, 17, 18]),
        comes_and_goes: true,
        confirm: &["on the host, System log at this time, and whether the graphics driver changed"],
        fix: &["update or roll back the host's graphics driver"],
    },
    CauseRule {
        code: "session-process-crashed",
        weigh: |facts| said(facts, &[16, 23, 24]),
        comes_and_goes: true,
        confirm: &["on the host, Application log: 1000 for winlogon.exe, csrss.exe or dwm.exe"],
        fix: &["remove what injects itself into these processes, or update the host"],
    },
    CauseRule {
        code: "host-out-of-resources",
        weigh: |facts| said(facts, &[6]),
        comes_and_goes: true,
        confirm: &["on the host: memory, sessions and handles at this time"],
        fix: &["log off idle sessions, or give the host more memory"],
    },
    CauseRule {
        code: "connection-denied",
        weigh: |facts| said(facts, &[7]).or_else(|| rejected(facts)),
        comes_and_goes: false,
        confirm: &[
            "on the host: TerminalServices-RemoteConnectionManager 1070 or 1071",
            "change logon /query",
        ],
        fix: &["change logon /enable, or lift the limit of connections, as the events say"],
    },
    CauseRule {
        code: "connection-limit",
        weigh: limit,
        comes_and_goes: true,
        confirm: &[
            "on the host: TerminalServices-RemoteConnectionManager 1006 or 1071 at this time",
            "how many sessions qwinsta shows, and who connects to the port",
        ],
        fix: &["restrict who reaches the port", "raise Limit number of connections"],
    },
    CauseRule {
        code: "server-requires-fips",
        weigh: fips,
        comes_and_goes: false,
        confirm: &["on the host: MinEncryptionLevel of RDP-Tcp is 4, or the FIPS policy is on"],
        fix: &["set the security layer to TLS (SecurityLayer 2) on the host: TLS carries FIPS algorithms"],
    },
];

/// With NLA the server has the password already. Once the license has passed there are other reasons not to begin a session.
fn account_wanted(facts: &Facts<'_>) -> Option<Weighed> {
    let text = wants_account(facts)?;
    let verified = facts.credssp.is_some_and(|credssp| credssp.authenticated);
    let against = verified.then(|| "NLA has given the server the account already".to_owned());
    let phase = facts.failed().map(|failed| failed.phase);
    let is_late = phase == Some(Phase::Activate);
    let likelihood = if verified || is_late { Likelihood::Possible } else { Likelihood::Likely };
    Some(Weighed::new(likelihood, text).and(phase.and_then(|phase| facts.every_time(phase))).but(against))
}

fn said(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    coded(facts, FailureKind::ErrorInfo, codes).map(|failure| Weighed::certain(failure.detail.clone()))
}

fn license(facts: &Facts<'_>, (alert, info): (i64, i64)) -> Option<Weighed> {
    let alert = coded(facts, FailureKind::LicenseError, &[alert])
        .map(|failure| gated(Weighed::certain(failure.detail.clone()), failure.code));
    alert.or_else(|| said(facts, &[info]))
}

/// This program keeps no license, so it may be what it says of itself.
fn invalid_client(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = coded(facts, FailureKind::LicenseError, INVALID_CLIENT)?;
    let text = "this program keeps no license: the server may mean what it says of itself, see whether mstsc gets in";
    Some(Weighed::likely(failure.detail.clone()).but(Some(text.to_owned())))
}

fn no_server(facts: &Facts<'_>) -> Option<Weighed> {
    let cut = || {
        let failure = ended_in(facts, Phase::Licensing)?;
        let against = "a server without licensing mostly says so with an alert before it closes".to_owned();
        let text = format!("where licensing begins {}", failure.detail);
        Some(Weighed::possible(text).but(Some(against)))
    };
    license(facts, NO_SERVER).or_else(cut)
}

/// ERRINFO_CB_*: the numbers from 0x400 are the connection broker's.
fn broker(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = error(facts).filter(|failure| failure.code.is_some_and(|c| (0x400..0x420).contains(&c)))?;
    Some(Weighed::certain(failure.detail.clone()))
}

fn error<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    facts.failed()?.failure.filter(|failure| failure.kind == FailureKind::ErrorInfo)
}

/// An ultimatum in the middle of the sequence is a decision, though its reason is a general one.
fn rejected(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = coded(facts, FailureKind::McsResult, &[USER_REJECTED]) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    let failed = facts.failed()?;
    let failure = failed.failure.filter(|failure| failure.kind == FailureKind::Disconnect)?;
    let asked = failure.code == Some(USER_REQUESTED);
    let against = asked.then(|| "the reason says that a user asked for it, before anyone could".to_owned());
    let text = format!("in {} {}", failed.phase, failure.detail);
    match failed.phase {
        Phase::Mcs | Phase::Licensing if !asked => Some(Weighed::likely(text)),
        Phase::Credssp | Phase::Mcs | Phase::Licensing | Phase::Activate => {
            Some(Weighed::possible(text).but(against))
        }
        _ => None,
    }
}

fn limit(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = coded(facts, FailureKind::McsResult, &[TOO_MANY_USERS]) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    let failure = facts.failed()?.failure?;
    let times = facts.intermittent()?;
    let text = format!("the same connection passed {times} after one that failed");
    Some(Weighed::possible(text).and(Some(failure.detail.clone())))
}

fn fips(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Mcs).filter(|f| f.kind == FailureKind::SecurityUnsupported)?;
    (facts.mcs?.encryption_method? == FIPS).then(|| Weighed::certain(failure.detail.clone()))
}
