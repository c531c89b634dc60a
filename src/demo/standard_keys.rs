//! The server's side of the session keys, written apart from the client's so that the two check each other (MS-RDPBCGR 5.3.5, 5.3.6).

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;

/// ENCRYPTION_METHOD_40BIT.
pub const METHOD_40BIT: u32 = 0x01;
/// ENCRYPTION_METHOD_128BIT.
pub const METHOD_128BIT: u32 = 0x02;
/// ENCRYPTION_METHOD_56BIT.
pub const METHOD_56BIT: u32 = 0x08;

/// Signs, decrypts what the client sends and encrypts what the server sends.
pub struct ServerKeys {
    mac: Vec<u8>,
    from_client: Rc4,
    to_client: Rc4,
    /// PDUs that came from the client, the salt of its next MAC.
    received: u32,
}

impl ServerKeys {
    /// The keys of this encryption method.
    pub fn new(method: u32, client_random: &[u8; 32], server_random: &[u8; 32]) -> Self {
        let randoms = [&client_random[..], server_random].concat();
        let salted =
            |secret: &[u8], text: &str| md5(&[secret, &sha1(&[text.as_bytes(), secret, &randoms].concat())]);
        let premaster = [&client_random[..24], &server_random[..24]].concat();
        let master = ["A", "BB", "CCC"].map(|text| salted(&premaster, text)).concat();
        let [mac, server_encrypt, server_decrypt] = ["X", "YY", "ZZZ"].map(|text| salted(&master, text));
        let stream = |key: Vec<u8>| {
            let key = shorten(method, md5(&[&key, &randoms]));
            Rc4::new_from_slice(&key).expect("8 or 16 bytes")
        };
        Self {
            mac: shorten(method, mac),
            from_client: stream(server_decrypt),
            to_client: stream(server_encrypt),
            received: 0,
        }
    }

    /// MACSignature, with a salt of four bytes or none.
    fn sign(&self, data: &[u8], salt: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("a PDU is small").to_le_bytes();
        let inner = sha1(&[&self.mac, &[0x36; 40][..], &length, data, salt].concat());
        md5(&[&self.mac, &[0x5C; 48], &inner])[..8].to_vec()
    }

    /// MAC and encrypted data as they follow the basic security header.
    pub fn encrypt(&mut self, data: &[u8]) -> Vec<u8> {
        let mut encrypted = data.to_vec();
        self.to_client.apply_keystream(&mut encrypted);
        [self.sign(data, &[]), encrypted].concat()
    }

    /// What follows the basic security header, decrypted; none when the MAC, salted or not, is wrong.
    pub fn decrypt(&mut self, signed: &[u8], salted: bool) -> Option<Vec<u8>> {
        let (mac, encrypted) = signed.split_at_checked(8)?;
        let mut data = encrypted.to_vec();
        self.from_client.apply_keystream(&mut data);
        let salt = self.received.to_le_bytes();
        self.received += 1;
        (self.sign(&data, if salted { &salt } else { &[] }) == mac).then_some(data)
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
