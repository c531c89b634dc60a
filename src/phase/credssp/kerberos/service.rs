//! The TGS exchange (RFC 4120 section 3.3): a ticket for the service, from the KDC of its realm.

use sspi::kerberos::client::generators::{
    GenerateAuthenticatorOptions, GenerateTgsReqOptions, generate_authenticator, generate_tgs_req,
};

use super::{
    client::{requirements, unusable},
    granted::{Granted, TGS_REP, Way},
};
use crate::{
    pdu::kerberos::{reply, tcp_message},
    phase::kdc::{Answer, Asking, Kdcs, Question},
    random::random,
    report::{Failure, KdcEvidence},
};

/// The ticket for this principal. A referral is followed to the KDC of the realm that it names.
///
/// # Errors
/// Those of [`Kdcs::ask`], an answer that cannot be used, or a way that leads nowhere.
pub(super) async fn ticket<'a>(
    logon: &Granted,
    principal: &str,
    asking: Asking<'a>,
    mut kdcs: Kdcs<'a>,
    evidence: &mut KdcEvidence,
) -> Result<Granted, Failure> {
    let mut realm = logon.reply.crealm.0.to_string();
    let mut way = Way::from(&realm);
    let mut held = None;
    loop {
        let question = question(held.as_ref().unwrap_or(logon), &realm, principal)?;
        let answer = kdcs.ask(&Question { bytes: &question, proof: false }, evidence).await?;
        let Answer::TgsRep(bytes, referral) = answer else {
            return Err(unusable(&"it is no answer for a ticket"));
        };
        let sealed = reply(&bytes).map_err(|error| unusable(&error))?;
        let key = &held.as_ref().unwrap_or(logon).key;
        let opened = key.open(TGS_REP, &sealed.cipher).ok_or_else(|| unusable(&"it cannot be opened"))?;
        let granted = Granted::new(bytes, opened)?;
        let Some(next) = referral else { return Ok(granted) };
        way.follow(&next, evidence)?;
        kdcs = Kdcs::of_other(asking, &next).await?;
        (realm, held) = (next, Some(granted));
    }
}

/// TGS-REQ to the KDC of this realm, with the ticket that is held.
fn question(held: &Granted, realm: &str, principal: &str) -> Result<Vec<u8>, Failure> {
    let mut authenticator = generate_authenticator(GenerateAuthenticatorOptions {
        kdc_rep: &held.reply,
        seq_num: Some(u32::from_be_bytes(random())),
        sub_key: None,
        checksum: None,
        channel_bindings: None,
        extensions: Vec::new(),
    })
    .map_err(|error| unusable(&error))?;
    let request = generate_tgs_req(GenerateTgsReqOptions {
        realm,
        service_principal: principal,
        session_key: &held.key.value,
        ticket: held.reply.ticket.0.clone(),
        authenticator: &mut authenticator,
        additional_tickets: None,
        enc_params: &held.key.parameters(),
        context_requirements: requirements(),
    })
    .map_err(|error| unusable(&error))?;
    let message = picky_asn1_der::to_vec(&request);
    message.map(|message| tcp_message(&message)).map_err(|error| unusable(&error))
}
