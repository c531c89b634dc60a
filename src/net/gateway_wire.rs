//! The wires of an RD Gateway: its packets over WebSocket or over two HTTP bodies, and the data of the channel over those.

use super::{
    codec::CodecStream,
    dual::{Bodies, Dual},
    tunnel::{SharedRemarks, Tunnel},
    websocket::WebSocket,
    wire::{Parts, Wire},
};
use crate::report::Speaker;

impl Wire {
    /// The packets inside the WebSocket that this connection has become.
    pub fn into_websocket(self) -> Self {
        let Parts { stream, unread, frames, limits } = self.into_parts();
        let stream = Box::new(CodecStream::new(stream, WebSocket::default(), unread));
        Self::over(stream, limits, frames).sheltered().of(Speaker::Gateway)
    }

    /// The packets in the response on this connection and in the request on the other.
    pub fn into_dual(self, sending: Self, chunked: bool) -> Self {
        let Parts { stream, unread, frames, limits } = self.into_parts();
        let receiving = CodecStream::new(stream, Bodies::received(chunked), unread);
        let Parts { stream, unread, .. } = sending.into_parts();
        let sending = CodecStream::new(stream, Bodies::sent(), unread);
        let dual = Dual { receiving: Box::new(receiving), sending: Box::new(sending), answered: false };
        Self::over(Box::new(dual), limits, frames).sheltered().of(Speaker::Gateway)
    }

    /// The data of the channel that was opened on this wire of packets.
    pub fn into_channel(self, remarks: SharedRemarks) -> Self {
        let Parts { stream, unread, frames, limits } = self.into_parts();
        Self::over(Box::new(CodecStream::new(stream, Tunnel::new(remarks), unread)), limits, frames)
    }
}
