//! What in an .rdp file explains a failure: every finding and cause about files, shown by a trace.

use std::collections::BTreeSet;

use rdptrace::{
    Report, Settings, Target, Tracer,
    destination::RdpFile,
    diagnose, honour,
    internal::diagnose::emitted,
    report::{Certificate, FailureKind, Trust},
};

use crate::{
    lab::{Answer, Lab, fault},
    rdp_file::sample,
    rdp_file_signature,
};

async fn trace(file: RdpFile, answer: Answer) -> Report {
    let target = Target::of_file("it.rdp", file).expect("a target");
    let settings = honour(target.file.as_ref().expect("it is from a file"), Settings::default());
    let mut lab = Lab::answering(answer);
    lab.hosts[0].address.set_port(target.endpoint.port);
    Tracer::new(&target, &settings, &lab).run().await
}

fn unused_gateway(line: &str) -> RdpFile {
    let text = format!("full address:s:rdsh01\ngatewayhostname:s:gw.corp.example\n{line}");
    RdpFile::parse(text.as_bytes()).expect("a file")
}

/// A gateway that is named and not gone through is told with why, in the finding and beside the target.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_not_used_is_told() {
    for (line, why) in [
        ("gatewayusagemethod:i:0", "gatewayusagemethod:i:0"),
        ("gatewayusagemethod:i:4", "gatewayusagemethod:i:4"),
        ("gatewayusagemethod:i:", "gatewayusagemethod is missing"),
        ("", "gatewayusagemethod is missing"),
    ] {
        let report = trace(unused_gateway(line), Answer::Refused).await;
        let told = report.findings.iter().find(|finding| finding.code.as_str() == "rdp-file-gateway-unused");
        let told = &told.expect(line).message;
        assert!(told.contains("gw.corp.example") && told.contains(why), "{line}: {told}");
        let mut page = Vec::new();
        rdptrace::render::text(&report, &mut page).expect("memory takes everything");
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains("names the gateway gw.corp.example and does not use it"), "{page}");
    }
    for used in ["gatewayusagemethod:i:1", "gatewayusagemethod:i:2"] {
        let report = trace(unused_gateway(used), Answer::Refused).await;
        assert!(!codes(&report).contains("rdp-file-gateway-unused"), "{used}");
    }
}

/// A name that the direct way never asks for is told all the same; where it is always asked for nothing is sent.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_no_host_is_told_where_it_may_be_used() {
    for name in ["https://gw.corp.example", "gw.corp.example/rpc", "%GATEWAY%", "gw corp"] {
        let report = trace(fallback_gateway(name), Answer::Refused).await;
        let told = report.findings.iter().find(|finding| finding.code.as_str() == "rdp-file-gateway-invalid");
        assert!(told.expect(name).message.contains(&format!("{name:?}, which is none")), "{told:?}");
        assert!(!codes(&report).contains("rdp-file-gateway-fallback"), "{name}");
    }
    let report = trace(fallback_gateway("gw.corp.example:8443"), Answer::Refused).await;
    assert!(codes(&report).contains("rdp-file-gateway-fallback"));
    assert!(!codes(&report).contains("rdp-file-gateway-invalid"));
}

fn fallback_gateway(name: &str) -> RdpFile {
    let text = format!("full address:s:rdsh01\ngatewayhostname:s:{name}\ngatewayusagemethod:i:2");
    RdpFile::parse(text.as_bytes()).expect("a file")
}

/// Traces of files that fail or are worth a word.
pub(crate) async fn reports() -> Vec<Report> {
    let strict = RdpFile::parse(b"full address:s:rdsh01\nauthentication level:i:1").expect("a file");
    let moved = RdpFile::parse(b"full address:s:rdsh01\nalternate full address:s:rdsh02").expect("a file");
    let cases = [
        (moved, Answer::Refused),
        (sample("gateway.rdp"), Answer::Refused),
        (sample("entra.rdp"), Answer::Refused),
        (sample("without-nla.rdp"), Answer::Demo(Some(fault("nla-insisted")))),
        (sample("direct-tls.rdp"), Answer::Demo(None)),
        (sample("farm-utf16.rdp"), Answer::Demo(Some(fault("token-refused")))),
        (sample("hostile.rdp"), Answer::Silent),
        (strict, Answer::Demo(None)),
        (unused_gateway("gatewayusagemethod:i:0"), Answer::Refused),
        (fallback_gateway("https://gw.corp.example"), Answer::Refused),
    ];
    let mut reports = Vec::new();
    for (file, answer) in cases {
        reports.push(trace(file, answer).await);
    }
    reports.extend(rdp_file_signature::reports().await);
    reports
}

