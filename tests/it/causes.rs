//! What a report says of why: the cause that fits stands first, and nothing is claimed of a healthy server.

use rdptrace::{
    Report, Settings, Target, Tracer, diagnose,
    report::{Cause, Confidence, Likelihood, Severity},
    settings::{Experiments, Security},
};

use crate::{
    faults::{settings, told_of, trace},
    lab::{Answer, Host, Lab, Names, fault},
};

async fn of(name: &str) -> Report {
    told_of(Some(fault(name))).await
}

fn first(report: &Report) -> &Cause {
    report.causes.first().unwrap_or_else(|| panic!("no cause for {:?}", report.verdict.summary))
}

fn has(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code.as_str() == code)
}

/// What a name with these hosts behind it shows.
pub(crate) async fn on(hosts: &[(&str, Answer)]) -> Report {
    let hosts: Vec<Host> = hosts
        .iter()
        .map(|(address, answer)| Host {
            address: address.parse().expect("an address"),
            answer: *answer,
            after: std::time::Duration::ZERO,
        })
        .collect();
    let names = Names::Known(hosts.iter().map(|host| host.address.ip()).collect());
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &Settings::default(), &Lab::new(names, hosts)).run().await
}

#[tokio::test(start_paused = true)]
async fn a_healthy_server_has_no_causes_and_no_label() {
    let healthy = [
        trace(None, &settings()).await,
        trace(None, &settings().account(None)).await,
        trace(None, &settings().security(Security::Tls)).await,
        trace(None, &settings().experiments(Experiments::All)).await,
        of("legacy-confirm").await,
        of("standard-security-only").await,
        of("hybrid").await,
        of("certificate-expired").await,
        of("license-request").await,
    ];
    for report in healthy {
        assert!(report.causes.is_empty(), "{}: {:#?}", report.verdict.summary, report.causes);
        assert!(report.verdict.mstsc.is_none(), "{}", report.verdict.summary);
    }
}

