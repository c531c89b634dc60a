//! A ClientHello as fields, read from its record and written again (RFC 8446 4.1.2 and 5.1, RFC 5246 7.4.1.2).

use super::{Malformed, Reader, content_type::HANDSHAKE, handshake::CLIENT_HELLO};

/// TLS 1.0, the version of the record, as RFC 8446 5.1 advises for middleboxes.
pub(crate) const TLS_1_0: u16 = 0x0301;
/// TLS 1.2, which TLS 1.3 calls the legacy version.
pub(crate) const TLS_1_2: u16 = 0x0303;
/// TLS 1.3.
pub(crate) const TLS_1_3: u16 = 0x0304;
/// The extension server_name.
pub(crate) const SERVER_NAME: u16 = 0;
/// The extension supported_versions.
pub(crate) const SUPPORTED_VERSIONS: u16 = 43;

/// What a ClientHello says, in the order in which it says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// legacy_version.
    pub version: u16,
    /// The random.
    pub random: [u8; 32],
    /// The id of the session.
    pub session: Vec<u8>,
    /// The suites.
    pub suites: Vec<u16>,
    /// The methods of compression.
    pub compression: Vec<u8>,
    /// The extensions.
    pub extensions: Vec<Extension>,
}

/// One extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its number.
    pub kind: u16,
    /// Its content, without its length.
    pub content: Vec<u8>,
}

impl ClientHello {
    /// The hello in the record at the beginning of `bytes`; what follows the record is not looked at.
    ///
    /// # Errors
    /// There is no whole record with a whole ClientHello.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut record = Reader::new(bytes);
        let (kind, _version) = (record.u8()?, record.u16_be()?);
        let mut message = Reader::new(long(&mut record)?);
        let (what, high) = (message.u8()?, message.u8()?);
        if (kind, what, high) != (HANDSHAKE, CLIENT_HELLO, 0) {
            return Err(Malformed::new("no ClientHello begins here"));
        }
        let mut body = Reader::new(long(&mut message)?);
        let (version, random) = (body.u16_be()?, body.array()?);
        let session = short(&mut body)?.to_vec();
        let suites = long(&mut body)?.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let (suites, compression) = (suites.collect(), short(&mut body)?.to_vec());
        let mut list = Reader::new(if body.is_empty() { &[] } else { long(&mut body)? });
        let mut extensions = Vec::new();
        while !list.is_empty() {
            extensions.push(Extension { kind: list.u16_be()?, content: long(&mut list)?.to_vec() });
        }
        Ok(Self { version, random, session, suites, compression, extensions })
    }

    /// Its record; none where a field does not fit its length.
    pub fn record(&self) -> Option<Vec<u8>> {
        let mut extensions = Vec::new();
        for Extension { kind, content } in &self.extensions {
            extensions.extend(kind.to_be_bytes());
            extensions.extend(with_long(content)?);
        }
        let mut message = vec![CLIENT_HELLO, 0];
        let suites = words(&self.suites);
        let body = [
            &self.version.to_be_bytes()[..],
            &self.random,
            &with_short(&self.session)?,
            &with_long(&suites)?,
            &with_short(&self.compression)?,
            &with_long(&extensions)?,
        ];
        message.extend(with_long(&body.concat())?);
        let mut record = vec![HANDSHAKE];
        record.extend(TLS_1_0.to_be_bytes());
        record.extend(with_long(&message)?);
        Some(record)
    }

    /// The versions that it offers: those of supported_versions, or else the one in its head and whatever is older.
    pub fn versions(&self) -> Vec<u16> {
        let listed = self.extension(SUPPORTED_VERSIONS).and_then(|content| content.get(1..)).map(of_words);
        listed.unwrap_or_else(|| vec![self.version])
    }

    /// The words of an extension whose content is a list of them behind two bytes of length.
    pub fn listed(&self, kind: u16) -> Vec<u16> {
        self.extension(kind).and_then(|content| content.get(2..)).map(of_words).unwrap_or_default()
    }

    /// The content of an extension.
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        let found = self.extensions.iter().find(|extension| extension.kind == kind)?;
        Some(&found.content)
    }
}

impl Extension {
    /// One with this content.
    pub fn new(kind: u16, content: Vec<u8>) -> Self {
        Self { kind, content }
    }

    /// One whose content is a list of words behind two bytes of length.
    pub fn list(kind: u16, content: &[u16]) -> Self {
        let content = words(content);
        Self { kind, content: with_long(&content).unwrap_or_default() }
    }

    /// How many bytes it takes.
    pub fn length(&self) -> usize {
        2 + 2 + self.content.len()
    }
}

/// The bytes of these words.
pub fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn of_words(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

fn short<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let length = reader.u8()?;
    reader.bytes(length.into())
}

fn long<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let length = reader.u16_be()?;
    reader.bytes(length.into())
}

/// A vector with one byte of length.
pub fn with_short(content: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(content.len()).ok()?;
    Some([&[length], content].concat())
}

/// A vector with two bytes of length.
pub fn with_long(content: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len()).ok()?;
    Some([&length.to_be_bytes()[..], content].concat())
}
