//! The roots that count: those that were given, and the system's, which are read once and only where a chain has to be judged.
//!
//! All connections of a run share them. A self-signed certificate has no chain, so `Network::trusts` asks whether the
//! system trusts that very certificate. On Linux that takes two looks, for its first line in the bundle and for its
//! subject's hash among the names of the directory, as OpenSSL looks for it, and only a hit has the store read; other
//! systems always read it.

use std::{fmt, sync::OnceLock};

use tokio_rustls::rustls::pki_types::{CertificateDer, TrustAnchor};
use webpki::anchor_from_trusted_cert;

type Read = Result<Vec<CertificateDer<'static>>, String>;

/// What the system trusts.
pub trait Store: Send + Sync {
    /// All of its roots; an error says why none could be read.
    ///
    /// # Errors
    /// None could be read.
    fn read(&self) -> Read;

    /// Whether this very certificate is one of them, asked without reading all.
    fn holds(&self, der: &[u8]) -> bool;
}

/// The roots that count, or why there are none.
pub struct Roots<'a> {
    given: Vec<CertificateDer<'static>>,
    store: Option<Box<dyn Store + 'a>>,
    read: OnceLock<Read>,
}

impl fmt::Debug for Roots<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots").field("given", &self.given.len()).finish_non_exhaustive()
    }
}

impl<'a> Roots<'a> {
    /// These roots; an error says why none could be read.
    pub fn new(certificates: Read) -> Self {
        Self { given: Vec::new(), store: None, read: OnceLock::from(certificates) }
    }

    /// The given ones, and those of a store, which is left alone until it is needed.
    pub fn lazy(given: Vec<CertificateDer<'static>>, store: Option<Box<dyn Store + 'a>>) -> Self {
        Self { given, store, read: OnceLock::new() }
    }

    /// All of them as anchors.
    ///
    /// # Errors
    /// There are none, because the store could not be read.
    pub fn anchors(&self) -> Result<Vec<TrustAnchor<'_>>, String> {
        let stored = match self.stored() {
            Ok(stored) => stored.as_slice(),
            Err(why) if self.given.is_empty() => return Err(why.clone()),
            Err(_) => &[],
        };
        // A system store may hold what webpki does not read; the rest still counts.
        Ok(self.given.iter().chain(stored).filter_map(|der| anchor_from_trusted_cert(der).ok()).collect())
    }

    /// Whether this very certificate is one of them.
    pub fn contains(&self, der: &[u8]) -> bool {
        let is_in = |roots: &[CertificateDer<'_>]| roots.iter().any(|root| root.as_ref() == der);
        let in_store = || match (self.read.get(), &self.store) {
            (Some(read), _) => read.as_ref().is_ok_and(|stored| is_in(stored)),
            (None, Some(store)) => store.holds(der),
            (None, None) => false,
        };
        is_in(&self.given) || in_store()
    }

    fn stored(&self) -> &Read {
        self.read.get_or_init(|| self.store.as_ref().map_or_else(|| Ok(Vec::new()), |store| store.read()))
    }
}

/// Whether a certificate can serve as a trust anchor.
pub(crate) fn is_anchor(der: &[u8]) -> bool {
    anchor_from_trusted_cert(&CertificateDer::from(der)).is_ok()
}
