//! The system's roots: read once a run, and only where a chain has to be judged.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use async_trait::async_trait;
use rcgen::{CertificateParams, DnType, DnValue, KeyPair};
use rdptrace::{
    BoxStream, Network, Report, Settings, Target, Tracer,
    internal::certificate::subject_hash,
    report::{Failure, Trust},
};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::lab::{Lab, fault};

/// A network whose system trusts what is self-signed, or not, and counts how often its roots are read.
struct Counting {
    lab: Lab,
    trusts: bool,
    read: AtomicUsize,
}

impl Counting {
    fn of(name: &str, trusts: bool) -> Self {
        let lab = Lab::of((!name.is_empty()).then(|| fault(name)));
        Self { lab, trusts, read: AtomicUsize::new(0) }
    }

    async fn trace(&self) -> Report {
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        Tracer::new(&target, &Settings::default(), self).posture().await
    }
}

#[async_trait]
impl Network for Counting {
    fn now(&self) -> OffsetDateTime {
        self.lab.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.lab.look_up(host).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        self.lab.connect(address).await
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.read.fetch_add(1, SeqCst);
        self.lab.system_roots()
    }

    fn trusts(&self, _certificate: &[u8]) -> bool {
        self.trusts
    }
}

#[tokio::test(start_paused = true)]
async fn roots_are_read_once_a_run_and_only_for_a_chain() {
    for (name, trusts, expected, read) in [
        ("", false, Trust::SelfSigned, 0),
        ("", true, Trust::Trusted, 0),
        ("certificate-untrusted", false, Trust::UnknownIssuer, 1),
    ] {
        let network = Counting::of(name, trusts);
        let report = network.trace().await;
        assert!(report.trace.connections.len() > 2, "{name}: other connections are made");
        assert_eq!(report.certificate.as_ref().map(|served| served.trust), Some(expected), "{name}");
        assert_eq!(network.read.load(SeqCst), read, "{name}");
    }
}

/// What `openssl x509 -subject_hash` prints for these names.
#[test]
fn a_subject_has_the_hash_that_openssl_gives_it() {
    let utf8 = |text: &str| DnValue::Utf8String(text.to_owned());
    let printable = |text: &str| DnValue::PrintableString(text.try_into().expect("printable"));
    let one = vec![(DnType::CommonName, utf8("rdsh01.corp.example"))];
    let two = |organization, name| vec![(DnType::OrganizationName, organization), (DnType::CommonName, name)];
    for (names, expected) in [
        (one, "008d7c79"),
        (two(utf8("Corp  Example"), utf8("Corp Issuing CA")), "02be55e8"),
        (two(printable(" corp example"), printable("CORP issuing  CA ")), "02be55e8"),
    ] {
        let mut params = CertificateParams::default();
        params.distinguished_name.remove(DnType::CommonName);
        names.into_iter().for_each(|(kind, value)| params.distinguished_name.push(kind, value));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        assert_eq!(subject_hash(certificate.der()).as_deref(), Some(expected));
    }
    assert_eq!(subject_hash(b"no certificate"), None);
}
