//! Dynamic virtual channels as far as a server opens one (MS-RDPEDYC 2.2.1, 2.2.2).

use std::io;

use super::answer::send_data;
use super::channels::{channel, user_data};
use super::stream::{Stream, malformed, read_pdu, send};

/// DYNVC_CAPS_VERSION3, behind length and flags of a whole PDU.
const CAPABILITIES: &[u8] =
    &[12, 0, 0, 0, 3, 0, 0, 0, 0x50, 0, 3, 0, 0x33, 0x33, 0x11, 0x11, 0x3D, 0x0A, 0xA7, 4];
/// DYNVC_CREATE_REQ for channel 7; the name follows.
const CREATE: &[u8] = &[36, 0, 0, 0, 3, 0, 0, 0, 0x10, 7];
const NAME: &[u8] = b"Microsoft::Windows::RDS::Graphics\0";
/// What a client answers to them, before the version and the status.
const VERSION: &[u8] = &[4, 0, 0, 0, 3, 0, 0, 0, 0x50, 0];
const CREATED: &[u8] = &[6, 0, 0, 0, 3, 0, 0, 0, 0x10, 7];

/// Agrees on a version and asks for the channel of the graphics pipeline; the client may refuse it.
pub(super) async fn open(dynamic_channel: u16, stream: &mut dyn Stream) -> io::Result<()> {
    let create = [CREATE, NAME].concat();
    for (request, answer) in [(CAPABILITIES, VERSION), (&create, CREATED)] {
        send(stream, &send_data(dynamic_channel, request)).await?;
        let pdu = read_pdu(stream).await?;
        let answered = channel(&pdu) == Some(dynamic_channel)
            && user_data(&pdu).is_some_and(|data| data.starts_with(answer));
        if !answered {
            return Err(malformed("no answer on the channel of dynamic channels"));
        }
    }
    Ok(())
}
