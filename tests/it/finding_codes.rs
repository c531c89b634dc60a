//! The codes of findings: spelled as ever, each made by a rule, and whatever another version found stays as it came.

use std::{fs, path::Path};

use rdptrace::{
    Report, diagnose, render,
    report::{FindingCode, Named},
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

#[test]
fn a_code_is_spelled_as_the_report_has_it() {
    for (text, code) in SPELLED {
        assert_eq!((code.as_str(), code.to_string().as_str()), (text, text));
    }
    for code in FindingCode::ALL {
        let text = code.as_str();
        assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{text}");
        let json = serde_json::to_string(&Named::from(*code)).expect("JSON");
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Named<FindingCode>>(&json).expect("a name"), *code);
    }
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
    let unused: Vec<_> =
        FindingCode::ALL.iter().filter(|code| !words.contains(&format!("{code:?}").as_str())).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// A report of a newer version is shown with the code that it brought, and judges.
#[tokio::test(start_paused = true)]
async fn a_report_with_an_unknown_code_is_read_shown_and_judged() {
    let mut report = trace(Some(fault("tls-reset")), &settings_for(None)).await;
    report.findings[0].code = Named::of("tls-of-tomorrow");
    let json = serde_json::to_string(&report).expect("JSON");
    let read: Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
    let mut page = Vec::new();
    render::text(&read, &mut page).expect("memory takes everything");
    assert!(String::from_utf8(page).expect("text").contains("tls-of-tomorrow"));
    assert!(diagnose(read.trace).findings.iter().all(|finding| finding.code.known().is_some()));
}
