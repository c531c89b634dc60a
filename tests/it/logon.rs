//! `--logon`: an account in Client Info for servers without NLA, what their sessions say of it, and who never sees it.

use std::{fs, time::Duration};

use rdptrace::{
    Report, Settings, Target, Tracer,
    codes::Phase,
    internal::{demo, net::Recording},
    render,
    report::{Credentials, LogOff, Outcome},
    settings::{Account, Experiments, Security},
};

use crate::{
    lab::{Answer, Lab, fault},
    program::{Served, command, file, rdptrace, text},
};

const PASSWORD: &str = "correct-Horse-7";
const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";

/// Logs on there with this password, where the server's certificate is the expected one.
fn settings(lab: &Lab, password: &str) -> Settings {
    Settings::default()
        .account(Some(Account::new(demo::USER, password)))
        .until(Some(Phase::Activate))
        .take_session(true)
        .log_on(true)
        .security(Security::Tls)
        .server_name(Some(demo::DNS_COMPUTER.to_owned()))
        .expected_thumbprint(Some(lab.thumbprint()))
}

async fn run(lab: &Lab, settings: &Settings) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, settings, lab).run().await
}

async fn logged_on(name: Option<&str>, password: &str) -> Report {
    let lab = Lab::of(name.map(fault));
    run(&lab, &settings(&lab, password)).await
}

/// How many connections had the account.
fn sent(report: &Report) -> usize {
    let licensing = report.trace.connections.iter().filter_map(|made| made.phases.licensing.as_ref());
    licensing.filter(|record| record.evidence.account_sent).count()
}

fn found(report: &Report, code: &str) -> Option<String> {
    let found = report.findings.iter().find(|finding| finding.code.as_str() == code);
    found.map(|finding| finding.message.clone())
}

/// The password of the demo verifies without NLA, another one is refused, and both are known at once.
#[tokio::test(start_paused = true)]
async fn the_servers_word_decides() {
    let right = logged_on(None, demo::PASSWORD).await;
    assert_eq!((right.verdict.outcome, right.verdict.credentials), (Outcome::Passed, Credentials::Verified));
    assert!(right.verdict.summary.contains("accepts the account"), "{}", right.verdict.summary);
    assert_eq!(found(&right, "credentials-not-verified"), None);
    let activate = &right.trace.connections[0].phases.activate.as_ref().expect("activated").evidence;
    assert_eq!(
        activate.logon.as_ref().map(|logon| (logon.logged_on, logon.session_id)),
        Some((true, Some(2)))
    );
    assert_eq!(activate.log_off, Some(LogOff::Denied));
    let left = found(&right, "session-left-behind").expect("the demo denies");
    assert!(left.contains("session 2 of the account stays on the host"), "{left}");
    let wrong = logged_on(None, "wrong").await;
    assert_eq!((wrong.verdict.outcome, wrong.verdict.credentials), (Outcome::Aborted, Credentials::Refused));
    assert_eq!(wrong.verdict.failure.as_ref().and_then(|failure| failure.code), Some(0xC000_006D));
    assert!(wrong.verdict.mstsc.is_none(), "mstsc shows the host's logon screen");
    assert_eq!(found(&wrong, "credentials-not-verified"), None);
    let activate = &wrong.trace.connections[0].phases.activate.as_ref().expect("activated").evidence;
    assert_eq!(activate.log_off, Some(LogOff::Ended), "nobody is logged on");
    assert_eq!((found(&wrong, "session-left-behind"), sent(&wrong)), (None, 1));
    assert!(right.trace.elapsed_ms.0.max(wrong.trace.elapsed_ms.0) < 3_000.0);
}

