//! The packets of a scripted gateway, and what it passes on to the demo server.

use std::{
    io,
    sync::{Arc, atomic::Ordering::SeqCst},
};

use rdptrace::internal::pdu::tsgu::{self, Packet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{
    packets::Packets,
    script::{Script, Seen},
};
use crate::{demo::pipe, lab::fault};

/// Answers as the script says, until the channel is open.
pub(super) async fn packets(mut way: Packets, script: &Script, seen: &Arc<Seen>) -> io::Result<()> {
    loop {
        let packet = way.receive().await?;
        seen.pongs.store(way.pongs, SeqCst);
        if let Some(bytes) = script.garbage {
            way.send_bytes(bytes).await?;
            return std::future::pending().await;
        }
        if packet.kind == script.silent {
            return std::future::pending().await;
        }
        let Some((kind, body)) = response(&packet, script) else { continue };
        way.send(&Packet { kind, body }).await?;
        if kind == tsgu::CHANNEL_RESPONSE && script.channel == 0 {
            return data(way, script, seen).await;
        }
    }
}

fn response(packet: &Packet, script: &Script) -> Option<(u16, Vec<u8>)> {
    let code = |code: u32| code.to_le_bytes().to_vec();
    Some(match packet.kind {
        tsgu::HANDSHAKE_REQUEST => {
            (tsgu::HANDSHAKE_RESPONSE, [code(script.handshake), vec![1, 0, 0, 0, 0, 0]].concat())
        }
        tsgu::TUNNEL_CREATE => (tsgu::TUNNEL_RESPONSE, tunnel_response(packet, script)),
        tsgu::TUNNEL_AUTH => {
            let fields = [vec![3, 0, 0, 0], code(0x8), code(30)].concat();
            (tsgu::TUNNEL_AUTH_RESPONSE, [code(script.authorize), fields].concat())
        }
        tsgu::CHANNEL_CREATE => {
            (tsgu::CHANNEL_RESPONSE, [code(script.channel), vec![1, 0, 0, 0], code(5)].concat())
        }
        _ => return None,
    })
}

fn tunnel_response(packet: &Packet, script: &Script) -> Vec<u8> {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let told = script.token.is_none_or(|token| {
        let token = wide(token);
        packet.body.windows(token.len()).any(|window| window == token)
    });
    let status = if told { script.tunnel } else { 0x8007_59F8 };
    let fields: u16 = if script.consent.is_some() { 0x13 } else { 0x3 };
    let mut body = vec![1, 0];
    body.extend(status.to_le_bytes());
    body.extend(fields.to_le_bytes());
    body.extend([0, 0]);
    body.extend(7_u32.to_le_bytes());
    body.extend(0x3F_u32.to_le_bytes());
    if let Some(text) = script.consent {
        let text = wide(text);
        body.extend(u16::try_from(text.len()).expect("short").to_le_bytes());
        body.extend(text);
    }
    body
}

/// Between the client and the demo server, with a keepalive and a message first.
async fn data(mut way: Packets, script: &Script, seen: &Arc<Seen>) -> io::Result<()> {
    let (server, _reset, _task) = pipe::connect(script.server.map(fault));
    let (mut from, mut to) = tokio::io::split(server);
    way.send(&Packet { kind: tsgu::KEEPALIVE, body: Vec::new() }).await?;
    let text: Vec<u8> = "maintenance tonight".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(text.len()).expect("short").to_le_bytes().to_vec();
    way.send(&Packet { kind: tsgu::SERVICE_MESSAGE, body: [length, text].concat() }).await?;
    let mut came = 0;
    let mut chunk = [0; 4096];
    loop {
        tokio::select! {
            packet = way.receive() => {
                let packet = packet?;
                match packet.kind {
                    tsgu::DATA => {
                        came += 1;
                        to.write_all(&packet.body[2..]).await?;
                    }
                    tsgu::KEEPALIVE => {
                        seen.keepalives.fetch_add(1, SeqCst);
                    }
                    tsgu::CLOSE_CHANNEL => {
                        seen.farewells.fetch_add(1, SeqCst);
                        while way.receive().await.is_ok() {}
                        *seen.messages.lock().expect("no panic") = way.messages;
                        *seen.closing.lock().expect("no panic") = way.closing;
                        return Ok(());
                    }
                    _ => {}
                }
                match script.close.filter(|(after, _)| came == *after) {
                    Some((_, Some(status))) => {
                        let body = status.to_le_bytes().to_vec();
                        way.send(&Packet { kind: tsgu::CLOSE_CHANNEL, body }).await?;
                        return std::future::pending().await;
                    }
                    Some((_, None)) => return Ok(()),
                    None => {}
                }
            }
            count = from.read(&mut chunk) => {
                let count = count?;
                if count == 0 {
                    let body = 0xA0_u32.to_le_bytes().to_vec();
                    way.send(&Packet { kind: tsgu::CLOSE_CHANNEL, body }).await?;
                    return Ok(());
                }
                let length = u16::try_from(count).expect("4096").to_le_bytes().to_vec();
                way.send(&Packet { kind: tsgu::DATA, body: [length, chunk[..count].to_vec()].concat() }).await?;
            }
        }
    }
}
