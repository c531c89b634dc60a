//! NTLM under the name Negotiate, bare or in SPNEGO, whichever the gateway understands.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::report::{Credentials, GatewayAuth, Report};

use super::{
    acceptor::Form,
    lab::{Lab, with_account},
    packets::Carrier,
    script::Script,
};

const PLAIN: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";
/// negState reject.
const REJECTS: &str =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate oQcwBaADCgEC\r\nContent-Length: 0\r\n\r\n";
const CLOSES: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const FAILS: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

fn negotiate() -> Script {
    Script { schemes: vec!["Negotiate"], ..Script::default() }
}

fn auth(report: &Report) -> &GatewayAuth {
    let through = report.trace.connections[0].phases.gateway.as_ref().expect("a gateway");
    &through.evidence.steps.auth.as_ref().expect("auth").evidence
}

#[tokio::test(start_paused = true)]
async fn bare_ntlm_comes_first_as_mstsc_sends_it() {
    let lab = Lab::new(Script { only: Some((Form::Bare, FAILS)), ..negotiate() });
    let report = lab.trace(with_account()).await;
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Verified), "{}", report.verdict.summary);
    assert_eq!((auth(&report).form.as_deref(), auth(&report).other_form_status), (Some("bare"), None));
}

/// Nothing of the password is in the first token, so it may be sent in both forms.
#[tokio::test(start_paused = true)]
async fn the_other_form_is_tried_once_where_the_first_is_not_understood() {
    for (answer, status, connections) in
        [(PLAIN, 401, 1), (REJECTS, 401, 1), (FAILS, 500, 1), (CLOSES, 400, 2)]
    {
        let lab = Lab::new(Script { only: Some((Form::Spnego, answer)), ..negotiate() });
        let report = lab.trace(with_account()).await;
        let verdict = &report.verdict;
        assert_eq!(verdict.gateway_credentials, Some(Credentials::Verified), "{answer}: {}", verdict.summary);
        let seen = auth(&report);
        assert_eq!((seen.form.as_deref(), seen.other_form_status), (Some("spnego"), Some(status)));
        assert_eq!((lab.seen.proofs.load(SeqCst), lab.seen.connections.load(SeqCst)), (1, connections));
    }
}

#[tokio::test(start_paused = true)]
async fn either_form_is_taken_in_the_answer() {
    for only in [None, Some((Form::Spnego, FAILS))] {
        let lab = Lab::new(Script { crossed: true, only, ..negotiate() });
        let report = lab.trace(with_account()).await;
        let verdict = &report.verdict;
        assert_eq!(verdict.gateway_credentials, Some(Credentials::Verified), "{only:?}: {}", verdict.summary);
        assert_eq!(lab.seen.proofs.load(SeqCst), 1);
    }
}

/// The second of two connections is spoken to as the first was.
#[tokio::test(start_paused = true)]
async fn a_second_connection_begins_with_the_form_that_was_understood() {
    let only = Some((Form::Spnego, FAILS));
    let lab = Lab::new(Script { only, carrier: Carrier::Bodies, ..negotiate() });
    let report = lab.trace(with_account()).await;
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Verified), "{}", report.verdict.summary);
    let heads = lab.seen.heads.lock().expect("no panic");
    let second =
        heads.iter().filter(|head| head.starts_with("RDG_IN_DATA") && head.contains("Authorization"));
    assert_eq!(second.count(), 2, "one token and one proof: {heads:?}");
}

/// A refusal of both forms is one of the scheme; a failure of both is the gateway's own.
#[tokio::test(start_paused = true)]
async fn what_understands_neither_form_has_judged_no_password() {
    for (begun, finding, cause) in [
        (PLAIN, "gateway-scheme-refused", "gateway-scheme-refused"),
        (CLOSES, "gateway-scheme-refused", "gateway-scheme-refused"),
        (FAILS, "gateway-http-refused", "gateway-account-service-failed"),
    ] {
        let lab = Lab::new(Script { begun: Some(begun), ..negotiate() });
        let report = lab.trace(with_account()).await;
        let verdict = &report.verdict;
        assert_eq!(verdict.gateway_credentials, Some(Credentials::NotAttempted), "{}", verdict.summary);
        assert!(report.findings.iter().any(|found| found.code.as_str() == finding), "{}", verdict.summary);
        assert_eq!(report.causes[0].code.as_str(), cause, "{}", verdict.summary);
        assert_eq!((auth(&report).requests, lab.seen.proofs.load(SeqCst)), (2, 0), "{}", verdict.summary);
    }
}