/// Every experiment on a healthy server shows nothing but health.
#[tokio::test(start_paused = true)]
async fn experiments_find_nothing_wrong_with_a_healthy_server() {
    let report = trace(None, &settings().experiments(Experiments::All)).await;
    let wrong: Vec<_> = report.findings.iter().filter(|f| f.severity != Severity::Info).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_an_experiment_proves_takes_the_place_of_what_nobody_explains() {
    for name in [
        "tls-version-intolerant",
        "tls-large-hello-dropped",
        "tls-name-refused",
        "tls-legacy-only",
        "tls-old-suites-only",
        "cookie-refused",
        "offer-refused",
    ] {
        assert!(!has(&of(name).await, "unexplained-failure"), "{name}");
    }
}

/// The certificate of a server that no current client can talk to is seen by the hello that it answers.
#[tokio::test(start_paused = true)]
async fn an_experiment_shows_the_certificate_where_the_trace_could_not() {
    for name in ["tls-legacy-only", "tls-version-intolerant", "cookie-refused"] {
        let report = of(name).await;
        assert!(report.certificate.is_some(), "{name}");
    }
    assert!(of("direct-tls").await.certificate.is_none(), "that may be another host's");
}

#[tokio::test(start_paused = true)]
async fn only_what_the_wire_proves_is_certain() {
    let certain = [
        "certificate-missing",
        "cookie-refused",
        "tls-name-refused",
        "tls-legacy-only",
        "account-locked",
        "license-server-missing",
        "credssp-old-version",
    ];
    for name in certain {
        assert_eq!(first(&of(name).await).likelihood, Likelihood::Certain, "{name}");
    }
    let guessed =
        ["ssh", "negotiate-close", "tls-reset", "tls-version-intolerant", "logon-failure", "mcs-close"];
    for name in guessed {
        assert_ne!(first(&of(name).await).likelihood, Likelihood::Certain, "{name}");
    }
}

/// Without repetitions one difference between two connections may be chance.
#[tokio::test(start_paused = true)]
async fn nothing_is_certain_that_did_not_repeat_itself() {
    let settings = settings().deadline(std::time::Duration::from_secs(1));
    let report = trace(Some(fault("tls-large-hello-dropped")), &settings).await;
    assert!(
        report.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain),
        "{:#?}",
        report.causes
    );
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_comes_and_goes_is_blamed_on_nothing_that_stays() {
    let report = of("intermittent").await;
    assert!(has(&report, "experiment-intermittent"));
    assert!(!has(&report, "negotiation-cookie-refused"), "the difference was chance");
    assert_eq!(first(&report).code.as_str(), "pool-member-broken");
    let others = report.causes.iter().skip(1);
    assert!(others.clone().count() > 0);
    assert!(others.into_iter().all(|cause| cause.likelihood == Likelihood::Possible));
}

#[tokio::test(start_paused = true)]
async fn observations_that_contradict_stand_beside_the_cause() {
    for name in ["tls-required", "credssp-close", "tls-handshake-failure", "licensing-close"] {
        let report = of(name).await;
        assert!(!first(&report).against.is_empty(), "{name}: {:#?}", first(&report));
    }
}

/// At most five, best first, each with its reason and with what to do.
#[tokio::test(start_paused = true)]
async fn causes_are_few_ranked_and_useful() {
    for fault in rdptrace::internal::demo::FAULTS {
        let report = of(fault.name).await;
        assert!(report.causes.len() <= 5, "{}", fault.name);
        let ranks: Vec<u8> = report.causes.iter().map(|cause| cause.likelihood as u8).collect();
        assert!(ranks.is_sorted(), "{}: {ranks:?}", fault.name);
        for cause in &report.causes {
            let told = [&cause.because, &cause.confirm, &cause.fix].iter().all(|texts| !texts.is_empty());
            assert!(told, "{}: {}", fault.name, cause.code);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_host_of_several_is_named_where_another_address_passes() {
    let (broken, sound) = (Answer::Demo(Some(fault("tls-reset"))), Answer::Demo(None));
    let report = on(&[("192.0.2.15:3389", broken), ("192.0.2.16:3389", sound)]).await;
    assert!(has(&report, "experiment-other-address-works"), "{:#?}", report.findings);
    assert_eq!(first(&report).code.as_str(), "one-host-of-several");
    assert_eq!(first(&report).likelihood, Likelihood::Certain);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_cannot_be_reached_has_causes_too() {
    for (answer, code) in [
        (Answer::Refused, "rdp-not-listening"),
        (Answer::Unreachable, "no-route"),
        (Answer::Silent, "firewall-drops"),
    ] {
        assert_eq!(first(&on(&[("192.0.2.15:3389", answer)]).await).code.as_str(), code);
    }
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    for (names, code) in [(Names::Unknown, "dns-name-missing"), (Names::Silent, "dns-not-working")] {
        let lab = Lab::new(names, Vec::new());
        assert_eq!(first(&Tracer::new(&target, &Settings::default(), &lab).run().await).code.as_str(), code);
    }
}

/// What mstsc shows, as far as it is published or was seen.
#[tokio::test(start_paused = true)]
async fn the_label_of_mstsc_follows_the_ending() {
    use Confidence::{Documented, Inferred, Observed};
    let labels = [
        ("negotiate-close", Some(("0x904", "0x7", Inferred))),
        ("negotiate-silence", Some(("0x108", "0x0", Observed))),
        // The offer of NLA was in what was refused, so nobody knows what mstsc shows.
        ("nla-required", None),
        ("certificate-missing", None),
        ("ssh", None),
        ("tls-reset", Some(("0x904", "0x7", Inferred))),
        ("tls-internal-error", Some(("0x904", "0x7", Inferred))),
        ("tls-legacy-only", None),
        ("logon-failure", Some(("0x807", "0x0", Inferred))),
        ("account-locked", Some(("0xD07", "0x0", Inferred))),
        ("password-expired", Some(("0xF07", "0x0", Inferred))),
        ("no-logon-servers", Some(("0x1807", "0x0", Inferred))),
        ("credssp-old-version", Some(("0x0", "0x0", Documented))),
        ("credssp-status-at-once", None),
        ("key-binding-altered", None),
        ("early-authorization-denied", Some(("0x3", "0x9", Inferred))),
        ("mcs-refused", Some(("0x3", "0x0", Inferred))),
        ("license-server-missing", Some(("0x808", "0x101", Inferred))),
        ("error-info-no-license-server", Some(("0x3", "0x101", Documented))),
        ("activate-close", Some(("0x904", "0x0", Inferred))),
        ("error-info-in-finalization", Some(("0x3", "0x10C9", Observed))),
    ];
    for (name, expected) in labels {
        let label = of(name).await.verdict.mstsc;
        let shown = label.as_ref().map(|l| (l.code.as_str(), l.extended.as_str(), l.confidence));
        assert_eq!(shown, expected, "{name}");
    }
}

/// Whoever has said a word of CredSSP is there, and so is what ended after the proof of an account.
#[tokio::test(start_paused = true)]
async fn nothing_is_behind_tls_only_where_no_message_inside_it_was_answered() {
    let seen = of("credssp-close").await.trace;
    for (version, attempted, expected) in
        [(None, false, true), (Some(6), false, false), (None, true, false), (Some(6), true, false)]
    {
        let mut trace = seen.clone();
        let made = trace.connections.iter_mut().filter_map(|made| made.phases.credssp.as_mut());
        made.for_each(|record| {
            (record.evidence.version, record.evidence.attempted) = (version, attempted);
        });
        let report = diagnose(trace);
        let told = report.causes.iter().any(|cause| cause.code.as_str() == "nothing-behind-tls");
        assert_eq!(told, expected, "{version:?} {attempted}");
    }
}
