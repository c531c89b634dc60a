//! A host behind a redirection and a gateway: what is said is about that host, not about the gateway or the broker.

use rdptrace::{
    Report, Target, Tracer, diagnose,
    report::{FindingCode, Likelihood, Trace},
    settings::Security,
};

use super::{
    lab::{Lab, anonymous},
    script::Script,
};

/// A broker behind the gateway, and the host that it names.
async fn redirected() -> Trace {
    let lab = Lab::new(Script { server: Some("redirect-once"), ..Script::default() });
    let settings = lab.settings(anonymous()).follow_redirects(1).security(Security::Tls);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &settings, &lab).run().await.trace
}

/// The same, with a gateway that ends the channel to that host with this number.
async fn refused(channel: u32) -> Report {
    let mut trace = redirected().await;
    let failed = Lab::new(Script { channel, ..Script::default() }).trace(anonymous()).await;
    let hop = trace.connections.last_mut().expect("a hop");
    assert!(hop.hop.is_some());
    hop.phases = failed.trace.connections[0].phases.clone();
    diagnose(trace)
}

#[tokio::test(start_paused = true)]
async fn a_hop_that_the_gateway_does_not_reach_is_the_broker_s_word() {
    for channel in [0x59DD, 0x8007_59DA, 0x8007_59D8] {
        let report = refused(channel).await;
        let causes: Vec<_> =
            report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect();
        assert_eq!(causes[0], ("redirect-target-unreachable", Likelihood::Likely), "{channel:#x} {causes:?}");
        assert!(causes[1..].iter().all(|cause| cause.1 == Likelihood::Possible), "{channel:#x} {causes:?}");
        assert!(report.findings.iter().any(|finding| finding.code == FindingCode::RedirectTargetFailed));
    }
}

/// What the broker served and said before is not the host's.
#[tokio::test(start_paused = true)]
async fn who_answers_is_told_of_the_hop_alone() {
    let report = refused(0x59DD).await;
    assert!(report.answered_by.is_none(), "{:?}", report.answered_by);
}