fn codes(report: &Report) -> BTreeSet<&str> {
    let findings = report.findings.iter().map(|finding| finding.code.as_str());
    findings.chain(report.causes.iter().map(|cause| cause.code.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn every_finding_about_files_is_shown_by_something() {
    let reports = reports().await;
    let shown: BTreeSet<&str> = reports.iter().flat_map(codes).collect();
    let missing: Vec<&str> =
        emitted().filter(|code| code.starts_with("rdp-file-") && !shown.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A broker that says by number that it does not know the token.
#[tokio::test(start_paused = true)]
async fn a_broker_refuses_the_token_by_number() {
    let mut report = trace(sample("farm-utf16.rdp"), Answer::Demo(Some(fault("token-refused")))).await;
    report.trace.connections.truncate(1);
    let failed =
        report.trace.connections[0].phases.negotiate.as_mut().and_then(|record| record.failure.as_mut());
    let failure = failed.expect("it failed there");
    (failure.kind, failure.code) = (FailureKind::ErrorInfo, Some(0x410));
    assert!(codes(&diagnose(report.trace)).contains("rdp-file-token-refused"));
}

/// mstsc leaves a server that it cannot authenticate if the file says so, and says why.
#[tokio::test(start_paused = true)]
async fn a_file_that_refuses_an_unproven_server_is_told_with_what_is_unproven() {
    for (level, is_strict) in [(0, false), (1, true), (2, false), (3, false)] {
        let text = format!("full address:s:rdsh01\nauthentication level:i:{level}");
        let file = RdpFile::parse(text.as_bytes()).expect("a file");
        let seen = trace(file, Answer::Demo(None)).await.trace;
        let day = time::Duration::DAY;
        type Change = fn(&mut Certificate);
        let cases: [(Change, Option<&str>); 6] = [
            (|_| {}, Some("the certificate is self-signed")),
            (|served| served.trust = Trust::UnknownIssuer, Some("the certificate is not trusted")),
            (|served| served.trust = Trust::Other, Some("the certificate is not trusted")),
            (|served| (served.trust, served.name_matches) = (Trust::Trusted, true), None),
            (
                |served| (served.trust, served.name_matches) = (Trust::Trusted, false),
                Some("the certificate is for another name"),
            ),
            (
                |served| (served.trust, served.not_after) = (Trust::Trusted, served.not_before),
                Some("the certificate is not valid at this time"),
            ),
        ];
        for (change, why) in cases {
            let mut trace = seen.clone();
            let tls = trace.connections[0].phases.tls.as_mut().expect("it came to TLS");
            let served = tls.evidence.certificate.as_mut().expect("it was served");
            served.not_before.0 = trace.started.0 - day;
            served.not_after.0 = trace.started.0 + day;
            change(served);
            let report = diagnose(trace);
            let found =
                report.findings.iter().find(|finding| finding.code.as_str() == "rdp-file-server-refused");
            assert_eq!(found.is_some(), is_strict && why.is_some(), "level {level}: {found:?}");
            assert!(found.is_none_or(|found| why.is_some_and(|why| found.message.ends_with(why))));
        }
    }
}

/// A plain target has nothing of it.
#[tokio::test(start_paused = true)]
async fn a_plain_host_has_no_finding_about_files() {
    let target: Target = "rdsh01".parse().expect("a target");
    let report = Tracer::new(&target, &Settings::default(), &Lab::answering(Answer::Refused)).run().await;
    assert!(codes(&report).iter().all(|code| !code.starts_with("rdp-file-")), "{:?}", codes(&report));
}
