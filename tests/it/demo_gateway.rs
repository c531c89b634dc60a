//! The way through the demo's gateway, and every fault of it, told by the program itself in virtual time.

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Endpoint, Network, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::demo::{
        self,
        gateway::{self, Entry, Expect, Fault, Gateway},
    },
    report::{Credentials, Failure, Outcome, Severity},
    settings::{self, Account, Anchors, GatewayAuthentication, Token},
};
use roxmltree::{Document, Node};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{
    demo::pipe,
    faults::{SCREEN, lines},
    junit::{assert_counts, junit},
    lab::ClientEnd,
    program::{rdptrace, text},
};

/// A network in which only the gateway can be reached.
pub(crate) struct Lab {
    gateway: Arc<Gateway>,
    connections: AtomicUsize,
}

impl Lab {
    pub(crate) fn of(fault: Option<&'static Fault>) -> Self {
        let gateway = Arc::new(Gateway::new(fault, pipe::NOW).expect("the gateway can be made"));
        Self { gateway, connections: AtomicUsize::new(0) }
    }

    pub(crate) fn settings(&self, entry: Entry) -> Settings {
        Settings::default()
            .account(Some(account("demo")))
            .until(Some(Phase::Licensing))
            .follow_redirects(1)
            .gateway(Some(way(entry)))
            .anchors(Anchors::only(vec![self.gateway.certificate().to_vec()]))
    }

    pub(crate) async fn trace(&self, settings: &Settings) -> Report {
        let target: Target = demo::DNS_COMPUTER.parse().expect("a target");
        Tracer::new(&target, settings, self).run().await
    }
}

