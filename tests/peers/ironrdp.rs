//! IronRDP's own driver of its connector as a client: what it offers, proves and says is IronRDP's.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use ironrdp_blocking::{Framed, connect_begin, connect_finalize, mark_as_upgraded};
use ironrdp_connector::{
    ClientConnector, Config, Credentials, DesktopSize,
    sspi::{self, generator::NetworkRequest, network_client::NetworkClient},
};
use ironrdp_pdu::{
    gcc::{ConnectionType, KeyboardType},
    rdp::{
        capability_sets::{MajorPlatformType, RailSupportLevel},
        client_info::{PerformanceFlags, TimezoneInfo},
    },
};
use tokio_rustls::rustls::{
    self, ClientConfig, ClientConnection, DigitallySignedStruct, KeyLog, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Connects to this port with this account, leaves where the session begins, and writes the secrets of TLS to a file.
pub(crate) fn connect(
    port: u16,
    account: [&'static str; 2],
    secrets: PathBuf,
) -> JoinHandle<Result<(), String>> {
    thread::spawn(move || {
        let log = Arc::new(Secrets::default());
        let result = connected(port, account, &log);
        log.write(&secrets);
        result
    })
}

fn connected(port: u16, [user, password]: [&str; 2], log: &Arc<Secrets>) -> Result<(), String> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(|error| error.to_string())?;
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).map_err(|error| error.to_string())?;
    let own = stream.local_addr().map_err(|error| error.to_string())?;
    let mut connector = ClientConnector::new(config(user, password), own);
    let mut framed = Framed::new(stream);
    let upgrade = connect_begin(&mut framed, &mut connector).map_err(|error| error.to_string())?;
    let (stream, key) = tls(framed.into_inner_no_leftover(), Arc::clone(log))?;
    let upgraded = mark_as_upgraded(upgrade, &mut connector);
    let mut framed = Framed::new(stream);
    connect_finalize(upgraded, connector, &mut framed, &mut Nobody, "localhost".into(), key, None)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The handshake, and the key that CredSSP binds to.
fn tls(
    mut stream: TcpStream,
    log: Arc<Secrets>,
) -> Result<(StreamOwned<ClientConnection, TcpStream>, Vec<u8>), String> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has suites")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.key_log = log;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut client = ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    client.complete_io(&mut stream).map_err(|error| error.to_string())?;
    let served = client.peer_certificates().and_then(|chain| chain.first()).ok_or("no certificate")?;
    let (_, certificate) = x509_parser::parse_x509_certificate(served).map_err(|error| error.to_string())?;
    let key = certificate.public_key().subject_public_key.data.to_vec();
    Ok((StreamOwned::new(client, stream), key))
}

fn config(user: &str, password: &str) -> Config {
    Config {
        credentials: Credentials::UsernamePassword {
            username: user.to_owned(),
            password: password.to_owned(),
        },
        domain: None,
        desktop_size: DesktopSize { width: 1024, height: 768 },
        client_name: "ironrdp".to_owned(),
        client_build: 0,
        keyboard_type: KeyboardType::IBM_ENHANCED,
        keyboard_subtype: 0,
        keyboard_functional_keys_count: 12,
        keyboard_layout: 0x0409,
        connection_type: ConnectionType::Lan,
        platform: MajorPlatformType::UNIX,
        performance_flags: PerformanceFlags::default(),
        timezone_info: TimezoneInfo::default(),
        rail_support_level: RailSupportLevel::empty(),
        autologon: false,
        enable_tls: true,
        enable_credssp: true,
        enable_standard_rdp_security: false,
        monitor_layout: None,
        desktop_scale_factor: 0,
        desktop_physical_size: None,
        desktop_orientation: None,
        device_scale_factor: None,
        monitor_extended_layout: None,
        relative_mouse_input: false,
        ime_file_name: String::new(),
        bitmap: None,
        dig_product_id: String::new(),
        client_dir: String::new(),
        alternate_shell: String::new(),
        work_dir: String::new(),
        remote_application_mode: false,
        hardware_id: None,
        request_data: None,
        enable_audio_playback: false,
        enable_audio_capture: false,
        license_cache: None,
        compression_type: None,
        enable_server_pointer: false,
        pointer_software_rendering: false,
        multitransport_flags: None,
        support_dyn_vc_gfx_protocol: false,
    }
}

/// It has no KDC.
struct Nobody;

impl NetworkClient for Nobody {
    fn send(&self, _: &NetworkRequest) -> sspi::Result<Vec<u8>> {
        Err(sspi::Error::new(sspi::ErrorKind::NoAuthenticatingAuthority, "there is no KDC"))
    }
}

/// Key log lines (draft-ietf-tls-keylogfile).
#[derive(Debug, Default)]
struct Secrets(Mutex<String>);

impl Secrets {
    fn write(&self, path: &Path) {
        fs::write(path, &*self.0.lock().expect("nothing panics while it is held")).expect("a file");
    }
}

impl KeyLog for Secrets {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex::encode(client_random), hex::encode(secret));
        *self.0.lock().expect("nothing panics while it is held") += &line;
    }
}

/// Whoever answers is trusted, as the other clients are told to.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
