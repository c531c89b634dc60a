//! `--server-key`: private keys of servers, which open what clients encrypted for them.

use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::{
    cli::{Error, apart::Input, files},
    pdu::server_key::ServerKey,
};

/// The largest file with a server key, in bytes.
const LARGEST: u64 = 1 << 20;

#[derive(Args, Debug)]
pub(crate) struct ServerKeyArguments {
    /// A private RSA key of the server in PEM, which opens TLS with RSA key exchange and Standard RDP Security
    ///
    /// PKCS #1 or PKCS #8, without a password. It opens only connections whose keys the client encrypted for it: TLS with a suite
    /// TLS_RSA_WITH_*, and Standard RDP Security if the key is the one that the server shows there. ECDHE and TLS 1.3 take a key
    /// log. May be given more than once.
    #[arg(long = "server-key", value_name = "PEM", value_hint = clap::ValueHint::FilePath)]
    pub server_keys: Vec<PathBuf>,
}

impl ServerKeyArguments {
    /// The files, so that nothing is written over them.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = Input> {
        self.server_keys.iter().map(|path| Input::file("--server-key", path))
    }

    /// The keys.
    ///
    /// # Errors
    /// A file cannot be read, or holds none that can be used.
    pub(crate) fn read(&self) -> Result<Vec<ServerKey>, Error> {
        self.server_keys.iter().map(|path| read(path)).collect()
    }
}

fn read(path: &Path) -> Result<ServerKey, Error> {
    let bytes = files::bytes(path, LARGEST)
        .map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))?;
    let pem = Zeroizing::new(bytes);
    ServerKey::from_pem(&pem)
        .map_err(|why| Error::new(format!("cannot use --server-key {}: {why}", path.display())))
}
