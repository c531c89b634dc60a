//! The listener of a Windows host: whether it takes connections, how many, and with which security.

use super::asked::{Judged, Layered, outcome};
use crate::{
    endpoint::DEFAULT_PORT,
    local::{
        Case, Check, CheckResult, Is, Setting, Survey, registry_keys::TERMINAL_SERVICES_POLICY as POLICY,
    },
    report::{
        CheckStatus::{Error, Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

/// The service's settings.
pub(super) const TERMINAL_SERVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server";
/// The settings of all listeners.
const STATIONS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations";
/// The listener's settings.
pub(super) const LISTENER: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";

/// What switches Remote Desktop off.
pub(super) const DENY: &str = "fDenyTSConnections";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("listener-connections-allowed", Host, &[Windows], connections),
    Check::setting("listener-enabled", Host, &[Windows], ENABLED),
    Check::setting("listener-port", Host, &[Windows], PORT),
    Check::setting("listener-security-layer", Host, &[Windows], SECURITY_LAYER),
    Check::setting("listener-nla", Host, &[Windows], NLA),
    Check::logic("listener-encryption-level", Host, &[Windows], encryption_level),
    Check::setting("listener-negotiation", Host, &[Windows], NEGOTIATION),
    Check::setting("listener-certificate-store", Host, &[Windows], CERTIFICATE_STORE),
    Check::setting("listener-single-session", Host, &[Windows], SINGLE_SESSION),
    Check::setting("listener-connection-limit", Host, &[Windows], LIMIT),
];

/// Whether this Windows takes Remote Desktop connections.
pub(super) fn serves(survey: &Survey<'_>) -> bool {
    let deny = [POLICY, TERMINAL_SERVER].iter().find_map(|key| survey.number(key, DENY));
    deny == Some(0) || matches!(survey.machine.listener(port(survey)), Ok(Some(_)))
}

/// The port that the listener is told to use.
pub(super) fn port(survey: &Survey<'_>) -> u16 {
    let port = survey.number(LISTENER, "PortNumber").and_then(|port| u16::try_from(port).ok());
    port.unwrap_or(DEFAULT_PORT)
}

fn connections(survey: &Survey<'_>) -> CheckResult {
    outcome(Layered::read(survey, POLICY, TERMINAL_SERVER, DENY).map(|deny| {
        let result = match (deny.policy, deny.own) {
            (None | Some(0), Some(0)) => CheckResult::ok("Remote Desktop is switched on"),
            (Some(0), None) => CheckResult::ok("a policy switches Remote Desktop on"),
            (Some(0), Some(_)) => CheckResult::warning(
                "a policy switches Remote Desktop on, this machine's own setting switches it off",
            ),
            (Some(_), _) => CheckResult::error("a policy switches Remote Desktop off"),
            (None, Some(_)) => CheckResult::error("Remote Desktop is switched off"),
            (None, None) => CheckResult::error("Remote Desktop was never switched on"),
        };
        deny.judged(result.seen(deny.shown(DENY)))
    }))
}

fn encryption_level(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let level = Layered::read(survey, POLICY, LISTENER, "MinEncryptionLevel")?;
        // It only chooses the words, so a layer that cannot be read hides no level.
        let layer = Layered::read(survey, POLICY, LISTENER, "SecurityLayer").ok();
        let result = match (level.effective(), layer.as_ref().and_then(Layered::effective)) {
            (None, _) => CheckResult::ok("no encryption level is set, so the default of Windows holds"),
            (Some(1), Some(2)) => CheckResult::warning(
                "encryption level low contradicts the security layer TLS; Windows corrects one of them",
            ),
            (Some(1), _) => CheckResult::warning("without TLS nothing that the server sends is encrypted"),
            (Some(2 | 3), _) => CheckResult::ok("the encryption level suits every client of today"),
            (Some(4), _) => CheckResult::warning("clients that cannot keep to FIPS methods are refused"),
            _ => CheckResult::warning("the encryption level is none of 1 to 4"),
        };
        let layer = layer.map_or_else(
            || "SecurityLayer could not be read".to_owned(),
            |layer| layer.shown("SecurityLayer"),
        );
        Ok(level.judged(result.seen(format!("{}; {layer}", level.shown("MinEncryptionLevel")))))
    };
    outcome(judge())
}

const ENABLED: Setting = Setting {
    keys: &[LISTENER],
    name: "fEnableWinStation",
    absent: (Warning, "the listener has no fEnableWinStation, which Windows always writes"),
    cases: &[
        Case(Is::Number(1), Good, "the listener is switched on"),
        Case(Is::Number(0), Error, "the listener is switched off"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const PORT: Setting = Setting {
    keys: &[LISTENER],
    name: "PortNumber",
    absent: (Warning, "the listener has no PortNumber, which Windows always writes"),
    cases: &[
        Case(Is::Number(DEFAULT_PORT as u64), Good, "the listener is on the port that clients try"),
        Case(Is::Below(1), Error, "the listener has no valid port"),
        Case(Is::Below(65_536), Warning, "clients reach this host only when they name this port"),
        Case(Is::Else, Error, "the listener has no valid port"),
    ],
};

const SECURITY_LAYER: Setting = Setting {
    keys: &[POLICY, LISTENER],
    name: "SecurityLayer",
    absent: (Good, "no security layer is set, so the default of Windows holds"),
    cases: &[
        Case(Is::Number(2), Good, "the listener speaks TLS only"),
        Case(Is::Number(1), Good, "the listener speaks TLS where the client can, else Standard RDP Security"),
        Case(
            Is::Number(0),
            Warning,
            "the listener speaks Standard RDP Security only, which cannot be verified and has no NLA",
        ),
        Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
    ],
};

const NLA: Setting = Setting {
    keys: &[POLICY, LISTENER],
    name: "UserAuthentication",
    absent: (Warning, "nothing says that network level authentication is required"),
    cases: &[
        Case(Is::Number(1), Good, "network level authentication is required"),
        Case(
            Is::Number(0),
            Warning,
            "whoever reaches the port gets a logon screen, because NLA is not required",
        ),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const NEGOTIATION: Setting = Setting {
    keys: &[LISTENER],
    name: "fAllowSecProtocolNegotiation",
    absent: (Good, "nothing forbids the negotiation of the security protocol"),
    cases: &[
        Case(Is::Number(1), Good, "the security protocol is negotiated"),
        Case(
            Is::Number(0),
            Warning,
            "the listener does not negotiate the security protocol, which today's clients begin with",
        ),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const CERTIFICATE_STORE: Setting = Setting {
    keys: &[STATIONS],
    name: "SelfSignedCertStore",
    absent: (Warning, "no store is named for the listener's self-signed certificate"),
    cases: &[
        Case(Is::Text("Remote Desktop"), Good, "the self-signed certificate has its usual store"),
        Case(Is::Else, Warning, "the self-signed certificate is looked for in an unusual store"),
    ],
};

const SINGLE_SESSION: Setting = Setting {
    keys: &[POLICY, TERMINAL_SERVER],
    name: "fSingleSessionPerUser",
    absent: (Good, "the number of sessions of one user is the default of Windows"),
    cases: &[
        Case(Is::Number(1), Good, "a user who connects again gets the same session"),
        Case(Is::Number(0), Good, "a user who connects again may get another session"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const LIMIT: Setting = Setting {
    keys: &[POLICY, LISTENER],
    name: "MaxInstanceCount",
    absent: (Good, "the number of connections is not limited"),
    cases: &[
        Case(Is::Number(4_294_967_295), Good, "the number of connections is not limited"),
        // What the policy writes for no limit.
        Case(Is::Number(999_999), Good, "the number of connections is not limited"),
        Case(
            Is::Else,
            Warning,
            "the number of connections is limited; a client above the limit meets a closed connection",
        ),
    ],
};