/// What each outcome means, with what was seen; nothing but the server's word is a proof.
#[tokio::test(start_paused = true)]
async fn what_is_no_answer_is_told_as_what_it_is() {
    let cases = [
        ("logon-account-locked", Credentials::Refused, ""),
        ("logon-warning", Credentials::NotVerifiable, "it says LOGON_MSG_RECONNECT_OPTIONS and goes on"),
        ("logon-unsaid", Credentials::NotVerifiable, "drew in it (1 PDU); --screenshot shows"),
        ("session-black", Credentials::NotVerifiable, "drew nothing"),
        ("logon-closed", Credentials::NotVerifiable, "it had opened a session for the account"),
        ("logon-ultimatum", Credentials::NotVerifiable, "a disconnect ultimatum"),
        ("logon-not-allowed", Credentials::NotVerifiable, "error info 0x0009"),
        ("logon-redirected", Credentials::NotVerifiable, "redirects to session 7"),
        ("activate-silence", Credentials::NotVerifiable, "nothing"),
        ("license-closed", Credentials::NotVerifiable, ""),
    ];
    for (name, credentials, seen) in cases.into_iter().filter(|(name, ..)| demo::find(name).is_some()) {
        let report = logged_on(Some(name), demo::PASSWORD).await;
        assert_eq!(report.verdict.credentials, credentials, "{name}");
        let said = found(&report, "credentials-not-verified").unwrap_or_default();
        assert!(said.contains(seen), "{name}: {said}");
        assert_eq!(said.is_empty(), credentials == Credentials::Refused, "{name}: {said}");
        assert_eq!((sent(&report), report.trace.traced().count()), (1, 1), "{name}");
    }
}

/// The server's silence costs the time of the phase, and no experiment follows: none could log on.
#[tokio::test(start_paused = true)]
async fn a_word_is_awaited_for_the_time_of_the_phase() {
    let lab = Lab::of(Some(fault("logon-unsaid")));
    let settings = settings(&lab, demo::PASSWORD).timeout(Duration::from_secs(4));
    let report = run(&lab, &settings).await;
    assert_eq!(report.verdict.outcome, Outcome::Passed);
    assert!((4_000.0..4_500.0).contains(&report.trace.elapsed_ms.0), "{}", report.trace.elapsed_ms.0);
    assert_eq!(found(&report, "host-slow"), None);
    let closed = logged_on(Some("logon-closed"), demo::PASSWORD).await;
    assert_eq!(closed.trace.connections.len(), 1);
}

/// Neither pinned nor trusted, another than the pinned one, unproven, or without TLS: the account stays here.
#[tokio::test(start_paused = true)]
async fn who_is_not_known_is_not_shown_the_account() {
    let pins = [(None, "is not trusted here"), (Some(OTHER.to_owned()), "is not the expected one")];
    for (pin, why) in pins {
        let lab = Lab::of(None);
        let report = run(&lab, &settings(&lab, PASSWORD).expected_thumbprint(pin)).await;
        not_shown(&report, why);
    }
    let lab = Lab::of(Some(fault("certificate-weak-key")));
    not_shown(&run(&lab, &settings(&lab, PASSWORD)).await, "cannot be checked");
    let lab = Lab::of(Some(fault("standard-security")));
    let auto = settings(&lab, PASSWORD).security(Security::Auto);
    not_shown(&run(&lab, &auto).await, "only sent over TLS");
}

fn not_shown(report: &Report, why: &str) {
    assert_eq!((sent(report), report.verdict.credentials), (0, Credentials::NotAttempted), "{why}");
    assert_eq!((report.verdict.outcome, report.verdict.phase), (Outcome::Stopped, Some(Phase::Licensing)));
    let said = found(report, "account-not-used").unwrap_or_default();
    assert!(said.contains(why), "{said}");
    assert_eq!(found(report, "credentials-not-verified"), None);
}

/// Trust takes the place of a pin.
#[tokio::test(start_paused = true)]
async fn a_trusted_server_needs_no_pin() {
    let lab = Lab::of(None);
    let anchors = rdptrace::settings::Anchors::only(vec![lab.certificate()]);
    let settings = settings(&lab, demo::PASSWORD).expected_thumbprint(None).anchors(anchors);
    assert_eq!(run(&lab, &settings).await.verdict.credentials, Credentials::Verified);
}

/// Without the option nothing of the account goes out, experiments never have it, and NLA has no need of it.
#[tokio::test(start_paused = true)]
async fn nobody_else_sends_it() {
    let lab = Lab::of(None);
    let without = run(&lab, &settings(&lab, demo::PASSWORD).log_on(false)).await;
    assert_eq!((sent(&without), without.verdict.credentials), (0, Credentials::NotVerifiable));
    let all = run(&lab, &settings(&lab, demo::PASSWORD).experiments(Experiments::All)).await;
    assert!(all.trace.connections.len() > 5);
    assert_eq!(sent(&all), 1);
    let nla = run(&lab, &settings(&lab, demo::PASSWORD).security(Security::Auto)).await;
    assert_eq!((sent(&nla), nla.verdict.credentials), (0, Credentials::Verified));
}

