//! What KDCs say of an account and of its keys: the ticket is had whichever way the salt is told, and a refusal says why.

use rdptrace::{
    Report,
    codes::Phase,
    internal::{
        net::Recording,
        pdu::{der::encode, spnego},
    },
    report::{Credentials, FailureKind, KdcEvidence, Likelihood},
    settings::KdcTransport::Tcp,
};

use super::{
    ended,
    issuer::{DEFAULT_SALT, Salt, as_rep, tgs_rep, ticket},
    messages::{error, error_of, error_with, preauthentication_required, user_is_in, wants_proof},
    realm::{Realm, Says, kdc},
};
use crate::passive;

async fn answered(answers: &[Vec<u8>]) -> Report {
    Realm::of(Says::InTurn(answers.to_vec())).trace(&[kdc("kdc1", Tcp)]).await
}

fn kdc_of(report: &Report) -> &KdcEvidence {
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP began");
    credssp.evidence.kdc.as_ref().expect("a KDC was asked")
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_had_whichever_way_the_salt_is_told() {
    let odd = "of its own";
    let table = [
        (wants_proof(18, Some(odd)), as_rep(18, Salt::Info2(odd))),
        // Heimdal.
        (wants_proof(18, Some(odd)), as_rep(18, Salt::Older(odd))),
        (wants_proof(18, Some(DEFAULT_SALT)), as_rep(18, Salt::Untold)),
        (wants_proof(18, None), as_rep(18, Salt::Info2Alone)),
        (wants_proof(18, None), as_rep(18, Salt::Untold)),
        (error(25), as_rep(18, Salt::Untold)),
        // A key of the other type.
        (wants_proof(17, Some(odd)), as_rep(17, Salt::Info2(odd))),
    ];
    for (number, (first, second)) in table.into_iter().enumerate() {
        let report = answered(&[first, second, ticket()]).await;
        assert!(kdc_of(&report).ticket, "{number}: {:#?}", report.verdict);
        let proofs: Vec<_> = kdc_of(&report).exchanges.iter().map(|asked| asked.proof).collect();
        assert_eq!(proofs, [false, true, false]);
    }
}

/// As the demo server does, which knows NTLM alone.
#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_take_the_ticket_is_told_apart_from_the_kdc() {
    let report = answered(&[preauthentication_required(), as_rep(18, Salt::Untold), ticket()]).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.step.as_deref(), verdict.credentials), (None, Credentials::NotVerifiable));
    let failure = verdict.failure.as_ref().expect("it failed");
    assert_eq!(failure.kind, FailureKind::KerberosError);
    assert!(failure.detail.ends_with("it wants another mechanism"), "{}", failure.detail);
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == "kerberos-ticket-refused"));
}

/// Whoever reads that connection with its keys takes no answer to a ticket for an NTLM CHALLENGE that is malformed.
#[tokio::test(start_paused = true)]
async fn an_answer_to_a_ticket_is_read_as_what_it_is() {
    let answers = vec![preauthentication_required(), as_rep(18, Salt::Untold), ticket()];
    let realm = Realm::of(Says::InTurn(answers));
    let recording = Recording::of(&realm);
    let live = realm.trace_over(&recording, &[kdc("kdc1", Tcp)]).await;
    assert_eq!(live.verdict.phase, Some(Phase::Credssp));
    let read = passive::read(&recording.take());
    let credssp = read.trace.connections[0].phases.credssp.as_ref().expect("it was seen");
    let kind = credssp.failure.as_ref().map(|failure| failure.kind);
    assert_ne!(kind, Some(FailureKind::Malformed), "{credssp:#?}");
    assert!(credssp.evidence.ntlm.is_none(), "{credssp:#?}");
}

/// The service may know another type of key than the account.
#[tokio::test(start_paused = true)]
async fn the_session_key_may_be_of_another_type_than_the_accounts_key() {
    let ticket = tgs_rep(&["TERMSRV", "rdsh01.corp.example"], 17, 18);
    let report = answered(&[wants_proof(18, None), as_rep(18, Salt::Untold), ticket]).await;
    assert!(kdc_of(&report).ticket, "{:#?}", report.verdict);
}

#[tokio::test(start_paused = true)]
async fn an_account_may_need_no_proof() {
    let report = answered(&[as_rep(18, Salt::Info2(DEFAULT_SALT)), ticket()]).await;
    assert!(kdc_of(&report).ticket && !kdc_of(&report).exchanges.iter().any(|asked| asked.proof));
    let realm = Realm::of(Says::InTurn(vec![as_rep(18, Salt::Untold)]));
    let realm = Realm { account: ("alice@CORP.EXAMPLE", "wrong"), ..realm };
    let report = realm.trace(&[kdc("kdc1", Tcp)]).await;
    let seen = ended(&report, "credentials-refused");
    assert_eq!((seen.exchanges.len(), seen.exchanges[0].opened), (1, Some(false)));
    let said = &report.verdict.failure.as_ref().expect("it failed").detail;
    assert!(said.contains("cannot be opened with this password"), "{said}");
    assert_eq!(report.verdict.credentials, Credentials::Refused);
    assert_eq!(causes(&report), [("credentials-wrong", Likelihood::Likely)]);
}

