//! An AS-REP as sspi reads it (RFC 4120 section 5.4.2).

use picky_krb::crypto::CipherSuite;

use crate::pdu::kerberos::sealed_part;

/// The key usage of the sealed part (RFC 4120 section 7.5.1).
const AS_REP: i32 = 3;

/// MIT's KDC seals an EncTGSRepPart, which a client "should accept" in place of an EncASRepPart; sspi does not.
const ENC_TGS_REP_PART: u8 = 0x7A;
const ENC_AS_REP_PART: u8 = 0x79;

/// The same answer, with the tag that sspi wants in its sealed part; none when nothing is to be changed.
pub fn retagged(answer: &[u8], password: &str) -> Option<Vec<u8>> {
    let sealed = sealed_part(answer.get(4..)?).ok().flatten()?;
    let cipher = CipherSuite::try_from(usize::try_from(sealed.encryption_type).ok()?).ok()?.cipher();
    let key = cipher.generate_key_from_password(password.as_bytes(), &sealed.salt).ok()?;
    let mut plain = cipher.decrypt(&key, AS_REP, &sealed.cipher).ok()?;
    let tag = plain.first_mut().filter(|tag| **tag == ENC_TGS_REP_PART)?;
    *tag = ENC_AS_REP_PART;
    let again =
        cipher.encrypt(&key, AS_REP, &plain).ok().filter(|again| again.len() == sealed.cipher.len())?;
    let place = answer.windows(again.len()).position(|window| window == sealed.cipher)?;
    let mut changed = answer.to_vec();
    changed[place..place + again.len()].copy_from_slice(&again);
    Some(changed)
}
