//! The client's messages of NTLMv2 (MS-NLMP 2.2.1.1, 2.2.1.3, 3.1.5.1), from buffers that are wiped.
//!
//! NTLM is our own because sspi copies the password into memory that it frees unwiped, panics on a short pubKeyAuth,
//! and rejects a CHALLENGE for one unknown flag. The password goes into the digest unit by unit, and into
//! TSCredentials (`pdu::ts_credentials`) in a buffer that never moves. Gateways get the same proof, bound to the TLS
//! connection and to the service principal.

use md4::Md4;
use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::{
    super::Malformed,
    SIGNATURE, av,
    fields::{Fields, Pairs, TARGET_INFO},
    session::{Session, hmac_md5},
};
use crate::utf16;

/// UNICODE, REQUEST_TARGET, SIGN, SEAL, NTLM, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY, VERSION, 128 and 56.
const ALWAYS: u32 = 0xA208_8235;
/// OEM, LM_KEY, OEM_WORKSTATION_SUPPLIED and KEY_EXCH, which the NEGOTIATE has too.
const OFFERED: u32 = 0x4000_2082;
const DOMAIN_SUPPLIED: u32 = 0x0000_1000;
const KEY_EXCH: u32 = 0x4000_0000;
/// 10.0.17763 with revision 15, as a client of Windows says.
const VERSION: [u8; 8] = [10, 0, 0x63, 0x45, 0, 0, 0, 15];

/// MsvAvFlags: the AUTHENTICATE has a MIC.
const HAS_MIC: u32 = 2;

/// Where the payload of the AUTHENTICATE begins, and its MIC before it.
const PAYLOAD: usize = 88;
const MIC: std::ops::Range<usize> = 72..88;

/// Whose password is proved.
pub struct Identity<'a> {
    /// The user, or a whole UPN.
    pub user: &'a str,
    /// The domain; empty for none.
    pub domain: &'a str,
    /// The password.
    pub password: &'a str,
    /// To whom the proof is bound; CredSSP binds it by itself.
    pub bound: Option<&'a Bound>,
}

impl<'a> Identity<'a> {
    /// The same, bound to this peer.
    #[must_use]
    pub fn bound(self, to: &'a Bound) -> Self {
        Self { bound: Some(to), ..self }
    }
}

/// The peer that a proof is for, so that it serves nobody else.
pub struct Bound {
    /// MsvAvTargetName: the service principal.
    pub target: String,
    /// MsvAvChannelBindings.
    pub channel_bindings: [u8; 16],
}

/// What must be new in every proof.
pub struct Fresh {
    /// ClientChallenge.
    pub challenge: [u8; 8],
    /// ExportedSessionKey.
    pub session_key: Zeroizing<[u8; 16]>,
    /// The time for a CHALLENGE without one: 100 ns since 1601-01-01.
    pub time: u64,
}

/// The NEGOTIATE message.
pub fn negotiate(workstation: &str) -> Vec<u8> {
    let mut message = [SIGNATURE, &1u32.to_le_bytes(), &(ALWAYS | OFFERED).to_le_bytes()].concat();
    message.extend(field(0, 40));
    message.extend(field(workstation.len(), 40));
    message.extend(VERSION);
    message.extend(workstation.as_bytes());
    message
}

/// The AUTHENTICATE message that answers a CHALLENGE, and the session that it makes.
///
/// # Errors
/// No proof can be made for this CHALLENGE.
pub fn authenticate(
    identity: &Identity<'_>,
    negotiate: &[u8],
    challenge: &[u8],
    fresh: &Fresh,
) -> Result<(Vec<u8>, Session), Malformed> {
    let asked = Asked::read(challenge)?;
    let key = response_key(identity);
    let info = target_info(&asked.pairs, identity.bound);
    let (response, base_key) = response(&key, &asked, &info, fresh);
    let lm =
        [hmac_md5(key.as_slice(), &[asked.nonce, &fresh.challenge]).as_slice(), &fresh.challenge].concat();
    let exchanged = asked.flags & KEY_EXCH != 0;
    let session_key = if exchanged { &fresh.session_key } else { &base_key };
    let encrypted = if exchanged { rc4(&base_key, session_key) } else { Vec::new() };
    let domain_flag = if identity.domain.is_empty() { 0 } else { DOMAIN_SUPPLIED };
    let flags = ALWAYS | TARGET_INFO | domain_flag | asked.flags & KEY_EXCH;
    let payload =
        [utf16::bytes(identity.domain), utf16::bytes(identity.user), Vec::new(), lm, response, encrypted];
    let mut message = message(flags, &payload);
    let mic = hmac_md5(session_key.as_slice(), &[negotiate, challenge, &message]);
    message[MIC].copy_from_slice(mic.as_slice());
    Ok((message, Session::new(session_key, exchanged)))
}

