//! The trust anchors of a run: those that were given, and the system's as its network has them.

use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{
    certificate::{Roots, Store},
    net::Network,
    settings::Settings,
};

/// They are not read yet.
pub(crate) fn roots<'a>(settings: &Settings, network: &'a dyn Network) -> Roots<'a> {
    let given = settings.trust.anchors.given.iter().map(|der| der.clone().into()).collect();
    let system = settings.trust.anchors.system.then(|| Box::new(System(network)) as Box<dyn Store + 'a>);
    Roots::lazy(given, system)
}

struct System<'a>(&'a dyn Network);

impl Store for System<'_> {
    fn read(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.0.system_roots()
    }

    fn holds(&self, der: &[u8]) -> bool {
        self.0.trusts(der)
    }
}
