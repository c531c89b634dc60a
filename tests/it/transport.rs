//! What TCP showed, as facts that a judgement rests on: the same failure with other counts has another first cause.

use rdptrace::{
    Report, diagnose,
    report::{Likelihood, Millis, Transport},
};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

fn transport(trip: f64, again: u32, unacknowledged: u32) -> Transport {
    Transport {
        local: "10.1.2.3:51844".parse().ok(),
        peer: "192.0.2.15:3389".parse().ok(),
        round_trip_ms: Some(Millis(trip)),
        retransmissions: Some(again),
        unacknowledged: Some(unacknowledged),
        sent_bytes: Some(43),
        received_bytes: Some(0),
    }
}

/// The report of this fault, had TCP counted this.
pub async fn with(name: Option<&str>, seen: Transport) -> Report {
    let mut report = trace(name.map(fault), &settings()).await;
    let described = report.trace.connections.iter_mut().find(|made| made.purpose.is_traced());
    described.expect("a connection").transport = Some(seen);
    diagnose(report.trace)
}

fn causes(report: &Report) -> Vec<(&str, Likelihood)> {
    report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect()
}

fn message<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report.findings.iter().find(|found| found.code.as_str() == code).map(|found| found.message.as_str())
}

/// A report that the paths to it give.
pub async fn black_hole() -> Report {
    with(Some("negotiate-silence"), transport(0.4, 4, 43)).await
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
