//! What passes: every scheme and both transports, with one attempt and a polite end.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    Target, Tracer,
    codes::Phase,
    internal::demo,
    report::{Credentials, Direction, Frame, GatewayTransport, Outcome, Report, Status, Unfollowed},
    settings::{Account, GatewayAuthentication, Security, Token},
};

use super::{
    acceptor::channel_bindings,
    lab::{Lab, anonymous, with_account},
    packets::Carrier,
    script::Script,
};

fn through(report: &Report) -> &rdptrace::report::GatewayEvidence {
    &report.trace.connections[0].phases.gateway.as_ref().expect("a gateway").evidence
}

fn steps(report: &Report) -> Vec<(&'static str, Status)> {
    through(report).steps.summaries().iter().map(|step| (step.step.as_str(), step.status)).collect()
}

/// The trace got to the server's NTLM CHALLENGE, which is as far as it goes without an account there.
#[track_caller]
fn assert_reached_the_server(report: &Report) {
    let verdict = &report.verdict;
    assert_eq!(verdict.phase, Some(Phase::Credssp), "{}", verdict.summary);
    assert_eq!(
        (verdict.outcome, verdict.reached),
        (Outcome::Stopped, Some(Phase::Tls)),
        "{}",
        verdict.summary
    );
    let phases = &report.trace.connections[0].phases;
    assert!(phases.resolve.is_none() && phases.connect.is_none());
    let names = &phases.credssp.as_ref().expect("CredSSP").evidence.ntlm;
    assert_eq!(names.as_ref().expect("names").netbios_computer.as_deref(), Some("RDSH01"));
    let served = report.certificate.as_ref().expect("the server's certificate");
    assert!(served.names.iter().any(|name| name == "rdsh01.corp.example"), "{:?}", served.names);
}

#[tokio::test(start_paused = true)]
async fn without_an_account_the_trace_ends_with_the_list_of_schemes() {
    let lab =
        Lab::new(Script { schemes: vec!["Negotiate", "NTLM", "Basic realm=\"x\""], ..Script::default() });
    let report = lab.trace(anonymous()).await;
    let verdict = &report.verdict;
    assert_eq!(
        (verdict.outcome, verdict.phase),
        (Outcome::Stopped, Some(Phase::Gateway)),
        "{}",
        verdict.summary
    );
    assert_eq!(verdict.step.as_deref(), Some("auth"));
    assert_eq!(verdict.gateway_credentials, Some(Credentials::NotAttempted));
    let http = &through(&report).steps.http.as_ref().expect("http").evidence;
    assert_eq!(http.schemes, ["Negotiate", "NTLM", "Basic"]);
    assert_eq!(http.cookies, ["lb"]);
    assert!(report.certificate.is_none(), "the gateway's certificate is not the server's");
    let heads = lab.seen.heads.lock().expect("no panic");
    assert!(heads.len() == 1 && !heads[0].contains("Authorization"), "{heads:?}");
}

#[tokio::test(start_paused = true)]
async fn every_scheme_leads_through_with_one_proof() {
    for (offered, wanted, name) in [
        (vec!["Negotiate", "NTLM"], GatewayAuthentication::Auto, "NTLM"),
        (vec!["NTLM", "Basic"], GatewayAuthentication::Ntlm, "NTLM"),
        (vec!["Negotiate"], GatewayAuthentication::Auto, "Negotiate"),
        (vec!["NTLM", "Basic"], GatewayAuthentication::Basic, "Basic"),
    ] {
        let lab = Lab::new(Script { schemes: offered, ..Script::default() });
        let report = lab.trace(with_account().authentication(wanted)).await;
        assert_reached_the_server(&report);
        assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Verified));
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
        let auth = &through(&report).steps.auth.as_ref().expect("auth").evidence;
        assert_eq!((auth.scheme.as_deref(), auth.channel_bindings), (Some(name), name != "Basic"));
        assert_eq!((lab.seen.proofs.load(SeqCst), lab.seen.connections.load(SeqCst)), (1, 1), "{name}");
        lab.settle().await;
        assert_eq!(lab.seen.farewells.load(SeqCst), 1, "a polite end");
        let sent = |frame: &&Frame| frame.phase == Phase::Gateway && frame.direction == Direction::Sent;
        let requests = report.trace.connections[0].frames.iter().filter(sent).count();
        let least = 5 + if name == "Basic" { 1 } else { 2 };
        assert_eq!(requests, least, "round trips after TLS: one, the scheme's, and four packets");
        let heads = lab.seen.heads.lock().expect("no panic");
        assert!(heads[1..].iter().all(|head| head.contains("Cookie: lb=7")), "cookies are sent back");
    }
}

