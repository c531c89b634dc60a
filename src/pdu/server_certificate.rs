//! The server certificate of SC_SECURITY and of the license request, and the key in it: MS-RDPBCGR 2.2.1.4.3.1.

use md5::{Digest, Md5};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey as DerKey;

use super::license_frame::read_blob;
use super::rsa::{self, RsaPublicKey};
use super::{Malformed, Reader};

/// The Terminal Services signing key's modulus, little-endian; the key and its private half are published in
/// MS-RDPBCGR 5.3.3.1.1, so a valid signature proves a well-formed certificate and never who made it.
pub const SIGNING_MODULUS: [u8; 64] = [
    0x3D, 0x3A, 0x5E, 0xBD, 0x72, 0x43, 0x3E, 0xC9, 0x4D, 0xBB, 0xC1, 0x1E, 0x4A, 0xBA, 0x5F, 0xCB, 0x3E,
    0x88, 0x20, 0x87, 0xEF, 0xF5, 0xC1, 0xE2, 0xD7, 0xB7, 0x6B, 0x9A, 0xF2, 0x52, 0x45, 0x95, 0xCE, 0x63,
    0x65, 0x6B, 0x58, 0x3A, 0xFE, 0xEF, 0x7C, 0xE7, 0xBF, 0xFE, 0x3D, 0xF6, 0x5C, 0x7D, 0x6C, 0x5E, 0x06,
    0x09, 0x1A, 0xF5, 0x61, 0xBB, 0x20, 0x93, 0x09, 0x5F, 0x05, 0x6D, 0xEA, 0x87,
];
const SIGNING_EXPONENT: u32 = 0xC088_7B5B;

const TEMPORARY: u32 = 0x8000_0000;
const CERT_CHAIN_VERSION_1: u32 = 1;
const CERT_CHAIN_VERSION_2: u32 = 2;
const RSA1: u32 = 0x3141_5352;

/// The most certificates a chain may announce (MS-RDPELE 2.2.1.4.2).
const MAX_CHAIN: u32 = 200;

/// A server's certificate in either of its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerCertificate {
    /// PROPRIETARYSERVERCERTIFICATE, version 1.
    Proprietary {
        /// The server's key.
        key: RsaPublicKey,
        /// Whether the signature is by the Terminal Services signing key; `None` if there is no signature.
        signature_valid: Option<bool>,
        /// Whether bit 31 of dwVersion marks the certificate as issued temporarily.
        temporary: bool,
    },
    /// X509_CERTIFICATE_CHAIN, version 2.
    X509 {
        /// The certificates as DER, in the order served, the server's own last.
        chain: Vec<Vec<u8>>,
        /// The RSA key of the last certificate; `None` if there is none or it cannot be read.
        key: Option<RsaPublicKey>,
        /// Whether bit 31 of dwVersion marks the certificate as issued temporarily.
        temporary: bool,
    },
}

impl ServerCertificate {
    /// Reads SERVER_CERTIFICATE; a chain may be empty, and what follows the certificate is ignored.
    ///
    /// # Errors
    /// If the version is neither 1 nor 2, or a certificate or the proprietary key is cut short.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let version = reader.u32()?;
        let temporary = version & TEMPORARY != 0;
        match version & !TEMPORARY {
            CERT_CHAIN_VERSION_1 => {
                let (key, signature_valid) = read_proprietary(bytes, &mut reader)?;
                Ok(Self::Proprietary { key, signature_valid, temporary })
            }
            CERT_CHAIN_VERSION_2 => {
                let chain = read_chain(&mut reader)?;
                let key = chain.last().and_then(|leaf| x509_key(leaf));
                Ok(Self::X509 { chain, key, temporary })
            }
            other => Err(Malformed(format!("server certificate of version {other}, 1 or 2 expected"))),
        }
    }

    /// The server's key, if it could be read.
    pub fn key(&self) -> Option<&RsaPublicKey> {
        match self {
            Self::Proprietary { key, .. } => Some(key),
            Self::X509 { key, .. } => key.as_ref(),
        }
    }
}

fn read_proprietary(
    certificate: &[u8],
    reader: &mut Reader<'_>,
) -> Result<(RsaPublicKey, Option<bool>), Malformed> {
    let _signature_and_key_algorithm = (reader.u32()?, reader.u32()?);
    let key = read_rsa1(read_blob(reader)?)?;
    let signed = certificate.strip_suffix(reader.rest()).expect("the rest is the end of the certificate");
    let signature = read_blob(reader).ok().filter(|signature| !signature.is_empty());
    Ok((key, signature.map(|signature| signature_valid(signed, signature))))
}

/// RSA_PUBLIC_KEY, MS-RDPBCGR 2.2.1.4.3.1.1.1; `bitlen` and `datalen` follow from the modulus and are not believed.
fn read_rsa1(blob: &[u8]) -> Result<RsaPublicKey, Malformed> {
    let mut reader = Reader::new(blob);
    let magic = reader.u32()?;
    if magic != RSA1 {
        return Err(Malformed(format!("server key with magic {magic:#010x}, {RSA1:#010x} expected")));
    }
    let key_length = reader.u32()?;
    let _bits_and_data_length = (reader.u32()?, reader.u32()?);
    let exponent = reader.u32()?;
    let modulus = reader.bytes(usize::try_from(key_length).unwrap_or(usize::MAX))?;
    Ok(RsaPublicKey::new(modulus, exponent))
}

/// MS-RDPBCGR 5.3.3.1.3: the signature decrypts to the MD5 of the first six fields, a zero, 45 times 0xFF and a 1.
fn signature_valid(signed: &[u8], signature: &[u8]) -> bool {
    let signing_key = RsaPublicKey { modulus: SIGNING_MODULUS.to_vec(), exponent: SIGNING_EXPONENT };
    rsa::power(&signing_key, signature).is_ok_and(|decrypted| decrypted == signature_plaintext(signed))
}

/// What a signature over `signed` encrypts: 63 bytes and the highest byte, zero (MS-RDPBCGR 5.3.3.1.2).
pub fn signature_plaintext(signed: &[u8]) -> [u8; 64] {
    let mut plaintext = [0xFF; 64];
    plaintext[..16].copy_from_slice(&Md5::digest(signed));
    plaintext[16] = 0;
    plaintext[62] = 1;
    plaintext[63] = 0;
    plaintext
}

fn read_chain(reader: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, Malformed> {
    let count = reader.u32()?;
    if count > MAX_CHAIN {
        return Err(Malformed(format!("chain of {count} certificates, at most {MAX_CHAIN} allowed")));
    }
    (0..count)
        .map(|_| {
            let length = reader.u32()?;
            Ok(reader.bytes(usize::try_from(length).unwrap_or(usize::MAX))?.to_vec())
        })
        .collect()
}

/// The RSA key of a certificate, whatever its algorithm identifier: Terminal Services licensing uses ones of its own.
pub fn x509_key(der: &[u8]) -> Option<RsaPublicKey> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let (_, key) = DerKey::from_der(&certificate.public_key().subject_public_key.data).ok()?;
    let exponent = u32::from_str_radix(&hex::encode(key.exponent), 16).ok()?;
    let modulus: Vec<u8> = key.modulus.iter().rev().copied().collect();
    Some(RsaPublicKey::new(&modulus, exponent))
}
