//! IronRDP's own driver of its connector as a client: what it offers, proves and says is IronRDP's.

#[path = "../it/demo/accept_all.rs"]
mod accept_all;
#[path = "../it/demo/settings.rs"]
mod settings;

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
    ClientConnector, Config, Credentials,
    sspi::{self, generator::NetworkRequest, network_client::NetworkClient},
};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, KeyLog, StreamOwned, crypto::ring, pki_types::ServerName,
};

use accept_all::AcceptAll;

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
        .with_custom_certificate_verifier(Arc::new(AcceptAll))
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
    let credentials =
        Credentials::UsernamePassword { username: user.to_owned(), password: password.to_owned() };
    Config { credentials, client_name: "ironrdp".to_owned(), ..settings::config() }
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
