//! What TCP showed, as facts that a judgement rests on: the same failure with other counts has another first cause.

use rdptrace::{
    Report,
    codes::Phase,
    diagnose,
    report::{Direction, Likelihood, Millis, Place, Tcp},
};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

fn transport(trip: f64, again: u32, unacknowledged: u32) -> Tcp {
    Tcp {
        round_trip_ms: Some(Millis(trip)),
        retransmissions: Some(again),
        unacknowledged: Some(unacknowledged),
        acknowledged_before_ms: None,
        syn_retries: Some(0),
        sent_bytes: Some(43),
        received_bytes: Some(0),
        ..Tcp::default()
    }
}

/// The report of this fault, had TCP counted this.
pub(crate) async fn with(name: Option<&str>, seen: Tcp) -> Report {
    let mut report = trace(name.map(fault), &settings()).await;
    let described = report.trace.connections.iter_mut().find(|made| made.purpose.is_traced());
    let described = described.expect("a connection");
    described.local = "10.1.2.3:51844".parse().ok();
    described.peer = "192.0.2.15:3389".parse().ok();
    described.tcp = Some(seen);
    diagnose(report.trace)
}

fn causes(report: &Report) -> Vec<(&str, Likelihood)> {
    report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect()
}

fn message<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report.findings.iter().find(|found| found.code.as_str() == code).map(|found| found.message.as_str())
}

/// What was sent is lost, part of it is, and all of it arrived.
pub(crate) async fn silent() -> [Report; 3] {
    [black_hole().await, with(Some("tls-silence"), part()).await, back().await]
}

/// A host that takes four seconds for each message.
pub(crate) async fn slow() -> Report {
    let mut report = trace(Some(fault("mcs-silence")), &settings()).await;
    let made =
        report.trace.connections.iter_mut().find(|made| made.purpose.is_traced()).expect("a connection");
    made.tcp = Some(transport(0.4, 0, 0));
    let mut answer = made.frames.iter().rfind(|frame| frame.phase == Phase::Mcs).expect("a message").clone();
    (answer.at_ms, answer.direction) = (Millis(answer.at_ms.0 + 4000.0), Direction::Received);
    made.frames.push(answer);
    let failure = made.phases.mcs.as_mut().and_then(|mcs| mcs.failure.as_mut()).expect("a failure");
    failure.end.as_mut().expect("its end").after_received_ms = Some(Millis(1900.0));
    diagnose(report.trace)
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_each_message_late_is_slow_and_not_hung() {
    let report = slow().await;
    let found = causes(&report);
    assert_eq!(found[0], ("host-slow", Likelihood::Likely), "{found:?}");
    assert!(found.iter().all(|(code, _)| *code != "services-hung"), "{found:?}");
}

async fn black_hole() -> Report {
    with(Some("negotiate-silence"), transport(0.4, 4, 43)).await
}

async fn back() -> Report {
    with(Some("mcs-silence"), transport(0.4, 0, 0)).await
}

/// What was sent before arrived.
fn part() -> Tcp {
    Tcp { sent_bytes: Some(300), ..transport(0.4, 4, 230) }
}

#[tokio::test(start_paused = true)]
async fn what_was_never_acknowledged_is_lost_on_the_path() {
    let report = black_hole().await;
    assert_eq!(causes(&report)[0], ("path-black-hole", Likelihood::Likely));
    assert!(causes(&report).contains(&("services-hung", Likelihood::Possible)), "{:?}", causes(&report));
    assert!(report.causes[0].because[0].starts_with("43 B that were sent were never acknowledged"));
    let flow = message(&report, "flow").expect("a finding");
    assert!(
        flow.starts_with("of what was sent from 10.1.2.3:51844 to 192.0.2.15:3389, the last at 20"),
        "{flow}"
    );
    assert!(flow.ends_with("Z, the host acknowledged 0 B and never the last 43 B"), "{flow}");
}

#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_and_not_answered_is_the_hosts() {
    let report = with(Some("negotiate-silence"), transport(0.4, 0, 0)).await;
    assert!(causes(&report).iter().all(|(code, _)| *code != "path-black-hole"), "{:?}", causes(&report));
    let hung = report.causes.iter().find(|cause| cause.code.as_str() == "services-hung").expect("a cause");
    assert_eq!(hung.likelihood, Likelihood::Likely);
    assert!(
        hung.because.contains(&"the host acknowledged all that was sent".to_owned()),
        "{:?}",
        hung.because
    );
    let flow = message(&report, "flow").expect("a finding");
    assert!(flow.starts_with("the host acknowledged 43 B, the last sent at 20"), "{flow}");
    assert!(flow.ends_with("Z from 10.1.2.3:51844 to 192.0.2.15:3389, then sent nothing"), "{flow}");
}

/// Also where the trace passes; one segment that was sent again proves nothing.
#[tokio::test(start_paused = true)]
async fn loss_and_long_round_trips_are_told() {
    let lossy = with(None, transport(30.0, 2, 0)).await;
    let said = "the path loses packets: 2 segments were sent again in 1 connection";
    assert_eq!(message(&lossy, "path-loss"), Some(said));
    let long = with(None, transport(1200.0, 1, 0)).await;
    let said = "a round trip takes 1.2 s; --timeout gives each phase more time";
    assert_eq!(message(&long, "path-slow"), Some(said));
    let sound = with(None, transport(0.4, 1, 0)).await;
    let told = ["path-loss", "path-slow", "host-slow", "flow"].map(|code| message(&sound, code));
    assert_eq!([&lossy, &long].map(|report| message(report, "flow")), [None, None]);
    assert_eq!((told, message(&long, "path-loss")), ([None; 4], None));
}

