//! The server's side of the session keys, written apart from the client's so that the two check each other (MS-RDPBCGR 5.3.5, 5.3.6).

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;

/// ENCRYPTION_METHOD_40BIT.
pub(super) const METHOD_40BIT: u32 = 0x01;
/// ENCRYPTION_METHOD_128BIT.
pub(super) const METHOD_128BIT: u32 = 0x02;
/// ENCRYPTION_METHOD_56BIT.
pub(super) const METHOD_56BIT: u32 = 0x08;

/// The keys of both directions.
pub(super) struct ServerKeys {
    /// Decrypts what the client sends.
    pub from_client: Direction,
    /// Encrypts what the server sends.
    pub to_client: Direction,
}

/// How a MAC is made (MS-RDPBCGR 5.3.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mac {
    Plain,
    /// Over the number of the PDU too.
    Salted,
}

impl Mac {
    /// What a header with this flag, or without it, announces.
    pub(super) fn announced(flags: u16, salted: u16) -> Self {
        if flags & salted == 0 { Self::Plain } else { Self::Salted }
    }
}

/// The keys of one direction; the client changes them after 4096 PDUs, of which no trace sends or receives so many.
pub(super) struct Direction {
    mac: Vec<u8>,
    stream: Rc4,
    /// PDUs so far, the salt of the next MAC.
    count: u32,
}

impl ServerKeys {
    /// The keys of this encryption method.
    pub(super) fn new(method: u32, client_random: &[u8; 32], server_random: &[u8; 32]) -> Self {
        let randoms = [&client_random[..], server_random].concat();
        let salted =
            |secret: &[u8], text: &str| md5(&[secret, &sha1(&[text.as_bytes(), secret, &randoms].concat())]);
        let premaster = [&client_random[..24], &server_random[..24]].concat();
        let master = ["A", "BB", "CCC"].map(|text| salted(&premaster, text)).concat();
        let [mac, server_encrypt, server_decrypt] = ["X", "YY", "ZZZ"].map(|text| salted(&master, text));
        let mac = shorten(method, mac);
        let direction = |key: Vec<u8>| {
            let key = shorten(method, md5(&[&key, &randoms]));
            let stream = Rc4::new_from_slice(&key).expect("8 or 16 bytes");
            Direction { mac: mac.clone(), stream, count: 0 }
        };
        Self { from_client: direction(server_decrypt), to_client: direction(server_encrypt) }
    }
}

impl Direction {
    /// MACSignature of what this number has.
    fn sign(&self, data: &[u8], count: u32, mac: Mac) -> Vec<u8> {
        let salt = count.to_le_bytes();
        let salt: &[u8] = match mac {
            Mac::Plain => &[],
            Mac::Salted => &salt,
        };
        let length = u32::try_from(data.len()).expect("a PDU is small").to_le_bytes();
        let inner = sha1(&[&self.mac, &[0x36; 40][..], &length, data, salt].concat());
        md5(&[&self.mac, &[0x5C; 48], &inner])[..8].to_vec()
    }

    /// The MAC and encrypted data.
    pub(super) fn encrypt(&mut self, data: &[u8], mac: Mac) -> Vec<u8> {
        let count = self.count;
        self.count += 1;
        let mut encrypted = data.to_vec();
        self.stream.apply_keystream(&mut encrypted);
        [self.sign(data, count, mac), encrypted].concat()
    }

    /// The data that follows its MAC, decrypted; none when the MAC is wrong.
    pub(super) fn decrypt(&mut self, signed: &[u8], mac: Mac) -> Option<Vec<u8>> {
        let (signature, encrypted) = signed.split_at_checked(8)?;
        let count = self.count;
        self.count += 1;
        let mut data = encrypted.to_vec();
        self.stream.apply_keystream(&mut data);
        (self.sign(&data, count, mac) == signature).then_some(data)
    }
}

fn shorten(method: u32, mut key: Vec<u8>) -> Vec<u8> {
    let salt: &[u8] = match method {
        METHOD_40BIT => &[0xD1, 0x26, 0x9E],
        METHOD_56BIT => &[0xD1],
        _ => return key,
    };
    key.truncate(8);
    key[..salt.len()].copy_from_slice(salt);
    key
}

fn md5(parts: &[&[u8]]) -> Vec<u8> {
    Md5::digest(parts.concat()).to_vec()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    Sha1::digest(bytes).to_vec()
}
