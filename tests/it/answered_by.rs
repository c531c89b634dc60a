//! Who answers, judged from traces that look like those of each server, and the advice that follows from it.

use rdptrace::{
    Report, diagnose, render,
    report::{Answerer, Credentials, Likelihood, Trace},
};
use serde_json::{Value, json};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
};

/// What only Windows has.
const OF_WINDOWS: &[&str] = &[
    "TermService",
    "SessionEnv",
    "TerminalServices",
    "RDP-Tcp",
    "Schannel",
    "qwinsta",
    "HKLM",
    "Security log",
];

/// The demo server with this fault, and what is changed of its trace.
pub(crate) async fn of(name: Option<&str>, changes: &[(&str, &str, Value)]) -> Report {
    let fault = name.map(fault);
    let mut seen = serde_json::to_value(trace(fault, &settings_for(fault)).await.trace).expect("JSON");
    for connection in seen["connections"].as_array_mut().expect("a list") {
        for (phase, field, value) in changes {
            if let Some(evidence) = connection.pointer_mut(&format!("/phases/{phase}/evidence")) {
                set(evidence, field, value);
            }
        }
    }
    diagnose(serde_json::from_value::<Trace>(seen).expect("a trace"))
}

fn set(evidence: &mut Value, field: &str, value: &Value) {
    match field.split_once('/') {
        Some((outer, inner)) if evidence[outer].is_object() => set(&mut evidence[outer], inner, value),
        Some(_) => {}
        None => evidence[field] = value.clone(),
    }
}

fn who(report: &Report) -> (Answerer, Likelihood) {
    let judged = report.answered_by.as_ref().expect("somebody answered");
    (judged.who, judged.likelihood)
}

/// What says nothing: NLA without more, a computer outside of a domain, and a certificate that anybody makes.
pub(crate) fn bare() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("negotiate", "flags", json!(1)),
        ("negotiate", "selected", json!("nla")),
        ("negotiate", "selected_code", json!(2)),
        ("credssp", "ntlm/netbios_computer", json!("VM")),
        ("credssp", "ntlm/netbios_domain", json!("VM")),
        ("credssp", "ntlm/dns_computer", json!("vm")),
        ("credssp", "ntlm/dns_domain", json!("vm")),
        ("credssp", "ntlm/dns_tree", json!(null)),
        ("credssp", "ntlm/os_version", json!(null)),
    ]
}

fn freerdp(version: &str, build: u32) -> Vec<(&'static str, &'static str, Value)> {
    let own = [
        ("negotiate", "flags", json!(3)),
        ("credssp", "ntlm/os_version", json!(version)),
        ("credssp", "ntlm/os_build", json!(build)),
    ];
    bare().into_iter().chain(own).collect()
}

fn ironrdp() -> Vec<(&'static str, &'static str, Value)> {
    let names = ["ntlm/netbios_computer", "ntlm/netbios_domain", "ntlm/dns_computer", "ntlm/dns_domain"];
    let unnamed = names.into_iter().map(|name| ("credssp", name, json!("")));
    let claim = [("credssp", "ntlm/os_version", json!("10.0")), ("credssp", "ntlm/os_build", json!(17763))];
    bare().into_iter().chain(unnamed).chain(claim).collect()
}

fn xrdp() -> Vec<(&'static str, &'static str, Value)> {
    let key =
        json!({ "kind": "proprietary", "bits": 511, "subject": null, "issuer": null, "not_after": null });
    let own = [
        ("negotiate", "selected", json!("tls")),
        ("tls", "certificate/subject", json!("C=US, ST=CA, L=Sunnyvale, O=xrdp, CN=www.xrdp.org")),
        ("mcs", "early_capability_flags", json!(null)),
        ("mcs", "message_channel", json!(null)),
        ("licensing", "product", json!("236")),
        ("licensing", "certificate", key),
    ];
    bare().into_iter().chain(own).collect()
}

fn page(report: &Report) -> String {
    let mut page = Vec::new();
    render::text(report, &mut page).expect("memory takes everything");
    String::from_utf8(page).expect("text")
}