/// A picture of what was drawn while the answer was awaited is asked for again, and made before the session is left.
#[tokio::test(start_paused = true)]
async fn a_screenshot_goes_with_it() {
    let lab = Lab::of(Some(fault("logon-unsaid")));
    let report = run(&lab, &settings(&lab, demo::PASSWORD).screenshot(true)).await;
    let made = &report.trace.connections[0];
    assert!(made.session.as_ref().is_some_and(|session| session.regions > 0 && session.failure.is_none()));
    assert_eq!(made.phases.activate.as_ref().expect("activated").evidence.log_off, Some(LogOff::Denied));
}

/// No output and no record of frames has the password, in any coding; the record of the wire only behind TLS.
#[tokio::test(start_paused = true)]
async fn the_password_is_in_no_output() {
    let lab = Lab::answering(Answer::Demo(None));
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let report = Tracer::new(&target, &settings(&lab, PASSWORD), &recording).run().await;
    assert_eq!((sent(&report), report.verdict.credentials), (1, Credentials::Refused));
    let mut pages: Vec<Vec<u8>> = vec![format!("{report:?}").into_bytes()];
    for render in [render::text, render::json, render::ndjson, render::markdown] {
        let mut page = Vec::new();
        render(&report, &mut page).expect("memory takes everything");
        pages.push(page);
    }
    let wire = recording.take().flows;
    pages.push(format!("{wire:?}").into_bytes());
    let wide: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let forms = [PASSWORD.to_owned(), hex::encode(PASSWORD), hex::encode(&wide), format!("{:?}", &wide[..8])];
    for page in pages {
        let page = text(&page);
        assert!(forms.iter().all(|form| !page.contains(form.trim_matches(['[', ']']))));
    }
}

/// What is missing is named in one sentence, before a password is read or anything is sent.
#[test]
fn it_says_what_it_lacks() {
    let cases = [
        (&["--logon"][..], "--user and --take-session"),
        (&["--logon", "--take-session"], "needs an account: --user"),
        (&["--logon", "-u", "alice"], "--take-session allows it"),
        (&["--logon", "-u", "alice", "--take-session", "--security", "rdp"], "over TLS only"),
        (&["--logon", "-u", "alice", "--take-session", "--until", "mcs"], "goes on to activate"),
        (&["--logon", "-u", "alice", "--take-session", "--restricted-admin"], "--restricted-admin"),
    ];
    for (arguments, lacks) in cases {
        let arguments = [&["trace", "127.0.0.1:1"], arguments].concat();
        let output = rdptrace(&arguments);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains(lacks), "{arguments:?}: {said}");
    }
}

/// The exit codes of a script, and a capture only together with its secrets.
#[test]
fn a_script_tells_the_three_apart() {
    let served = Served::start(&[]);
    let known = rdptrace(&["posture", &served.1, "--format", "json"]);
    let known: serde_json::Value = serde_json::from_slice(&known.stdout).expect("a report");
    let pin = known["certificate"]["sha256"].as_str().expect("a certificate").to_owned();
    let path = file("logon.pcapng");
    let _ = fs::remove_file(&path);
    let capture = path.to_str().expect("UTF-8");
    let base = ["trace", &served.1, "-u", "demo", "--logon", "--take-session", "--security", "tls"];
    let base = [&base[..], &["--expect-thumbprint", &pin, "--local", "off"]].concat();
    let run = |password: &str, more: &[&str]| {
        let output = command(&[&base[..], more].concat()).env("RDPTRACE_PASSWORD", password).output();
        output.expect("the program runs")
    };
    let right = run("demo", &[]);
    assert_eq!(right.status.code(), Some(0), "{}", text(&right.stdout));
    assert!(text(&right.stdout).contains("the account was sent in Client Info"));
    assert!(text(&right.stdout).contains("the user is logged on in session 2"));
    let wrong = run(PASSWORD, &[]);
    assert_eq!(wrong.status.code(), Some(20), "{}", text(&wrong.stdout));
    let captured = run(PASSWORD, &["--capture", capture]);
    assert_eq!(captured.status.code(), Some(2));
    assert!(text(&captured.stderr).contains("--capture-secrets") && !path.exists());
    let captured = run(PASSWORD, &["--capture", capture, "--capture-secrets"]);
    assert_eq!(captured.status.code(), Some(20));
    assert!(fs::read(&path).is_ok_and(|bytes| !text(&bytes).contains(PASSWORD)));
    let read = rdptrace(&["read", capture, "--format", "json"]);
    assert!(!text(&read.stdout).contains(PASSWORD));
}
