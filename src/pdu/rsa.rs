//! The raw RSA operations on little-endian numbers: MS-RDPBCGR 5.3.3.1.3, 5.3.4.1 and 5.3.4.2.

use num_bigint::BigUint;
use zeroize::Zeroizing;

use super::Malformed;

/// The longest modulus that is used, in bytes: 8192 bits keeps one operation far below a second.
pub const MAX_MODULUS: usize = 1024;

/// The zero bytes that follow every little-endian number on the wire.
const PADDING: usize = 8;

/// An RSA public key as the certificate states it; [`power`] refuses what cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// The modulus, little-endian, without zero bytes above its highest.
    pub modulus: Vec<u8>,
    /// The public exponent.
    pub exponent: u32,
}

impl RsaPublicKey {
    /// The key with this little-endian modulus, whose zero padding is dropped.
    pub fn new(modulus_le: &[u8], exponent: u32) -> Self {
        let length = modulus_le.iter().rposition(|byte| *byte != 0).map_or(0, |highest| highest + 1);
        Self { modulus: modulus_le.iter().copied().take(length).collect(), exponent }
    }

    /// The length of the modulus in bits.
    pub fn bits(&self) -> usize {
        self.modulus.last().map_or(0, |highest| self.modulus.len() * 8 - highest.leading_zeros() as usize)
    }
}

/// Encrypts `message_le` as MS-RDPBCGR 5.3.4.1 says: little-endian, as long as the modulus, then 8 zero bytes.
///
/// # Errors
/// If the key is none ([`power`]) or the message is not smaller than the modulus.
pub fn encrypt(key: &RsaPublicKey, message_le: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut encrypted = power(key, message_le)?;
    encrypted.extend_from_slice(&[0; PADDING]);
    Ok(encrypted)
}

/// `value_le` to the power of the public exponent, modulo the modulus; little-endian, as long as the modulus.
///
/// # Errors
/// If the modulus is zero, even or longer than [`MAX_MODULUS`], if the exponent is even or 1, or if the value is
/// not smaller than the modulus.
pub fn power(key: &RsaPublicKey, value_le: &[u8]) -> Result<Vec<u8>, Malformed> {
    // An exponent of 1 would send the message in the clear.
    if key.exponent.is_multiple_of(2) || key.exponent == 1 {
        return Err(Malformed(format!("RSA exponent {} is even or 1", key.exponent)));
    }
    raised(&key.modulus, &BigUint::from(key.exponent), value_le)
}

/// `value_le` to the power of a private exponent, modulo the modulus; little-endian, as long as the modulus.
///
/// # Errors
/// As [`power`], but for the exponent.
pub fn private_power(
    modulus_le: &[u8],
    exponent_le: &[u8],
    value_le: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    raised(modulus_le, &BigUint::from_bytes_le(exponent_le), value_le).map(Zeroizing::new)
}

fn raised(modulus_le: &[u8], exponent: &BigUint, value_le: &[u8]) -> Result<Vec<u8>, Malformed> {
    let length = modulus_le.len();
    if length > MAX_MODULUS {
        return Err(Malformed(format!("RSA modulus of {length} bytes, at most {MAX_MODULUS} are used")));
    }
    let modulus = BigUint::from_bytes_le(modulus_le);
    if !modulus.bit(0) {
        return Err(Malformed::new("RSA modulus is zero or even"));
    }
    let value = BigUint::from_bytes_le(value_le);
    if value >= modulus {
        return Err(Malformed(format!(
            "RSA modulus of {} bits is too short for the message",
            modulus.bits()
        )));
    }
    let mut result = value.modpow(exponent, &modulus).to_bytes_le();
    result.resize(length, 0);
    Ok(result)
}
