//! What answers in front of a host, or in its place: a ClientHello that is disliked, a name that is missing, another service inside
//! TLS, and two refusals of one request.

use rdptrace::{
    Report, Target, Tracer,
    report::{Answerer, Cause, Likelihood, Place},
};

use crate::{
    faults::{settings, settings_for, trace},
    lab::{Answer, Lab, fault},
    scenarios::page,
};

async fn of(name: &str) -> Report {
    trace(Some(fault(name)), &settings_for(Some(fault(name)))).await
}

/// The host with this fault, traced by its address.
pub(crate) async fn by_address(name: &str) -> Report {
    let settings = settings().server_name(None);
    let target: Target = "192.0.2.15".parse().expect("a target");
    let lab = Lab::of(Some(fault(name)));
    Box::pin(Tracer::new(&target, &settings, &lab).run()).await
}

fn cause<'a>(report: &'a Report, code: &str) -> &'a Cause {
    let found = report.causes.iter().find(|cause| cause.code.as_str() == code);
    found.unwrap_or_else(|| panic!("{code} {}", page(report)))
}

/// Host and device are both named, and neither for certain: nothing shows which of them reads the hello.
#[tokio::test(start_paused = true)]
async fn a_hello_that_is_disliked_is_told_with_what_is_accepted() {
    for (name, said) in [
        ("tls-version-intolerant", "stops at TLS 1.2"),
        ("tls13-selected-close", "stops at TLS 1.2"),
        ("tls12-intolerant", "TLS 1.3 alone"),
        ("tls-large-hello-refused", "a ClientHello of 1"),
        ("tls-short-hello-refused", "a ClientHello of 1600 B"),
    ] {
        let report = of(name).await;
        for (code, at) in [("inspection-device", Place::Path), ("tls-stack-intolerant", Place::Host)] {
            let cause = cause(&report, code);
            assert_eq!(cause.at, Some(at), "{name}");
            assert_ne!(cause.likelihood, Likelihood::Certain, "{name}");
            assert!(cause.because[0].contains(said), "{name}: {:?}", cause.because);
        }
        let experiments = report.trace.connections.iter().filter(|made| !made.purpose.is_traced()).count();
        assert!(experiments <= 16, "{name}: {experiments}");
        let vague = ["server-sent-alert", "unexplained-end"];
        assert!(!report.causes.iter().any(|cause| vague.contains(&cause.code.as_str())), "{name}");
    }
}

/// The difference may be certain; who makes it is not.
#[tokio::test(start_paused = true)]
async fn what_is_certain_of_a_difference_says_no_place() {
    for (name, code) in [
        ("cookie-refused", "cookie-filtered"),
        ("offer-refused", "offer-filtered"),
        ("tls-name-refused", "sni-refused"),
        ("tls-named-hello-refused", "sni-refused"),
    ] {
        let report = of(name).await;
        let cause = cause(&report, code);
        assert_eq!((cause.likelihood, cause.at), (Likelihood::Certain, None), "{name}");
        assert!(cause.confirm[0].contains("on the host itself"), "{name}: {:?}", cause.confirm);
        assert!(page(&report).contains("host or path"), "{}", page(&report));
    }
}

#[tokio::test(start_paused = true)]
async fn a_front_that_chooses_by_a_name_may_miss_it() {
    for name in ["tls-name-wanted", "tls-other-name-refused", "tls-internal-error", "tls-nothing-inside"] {
        let report = by_address(name).await;
        let cause = cause(&report, "server-name-wanted");
        assert_eq!(cause.likelihood, Likelihood::Possible, "{name}");
        assert!(cause.confirm[0].contains("--server-name NAME"), "{name}: {:?}", cause.confirm);
    }
    assert_eq!(by_address("tls-name-wanted").await.causes[0].code.as_str(), "server-name-wanted");
    let named = of("tls-internal-error").await;
    assert!(!named.causes.iter().any(|cause| cause.code.as_str() == "server-name-wanted"));
}

#[tokio::test(start_paused = true)]
async fn http_inside_tls_is_named_and_says_who_answers() {
    let report = of("tls-http-inside").await;
    let first = &report.causes[0];
    assert!(first.because[0].contains("HTTP") && first.because[0].contains("400"), "{:?}", first.because);
    let who = report.answered_by.as_ref().expect("somebody answered");
    assert_eq!(who.who, Answerer::Proxy);
    assert!(who.because.iter().any(|clue| clue.contains("HTTP")), "{:?}", who.because);
    let tls = report.trace.connections[0].phases.tls.as_ref().expect("tls");
    assert!(tls.evidence.speaks_inside.as_deref().is_some_and(|speaks| speaks.starts_with("HTTP")));
}

/// An end behind TLS is NLA's where anything else gets an answer there, and the front's where nothing does.
#[tokio::test(start_paused = true)]
async fn an_end_behind_tls_is_tried_without_nla() {
    let front = of("tls-nothing-inside").await;
    assert_eq!(cause(&front, "nothing-behind-tls").likelihood, Likelihood::Likely);
    let host = of("credssp-close").await;
    assert_eq!(host.causes[0].code.as_str(), "ntlm-restricted");
    assert_eq!(cause(&host, "nothing-behind-tls").likelihood, Likelihood::Possible);
}

#[tokio::test(start_paused = true)]
async fn two_refusals_of_one_request_may_be_a_pool() {
    for (one, other) in [
        ("certificate-missing", "nla-required"),
        ("tls-internal-error", "tls-handshake-failure"),
        ("tls-handshake-failure", "tls-protocol-version"),
    ] {
        let answers: Vec<Answer> =
            (0..24).map(|number| Answer::Demo(Some(fault([one, other][number % 2])))).collect();
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let lab = Lab::answering(Answer::InTurn(answers.leak()));
        let report = Tracer::new(&target, &settings(), &lab).run().await;
        let pool = cause(&report, "pool-member-broken");
        assert!(pool.because.iter().any(|said| said.contains("refused in two ways")), "{:?}", pool.because);
        let sure = report.causes.iter().find(|cause| cause.likelihood != Likelihood::Possible);
        assert!(sure.is_none(), "{one} {other} {}", page(&report));
    }
    assert!(
        !of("tls-handshake-failure")
            .await
            .causes
            .iter()
            .any(|cause| cause.code.as_str() == "pool-member-broken")
    );
}
