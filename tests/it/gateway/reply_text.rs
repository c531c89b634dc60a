//! What a gateway says in words: after a status, in a body, and in headers of its own.

use rdptrace::{
    Report,
    report::{Credentials, GatewayAuth},
    settings::GatewayAuthentication,
};

use super::{
    acceptor::PASSWORD,
    lab::{Lab, anonymous, with_account},
    packets::Carrier,
    rows::ntlm,
    script::Script,
};
use crate::scenarios::page;

const RESTRICTED: &str = "HTTP/1.1 401 User Account Restricted\r\nServer: Microsoft-HTTPAPI/2.0\r\n\
                          RDG-Auth-Scheme: SMARTCARD\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\
                          WWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
const NOBODY: &str = "HTTP/1.1 401 No Logon Servers Available\r\nContent-Length: 0\r\n\r\n";
const OWNED: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 41\r\n\r\n\
                     Tunnel is owned by a different session.\r\n";

fn auth(report: &Report) -> &GatewayAuth {
    let through = report.trace.connections[0].phases.gateway.as_ref().expect("a gateway");
    &through.evidence.steps.auth.as_ref().expect("auth").evidence
}

/// The password was right: the words say what is wrong instead.
#[tokio::test(start_paused = true)]
async fn the_words_of_a_refusal_name_the_state_of_the_account() {
    let report = Lab::new(Script { after_proof: Some(RESTRICTED), ..ntlm() }).trace(with_account()).await;
    let seen = auth(&report);
    assert_eq!(seen.reason.as_deref(), Some("User Account Restricted"));
    assert_eq!((seen.refusal, seen.auth_scheme.as_deref()), (Some(0xC000_006E), Some("SMARTCARD")));
    let verdict = &report.verdict;
    assert_eq!(verdict.gateway_credentials, Some(Credentials::Refused));
    assert!(verdict.mstsc.is_none(), "nobody has seen what mstsc shows: {:?}", verdict.mstsc);
    let causes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
    assert_eq!(causes, ["account-restricted"], "{}", verdict.summary);
    let page = page(&report).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["401 User Account Restricted", "STATUS_ACCOUNT_RESTRICTION", "SMARTCARD", "Protected Users"]
    {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_cannot_ask_for_the_account_has_not_refused_it() {
    let report = Lab::new(Script { after_proof: Some(NOBODY), ..ntlm() }).trace(with_account()).await;
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::NotVerifiable));
    assert_eq!(report.causes[0].code.as_str(), "gateway-account-service-failed");
}

#[tokio::test(start_paused = true)]
async fn the_text_of_a_refusal_on_the_second_connection_is_shown() {
    for (schemes, gateway) in [(vec![], anonymous()), (vec!["NTLM"], with_account())] {
        let script = Script { carrier: Carrier::Bodies, second: Some(OWNED), schemes, ..Script::default() };
        let report = Lab::new(script).trace(gateway).await;
        let detail = report.verdict.failure.as_ref().expect("it failed").detail.clone();
        assert!(detail.ends_with("Tunnel is owned by a different session."), "{detail}");
    }
}

/// Some servers send back what they were sent.
#[tokio::test(start_paused = true)]
async fn an_answer_that_repeats_the_secret_is_not_shown() {
    let body = format!("no account has the password {PASSWORD}");
    let length = body.len();
    let answer =
        format!("HTTP/1.1 500 {body}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}");
    let script = Script { schemes: vec!["Basic"], after_proof: Some(answer.leak()), ..Script::default() };
    let gateway = with_account().authentication(GatewayAuthentication::Basic);
    let report = Lab::new(script).trace(gateway).await;
    assert_eq!(report.causes[0].code.as_str(), "gateway-account-service-failed");
    let json = serde_json::to_string(&report).expect("JSON");
    assert!(!json.contains(PASSWORD), "{json}");
}
