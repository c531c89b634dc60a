//! What a KDC does, and what a report says of it: scripted KDCs beside the demo server, in virtual time.

#[cfg(unix)]
mod configuration;
mod issuer;
mod logon;
mod messages;
mod negotiate;
mod proxy;
mod realm;
mod referral;
mod waits;

use rdptrace::{
    Report,
    report::{Credentials, FailureKind, KdcEvidence},
    settings::{
        KdcSource,
        KdcTransport::{Any, Tcp, Udp},
    },
};

use crate::program::{rdptrace, text};
use messages::{error, error_at, preauthentication_required};
use realm::{Realm, Says, kdc};

/// A trace that a KDC refuses by its policy.
pub(crate) async fn refused() -> Report {
    Realm::of(Says::This(error(12))).trace(&[kdc("kdc1", Any)]).await
}

/// The finding, the verdict's step, and the evidence of a trace that ended at the KDC.
fn ended<'a>(report: &'a Report, code: &str) -> &'a KdcEvidence {
    assert!(report.verdict.mstsc.is_none(), "mstsc goes on with NTLM: {:?}", report.verdict.mstsc);
    assert_eq!(report.verdict.step.as_deref(), Some("kdc"), "{:#?}", report.verdict);
    let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert!(codes.contains(&code), "{code} is not among {codes:?}");
    evidence(report)
}

fn evidence(report: &Report) -> &KdcEvidence {
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP began");
    // The server hears nothing before there is a ticket.
    assert_eq!(credssp.evidence.version, None);
    credssp.evidence.kdc.as_ref().expect("a KDC was asked")
}

fn kind(report: &Report) -> FailureKind {
    report.verdict.failure.as_ref().expect("it failed").kind
}

