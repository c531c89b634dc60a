//! The AS exchange (RFC 4120 section 3.1): the password for a ticket that asks for tickets, in the realm that knows the user.
//!
//! A UPN is asked for as an enterprise name. If its suffix is the realm and the KDC does not know it, it is asked for
//! as a plain name: MIT's KDC knows no other.

use picky_krb::{
    constants::types::{NT_ENTERPRISE, NT_PRINCIPAL},
    crypto::CipherSuite,
    messages::KdcReqBody,
};
use sspi::{
    Secret,
    kerberos::client::generators::{
        GenerateAsReqOptions, GenerateKeytabPaDataOptions, generate_as_req, generate_as_req_kdc_body,
        generate_pa_datas_for_as_req_with_key,
    },
};

use super::{
    client::{requirements, unusable},
    granted::{AS_REP, Granted, Way},
    key::{Key, TYPES},
};
use crate::{
    pdu::{
        connect_initial::CLIENT_NAME,
        kerberos::{Hints, reply, tcp_message},
    },
    phase::kdc::{Answer, Asking, Kdcs, Question},
    random::random,
    report::{Failure, FailureKind, KdcEvidence},
    settings::Account,
};

/// KDC_ERR_C_PRINCIPAL_UNKNOWN.
const CLIENT_UNKNOWN: i64 = 6;

/// Logs the account on, in the realm that it names or in the one to which that refers.
///
/// # Errors
/// Those of [`Kdcs::ask`], or an answer that cannot be used.
pub(super) async fn log_on<'a>(
    account: &Account,
    asking: Asking<'a>,
    evidence: &mut KdcEvidence,
) -> Result<(Granted, Kdcs<'a>), Failure> {
    let mut realm = asking.kerberos.realm.clone();
    let mut way = Way::from(&realm);
    loop {
        let mut kdcs = Kdcs::of_account(asking, &realm, evidence).await?;
        let (body, answer) = unproved(account, &realm, &mut kdcs, evidence).await?;
        match answer {
            Answer::Realm(other) => {
                way.follow(&other, evidence)?;
                realm = other;
            }
            Answer::Proof(hints) => {
                let salt = [realm.as_bytes(), short_name(account).as_bytes()].concat();
                let question = question_with_proof(account, &body, &hints, &salt)?;
                let answer = kdcs.ask(&Question { bytes: &question, proof: true }, evidence).await?;
                return Ok((granted(account, answer, &hints, evidence)?, kdcs));
            }
            // Accounts exist that need no proof.
            answer => return Ok((granted(account, answer, &Hints::default(), evidence)?, kdcs)),
        }
    }
}

/// The answer to a question without a proof. Active Directory knows a user by a UPN that need not hold the plain name, MIT's KDC
/// by the plain name alone, so where the suffix is the realm both are asked for.
async fn unproved(
    account: &Account,
    realm: &str,
    kdcs: &mut Kdcs<'_>,
    evidence: &mut KdcEvidence,
) -> Result<(KdcReqBody, Answer), Failure> {
    let suffix = account.user.rsplit_once('@').map(|(_, suffix)| suffix);
    let mut names =
        vec![(account.user.as_str(), if suffix.is_some() { NT_ENTERPRISE } else { NT_PRINCIPAL })];
    if suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(realm)) {
        names.push((short_name(account), NT_PRINCIPAL));
    }
    let last = names.len() - 1;
    for (number, (name, name_type)) in names.into_iter().enumerate() {
        let body = body(name, name_type, realm)?;
        let question = question(&body, None)?;
        match kdcs.ask(&Question { bytes: &question, proof: false }, evidence).await {
            Err(Failure { kind: FailureKind::KerberosError, code: Some(CLIENT_UNKNOWN), .. })
                if number < last => {}
            answer => return Ok((body, answer?)),
        }
    }
    Err(unusable(&"no name is left"))
}

fn body(username: &str, cname_type: u8, realm: &str) -> Result<KdcReqBody, Failure> {
    generate_as_req_kdc_body(&GenerateAsReqOptions {
        realm,
        username,
        cname_type,
        snames: &["krbtgt", realm],
        nonce: u32::from_be_bytes(random()) >> 1,
        hostname: CLIENT_NAME,
        context_requirements: requirements(),
    })
    .map_err(|error| unusable(&error))
}

/// The name without the suffix of a UPN, which no KDC knows a salt by.
fn short_name(account: &Account) -> &str {
    account.user.rsplit_once('@').map_or(account.user.as_str(), |(name, _)| name)
}

/// The proof is made with the best key that the KDC has and we can make.
fn question_with_proof(
    account: &Account,
    body: &KdcReqBody,
    hints: &Hints,
    salt: &[u8],
) -> Result<Vec<u8>, Failure> {
    let offered = || hints.keys.iter().map(|(kind, _)| *kind);
    let kind = match hints.keys.is_empty() {
        true => TYPES[0],
        false => offered().find(|kind| TYPES.contains(kind)).ok_or_else(|| {
            let kinds: Vec<_> = offered().take(8).map(|kind| kind.to_string()).collect();
            let detail =
                format!("the KDC has keys of types that are not spoken here alone: {}", kinds.join(", "));
            Failure::new(FailureKind::KerberosError, detail)
        })?,
    };
    let salt = hints.salt_of(kind).unwrap_or(salt);
    question(body, Some(Key::of_password(kind, &account.password, salt)?))
}

/// AS-REQ, with the proof where the key for it is told.
fn question(body: &KdcReqBody, key: Option<Key>) -> Result<Vec<u8>, Failure> {
    let with_pre_auth = key.is_some();
    let nothing = || (CipherSuite::Aes256CtsHmacSha196, Secret::default());
    let (key_enctype, key) = key.map_or_else(nothing, |key| (key.suite, key.value));
    let options = GenerateKeytabPaDataOptions { key, key_enctype, with_pre_auth };
    let data = generate_pa_datas_for_as_req_with_key(&options).map_err(|error| unusable(&error))?;
    let message = picky_asn1_der::to_vec(&generate_as_req(data, body.clone()));
    message.map(|message| tcp_message(&message)).map_err(|error| unusable(&error))
}

/// The answer, opened with the password; `before` is what the KDC said of the keys before.
fn granted(
    account: &Account,
    answer: Answer,
    before: &Hints,
    evidence: &mut KdcEvidence,
) -> Result<Granted, Failure> {
    let Answer::AsRep(bytes) = answer else { return Err(unusable(&"it is no answer to a logon")) };
    let sealed = reply(&bytes).map_err(|error| unusable(&error))?;
    let kind = sealed.encryption_type;
    let hints = if sealed.hints == Hints::default() { before } else { &sealed.hints };
    let salt = hints.salt_of(kind).unwrap_or(&sealed.salt);
    let key = Key::of_password(kind, account.password.as_str(), salt)?;
    let opened = key.open(AS_REP, &sealed.cipher);
    if let Some(exchange) = evidence.exchanges.last_mut() {
        exchange.opened = Some(opened.is_some());
    }
    let opened = opened.ok_or_else(|| {
        let detail = "the ticket of the KDC cannot be opened with this password";
        Failure::new(FailureKind::KerberosError, detail)
    })?;
    Granted::new(bytes, opened)
}
