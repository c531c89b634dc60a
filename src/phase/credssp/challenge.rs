//! The NTLM CHALLENGE as evidence (MS-NLMP 2.2.1.2).
//!
//! Our CredSSP tokens are bare NTLM messages. Windows accepts them bare and in SPNEGO, but FreeRDP 2 answers SPNEGO
//! with an invalid token, and the server would be blamed for its refusal. The reader finds a CHALLENGE in either
//! form.

use time::OffsetDateTime;

use crate::{
    filetime,
    pdu::{
        Malformed,
        ntlm::{self, Challenge},
        ts_request::TsRequest,
    },
    report::{CredsspEvidence, NtlmEvidence, Timestamp},
};

/// Reads the CHALLENGE in a TSRequest.
///
/// # Errors
/// There is none, or a field of it is wrong.
pub(crate) fn read(
    seen: &TsRequest,
    now: OffsetDateTime,
    evidence: &mut CredsspEvidence,
) -> Result<(), Malformed> {
    let token =
        seen.nego_token.as_deref().ok_or_else(|| Malformed::new("the TSRequest has no negoTokens"))?;
    let challenge = ntlm::challenge(token)?;
    evidence.ntlm = Some(ntlm_evidence(challenge, now));
    Ok(())
}

/// Why no proof of a password is made for the CHALLENGE of this peer: a limit of this program, for Windows makes one.
pub(crate) fn without_proof(who: &str, why: &Malformed) -> String {
    format!(
        "rdptrace makes no proof of the password from the {who}'s NTLM CHALLENGE: {why}; that is no fault of the {who}, \
         and other clients may go on"
    )
}

/// A CHALLENGE as evidence, with the clocks compared.
pub(crate) fn ntlm_evidence(challenge: Challenge, now: OffsetDateTime) -> NtlmEvidence {
    let time = challenge.timestamp.and_then(filetime::moment);
    NtlmEvidence {
        netbios_computer: challenge.netbios_computer,
        netbios_domain: challenge.netbios_domain,
        dns_computer: challenge.dns_computer,
        dns_domain: challenge.dns_domain,
        dns_tree: challenge.dns_tree,
        os_version: challenge.version.map(|version| format!("{}.{}", version.major, version.minor)),
        os_build: challenge.version.map(|version| u32::from(version.build)),
        time: time.map(Timestamp),
        clock_skew_seconds: time.map(|server| (server - now).whole_seconds()),
    }
}
