//! Keys of Kerberos (RFC 3961), and what they seal; sspi takes answers that are sealed for it.

use picky_krb::crypto::CipherSuite;
use sspi::{Secret, kerberos::EncryptionParams};

use super::client::unusable;
use crate::{
    guard::guarded,
    pdu::kerberos::session_key,
    plain::plural,
    report::{Failure, FailureKind},
};

/// The types that are asked for, best first: aes256-cts-hmac-sha1-96 and aes128-cts-hmac-sha1-96.
pub(super) const TYPES: [u32; 2] = [18, 17];

/// A key with its type.
pub(super) struct Key {
    pub suite: CipherSuite,
    pub value: Secret<Vec<u8>>,
}

impl Key {
    /// The key that a password makes with this salt.
    ///
    /// # Errors
    /// The type is none of ours.
    pub(super) fn of_password(kind: u32, password: &str, salt: &[u8]) -> Result<Self, Failure> {
        let suite = suite(kind)?;
        let value = suite.cipher().generate_key_from_password(password.as_bytes(), salt);
        Ok(Self { suite, value: value.map_err(|error| unusable(&error))?.into() })
    }

    /// The session key in an opened part of an answer.
    ///
    /// # Errors
    /// There is none, or its type is none of ours.
    pub(super) fn of_session(opened: &[u8]) -> Result<Self, Failure> {
        let (kind, value) = session_key(opened).map_err(|error| unusable(&error))?;
        let suite = suite(kind)?;
        if value.len() != suite.cipher().key_size() {
            return Err(unusable(&format!("its session key has {}", plural(value.len() as u64, "byte"))));
        }
        Ok(Self { suite, value: value.to_vec().into() })
    }

    /// Opens what is sealed with it for this use; none where it is another key.
    pub(super) fn open(&self, usage: i32, cipher: &[u8]) -> Option<Vec<u8>> {
        let open = || self.suite.cipher().decrypt(self.value.as_ref(), usage, cipher);
        guarded(open).ok()?.ok()
    }

    /// Seals for this use.
    ///
    /// # Errors
    /// The key is none.
    pub(super) fn seal(&self, usage: i32, plain: &[u8]) -> Result<Vec<u8>, Failure> {
        let sealed = self.suite.cipher().encrypt(self.value.as_ref(), usage, plain);
        sealed.map_err(|error| unusable(&error))
    }

    /// The number of the type.
    pub(super) fn kind(&self) -> u8 {
        u8::from(&self.suite)
    }

    /// As sspi wants to hear of the type.
    pub(super) fn parameters(&self) -> EncryptionParams {
        EncryptionParams {
            encryption_type: Some(self.suite.clone()),
            ..EncryptionParams::default_for_client()
        }
    }
}

fn suite(kind: u32) -> Result<CipherSuite, Failure> {
    let suite = usize::try_from(kind).ok().filter(|_| TYPES.contains(&kind));
    suite.and_then(|kind| CipherSuite::try_from(kind).ok()).ok_or_else(|| {
        let detail = format!("the KDC uses a key of the encryption type {kind}, which is not spoken here");
        Failure::new(FailureKind::KerberosError, detail)
    })
}
