//! What contradicts a cause, or leaves it unproved, takes its certainty away.

use rdptrace::{
    Report, diagnose,
    report::{Cause, Connection, Likelihood, Purpose, Trace},
};

use crate::{
    causes::on,
    faults::told_of,
    lab::{Answer, fault},
};

async fn of(name: &str) -> Report {
    told_of(Some(fault(name))).await
}

fn named(connection: &Connection) -> String {
    match &connection.purpose {
        Purpose::Experiment(name) => name.to_string(),
        _ => String::new(),
    }
}

fn experiment<'a>(trace: &'a mut Trace, name: &str) -> &'a mut Connection {
    let found = trace.connections.iter_mut().find(|connection| named(connection) == name);
    found.unwrap_or_else(|| panic!("no experiment {name}"))
}

/// The same trace, in which these two experiments ended alike.
fn alike(mut trace: Trace, from: &str, to: &str) -> Report {
    let phases = experiment(&mut trace, from).phases.clone();
    experiment(&mut trace, to).phases = phases;
    diagnose(trace)
}

fn cause<'a>(report: &'a Report, code: &str) -> &'a Cause {
    let found = report.causes.iter().find(|cause| cause.code.as_str() == code);
    found.unwrap_or_else(|| panic!("{code} is not among {:#?}", report.causes))
}

fn likelihood(report: &Report, code: &str) -> Likelihood {
    cause(report, code).likelihood
}

