//! A service in another realm: referrals are followed from KDC to KDC, not in circles, and not for ever.

use rdptrace::{
    Report,
    report::{Credentials, FailureKind, KdcEvidence},
    settings::KdcTransport::Tcp,
};

use super::{
    ended, evidence,
    issuer::{Salt, as_rep, refers_to, ticket},
    kind,
    messages::{error, preauthentication_required},
    realm::{Realm, Says, kdc},
};

/// The KDC of the account's realm, which refers to this one.
fn home(realm: &str) -> Says {
    Says::InTurn(vec![preauthentication_required(), as_rep(18, Salt::Untold), refers_to(realm)])
}

/// Two KDCs, of which DNS knows the second as that of OTHER.EXAMPLE.
async fn with_other(says: Says) -> Report {
    let realm =
        Realm::new(vec![("kdc1", home("OTHER.EXAMPLE"), Says::Refused), ("kdc2", says, Says::Refused)]);
    let services = vec![("_kerberos._tcp.OTHER.EXAMPLE", &["kdc2"][..])];
    Realm { services, ..realm }.trace(&[kdc("kdc1", Tcp)]).await
}

fn way(seen: &KdcEvidence) -> Vec<(&str, &str)> {
    seen.exchanges.iter().map(|asked| (asked.realm.as_str(), asked.host.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn the_ticket_comes_from_the_realm_of_the_service() {
    let report = with_other(Says::This(ticket())).await;
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP began");
    let seen = credssp.evidence.kdc.as_ref().expect("a KDC was asked");
    let at_home = ("CORP.EXAMPLE", "kdc1");
    assert_eq!(way(seen), [at_home, at_home, at_home, ("OTHER.EXAMPLE", "kdc2")]);
    assert!(seen.ticket && seen.referral.as_deref() == Some("OTHER.EXAMPLE"));
    assert_eq!((seen.host.as_str(), seen.realm.as_str()), ("kdc1", "CORP.EXAMPLE"));
    let used =
        report.findings.iter().find(|finding| finding.code.as_str() == "kerberos-used").expect("it was used");
    assert!(used.message.contains("kdc2, the KDC of OTHER.EXAMPLE"), "{}", used.message);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_other_kdc_is_told_with_its_realm() {
    let report = with_other(Says::This(error(7))).await;
    let seen = ended(&report, "kdc-service-unknown");
    assert_eq!(seen.exchanges.last().and_then(|asked| asked.error), Some(7));
    let said = &report.verdict.failure.as_ref().expect("it failed").detail;
    assert!(said.starts_with("the KDC of the realm OTHER.EXAMPLE answered with error 7"), "{said}");
    assert_ne!(report.verdict.credentials, Credentials::Refused);
}

/// The password was right at home, and no other KDC knows it.
#[tokio::test(start_paused = true)]
async fn what_the_other_kdc_says_of_an_account_is_no_judgement_of_ours() {
    for code in [6, 18, 23, 24] {
        let report = with_other(Says::This(error(code))).await;
        ended(&report, "kdc-refused");
        assert_eq!(report.verdict.credentials, Credentials::NotVerifiable, "{code}");
        let causes: Vec<_> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        assert_eq!(causes, ["kdc-said-error"], "{code}: the number is told, and nothing of the account");
    }
}

#[tokio::test(start_paused = true)]
async fn a_circle_of_referrals_ends() {
    let report = with_other(Says::This(refers_to("corp.example"))).await;
    assert_eq!(ended(&report, "kdc-referral").exchanges.len(), 4);
    let said = &report.verdict.failure.as_ref().expect("it failed").detail;
    assert!(said.ends_with("CORP.EXAMPLE, OTHER.EXAMPLE, corp.example"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn five_referrals_are_followed() {
    const REALMS: [&str; 6] = ["R1", "R2", "R3", "R4", "R5", "R6"];
    let others = REALMS[1..].iter().map(|realm| refers_to(realm)).collect();
    let realm =
        Realm::new(vec![("kdc1", home("R1"), Says::Refused), ("kdc2", Says::InTurn(others), Says::Refused)]);
    let names = ["R1", "R2", "R3", "R4", "R5", "R6"];
    let services: Vec<(&str, &[&str])> = vec![
        ("_kerberos._tcp.R1", &["kdc2"]),
        ("_kerberos._tcp.R2", &["kdc2"]),
        ("_kerberos._tcp.R3", &["kdc2"]),
        ("_kerberos._tcp.R4", &["kdc2"]),
        ("_kerberos._tcp.R5", &["kdc2"]),
        ("_kerberos._tcp.R6", &["kdc2"]),
    ];
    let report = Realm { services, ..realm }.trace(&[kdc("kdc1", Tcp)]).await;
    let seen = ended(&report, "kdc-referral");
    assert_eq!((seen.exchanges.len(), seen.exchanges[7].realm.as_str()), (8, names[4]));
}

#[tokio::test(start_paused = true)]
async fn a_realm_without_a_kdc_or_with_one_that_is_down_is_named() {
    let report = Realm::of(home("OTHER.EXAMPLE")).trace(&[kdc("kdc1", Tcp)]).await;
    assert_eq!(ended(&report, "kdc-not-found").exchanges.len(), 3);
    let said = &report.verdict.failure.as_ref().expect("it failed").detail;
    assert!(said.contains("no KDC of the realm OTHER.EXAMPLE"), "{said}");
    let report = with_other(Says::Refused).await;
    let seen = ended(&report, "kdc-unreachable");
    assert_eq!((kind(&report), seen.unanswered[0].host.as_str()), (FailureKind::Refused, "kdc2"));
    assert_eq!((seen.exchanges[3].realm.as_str(), seen.exchanges[3].host.as_str()), ("OTHER.EXAMPLE", ""));
    assert_eq!(evidence(&report).referral.as_deref(), Some("OTHER.EXAMPLE"));
}
