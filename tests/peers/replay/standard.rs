//! Standard RDP Security: what servers say of it before everything is encrypted with keys that nobody recorded.

use rdptrace::{
    Settings, Tracer,
    codes::Phase,
    internal::pdu::{
        connect_response::{SecurityData, connect_response},
        server_certificate::ServerCertificate,
        x224,
    },
    report::Status,
    settings::{Experiments, Security},
};

use super::{
    network::{NAME, Player},
    recording::{Recording, Side},
    script::{CONNECT, Pace, Script, choice, first},
};

/// The only confirm that Windows sends here; the older servers differ in the flags alone.
const RDP: &str = "030000130ed00000123400021f080000000000";
const ENCRYPTION_METHOD_128BIT: u32 = 2;

/// A recording with its TCP connection, the encryption level, and the server's key.
const SERVERS: [(&str, usize, u32, Key); 4] = [
    ("windows-no-tls-accepted1.pcapng", 1, 2, Key::Proprietary { bits: 2048 }),
    ("ndpi-rdp3.pcap", 0, 2, Key::Proprietary { bits: 512 }),
    ("zeek-rdp-proprietary-encryption.pcap", 1, 3, Key::Proprietary { bits: 512 }),
    ("zeek-rdp-x509.pcap", 0, 2, Key::X509 { bits: 512, certificates: 2 }),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// Signed with the key that everyone has.
    Proprietary { bits: usize },
    /// Issued for the time until a license server is found.
    X509 { bits: usize, certificates: usize },
}

#[test]
fn the_security_data_of_every_server() {
    for (name, stream, level, key) in SERVERS {
        let Some(recording) = Recording::open(name) else { continue };
        let frame = first(&recording.plain(stream).of(Side::Server), CONNECT).expect("a Connect Response");
        let response = connect_response(x224::data(&frame).expect("data")).expect("it is one");
        let security = response.security.expect("SC_SECURITY");
        assert_eq!((security.method, security.level), (ENCRYPTION_METHOD_128BIT, level), "{name}");
        assert_eq!(security.random.len(), 32, "{name}");
        assert_eq!(read(&security), key, "{name}");
    }
}

fn read(security: &SecurityData) -> Key {
    let certificate = security.certificate.as_ref().expect("a certificate");
    let bits = certificate.key().expect("a key").bits();
    match certificate {
        ServerCertificate::Proprietary { signature_valid: Some(true), temporary: false, .. } => {
            Key::Proprietary { bits }
        }
        ServerCertificate::X509 { chain, temporary: true, .. } => {
            Key::X509 { bits, certificates: chain.len() }
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_channels_are_joined_without_tls() {
    for (name, stream, level, key) in SERVERS {
        let Some(recording) = Recording::open(name) else { continue };
        let recorded = recording.plain(stream);
        if !recorded.0.iter().any(|said| said.by == Side::Client && choice(&said.bytes) == Some(0x28)) {
            continue;
        }
        let settings =
            Settings::default().until(Some(Phase::Mcs)).security(Security::Rdp).experiments(Experiments::Off);
        let player = Player::new(Script::new(RDP, &recorded, Pace::InTurn));
        let trace = Tracer::new(&NAME.parse().expect("a target"), &settings, &player).trace().await;
        let mcs = trace.connections[0].phases.mcs.as_ref().expect("MCS");
        assert_eq!(mcs.status, Status::Passed, "{name}: {:?}", mcs.failure);
        assert_eq!(mcs.evidence.encryption_level, Some(level), "{name}");
        let Key::Proprietary { bits } = key else { panic!("{name}: it ends with the Connect Response") };
        let seen = mcs.evidence.encryption_key.as_ref().expect("a key");
        assert_eq!(seen.bits.map(|bits| bits as usize), Some(bits), "{name}");
    }
}
