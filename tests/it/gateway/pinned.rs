//! A pinned gateway is looked at before anything goes through it.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    Report, Target, Tracer,
    internal::{certificate::thumbprints, demo},
    report::{Credentials, Outcome},
    settings::{Account, Anchors, Gateway},
};

use super::{
    lab::{Lab, ways, with_account},
    packets::Carrier,
    script::Script,
};
use crate::farm::found;

const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";

/// Traces with the account of the server behind.
async fn trace(lab: &Lab, gateway: Gateway, pin: &str) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let account = Account::new(demo::USER, demo::PASSWORD);
    let gateway = gateway.expected_thumbprint(Some(pin.to_owned()));
    let settings = lab.settings(gateway).account(Some(account));
    Tracer::new(&target, &settings, lab).run().await
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_through_another_gateway_than_the_pinned_one() {
    for (schemes, token, gateway) in ways() {
        let lab = Lab::new(Script { schemes, token, ..Script::default() });
        let shows = gateway.is_used_once();
        let report = trace(&lab, gateway, OTHER).await;
        let verdict = &report.verdict;
        assert_eq!((verdict.outcome, verdict.step.as_deref()), (Outcome::Stopped, Some("auth")));
        assert_eq!(verdict.gateway_credentials, Some(Credentials::NotAttempted));
        assert_eq!(verdict.credentials, Credentials::NotAttempted);
        assert!(found(&report, "gateway-certificate-thumbprint-mismatch"), "{:?}", report.findings);
        assert_eq!(found(&report, "gateway-account-not-used"), shows);
        lab.settle().await;
        assert_eq!(lab.seen.proofs.load(SeqCst), 0);
        let heads = lab.seen.heads.lock().expect("no panic");
        assert!(heads.len() == 1 && !heads[0].contains("Authorization"), "{heads:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_pinned_one_is_gone_through_on_one_connection_and_on_two() {
    for carrier in [Carrier::WebSocket, Carrier::Bodies] {
        for (schemes, token, gateway) in ways() {
            let lab = Lab::new(Script { carrier, schemes, token, ..Script::default() });
            let prints = thumbprints(&lab.certificate);
            for pin in [prints.sha1, prints.sha256] {
                let report = trace(&lab, gateway.clone(), &pin).await;
                assert_eq!(report.verdict.credentials, Credentials::Verified, "{}", report.verdict.summary);
                assert!(!found(&report, "gateway-certificate-thumbprint-mismatch"));
            }
        }
    }
}

/// A pin gates and opens nothing: who is to see a secret is trusted besides.
#[tokio::test(start_paused = true)]
async fn a_pin_makes_nobody_trusted() {
    let lab = Lab::new(Script { schemes: vec!["Basic realm=\"x\""], ..Script::default() });
    let pin = Some(thumbprints(&lab.certificate).sha256);
    let gateway = with_account().expected_thumbprint(pin);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = lab.settings(gateway).anchors(Anchors::default());
    let report = Tracer::new(&target, &settings, &lab).run().await;
    assert_eq!(report.verdict.step.as_deref(), Some("auth"), "{}", report.verdict.summary);
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::NotAttempted));
    assert_eq!(lab.seen.proofs.load(SeqCst), 0);
}
