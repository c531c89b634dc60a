//! The channel bindings of a certificate: tls-server-end-point (RFC 5929 section 4.1).

use md5::Md5;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::fields;

/// The digest of gss_channel_bindings_struct (RFC 2744 section 3.11), without addresses and with the hash of this certificate, as
/// MsvAvChannelBindings carries it (MS-NLMP 2.2.2.1).
pub fn channel_bindings(leaf: &[u8]) -> [u8; 16] {
    let data = [b"tls-server-end-point:".as_slice(), &hash(leaf)].concat();
    let length = u32::try_from(data.len()).expect("a prefix and a hash");
    Md5::new().chain_update([0; 16]).chain_update(length.to_le_bytes()).chain_update(data).finalize().into()
}

/// By the hash of the certificate's signature; weaker ones, and those that are not known, count as SHA-256.
fn hash(leaf: &[u8]) -> Vec<u8> {
    let parsed = X509Certificate::from_der(leaf).ok();
    let digest = parsed.and_then(|(_, parsed)| fields::signature(&parsed).digest);
    match digest.as_deref() {
        Some("SHA-384") => Sha384::digest(leaf).to_vec(),
        Some("SHA-512") => Sha512::digest(leaf).to_vec(),
        _ => Sha256::digest(leaf).to_vec(),
    }
}
