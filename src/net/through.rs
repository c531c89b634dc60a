//! From the wire to an RD Gateway to the one through it: WebSocket or dual HTTP channel below, the channel's data above.

use super::{
    Wire,
    coded::Coded,
    dual::{Bodies, Dual},
    tunnel::{SharedRemarks, Tunnel},
    websocket::WebSocket,
};
use crate::report::Speaker;

impl Wire {
    /// The packets inside the WebSocket that this connection has become.
    pub fn into_websocket(self) -> Self {
        let (stream, pending, frames, limits) = self.into_parts();
        let stream = Box::new(Coded::new(stream, WebSocket::default(), pending));
        Self::over(stream, limits, frames).sheltered().of(Speaker::Gateway)
    }

    /// The packets in the response on this connection and in the request on the other.
    pub fn into_dual(self, sending: Self, chunked: bool) -> Self {
        let (receiving, pending, frames, limits) = self.into_parts();
        let (sending, early, _, _) = sending.into_parts();
        let receiving = Coded::new(receiving, Bodies::received(chunked), pending);
        let sending = Coded::new(sending, Bodies::sent(), early);
        let dual = Dual { receiving: Box::new(receiving), sending: Box::new(sending), answered: false };
        Self::over(Box::new(dual), limits, frames).sheltered().of(Speaker::Gateway)
    }

    /// The data of the channel that was opened on this wire of packets.
    pub fn into_channel(self, remarks: SharedRemarks) -> Self {
        let (stream, pending, frames, limits) = self.into_parts();
        Self::over(Box::new(Coded::new(stream, Tunnel::new(remarks), pending)), limits, frames)
    }
}
