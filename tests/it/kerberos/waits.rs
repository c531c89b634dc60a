//! How long a KDC that does not answer takes: when each question is sent, and when the trace gives up, in virtual time.

use rdptrace::{
    Report,
    report::{FailureKind, KdcEvidence},
    settings::{
        KdcTransport::{Any, Tcp, Udp},
        Others,
    },
};

use super::{
    ended,
    issuer::{Salt, as_rep, refers_to, ticket},
    kind,
    messages::{error, preauthentication_required},
    realm::{Realm, Says, kdc},
};

fn seconds(seen: &KdcEvidence) -> f64 {
    (seen.elapsed_ms.expect("it was measured").0 / 100.0).round() / 10.0
}

fn at(asked: &[(&str, f64)]) -> Vec<(String, f64)> {
    asked.iter().map(|(question, at)| ((*question).to_owned(), *at)).collect()
}

fn detail(report: &Report) -> &str {
    &report.verdict.failure.as_ref().expect("it failed").detail
}

/// All tries together have the time of one phase.
#[tokio::test(start_paused = true)]
async fn a_silent_kdc_over_udp_takes_the_time_of_a_phase() {
    let realm = Realm::of(Says::Silent);
    let report = realm.trace(&[kdc("kdc1", Udp)]).await;
    let seen = ended(&report, "kdc-unreachable");
    assert_eq!(realm.asked_at(), at(&[("udp kdc1", 0.0), ("udp kdc1", 3.3), ("udp kdc1", 6.7)]));
    assert_eq!((seconds(seen), kind(&report)), (10.0, FailureKind::Timeout));
    assert_eq!(detail(&report), "the KDC kdc1:88 over UDP: nothing came back, datagrams sent: 3");
}

#[tokio::test(start_paused = true)]
async fn a_kdc_that_goes_silent_after_the_proof_takes_the_time_of_a_phase_once() {
    for transport in [Tcp, Udp] {
        let realm = Realm::of(Says::InTurn(vec![preauthentication_required()]));
        let report = realm.trace(&[kdc("kdc1", transport), kdc("kdc2", transport)]).await;
        assert_eq!(seconds(ended(&report, "kdc-unreachable")), 10.0);
        assert!(realm.asked_at().iter().all(|(_, at)| *at == 0.0), "{:?}", realm.asked_at());
    }
}

/// Three seconds for each way that others follow, and a whole phase for the last.
#[tokio::test(start_paused = true)]
async fn silent_kdcs_are_asked_one_after_the_other() {
    let silent = |name| (name, Says::Silent, Says::Silent);
    let realm = Realm::new(vec![silent("kdc1"), silent("kdc2")]);
    let report = realm.trace(&[kdc("kdc1", Any), kdc("kdc2", Any)]).await;
    let expected = at(&[
        ("tcp kdc1", 0.0),
        ("udp kdc1", 3.0),
        ("udp kdc1", 4.0),
        ("udp kdc1", 5.0),
        ("tcp kdc2", 6.0),
        ("udp kdc2", 9.0),
        ("udp kdc2", 12.3),
        ("udp kdc2", 15.7),
    ]);
    assert_eq!(realm.asked_at(), expected);
    let seen = ended(&report, "kdc-unreachable");
    assert_eq!((seconds(seen), seen.unanswered.len()), (19.0, 4));
    assert!(detail(&report).ends_with(" (tried in vain too: 3)"), "{}", detail(&report));
}

/// Whoever does not answer the first question for a service is not asked the second.
#[tokio::test(start_paused = true)]
async fn a_silent_dns_takes_the_time_of_a_phase_once() {
    let realm = Realm { dns_silent: true, ..Realm::new(Vec::new()) };
    let report = realm.trace(&[]).await;
    let seen = ended(&report, "kdc-not-found");
    assert_eq!((seconds(seen), kind(&report)), (10.0, FailureKind::Timeout));
    let said = "no KDC of the realm CORP.EXAMPLE is known: DNS did not answer in time for _kerberos._tcp.CORP.EXAMPLE";
    assert_eq!(detail(&report), said);
}