/// Errors of a KDC, the finding of each and what it says of the account.
#[tokio::test(start_paused = true)]
async fn an_error_of_the_kdc_is_a_finding_of_its_own() {
    let table = [
        (6, "credentials-refused", Credentials::Refused),
        (18, "credentials-refused", Credentials::Refused),
        (37, "kdc-clock-skew", Credentials::NotAttempted),
        (7, "kdc-service-unknown", Credentials::NotAttempted),
        (8, "kdc-service-unknown", Credentials::NotAttempted),
        (12, "kdc-refused", Credentials::NotAttempted),
        (14, "kdc-refused", Credentials::NotAttempted),
        (4242, "kdc-refused", Credentials::NotAttempted),
    ];
    for (code, finding, credentials) in table {
        let report = Realm::of(Says::This(error(code))).trace(&[kdc("kdc1", Any)]).await;
        let seen = ended(&report, finding);
        assert_eq!(seen.exchanges[0].error, Some(code));
        assert_eq!(seen.service_principal, "TERMSRV/rdsh01.corp.example");
        assert_eq!(kind(&report), FailureKind::KerberosError);
        assert_eq!(report.verdict.credentials, credentials, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_the_kdc_is_compared_with_ours() {
    let report = Realm::of(Says::This(error_at(37, 900))).trace(&[kdc("kdc1", Any)]).await;
    assert_eq!(ended(&report, "kdc-clock-skew").clock_skew_seconds, Some(900));
}

/// The second question is the first that proves the password.
#[tokio::test(start_paused = true)]
async fn a_refused_proof_is_a_refused_account() {
    let says = Says::InTurn(vec![preauthentication_required(), error(24)]);
    let realm = Realm::of(says);
    let report = realm.trace(&[kdc("kdc1", Any), kdc("kdc2", Any)]).await;
    let seen = ended(&report, "credentials-refused");
    assert_eq!(seen.exchanges.iter().map(|asked| asked.error).collect::<Vec<_>>(), [Some(25), Some(24)]);
    assert_eq!(report.verdict.credentials, Credentials::Refused);
    assert_eq!(realm.asked(), ["tcp kdc1", "tcp kdc1"]);
}

/// Whoever goes silent after the proof may have counted it: it is shown to nobody else, and not again.
#[tokio::test(start_paused = true)]
async fn the_proof_of_the_password_goes_to_one_kdc_once() {
    for transport in [Tcp, Udp] {
        let realm = Realm::of(Says::InTurn(vec![preauthentication_required()]));
        let report = realm.trace(&[kdc("kdc1", transport), kdc("kdc2", transport)]).await;
        ended(&report, "kdc-unreachable");
        let expected = [transport.carrier().as_str(), " kdc1"].concat();
        assert_eq!(realm.asked(), [expected.as_str(); 2]);
        assert_eq!(report.verdict.credentials, Credentials::NotVerifiable);
        assert_eq!(kind(&report), FailureKind::Timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn what_keeps_from_an_answer_is_told_by_its_kind() {
    let garbage = || Says::This(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec());
    let table = [
        (Says::Refused, "kdc-unreachable", FailureKind::Refused),
        (Says::Silent, "kdc-unreachable", FailureKind::Timeout),
        (Says::Closes, "kdc-unreachable", FailureKind::Closed),
        (garbage(), "kdc-answer-malformed", FailureKind::Malformed),
        (Says::Claims(u32::MAX), "kdc-answer-malformed", FailureKind::Malformed),
    ];
    for (says, finding, expected) in table {
        let report = Realm::of(says).trace(&[kdc("kdc1", Tcp)]).await;
        let seen = ended(&report, finding);
        assert_eq!((kind(&report), seen.host.as_str()), (expected, "kdc1"));
        let detail = &report.verdict.failure.as_ref().expect("it failed").detail;
        assert!(expected == FailureKind::Malformed || detail.starts_with("the KDC kdc1:88: "), "{detail}");
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    }
}

#[tokio::test(start_paused = true)]
async fn where_tcp_does_not_lead_to_the_kdc_udp_may() {
    let realm = Realm::new(vec![("kdc1", Says::Refused, Says::This(error(7)))]);
    let report = realm.trace(&[kdc("kdc1", Any)]).await;
    let seen = ended(&report, "kdc-service-unknown");
    assert_eq!((seen.transport.as_str(), seen.unanswered[0].transport.as_str()), ("udp", "tcp"));
    assert_eq!(seen.unanswered[0].failure.kind, FailureKind::Refused);
    assert_eq!(realm.asked(), ["udp kdc1"]);
}

/// KRB_ERR_RESPONSE_TOO_BIG (RFC 4120 section 7.2.1).
#[tokio::test(start_paused = true)]
async fn an_answer_too_long_for_a_datagram_is_fetched_over_tcp() {
    let realm = Realm::new(vec![("kdc1", Says::This(error(7)), Says::This(error(52)))]);
    let report = realm.trace(&[kdc("kdc1", Udp)]).await;
    assert_eq!(ended(&report, "kdc-service-unknown").exchanges.len(), 1);
    assert_eq!(realm.asked(), ["udp kdc1", "tcp kdc1"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_datagram_is_sent_again_as_long_as_it_proves_nothing() {
    let realm = Realm::new(vec![("kdc1", Says::Silent, Says::Silent)]);
    let report = realm.trace(&[kdc("kdc1", Udp)]).await;
    ended(&report, "kdc-unreachable");
    assert_eq!(realm.asked(), ["udp kdc1"; 3]);
}

#[tokio::test(start_paused = true)]
async fn the_next_kdc_is_asked_after_three_seconds() {
    let realm =
        Realm::new(vec![("kdc1", Says::Silent, Says::Silent), ("kdc2", Says::This(error(7)), Says::Silent)]);
    let report = realm.trace(&[kdc("kdc1", Tcp), kdc("kdc2", Tcp)]).await;
    let seen = ended(&report, "kdc-service-unknown");
    assert_eq!((seen.host.as_str(), seen.unanswered[0].host.as_str()), ("kdc2", "kdc1"));
    let took = seen.elapsed_ms.expect("it was measured").0;
    assert!((3000.0..3500.0).contains(&took), "{took} ms");
}

#[tokio::test(start_paused = true)]
async fn dns_names_the_kdcs_of_the_realm() {
    let realm =
        Realm::new(vec![("kdc1", Says::Refused, Says::Silent), ("kdc2", Says::This(error(7)), Says::Silent)]);
    let realm = Realm { services: vec![("_kerberos._tcp.CORP.EXAMPLE", &["kdc1", "kdc2"])], ..realm };
    let report = realm.trace(&[]).await;
    let seen = ended(&report, "kdc-service-unknown");
    assert_eq!((seen.source.as_str(), seen.realm.as_str()), (KdcSource::Dns.as_str(), "CORP.EXAMPLE"));
    assert_eq!((seen.host.as_str(), seen.unanswered[0].host.as_str()), ("kdc2", "kdc1"));
}

#[tokio::test(start_paused = true)]
async fn dns_may_name_kdcs_over_udp_alone() {
    let realm = Realm::new(vec![("kdc1", Says::Refused, Says::This(error(7)))]);
    let realm = Realm { services: vec![("_kerberos._udp.CORP.EXAMPLE", &["kdc1"])], ..realm };
    let report = realm.trace(&[]).await;
    assert_eq!(ended(&report, "kdc-service-unknown").transport.as_str(), "udp");
}

#[tokio::test(start_paused = true)]
async fn a_realm_that_dns_does_not_know_has_no_kdc() {
    let realm = Realm::new(Vec::new());
    let report = realm.trace(&[]).await;
    let seen = ended(&report, "kdc-not-found");
    assert!(seen.host.is_empty() && seen.exchanges.is_empty() && realm.asked().is_empty());
    let detail = &report.verdict.failure.as_ref().expect("it failed").detail;
    assert!(detail.contains("CORP.EXAMPLE") && detail.contains("_kerberos._tcp"), "{detail}");
}

#[tokio::test(start_paused = true)]
async fn the_proxy_leads_to_the_kdc_too_and_carries_no_udp() {
    let realm = Realm { proxied: true, ..Realm::of(Says::Refused) };
    let report = realm.trace(&[kdc("kdc1", Any)]).await;
    let seen = ended(&report, "kdc-unreachable");
    assert_eq!(realm.asked(), ["CONNECT kdc1:88"]);
    assert_eq!(kind(&report), FailureKind::ProxyRefused);
    assert_eq!(seen.unanswered.len(), 1);
}

/// Nobody is asked for a password before: none is given here, so that would be the error.
#[test]
fn what_kerberos_needs_is_missed_before_a_password() {
    let target = "rdsh01.invalid";
    let kerberos = |rest: &[&'static str]| [&["trace", target, "--auth", "kerberos"], rest].concat();
    let realm = ["-u", "alice@CORP.EXAMPLE"];
    let over_udp = [&realm[..], &["--kdc", "udp://dc01", "--proxy", "http://127.0.0.1:1"]].concat();
    let cases: &[(&[&str], &str)] = &[
        (&kerberos(&[]), "needs an account"),
        (&kerberos(&["-u", "alice"]), "needs a realm"),
        (&kerberos(&["-u", "alice@"]), "needs a realm"),
        (&kerberos(&over_udp), "no proxy carries"),
        (&kerberos(&["-u", "alice@CORP.EXAMPLE", "--kdc", "ldap://dc01"]), "--kdc"),
        (&["trace", target, "-u", "alice", "--kdc", "dc01"], "--auth kerberos"),
        (&["trace", target, "--auth", "negotiate"], "needs an account"),
    ];
    for (arguments, words) in cases {
        let output = rdptrace(arguments);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(words), "{arguments:?}: {said}");
    }
}
