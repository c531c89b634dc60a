//! What a server's private key opens of a watched connection, and what is said where it does not.

use std::path::Path;

use rdptrace::{
    Report, Target, Tracer,
    internal::{
        certificate::Roots,
        demo::FAULTS,
        flow::{End, Flow, How, KeyLog, Side},
        net::{Recorded, Recording},
        passive::{Known, walk},
        pdu::server_key::ServerKey,
    },
    report::{Connection, Status},
    settings::Experiments,
};

use super::watched;
use crate::{
    faults::settings_for,
    lab::{Lab, fault},
    relay::{difference, told},
    server_key::key,
};

/// Sessions with RSA key exchange, recorded of OpenSSL and GnuTLS: the client sends a Connect Initial inside, and the server
/// answers with what was recorded.
const SESSIONS: [(&str, &str, &str); 7] = [
    ("tls10-aes128-sha", "TLS_RSA_WITH_AES_128_CBC_SHA", "disconnect"),
    ("tls10-rc4-md5", "TLS_RSA_WITH_RC4_128_MD5", ""),
    ("tls11-aes256-sha", "TLS_RSA_WITH_AES_256_CBC_SHA", "disconnect"),
    ("tls12-aes128-gcm", "TLS_RSA_WITH_AES_128_GCM_SHA256", "disconnect"),
    ("tls12-aes256-gcm", "TLS_RSA_WITH_AES_256_GCM_SHA384", "disconnect"),
    ("tls12-aes256-sha256", "TLS_RSA_WITH_AES_256_CBC_SHA256", "disconnect"),
    ("tls12-rc4-sha", "TLS_RSA_WITH_RC4_128_SHA", ""),
];

const SERVER: &str = "certificates/weak.key";
const OTHER: &str = "keys/other.pem";

/// The turns of a session that was recorded: a line for each, with who speaks.
pub(crate) fn turns(name: &str) -> Vec<(Side, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/wire").join(name).with_extension("txt");
    let text = std::fs::read_to_string(path).expect("a recording");
    let turn = |line: &str| {
        let (who, bytes) = line.split_once(' ').expect("who speaks, and what");
        let side = if who == ">" { Side::Client } else { Side::Server };
        (side, hex::decode(bytes).expect("hexadecimal"))
    };
    text.lines().map(turn).collect()
}

/// A session that was recorded, as a capture would hold it.
pub(crate) fn session(name: &str) -> Flow {
    let mut flow = Flow::new(([192, 0, 2, 77], 50_000).into(), ([192, 0, 2, 15], 3389).into(), 0);
    flow.opening.syn = Some(0);
    flow.opening.syn_ack = Some(0);
    for (at, (side, bytes)) in (0..).step_by(1_000_000).zip(turns(name)) {
        flow.sends(side, at, 0, &bytes);
    }
    let end = End { how: How::Fin, at: flow.last + 1_000_000, packet: 0 };
    flow.ends(Side::Server, end);
    flow
}

fn opened(flow: &Flow, keys: &[ServerKey]) -> Connection {
    let roots = Roots::new(Ok(Vec::new()));
    walk(flow, &Known { server_keys: keys, ..Known::of(&KeyLog::default(), &roots) })
}

/// Why a phase inside TLS is unseen.
fn unseen(flow: &Flow, keys: &[ServerKey]) -> String {
    let connection = opened(flow, keys);
    assert_eq!(connection.watched.and_then(|watched| watched.opened), Some(false));
    let mcs = connection.phases.mcs.expect("what follows TLS");
    assert_eq!(mcs.status, Status::Unseen);
    mcs.stopped.expect("a reason")
}

#[test]
fn rsa_key_exchange_is_opened() {
    for (name, suite, ends) in SESSIONS {
        let connection = opened(&session(name), &[key(OTHER), key(SERVER)]);
        let tls = connection.phases.tls.expect("TLS");
        assert_eq!(tls.evidence.cipher_suite.as_deref(), Some(suite), "{name}");
        assert_eq!(connection.watched.and_then(|watched| watched.opened), Some(true), "{name}");
        let mcs = connection.phases.mcs.expect("what is inside");
        assert_eq!(mcs.status, Status::Failed, "{name}: {:?}", mcs.stopped);
        let kind = mcs.failure.expect("a failure").kind.name();
        assert!(ends.is_empty() || kind == ends, "{name}: {kind}");
    }
}

