//! RDSTLS and RDS AAD Auth, which take CredSSP's place: the server speaks first, and that is all that is to be had without a
//! redirection's credentials or a token (MS-RDPBCGR 5.4.5.3, 5.4.5.4).
//!
//! The report keeps it under `credssp`, and the trace stops there. Only a posture or an experiment asks for these,
//! each alone; a trace never offers them.

use crate::{
    net::{Framing, Wire},
    pdu::{rdsaad, rdstls},
    phase::{PhaseResult, Step, ending},
    report::{CredsspEvidence, RdsaadEvidence, RdstlsEvidence},
};

/// Reads the capabilities of RDSTLS.
///
/// # Errors
/// `closed`, `reset`, `timeout` or `malformed`.
pub(super) async fn rdstls(wire: &mut Wire, evidence: &mut CredsspEvidence) -> PhaseResult<()> {
    let frame = wire.receive(Framing::Exactly(rdstls::CAPABILITIES_LENGTH)).await?;
    let supported_versions = rdstls::capabilities(&frame)
        .map_err(|error| ending::malformed("the capabilities of RDSTLS cannot be read", &error, &frame))?;
    evidence.rdstls = Some(RdstlsEvidence { supported_versions });
    Ok(Step::Stopped("RDSTLS wants the credentials of a redirection".into()))
}

/// Reads the nonce that a token is to be signed for.
///
/// # Errors
/// `closed`, `reset`, `timeout` or `malformed`.
pub(super) async fn rdsaad(wire: &mut Wire, evidence: &mut CredsspEvidence) -> PhaseResult<()> {
    let frame = wire.receive(Framing::Rdsaad).await?;
    let nonce_length = rdsaad::nonce_length(&frame)
        .map_err(|error| ending::malformed("the nonce for Entra cannot be read", &error, &frame))?;
    evidence.rdsaad = Some(RdsaadEvidence { nonce_length });
    Ok(Step::Stopped("Entra authentication wants a token".into()))
}
