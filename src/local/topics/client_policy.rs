//! Policies and switches of mstsc: UDP, the gateway's transport, and which .rdp files it opens.

use crate::{
    local::{
        Beside, Case, Check, CheckResult, Is, Matters, Setting, Survey, Unreadable, Value,
        registry_keys::{CLIENT, TERMINAL_SERVICES_POLICY as POLICY},
    },
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Machine,
        Os::Windows,
        Role::Client,
    },
};

const USER_POLICY: &str = r"HKCU\Software\Policies\Microsoft\Windows NT\Terminal Services";
const CLIENT_POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\Client";
const PUBLISHERS: &str = "TrustedCertThumbprints";
/// More thumbprints are not looked at.
const MOST_THUMBPRINTS: usize = 64;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::setting("client-policy-server-authentication", Client, &[Windows], SERVER_AUTHENTICATION)
        .beside(Beside::Tls),
    Check::setting("client-policy-udp", Client, &[Windows], UDP).beside(Beside::Udp),
    Check::setting("client-policy-gateway-transport", Client, &[Windows], GATEWAY_TRANSPORT)
        .beside(Beside::Gateway)
        .only(Matters::BehindGateway),
    Check::setting("client-policy-unsigned-files", Client, &[Windows], UNSIGNED_FILES)
        .beside(Beside::RdpFile),
    Check::logic("client-policy-publishers", Client, &[Windows], publishers).beside(Beside::RdpFile),
    Check::setting("client-policy-redirection-warning", Client, &[Windows], REDIRECTION_WARNING)
        .beside(Beside::RdpFile),
    Check::setting("client-policy-launch-consent", Client, &[Windows], LAUNCH_CONSENT)
        .beside(Beside::RdpFile),
];

/// Facts for the comparison with the .rdp file.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    if survey.system() != Windows {
        return;
    }
    let unsigned = [POLICY, USER_POLICY].into_iter().find_map(|key| survey.number(key, UNSIGNED_FILES.name));
    machine.unsigned_files = unsigned.map(|number| number != 0);
    let digits = thumbprints(survey).unwrap_or_default().into_iter().map(|text| text.to_ascii_lowercase());
    machine.trusted_publishers = digits.collect();
    let version = survey.number(CLIENT_POLICY, REDIRECTION_WARNING.name);
    machine.file_warning_version = version.and_then(|number| u32::try_from(number).ok());
}

const SERVER_AUTHENTICATION: Setting = Setting {
    keys: &[POLICY],
    name: "AuthenticationLevel",
    absent: (Fine, "no policy says what to do with a host whose identity is not proven"),
    cases: &[
        Case(Is::Number(0), Warning, "by policy the client connects to whoever answers, without a word"),
        Case(Is::Number(1), Fine, "by policy the client refuses a host whose identity is not proven"),
        Case(Is::Number(2), Fine, "by policy the client warns of a host whose identity is not proven"),
        Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
    ],
};

const UDP: Setting = Setting {
    keys: &[CLIENT_POLICY],
    name: "fClientDisableUDP",
    absent: (Fine, "the client may use UDP beside TCP"),
    cases: &[
        Case(Is::Number(0), Fine, "the client may use UDP beside TCP"),
        Case(Is::Number(1), Fine, "the client uses TCP only; an early end has nothing to do with that"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const GATEWAY_TRANSPORT: Setting = Setting {
    keys: &[CLIENT],
    name: "RDGClientTransport",
    absent: (Fine, "the client chooses how it speaks to an RD Gateway"),
    cases: &[
        Case(Is::Number(0), Fine, "the client chooses how it speaks to an RD Gateway"),
        Case(
            Is::Number(1),
            Warning,
            "the client speaks to an RD Gateway over RPC only, and newer gateways and proxies pass HTTP alone",
        ),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const UNSIGNED_FILES: Setting = Setting {
    keys: &[POLICY, USER_POLICY],
    name: "AllowUnsignedFiles",
    absent: (Fine, "no policy forbids .rdp files without a signature"),
    cases: &[
        Case(Is::Number(1), Fine, "a policy allows .rdp files without a signature"),
        Case(Is::Number(0), Warning, "a policy refuses .rdp files without a signature"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const REDIRECTION_WARNING: Setting = Setting {
    keys: &[CLIENT_POLICY],
    name: "RedirectionWarningDialogVersion",
    absent: (Fine, "the client warns of .rdp files as its version does"),
    cases: &[
        Case(
            Is::Number(1),
            Fine,
            "the client shows its old warning for .rdp files, from before the update of April 2026",
        ),
        Case(Is::Else, Fine, "the client warns of .rdp files as its version does"),
    ],
};

const LAUNCH_CONSENT: Setting = Setting {
    keys: &[CLIENT],
    name: "RdpLaunchConsentAccepted",
    absent: (Fine, "the client has not yet explained .rdp files to this user"),
    cases: &[
        Case(Is::Number(1), Fine, "this user was told once what .rdp files can do and agreed"),
        Case(Is::Else, Fine, "the client explains .rdp files to this user when one is opened"),
    ],
};

/// The entries of the policies, without blanks.
fn thumbprints(survey: &Survey<'_>) -> Result<Vec<String>, Unreadable> {
    let mut thumbprints: Vec<String> = Vec::new();
    for key in [POLICY, USER_POLICY] {
        match survey.value(key, PUBLISHERS)? {
            Some(Value::Text(text)) => thumbprints.extend(text.split([',', ';']).map(str::to_owned)),
            Some(Value::List(list)) => thumbprints.extend(list),
            _ => {}
        }
    }
    thumbprints.truncate(MOST_THUMBPRINTS);
    Ok(thumbprints.iter().map(|text| plain(text)).filter(|text| !text.is_empty()).collect())
}

fn publishers(survey: &Survey<'_>) -> CheckResult {
    let written = match thumbprints(survey) {
        Ok(written) => written,
        Err(why) => return CheckResult::unreadable(PUBLISHERS, &why),
    };
    let wrong =
        written.iter().filter(|text| text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match (written.len(), wrong.count()) {
        (0, _) => CheckResult::ok("no publisher of .rdp files is trusted by policy"),
        (_, 0) => CheckResult::ok("publishers of .rdp files are trusted by policy").seen(written.join(", ")),
        _ => CheckResult::warning(
            "not every trusted publisher of .rdp files is a SHA-1 thumbprint of 40 digits",
        )
        .seen(written.iter().map(|text| text.escape_debug().to_string()).collect::<Vec<_>>().join(", ")),
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).take(80).collect()
}
