//! What a watched client offers is in the report of whoever watched it, and nothing that is secret.

use rdptrace::{
    Target, Tracer, diagnose,
    internal::net::Recording,
    render,
    report::{Client, Coded, FindingCode, Trace},
    settings::Experiments,
};

use crate::{
    faults::settings_for,
    lab::{Lab, fault},
    passive,
};

/// A client's way to an active session, as somebody sees it who has its keys.
async fn watched() -> Trace {
    let fault = Some(fault("capabilities-odd"));
    let lab = Lab::of(fault);
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings_for(fault).experiments(Experiments::Off);
    let report = Tracer::new(&target, &settings, &recording).run().await;
    assert!(report.trace.connections.iter().all(|made| made.client.is_none()), "its own are no client's");
    let recorded = recording.take();
    passive::attempt(&recorded.flows[0], &recorded)
}

fn client(trace: &mut Trace) -> &mut Client {
    trace.connections[0].client.as_mut().expect("what the client offered")
}

fn codes(coded: &[Coded]) -> Vec<u32> {
    coded.iter().map(|coded| coded.code).collect()
}

#[tokio::test(start_paused = true)]
async fn every_message_of_a_client_tells_what_it_offers() {
    let mut trace = watched().await;
    let Client { request, hello, credssp, settings, info, capabilities, .. } = client(&mut trace).clone();
    let request = request.expect("a Connection Request");
    assert_eq!((request.cookie_bytes, request.routing_token_bytes), (Some("rdptrace".len()), None));
    assert_eq!(request.protocols_code, Some(11));
    assert_eq!(codes(&request.protocols), [1, 2, 8]);
    let hello = hello.expect("a ClientHello");
    assert_eq!(codes(&hello.versions), [0x0304, 0x0303]);
    assert!(codes(&hello.suites).contains(&0x1301));
    assert!(hello.groups.iter().any(|group| group.name.as_deref() == Some("X25519")));
    assert!(codes(&hello.signature_algorithms).contains(&0x0804));
    assert!(
        hello.signature_algorithms.iter().all(|one| one.name.is_some()),
        "{:?}",
        hello.signature_algorithms
    );
    assert_eq!(hello.sni.as_deref(), Some("rdsh01.corp.example"));
    let credssp = credssp.expect("a TSRequest");
    assert_eq!((credssp.version, credssp.ntlm_flags.is_some()), (6, true));
    let settings = settings.expect("a Connect Initial");
    assert_eq!((settings.build, settings.name.as_deref()), (Some(2600), Some("rdptrace")));
    assert_eq!((settings.keyboard_layout, settings.desktop_width), (Some(0x0409), Some(1024)));
    // Among them is that the server may say by number why it ends a session.
    assert_eq!(settings.early_capability_flags, Some(0x09AB));
    assert_eq!((settings.graphics_pipeline, settings.multitransport), (Some(true), None));
    assert!(info.is_some());
    let capabilities = capabilities.expect("a Confirm Active");
    assert_eq!((capabilities.source.as_str(), capabilities.os_major), ("IRONRDP", Some(4)));
    assert_eq!(capabilities.sets.first().map(|set| set.code), Some(1));
}

#[tokio::test(start_paused = true)]
async fn one_line_of_a_page_is_the_clients_and_one_the_ends() {
    let report = diagnose(watched().await);
    let mut page = Vec::new();
    render::text(&report, &mut page).expect("a page");
    let page = String::from_utf8(page).expect("text");
    let row = |lead: &str| page.lines().find_map(|line| line.strip_prefix(lead)).expect("a row").trim();
    assert_eq!(row("  client"), "build 2600, NLA+TLS, TLS 1.3/1.2, CredSSP 6");
    let end = row("  ended");
    assert!(end.starts_with("closed (FIN) by the client, which had sent "), "{end}");
}

#[tokio::test(start_paused = true)]
async fn a_line_of_a_client_leaves_out_what_it_did_not_say() {
    let mut trace = watched().await;
    client(&mut trace).hello.as_mut().expect("a hello").versions.clear();
    let mut page = Vec::new();
    render::text(&diagnose(trace), &mut page).expect("a page");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("client  "), "{page}");
    assert!(page.contains("build 2600, NLA+TLS, CredSSP 6"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn neither_account_nor_password_is_in_the_report() {
    let report = diagnose(watched().await);
    let json = serde_json::to_string(&report).expect("a report");
    for secret in [rdptrace::internal::demo::USER, rdptrace::internal::demo::PASSWORD] {
        assert!(!json.contains(secret), "{secret}");
    }
}

type Change = fn(&mut Client);

/// What a client lacks, and the finding that says so.
const LACKS: [(FindingCode, Change); 5] = [
    (FindingCode::ClientNlaNotOffered, |client| {
        client.request.as_mut().expect("a request").protocols_code = Some(1);
    }),
    (FindingCode::ClientTlsOld, |client| {
        client.hello.as_mut().expect("a hello").versions.retain_mut(|version| {
            (version.code, version.name) = (0x0302, Some("TLSv1.1".to_owned()));
            true
        });
    }),
    (FindingCode::ClientSuitesOld, |client| {
        client.hello.as_mut().expect("a hello").suites.iter_mut().for_each(|suite| suite.code = 5);
    }),
    (FindingCode::ClientCredsspOld, |client| client.credssp.as_mut().expect("CredSSP").version = 4),
    (FindingCode::ClientGraphicsNotOffered, |client| {
        client.settings.as_mut().expect("settings").graphics_pipeline = Some(false);
    }),
];

#[tokio::test(start_paused = true)]
async fn what_a_client_lacks_is_a_finding_and_what_it_offers_is_none() {
    let whole = watched().await;
    for (code, change) in LACKS {
        let has = |trace: Trace| diagnose(trace).findings.iter().any(|finding| finding.code == code);
        assert!(!has(whole.clone()), "{code} of a client that lacks nothing");
        let mut lacking = whole.clone();
        change(client(&mut lacking));
        assert!(has(lacking.clone()), "{code}");
        // What it offers in another connection of the attempt counts as well.
        lacking.connections.push(whole.connections[0].clone());
        assert!(!has(lacking), "{code} of a client that offers it elsewhere");
    }
}
