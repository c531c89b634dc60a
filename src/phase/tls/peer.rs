//! Who may be shown what: a proof goes to a peer that has proved its key, a secret only to one whose certificate is right too.
//!
//! The values are made here and nowhere else, so that what shows something has to have been let through.
//!
//! NTLM, CredSSP, the ticket and a KDC proxy take a `Proven`, Basic and a token a `Trusted`, so nothing can be shown
//! to a peer that was not checked. The reason why there is none is the sentence with which the trace stops.
//!
//! A password in Client Info is shown to whoever is `Known`: a proven peer that serves the pinned certificate, or one
//! that is trusted. Everywhere else a pin gates and opens nothing: if a thumbprint is expected, only whoever serves that certificate is `Proven`;
//! chain, name and dates still decide who is `Trusted`. A pinned gateway that is not proven is left before the
//! channel, because the account of the server behind it depends on it too; as a KDC proxy it is held to the same pin.
//! A hop is held to the target's pin, whatever it is called; pin a host with a certificate of its own in a trace of
//! its own.

use std::marker::PhantomData;

use crate::{
    certificate::{Expectation, Unchecked},
    report::{Certificate, HandshakeSignature, Trust},
};

/// The other end of a finished handshake, with what may be shown to it.
#[derive(Clone, Debug)]
pub(crate) struct Secured {
    leaf: Option<Vec<u8>>,
    signature: Option<HandshakeSignature>,
    standing: Standing,
    /// Whether a certificate was expected; another one is unproven.
    is_pinned: bool,
}

#[derive(Clone, Debug)]
enum Standing {
    Unproven(Unproven),
    Proven(Proven),
    Trusted(Trusted),
}

/// A peer that holds the key of the certificate that it has served, which is the pinned one where one was. It may be shown a proof
/// that is bound to that key.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    leaf: Vec<u8>,
    public_key: Vec<u8>,
}

/// A proven peer whose certificate is trusted, for its name and valid now. It may be shown a secret.
#[derive(Clone, Debug)]
pub(crate) struct Trusted(Proven);

/// A proven peer that the user knows: its certificate is the pinned one, or trusted. It may be given a password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a>(PhantomData<&'a Proven>);

/// Why a peer is given no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Not even a proof is shown to it.
    Unproven(Unproven),
    /// Its certificate is neither pinned nor trusted.
    Unnamed,
}

impl Unknown {
    /// The reason, where the peer is called this.
    pub(crate) fn reason(self, who: &str) -> String {
        match self {
            Self::Unproven(why) => why.reason(who),
            Self::Unnamed => format!(
                "{who}'s certificate is not trusted here, and the password is only sent to one that is, or that \
                 --expect-thumbprint names"
            ),
        }
    }
}

/// Why nothing is shown to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unproven {
    /// Another certificate than the pinned one.
    NotExpected,
    /// There is no certificate, or its key cannot be read.
    Unreadable,
    /// The signature of the handshake is of a kind that cannot be checked here.
    NotCheckable(Unchecked),
    /// The signature is wrong or was never made.
    Invalid,
}

impl Unproven {
    /// The reason, where the peer is called this.
    pub(crate) fn reason(self, who: &str) -> String {
        match self {
            Self::NotExpected => format!("{who}'s certificate is not the expected one"),
            Self::Unreadable => format!("{who}'s certificate cannot be read, so its key cannot be bound to"),
            Self::NotCheckable(why) => {
                format!("{who}'s proof of its key cannot be checked: {}", why.reason())
            }
            Self::Invalid => format!("{who} did not prove that it holds its certificate's key"),
        }
    }
}

impl Proven {
    /// Its certificate, DER.
    pub(crate) fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    /// Its SubjectPublicKey, which CredSSP binds to.
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

/// What a handshake has shown.
pub(super) struct Shown<'a> {
    pub leaf: Option<Vec<u8>>,
    pub public_key: Option<Vec<u8>>,
    pub signature: Option<HandshakeSignature>,
    pub unchecked: Option<Unchecked>,
    pub certificate: Option<&'a Certificate>,
}

impl Secured {
    /// Judges who has shown this.
    pub(super) fn new(shown: Shown<'_>, expectation: &Expectation<'_>) -> Self {
        let is_right = shown.certificate.is_some_and(|served| is_right(served, expectation));
        let standing = match proven(&shown, expectation) {
            Err(why) => Standing::Unproven(why),
            Ok(peer) if is_right => Standing::Trusted(Trusted(peer)),
            Ok(peer) => Standing::Proven(peer),
        };
        let is_pinned = expectation.pin.is_some();
        Self { leaf: shown.leaf, signature: shown.signature, standing, is_pinned }
    }

    /// The peer, if it may be shown a proof.
    ///
    /// # Errors
    /// Why it may not.
    pub(crate) fn proven(&self) -> Result<&Proven, Unproven> {
        match &self.standing {
            Standing::Unproven(why) => Err(*why),
            Standing::Proven(peer) | Standing::Trusted(Trusted(peer)) => Ok(peer),
        }
    }

    /// The peer, if it may be shown a secret.
    pub(crate) fn trusted(&self) -> Option<&Trusted> {
        match &self.standing {
            Standing::Trusted(peer) => Some(peer),
            Standing::Unproven(_) | Standing::Proven(_) => None,
        }
    }

    /// The peer, if it may be given a password.
    ///
    /// # Errors
    /// Why it may not.
    pub(crate) fn known(&self) -> Result<Known<'_>, Unknown> {
        match &self.standing {
            Standing::Unproven(why) => Err(Unknown::Unproven(*why)),
            Standing::Proven(_) if !self.is_pinned => Err(Unknown::Unnamed),
            Standing::Proven(_) | Standing::Trusted(_) => Ok(Known(PhantomData)),
        }
    }

    /// Whether another connection has led to the same peer: it serves the same certificate and proves it as well.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.serves_as(other) && self.signature == other.signature
    }

    /// Whether another connection was served the same certificate.
    pub(crate) fn serves_as(&self, other: &Self) -> bool {
        self.leaf == other.leaf
    }
}

fn proven(shown: &Shown<'_>, expectation: &Expectation<'_>) -> Result<Proven, Unproven> {
    let Shown { leaf, public_key, signature, unchecked, .. } = shown;
    if !leaf.as_ref().map_or(expectation.pin.is_none(), |leaf| expectation.is_met(leaf)) {
        return Err(Unproven::NotExpected);
    }
    let (Some(leaf), Some(public_key)) = (leaf, public_key) else { return Err(Unproven::Unreadable) };
    match signature {
        Some(HandshakeSignature::Valid) => Ok(Proven { leaf: leaf.clone(), public_key: public_key.clone() }),
        Some(HandshakeSignature::NotCheckable) => {
            Err(Unproven::NotCheckable(unchecked.unwrap_or(Unchecked::Other)))
        }
        Some(HandshakeSignature::Invalid) | None => Err(Unproven::Invalid),
    }
}

/// Whether the certificate is trusted, for its name and valid now.
fn is_right(served: &Certificate, expectation: &Expectation<'_>) -> bool {
    let in_time = (served.not_before..=served.not_after).contains(&expectation.now);
    served.trust == Trust::Trusted && served.name_matches && in_time
}
