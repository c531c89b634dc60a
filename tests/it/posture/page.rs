//! What the page of a posture says of suites and of what NLA does not protect.

use rdptrace::{Report, codes::Phase, render, report::Cause};

use super::{MODERN, of_demo, of_script, scripted::Script};

fn page(report: &Report) -> String {
    let mut page = Vec::new();
    render::text(report, &mut page).expect("memory takes everything");
    let page = String::from_utf8(page).expect("text");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A suite without a defect has nothing behind its name.
#[tokio::test(start_paused = true)]
async fn a_suite_is_listed_with_what_is_wrong_with_it() {
    let suites = Some(&[0x000A_u16, 0x0005, 0xC02F][..]);
    let (report, _) = of_script(Script { versions: &[0x0303], suites, ..MODERN }).await;
    let page = page(&report);
    for line in [
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA (3DES is weak, no forward secrecy)",
        "TLS_RSA_WITH_RC4_128_SHA (RC4 is broken, no forward secrecy)",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert!(page.contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (72 other suites refused)"), "{page}");
    assert!(page.contains("tls accepted nla refused: "), "{page}");
    assert!(page.contains("TLSv1.0 refused TLSv1.1 refused TLSv1.2 TLS_"), "{page}");
}

/// A server that takes what rdptrace speaks ended for another reason.
#[tokio::test(start_paused = true)]
async fn suites_are_blamed_only_if_none_that_is_spoken_is_accepted() {
    let old = Script { versions: &[0x0301], suites: Some(&[0x002F, 0x000A]), ..MODERN };
    for (script, lacks) in [(old, true), (MODERN, false)] {
        let (report, _) = of_script(script).await;
        assert_eq!(report.verdict.phase, Some(Phase::Tls), "{}", report.verdict.summary);
        let is_lack = |cause: &Cause| cause.code.as_str() == "rdptrace-lacks-suites";
        assert_eq!(report.causes.iter().any(is_lack), lacks, "{:#?}", report.causes);
    }
}

/// NLA itself is no way around NLA.
#[tokio::test(start_paused = true)]
async fn what_is_accepted_without_nla_is_named() {
    let report = of_demo(None).await;
    let found = report.findings.iter().find(|found| found.code.as_str() == "nla-not-required");
    assert_eq!(
        found.expect("TLS alone is accepted").message,
        "NLA is offered and not required: without it tls is accepted"
    );
}
