//! What a Windows gateway refuses in the head of a request before it asks who the client is (RFC 9112 3.2 and 6, RFC 6455 4.2.1,
//! MS-TSGU 2.2.3.2).
//!
//! The demo is what the client of this program is tested with, so it must not take what Windows would not.

use super::http::Request;

/// The method of what the client receives, and of a WebSocket.
pub(super) const OUT_DATA: &str = "RDG_OUT_DATA";
/// The method of what the client sends.
pub(super) const IN_DATA: &str = "RDG_IN_DATA";
/// The values of RDG-Auth-Scheme.
const AUTH_SCHEMES: [&str; 3] = ["PAA", "SSPI_NTLM", "SMARTCARD"];

/// What is wrong with the head, if anything is.
pub(super) fn refusal(request: &Request) -> Option<&'static str> {
    framing(request).or_else(|| tunnel(request)).or_else(|| upgrade(request))
}

/// What every server of HTTP/1.1 demands.
fn framing(request: &Request) -> Option<&'static str> {
    let mut lengths = request.values("content-length");
    let length = lengths.next();
    let chunked = request.header("transfer-encoding");
    if request.values("host").count() != 1 || request.header("host") == Some("") {
        return Some("not exactly one Host");
    }
    if lengths.next().is_some() || length.is_some_and(|length| length.parse::<u64>().is_err()) {
        return Some("a wrong Content-Length");
    }
    if chunked.is_some_and(|coding| !coding.eq_ignore_ascii_case("chunked")) {
        return Some("an unknown Transfer-Encoding");
    }
    (length.is_some() && chunked.is_some()).then_some("two lengths of one body")
}

/// What tells the gateway which two connections belong together.
fn tunnel(request: &Request) -> Option<&'static str> {
    if ![IN_DATA, OUT_DATA].contains(&request.method.as_str()) {
        return None;
    }
    if !request.header("rdg-connection-id").is_some_and(is_guid) {
        return Some("no GUID in RDG-Connection-Id");
    }
    if !request.header("rdg-correlation-id").is_none_or(is_guid) {
        return Some("no GUID in RDG-Correlation-Id");
    }
    let known = request.header("rdg-auth-scheme").is_none_or(|scheme| AUTH_SCHEMES.contains(&scheme));
    (!known).then_some("an unknown RDG-Auth-Scheme")
}

fn upgrade(request: &Request) -> Option<&'static str> {
    if !request.upgrades_to("websocket") {
        return None;
    }
    let connection = request.header("connection").unwrap_or_default();
    if !connection.split(',').any(|option| option.trim().eq_ignore_ascii_case("upgrade")) {
        return Some("an Upgrade that Connection does not name");
    }
    if request.header("sec-websocket-version") != Some("13") {
        return Some("another Sec-WebSocket-Version than 13");
    }
    // FreeRDP sends letters in place of 16 bytes in base64, and Windows takes them.
    request.header("sec-websocket-key").is_none_or(str::is_empty).then_some("no Sec-WebSocket-Key")
}

/// Whether it is written as Windows writes a GUID: {8-4-4-4-12}.
fn is_guid(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return false };
    let parts: Vec<&str> = inner.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
