//! The telling facts of the activation and of a redirection.

use crate::{
    plain,
    report::{ActivateEvidence, LogOff, LogonEvidence, MultitransportRequest, Redirection, Seen},
};

/// The facts of the activation, a line each.
pub(super) fn facts(evidence: &ActivateEvidence) -> Vec<String> {
    let mut lines = vec![desktop(evidence), besides(evidence), drawn(evidence)];
    lines.extend(evidence.logon.as_ref().map(logon));
    lines.extend(evidence.log_off.map(log_off));
    lines.extend(evidence.redirection.as_ref().map(redirection).unwrap_or_default());
    lines
}

/// The facts of a redirection, a line each.
pub(super) fn redirection(redirection: &Redirection) -> Vec<String> {
    let names = [&redirection.target_fqdn, &redirection.target_netbios_name, &redirection.target_address];
    let mut names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    for address in &redirection.target_addresses {
        if !names.contains(&address.as_str()) {
            names.push(address);
        }
    }
    let user = [&redirection.domain, &redirection.user];
    let user = user.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\\");
    let token = redirection.load_balance_text.as_ref().or(redirection.load_balance_info.as_ref());
    let certificate = redirection.certificate.then(|| "a certificate".to_owned());
    let with: Vec<String> = secret(redirection).into_iter().chain(certificate).collect();
    let line = |label: &str, text: &str| match text {
        "" => String::new(),
        text => format!("{label} {text}"),
    };
    vec![
        format!(
            "redirection to session {}, flags {:#x}{}",
            redirection.session_id,
            redirection.flags,
            means(redirection.flags)
        ),
        line("target", &names.join(", ")),
        line("token", token.map_or("", String::as_str)),
        line("user", &user),
        line("with", &with.join(" and ")),
    ]
}

/// The flags that stand for no field.
const MEANING: &[(u32, &str)] = &[
    (0x20, "do not store the user"),
    (0x40, "smart card"),
    (0x80, "informational"),
    (0x2000, "knows TsvUrl"),
    (0x4000, "password encrypted for the target"),
];

fn means(flags: u32) -> String {
    let set: Vec<&str> = MEANING.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, text)| *text).collect();
    if set.is_empty() { String::new() } else { format!(" ({})", set.join(", ")) }
}

/// That a secret came, never what it is.
fn secret(redirection: &Redirection) -> Option<String> {
    let length = redirection.password_bytes.map_or_else(String::new, |bytes| format!(" of {bytes} B"));
    redirection.password.then(|| format!("a password or cookie{length}"))
}

fn desktop(evidence: &ActivateEvidence) -> String {
    let name = evidence.server_name.as_deref().filter(|name| !name.is_empty());
    let size = evidence.desktop_width.zip(evidence.desktop_height);
    let parts = [
        name.map(|name| format!("server \"{name}\"")),
        size.map(|(width, height)| format!("desktop {width}x{height}")),
        (!evidence.capability_sets.is_empty())
            .then(|| plain::plural(total(&evidence.capability_sets).into(), "capability set")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What the server says of a logon.
fn logon(logon: &LogonEvidence) -> String {
    let session = logon.session_id.map_or_else(String::new, |id| format!(" in session {id}"));
    let error = logon.error.as_ref().map(|error| {
        let name = named(error.notification_name.as_deref(), error.notification);
        format!("logon error {name}, data {}", named(error.data_name.as_deref(), error.data))
    });
    let logged_on = logon.logged_on.then(|| format!("the user is logged on{session}"));
    error.into_iter().chain(logged_on).collect::<Vec<_>>().join("; ")
}

fn named(name: Option<&str>, code: u32) -> String {
    match (name, code) {
        (Some(name), _) => name.to_owned(),
        (None, 0..0x1_0000) => code.to_string(),
        (None, _) => format!("{code:#010x}"),
    }
}

fn log_off(answer: LogOff) -> String {
    match answer {
        LogOff::Ended => "asked to end the session, the server ended the connection",
        LogOff::Denied => "asked to end the session, the server denied it",
        LogOff::Unanswered => "asked to end the session, the server said nothing",
    }
    .to_owned()
}

/// What came besides the exchange itself.
fn besides(evidence: &ActivateEvidence) -> String {
    let counted = [
        (evidence.multitransport_requests, "multitransport request declined"),
        (evidence.auto_detect_requests, "auto-detect request"),
        (evidence.reactivations, "reactivation"),
    ];
    let some = counted.into_iter().filter(|(count, _)| *count > 0);
    let counts = some.map(|(count, what)| format!("{what}: {count}"));
    counts.chain(evidence.multitransport.iter().map(transport)).collect::<Vec<_>>().join(", ")
}

/// What kind of transport was asked for, with the number of the request.
fn transport(request: &MultitransportRequest) -> String {
    let kind = match request.requested_protocol {
        Some(1) => "reliable UDP".to_owned(),
        Some(2) => "lossy UDP".to_owned(),
        Some(other) => format!("the unknown protocol {other}"),
        None => "what was cut off".to_owned(),
    };
    format!("{kind} (request {})", request.request_id)
}

fn drawn(evidence: &ActivateEvidence) -> String {
    let counted = [
        (evidence.fast_path_pdus, "fast-path PDU"),
        (total(&evidence.save_session_info), "Save Session Info"),
        (evidence.ignored_pdus, "PDU passed over"),
    ];
    let some = counted.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, what)| format!("{what}: {count}")).collect::<Vec<_>>().join(", ")
}

fn total(seen: &[Seen]) -> u32 {
    seen.iter().fold(0, |sum, seen| sum.saturating_add(seen.count))
}
