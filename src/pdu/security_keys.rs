//! The session keys of Standard RDP Security, and the MAC and the key stream made with them: MS-RDPBCGR 5.3.5 to 5.3.7.

use std::fmt;

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::Malformed;
use crate::plain::plural;

/// A key is changed after this many PDUs of its direction (5.3.7).
pub const UPDATE_INTERVAL: u32 = 4096;

const PAD_1: [u8; 40] = [0x36; 40];
const PAD_2: [u8; 48] = [0x5C; 48];

/// The length of the RC4 keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// ENCRYPTION_METHOD_40BIT.
    Bits40,
    /// ENCRYPTION_METHOD_56BIT.
    Bits56,
    /// ENCRYPTION_METHOD_128BIT.
    Bits128,
}

impl Strength {
    /// The strength of an encryptionMethod; none for FIPS and for what nobody knows.
    pub fn of(method: u32) -> Option<Self> {
        match method {
            0x01 => Some(Self::Bits40),
            0x08 => Some(Self::Bits56),
            0x02 => Some(Self::Bits128),
            _ => None,
        }
    }

    /// The bytes of a key that count, the first of them replaced by a published salt where the key is weak.
    fn shorten(self, key: &[u8; 16]) -> Secret {
        let salt: &[u8] = match self {
            Self::Bits40 => &[0xD1, 0x26, 0x9E],
            Self::Bits56 => &[0xD1],
            Self::Bits128 => return Zeroizing::new(key.to_vec()),
        };
        Zeroizing::new([salt, &key[salt.len()..8]].concat())
    }
}

/// Bytes that are wiped when dropped.
pub(super) type Secret = Zeroizing<Vec<u8>>;

/// What a client signs, encrypts and decrypts with; wiped when dropped, never printed.
pub struct SessionKeys {
    /// MACKey, the same in both directions.
    pub(super) mac: MacKey,
    /// InitialClientEncryptKey.
    pub(super) outgoing: KeyStream,
    /// InitialClientDecryptKey.
    pub(super) incoming: KeyStream,
}

impl SessionKeys {
    /// The client's keys from both randoms, the server's as it came.
    ///
    /// # Errors
    /// The server's random is not 32 bytes long.
    pub fn of(strength: Strength, client_random: &[u8; 32], server_random: &[u8]) -> Result<Self, Malformed> {
        let random = server_random.try_into().map_err(|_| {
            let length = plural(server_random.len() as u64, "byte");
            Malformed(format!("a server random of {length}, 32 expected"))
        })?;
        Ok(Self::derive(strength, client_random, random))
    }

    /// The client's keys from both randoms (5.3.5.1).
    fn derive(strength: Strength, client_random: &[u8; 32], server_random: &[u8; 32]) -> Self {
        let hashes = |secret: &[u8], letters: [&[u8]; 3]| {
            Zeroizing::new(letters.map(|text| salted_hash(secret, text, client_random, server_random)))
        };
        let premaster = Zeroizing::new([&client_random[..24], &server_random[..24]].concat());
        let master = hashes(&premaster, [b"A", b"BB", b"CCC"]);
        let blob = hashes(master.as_flattened(), [b"X", b"YY", b"ZZZ"]);
        let [mac, decrypt, encrypt] = &*blob;
        let stream = |part: &[u8; 16]| {
            let key = Md5::new().chain_update(part).chain_update(client_random).chain_update(server_random);
            KeyStream::new(strength, strength.shorten(&Zeroizing::new(key.finalize().into())))
        };
        Self { mac: MacKey(strength.shorten(mac)), outgoing: stream(encrypt), incoming: stream(decrypt) }
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKeys").finish_non_exhaustive()
    }
}

/// MD5(S + SHA1(I + S + ClientRandom + ServerRandom)).
fn salted_hash(secret: &[u8], letters: &[u8], client_random: &[u8], server_random: &[u8]) -> [u8; 16] {
    let inner = Sha1::new()
        .chain_update(letters)
        .chain_update(secret)
        .chain_update(client_random)
        .chain_update(server_random)
        .finalize();
    Md5::new().chain_update(secret).chain_update(inner).finalize().into()
}

/// Signs unencrypted data (5.3.6.1).
#[derive(Clone)]
pub(super) struct MacKey(Secret);

impl MacKey {
    /// MACSignature; with the number of PDUs that this direction carried before, the salted one (5.3.6.1.1).
    pub(super) fn sign(&self, data: &[u8], count: Option<u32>) -> [u8; 8] {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let mut inner = Sha1::new()
            .chain_update(&*self.0)
            .chain_update(PAD_1)
            .chain_update(length.to_le_bytes())
            .chain_update(data);
        if let Some(count) = count {
            inner.update(count.to_le_bytes());
        }
        let hash: [u8; 16] = Md5::new()
            .chain_update(&*self.0)
            .chain_update(PAD_2)
            .chain_update(inner.finalize())
            .finalize()
            .into();
        *hash.first_chunk().expect("8 of 16 bytes")
    }
}

/// RC4 in one direction, with the changes of its key.
pub(super) struct KeyStream {
    strength: Strength,
    initial: Secret,
    current: Secret,
    cipher: Rc4,
    /// PDUs under the current key.
    used: u32,
    /// PDUs under all keys.
    count: u32,
}

impl KeyStream {
    fn new(strength: Strength, key: Secret) -> Self {
        let cipher = rc4(&key);
        Self { strength, initial: key.clone(), current: key, cipher, used: 0, count: 0 }
    }

    /// How many PDUs it has carried.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Encrypts or decrypts the next PDU.
    pub(super) fn apply(&mut self, data: &[u8]) -> Vec<u8> {
        if self.used == UPDATE_INTERVAL {
            self.update();
        }
        self.used += 1;
        self.count = self.count.wrapping_add(1);
        let mut output = data.to_vec();
        self.cipher.apply_keystream(&mut output);
        output
    }

    /// The next key (5.3.7.1): a hash of the first and the current one, encrypted with itself.
    fn update(&mut self) {
        let inner = Sha1::new().chain_update(&*self.initial).chain_update(PAD_1).chain_update(&*self.current);
        let hash = Md5::new().chain_update(&*self.initial).chain_update(PAD_2).chain_update(inner.finalize());
        let mut next = Zeroizing::new(<[u8; 16]>::from(hash.finalize()));
        let length = self.initial.len();
        let mut cipher = rc4(&next[..length]);
        cipher.apply_keystream(&mut next[..length]);
        self.current = self.strength.shorten(&next);
        self.cipher = rc4(&self.current);
        self.used = 0;
    }
}

fn rc4(key: &[u8]) -> Rc4 {
    Rc4::new_from_slice(key).expect("RC4 takes keys of 8 and of 16 bytes")
}
