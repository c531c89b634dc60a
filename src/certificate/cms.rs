//! The parts of a PKCS#7 SignedData that a detached signature needs (RFC 5652 section 5).

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Oid, Tag};

/// More certificates or signers are not looked at.
const MOST: usize = 20;
/// id-signedData.
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// id-messageDigest, among the signed attributes.
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";

/// What is read of it; the bytes are those of the message.
pub(super) struct SignedData<'a> {
    /// The certificates, in DER.
    pub certificates: Vec<&'a [u8]>,
    /// The first signer.
    pub signer: Signer<'a>,
}

/// One SignerInfo.
pub(super) struct Signer<'a> {
    /// Issuer and serial number, or the key identifier, that name its certificate.
    pub identifier: Identifier<'a>,
    /// The digest's object identifier.
    pub digest: String,
    /// What the signature algorithm's object identifier is.
    pub algorithm: String,
    /// The algorithm with its parameters, in DER.
    pub algorithm_der: &'a [u8],
    /// The attributes that are signed in place of the content, in DER as the field holds them; and the digest among them.
    pub attributes: Option<(&'a [u8], Option<&'a [u8]>)>,
    /// The signature.
    pub signature: &'a [u8],
}

/// Which certificate is the signer's.
pub(super) enum Identifier<'a> {
    /// The issuer's name in DER, and the serial number.
    Issued(&'a [u8], &'a [u8]),
    /// The subject key identifier.
    Key(&'a [u8]),
}

/// Reads a ContentInfo with a SignedData.
pub(super) fn signed_data(der: &[u8]) -> Option<SignedData<'_>> {
    let mut info = Fields::of(der)?;
    if info.next(Tag::Oid).and_then(oid)? != SIGNED_DATA {
        return None;
    }
    let mut data = Fields::of(info.context(0)?.content)?;
    let (_version, _digests, _content) =
        (data.next(Tag::Integer)?, data.next(Tag::Set)?, data.next(Tag::Sequence)?);
    let certificates = data.context(0).map(|set| all(set.content)).unwrap_or_default();
    let _revoked = data.context(1);
    let signers = data.next(Tag::Set)?;
    let first = Fields(signers.content).next(Tag::Sequence)?;
    Some(SignedData {
        certificates: certificates.into_iter().map(|element| element.raw).collect(),
        signer: signer(first.content)?,
    })
}

fn signer(content: &[u8]) -> Option<Signer<'_>> {
    let mut fields = Fields(content);
    fields.next(Tag::Integer)?;
    let identifier = match fields.context(0) {
        Some(key) => Identifier::Key(key.content),
        None => {
            let mut issued = Fields(fields.next(Tag::Sequence)?.content);
            Identifier::Issued(issued.next(Tag::Sequence)?.raw, issued.next(Tag::Integer)?.content)
        }
    };
    let digest = fields.next(Tag::Sequence)?;
    let attributes = fields.context(0).map(|set| (set.raw, message_digest(set.content)));
    let algorithm = fields.next(Tag::Sequence)?;
    Some(Signer {
        identifier,
        digest: Fields(digest.content).next(Tag::Oid).and_then(oid)?,
        algorithm: Fields(algorithm.content).next(Tag::Oid).and_then(oid)?,
        algorithm_der: algorithm.raw,
        attributes,
        signature: fields.next(Tag::OctetString)?.content,
    })
}

fn message_digest(attributes: &[u8]) -> Option<&[u8]> {
    all(attributes).into_iter().find_map(|attribute| {
        let mut fields = Fields(attribute.content);
        let is_digest = fields.next(Tag::Oid).and_then(oid)? == MESSAGE_DIGEST;
        let values = fields.next(Tag::Set).filter(|_| is_digest)?;
        Some(Fields(values.content).next(Tag::OctetString)?.content)
    })
}

fn oid(element: Element<'_>) -> Option<String> {
    Some(Oid::from_der(element.raw).ok()?.1.to_id_string())
}

/// One element: with its header, and what is in it.
struct Element<'a> {
    raw: &'a [u8],
    content: &'a [u8],
}

/// The elements of a constructed one, in order.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Those inside of one SEQUENCE, which may be followed by anything.
    fn of(der: &'a [u8]) -> Option<Self> {
        Some(Self(Fields(der).next(Tag::Sequence)?.content))
    }

    /// The next one, if it has this tag.
    fn next(&mut self, tag: Tag) -> Option<Element<'a>> {
        self.take(|any| any.class() == Class::Universal && any.tag() == tag)
    }

    /// The next one, if it has this context-specific tag.
    fn context(&mut self, number: u32) -> Option<Element<'a>> {
        self.take(|any| any.class() == Class::ContextSpecific && any.tag() == Tag(number))
    }

    fn take(&mut self, is: impl Fn(&Any<'a>) -> bool) -> Option<Element<'a>> {
        let (rest, any) = Any::from_der(self.0).ok().filter(|(_, any)| is(any))?;
        let raw = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Element { raw, content: any.data })
    }
}

/// The first elements of a set.
fn all(content: &[u8]) -> Vec<Element<'_>> {
    let mut fields = Fields(content);
    std::iter::from_fn(|| fields.take(|_| true)).take(MOST).collect()
}
