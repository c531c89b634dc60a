//! Whether the server answers RDP-UDP: a padded SYN, three tries, and one ACK after its answer (MS-RDPEUDP 3.1.5.1).
//!
//! UDP is no phase, because the connection over TCP passes without it: the result is `udp` in the report, made after
//! the traced connections and before the experiments. Only a SYN+ACK that acknowledges our number proves anything.
//! ICMP means closed; silence is inconclusive, because a server may demand the cookie of a connection over TCP. The
//! correlation id is its own: none is sent over TCP, which some servers dislike.

use std::{io, net::SocketAddr, time::Duration};

use crate::{
    net::{BoxDatagrams, Instant, Network, receive_until},
    pdu::{
        rdpudp::{self, Setup},
        words::words,
    },
    random::random,
    report::{Connection, Status, Udp, UdpOutcome},
    settings::Settings,
};

const TRIES: u32 = 3;
/// How long each try waits.
const PATIENCE: Duration = Duration::from_millis(500);

const SILENT: &str = "nothing answers, which does not say why: UDP may be dropped on the way, switched off on the server, \
                      or answered only after TCP has agreed on it";
const FOREIGN: &str = "something answers, but nothing that acknowledges the SYN: it may be another service";

/// Asks at the address that TCP connected to, until `end` at most.
pub(super) async fn udp(
    network: &dyn Network,
    settings: &Settings,
    traced: &Connection,
    end: Instant,
) -> Udp {
    let begin = Instant::now();
    let mut seen = nothing();
    match destination(settings, traced) {
        Ok(address) => {
            seen.address = Some(address);
            if let Err(error) = ask(network, address, end, &mut seen).await {
                note(&mut seen, &error);
            }
        }
        Err(why) => seen.why = Some(why.to_owned()),
    }
    seen.elapsed_ms = begin.elapsed().into();
    seen
}

fn destination(settings: &Settings, traced: &Connection) -> Result<SocketAddr, &'static str> {
    if settings.route.gateway.is_some() {
        return Err("the way leads through a gateway, where UDP goes another way than a SYN to the server");
    }
    if settings.route.proxy.is_some() {
        return Err("the way leads through a proxy, which carries no UDP");
    }
    let connect = traced.phases.connect.as_ref().filter(|record| record.status == Status::Passed);
    connect
        .and_then(|record| record.evidence.peer)
        .ok_or("no connection over TCP was opened, so it is not known where to ask")
}

fn nothing() -> Udp {
    Udp {
        outcome: UdpOutcome::NotAsked,
        why: None,
        address: None,
        tries: 0,
        sent_bytes: 0,
        correlation_id: None,
        elapsed_ms: Duration::ZERO.into(),
        round_trip_ms: None,
        version: None,
        upstream_mtu: None,
        downstream_mtu: None,
        receive_window: None,
        received_bytes: None,
        other_datagrams: 0,
        other_head: None,
        error: None,
        watched: None,
    }
}

async fn ask(network: &dyn Network, address: SocketAddr, end: Instant, seen: &mut Udp) -> io::Result<()> {
    let socket = network.datagrams(address).await?;
    let sequence_number = u32::from_be_bytes(random());
    let correlation_id = rdpudp::correlation_id(random());
    let syn = rdpudp::syn(sequence_number, &correlation_id);
    seen.correlation_id = Some(hex::encode(correlation_id));
    seen.sent_bytes = syn.len();
    while seen.tries < TRIES && Instant::now() < end {
        socket.send(&syn).await?;
        seen.outcome = UdpOutcome::Inconclusive;
        seen.tries += 1;
        let sent = Instant::now();
        if let Some(answer) = answer(&socket, sequence_number, end.min(sent + PATIENCE), seen).await? {
            seen.round_trip_ms = Some(sent.elapsed().into());
            agree(&answer, seen);
            // So that the server does not repeat its answer; it then gives the connection up by itself.
            let _ = socket.send(&rdpudp::ack(answer.sequence_number)).await;
            return Ok(());
        }
    }
    let why = if seen.other_datagrams > 0 { FOREIGN } else { SILENT };
    seen.why = Some(why.to_owned());
    Ok(())
}

/// The answer that acknowledges the SYN; everything else is counted.
async fn answer(
    socket: &BoxDatagrams,
    sequence_number: u32,
    until: Instant,
    seen: &mut Udp,
) -> io::Result<Option<Setup>> {
    while let Some(datagram) = receive_until(socket.as_ref(), until).await? {
        match Setup::parse(&datagram) {
            Ok(setup) if setup.acknowledges(sequence_number) => {
                seen.received_bytes = Some(datagram.len());
                return Ok(Some(setup));
            }
            _ => {
                seen.other_datagrams = seen.other_datagrams.saturating_add(1);
                seen.other_head.get_or_insert_with(|| hex::encode(&datagram[..datagram.len().min(32)]));
            }
        }
    }
    Ok(None)
}

fn agree(answer: &Setup, seen: &mut Udp) {
    seen.outcome = UdpOutcome::Reachable;
    seen.version = Some(answer.version);
    seen.upstream_mtu = Some(answer.upstream_mtu);
    seen.downstream_mtu = Some(answer.downstream_mtu);
    seen.receive_window = Some(answer.window);
}

/// What ICMP said comes back as an error of a socket that has sent.
fn note(seen: &mut Udp, error: &io::Error) {
    use io::ErrorKind::{
        ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable, PermissionDenied,
    };
    seen.error = Some(words(error));
    let said = match error.kind() {
        ConnectionRefused | ConnectionReset => Some("nobody has the port"),
        HostUnreachable => Some("the host cannot be reached"),
        NetworkUnreachable => Some("the network cannot be reached"),
        PermissionDenied => Some("a filter forbids it"),
        _ => None,
    };
    seen.why = Some(match said.filter(|_| seen.tries > 0) {
        Some(said) => {
            seen.outcome = UdpOutcome::Closed;
            format!("ICMP says that {said}")
        }
        None => format!("this machine could not send or receive: {}", words(error)),
    });
}
