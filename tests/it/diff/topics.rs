//! Which facts are compared, and which are not because one report could not see them.

use rdptrace::{Policy, diff::TargetStatus};
use serde_json::json;
use time::macros::date;

use super::{between, changed, told};
use crate::{faults::told_of, lab::fault};

/// What these do to a healthy report, and what is told of it.
#[tokio::test(start_paused = true)]
async fn each_fact_that_changes_is_told_alone() {
    let report = told_of(None).await;
    let phases = "/connections/0/phases";
    let cases = [
        ("/verdict/credentials".to_owned(), json!("refused"), "credentials: verified -> refused"),
        ("/answered_by/who".to_owned(), json!("xrdp"), "answered_by: windows -> xrdp"),
        (format!("{phases}/negotiate/evidence/selected"), json!("tls"), "negotiate.selected: nla_ex -> tls"),
        (format!("{phases}/tls/evidence/version"), json!("TLSv1.2"), "tls.version: TLSv1.3 -> TLSv1.2"),
        (
            format!("{phases}/tls/evidence/cipher_suite"),
            json!("TLS_AES_128_GCM_SHA256"),
            "tls.cipher_suite: TLS_AES_256_GCM_SHA384 -> TLS_AES_128_GCM_SHA256",
        ),
        (format!("{phases}/credssp/evidence/version"), json!(5), "credssp.version: 6 -> 5"),
        (
            format!("{phases}/credssp/evidence/ntlm/os_build"),
            json!(26100),
            "host.build: 10.0.20348 -> 10.0.26100",
        ),
        (
            format!("{phases}/credssp/evidence/ntlm/dns_domain"),
            json!("lab.example"),
            "host.domain: corp.example -> lab.example",
        ),
        (
            format!("{phases}/licensing/evidence/outcome"),
            json!("request"),
            "licensing.outcome: valid_client -> request",
        ),
        ("/certificate/trust".to_owned(), json!("trusted"), "certificate.trust: self_signed -> trusted"),
        ("/findings/0/severity".to_owned(), json!("error"), "finding certificate-self-signed: info -> error"),
    ];
    for (pointer, value, line) in cases {
        let other = changed(&report, |json| *json.pointer_mut(&pointer).expect(&pointer) = value);
        let diff = between(&[&report], &[&other]);
        assert_eq!(told(&diff), [line], "{pointer}");
        assert!(!diff.same && diff.same_targets == 0, "{pointer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewed_certificate_is_no_news_but_in_what_it_is() {
    let report = told_of(None).await;
    let renewed = changed(&report, |json| {
        json["certificate"]["sha256"] = json!("ab".repeat(32));
        json["certificate"]["not_after"] = json!("2030-01-01T00:00:00Z");
        json["certificate"]["serial"] = json!("07");
    });
    let told = told(&between(&[&report], &[&renewed]));
    let topics: Vec<&str> = told.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(topics, ["certificate.sha256", "certificate.not_after"], "{told:?}");
}

/// Two runs of the same server differ in times, ports and days, and that is nothing.
#[tokio::test(start_paused = true)]
async fn the_same_server_is_the_same_a_day_later() {
    for name in ["certificate-expired", "tls-reset", "logon-failure", "license-server-missing"] {
        let report = told_of(Some(fault(name))).await;
        let later = changed(&told_of(Some(fault(name))).await, |json| {
            json["started"] = json!("2026-12-24T00:00:00Z");
            json["findings"][0]["message"] = json!("a day more");
        });
        let diff = between(&[&report], &[&later]);
        let told: Vec<String> =
            told(&diff).into_iter().filter(|line| !line.starts_with("certificate.")).collect();
        assert!(told.is_empty(), "{name}: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_other_could_not_see_is_neither_new_nor_gone() {
    let (healthy, reset) = (told_of(None).await, told_of(Some(fault("tls-reset"))).await);
    let diff = between(&[&healthy], &[&reset]);
    let told = told(&diff);
    let begins = |what: &str| told.iter().any(|line| line.starts_with(what));
    assert!(told.contains(&"outcome: passed -> aborted".to_owned()), "{told:?}");
    assert!(told.contains(&"failure: - -> reset".to_owned()), "{told:?}");
    assert!(begins("phase: - -> tls") && begins("reached: licensing -> negotiate"), "{told:?}");
    assert!(!begins("credssp") && !begins("host") && !begins("licensing"), "{told:?}");
    let once: Vec<&str> = diff.targets[0].not_compared.iter().map(|one| one.what.name()).collect();
    for topic in ["credssp.version", "host.build", "host.domain", "licensing.outcome"] {
        assert!(once.contains(&topic), "{topic} {once:?}");
    }
    // A handshake that failed shows no certificate, and whoever shows no CredSSP may still be Windows.
    assert!(once.contains(&"certificate.sha256") && once.contains(&"answered_by"), "{told:?} {once:?}");
    assert!(once.contains(&"finding") && !begins("finding certificate-self-signed"), "{told:?} {once:?}");
}

#[tokio::test(start_paused = true)]
async fn promises_are_compared_only_where_both_were_asked() {
    let mut report = told_of(None).await;
    let without = report.clone();
    Policy::read("tls.min = \"1.3\"").expect("a policy").judge(&mut report, date!(2026 - 12 - 01));
    let broken = changed(&report, |json| json["promises"][0]["status"] = json!("broken"));
    assert_eq!(told(&between(&[&report], &[&broken])), ["promise tls.min: kept -> broken"]);
    let diff = between(&[&without], &[&report]);
    assert!(diff.same && diff.targets[0].status == TargetStatus::Same, "{diff:#?}");
    assert_eq!(diff.targets[0].not_compared[0].name.as_deref(), Some("tls.min"));
}

#[tokio::test(start_paused = true)]
async fn a_time_is_news_beyond_the_factor_and_the_floor() {
    let report = told_of(None).await;
    let with =
        |ms: f64| changed(&report, |json| json["connections"][0]["phases"]["mcs"]["elapsed_ms"] = json!(ms));
    let cases = [
        (1.0, 3.0, false),
        (1.0, 100.9, false),
        (1.0, 101.0, true),
        (200.0, 599.0, false),
        (200.0, 600.0, true),
        (600.0, 200.0, true),
        (0.0, 0.0, false),
    ];
    for (before, after, is_news) in cases {
        let told = told(&between(&[&with(before)], &[&with(after)]));
        let wanted = format!("phase_ms mcs: {before:.1} -> {after:.1}");
        assert_eq!(told, is_news.then_some(wanted).into_iter().collect::<Vec<_>>(), "{before} {after}");
    }
}

#[tokio::test(start_paused = true)]
async fn targets_are_new_gone_and_the_last_report_on_one_counts() {
    let report = told_of(None).await;
    let on = |host: &str| changed(&report, |json| json["target"]["host"] = json!(host));
    let failed = changed(&on("B"), |json| json["verdict"]["outcome"] = json!("aborted"));
    let diff = between(&[&on("a"), &on("b"), &failed], &[&on("b"), &on("c")]);
    let told: Vec<_> = diff.targets.iter().map(|target| (target.target.as_str(), target.status)).collect();
    let port = report.trace.target.as_ref().expect("a target").port;
    let name = |host: &str| format!("{host}:{port}");
    let (a, b, c) = (name("a"), name("b"), name("c"));
    let wanted = [(&*a, TargetStatus::Gone), (&*b, TargetStatus::Different), (&*c, TargetStatus::New)];
    assert_eq!(told, wanted);
    assert_eq!((diff.before.reports, diff.before.targets), (3, 2));
    assert_eq!(diff.targets[0].summary.as_deref(), Some(report.verdict.summary.as_str()));
}

/// Two hosts are compared like one host at two times; with more reports a target is one by its name.
#[tokio::test(start_paused = true)]
async fn one_report_is_compared_with_one_of_another_host() {
    let one = told_of(None).await;
    let rename = |value: &mut serde_json::Value| value["target"]["host"] = "rdsh02.corp.example".into();
    let other = changed(&one, rename);
    let seen = between(&[&one], &[&other]);
    assert!(seen.same && seen.targets.is_empty(), "{seen:#?}");
    let expired = changed(&told_of(Some(fault("certificate-expired"))).await, rename);
    let seen = between(&[&one], &[&expired]);
    assert_eq!(seen.targets[0].target, "rdsh01.corp.example:3389 and rdsh02.corp.example:3389");
    assert!(told(&seen).iter().any(|line| line.starts_with("finding certificate-expired")), "{seen:#?}");
    let seen = between(&[&one, &one], &[&other]);
    assert_eq!(seen.targets.len(), 2, "{seen:#?}");
}