#[test]
fn what_a_server_key_does_not_open_says_why() {
    let name = "tls12-aes128-gcm";
    let recorded = session(name);
    assert_eq!(unseen(&recorded, &[]), "it is encrypted, and no key that opens it is known");
    let cases = [
        (name, OTHER, "the server key is not that of the server's certificate"),
        ("tls12-ecdhe", SERVER, "keys of ECDHE, which a key log opens and no server key"),
        ("tls12-camellia", SERVER, "its cipher suite is not read here"),
        ("tls12-resumed", SERVER, "its TLS session was resumed"),
    ];
    for (name, pem, why) in cases {
        let told = unseen(&session(name), &[key(pem)]);
        assert!(told.contains(why), "{name}: {told}");
    }
}

/// The message is in the first record that the client sends after its hello.
#[test]
fn a_key_exchange_for_another_key_is_told_and_nothing_panics() {
    let recorded = session("tls12-aes128-gcm");
    let begin = recorded.from_client.marks[2].offset;
    for offset in 0..160 {
        let mut altered = recorded.clone();
        altered.from_client.bytes[begin + offset] ^= 0x20;
        let connection = opened(&altered, &[key(SERVER)]);
        if (5..139).contains(&offset) {
            let why = connection.phases.mcs.and_then(|mcs| mcs.stopped).expect("it is unseen");
            assert!(why.contains("the server key is not that of this server"), "{offset}: {why}");
        }
    }
}

/// A trace of this fault as the client reports it, and what was recorded of it.
async fn traced(name: &'static str) -> (Report, Recorded) {
    let lab = Lab::of(Some(fault(name)));
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings_for(Some(fault(name))).experiments(Experiments::Off);
    let report = Tracer::new(&target, &settings, &recording).run().await;
    (report, recording.take())
}

#[tokio::test(start_paused = true)]
async fn standard_rdp_security_is_read_as_its_client_reports_it() {
    let (mut wrong, mut opened_any) = (Vec::new(), 0);
    for fault in FAULTS.iter().filter(|fault| fault.name.starts_with("standard-security")) {
        let (live, recorded) = traced(fault.name).await;
        for (live, flow) in live.trace.connections.iter().zip(&recorded.flows) {
            let unspoken = told(live).1.is_some_and(|(_, kind, _)| kind == "security_unsupported");
            // With the server's key, and with what a capture of a trace holds.
            for read in [opened(flow, &[key("keys/demo-standard.pem")]), watched(flow, &recorded)] {
                opened_any +=
                    usize::from(read.watched.as_ref().is_some_and(|seen| seen.opened == Some(true)));
                if !unspoken {
                    wrong.extend(difference(live, &read).map(|how| format!("{}: {how}", fault.name)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(opened_any > 7, "{opened_any}");
}

#[tokio::test(start_paused = true)]
async fn without_its_key_standard_rdp_security_stays_encrypted() {
    let (_, recorded) = traced("standard-security").await;
    let flow = &recorded.flows[0];
    let cases = [
        (Vec::new(), "Standard RDP Security encrypts it, and no key is known"),
        (vec![key(OTHER)], "the server key is not that of the server's certificate"),
    ];
    for (keys, why) in cases {
        let activate = opened(flow, &keys).phases.activate.expect("a phase");
        assert_eq!(activate.status, Status::Unseen);
        let told = activate.stopped.expect("a reason");
        assert!(told.contains(why), "{told}");
    }
}

/// What the client sends is opened too: the capabilities that it confirms, and what Client Info says beside its secrets.
#[tokio::test(start_paused = true)]
async fn what_the_client_offers_inside_is_told() {
    let (_, recorded) = traced("standard-security").await;
    let client = opened(&recorded.flows[0], &[key("keys/demo-standard.pem")]).client.expect("what it offers");
    assert!(client.info.is_some());
}