/// A server that refuses what it demands does not know what it says.
#[tokio::test(start_paused = true)]
async fn a_demand_that_is_refused_when_it_is_met_is_not_certain() {
    for (name, code, against) in [
        ("tls-not-allowed", "server-refuses-tls", "Standard RDP Security was in the offer"),
        ("tls-required", "server-requires-tls", "TLS alone is not taken either"),
        ("nla-required", "server-requires-nla", "NLA alone is not taken either"),
    ] {
        let report = of(name).await;
        assert_ne!(likelihood(&report, code), Likelihood::Certain, "{name}");
        let against_it = &cause(&report, code).against;
        assert!(against_it.iter().any(|said| said.starts_with(against)), "{name}: {against_it:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_demand_is_certain_where_what_it_asks_for_is_taken() {
    let report = of("entra-required").await;
    assert_eq!(likelihood(&report, "server-requires-entra"), Likelihood::Certain);
    assert!(cause(&report, "server-requires-entra").against.is_empty());

    let mut trace = report.trace;
    let refused = trace.connections[0].phases.clone();
    experiment(&mut trace, "protocol-rdsaad").phases = refused;
    let report = diagnose(trace);
    assert_ne!(likelihood(&report, "server-requires-entra"), Likelihood::Certain);
    let against = &cause(&report, "server-requires-entra").against;
    assert!(against.iter().any(|said| said.starts_with("Entra authentication alone is not taken either")));
}

/// One connection that passes and one that does not may be chance.
#[tokio::test(start_paused = true)]
async fn one_passing_try_is_no_proof() {
    for (name, code) in [
        ("cookie-refused", "cookie-filtered"),
        ("offer-refused", "offer-filtered"),
        ("tls-name-refused", "sni-refused"),
    ] {
        let mut trace = of(name).await.trace;
        assert_eq!(likelihood(&diagnose(trace.clone()), code), Likelihood::Certain, "{name}");
        trace.connections.retain(|connection| !named(connection).starts_with("repeat-"));
        assert_eq!(likelihood(&diagnose(trace), code), Likelihood::Likely, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_changes_that_both_help_leave_open_which_one_it_is() {
    let report = alike(of("cookie-refused").await.trace, "no-cookie", "protocol-ssl");
    for code in ["cookie-filtered", "offer-filtered"] {
        assert_eq!(likelihood(&report, code), Likelihood::Possible);
        assert!(!cause(&report, code).against.is_empty(), "{code}");
    }
}

/// Clients that insist on TLS leave where this program goes on.
#[tokio::test(start_paused = true)]
async fn a_fall_back_to_standard_rdp_security_has_a_cause_though_it_passes() {
    let report = of("standard-security").await;
    assert!(report.verdict.failure.is_none());
    assert_eq!(likelihood(&report, "xrdp-key-unreadable"), Likelihood::Possible);
    let mut windows = report.trace;
    windows.connections[0].phases.mcs.as_mut().expect("mcs").evidence.server_version = Some(0x0008_000C);
    assert!(!cause(&diagnose(windows), "xrdp-key-unreadable").against.is_empty());
}

/// Those that were turned away count neither for the failure nor against it.
#[tokio::test(start_paused = true)]
async fn what_ends_before_the_failure_says_nothing_of_it() {
    for name in ["tls-reset", "tls-name-refused", "negotiate-close"] {
        let mut first = of(name).await.trace;
        let refused = on(&[("192.0.2.15:3389", Answer::Refused)]).await.trace.connections.remove(0).phases;
        first.connections.iter_mut().skip(1).for_each(|made| made.phases = refused.clone());
        let report = diagnose(first);
        assert!(
            report.findings.iter().any(|found| found.code.as_str() == "experiment-turned-away"),
            "{name}"
        );
        assert!(
            !report.findings.iter().any(|found| found.code.as_str() == "experiment-intermittent"),
            "{name}"
        );
        assert_eq!(likelihood(&report, "rate-limited"), Likelihood::Possible, "{name}");
        for cause in &report.causes {
            assert_ne!(cause.likelihood, Likelihood::Certain, "{name}: {}", cause.code);
            assert!(
                !cause.because.iter().any(|said| said.contains("again failed")),
                "{name}: {}",
                cause.code
            );
        }
    }
}

/// A rule that counts connections is not knocked on further.
#[tokio::test(start_paused = true)]
async fn experiments_end_where_a_port_that_was_open_is_closed() {
    let turned_away = Answer::InTurn(vec![Answer::Demo(Some(fault("tls-reset"))), Answer::Refused].leak());
    let report = on(&[("192.0.2.15:3389", turned_away), ("192.0.2.16:3389", Answer::Demo(None))]).await;
    let made: Vec<String> = report.trace.connections.iter().map(named).collect();
    assert_eq!(made.len(), 1 + 1 + 2 + 1, "{made:?}");
    assert!(made.contains(&"next-address-1".to_owned()), "{made:?}");
    let closed = on(&[("192.0.2.15:3389", Answer::Refused)]).await;
    assert_eq!(closed.trace.connections.len(), 1 + 5, "whether it stays closed is what is asked");
}

/// Which host it is can be proved; what ails it is not the better known for it.
#[tokio::test(start_paused = true)]
async fn beside_what_is_certain_nothing_is_likely() {
    for fault in rdptrace::internal::demo::FAULTS {
        let report = of(fault.name).await;
        let Some((first, others)) = report.causes.split_first() else { continue };
        if first.likelihood == Likelihood::Certain {
            assert!(others.iter().all(|other| other.likelihood != Likelihood::Likely), "{}", fault.name);
        }
    }
}

/// Where TLS protects the stream, only who ends TLS can have sent it.
#[tokio::test(start_paused = true)]
async fn the_way_is_blamed_for_bytes_only_where_it_can_change_them() {
    let blames = |report: &Report| report.causes.iter().any(|cause| cause.code.as_str() == "stream-altered");
    for name in ["negotiate-malformed", "tls-garbage", "standard-security-wrong-mac"] {
        assert!(blames(&of(name).await), "{name}");
    }
    for name in ["credssp-garbage", "mcs-garbage", "activate-garbage"] {
        assert!(!blames(&of(name).await), "{name}");
    }
}

/// A close that nobody explains may be a service's or a device's; late in TLS a device does not know what it cuts.
#[tokio::test(start_paused = true)]
async fn a_late_close_leaves_open_who_it_was() {
    for name in ["mcs-close", "activate-close"] {
        let report = of(name).await;
        assert_eq!(likelihood(&report, "services-hung"), Likelihood::Possible, "{name}");
        assert!(!cause(&report, "middlebox-cuts-stream").against.is_empty(), "{name}");
    }
}
