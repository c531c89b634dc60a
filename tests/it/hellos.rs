//! A ClientHello of our own differs from the traced one in what it is named after, and in nothing else.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Target, Tracer, diagnose,
    internal::pdu::{
        client_hello::{Fresh, LARGE, Profile, SMALL, client_hello},
        hello::ClientHello,
    },
    report::{Failure, FailureKind, Likelihood, Report},
};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{
    demo::pipe,
    faults::{settings, settings_for, trace},
    lab::{ClientEnd, fault},
};

const PADDING: u16 = 21;
const SUPPORTED_GROUPS: u16 = 10;
const SIGNATURES: u16 = 13;
const VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const PSK_MODES: u16 = 45;
/// TLS_RSA_WITH_AES_128_CBC_SHA, which only the legacy hello offers.
const OLD_SUITE: u16 = 0x002F;

/// A server that keeps every ClientHello and answers it with an alert.
#[derive(Debug, Default)]
struct Keeper(Arc<Mutex<Vec<Vec<u8>>>>);

#[async_trait]
impl Network for Keeper {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![IpAddr::from([192, 0, 2, 15])])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        let (client, server) = duplex(64 * 1024);
        let kept = Arc::clone(&self.0);
        tokio::spawn(async move { keep(server, &kept).await });
        Ok(Box::new(ClientEnd { stream: client, reset: Arc::default(), _held: () }))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

async fn keep(mut stream: DuplexStream, kept: &Mutex<Vec<Vec<u8>>>) -> io::Result<()> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let mut request = vec![0; usize::from(header[3]) - 4];
    stream.read_exact(&mut request).await?;
    stream.write_all(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0]).await?;
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await?;
    let mut message = vec![0; usize::from(u16::from_be_bytes([record[3], record[4]]))];
    stream.read_exact(&mut message).await?;
    record.extend(message);
    kept.lock().expect("no test panics while it holds it").push(record);
    stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await
}

async fn hellos() -> (ClientHello, Vec<Vec<u8>>) {
    let (keeper, target) = (Keeper::default(), "rdsh01.corp.example".parse::<Target>().expect("a target"));
    let report = Tracer::new(&target, &settings(), &keeper).run().await;
    assert!(!serde_json::to_string(&report).expect("JSON").contains("\"hello\":"));
    let kept = keeper.0.lock().expect("it is over").clone();
    (read(&kept[0]), kept)
}

fn read(record: &[u8]) -> ClientHello {
    ClientHello::read(record).expect("a ClientHello")
}

/// The extensions that both have; the key share is new in every hello.
fn common(hello: &ClientHello, other: &ClientHello) -> Vec<(u16, Vec<u8>)> {
    let both = hello.extensions.iter().filter(|one| other.extension(one.kind).is_some());
    both.map(|one| (one.kind, if one.kind == KEY_SHARE { Vec::new() } else { one.content.clone() })).collect()
}

fn kinds(hello: &ClientHello) -> Vec<u16> {
    hello.extensions.iter().map(|one| one.kind).collect()
}

#[tokio::test(start_paused = true)]
async fn the_large_hello_is_the_traced_one_with_padding() {
    let (traced, kept) = hellos().await;
    let large = kept.iter().find(|record| record.len() == LARGE).map(|record| read(record)).expect("one");
    assert_eq!(kinds(&large), [&kinds(&traced)[..], &[PADDING]].concat());
    assert_eq!(common(&large, &traced), common(&traced, &large));
    assert_eq!((&large.suites, large.version), (&traced.suites, traced.version));
    assert_eq!(large.session.len(), traced.session.len());
    assert!(large.session != traced.session && large.random != traced.random);
    assert_ne!(large.extension(KEY_SHARE), traced.extension(KEY_SHARE));
}

