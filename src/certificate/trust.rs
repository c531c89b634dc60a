//! Whether a chain leads to a trusted root, for server authentication or the Remote Desktop usage (RFC 5280 section 6).

use std::time::Duration;

use tokio_rustls::rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage};
use x509_parser::certificate::X509Certificate;

use super::{expectation::Expectation, fields};
use crate::report::Trust;

/// szOID_KP_RDP, 1.3.6.1.4.1.311.54.1.2, DER without tag and length.
const REMOTE_DESKTOP: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x36, 0x01, 0x02];

/// Self-signed is decided first, then server authentication, then the Remote Desktop usage. What the certificate itself may
/// be used for is a finding of its own; here it only counts when an issuer forbids it.
pub(super) fn check(
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
    let now = expectation.now.0.unix_timestamp();
    match at(chain, &anchors, leaf, now) {
        // Validity is a finding of its own: a chain that is only out of date is checked at a time when it was not.
        Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }) => {
            match at(chain, &anchors, leaf, within_validity(leaf, now)) {
                Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }) => {
                    (Trust::NotChecked, Some("its certificates are valid at no common time".to_owned()))
                }
                other => result(other),
            }
        }
        other => result(other),
    }
}

/// The chain at one time, for either usage.
fn at(
    chain: &[Vec<u8>],
    anchors: &[TrustAnchor<'_>],
    leaf: &X509Certificate<'_>,
    seconds: i64,
) -> Result<(), Error> {
    let time = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()));
    let server = verify(chain, anchors, time, KeyUsage::server_auth());
    if !matches!(server, Err(ref error) if is_usage(error)) {
        return server;
    }
    let desktop = verify(chain, anchors, time, KeyUsage::required_if_present(REMOTE_DESKTOP));
    match desktop {
        Err(error) if is_usage(&error) && !names_usage(leaf) => verify(chain, anchors, time, AnyUsage),
        other => other,
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

fn within_validity(leaf: &X509Certificate<'_>, now: i64) -> i64 {
    now.max(leaf.validity().not_before.timestamp()).min(leaf.validity().not_after.timestamp())
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
    let why = match verified {
        Ok(()) => return (Trust::Trusted, None),
        Err(Error::UnknownIssuer) => return (Trust::UnknownIssuer, None),
        Err(Error::RequiredEkuNotFoundContext(_)) => "an issuer may not issue for this usage".to_owned(),
        Err(Error::InvalidSignatureForPublicKey) => "a signature in the chain is wrong".to_owned(),
        Err(Error::EndEntityUsedAsCa) => "an issuer is no certification authority".to_owned(),
        Err(Error::UnsupportedCertVersion) => "a certificate of the chain is not version 3".to_owned(),
        Err(other) => {
            let name = format!("{other:?}");
            let name = name.split(['(', ' ', '{']).next().unwrap_or_default();
            format!("the chain cannot be verified ({name})")
        }
    };
    (Trust::Other, Some(why))
}
