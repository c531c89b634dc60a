//! What the user added to the connection, as the cause of its end; and servers that want what is not sent.

use rdptrace::{
    Report, Settings, Target, Tracer,
    codes::Phase,
    destination::RdpFile,
    diagnose,
    report::{FailureKind, Likelihood, Outcome},
    settings::Security,
};

use crate::{
    faults::{settings, trace},
    lab::{Answer, Lab, Names, fault},
    scenarios::page,
};

/// The one cause, which nothing stands beside; the first thing to do costs nothing.
#[track_caller]
fn assert_explained(report: &Report, phase: Phase, code: &str, first: &str) {
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(phase)), "{}", page(report));
    let causes: Vec<_> = report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
    assert_eq!(causes, [(code, Likelihood::Certain)], "{}", page(report));
    assert!(report.causes[0].fix[0].starts_with(first), "{:?}", report.causes[0].fix);
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == code), "{}", page(report));
    assert!(
        !report.findings.iter().any(|finding| finding.code.as_str() == "unexplained-failure"),
        "{}",
        page(report)
    );
    let experiments = report.trace.connections.iter().filter(|made| !made.purpose.is_traced()).count();
    assert!(experiments <= 16, "{experiments}");
}

async fn with_token() -> Report {
    let settings = settings().routing_token(Some(b"tsv://Old".to_vec()));
    trace(Some(fault("token-refused")), &settings).await
}

/// A server that expects none reads it as a broken Connection Request.
async fn with_preconnection() -> Report {
    trace(None, &settings().preconnection(Some("vm-1".to_owned()))).await
}

async fn with_other_name() -> Report {
    let settings = settings().server_name(Some("other.corp.example".to_owned()));
    trace(Some(fault("tls-other-name-refused")), &settings).await
}

async fn with_alternate_address() -> Report {
    let file = "full address:s:rdsh01.corp.example\nalternate full address:s:gone.corp.example\n";
    let target =
        Target::of_file("farm.rdp", RdpFile::parse(file.as_bytes()).expect("a file")).expect("a target");
    Tracer::new(&target, &Settings::default(), &Lab::new(Names::Unknown, Vec::new())).run().await
}

/// GNOME's and KDE's desktops end so.
async fn with_screenshot() -> Report {
    let settings = settings().until(Some(Phase::Activate)).screenshot(true).take_session(true);
    trace(Some(fault("activate-close")), &settings).await
}

/// One of each.
pub(crate) async fn reports() -> [Report; 5] {
    [
        with_token().await,
        with_preconnection().await,
        with_other_name().await,
        with_alternate_address().await,
        with_screenshot().await,
    ]
}

#[tokio::test(start_paused = true)]
async fn what_is_not_taken_is_named_with_the_advice_to_leave_it_out() {
    let [token, blob, name, _, screenshot] = reports().await;
    assert_explained(&token, Phase::Negotiate, "load-balance-info-refused", "leave --load-balance-info out");
    assert_explained(&blob, Phase::Negotiate, "preconnection-refused", "leave pcb out");
    assert_explained(&name, Phase::Tls, "server-name-refused", "leave --server-name out");
    assert_eq!(screenshot.causes[0].code.as_str(), "rdptrace-lacks-graphics", "{}", page(&screenshot));
    let doubted = &screenshot.causes[1..];
    assert!(doubted.iter().all(|cause| cause.likelihood == Likelihood::Possible), "{}", page(&screenshot));
}

/// Of an address there is no other name: the hello without one shows it, or nobody is accused for certain.
#[tokio::test(start_paused = true)]
async fn another_name_for_an_address_is_a_suspect() {
    let settings = settings().server_name(Some("other.corp.example".to_owned()));
    let target: Target = "192.0.2.15".parse().expect("a target");
    let named = Lab::of(Some(fault("tls-name-refused")));
    let report = Tracer::new(&target, &settings, &named).run().await;
    assert_explained(&report, Phase::Tls, "server-name-refused", "leave --server-name out");
    let front = Lab::of(Some(fault("tls-other-name-refused")));
    let report = Tracer::new(&target, &settings, &front).run().await;
    assert_eq!(report.causes[0].code.as_str(), "server-name-refused", "{}", page(&report));
    assert!(report.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible), "{}", page(&report));
}

