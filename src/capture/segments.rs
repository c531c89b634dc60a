//! The packets that a connection may have had: an opening, its bytes at their times, its ends, each with right numbers and sums.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use etherparse::{IpHeaders, Ipv4Header, Ipv6Header, PacketBuilder, TcpHeader, TcpOptionElement, ip_number};

use super::{
    acts::{self, Act, LONGEST},
    item::Note,
};
use crate::flow::{At, Flow, How, Side, Stream};

/// A window so large that it is never full: 65,535 times 2 to the 8.
const WINDOW: u16 = u16::MAX;
const SCALE: u8 = 8;

/// How far a packet goes if nothing says so.
const TTL: u8 = 64;

/// Who is told of a packet: when it came, its bytes from IP on, and what is to be noted of it.
pub(super) type Tell<'t> = &'t mut dyn FnMut(At, &[u8], Option<Note<'_>>) -> io::Result<()>;

/// Tells every packet of a connection, in the order of their times.
pub(super) fn each(flow: &Flow, tell: Tell<'_>) -> io::Result<()> {
    let mut pair = Pair::of(flow);
    if !pair.open(flow, tell)? {
        return Ok(());
    }
    let of = |side| acts::of(flow, side).into_iter().map(move |(when, act)| (when, side, act));
    let mut acts: Vec<_> = of(Side::Client).chain(of(Side::Server)).collect();
    acts.sort_by_key(|(when, ..)| *when);
    acts.into_iter().try_for_each(|((at, _), side, act)| match act {
        Act::Bytes(before, bytes) => {
            let host = pair.host(side);
            host.next = host.after(before);
            pair.send(at, side, |header| header.psh = true, bytes, tell)
        }
        Act::LeftOut(records) => {
            pair.note = Some(Note::LeftOut(records));
            Ok(())
        }
        Act::End(how) => {
            let host = pair.host(side);
            host.next = host.after(host.total);
            pair.end(at, side, how, tell)
        }
    })
}

/// Both ends, so far.
pub(super) struct Pair {
    client: Host,
    server: Host,
    /// What is to be noted of the next packet.
    note: Option<Note<'static>>,
}

/// One end.
struct Host {
    address: SocketAddr,
    ttl: u8,
    mss: u16,
    /// The sequence number of its SYN.
    first: u32,
    /// The sequence number that is due next.
    next: u32,
    total: u64,
    identification: u16,
}

impl Pair {
    /// Those of a connection that has not begun.
    pub(super) fn of(flow: &Flow) -> Self {
        let (client, server) = same_family(flow.client, flow.server);
        // A connection with the ports of another has other numbers.
        let first = (flow.began / 1000) as u32;
        let host = |address, stream: &Stream| Host {
            address,
            ttl: stream.packets.ttl.unwrap_or(TTL),
            mss: stream.packets.mss.unwrap_or(LONGEST as u16),
            first,
            next: first,
            total: stream.total,
            identification: 0,
        };
        Self { client: host(client, &flow.from_client), server: host(server, &flow.from_server), note: None }
    }

    /// Tells of the opening; whether there was more than that.
    pub(super) fn open(&mut self, flow: &Flow, tell: Tell<'_>) -> io::Result<bool> {
        let opening = &flow.opening;
        let syn = opening.syn.unwrap_or(flow.began);
        self.send(syn, Side::Client, |header| header.syn = true, b"", tell)?;
        let (client, server) = (&flow.from_client, &flow.from_server);
        let answered = opening.syn_ack.is_some() || client.total + server.total > 0;
        match server.end {
            Some(end) if !answered && end.how == How::Rst => {
                self.server.next = 0;
                self.send(end.at, Side::Server, |header| header.rst = true, b"", tell)?;
                return Ok(false);
            }
            None if !answered => return Ok(false),
            _ => {}
        }
        let syn_ack = opening.syn_ack.unwrap_or(syn);
        self.send(syn_ack, Side::Server, |header| header.syn = true, b"", tell)?;
        self.send(opening.ack.unwrap_or(syn_ack), Side::Client, |_| (), b"", tell)?;
        Ok(true)
    }

    /// Tells of bytes that follow those before.
    pub(super) fn bytes(&mut self, at: At, side: Side, bytes: &[u8], tell: Tell<'_>) -> io::Result<()> {
        bytes.chunks(LONGEST).try_for_each(|part| self.send(at, side, |header| header.psh = true, part, tell))
    }

    /// Tells of an end.
    pub(super) fn end(&mut self, at: At, side: Side, how: How, tell: Tell<'_>) -> io::Result<()> {
        match how {
            How::Rst => self.send(at, side, |header| header.rst = true, b"", tell),
            How::Fin => {
                self.send(at, side, |header| header.fin = true, b"", tell)?;
                self.send(at, side.other(), |_| (), b"", tell)
            }
        }
    }

    /// Tells of a segment, and counts what it carries.
    fn send(
        &mut self,
        at: At,
        by: Side,
        flag: fn(&mut TcpHeader),
        payload: &[u8],
        tell: Tell<'_>,
    ) -> io::Result<()> {
        let to = self.host(by.other());
        let (destination, ack) = (to.address, to.next);
        let host = self.host(by);
        let mut tcp = TcpHeader::new(host.address.port(), destination.port(), host.next, WINDOW);
        flag(&mut tcp);
        // The client's SYN alone acknowledges nothing.
        tcp.ack = !(tcp.syn && by == Side::Client);
        tcp.acknowledgment_number = if tcp.ack { ack } else { 0 };
        if tcp.syn {
            let options =
                [TcpOptionElement::MaximumSegmentSize(host.mss), TcpOptionElement::WindowScale(SCALE)];
            tcp.set_options(&options).map_err(io::Error::other)?;
        }
        host.next = host.next.wrapping_add(payload.len() as u32 + u32::from(tcp.syn) + u32::from(tcp.fin));
        host.identification = host.identification.wrapping_add(1);
        let ip = host.ip(destination).ok_or_else(|| io::Error::other("two families of addresses"))?;
        let mut packet = Vec::new();
        PacketBuilder::ip(ip).tcp_header(tcp).write(&mut packet, payload).map_err(io::Error::other)?;
        tell(at, &packet, self.note.take())
    }

    fn host(&mut self, side: Side) -> &mut Host {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Host {
    /// The sequence number of the byte after so many others.
    fn after(&self, sent: u64) -> u32 {
        self.first.wrapping_add(1).wrapping_add(sent as u32)
    }

    fn ip(&self, to: SocketAddr) -> Option<IpHeaders> {
        match (self.address.ip(), to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let mut header =
                    Ipv4Header::new(0, self.ttl, ip_number::TCP, from.octets(), to.octets()).ok()?;
                header.identification = self.identification;
                Some(IpHeaders::Ipv4(header, Default::default()))
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                let (source, destination, hop_limit) = (from.octets(), to.octets(), self.ttl);
                let header = Ipv6Header { source, destination, hop_limit, ..Default::default() };
                Some(IpHeaders::Ipv6(header, Default::default()))
            }
            _ => None,
        }
    }
}

/// Two addresses of one family: IPv4 if both are, also as IPv6 writes it.
fn same_family(client: SocketAddr, server: SocketAddr) -> (SocketAddr, SocketAddr) {
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let (client, server) = (plain(client), plain(server));
    let mapped = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    };
    if client.is_ipv4() == server.is_ipv4() { (client, server) } else { (mapped(client), mapped(server)) }
}
