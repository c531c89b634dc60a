//! The roots that the system trusts: all of them, or whether one certificate is among them, which takes two looks at OpenSSL's files.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::certificate::subject_hash;

type Read = Result<Vec<CertificateDer<'static>>, String>;

/// So many bytes make the first line of a certificate in PEM.
const FIRST_LINE: usize = 48;
/// How a certificate begins there.
const BEGIN: &str = "-----BEGIN ";
static ALL: OnceLock<Read> = OnceLock::new();
static LOOKS: OnceLock<Looks> = OnceLock::new();

/// What the looks need, for as many certificates as there are.
struct Looks {
    /// The first line of each certificate in the bundle.
    first_lines: BTreeSet<String>,
    directories: Vec<PathBuf>,
}

/// All of them; they are read once.
pub(super) fn all() -> Read {
    ALL.get_or_init(read).clone()
}

/// Whether this certificate is one of them. A server's own certificate mostly is not, which the files tell at a look.
pub(super) fn hold(der: &[u8]) -> bool {
    let read = ALL.get().is_some();
    (read || may_hold(der)) && all().is_ok_and(|roots| roots.iter().any(|root| root.as_ref() == der))
}

fn read() -> Read {
    let found = rustls_native_certs::load_native_certs();
    match found.errors.first() {
        Some(error) if found.certs.is_empty() => Err(error.to_string()),
        _ if found.certs.is_empty() => Err("the system has no trusted roots".to_owned()),
        _ => Ok(found.certs),
    }
}

/// Only Linux has its roots in a file and in directories where the names of the files begin with a hash of the subject.
fn may_hold(der: &[u8]) -> bool {
    if env::consts::OS != "linux" {
        return true;
    }
    let Looks { first_lines, directories } = LOOKS.get_or_init(Looks::read);
    let in_bundle = first_lines.contains(&STANDARD.encode(&der[..der.len().min(FIRST_LINE)]));
    in_bundle || subject_hash(der).is_none_or(|hash| directories.iter().any(|dir| names(dir, &hash)))
}

impl Looks {
    fn read() -> Self {
        let (bundle, directories) = places();
        let bytes = bundle.and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let mut first_lines = BTreeSet::new();
        while lines.any(|line| line.starts_with(BEGIN)) {
            // Some bundles have longer lines.
            first_lines
                .extend(lines.next().and_then(|line| line.get(..FIRST_LINE / 3 * 4)).map(str::to_owned));
        }
        Self { first_lines, directories }
    }
}

/// Where they are: the environment says so, or the distribution.
fn places() -> (Option<PathBuf>, Vec<PathBuf>) {
    let file = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let directories = env::var_os("SSL_CERT_DIR").unwrap_or_default();
    let directories: Vec<_> =
        env::split_paths(&directories).filter(|path| !path.as_os_str().is_empty()).collect();
    if file.is_some() || !directories.is_empty() {
        return (file, directories);
    }
    let found = openssl_probe::probe();
    (found.cert_file, found.cert_dir)
}

/// Those with the same hash are numbered from 0.
fn names(dir: &Path, hash: &str) -> bool {
    dir.join(format!("{hash}.0")).exists()
}