/// ICMP is the network's; what cannot be sent at all is this machine's.
#[tokio::test(start_paused = true)]
async fn a_datagram_that_cannot_arrive_is_no_silence() {
    for (says, expected, words) in [
        (Says::Refused, FailureKind::Refused, "the port is closed, or a firewall rejects it"),
        (
            Says::Unroutable,
            FailureKind::Unreachable,
            "no datagram can be sent or received: network unreachable",
        ),
    ] {
        let realm = Realm::of(says);
        let report = realm.trace(&[kdc("kdc1", Udp)]).await;
        let seen = ended(&report, "kdc-unreachable");
        assert_eq!((seconds(seen), kind(&report)), (0.0, expected));
        assert_eq!(detail(&report), format!("the KDC kdc1:88 over UDP: {words}"));
        assert!(!seen.exchanges.iter().any(|asked| asked.proof));
    }
}

#[tokio::test(start_paused = true)]
async fn at_most_eight_ways_are_tried() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let realm = Realm::new(names.map(|name| (name, Says::Refused, Says::Refused)).to_vec());
    let report = realm.trace(&names.map(|name| kdc(name, Tcp))).await;
    assert_eq!(ended(&report, "kdc-unreachable").unanswered.len(), 8);
    assert!(detail(&report).ends_with(" (tried in vain too: 7)"), "{}", detail(&report));
}

#[tokio::test(start_paused = true)]
async fn records_without_a_host_are_no_kdc() {
    let services: Vec<(&str, &[&str])> =
        vec![("_kerberos._tcp.CORP.EXAMPLE", &[]), ("_kerberos._udp.CORP.EXAMPLE", &[])];
    let report = Realm { services, ..Realm::new(Vec::new()) }.trace(&[]).await;
    ended(&report, "kdc-not-found");
    assert_eq!(detail(&report), "DNS says that there is no KDC of the realm CORP.EXAMPLE");
}

/// `dns_lookup_kdc = false` holds for a realm to which a KDC refers too, and what is listed for it comes before DNS.
#[tokio::test(start_paused = true)]
async fn krb5_conf_decides_who_is_asked_in_another_realm() {
    let home = || {
        Says::InTurn(vec![preauthentication_required(), as_rep(18, Salt::Untold), refers_to("OTHER.EXAMPLE")])
    };
    let listed = |realm: &str| vec![(realm.to_owned(), vec![kdc("kdc2", Tcp)])];
    for (others, asked) in [
        (Others { listed: listed("other.example"), not_in_dns: true }, Some("kdc2")),
        (Others { listed: listed("OTHER.EXAMPLE"), not_in_dns: false }, Some("kdc2")),
        (Others { listed: listed("THIRD.EXAMPLE"), not_in_dns: false }, Some("kdc3")),
        (Others { listed: listed("THIRD.EXAMPLE"), not_in_dns: true }, None),
    ] {
        let other = |name| (name, Says::This(ticket()), Says::Silent);
        let realm = Realm::new(vec![("kdc1", home(), Says::Silent), other("kdc2"), other("kdc3")]);
        let services: Vec<(&str, &[&str])> = vec![("_kerberos._tcp.OTHER.EXAMPLE", &["kdc3"])];
        let realm = Realm { services, others: others.clone(), ..realm };
        let report = realm.trace(&[kdc("kdc1", Tcp)]).await;
        let seen =
            report.trace.connections[0].phases.credssp.as_ref().and_then(|seen| seen.evidence.kdc.as_ref());
        let seen = seen.expect("a KDC was asked");
        let gave = seen.exchanges.last().filter(|_| seen.ticket).map(|last| last.host.as_str());
        assert_eq!(gave, asked, "{others:?}");
        if asked.is_none() {
            ended(&report, "kdc-not-found");
            let said = "krb5.conf lists no KDC of the realm OTHER.EXAMPLE and forbids to look for one in DNS";
            assert_eq!(detail(&report), said);
        }
    }
}

/// A server whose ticket comes at once takes no time, so the figures above are those of the waits.
#[tokio::test(start_paused = true)]
async fn a_kdc_that_answers_takes_no_time() {
    let report = Realm::of(Says::This(error(7))).trace(&[kdc("kdc1", Any)]).await;
    assert_eq!(seconds(ended(&report, "kdc-service-unknown")), 0.0);
}