#[tokio::test(start_paused = true)]
async fn a_challenge_that_ends_its_connection_is_met_on_another() {
    let closing = "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
    let lab = Lab::new(Script { schemes: vec!["NTLM"], first: Some(closing), ..Script::default() });
    let report = lab.trace(with_account()).await;
    assert_reached_the_server(&report);
    assert!(through(&report).steps.auth.as_ref().expect("auth").evidence.reconnected);
    assert_eq!((lab.seen.proofs.load(SeqCst), lab.seen.connections.load(SeqCst)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn the_proof_is_bound_to_the_certificate_that_was_served() {
    let mut lab = Lab::new(Script { schemes: vec!["NTLM"], ..Script::default() });
    lab.script.bindings = Some(channel_bindings(&lab.certificate));
    assert_reached_the_server(&lab.trace(with_account()).await);
}

#[tokio::test(start_paused = true)]
async fn frames_and_packets_need_not_align_and_pings_are_answered() {
    let lab = Lab::new(Script { carrier: Carrier::ByteByByte, ..Script::default() });
    let report = lab.trace(anonymous()).await;
    assert_reached_the_server(&report);
    let through = through(&report);
    assert_eq!(through.transport, Some(GatewayTransport::Websocket.into()));
    assert_eq!(
        (through.keepalives, through.service_messages.as_slice()),
        (1, &["maintenance tonight".to_owned()][..])
    );
    assert!(lab.seen.pongs.load(SeqCst) > 0);
    assert_eq!(lab.seen.keepalives.load(SeqCst), 1);
    let expected = ["resolve", "connect", "tls", "http", "handshake", "tunnel", "authorize", "channel"];
    assert_eq!(steps(&report), expected.map(|step| (step, Status::Passed)));
    let authorize = &through.steps.authorize.as_ref().expect("authorize").evidence;
    assert_eq!((authorize.redirection_flags, authorize.idle_timeout_minutes), (Some(8), Some(30)));
}

/// Some gateways read one packet a message and pass over the rest of it, as Windows never sends another kind.
#[tokio::test(start_paused = true)]
async fn every_message_of_a_whole_session_is_one_packet() {
    let account = Account::new(demo::USER, "demo");
    let token = "t".repeat(30_000);
    let lab = Lab::new(Script { schemes: vec![], ..Script::default() });
    let gateway = anonymous().token(Some(Token(token.into())));
    let settings =
        lab.settings(gateway).account(Some(account)).until(Some(Phase::Activate)).take_session(true);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let report = Tracer::new(&target, &settings, &lab).run().await;
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{}", report.verdict.summary);
    let tls = &report.trace.connections[0].phases.tls.as_ref().expect("tls").evidence;
    assert_eq!(tls.version.as_deref(), Some("TLSv1.3"));
    lab.settle().await;
    let (messages, packets) = *lab.seen.messages.lock().expect("no panic");
    assert_eq!(messages, packets, "messages and those that are one packet");
    assert!(messages > 20, "{messages}");
    assert_eq!(lab.seen.closing.lock().expect("no panic").as_deref(), Some(&[3, 0xE8][..]));
}

#[tokio::test(start_paused = true)]
async fn two_connections_take_the_place_of_a_websocket() {
    for schemes in [vec![], vec!["NTLM"]] {
        let lab = Lab::new(Script { carrier: Carrier::Bodies, schemes, ..Script::default() });
        let report = lab.trace(with_account()).await;
        assert_reached_the_server(&report);
        assert_eq!(through(&report).transport, Some(GatewayTransport::Http.into()));
        assert_eq!(lab.seen.connections.load(SeqCst), 2);
        assert!(report.findings.iter().any(|finding| finding.code.as_str() == "gateway-upgrade-stripped"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_leads_through_and_stands_nowhere_in_the_report() {
    let lab = Lab::new(Script { token: Some("eyJ0b2tlbg.secret"), ..Script::default() });
    let token = |text: &str| anonymous().token(Some(Token(text.to_owned().into())));
    let report = lab.trace(token("eyJ0b2tlbg.secret")).await;
    assert_reached_the_server(&report);
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Verified));
    let json = serde_json::to_string(&report).expect("JSON");
    assert!(!json.contains("eyJ0b2tlbg"));
    let hex: String = "eyJ0".encode_utf16().flat_map(u16::to_le_bytes).map(|b| format!("{b:02x}")).collect();
    assert!(!json.contains(&hex));
    let refused = lab.trace(token("another")).await;
    assert_eq!(refused.verdict.gateway_credentials, Some(Credentials::Refused));
    assert!(refused.findings.iter().any(|finding| finding.code.as_str() == "gateway-token-refused"));
}

#[tokio::test(start_paused = true)]
async fn consent_is_asked_for_and_never_given_unasked() {
    let lab = Lab::new(Script { consent: Some("Authorized use only."), ..Script::default() });
    let report = lab.trace(anonymous()).await;
    let verdict = &report.verdict;
    assert_eq!(
        (verdict.outcome, verdict.step.as_deref()),
        (Outcome::Stopped, Some("tunnel")),
        "{}",
        verdict.summary
    );
    let asked = report.findings.iter().find(|finding| finding.code.as_str() == "gateway-consent-asked");
    assert!(asked.expect("the text").message.contains("Authorized use only."));
    assert_reached_the_server(&lab.trace(anonymous().accept_consent(true)).await);
}

/// Resolve and connect are the proxy's then, and the gateway is asked for by name.
#[tokio::test(start_paused = true)]
async fn a_proxy_on_the_way_is_a_step() {
    let mut lab = Lab::new(Script::default());
    lab.proxied = true;
    let report = lab.trace(with_account()).await;
    assert_reached_the_server(&report);
    let names: Vec<_> = steps(&report).into_iter().map(|(step, _)| step).take(4).collect();
    assert_eq!(names, ["resolve", "connect", "proxy", "tls"]);
    let proxy = through(&report).steps.proxy.as_ref().expect("the proxy was asked");
    assert_eq!(
        (proxy.evidence.asked_for.as_str(), proxy.evidence.status),
        ("gw.corp.example:443", Some(200))
    );
}

/// The way leads through the gateway again, which is shown an account twice only where that was asked for.
#[tokio::test(start_paused = true)]
async fn a_redirection_behind_a_gateway_is_followed_where_it_may_be_shown_what_it_takes() {
    let script = || Script { server: Some("redirect-once"), ..Script::default() };
    for (gateway, follow_with_account, made, unfollowed) in [
        (anonymous(), false, 2, None),
        (with_account(), false, 1, Some(Unfollowed::Gateway)),
        (with_account(), true, 2, None),
    ] {
        let lab = Lab::new(script());
        let settings = lab
            .settings(gateway)
            .follow_redirects(1)
            .follow_with_account(follow_with_account)
            .security(Security::Tls);
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let report = Tracer::new(&target, &settings, &lab).run().await;
        assert_eq!(report.trace.unfollowed, unfollowed, "{}", report.verdict.summary);
        assert_eq!(lab.seen.connections.load(SeqCst), made);
        let through = report.trace.traced().filter(|made| made.phases.gateway.is_some());
        assert_eq!(through.count(), made, "every connection leads through it");
        let told = report.findings.iter().any(|finding| finding.code.as_str() == "redirect-behind-gateway");
        assert_eq!(told, unfollowed.is_some());
        let passed = report.verdict.outcome == Outcome::Passed;
        assert_eq!(passed, unfollowed.is_none(), "{}", report.verdict.summary);
    }
}
