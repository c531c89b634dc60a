//! Redirections that are followed: where they lead, with what, and where the way ends.

use rdptrace::{
    Report, Settings,
    codes::Phase,
    internal::pdu::connect_initial::{Announced, connect_initial},
    report::{Connection, Credentials, Outcome, Severity, Unfollowed},
};

use crate::{
    farm::{BROKER, Farm, HOST, attempts, found, purposes, without_nla},
    faults,
    program::{self, rdptrace},
    scenarios::page,
};

#[tokio::test(start_paused = true)]
async fn a_token_leads_back_to_the_same_address() {
    let report = Farm(&[(BROKER, "redirect-once")]).trace(without_nla(5)).await;
    assert_eq!(purposes(&report), ["main", "hop:1"]);
    let hop = report.trace.connections[1].hop.as_ref().expect("a hop");
    assert_eq!((hop.host.as_str(), hop.token.as_deref()), (BROKER, Some("Cookie: msts=1")));
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    assert!(report.verdict.summary.starts_with("hop 1, rdsh01.corp.example:3389: "));
    assert!(!found(&report, "redirected"), "it was followed");
}

/// Whatever is negotiated and announced; the demo's broker looks at it too.
#[test]
fn every_connect_initial_says_that_a_redirection_is_understood() {
    const CLUSTER: [u8; 12] = [0x04, 0xC0, 12, 0, 0x0D, 0, 0, 0, 0, 0, 0, 0];
    const TO_SESSION_7: [u8; 12] = [0x04, 0xC0, 12, 0, 0x0F, 0, 0, 0, 7, 0, 0, 0];
    for selected in [0, 1, 2, 8] {
        for (session, block) in [(None, CLUSTER), (Some(7), TO_SESSION_7)] {
            let announced = Announced { session, ..Announced::default() };
            let initial = connect_initial(selected, true, announced);
            assert!(initial.windows(12).any(|bytes| bytes == block), "{selected} {session:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_leads_to_another_host_with_its_own_phases_and_certificate() {
    let report = Farm(&[(BROKER, "redirect-to-name"), (HOST, "")]).trace(without_nla(5)).await;
    assert_eq!(purposes(&report), ["main", "hop:1"]);
    let hop = &report.trace.connections[1];
    assert_eq!(hop.hop.as_ref().map(|hop| hop.server_name.as_str()), Some(HOST));
    assert!(hop.phases.resolve.is_some() && hop.phases.tls.is_some(), "its phases are its own");
    assert!(found(&report, "certificate-name-mismatch"), "the certificate is compared with the hop's name");
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_the_broker_knows_and_nobody_else_is_named() {
    let report = Farm(&[(BROKER, "redirect-to-name")]).trace(without_nla(5)).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(Phase::Resolve)));
    assert!(verdict.summary.contains("hop 1, rdsh02.corp.example:3389"), "{}", verdict.summary);
    assert!(found(&report, "redirect-target-failed") && found(&report, "name-not-found"));
}

#[tokio::test(start_paused = true)]
async fn a_hop_that_demands_standard_rdp_security_gets_that_offer() {
    let settings = Settings::default().follow_redirects(5).nla(false);
    let report =
        Farm(&[(BROKER, "redirect-to-name"), (HOST, "standard-security-only")]).trace(settings).await;
    assert_eq!(purposes(&report), ["main", "hop:1", "hop:1"]);
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    assert!(found(&report, "standard-rdp-security"));
    let again = "hop 1: rdsh02.corp.example:3389, session 7, with the offer that the server demands";
    assert!(page(&report).contains(again), "{}", page(&report));
}

#[tokio::test(start_paused = true)]
async fn circles_and_too_many_hops_end() {
    let settings = without_nla(5).until(Some(Phase::Activate));
    let report = Farm(&[(BROKER, "redirect")]).trace(settings.clone()).await;
    assert_eq!(report.trace.unfollowed, Some(Unfollowed::Loop));
    assert_eq!(purposes(&report), ["main", "hop:1"]);
    assert!(found(&report, "redirect-loop") && found(&report, "redirected"));
    let settings = settings.follow_redirects(1);
    let report = Farm(&[(BROKER, "redirect-to-name"), (HOST, "redirect")]).trace(settings).await;
    assert_eq!(report.trace.unfollowed, Some(Unfollowed::Limit));
    assert!(found(&report, "redirect-limit"));
    let report = Farm(&[(BROKER, "redirect-to-name"), (HOST, "")]).trace(without_nla(0)).await;
    assert_eq!((purposes(&report), report.trace.unfollowed), (vec!["main".to_owned()], None));
    assert!(found(&report, "redirected"));
}

#[tokio::test(start_paused = true)]
async fn the_account_goes_on_only_where_that_was_asked_for() {
    const FARM: Farm = Farm(&[(BROKER, "redirect-to-name"), (HOST, "")]);
    for (carried, outcome) in [(false, Outcome::Stopped), (true, Outcome::Passed)] {
        let settings = faults::settings().follow_redirects(5).follow_with_account(carried).server_name(None);
        let report = FARM.trace(settings).await;
        assert_eq!(attempts(&report), [true, carried]);
        assert_eq!(report.verdict.outcome, outcome, "{}", report.verdict.summary);
        assert_eq!(report.verdict.credentials, Credentials::Verified);
        assert!(!found(&report, "account-not-used"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hop_that_fails_is_followed_up_by_its_own_experiments() {
    let report = Farm(&[(BROKER, "redirect-to-name"), (HOST, "tls-reset")]).trace(without_nla(5)).await;
    assert_eq!((report.verdict.phase, report.verdict.outcome), (Some(Phase::Tls), Outcome::Aborted));
    let experiment = report.trace.connections.iter().find(|made| !made.purpose.is_traced()).expect("one");
    let peer = experiment.phases.connect.as_ref().and_then(|connect| connect.evidence.peer);
    assert_eq!(peer.map(|peer| peer.to_string()).as_deref(), Some("192.0.2.1:3389"), "that of the hop");
}

#[tokio::test(start_paused = true)]
async fn a_redirection_that_names_nothing_ends_there() {
    let report = Farm(&[(BROKER, "redirect-nowhere")]).trace(without_nla(5)).await;
    assert_eq!(report.trace.unfollowed, Some(Unfollowed::Nowhere));
    assert!(found(&report, "redirect-nowhere") && found(&report, "redirected"));
    assert_eq!(purposes(&report), ["main"]);
}

#[tokio::test(start_paused = true)]
async fn an_address_leads_to_a_host_without_a_name_to_compare() {
    let report = Farm(&[(BROKER, "redirect-to-address"), (HOST, "")]).trace(without_nla(5)).await;
    let hop = report.trace.connections[1].hop.as_ref().expect("a hop");
    assert_eq!((hop.host.as_str(), hop.server_name.as_str()), ("2001:db8::1", "2001:db8::1"));
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    assert!(report.verdict.summary.starts_with("hop 1, [2001:db8::1]:3389: "), "{}", report.verdict.summary);
    assert!(page(&report).contains("\nhop 1: [2001:db8::1]:3389, session 7\n"), "{}", page(&report));
    let mismatch =
        report.findings.iter().find(|finding| finding.code.as_str() == "certificate-name-mismatch");
    assert_eq!(mismatch.map(|finding| finding.severity), Some(Severity::Info), "nobody gave a name");
}

#[tokio::test(start_paused = true)]
async fn a_netbios_name_is_looked_up_where_nothing_else_is_given() {
    const NETBIOS: &str = "rdsh02";
    let report = Farm(&[(BROKER, "redirect-to-netbios-name"), (NETBIOS, "")]).trace(without_nla(5)).await;
    let hop = report.trace.connections[1].hop.as_ref().expect("a hop");
    assert_eq!((hop.host.as_str(), hop.server_name.as_str()), (NETBIOS, NETBIOS));
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
}

/// It comes after the Font Map, and the server that the token leads to sends one too.
#[tokio::test(start_paused = true)]
async fn a_redirection_of_a_session_is_followed_with_and_without_a_screenshot() {
    for screenshot in [true, false] {
        let settings = without_nla(5).until(Some(Phase::Activate)).screenshot(screenshot);
        let report = Farm(&[(BROKER, "session-redirection")]).trace(settings).await;
        assert_eq!(purposes(&report), ["main", "hop:1"]);
        let redirected = |made: &Connection| {
            let session = made.session.as_ref().expect("a session");
            session.redirection.as_ref().and_then(|redirection| redirection.load_balance_text.clone())
        };
        let tokens: Vec<_> = report.trace.traced().map(redirected).collect();
        assert_eq!(tokens, [Some("Cookie: msts=1".to_owned()), Some("Cookie: msts=1".to_owned())]);
        assert_eq!(report.trace.unfollowed, Some(Unfollowed::Loop));
        assert_eq!(page(&report).contains("nothing drawn"), screenshot, "{}", page(&report));
    }
}

/// A server that draws, closes or sends rubbish then has passed; the trace listens a moment and no longer.
#[tokio::test(start_paused = true)]
async fn what_else_comes_after_the_activation_is_not_looked_at() {
    const FARMS: [Farm; 4] = [
        Farm(&[(BROKER, "session-half-pdu")]),
        Farm(&[(BROKER, "session-flood")]),
        Farm(&[(BROKER, "session-refused")]),
        Farm(&[(BROKER, "session-undecodable")]),
    ];
    for farm in FARMS {
        let settings = without_nla(5).until(Some(Phase::Activate));
        let report = farm.trace(settings).await;
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{:?}: {}", farm.0, report.verdict.summary);
        assert!(report.trace.connections[0].session.is_none(), "{:?}", farm.0);
        assert!(report.trace.elapsed_ms.0 < 300.0, "{:?} took {} ms", farm.0, report.trace.elapsed_ms.0);
    }
}

/// The same trace, judged with the thumbprint of the connection with this number; what is said of it.
fn judged(report: &Report, connection: usize) -> Option<String> {
    let mut trace = report.trace.clone();
    let tls = trace.connections[connection].phases.tls.as_ref().expect("TLS");
    trace.request.expected_thumbprint = tls.evidence.thumbprints.as_ref().map(|prints| prints.sha256.clone());
    let findings = rdptrace::diagnose(trace).findings;
    let found =
        findings.into_iter().find(|finding| finding.code.as_str() == "certificate-thumbprint-mismatch");
    found.map(|finding| finding.message)
}

#[tokio::test(start_paused = true)]
async fn the_thumbprint_is_expected_under_the_name_of_the_target_alone() {
    let elsewhere = Farm(&[(BROKER, "redirect-to-name"), (HOST, "")]).trace(without_nla(5)).await;
    assert_eq!(judged(&elsewhere, 0), None, "the host has a certificate of its own");
    let said = judged(&elsewhere, 1).expect("the target serves another");
    assert!(!said.contains("hop"), "{said}");
    // Every connection to the farm meets another server here.
    let back = Farm(&[(BROKER, "redirect-once")]).trace(without_nla(5)).await;
    let said = judged(&back, 0).expect("the token leads to another certificate");
    assert!(said.contains(" by hop 1, rdsh01.corp.example:3389, "), "{said}");
    assert!(judged(&back, 1).is_some_and(|said| !said.contains("hop")), "the first one is another too");
}

#[test]
fn what_cannot_stand_in_a_connection_request_is_refused_before_anything_is_sent() {
    let long = "x".repeat(239);
    let text = "printable ASCII";
    for (option, value, words) in [
        ("--load-balance-info", "", text),
        ("--load-balance-info", "tsv://F\u{fc}rth", text),
        ("--load-balance-info", "one\r\ntwo", text),
        ("--load-balance-info", r"one\r\ntwo", "in the middle"),
        ("--load-balance-info", r"\r\n", text),
        ("--load-balance-info", long.as_str(), "1 to 238"),
        ("--follow-redirects", "21", "20"),
        ("--follow-with-account", "--format=json", "--user"),
    ] {
        let output = rdptrace(&["trace", "127.0.0.1:1", option, value]);
        let said = program::text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty() && said.contains(words), "{said}");
    }
}
