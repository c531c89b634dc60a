//! Whether a chain leads to a trusted root, for server authentication or the Remote Desktop usage (RFC 5280 section 6).

use std::time::Duration;

use tokio_rustls::rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage, anchor_from_trusted_cert,
};
use x509_parser::certificate::X509Certificate;

use super::{Expectation, fields};
use crate::report::Trust;

/// szOID_KP_RDP, 1.3.6.1.4.1.311.54.1.2, DER without tag and length.
const REMOTE_DESKTOP: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x36, 0x01, 0x02];

/// The roots that count, or why there are none.
#[derive(Clone, Debug)]
pub struct Roots {
    certificates: Result<Vec<CertificateDer<'static>>, String>,
}

impl Roots {
    /// These roots; an error says why none could be read.
    pub fn new(certificates: Result<Vec<CertificateDer<'static>>, String>) -> Self {
        Self { certificates }
    }

    fn anchors(&self) -> Result<Vec<TrustAnchor<'_>>, String> {
        let certificates = self.certificates.as_ref().map_err(String::clone)?;
        // A system store may hold what webpki does not read; the rest still counts.
        Ok(certificates.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect())
    }

    fn contains(&self, der: &[u8]) -> bool {
        self.certificates.as_ref().is_ok_and(|roots| roots.iter().any(|root| root.as_ref() == der))
    }
}

/// Whether a certificate can serve as a trust anchor.
pub fn is_anchor(der: &[u8]) -> bool {
    anchor_from_trusted_cert(&CertificateDer::from(der)).is_ok()
}

/// Self-signed is decided first, then server authentication, then the Remote Desktop usage. What the certificate itself may
/// be used for is a finding of its own; here it only counts when an issuer forbids it.
pub fn check(
    chain: &[Vec<u8>],
    self_signed: bool,
    leaf: &X509Certificate<'_>,
    expectation: &Expectation<'_>,
) -> (Trust, Option<String>) {
    if chain.first().is_some_and(|der| expectation.roots.contains(der)) {
        return (Trust::Trusted, None);
    }
    if self_signed {
        return (Trust::SelfSigned, None);
    }
    let anchors = match expectation.roots.anchors() {
        Ok(anchors) => anchors,
        Err(why) => return (Trust::NotChecked, Some(why)),
    };
    let at = within_validity(leaf, expectation);
    let server = verify(chain, &anchors, at, KeyUsage::server_auth());
    let desktop = || verify(chain, &anchors, at, KeyUsage::required(REMOTE_DESKTOP));
    let Err(Error::RequiredEkuNotFoundContext(_)) = server.clone().or_else(|_| desktop()) else {
        return result(server.or_else(|error| if is_usage(&error) { desktop() } else { Err(error) }));
    };
    match verify(chain, &anchors, at, AnyUsage) {
        Ok(()) if names_usage(leaf) => {
            (Trust::Other, Some("an issuer may not issue for this usage".to_owned()))
        }
        other => result(other),
    }
}

fn is_usage(error: &Error) -> bool {
    matches!(error, Error::RequiredEkuNotFoundContext(_))
}

/// Whether the certificate itself allows one of the two usages by name, or everything by silence.
fn names_usage(leaf: &X509Certificate<'_>) -> bool {
    let usage = fields::usage(leaf);
    let any = usage.extended.iter().any(|oid| oid == fields::ANY_USAGE);
    !any && (usage.server_authentication || usage.remote_desktop)
}

/// Asks for the chain alone.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// Validity is a finding of its own: a chain that is only out of date is checked at a time when it was not.
fn within_validity(leaf: &X509Certificate<'_>, expectation: &Expectation<'_>) -> UnixTime {
    let (from, to) = (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp());
    let seconds = expectation.now.0.unix_timestamp().max(from).min(to);
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn verify(
    chain: &[Vec<u8>],
    anchors: &[TrustAnchor<'_>],
    at: UnixTime,
    usage: impl ExtendedKeyUsageValidator,
) -> Result<(), Error> {
    let ders: Vec<CertificateDer<'_>> = chain.iter().map(|der| der.as_slice().into()).collect();
    let (leaf, intermediates) = ders.split_first().ok_or(Error::UnknownIssuer)?;
    EndEntityCert::try_from(leaf)?
        .verify_for_usage(webpki::ALL_VERIFICATION_ALGS, anchors, intermediates, at, usage, None, None)
        .map(|_| ())
}

fn result(verified: Result<(), Error>) -> (Trust, Option<String>) {
    match verified {
        Ok(()) => (Trust::Trusted, None),
        Err(Error::UnknownIssuer) => (Trust::UnknownIssuer, None),
        Err(other) => (Trust::Other, Some(format!("{other:?}"))),
    }
}