fn causes(report: &Report) -> Vec<(&str, Likelihood)> {
    report.causes.iter().map(|cause| (cause.code.as_str(), cause.likelihood)).collect()
}

/// Samba and MIT send it so too.
#[tokio::test(start_paused = true)]
async fn a_revoked_account_without_a_status_may_be_any_of_four() {
    let report = answered(&[error(18)]).await;
    ended(&report, "credentials-refused");
    let states = ["account-locked", "account-disabled", "account-expired", "account-restricted"];
    assert_eq!(causes(&report), states.map(|state| (state, Likelihood::Possible)));
}

/// No proof is made with a key of another type: it would count as a wrong password.
#[tokio::test(start_paused = true)]
async fn an_account_with_keys_that_are_not_spoken_is_not_tried() {
    let report = answered(&[wants_proof(23, None)]).await;
    let seen = ended(&report, "kdc-refused");
    assert_eq!((seen.exchanges.len(), report.verdict.credentials), (1, Credentials::NotAttempted));
}

/// MIT's KDC does not know enterprise names, Active Directory has UPNs that are no plain names.
#[tokio::test(start_paused = true)]
async fn a_upn_of_the_realm_is_asked_for_as_a_plain_name_too() {
    let answers = [error(6), preauthentication_required(), as_rep(18, Salt::Untold), ticket()];
    assert!(kdc_of(&answered(&answers).await).ticket);
    let report = answered(&[error(6), error(6), error(6)]).await;
    assert_eq!(ended(&report, "credentials-refused").exchanges.len(), 2);
}

/// KERB-ERROR-DATA as Samba 4.22 sends it, and the same status in METHOD-DATA (MS-KILE 2.2.1).
#[tokio::test(start_paused = true)]
async fn the_status_of_a_domain_controller_says_what_the_code_does_not() {
    let data = |status: u32| {
        let head = [0x30, 0x15, 0xA1, 3, 2, 1, 3, 0xA2, 0x0E, 4, 0x0C];
        [&head[..], &status.to_le_bytes(), &[0; 4], &[1, 0, 0, 0]].concat()
    };
    let table = [
        (18, 0xC000_0072, "the account is disabled", "account-disabled"),
        (18, 0xC000_0193, "the account has expired", "account-expired"),
        (18, 0xC000_0234, "the account is locked", "account-locked"),
        (18, 0xC000_006F, "may not log on at this hour", "account-restricted"),
        (12, 0xC000_0070, "may not log on from this computer", "account-restricted"),
        (12, 0xC000_02FA, "with a smart card alone", "smart-card-required"),
        (23, 0xC000_0224, "the password must be changed", "password-expired"),
        (23, 0xC000_0071, "the password has expired", "password-expired"),
    ];
    for (code, status, words, cause) in table {
        for data in [data(status), encode(0x30, &[&data(status)])] {
            let report = answered(&[error_with(code, &data)]).await;
            let seen = ended(&report, "credentials-refused");
            assert_eq!((seen.exchanges[0].error, seen.exchanges[0].status), (Some(code), Some(status)));
            let said = &report.verdict.failure.as_ref().expect("it failed").detail;
            assert!(said.contains(words) && said.contains(&format!("{status:#010X}")), "{said}");
            let causes: Vec<_> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
            assert_eq!((report.verdict.credentials, &causes[..]), (Credentials::Refused, &[cause][..]));
        }
    }
}

/// A salt is no status, and damaged data is none.
#[tokio::test(start_paused = true)]
async fn what_is_no_status_is_left_out() {
    let salt = b"\x30\x15\xA1\x03\x02\x01\x03\xA2\x0E\x04\x0CEXAMPLEalice";
    let zero = b"\x30\x15\xA1\x03\x02\x01\x03\xA2\x0E\x04\x0C\0\0\0\0\0\0\0\0\x01\0\0\0";
    for data in [&salt[..], zero, &zero[..9], b"", b"\xFF"] {
        let report = answered(&[error_with(18, data)]).await;
        let seen = ended(&report, "credentials-refused");
        assert_eq!((seen.exchanges[0].error, seen.exchanges[0].status), (Some(18), None));
    }
}

