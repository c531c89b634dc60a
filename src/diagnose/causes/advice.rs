//! Advice for who answers: what only another system has is left out, and where nothing is left its own log is named.

use super::{CauseRule, Weighed};
use crate::{
    diagnose::Facts,
    report::{Answerer, Likelihood},
};

/// What only Windows has. A line with one of these is advice for Windows.
const OF_WINDOWS: &[&str] = &[
    "Windows Firewall",
    "(Windows)",
    "TermService",
    "TerminalServices-",
    "SessionEnv",
    "UmRdpService",
    "RdpCoreTS",
    "Netlogon",
    "NETLOGON",
    "nltest",
    "Schannel",
    "SChannel",
    "TSpkg",
    "LsaSrv",
    "Lsa",
    "Security log",
    "System log",
    "Application log",
    "Operational log",
    "event ",
    "Event ",
    "4625",
    "icacls",
    "NETWORK SERVICE",
    "MachineKeys",
    "HKLM",
    "registry",
    "WinStation",
    "RDP-Tcp",
    "rdp-tcp",
    "fDenyTSConnections",
    "SecurityLayer",
    "UserAuthentication",
    "SSLCertificateSHA1Hash",
    "MinEncryptionLevel",
    "AllowEncryptionOracle",
    "Encryption Oracle",
    "Credentials Delegation",
    "Restrict NTLM",
    "RD Licensing",
    "licensing mode",
    "license server",
    "qwinsta",
    "gpupdate",
    "gpresult",
    "netstat -ano",
    "change logon",
    "sc query",
    "wevtutil",
    "w32tm",
    "dsregcmd",
    "certlm",
    "Get-",
    "Test-ComputerSecureChannel",
    "Restart-Service",
    "net user",
    "policy",
    "policies",
    "domain controller",
    "Remote Desktop Users",
    "Remote Desktop Services",
    "Remote Desktop > Certificates",
    "Protected Users",
    "Allowed to Authenticate",
    "CertPropSvc",
    "that store",
    "updates of May 2018",
    "Limit number of connections",
    "enable Remote Desktop on the host",
    "winlogon",
];

/// What only xrdp has.
const OF_XRDP: &[&str] = &["xrdp", "sesman"];

/// What stands in xrdp.ini where Windows has a value of the registry: a cause, how to see it and how to mend it.
const IN_XRDP: &[(&str, &str, &str)] = &[
    (
        "server-requires-tls",
        "security_layer in xrdp.ini is tls",
        "offer TLS: --security auto, or a client that knows it",
    ),
    ("server-refuses-tls", "security_layer in xrdp.ini is rdp", "set security_layer=negotiate in xrdp.ini"),
    (
        "server-requires-fips",
        "crypt_level in xrdp.ini is fips",
        "set security_layer=negotiate in xrdp.ini: TLS carries FIPS algorithms",
    ),
    ("tls-versions-disjoint", "ssl_protocols in xrdp.ini", "enable TLSv1.2 in ssl_protocols of xrdp.ini"),
    ("tls-legacy-server", "ssl_protocols in xrdp.ini", "enable TLSv1.2 in ssl_protocols of xrdp.ini"),
    ("tls-suites-disjoint", "tls_ciphers in xrdp.ini", "take tls_ciphers out of xrdp.ini"),
];

/// Causes that are parts of Windows, which fit another system at best by what they look like.
const IN_WINDOWS: &[&str] = &[
    "services-hung",
    "certificate-unusable",
    "certificate-key-permissions",
    "certificate-hash-wrong",
    "ntlm-restricted",
    "credssp-policy",
    "host-refuses-by-closing",
    "connection-limit",
];

/// Whether it is known to be another system than Windows.
fn is_another(who: Answerer) -> bool {
    who == Answerer::Xrdp || who == Answerer::Ironrdp || who.is_of_freerdp()
}

/// A cause that only Windows can have is at most possible elsewhere.
pub fn fitting(code: &str, weighed: Weighed, facts: &Facts<'_>) -> Weighed {
    let who = facts.answerer();
    if !(is_another(who) && IN_WINDOWS.contains(&code)) {
        return weighed;
    }
    let against = format!("{} answers, and this is a part of Windows", who.title());
    Weighed { likelihood: Likelihood::Possible, ..weighed.but(Some(against)) }
}

/// What settles and mends a cause where this software answers.
pub fn lines(rule: &CauseRule, who: Answerer) -> (Vec<String>, Vec<String>) {
    if let Some((_, confirm, fix)) =
        IN_XRDP.iter().find(|(code, ..)| who == Answerer::Xrdp && *code == rule.code)
    {
        return (vec![(*confirm).to_owned(), log(who).to_owned()], vec![(*fix).to_owned()]);
    }
    let kept = |lines: &[&str]| -> Vec<String> {
        lines.iter().filter(|line| fits(line, who)).map(|line| (*line).to_owned()).collect()
    };
    let (mut confirm, mut fix) = (kept(rule.confirm), kept(rule.fix));
    if confirm.is_empty() && !rule.confirm.is_empty() {
        confirm.push(log(who).to_owned());
    }
    if fix.is_empty() && !rule.fix.is_empty() {
        fix.push("mend what that log names".to_owned());
        let log = log(who).to_owned();
        if !confirm.contains(&log) {
            confirm.push(log);
        }
    }
    (confirm, fix)
}

fn fits(line: &str, who: Answerer) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| line.contains(word));
    match who {
        Answerer::Windows => !names(OF_XRDP),
        Answerer::Xrdp => !names(OF_WINDOWS),
        _ if is_another(who) => !names(OF_WINDOWS) && !names(OF_XRDP),
        _ => true,
    }
}

/// Where this software says what ails it.
fn log(who: Answerer) -> &'static str {
    match who {
        Answerer::Xrdp => "on the host: /var/log/xrdp.log and /var/log/xrdp-sesman.log at this time",
        Answerer::GnomeRemoteDesktop => "on the host: the journal of gnome-remote-desktop at this time",
        Answerer::Krdp => "on the host: the journal of krdpserver at this time",
        Answerer::Windows => "on the host: the event logs at this time",
        _ => "the server's own log at this time",
    }
}
