//! Codes and other names of a report: spelled as ever, each made by a rule, and whatever another version said stays as it came.

use std::{fmt::Debug, fs, path::Path};

use rdptrace::{
    Report, diagnose, render,
    report::{
        CauseCode, FindingCode, GatewayStep, GatewayTransport, KdcAnswer, KdcCarrier, KdcSource, Known, Named,
    },
};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
};

const SPELLED: [(&str, FindingCode); 6] = [
    ("certificate-name-mismatch", FindingCode::CertificateNameMismatch),
    ("not-an-rdp-server", FindingCode::NotAnRdpServer),
    ("tls-legacy-only", FindingCode::TlsLegacyOnly),
    ("flow", FindingCode::Flow),
    ("rdp-file-nla-off", FindingCode::RdpFileNlaOff),
    ("unexplained-failure", FindingCode::UnexplainedFailure),
];

fn assert_read_as_written<K: Known + Debug>() {
    for known in K::ALL {
        let text = known.as_str();
        let json = serde_json::to_string(&Named::from(*known)).expect("JSON");
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Named<K>>(&json).expect("a name"), *known);
    }
}

fn all<K: Known>() -> Vec<&'static str> {
    K::ALL.iter().map(|known| known.as_str()).collect()
}

#[test]
fn a_code_is_spelled_as_the_report_has_it() {
    for (text, code) in SPELLED {
        assert_eq!((code.as_str(), code.to_string().as_str()), (text, text));
    }
    for code in all::<FindingCode>().into_iter().chain(all::<CauseCode>()) {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
    }
    assert_read_as_written::<FindingCode>();
    assert_read_as_written::<CauseCode>();
}

#[test]
fn names_with_fixed_spellings_have_them() {
    assert_eq!(all::<KdcSource>(), ["argument", "rdp_file", "krb5_conf", "dns"]);
    assert_eq!(all::<KdcCarrier>(), ["tcp", "udp", "https"]);
    assert_eq!(all::<KdcAnswer>(), ["as_rep", "tgs_rep", "krb_error"]);
    assert_eq!(all::<GatewayTransport>(), ["websocket", "http"]);
    let steps =
        ["resolve", "connect", "proxy", "tls", "http", "auth", "handshake", "tunnel", "authorize", "channel"];
    assert_eq!(all::<GatewayStep>(), steps);
}

#[test]
fn what_another_version_calls_a_finding_stays_as_it_came() {
    for text in ["", "-", "no-such-thing", "Certificate-Expired", "CertificateExpired", "flow-"] {
        let code = Named::<FindingCode>::of(text);
        assert_eq!((code.known(), code.as_str()), (None, text));
    }
}

/// A code that nothing makes is one that somebody forgot to take away.
#[test]
fn every_code_is_made_by_a_rule() {
    let mut sources = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnose")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is in the repository") {
            let path = entry.expect("a readable entry").path();
            match path.extension() {
                Some(extension) if extension == "rs" => {
                    sources.push_str(&fs::read_to_string(path).expect("a source"));
                }
                Some(_) => {}
                None => folders.push(path),
            }
        }
    }
    let words: Vec<&str> = sources.split(|c: char| !c.is_alphanumeric()).collect();
    let named = |code: &String| words.contains(&code.as_str());
    let codes = FindingCode::ALL.iter().map(|code| format!("{code:?}"));
    let codes = codes.chain(CauseCode::ALL.iter().map(|code| format!("{code:?}")));
    let unused: Vec<_> = codes.filter(|code| !named(code)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// A report of a newer version is shown with the code that it brought, and judges.
#[tokio::test(start_paused = true)]
async fn a_report_with_an_unknown_code_is_read_shown_and_judged() {
    let mut report = trace(Some(fault("tls-reset")), &settings_for(None)).await;
    report.findings[0].code = Named::of("tls-of-tomorrow");
    report.causes[0].code = Named::of("cause-of-tomorrow");
    let json = serde_json::to_string(&report).expect("JSON");
    let read: Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
    let mut page = Vec::new();
    render::text(&read, &mut page).expect("memory takes everything");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("tls-of-tomorrow") && page.contains("cause-of-tomorrow"), "{page}");
    let judged = diagnose(read.trace);
    assert!(judged.findings.iter().all(|finding| finding.code.known().is_some()));
    assert!(judged.causes.iter().all(|cause| cause.code.known().is_some()));
}