/// Leaving out one alone changes nothing.
#[tokio::test(start_paused = true)]
async fn two_wrong_additions_are_both_named() {
    let settings =
        settings().routing_token(Some(b"tsv://Old".to_vec())).preconnection(Some("vm-1".to_owned()));
    let report = trace(Some(fault("token-refused")), &settings).await;
    let causes: Vec<_> = report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
    let both = ["load-balance-info-refused", "preconnection-refused"].map(|code| (code, Likelihood::Likely));
    assert_eq!(causes, both, "{}", page(&report));
}

/// The token of an option and that of a file on the same evidence: with repetitions, and without.
#[tokio::test(start_paused = true)]
async fn a_token_is_as_likely_a_cause_wherever_it_comes_from() {
    let file = "full address:s:rdsh01.corp.example\nloadbalanceinfo:s:tsv://Old\n";
    let target =
        Target::of_file("farm.rdp", RdpFile::parse(file.as_bytes()).expect("a file")).expect("a target");
    let of_file = settings().routing_token(Some(b"tsv://Old".to_vec()));
    let lab = Lab::answering(Answer::Demo(Some(fault("token-refused"))));
    let of_file = Tracer::new(&target, &of_file, &lab).run().await;
    let weighed = |report: &Report, repeated: bool| {
        let mut trace = report.trace.clone();
        trace.connections.retain(|made| {
            repeated || made.purpose.is_traced() || made.purpose.to_string() == "experiment:no-cookie"
        });
        let causes = diagnose(trace).causes;
        let token = |code: &str| code.ends_with("-info-refused") || code == "rdp-file-token-refused";
        causes.iter().find(|cause| token(cause.code.as_str())).map(|cause| cause.likelihood)
    };
    for (repeated, likelihood) in [(true, Likelihood::Certain), (false, Likelihood::Likely)] {
        assert_eq!(weighed(&with_token().await, repeated), Some(likelihood));
        assert_eq!(weighed(&of_file, repeated), Some(likelihood), "{}", page(&of_file));
    }
}

/// All of it at once is one suspect too many: each is left out alone, and neither connection passes.
#[tokio::test(start_paused = true)]
async fn what_the_user_added_is_not_blamed_for_what_fails_without_it() {
    let settings = settings()
        .routing_token(Some(b"tsv://Old".to_vec()))
        .preconnection(Some("vm-1".to_owned()))
        .server_name(Some("other.corp.example".to_owned()));
    let report = trace(Some(fault("negotiate-close")), &settings).await;
    let blamed = |code: &str| code.ends_with("-refused");
    let mut accused = report.causes.iter().filter(|cause| blamed(cause.code.as_str()));
    assert!(accused.next().is_some(), "{}", page(&report));
    assert!(report.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible), "{}", page(&report));
    let experiments = report.trace.connections.iter().filter(|made| !made.purpose.is_traced()).count();
    assert!(experiments <= 16, "{experiments}");
}

#[tokio::test(start_paused = true)]
async fn the_address_that_a_file_has_clients_dial_is_a_suspect() {
    let report = with_alternate_address().await;
    let cause = report
        .causes
        .iter()
        .find(|cause| cause.code.as_str() == "rdp-file-alternate-address")
        .expect("a cause");
    assert!(cause.because[0].contains("gone.corp.example"), "{:?}", cause.because);
}

/// FreeRDP's proxy opens a session, then logs on to the host behind it and fails; IronRDP's servers close at once.
#[tokio::test(start_paused = true)]
async fn who_wants_an_account_in_client_info_is_told_as_such() {
    let settings = settings().account(None).security(Security::Tls);
    let report = trace(Some(fault("licensing-close")), &settings).await;
    let causes: Vec<_> = report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
    assert_eq!(causes[0], ("client-info-account-required", Likelihood::Likely), "{causes:?}");
    assert!(causes[1..].iter().all(|(_, likelihood)| *likelihood == Likelihood::Possible), "{causes:?}");
    let settings = settings.until(Some(Phase::Activate)).screenshot(true);
    for name in ["session-closed", "session-ultimatum"] {
        let report = trace(Some(fault(name)), &settings).await;
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert!(codes.contains(&"client-info-account-required"), "{name}: {codes:?}");
        assert!(!codes.contains(&"session-ended"), "{name}: {codes:?}");
        assert_eq!(
            report.causes.first().map(|cause| cause.code.as_str()),
            Some("client-info-account-required")
        );
    }
}