#[tokio::test(start_paused = true)]
async fn the_realm_that_knows_the_user_is_asked_instead() {
    let first = Says::InTurn(vec![user_is_in("OTHER.EXAMPLE")]);
    let second = Says::InTurn(vec![wants_proof(18, Some("x")), as_rep(18, Salt::Info2("x")), ticket()]);
    let realm = Realm::new(vec![("kdc1", first, Says::Refused), ("kdc2", second, Says::Refused)]);
    let realm = Realm { services: vec![("_kerberos._tcp.OTHER.EXAMPLE", &["kdc2"])], ..realm };
    let report = realm.trace(&[kdc("kdc1", Tcp)]).await;
    let seen = kdc_of(&report);
    assert!(seen.ticket, "{:#?}", report.verdict);
    assert_eq!((seen.realm.as_str(), seen.host.as_str()), ("OTHER.EXAMPLE", "kdc2"));
    assert_eq!(seen.referral.as_deref(), Some("OTHER.EXAMPLE"));
    let circle = Says::This(user_is_in("corp.example"));
    let report = Realm::of(circle).trace(&[kdc("kdc1", Tcp)]).await;
    assert_eq!(ended(&report, "kdc-referral").exchanges.len(), 1);
}

/// Nobody has proved that the realm is the user's.
#[tokio::test(start_paused = true)]
async fn what_a_realm_says_that_another_has_named_is_not_certain() {
    for said in [vec![error(6)], vec![preauthentication_required(), error(24)]] {
        let first = Says::InTurn(vec![user_is_in("OTHER.EXAMPLE")]);
        let second = Says::InTurn(said);
        let realm = Realm::new(vec![("kdc1", first, Says::Refused), ("kdc2", second, Says::Refused)]);
        let realm = Realm { services: vec![("_kerberos._tcp.OTHER.EXAMPLE", &["kdc2"])], ..realm };
        let report = realm.trace(&[kdc("kdc1", Tcp)]).await;
        ended(&report, "credentials-refused");
        assert_eq!(causes(&report), [("credentials-wrong", Likelihood::Likely)]);
    }
}

/// Whether it is another realm, or another name of the same one, is not known here.
#[tokio::test(start_paused = true)]
async fn an_error_in_the_name_of_another_realm_makes_nothing_certain() {
    for said in [
        vec![error_of("OTHER.EXAMPLE", 6), error_of("OTHER.EXAMPLE", 6)],
        vec![preauthentication_required(), error_of("OTHER.EXAMPLE", 24)],
    ] {
        let report = answered(&said).await;
        let seen = ended(&report, "credentials-refused");
        let last = seen.exchanges.last().expect("it was asked");
        assert_eq!(
            (last.realm.as_str(), last.error_realm.as_deref()),
            ("CORP.EXAMPLE", Some("OTHER.EXAMPLE"))
        );
        assert_eq!(causes(&report), [("credentials-wrong", Likelihood::Likely)]);
        assert!(report.causes[0].against[0].contains("the error names the realm OTHER.EXAMPLE"));
        let detail = &report.verdict.failure.as_ref().expect("it failed").detail;
        assert!(detail.contains("in the name of the realm OTHER.EXAMPLE"), "{detail}");
    }
    for own in ["CORP.EXAMPLE", "corp.example"] {
        let report = answered(&[preauthentication_required(), error_of(own, 24)]).await;
        assert_eq!(causes(&report), [("credentials-wrong", Likelihood::Certain)]);
    }
}

/// A KDC that wants a proof again after one has refused it: it gets no second one.
#[tokio::test(start_paused = true)]
async fn a_proof_is_made_once_however_often_it_is_asked_for() {
    let wants = preauthentication_required();
    let report = answered(&[wants.clone(), wants.clone(), wants]).await;
    let failure = report.verdict.failure.as_ref().expect("it failed");
    assert_eq!((failure.kind, failure.code), (FailureKind::KerberosError, Some(25)), "{}", failure.detail);
    let made = report.trace.described().and_then(|made| made.phases.credssp.as_ref()).expect("CredSSP");
    let exchanges = &made.evidence.kdc.as_ref().expect("a KDC was asked").exchanges;
    assert_eq!(exchanges.iter().map(|exchange| exchange.proof).collect::<Vec<_>>(), [false, true]);
}

/// The server's own KRB-ERROR, framed as GSS-API frames it, and bare.
#[test]
fn an_error_of_the_server_is_found_in_its_token() {
    let mechanism = [&[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3, 0][..], &error(41)].concat();
    for token in [encode(0x60, &[&mechanism]), error(41)] {
        assert_eq!(spnego::kerberos_error(&token).expect("an error").code, 41);
        (0..token.len()).for_each(|length| assert_eq!(spnego::kerberos_error(&token[..length]), None));
    }
}