#[async_trait]
impl Network for Lab {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        assert_eq!(host, gateway::NAME, "only the gateway's name is looked up");
        Ok(vec!["192.0.2.1".parse().expect("an address")])
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        assert_eq!(address.to_string(), "192.0.2.1:443");
        self.connections.fetch_add(1, SeqCst);
        let (stream, reset, _task) = pipe::connect_to(Arc::clone(&self.gateway));
        Ok(Box::new(ClientEnd { stream, reset, _held: () }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

fn account(password: &str) -> Account {
    Account::new(demo::USER, password)
}

/// How to come to the gateway.
fn way(entry: Entry) -> settings::Gateway {
    let way = settings::Gateway::new(Endpoint::new(gateway::NAME, 443));
    let with = |authentication, account| way.clone().authentication(authentication).account(account);
    let own = || Some(account(demo::PASSWORD));
    match entry {
        Entry::Account => with(GatewayAuthentication::Auto, own()),
        Entry::Negotiate => with(GatewayAuthentication::Negotiate, own()),
        Entry::Basic => with(GatewayAuthentication::Basic, own()),
        Entry::Token => way.token(Some(Token(gateway::TOKEN.to_owned().into()))),
        Entry::Consent => with(GatewayAuthentication::Auto, own()).accept_consent(true),
    }
}

#[test]
fn every_row_has_an_own_name_and_says_what_the_gateway_does() {
    let names: HashSet<_> = gateway::all().map(|fault| fault.name).collect();
    assert_eq!(names.len(), gateway::all().count());
    for fault in gateway::all() {
        assert!(fault.name.starts_with("gateway-"), "{}", fault.name);
        assert!(demo::find(fault.name).is_none(), "{}", fault.name);
        assert!(
            !fault.about.is_empty() && !fault.about.ends_with('.') && fault.about.len() <= 100,
            "{}",
            fault.name
        );
        assert_eq!(gateway::find(fault.name).expect("found by its name").about, fault.about);
    }
    assert!(gateway::find("gateway-of-nothing").is_none());
}

/// The step of the gateway, or the phase behind it.
fn place(report: &Report) -> &str {
    let verdict = &report.verdict;
    verdict.step.as_deref().or(verdict.phase.map(Phase::name)).unwrap_or_default()
}

/// What is wrong with a report, measured by a row of the table.
fn difference(report: &Report, expect: &Expect) -> Option<String> {
    let verdict = &report.verdict;
    let failure = verdict.failure.as_ref();
    let seen = (
        if report.verdict.outcome == Outcome::Passed { "" } else { place(report) },
        failure.map_or("", |failure| failure.kind.name()),
        failure.and_then(|failure| failure.code),
        expect.cause.and(report.causes.first().map(|cause| cause.code.as_str())),
    );
    let expected = (expect.step, expect.kind, expect.code.map(i64::from), expect.cause);
    let reached = match (expect.step, expect.kind) {
        ("", "") => verdict.outcome == Outcome::Passed,
        (_, "") => verdict.outcome == Outcome::Stopped,
        _ => verdict.outcome == Outcome::Aborted,
    };
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    let shown = expect.finding.is_none_or(|code| codes.contains(&code));
    let right = seen == expected && reached && shown;
    (!right).then(|| format!("{seen:?} in place of {expect:?}; {codes:?}; {}", verdict.summary))
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "the figure is for whoever runs the tests")]
async fn every_fault_of_the_gateway_is_found_in_its_step() {
    let mut wrong = Vec::new();
    for fault in gateway::all() {
        let lab = Lab::of(Some(fault));
        let report = lab.trace(&lab.settings(fault.entry)).await;
        wrong.extend(difference(&report, &fault.expect).map(|text| format!("{}: {text}", fault.name)));
        let long = Some(lines(&report)).filter(|lines| *lines > SCREEN);
        let long = long.filter(|_| report.verdict.outcome == Outcome::Aborted);
        wrong.extend(long.map(|lines| format!("{}: {lines} lines of text", fault.name)));
    }
    let all = gateway::all().count();
    let found = all - wrong.len();
    println!("{found} of {all} gateway faults are found: step, kind, code");
    assert!(wrong.is_empty(), "{found} of {all} gateway faults are found: {wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_healthy_gateway_leads_to_the_server_for_everybody_who_may_come() {
    for entry in [Entry::Account, Entry::Negotiate, Entry::Basic, Entry::Token, Entry::Consent] {
        let lab = Lab::of(None);
        let report = lab.trace(&lab.settings(entry)).await;
        let verdict = &report.verdict;
        assert_eq!(verdict.outcome, Outcome::Passed, "{entry:?}: {}", verdict.summary);
        assert_eq!(verdict.reached, Some(Phase::Licensing), "{entry:?}");
        assert_eq!(verdict.gateway_credentials, Some(Credentials::Verified), "{entry:?}");
        assert_eq!(verdict.credentials, Credentials::Verified, "{entry:?}");
        assert_eq!(lab.connections.load(SeqCst), 1, "{entry:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_a_wrong_token_and_another_server_are_refused() {
    let lab = Lab::of(None);
    for entry in [Entry::Account, Entry::Negotiate, Entry::Basic] {
        let mut settings = lab.settings(entry);
        settings.route.gateway.as_mut().expect("a gateway").account = Some(account("wrong"));
        let report = lab.trace(&settings).await;
        assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Refused), "{entry:?}");
    }
    let mut settings = lab.settings(Entry::Token);
    settings.route.gateway.as_mut().expect("a gateway").token = Some(Token("another".to_owned().into()));
    let code = |report: Report| report.verdict.failure.and_then(|failure| failure.code);
    assert_eq!(code(lab.trace(&settings).await), Some(0x8007_59F8));
    let other: Target = "rdsh02.corp.example".parse().expect("a target");
    let report = Tracer::new(&other, &lab.settings(Entry::Account), &lab).run().await;
    assert_eq!(code(report), Some(0x8007_59DA));
}

#[tokio::test(start_paused = true)]
async fn two_connections_carry_what_a_websocket_cannot() {
    let lab = Lab::of(gateway::find("gateway-upgrade-stripped"));
    for entry in [Entry::Account, Entry::Negotiate, Entry::Basic, Entry::Token] {
        lab.connections.store(0, SeqCst);
        let report = lab.trace(&lab.settings(entry)).await;
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{entry:?}: {}", report.verdict.summary);
        assert_eq!(lab.connections.load(SeqCst), 2, "{entry:?}");
    }
}

/// Clients of one gateway meet the same fault, each at its own second connection.
#[tokio::test(start_paused = true)]
async fn each_client_meets_the_other_certificate_on_its_second_connection() {
    for name in ["gateway-second-certificate", "gateway-second-without-key"] {
        let fault = gateway::find(name).expect("a fault");
        let lab = Lab::of(Some(fault));
        let settings = lab.settings(fault.entry);
        for client in 1..=3 {
            let report = lab.trace(&settings).await;
            assert_eq!(difference(&report, &fault.expect), None, "{name}, client {client}");
        }
    }
}

/// Class, name and what became of each test case of the gateway.
fn cases(report: &Report) -> Vec<(String, String, &'static str)> {
    let xml = junit(report, Some(Severity::Error));
    let document = Document::parse(&xml).expect("XML");
    assert_counts(&document, &report.verdict.summary);
    let ending = |case: &Node<'_, '_>| match case.first_element_child().map(|child| child.tag_name().name()) {
        Some("failure") => "failure",
        Some("skipped") => "skipped",
        _ => "passed",
    };
    let read = |case: Node<'_, '_>| {
        let (group, name) = case.attribute("name")?.split_once(' ')?;
        let of_gateway = group == "main.gateway" || group == "main";
        of_gateway.then(|| (group.to_owned(), name.to_owned(), ending(&case)))
    };
    document.descendants().filter(|node| node.has_tag_name("testcase")).filter_map(read).collect()
}

#[tokio::test(start_paused = true)]
async fn junit_has_a_case_for_each_step_of_the_gateway() {
    for (fault, failed) in
        [("gateway-hello-reset", "tls"), ("gateway-full", "tunnel"), ("gateway-resource-policy", "channel")]
    {
        let lab = Lab::of(gateway::find(fault));
        let report = lab.trace(&lab.settings(Entry::Account)).await;
        let cases = cases(&report);
        let (last, before) = cases.split_last().expect("cases");
        assert_eq!(last, &("main.gateway".to_owned(), failed.to_owned(), "failure"), "{cases:?}");
        assert!(!before.is_empty() && before.iter().all(|(.., ending)| *ending == "passed"), "{cases:?}");
    }
    let lab = Lab::of(None);
    let told = cases(&lab.trace(&lab.settings(Entry::Account)).await);
    let names: Vec<&str> = told.iter().map(|(_, name, _)| name.as_str()).collect();
    let steps = ["resolve", "connect", "tls", "http", "auth", "handshake", "tunnel", "authorize", "channel"];
    assert_eq!(names[..9], steps);
    assert_eq!(told[9], ("main".to_owned(), "negotiate".to_owned(), "passed"));
}

/// It is said of a trace that passes too: mstsc does not come that far.
#[tokio::test(start_paused = true)]
async fn mstsc_stops_at_a_gateway_whose_certificate_is_wrong() {
    for (fault, trusted, label) in [
        ("", true, None),
        ("gateway-certificate-not-yet-valid", true, None),
        ("gateway-certificate-expired", true, Some("0x3000007")),
        ("gateway-certificate-wrong-name", true, Some("0x3000006")),
        ("", false, Some("0x3000005")),
        ("gateway-certificate-expired", false, Some("0x3000003")),
    ] {
        let lab = Lab::of(gateway::find(fault));
        let mut settings = lab.settings(Entry::Account);
        if !trusted {
            settings.trust.anchors.given.clear();
        }
        let report = lab.trace(&settings).await;
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{fault}: {}", report.verdict.summary);
        let shown = report.verdict.mstsc.as_ref();
        assert_eq!(shown.map(|shown| shown.code.as_str()), label, "{fault}, trusted {trusted}");
        assert!(shown.is_none_or(|shown| shown.text.contains("certificate")), "{shown:?}");
    }
}

#[test]
fn the_program_lists_every_fault_of_the_gateway() {
    let output = rdptrace(&["demo", "--gateway", "--list"]);
    let said = text(&output.stdout);
    let is_listed = |name: &str| said.lines().any(|line| line.split_whitespace().next() == Some(name));
    let missing: Vec<&str> = gateway::all().map(|fault| fault.name).filter(|name| !is_listed(name)).collect();
    assert!(output.status.success() && missing.is_empty(), "{missing:?}");
}
