//! Who answers the second connection of a gateway is shown nothing, unless it is who answered the first.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    codes::Phase,
    report::{Credentials, FailureKind, Outcome},
};

use super::{
    lab::{Lab, ways, with_account},
    packets::Carrier,
    script::Script,
};
use crate::farm::found;

/// Also where the certificate of the other is trusted, valid and for the name.
#[tokio::test(start_paused = true)]
async fn who_answers_the_second_connection_has_to_be_who_answered_the_first() {
    for has_key in [true, false] {
        for (schemes, token, gateway) in ways() {
            let verified = gateway.account.is_some();
            let script = Script { carrier: Carrier::Bodies, schemes, token, ..Script::default() };
            let lab = Lab::new(script).with_impostor(has_key);
            let report = lab.trace(gateway).await;
            let verdict = &report.verdict;
            assert_eq!(
                (verdict.outcome, verdict.step.as_deref()),
                (Outcome::Stopped, Some("handshake")),
                "{}",
                verdict.summary
            );
            assert!(found(&report, "gateway-second-connection-differs"), "{:?}", report.findings);
            let expected = if verified { Credentials::Verified } else { Credentials::NotAttempted };
            assert_eq!(verdict.gateway_credentials, Some(expected));
            lab.settle().await;
            let heads = lab.seen.heads.lock().expect("no panic");
            assert!(
                !heads.is_empty() && heads.iter().all(|head| head.starts_with("RDG_OUT_DATA")),
                "{heads:?}"
            );
            assert_eq!(lab.seen.proofs.load(SeqCst), usize::from(verified));
        }
    }
}

/// A gateway that answers the body of the second connection refuses it, and says why in its status line.
#[tokio::test(start_paused = true)]
async fn what_answers_the_second_connection_too_early_is_told() {
    let early = "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 0\r\n\r\n";
    let script = Script { carrier: Carrier::Bodies, early: Some(early), ..Script::default() };
    let report = Lab::new(script).trace(with_account()).await;
    let failure = report.verdict.failure.as_ref().expect("it fails");
    assert_eq!((report.verdict.phase, failure.kind), (Some(Phase::Gateway), FailureKind::Malformed));
    let told = "the channel for sending was answered early: HTTP/1.1 413 Request Entity Too Large";
    assert!(failure.detail.contains(told), "{}", failure.detail);
}

/// The connection that takes the place of one which ended with the challenge is another one too.
#[tokio::test(start_paused = true)]
async fn who_takes_over_after_the_challenge_gets_no_proof() {
    let closing = "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
    for has_key in [true, false] {
        let script = Script { schemes: vec!["NTLM"], first: Some(closing), ..Script::default() };
        let lab = Lab::new(script).with_impostor(has_key);
        let report = lab.trace(with_account()).await;
        let verdict = &report.verdict;
        assert_eq!((verdict.outcome, verdict.step.as_deref()), (Outcome::Stopped, Some("auth")));
        assert_eq!(verdict.gateway_credentials, Some(Credentials::NotAttempted));
        assert!(report.findings.iter().any(|finding| finding.code.as_str() == "gateway-account-not-used"));
        lab.settle().await;
        assert_eq!((lab.seen.proofs.load(SeqCst), lab.seen.heads.lock().expect("no panic").len()), (0, 1));
    }
}