/// Only where the path is not what takes the time.
#[tokio::test(start_paused = true)]
async fn a_phase_of_seconds_is_the_hosts_where_round_trips_are_short() {
    let mut report = with(None, transport(0.4, 0, 0)).await;
    let slow = |report: &mut Report| {
        let tls = report.trace.connections[0].phases.tls.as_mut().expect("a phase");
        tls.elapsed_ms = Millis(3100.0);
    };
    slow(&mut report);
    let said = "tls took 3.1 s, a round trip 0.4 ms: the host, or what it asks, is slow";
    assert_eq!(message(&diagnose(report.trace), "host-slow"), Some(said));
    for seen in [transport(900.0, 0, 0), transport(0.4, 2, 0)] {
        let mut report = with(None, seen).await;
        slow(&mut report);
        assert_eq!(message(&diagnose(report.trace), "host-slow"), None);
    }
}

/// What was lost and arrived later, and what is late, tell of the path before a black hole does, and prove nothing else.
#[tokio::test(start_paused = true)]
async fn loss_and_slowness_explain_a_silence_before_a_black_hole_does() {
    let report = with(Some("tls-silence"), part()).await;
    assert_eq!(causes(&report)[0], ("path-black-hole", Likelihood::Likely));
    assert!(causes(&report).contains(&("path-loss", Likelihood::Possible)), "{:?}", causes(&report));
    let mut late = with(Some("tls-silence"), part()).await;
    let connect = late.trace.connections[0].phases.connect.as_mut().expect("it was opened");
    connect.evidence.attempts[0].elapsed_ms = Millis(3010.0);
    let often = Tcp { retransmissions: Some(40), ..part() };
    for lossy in [diagnose(late.trace), with(Some("tls-silence"), often).await] {
        assert_eq!(causes(&lossy)[0], ("path-loss", Likelihood::Likely));
        assert!(lossy.causes[0].confirm[0].contains("--timeout 60"), "{:?}", lossy.causes[0].confirm);
        let others = causes(&lossy);
        assert!(others[1..].iter().all(|(_, how)| *how == Likelihood::Possible), "{others:?}");
    }
    let acknowledging = Tcp { acknowledged_before_ms: Some(Millis(300.0)), ..part() };
    for slow in [acknowledging, Tcp { unacknowledged: Some(0), ..transport(1500.0, 1, 0) }] {
        let report = with(Some("tls-silence"), slow).await;
        assert_eq!(causes(&report)[0], ("path-slow", Likelihood::Likely), "{:#?}", report.causes);
        assert!(message(&report, "path-slow").is_some_and(|said| said.contains("--timeout")));
    }
}

/// What was acknowledged and not answered may be lost on the way back.
#[tokio::test(start_paused = true)]
async fn the_way_back_is_named_beside_a_service_that_hangs() {
    for name in ["negotiate-silence", "mcs-silence"] {
        let report = with(Some(name), transport(0.4, 0, 0)).await;
        let back =
            report.causes.iter().find(|cause| cause.code.as_str() == "path-loses-answers").expect("a cause");
        assert_eq!((back.at, back.likelihood), (Some(Place::Path), Likelihood::Possible), "{name}");
        assert!(back.confirm.iter().any(|check| check.contains("127.0.0.1")), "{:?}", back.confirm);
    }
}

/// A reset that comes sooner than the host can answer is a filter's first; one that takes longer the host's.
#[tokio::test(start_paused = true)]
async fn a_reset_of_the_hello_is_ranked_by_how_soon_it_came() {
    for (after, first) in [(4.0, "middlebox-cuts-stream"), (25.0, "certificate-unusable")] {
        let mut report = trace(Some(fault("tls-reset")), &settings()).await;
        for made in &mut report.trace.connections {
            let phases = &mut made.phases;
            if let Some(connect) = &mut phases.connect {
                connect.evidence.attempts[0].elapsed_ms = Millis(20.0);
            }
            if let Some(negotiate) = &mut phases.negotiate {
                negotiate.elapsed_ms = Millis(22.0);
            }
            let reset = phases.tls.as_mut().and_then(|tls| tls.failure.as_mut()?.end.as_mut());
            if let Some(end) = reset {
                end.after_sent_ms = Some(Millis(after));
            }
        }
        let report = diagnose(report.trace);
        let found = causes(&report);
        assert_eq!(found[0], (first, Likelihood::Likely), "{after}: {found:?}");
        for both in ["middlebox-cuts-stream", "certificate-unusable"] {
            assert!(found.iter().any(|(code, _)| *code == both), "{after}: {found:?}");
        }
        assert!(found.iter().all(|(_, how)| *how != Likelihood::Certain), "{found:?}");
    }
}

/// What a report says of TCP stood under other names once.
#[tokio::test(start_paused = true)]
async fn what_tcp_showed_is_read_by_its_earlier_name_too() {
    let report = black_hole().await;
    let mut stored = serde_json::to_value(&report.trace).expect("JSON");
    let made = stored["connections"][0].as_object_mut().expect("a connection");
    for (name, earlier) in [("started", "began"), ("tcp", "transport")] {
        let seen = made.remove(name).expect("a field");
        made.insert(earlier.to_owned(), seen);
    }
    let read = diagnose(serde_json::from_value(stored).expect("a trace"));
    assert_eq!(causes(&read)[0], causes(&report)[0]);
    assert!(read.trace.connections[0].started.is_some());
}
