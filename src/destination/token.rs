//! A routing token as people type it: examples write its end on the wire, CR LF, as `\r\n` (MS-RDPBCGR 2.2.1.1).
//!
//! The token replaces the cookie in every connection of the run; `no-cookie` leaves both out. A typed line end
//! (`\r\n`, `\r`, `\n`) becomes the CR LF of the wire, from an option and from a file alike, and is mentioned.
//! Elsewhere in the token `\r\n` is refused; the others are sent, because a user behind a domain may be called so.

pub use crate::pdu::x224::LONGEST_TOKEN;

/// What stands for an end of line, or is one, the longest first.
const ENDS: [&str; 6] = [r"\r\n", r"\r", r"\n", "\r\n", "\r", "\n"];
/// As many of them are two characters each that somebody typed.
const TYPED: usize = 3;

/// The token without its end, however that was typed: the wire gets CR LF once.
pub fn without_end(token: &str) -> &str {
    let mut token = token;
    while let Some(before) = ENDS.iter().find_map(|end| token.strip_suffix(end)) {
        token = before;
    }
    token
}

/// The first typed end of line that stands elsewhere in the token; a name behind a domain may begin like one.
pub fn typed_inside(token: &str) -> Option<&'static str> {
    let inside = without_end(token);
    ENDS[..TYPED].iter().copied().find(|typed| inside.contains(typed))
}
