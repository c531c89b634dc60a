//! Names what answers in place of an RDP server, by its first bytes.
//!
//! This alone names other services, before TLS and in its place: by text, by magic bytes, or by a correct length and
//! a type. Only a port that said nothing is asked as a web server, because whoever speaks has named itself. The
//! answer is `not_rdp`, and is no reaction that has silence repeated.

mod binary;
mod text;

use super::Malformed;

/// How many bytes are shown of what is no text.
const SHOWN: usize = 8;

/// What the peer speaks, with what shows it; none for bytes that tell nothing.
pub fn speaks(bytes: &[u8]) -> Option<String> {
    if is_tls(bytes) {
        return Some("TLS, from the first byte on".to_owned());
    }
    if let Some(name) = text::named(bytes) {
        return Some(name);
    }
    // TPKT (RFC 1006) with an X.224 data TPDU, in which RDP says everything after its negotiation.
    if let [3, 0, _, _, 2, 0xF0, 0x80, ..] = bytes {
        return Some(format!("RDP without TLS ({})", shown(bytes)));
    }
    if let Some(name) = binary::named(bytes) {
        return Some(format!("{name} ({})", shown(bytes)));
    }
    let line = text::first_line(bytes);
    (line.len() >= 4).then(|| format!("another text protocol ({line})"))
}

/// What the peer speaks in a TPKT frame that is no answer to this Connection Request.
pub fn speaks_in_tpkt(frame: &[u8], request: &[u8]) -> Option<String> {
    match frame {
        _ if frame == request => Some("an echo: it sends back what it is sent".to_owned()),
        // Q.931, protocol discriminator 8, where X.224 has a length indicator of at least 6.
        [3, 0, _, _, 8, reference, ..] if *reference <= 2 => Some(format!("H.323 ({})", shown(frame))),
        // The confirm of ISO transport class 0 (RFC 905 section 13.4), whose parameters RDP has none of.
        [3, 0, _, _, _, 0xD0, _, _, _, _, _, 0xC0..=0xC2, ..] => {
            Some(format!("ISO-TSAP, such as a controller of machines ({})", shown(frame)))
        }
        _ => None,
    }
}

/// HTTP with its status line, or the title of a page that comes without one.
pub fn http(bytes: &[u8]) -> Option<String> {
    text::http(bytes)
}

/// Whether these bytes can begin a TLS record, which begins with a type from 20 to 23 and version 3.x; nothing can, too.
pub fn begins_record(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|kind| (20..=23).contains(kind)) && bytes.get(1).is_none_or(|major| *major == 3)
}

/// Says too where a message that cannot be read is a page of HTTP: whoever sends it stands in between.
pub fn explained(malformed: Malformed, bytes: &[u8]) -> Malformed {
    match http(bytes) {
        Some(name) => Malformed(format!("{malformed}; it is {name}")),
        None => malformed,
    }
}

/// A TLS record: a type from 20 to 23 and version 3.x.
fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=23, 3, 0..=4, ..])
}

/// The first bytes as hex.
fn shown(bytes: &[u8]) -> String {
    let head: Vec<String> = bytes.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > SHOWN { " ..." } else { "" };
    format!("{}{more}", head.join(" "))
}
