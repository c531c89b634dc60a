//! How long experiments wait for a server that goes silent, in virtual time.

use rdptrace::report::{ExperimentKind, Purpose};

use crate::{
    causes::on,
    lab::{Answer, fault},
};

/// What most servers do not speak gets a second; a server that may still answer gets three.
#[tokio::test(start_paused = true)]
async fn an_experiment_that_most_servers_leave_unanswered_waits_less() {
    let answers = vec![Answer::Demo(Some(fault("negotiate-reset"))), Answer::Silent].leak();
    let report = on(&[("192.0.2.15:3389", Answer::InTurn(answers))]).await;
    let mut waited = [0; 2];
    for made in &report.trace.connections {
        let Purpose::Experiment(name) = &made.purpose else { continue };
        let is_aside = [ExperimentKind::DirectTls, ExperimentKind::ProtocolRdsaad]
            .iter()
            .any(|kind| name.to_string() == kind.to_string());
        let connect = made.phases.connect.as_ref().expect("it was tried");
        let expected = if is_aside { 1000.0 } else { 3000.0 };
        assert!((connect.elapsed_ms.0 - expected).abs() < 10.0, "{name}: {:?}", connect.elapsed_ms);
        waited[usize::from(is_aside)] += 1;
    }
    assert!(waited.iter().all(|count| *count > 0), "{waited:?}");
}
