//! What the answers of a proxy mean, whoever asked it.

use crate::{
    codes::SOCKS_REPLY,
    endpoint::place,
    pdu::{http::ResponseHead, socks},
    report::{Failure, FailureKind, ProxyEvidence, Speaker},
};

/// The same of the proxy, with its name.
pub(crate) fn of_proxy(mut failure: Failure, evidence: &ProxyEvidence) -> Failure {
    let name = format!("the proxy {}", place(&evidence.host, evidence.port));
    failure.detail = match failure.kind {
        FailureKind::ProxyRefused => format!("{name} {}", failure.detail),
        _ => format!("{name} gave no answer to go on with: {}", failure.detail),
    };
    failure.of(Speaker::Proxy)
}

/// What the final answer to CONNECT says.
///
/// # Errors
/// `proxy_refused` with the status.
pub(crate) fn answered(head: &ResponseHead, evidence: &mut ProxyEvidence) -> Result<(), Failure> {
    evidence.status = Some(head.status);
    evidence.reason = Some(head.reason.clone());
    evidence.server = head.header("server").map(str::to_owned);
    evidence.via = head.header("via").map(str::to_owned);
    evidence.schemes = head.proxy_challenges().into_iter().map(|challenge| challenge.scheme).collect();
    if (200..300).contains(&head.status) {
        return Ok(());
    }
    let reason = Some(head.reason.as_str()).filter(|reason| !reason.is_empty());
    let words = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    let schemes = match evidence.schemes.is_empty() {
        true => String::new(),
        false => format!("; it takes {}", evidence.schemes.join(", ")),
    };
    let to = &evidence.asked_for;
    let detail = format!("answered {}{words} to CONNECT {to}{schemes}", head.status);
    Err(refused(detail, head.status.into(), reason))
}

/// What a choice among the methods that were offered says.
///
/// # Errors
/// `proxy_refused` with the method, if it is none of them.
pub(crate) fn chosen(method: u8, offered: &[u8], evidence: &mut ProxyEvidence) -> Result<(), Failure> {
    evidence.method = Some(method);
    match method {
        _ if offered.contains(&method) && method != socks::NO_METHOD => Ok(()),
        socks::NO_METHOD => Err(reply("takes none of the ways to authenticate that it was offered", method)),
        // A method is no reply: the numbers of both mean different things.
        socks::ACCOUNT => {
            Err(refused("wants a user name and a password, SOCKS method 2".to_owned(), 2, None))
        }
        other => {
            let detail = format!("wants the SOCKS method {other}, which was not offered");
            Err(refused(detail, other.into(), None))
        }
    }
}

/// What the answer to an account says (RFC 1929): any status but 0 is a refusal.
///
/// # Errors
/// `proxy_refused` with the status.
pub(crate) fn logged_on(status: u8) -> Result<(), Failure> {
    match status {
        0 => Ok(()),
        status => Err(refused(format!("refused the account with status {status}"), status.into(), None)),
    }
}

/// What the answer to a request says; `success` is the number that means it.
///
/// # Errors
/// `proxy_refused` with the number.
pub(crate) fn replied(code: u8, success: u8, evidence: &mut ProxyEvidence) -> Result<(), Failure> {
    evidence.reply = Some(code);
    match code {
        code if code == success => Ok(()),
        code => Err(reply(&format!("does not connect to {}", evidence.asked_for), code)),
    }
}

fn reply(what: &str, code: u8) -> Failure {
    let row = SOCKS_REPLY.find(code.into());
    let meaning = row.as_ref().map_or("no table knows it", |row| row.meaning);
    refused(format!("{what}, SOCKS {code}: {meaning}"), code.into(), SOCKS_REPLY.symbol(code.into()))
}

fn refused(detail: String, code: u32, name: Option<&str>) -> Failure {
    Failure::new(FailureKind::ProxyRefused, detail).with_code(code, name)
}
