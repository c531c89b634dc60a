//! The settings that would work: what each client is told, when there are none, and that nothing foreign leaves its quotes.

use rdptrace::{
    Report, Settings, Target, Tracer, diagnose,
    internal::demo,
    render,
    report::{Outcome, Trust, Working},
    settings::Security,
};

use crate::lab::{Lab, fault};

async fn report(name: Option<&str>, security: Security) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = Settings::default().security(security).server_name(Some(demo::DNS_COMPUTER.to_owned()));
    Tracer::new(&target, &settings, &Lab::of(name.map(fault))).run().await
}

fn settings(report: &Report) -> &Working {
    report.working.as_ref().expect("settings")
}

#[tokio::test(start_paused = true)]
async fn each_client_is_told_what_the_server_selected_and_how_to_know_it() {
    for (security, word, nla) in [(Security::Auto, "nla", 1), (Security::Tls, "tls", 0)] {
        let report = report(None, security).await;
        let working = settings(&report);
        let sha256 = report.certificate.as_ref().expect("a certificate").sha256.clone();
        let digits = working.freerdp2.command_arguments[3].replace(':', "");
        assert_eq!(digits, format!("/certfingerprintsha256{sha256}"));
        let start =
            format!("xfreerdp /v:rdsh01.corp.example:3389 /sec:{word} /tls-seclevel:2 /cert:fingerprint");
        assert!(working.freerdp2.command_line.starts_with(&start), "{}", working.freerdp2.command_line);
        assert!(working.freerdp3.command_line.contains(" /tls:seclevel:2 "), "version 3 knows no other");
        let guacamole = |name: &str| working.guacamole.iter().find(|one| one.setting == name);
        assert_eq!(guacamole("security").expect("it is there").setting_value, word);
        assert_eq!(guacamole("ignore-cert").expect("it is there").setting_value, "false");
        assert!(working.rdp_lines.contains(&format!("enablecredsspsupport:i:{nla}")));
        assert!(working.rdp_lines.contains(&"authentication level:i:2".to_owned()));
    }
    let standard = report(Some("standard-security"), Security::Rdp).await;
    assert_eq!(
        settings(&standard).freerdp3.command_line,
        "xfreerdp3 /v:rdsh01.corp.example:3389 /sec:rdp",
        "nothing is to be known without TLS"
    );
}

/// What is to be handed on has them for a trace too, each line as it is to be copied.
#[tokio::test(start_paused = true)]
async fn html_and_markdown_have_them() {
    let report = report(None, Security::Auto).await;
    let line = &settings(&report).freerdp3.command_line;
    for (render, folded) in [
        (
            render::markdown as fn(&Report, &mut dyn std::io::Write) -> _,
            "<summary>Settings that work</summary>",
        ),
        (render::html, ">Settings that work</h2>"),
    ] {
        let mut page = Vec::new();
        render(&report, &mut page).expect("memory takes everything");
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains(folded) && page.contains(line.as_str()), "{page}");
    }
}

/// A certificate that is trusted is verified, not pinned.
#[tokio::test(start_paused = true)]
async fn a_trusted_certificate_is_verified() {
    let mut trace = report(None, Security::Tls).await.trace;
    let tls = trace.connections[0].phases.tls.as_mut().expect("TLS");
    tls.evidence.certificate.as_mut().expect("a certificate").trust = Trust::Trusted;
    let report = diagnose(trace);
    assert!(settings(&report).freerdp2.command_line.ends_with(" /cert:deny"));
    assert!(settings(&report).rdp_lines.contains(&"authentication level:i:1".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn there_are_none_where_nothing_works_or_a_name_is_none() {
    let failed = report(Some("tls-reset"), Security::Auto).await;
    assert_eq!((failed.verdict.outcome, failed.working.is_none()), (Outcome::Aborted, true));
    let good = report(None, Security::Tls).await.trace;
    for host in ["h;id", "$(id)", "a b", "a'b", "x\nfull address:s:evil", "-v", "/p:x", ""] {
        let mut trace = good.clone();
        host.clone_into(&mut trace.target.as_mut().expect("a target").host);
        assert!(diagnose(trace).working.is_none(), "{host}");
    }
    let mut trace = good;
    "fe80::1%eth0".clone_into(&mut trace.target.as_mut().expect("a target").host);
    let line = settings(&diagnose(trace)).freerdp2.command_line.clone();
    assert!(line.starts_with("xfreerdp '/v:[fe80::1%eth0]:3389' "), "{line}");
}

/// The page of a trace stays as it is; that of a posture has the lines, which are not folded.
#[tokio::test(start_paused = true)]
async fn the_page_of_a_posture_has_lines_to_copy() {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let (lab, settings) = (Lab::of(None), Settings::default());
    let tracer = Tracer::new(&target, &settings, &lab);
    let page = |report: &Report| {
        let mut page = Vec::new();
        render::text(report, &mut page).expect("memory takes everything");
        String::from_utf8(page).expect("text")
    };
    assert!(!page(&tracer.run().await).contains("xfreerdp"));
    let posture = tracer.posture().await;
    let lines = page(&posture);
    let line = &posture.working.as_ref().expect("settings").freerdp2.command_line;
    assert!(lines.lines().any(|found| found.ends_with(line.as_str())), "{lines}");
}