#[tokio::test(start_paused = true)]
async fn the_small_hello_makes_the_same_offer() {
    let (traced, kept) = hellos().await;
    let versions = traced.extension(VERSIONS);
    let is_small = |record: &Vec<u8>| record.len() < SMALL && read(record).extension(VERSIONS) == versions;
    let small = kept.iter().find(|record| is_small(record)).map(|record| read(record)).expect("one");
    assert_eq!(small.suites, traced.suites);
    assert_eq!(kinds(&small), common(&traced, &small).iter().map(|one| one.0).collect::<Vec<_>>());
    for kind in [SUPPORTED_GROUPS, SIGNATURES, VERSIONS, KEY_SHARE] {
        assert_eq!(small.extension(kind).map(<[u8]>::len), traced.extension(kind).map(<[u8]>::len), "{kind}");
    }
    assert!(small.session.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_legacy_hello_has_other_versions_and_suites_and_one_group_more() {
    let (traced, kept) = hellos().await;
    let mut all = kept.iter().map(|record| read(record));
    let legacy = all.find(|hello| hello.suites.contains(&OLD_SUITE)).expect("one");
    let of_old: Vec<u16> = kinds(&traced);
    let of_old = of_old.into_iter().filter(|kind| ![VERSIONS, KEY_SHARE, PSK_MODES].contains(kind));
    assert_eq!(kinds(&legacy), of_old.collect::<Vec<_>>());
    let (old, new) = (legacy.extension(SUPPORTED_GROUPS), traced.extension(SUPPORTED_GROUPS));
    let (old, new) = (old.expect("groups"), new.expect("groups"));
    assert_eq!(old[2..], [&new[2..], &[0, 0x19]].concat());
    for (kind, content) in common(&legacy, &traced).into_iter().filter(|one| one.0 != SUPPORTED_GROUPS) {
        assert_eq!(traced.extension(kind), Some(&content[..]), "{kind}");
    }
    assert!(legacy.suites.iter().all(|suite| suite >> 8 != 0x13));
}

/// Where no hello was sent there is one of the same kind.
#[test]
fn a_hello_without_a_traced_one_has_the_same_lengths() {
    let fresh = Fresh { random: [1; 32], session: [2; 32], share: [3; 32] };
    for name in [None, Some("rdsh01.corp.example"), Some(&"a.".repeat(100))] {
        let record = |profile| client_hello(&profile, None, name, &fresh).record().expect("a record");
        assert!(record(Profile::Small).len() < SMALL, "{name:?}");
        assert_eq!(record(Profile::Large).len(), LARGE, "{name:?}");
        assert_eq!(read(&record(Profile::Legacy)).version, 0x0303);
    }
}

#[test]
fn a_hello_that_is_cut_or_altered_makes_no_panic() {
    let fresh = Fresh { random: [1; 32], session: [2; 32], share: [3; 32] };
    let whole = client_hello(&Profile::Large, None, Some("a.example"), &fresh).record().expect("a record");
    for length in 0..whole.len() {
        assert!(ClientHello::read(&whole[..length]).is_err(), "{length}");
    }
    for place in 0..whole.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut altered = whole.clone();
            altered[place] = value;
            let Ok(hello) = ClientHello::read(&altered) else { continue };
            for profile in [Profile::Small, Profile::Large, Profile::Legacy] {
                let _ = client_hello(&profile, Some(&hello), None, &fresh).record();
            }
        }
    }
}

fn lacks_suites(report: &Report) -> Likelihood {
    let cause = report.causes.iter().find(|cause| cause.code.as_str() == "rdptrace-lacks-suites");
    cause.unwrap_or_else(|| panic!("{:#?}", report.causes)).likelihood
}

/// What a server does not say by number, and what no hello of ours meets too, may be about something else than suites.
#[tokio::test(start_paused = true)]
async fn the_legacy_hello_proves_suites_only_beside_an_alert_and_a_control() {
    let of = async |name| trace(Some(fault(name)), &settings_for(Some(fault(name)))).await;
    for name in ["tls-legacy-only", "tls-old-suites-only"] {
        let report = of(name).await;
        assert_eq!(lacks_suites(&report), Likelihood::Certain, "{name}");
        let mut reset = report.trace.clone();
        let ends = reset.connections.iter_mut().filter_map(|made| made.phases.tls.as_mut()?.failure.as_mut());
        ends.for_each(|end| (end.kind, end.code) = (FailureKind::Reset, None));
        assert_eq!(lacks_suites(&diagnose(reset)), Likelihood::Likely, "{name}");
        let mut lone = report.trace;
        let is_control = |name: &str| name.ends_with("small-hello") || name.ends_with("large-hello");
        lone.connections.retain(|made| !is_control(&made.purpose.to_string()));
        assert_eq!(lacks_suites(&diagnose(lone)), Likelihood::Likely, "{name}");
    }
}

/// TLS 1.2 without extensions (RFC 5246 section 7.4.1.2); other messages and records are no ClientHello.
#[test]
fn a_hello_is_read_as_far_as_it_goes() {
    let body = [&[3, 3][..], &[7; 32], &[0, 0, 4, 0x13, 0x01, 0xC0, 0x2F, 1, 0]].concat();
    let record = |kind: u8, message: u8, high: u8, body: &[u8]| {
        let length = u8::try_from(body.len()).expect("it is short");
        [&[kind, 3, 1, 0, length + 4, message, high, 0, length][..], body].concat()
    };
    let read = ClientHello::read(&record(22, 1, 0, &body)).expect("a hello");
    assert_eq!((read.version, read.suites.as_slice()), (0x0303, &[0x1301, 0xC02F][..]));
    assert_eq!((read.compression.as_slice(), read.extensions.len()), (&[0][..], 0));
    assert_eq!(read.versions(), [0x0303]);
    for (kind, message, high) in [(23, 1, 0), (22, 2, 0), (22, 1, 1)] {
        assert!(ClientHello::read(&record(kind, message, high, &body)).is_err(), "{kind} {message} {high}");
    }
    let named = [&body[..], &[0, 9, 0, 43, 0, 5, 4, 3, 4, 3, 3]].concat();
    let read = ClientHello::read(&record(22, 1, 0, &named)).expect("a hello");
    assert_eq!(read.versions(), [0x0304, 0x0303]);
    let cut = record(22, 1, 0, &named);
    for length in 0..cut.len() {
        assert!(ClientHello::read(&cut[..length]).is_err(), "{length}");
    }
}
