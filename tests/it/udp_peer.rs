//! RDP-UDP with IronRDP's implementation of it: its server takes our SYN and our ACK, its client the demo server's answer.

use std::{net::SocketAddr, time::Duration};

use ironrdp_core::decode;
use ironrdp_rdpeudp::{
    ConnectionConfig, Event, MonotonicInstant, RdpeudpConnection,
    pdu::{UdpVersion, V1Datagram},
};
use rdptrace::{
    Settings, System, Target, Tracer,
    codes::Phase,
    internal::{demo, pdu::rdpudp},
    report::UdpOutcome,
    settings::Experiments,
};
use tokio::{
    net::{TcpListener, UdpSocket},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(10);

fn now() -> MonotonicInstant {
    MonotonicInstant::from_millis(0)
}

/// Sends what is to be sent, padded to so many bytes.
async fn send_all(socket: &UdpSocket, connection: &mut RdpeudpConnection, least: usize) {
    while let Some(datagram) = connection.poll_transmit(now()) {
        let mut bytes = datagram.contents;
        bytes.resize(bytes.len().max(least), 0);
        socket.send(&bytes).await.expect("sent");
    }
}

async fn hear(socket: &UdpSocket, connection: &mut RdpeudpConnection) {
    let mut bytes = [0; 2048];
    let length = timeout(PATIENCE, socket.recv(&mut bytes)).await.expect("in time").expect("a datagram");
    connection.handle_datagram(&mut bytes[..length], now()).expect("a datagram that is understood");
}

/// Takes one SYN and hears what follows its answer.
async fn accept(socket: UdpSocket) -> RdpeudpConnection {
    let mut bytes = [0; 2048];
    let (length, client) = socket.recv_from(&mut bytes).await.expect("a SYN");
    socket.connect(client).await.expect("the client");
    let syn: V1Datagram = decode(&bytes[..length]).expect("a SYN that is understood");
    // The hash is compared with that of version 3 only.
    let config = ConnectionConfig {
        initial_sequence_number: 0x0102_0304,
        downstream_mtu: 1200,
        cookie_hash: Some([0; 32]),
        ..ConnectionConfig::default()
    };
    let mut connection = RdpeudpConnection::accept(config, &syn, now()).expect("a SYN that is taken");
    send_all(&socket, &mut connection, 0).await;
    hear(&socket, &mut connection).await;
    connection
}

#[tokio::test]
async fn another_server_answers_the_syn_and_takes_the_ack() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(accept(UdpSocket::bind(address).await.expect("the same port")));
    let settings = Settings::default().udp(true).until(Some(Phase::Connect)).experiments(Experiments::Off);
    let target: Target = address.to_string().parse().expect("a target");
    let udp = Tracer::new(&target, &settings, &System).run().await.trace.udp.expect("it was asked for");
    assert_eq!((udp.outcome, udp.tries, udp.version), (UdpOutcome::Reachable, 1, Some(2)), "{udp:?}");
    assert_eq!((udp.downstream_mtu, udp.other_datagrams), (Some(1200), 0), "{udp:?}");
    let mut connection = server.await.expect("no panic");
    assert_eq!(connection.poll_event(), Some(Event::Connected), "{udp:?}");
    assert!(connection.is_established());
}

#[tokio::test]
async fn another_client_takes_the_answer_of_the_demo_server() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address: SocketAddr = {
        let free = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        free.local_addr().expect("an address")
    };
    let server = tokio::spawn(demo::answer_udp(address));
    tokio::task::yield_now().await;
    for version in [UdpVersion::V1, UdpVersion::V2, UdpVersion::V3] {
        let config = ConnectionConfig {
            offer_version: version,
            cookie_hash: (version == UdpVersion::V3).then_some([7; 32]),
            ..ConnectionConfig::default()
        };
        socket.connect(address).await.expect("an address");
        let mut connection = RdpeudpConnection::connect(config, now()).expect("a client");
        // A SYN is padded (MS-RDPEUDP 3.1.5.1.1), and the demo answers no other; this client leaves that to its user.
        send_all(&socket, &mut connection, rdpudp::MTU.into()).await;
        hear(&socket, &mut connection).await;
        assert_eq!(connection.poll_event(), Some(Event::Connected), "{version:?}");
    }
    server.abort();
}