/// What ends with the license as the last word has no licence to complain of; nor has who takes the activation back.
#[tokio::test(start_paused = true)]
async fn who_ends_before_the_session_may_want_an_account_too() {
    let settings = settings().account(None).security(Security::Tls).until(Some(Phase::Activate));
    for name in ["licensed-ultimatum", "activate-close"] {
        let report = trace(Some(fault(name)), &settings).await;
        assert_eq!(report.verdict.phase, Some(Phase::Activate), "{}", page(&report));
        assert_wanted(&report);
    }
    let mut trace = trace(Some(fault("activate-ultimatum")), &settings).await.trace;
    let wanted = |report: &Report| {
        report.causes.iter().any(|cause| cause.code.as_str() == "client-info-account-required")
    };
    assert!(!wanted(&diagnose(trace.clone())), "it ended in the middle of the activation");
    let activate = trace.connections[0].phases.activate.as_mut().expect("an activation");
    activate.evidence.reactivations = 1;
    assert_wanted(&diagnose(trace));
}

/// A number that says "no privileges" may mean an account that was not given; another one may not.
#[tokio::test(start_paused = true)]
async fn no_privileges_may_mean_no_account() {
    let settings = settings().account(None).security(Security::Tls);
    let ended = trace(Some(fault("licensing-close")), &settings).await.trace;
    for (kind, code, wanted) in [
        (FailureKind::ErrorInfo, 9, true),
        (FailureKind::ErrorInfo, 12, false),
        (FailureKind::Malformed, 9, false),
    ] {
        let mut trace = ended.clone();
        let licensing = trace.connections[0].phases.licensing.as_mut().expect("licensing began");
        let failure = licensing.failure.as_mut().expect("it failed");
        (failure.kind, failure.code) = (kind, Some(code));
        let causes = diagnose(trace).causes;
        let found = causes.iter().find(|cause| cause.code.as_str() == "client-info-account-required");
        let doubts = found.map(|cause| cause.against.join("; "));
        assert_eq!(
            doubts.as_deref(),
            wanted.then_some("the number may mean what it says"),
            "{kind:?} {code}"
        );
    }
}

/// An old CredSSP that was allowed is no reason for what stops behind it.
#[tokio::test(start_paused = true)]
async fn an_old_credssp_is_no_cause_of_a_later_stop() {
    let mut trace = trace(Some(fault("license-request")), &settings()).await.trace;
    let credssp = trace.connections[0].phases.credssp.as_mut().expect("CredSSP");
    credssp.evidence.version = Some(4);
    let causes = diagnose(trace).causes;
    assert!(!causes.iter().any(|cause| cause.code.as_str() == "credssp-server-unpatched"), "{causes:#?}");
}

#[track_caller]
fn assert_wanted(report: &Report) {
    let place =
        |wanted: &dyn Fn(&str) -> bool| report.causes.iter().position(|cause| wanted(cause.code.as_str()));
    let account = place(&|code| code == "client-info-account-required").expect("a cause");
    let license = place(&|code| code.starts_with("license"));
    assert!(license.is_none_or(|license| account < license), "{}", page(report));
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == "client-info-account-required"));
}

/// With an account that NLA has taken a session that ends is only that.
#[tokio::test(start_paused = true)]
async fn a_session_that_ends_after_nla_is_a_session_that_ended() {
    let settings = settings().until(Some(Phase::Activate)).screenshot(true).take_session(true);
    let report = trace(Some(fault("session-closed")), &settings).await;
    assert!(
        report.findings.iter().any(|finding| finding.code.as_str() == "session-ended"),
        "{}",
        page(&report)
    );
}

/// However it ends: with NLA and without it, inside TLS and under Standard RDP Security.
#[tokio::test(start_paused = true)]
async fn no_license_is_blamed_before_an_empty_client_info() {
    let tls = settings().account(None).security(Security::Tls);
    let rdp = settings().account(None).security(Security::Rdp);
    let runs = [
        ("licensing-close", &settings()),
        ("licensing-reset", &settings()),
        ("licensing-alert", &settings()),
        ("licensing-close", &tls),
        ("licensing-reset", &tls),
        ("licensing-alert", &tls),
        ("standard-security-close", &rdp),
    ];
    for (name, settings) in runs {
        let report = trace(Some(fault(name)), settings).await;
        assert_eq!(report.verdict.phase, Some(Phase::Licensing), "{name} {}", page(&report));
        let codes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        let account = codes.iter().position(|code| *code == "client-info-account-required");
        let license = codes.iter().position(|code| code.starts_with("license"));
        assert!(account.is_some(), "{name} {}", page(&report));
        assert!(license.is_none() || account < license, "{name} {codes:?}");
        assert!(report.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain), "{name}");
    }
}
