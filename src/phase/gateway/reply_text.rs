//! What the answer of a gateway says to people: the words after its status and the text of its body.
//!
//! A plain-text body is shown unless it repeats what was sent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{exchange::Reply, http::AUTH_SCHEME};
use crate::{
    codes::{NTSTATUS, status_in_words},
    pdu::http::ResponseHead,
    report::GatewayAuth,
};

/// So much of a body is looked at, in bytes.
const MOST: usize = 2048;
/// So much of its text is kept, in characters.
const LONGEST: usize = 200;
/// A part of a token that is no coincidence any more.
const PART: usize = 8;

/// The text of a body that is meant to be read as it is, as one line.
pub(super) fn plain_text(head: &ResponseHead, body: &[u8]) -> Option<String> {
    let plain = head.header("content-type").is_none_or(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.starts_with("text/plain") || kind.contains("json")
    });
    let text = String::from_utf8_lossy(&body[..body.len().min(MOST)]);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    (plain && !line.is_empty() && !line.starts_with('<')).then_some(line)
}

/// Takes out what repeats the secret: some servers send the request back.
pub(super) fn forget(reply: &mut Reply, authorization: &str) {
    if reply.text.as_ref().is_some_and(|text| repeats(text, authorization)) {
        reply.text = None;
    }
    if repeats(&reply.head.reason, authorization) {
        reply.head.reason.clear();
    }
}

/// Whether a text holds a good part of what authenticates, or the password that Basic carries.
fn repeats(text: &str, authorization: &str) -> bool {
    let (scheme, token) = authorization.split_once(' ').unwrap_or(("", authorization));
    let begins = token.get(..PART).is_some_and(|part| text.contains(part));
    let pair = Zeroizing::new(STANDARD.decode(token).unwrap_or_default());
    let pair = str::from_utf8(&pair).ok().filter(|_| scheme == "Basic").and_then(|pair| pair.split_once(':'));
    begins || pair.is_some_and(|(_, password)| !password.is_empty() && text.contains(password))
}

/// What the last answer to an authentication says; words that refuse are read as the status that they stand for.
pub(super) fn note(reply: &Reply, evidence: &mut GatewayAuth) {
    let head = &reply.head;
    evidence.status = Some(head.status);
    evidence.auth_scheme = head.header(AUTH_SCHEME).map(|value| value.chars().take(LONGEST).collect());
    let refuses = head.status >= 400;
    evidence.reason = Some(head.reason.clone()).filter(|reason| refuses && !reason.is_empty());
    evidence.text = reply.text.clone().filter(|_| refuses);
    evidence.refusal = status_in_words(&head.reason).filter(|_| refuses && evidence.attempted);
}

/// The status in words with its number and its meaning.
pub(super) fn status(code: u32) -> String {
    let row = NTSTATUS.find(code);
    let (symbol, meaning) = row.map_or(("", ""), |row| (row.symbol, row.meaning));
    format!("which says {symbol} ({code:#010X}): {meaning}")
}
