//! A ticket where one is to be had, else NTLM: when, and what is said of it.

use rdptrace::{
    Report,
    report::{Credentials, Outcome},
    settings::KdcTransport::{Any, Tcp},
};

use super::{
    issuer::{Salt, as_rep},
    messages::{error, error_at, preauthentication_required, user_is_in},
    realm::{Realm, Says, kdc},
};

fn negotiating(says: Says) -> Realm {
    Realm { or_ntlm: true, account: ("demo@CORP.EXAMPLE", "demo"), ..Realm::of(says) }
}

fn message<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report
        .findings
        .iter()
        .find(|finding| finding.code.as_str() == code)
        .map(|finding| finding.message.as_str())
}

fn used_ntlm(report: &Report) -> &str {
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{:#?}", report.verdict);
    assert_eq!(report.verdict.credentials, Credentials::Verified);
    let evidence = &report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP").evidence;
    assert!(evidence.ntlm.is_some() && !evidence.kdc.as_ref().expect("it is told").ticket);
    message(report, "kerberos-not-used").expect("it is never silent")
}

#[tokio::test(start_paused = true)]
async fn ntlm_takes_the_place_of_a_ticket_that_is_not_to_be_had_and_says_why() {
    for (says, why) in [
        (Says::Refused, "the port is closed"),
        (Says::Silent, "sent nothing"),
        (Says::This(error(7)), "error 7"),
        // An account of the server's own.
        (Says::This(error(6)), "error 6"),
        (Says::This(user_is_in("OTHER.EXAMPLE")), "no KDC of the realm OTHER.EXAMPLE"),
        (Says::This(b"no Kerberos".to_vec()), "cannot be read"),
    ] {
        let report = negotiating(says).trace(&[kdc("kdc1", Tcp)]).await;
        let said = used_ntlm(&report);
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn ntlm_takes_its_place_where_dns_knows_no_kdc() {
    let realm = Realm { kdcs: Vec::new(), ..negotiating(Says::Silent) };
    let report = realm.trace(&[]).await;
    assert!(used_ntlm(&report).contains("_kerberos._tcp.CORP.EXAMPLE"));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_for_a_ticket_to_an_address() {
    let realm = Realm { target: "192.0.2.15", ..negotiating(Says::This(error(7))) };
    let report = realm.trace(&[kdc("kdc1", Any)]).await;
    assert!(used_ntlm(&report).contains("needs a name"));
    let said = message(&report, "kerberos-needs-name").expect("the address is the reason");
    assert!(said.contains("TERMSRV/192.0.2.15"), "{said}");
    assert!(realm.asked().is_empty());
}

/// Who asks for Kerberos alone gets the KDC's word on it.
#[tokio::test(start_paused = true)]
async fn with_kerberos_alone_the_kdc_is_asked_for_an_address_too() {
    let realm = Realm { target: "192.0.2.15", or_ntlm: false, ..negotiating(Says::This(error(7))) };
    let report = realm.trace(&[kdc("kdc1", Any)]).await;
    assert_eq!(report.verdict.outcome, Outcome::Aborted);
    assert!(message(&report, "kerberos-needs-name").is_some() && realm.asked() == ["tcp kdc1"]);
}

/// A second attempt could lock the account.
#[tokio::test(start_paused = true)]
async fn ntlm_is_not_tried_after_a_kdc_refused_or_may_have_judged_the_account() {
    let answers = |second: &[Vec<u8>]| Says::InTurn([&[preauthentication_required()], second].concat());
    // The account needs no proof, and its password is another.
    let unproved = Says::This(as_rep(18, Salt::Info2("CORP.EXAMPLEdemo")));
    let refusals = [Says::This(error(18)), answers(&[error(24)]), answers(&[error(12)]), answers(&[])];
    for says in refusals.into_iter().chain([unproved]) {
        let realm = negotiating(says);
        let report = realm.trace(&[kdc("kdc1", Tcp)]).await;
        assert_eq!(report.verdict.step.as_deref(), Some("kdc"), "{:#?}", report.verdict);
        assert_eq!(message(&report, "kerberos-not-used"), None);
        let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP");
        assert_eq!(credssp.evidence.version, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_differs_is_told_also_where_nothing_failed_for_it() {
    let report = negotiating(Says::This(error_at(7, -900))).trace(&[kdc("kdc1", Tcp)]).await;
    used_ntlm(&report);
    let said = message(&report, "kdc-clock-differs").expect("it is more than five minutes");
    assert!(said.contains("-900 s"), "{said}");
    let near = negotiating(Says::This(error_at(7, -200))).trace(&[kdc("kdc1", Tcp)]).await;
    assert_eq!(message(&near, "kdc-clock-differs"), None);
}
