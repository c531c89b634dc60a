//! The server's answer to the SYN of RDP-UDP (MS-RDPEUDP 3.1.5.1.3); the transport itself is not there.

use std::{io, net::SocketAddr};

use tokio::net::UdpSocket;

use crate::pdu::rdpudp::{ACK, MTU, Setup};

/// The server's first sequence number; an invented server may always begin with the same.
const SEQUENCE_NUMBER: u32 = 0x5244_5000;

/// What a datagram is answered with; nothing but a whole SYN is.
pub fn answer(datagram: &[u8]) -> Option<Vec<u8>> {
    // An answer is never longer than the question, so that nobody can be flooded by a false sender.
    let setup = Setup::parse(datagram).ok().filter(|_| datagram.len() >= usize::from(MTU))?;
    (setup.flags & ACK == 0).then(|| setup.answer(SEQUENCE_NUMBER))
}

/// Answers at this address until dropped.
///
/// # Errors
/// The address is not free.
pub async fn answer_udp(address: SocketAddr) -> io::Result<()> {
    let socket = UdpSocket::bind(address).await?;
    let mut bytes = vec![0; 2048];
    loop {
        // An error is what ICMP says of an earlier answer.
        let Ok((length, client)) = socket.recv_from(&mut bytes).await else { continue };
        if let Some(reply) = answer(&bytes[..length]) {
            let _ = socket.send_to(&reply, client).await;
        }
    }
}
