//! A ticket with its session key, and the way over realms to it (RFC 4120 section 3.3.1).
//!
//! Referrals are followed, five at most and never in a circle: to the realm of the service with the ticket that the
//! last KDC gave, and to the user's realm until a proof has been shown. `--kdc` and an .rdp file name KDCs of the
//! account's realm only; those of other realms come from krb5.conf or DNS. A KDC proxy leads to every realm.

use picky_krb::messages::{AsRep, KdcRep, TgsRep};
use zeroize::Zeroizing;

use super::{client::unusable, key::Key};
use crate::{
    guard::guarded,
    pdu::kerberos::{preauthentication_required, resealed, tcp_message},
    report::{Failure, FailureKind, KdcEvidence},
};

/// Key usages of sealed parts (RFC 4120 section 7.5.1).
pub(super) const AS_REP: i32 = 3;
pub(super) const TGS_REP: i32 = 8;

/// EncASRepPart; the rest of it is as in the EncTGSRepPart that takes its place here.
const ENC_AS_REP_PART: u8 = 0x79;

/// More referrals are not followed.
const MOST_REFERRALS: usize = 5;

/// An answer that grants a ticket.
pub(super) struct Granted {
    /// The whole answer.
    pub bytes: Vec<u8>,
    /// The same as sspi reads it.
    pub reply: KdcRep,
    /// Its sealed part, opened.
    pub opened: Zeroizing<Vec<u8>>,
    pub key: Key,
}

impl Granted {
    /// Takes an answer whose sealed part has been opened.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn new(bytes: Vec<u8>, opened: Vec<u8>) -> Result<Self, Failure> {
        let read = || match bytes.first() {
            Some(0x6B) => picky_asn1_der::from_bytes::<AsRep>(&bytes).map(|reply| reply.0),
            _ => picky_asn1_der::from_bytes::<TgsRep>(&bytes).map(|reply| reply.0),
        };
        let reply = guarded(read)
            .map_err(|_| unusable(&"it cannot be processed"))?
            .map_err(|error| unusable(&error))?;
        let opened = Zeroizing::new(opened);
        let key = Key::of_session(&opened)?;
        Ok(Self { bytes, reply, opened, key })
    }

    /// The answers that sspi wants to hear from a KDC, as if it had asked itself and been given this ticket at once.
    ///
    /// # Errors
    /// `logon` or this is no answer of a KDC.
    pub(super) fn for_sspi(
        &self,
        logon: &[u8],
        realm: &str,
        password: &str,
    ) -> Result<[Vec<u8>; 3], Failure> {
        let kind = self.key.kind();
        let mut opened = self.opened.clone();
        if let Some(tag) = opened.first_mut() {
            *tag = ENC_AS_REP_PART;
        }
        // Without padata sspi takes the type of the sealed part and no salt.
        let sealed = Key::of_password(kind.into(), password, b"")?.seal(AS_REP, &opened)?;
        let logon = resealed(logon, kind, &sealed).map_err(|error| unusable(&error))?;
        let sealed = self.key.seal(TGS_REP, &self.opened)?;
        let ticket = resealed(&self.bytes, kind, &sealed).map_err(|error| unusable(&error))?;
        Ok([preauthentication_required(realm), logon, ticket].map(|message| tcp_message(&message)))
    }
}

/// The realms on the way, in order.
pub(super) struct Way(Vec<String>);

impl Way {
    pub(super) fn from(realm: &str) -> Self {
        Self(vec![realm.to_owned()])
    }

    /// Goes on to this realm.
    ///
    /// # Errors
    /// The way has been there, or is too long.
    pub(super) fn follow(&mut self, realm: &str, evidence: &mut KdcEvidence) -> Result<(), Failure> {
        evidence.referral = Some(realm.to_owned());
        let been = self.0.iter().any(|one| one.eq_ignore_ascii_case(realm));
        self.0.push(realm.to_owned());
        let way = || self.0.join(", ");
        match (been, self.0.len() > MOST_REFERRALS + 1) {
            (false, false) => Ok(()),
            (true, _) => Err(lost(format!("the KDCs refer in a circle: {}", way()))),
            (_, true) => Err(lost(format!("the KDCs refer to more than {MOST_REFERRALS} realms: {}", way()))),
        }
    }
}

fn lost(detail: String) -> Failure {
    Failure::new(FailureKind::KerberosError, detail)
}
