//! HMAC-MD5 as NTLM uses it (MS-NLMP 6).

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;

/// HMAC-MD5 over these parts.
pub(super) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    hmac(key, parts).finalize().into_bytes().into()
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Hmac<Md5> {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// Whether that is the HMAC-MD5 over these parts.
pub(super) fn verify(key: &[u8], parts: &[&[u8]], expected: &[u8]) -> bool {
    hmac(key, parts).verify_slice(expected).is_ok()
}
