//! Gateway packets out of the bodies of two connections (MS-TSGU 3.3.3, RFC 9112 section 7.1).

use super::super::track::{Closing, Track, Word};
use crate::pdu::http::chunk_line;

/// The end of a line, and of a chunk.
const LINE_END: usize = 2;

/// What is left of a direction without its framing.
pub(super) fn body(track: &mut Track<'_>, chunked: bool) -> Track<'static> {
    let mut body = Track::inside(track);
    let is_whole = if chunked { chunks(track, &mut body) } else { plain(track, &mut body) };
    if !is_whole || body.closing.is_none_or(|closing| closing.word != Word::End) && track.has_gap() {
        body.miss();
    }
    body
}

fn plain(track: &mut Track<'_>, body: &mut Track<'static>) -> bool {
    while let Some(mark) = track.next() {
        let length = track.until_next_mark();
        body.push(&track.rest()[..length], mark);
        track.advance(length);
    }
    true
}

/// Takes chunks, also what has come of the last one; false for what is none.
fn chunks(track: &mut Track<'_>, body: &mut Track<'static>) -> bool {
    loop {
        let rest = track.rest();
        let (line, size) = match chunk_line(rest) {
            Ok(Some(found)) => found,
            Ok(None) => return true,
            Err(_) => return false,
        };
        let content: Vec<u8> = rest[line..].iter().take(size).copied().collect();
        let whole = line + size + LINE_END;
        let taken = rest.len().min(whole);
        let Some(mark) = track.advance(taken) else { return true };
        if size == 0 {
            body.closing = Some(Closing { word: Word::End, mark });
            return true;
        }
        body.push(&content, mark);
        if taken < whole {
            return true;
        }
    }
}

/// Whichever of two words was the first.
pub(super) fn first(one: Option<Closing>, other: Option<Closing>) -> Option<Closing> {
    one.into_iter().chain(other).min_by_key(|closing| (closing.mark.at, closing.mark.packet))
}
