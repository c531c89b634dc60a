//! Gateway packets out of WebSocket messages (RFC 6455 section 5.2, MS-TSGU 2.2.10).

use super::super::{talk::Talk, track::Track};
use crate::pdu::{
    Malformed,
    websocket::{Opcode, any_frame_header},
};

/// Both directions as packets, one behind the other.
pub(super) struct Packets {
    pub client: Track<'static>,
    pub server: Track<'static>,
}

/// Takes the frames off all that is left.
pub(super) fn unframed(talk: &mut Talk<'_>) -> Packets {
    Packets { client: direction(&mut talk.client), server: direction(&mut talk.server) }
}

fn direction(track: &mut Track<'_>) -> Track<'static> {
    let mut packets = Track::inside(track);
    loop {
        let rest = track.rest();
        let header = match any_frame_header(rest) {
            Ok(Some(header)) if header.length + header.payload <= rest.len() => header,
            Ok(_) if !track.has_gap() => return packets,
            // Behind what is not kept of a long session frames go on.
            Ok(_) | Err(_) if track.resume_by(&frame_length) => {
                packets.leave_out(None);
                continue;
            }
            Ok(_) | Err(_) => {
                packets.miss();
                return packets;
            }
        };
        let mut payload = rest[header.length..header.length + header.payload].to_vec();
        if let Some(mask) = header.mask {
            payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        }
        let length = header.length + header.payload;
        let mark = track.advance(length);
        if matches!(header.opcode, Opcode::Binary | Opcode::Continuation)
            && let Some(mark) = mark
        {
            packets.push(&payload, mark);
        }
    }
}

/// The whole length of a frame.
fn frame_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    Ok(any_frame_header(bytes)?.map(|header| header.length + header.payload))
}