#[tokio::test(start_paused = true)]
async fn each_server_is_told_by_what_only_it_does() {
    let measured = ("licensing", "auto_detect_requests", json!(35));
    let gnome: Vec<_> = freerdp("10.0", 22631).into_iter().chain([measured]).collect();
    for (changes, expected) in [
        (Vec::new(), Answerer::Windows),
        (xrdp(), Answerer::Xrdp),
        (freerdp("6.1", 7601), Answerer::Freerdp),
        (freerdp("10.0", 22631), Answerer::Freerdp),
        (gnome, Answerer::GnomeRemoteDesktop),
        (ironrdp(), Answerer::Ironrdp),
    ] {
        let report = of(None, &changes).await;
        assert_eq!(who(&report), (expected, Likelihood::Likely), "{:#?}", report.answered_by);
        assert_eq!(page(&report).contains("Answers"), expected != Answerer::Windows);
    }
}

#[tokio::test(start_paused = true)]
async fn thin_or_contradicting_evidence_names_nobody() {
    let thin = bare();
    let windows = ("negotiate", "flags", json!(0x1F));
    let both: Vec<_> = freerdp("6.1", 7601).into_iter().chain([windows]).collect();
    for changes in [thin, both] {
        let report = of(None, &changes).await;
        assert_eq!(who(&report), (Answerer::Unknown, Likelihood::Possible), "{:#?}", report.answered_by);
        assert!(!page(&report).contains("Answers"));
    }
    assert!(of(Some("negotiate-silence"), &[]).await.answered_by.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_version_that_others_invent_is_a_claim() {
    assert!(page(&of(None, &freerdp("6.1", 7601)).await).contains("claims Windows 6.1 build 7601"));
    let windows = page(&of(None, &[]).await);
    assert!(windows.contains("Windows 10.0 build 20348") && !windows.contains("claims Windows"), "{windows}");
}

/// Windows 7 takes no early user authorization, so its absence speaks against no such claim.
#[tokio::test(start_paused = true)]
async fn only_a_windows_that_takes_the_early_authorization_is_missed_by_it() {
    let lacks = async |version, build| {
        let mut changes = freerdp(version, build);
        changes.push(("tls", "version", json!("TLSv1.2")));
        let report = of(None, &changes).await;
        let json = serde_json::to_string(&report.answered_by).expect("JSON");
        json.contains("does not take the early user authorization")
    };
    assert!(lacks("10.0", 22631).await);
    assert!(!lacks("6.1", 7601).await);
}

/// The same number is a refusal from the library that sends it, and nothing from Windows.
#[tokio::test(start_paused = true)]
async fn a_number_refuses_only_where_its_server_sends_it() {
    let with = |changes: Vec<(&'static str, &'static str, Value)>, status: u32| -> Vec<_> {
        changes.into_iter().chain([("credssp", "status", json!(status))]).collect()
    };
    let (freerdp_status, ironrdp_status) = (0xC007_00EA, 0xC007_030C);
    for (changes, expected) in [
        (with(freerdp("10.0", 22631), freerdp_status), Credentials::Refused),
        (with(freerdp("6.1", 7601), freerdp_status), Credentials::Refused),
        (with(ironrdp(), ironrdp_status), Credentials::Refused),
        (with(Vec::new(), freerdp_status), Credentials::NotVerifiable),
        (with(Vec::new(), ironrdp_status), Credentials::NotVerifiable),
    ] {
        assert_eq!(of(Some("logon-failure"), &changes).await.verdict.credentials, expected);
    }
}

/// Who asks nobody is not said to wait for somebody.
#[tokio::test(start_paused = true)]
async fn silence_is_not_put_on_servers_that_this_one_never_asks() {
    for (name, changes, absent) in [
        ("licensing-silence", xrdp(), "license-server-slow"),
        ("licensing-silence", freerdp("6.1", 7601), "license-server-slow"),
        ("credssp-silence-after-authenticate", bare(), "domain-controller-slow"),
    ] {
        let report = of(Some(name), &changes).await;
        let codes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        assert_eq!((codes[0], codes.contains(&absent)), ("services-hung", false), "{name}: {codes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn advice_for_windows_goes_to_windows_alone() {
    let faults =
        ["mcs-refused", "mcs-close", "licensing-close", "license-server-missing", "error-info-denied"];
    for name in faults {
        let windows = of(Some(name), &[]).await;
        assert!(!windows.causes.is_empty(), "{name}");
        for (changes, expected) in [(xrdp(), Answerer::Xrdp), (freerdp("6.1", 7601), Answerer::Freerdp)] {
            let other = of(Some(name), &changes).await;
            assert_eq!(other.answerer(), expected, "{name}: {:#?}", other.answered_by);
            for cause in &other.causes {
                let advice = [&cause.confirm[..], &cause.fix[..]].concat();
                let of_windows = advice.iter().find(|line| OF_WINDOWS.iter().any(|word| line.contains(word)));
                assert_eq!(of_windows, None, "{name}: {}", cause.code);
                assert!(!cause.confirm.is_empty() && !cause.fix.is_empty(), "{name}: {}", cause.code);
            }
        }
    }
}

/// Every observation about who answers.
pub(crate) fn said(report: &Report) -> String {
    let judged = report.answered_by.as_ref().expect("somebody answered");
    [&judged.because[..], &judged.against[..]].concat().join("\n")
}

#[tokio::test(start_paused = true)]
async fn the_flags_of_freerdp_are_those_two_alone() {
    let text = "the flags 0x03 announce the graphics pipeline without the modes of Windows";
    let modes = "announce modes of Windows";
    for (flags, is_freerdp, is_windows) in [
        (0, false, false),
        (1, false, false),
        (3, true, false),
        (7, false, false),
        (0x0B, false, true),
        (0x13, false, true),
    ] {
        let mut changes = bare();
        changes.push(("negotiate", "flags", json!(flags)));
        let said = said(&of(None, &changes).await);
        assert_eq!((said.contains(text), said.contains(modes)), (is_freerdp, is_windows), "{flags}: {said}");
    }
}

/// A certificate without usages of its key, with a short serial number and for a server alone is FreeRDP's.
#[tokio::test(start_paused = true)]
async fn a_self_signed_certificate_is_known_by_its_whole_shape() {
    let (freerdp, windows) = ("in the shape that FreeRDP gives it", "in the shape that Windows gives it");
    let server = json!(["1.3.6.1.5.5.7.3.1"]);
    let bits = json!(["keyEncipherment", "dataEncipherment"]);
    let both = bits.clone();
    let (begin, half) = (json!("2025-11-20T08:15:00Z"), json!("2026-05-20T08:15:00Z"));
    let year = json!("2027-11-20T08:15:00Z");
    let rows = [
        (true, &server, json!(null), "0a0b0c0d", &half, [true, false]),
        (true, &server, json!(null), "0a0b0c0d0e", &half, [false, false]),
        (true, &json!([]), json!(null), "0a0b0c0d", &half, [false, false]),
        (false, &server, json!(null), "0a0b0c0d", &half, [false, false]),
        (true, &server, bits.clone(), "0a0b0c0d", &half, [false, true]),
        (true, &server, bits.clone(), "0a0b0c0d0e", &half, [false, true]),
        (true, &server, bits, "0a0b0c0d", &year, [false, false]),
        (true, &server, json!(["keyEncipherment"]), "0a0b0c0d", &half, [false, false]),
        (true, &server, json!(["dataEncipherment"]), "0a0b0c0d", &half, [false, false]),
        (false, &server, both, "0a0b0c0d", &half, [false, false]),
    ];
    for (own, extended, key, serial, end, expected) in rows {
        let mut changes = bare();
        changes.extend([
            ("tls", "certificate/self_signed", json!(own)),
            ("tls", "certificate/usage/extended", extended.clone()),
            ("tls", "certificate/usage/key", key.clone()),
            ("tls", "certificate/serial", json!(serial)),
            ("tls", "certificate/not_before", begin.clone()),
            ("tls", "certificate/not_after", end.clone()),
        ]);
        let said = said(&of(None, &changes).await);
        assert_eq!(
            [said.contains(freerdp), said.contains(windows)],
            expected,
            "{own} {key} {serial}: {said}"
        );
    }
}

/// Only a claim of a Windows that is older than TLS 1.3 is shown wrong by it.
#[tokio::test(start_paused = true)]
async fn tls_1_3_speaks_against_a_claim_of_an_older_windows_alone() {
    let text = "it speaks TLS 1.3, which no such Windows does";
    for (version, build, tls, expected) in [
        ("10.0", 17763, "TLSv1.3", true),
        ("10.0", 17763, "TLSv1.2", false),
        ("6.1", 7601, "TLSv1.3", true),
        ("10.0", 22631, "TLSv1.3", false),
        ("10.0", 22631, "TLSv1.2", false),
        ("10.0", 20348, "TLSv1.3", false),
    ] {
        let mut changes = freerdp(version, build);
        changes.push(("tls", "version", json!(tls)));
        let said = said(&of(None, &changes).await);
        assert_eq!(said.contains(text), expected, "{version} {build} {tls}: {said}");
    }
}