/// What a CHALLENGE says that a proof needs.
struct Asked<'a> {
    flags: u32,
    nonce: &'a [u8],
    pairs: Pairs<'a>,
}

impl<'a> Asked<'a> {
    fn read(challenge: &'a [u8]) -> Result<Self, Malformed> {
        let Fields { flags, nonce, pairs, .. } = Fields::of(challenge)?;
        let pairs =
            pairs.ok_or_else(|| Malformed::new("it has no TargetInfo, which a proof with NTLMv2 needs"))?;
        Ok(Self { flags, nonce, pairs })
    }

    fn time(&self) -> Option<[u8; 8]> {
        self.pairs.iter().find(|(id, _)| *id == av::TIMESTAMP).and_then(|(_, time)| (*time).try_into().ok())
    }
}

/// The pairs of the server, with the promise of a MIC and with those of the client, of which the server has none to say.
fn target_info(pairs: &[(u16, &[u8])], bound: Option<&Bound>) -> Vec<u8> {
    let number = |value: &[u8]| <[u8; 4]>::try_from(value).map_or(0, u32::from_le_bytes);
    let said = pairs.iter().find(|(id, _)| *id == av::FLAGS).map_or(0, |(_, value)| number(value));
    let flags = (said | HAS_MIC).to_le_bytes();
    let target = bound.map(|bound| utf16::bytes(&bound.target));
    let mut ours = vec![(av::FLAGS, &flags[..])];
    ours.extend(bound.map(|bound| (av::CHANNEL_BINDINGS, &bound.channel_bindings[..])));
    ours.extend(target.as_ref().map(|target| (av::TARGET_NAME, &target[..])));
    let theirs = pairs.iter().filter(|(id, _)| ours.iter().all(|(our, _)| our != id));
    let mut info = Vec::new();
    for (id, value) in theirs.chain(&ours) {
        info.extend(id.to_le_bytes());
        info.extend(u16::try_from(value.len()).unwrap_or_default().to_le_bytes());
        info.extend_from_slice(value);
    }
    // MsvAvEOL, and four bytes that everybody sends after it.
    info.extend([0; 8]);
    info
}

/// NTOWFv2: the password goes from where it is into the digest, unit by unit.
fn response_key(identity: &Identity<'_>) -> Zeroizing<[u8; 16]> {
    use md4::Digest as _;
    let mut digest = Md4::new();
    identity.password.encode_utf16().for_each(|unit| digest.update(unit.to_le_bytes()));
    let hash: Zeroizing<[u8; 16]> = Zeroizing::new(digest.finalize().into());
    hmac_md5(hash.as_slice(), &[&utf16::bytes(&identity.user.to_uppercase()), &utf16::bytes(identity.domain)])
}

/// NtChallengeResponse, and the key that it makes.
fn response(
    key: &Zeroizing<[u8; 16]>,
    asked: &Asked<'_>,
    info: &[u8],
    fresh: &Fresh,
) -> (Vec<u8>, Zeroizing<[u8; 16]>) {
    let time = asked.time().unwrap_or(fresh.time.to_le_bytes());
    let temp = [&[1, 1, 0, 0, 0, 0, 0, 0][..], &time, &fresh.challenge, &[0; 4], info].concat();
    let proof = hmac_md5(key.as_slice(), &[asked.nonce, &temp]);
    let base_key = hmac_md5(key.as_slice(), &[proof.as_slice()]);
    ([proof.as_slice(), &temp].concat(), base_key)
}

/// The message without its MIC: domain, user, workstation, LM and NT response and session key are its payload, in this order.
fn message(flags: u32, payload: &[Vec<u8>; 6]) -> Vec<u8> {
    let mut offset = PAYLOAD;
    let fields = payload.each_ref().map(|value| {
        let field = field(value.len(), offset);
        offset += value.len();
        field
    });
    let [domain, user, workstation, lm, nt, key] = fields;
    let mut message = [SIGNATURE, &3u32.to_le_bytes()].concat();
    [lm, nt, domain, user, workstation, key].iter().for_each(|field| message.extend(field));
    message.extend(flags.to_le_bytes());
    message.extend(VERSION);
    message.extend([0; MIC.end - MIC.start]);
    payload.iter().for_each(|value| message.extend(value));
    message
}

/// Length, maximum length and offset; what is longer than a field can say is nothing that a server knows.
fn field(length: usize, offset: usize) -> [u8; 8] {
    let length = u16::try_from(length).unwrap_or_default().to_le_bytes();
    let offset = u32::try_from(offset).unwrap_or_default().to_le_bytes();
    [length[0], length[1], length[0], length[1], offset[0], offset[1], offset[2], offset[3]]
}

fn rc4(key: &[u8; 16], message: &[u8; 16]) -> Vec<u8> {
    let mut output = message.to_vec();
    Rc4::new_from_slice(key).expect("RC4 takes keys of 16 bytes").apply_keystream(&mut output);
    output
}
