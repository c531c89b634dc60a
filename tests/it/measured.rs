//! Findings that begin at a measure, such as a date or a number of seconds, or at one word of the evidence: at which side of it.

use rdptrace::{
    Report, Trace, diagnose,
    report::{
        Certificate, Connection, Failure, FailureKind, HandshakeSignature, Millis, Purpose, Status, Tcp,
        TlsEvidence,
    },
};
use serde_json::json;
use time::Duration;

use crate::{faults::told_of, hop_names::unreachable_address, lab::fault};

/// What is said under this code; none if nothing is.
fn told(report: &Report, code: &str) -> Option<String> {
    let found = report.findings.iter().find(|finding| finding.code.as_str() == code)?;
    Some(found.message.clone())
}

fn tls(trace: &mut Trace) -> &mut TlsEvidence {
    &mut trace.connections[0].phases.tls.as_mut().expect("it came to TLS").evidence
}

fn certificate(trace: &mut Trace) -> &mut Certificate {
    tls(trace).certificate.as_mut().expect("it was served")
}

/// What is said of a trace of a healthy server that is changed so.
async fn changed(code: &str, change: impl FnOnce(&mut Trace)) -> Option<String> {
    let mut trace = told_of(None).await.trace;
    change(&mut trace);
    told(&diagnose(trace), code)
}

#[tokio::test(start_paused = true)]
async fn a_certificate_expires_soon_in_its_last_two_weeks() {
    let (day, second) = (Duration::DAY, Duration::SECOND);
    for (left, hours) in [
        (14 * day, None),
        (14 * day - second, Some("335 hours")),
        (Duration::HOUR, Some("1 hour")),
        (Duration::ZERO, Some("0 hours")),
        (-second, None),
    ] {
        let said = changed("certificate-expires-soon", |trace| {
            let end = trace.started.0 + left;
            certificate(trace).not_after.0 = end;
        });
        let end = hours.map(|hours| format!(", in {hours}"));
        let said = said.await;
        assert_eq!(said.is_some(), end.is_some(), "{left}: {said:?}");
        assert!(said.zip(end).is_none_or(|(said, end)| said.ends_with(&end)), "{left}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_has_expired_from_the_second_after_its_last() {
    for (left, codes) in [(-1, [true, false]), (0, [false, false])] {
        for (code, expected) in ["certificate-expired", "certificate-not-yet-valid"].into_iter().zip(codes) {
            let said = changed(code, |trace| {
                let end = trace.started.0 + Duration::seconds(left);
                certificate(trace).not_after.0 = end;
            });
            assert_eq!(said.await.is_some(), expected, "{code} {left}");
        }
        let said = changed("certificate-not-yet-valid", |trace| {
            let begin = trace.started.0 - Duration::seconds(left);
            certificate(trace).not_before.0 = begin;
        });
        assert_eq!(said.await.is_some(), left < 0, "{left}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_digest_that_can_be_forged_is_a_weak_signature() {
    for (digest, weak) in [
        (Some("SHA-1"), true),
        (Some("MD5"), true),
        (Some("MD2"), true),
        (Some("SHA-256"), false),
        (None, false),
    ] {
        let said = changed("certificate-weak-signature", |trace| {
            certificate(trace).signature.digest = digest.map(str::to_owned);
        });
        let expected =
            digest.filter(|_| weak).map(|digest| format!("the certificate is signed with {digest}"));
        assert_eq!(said.await, expected);
    }
}

/// What cannot be read has thumbprints all the same.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_cannot_be_read_was_not_checked() {
    let said = changed("certificate-unreadable", |trace| tls(trace).certificate = None).await;
    assert!(said.is_some_and(|said| said.ends_with("nothing in it was checked")));
    let none = changed("certificate-unreadable", |trace| {
        tls(trace).certificate = None;
        tls(trace).thumbprints = None;
    });
    assert_eq!(none.await, None);
}

#[tokio::test(start_paused = true)]
async fn a_signature_of_the_handshake_is_invalid_only_if_it_was_checked() {
    for (signature, is_told) in [
        (Some(HandshakeSignature::Invalid), true),
        (Some(HandshakeSignature::Valid), false),
        (Some(HandshakeSignature::NotCheckable), false),
        (None, false),
    ] {
        let said = changed("tls-signature-invalid", |trace| tls(trace).signature = signature).await;
        assert_eq!(said.is_some(), is_told, "{said:?}");
    }
}

/// Whoever went on without one is told that it was asked for; where the end says so itself, that is told.
#[tokio::test(start_paused = true)]
async fn a_client_certificate_that_was_asked_for_in_vain_is_told() {
    for (is_asked, ending) in [(true, false), (false, false), (true, true)] {
        let said = changed("tls-client-certificate-requested", |trace| {
            tls(trace).client_certificate_requested = is_asked;
            if ending {
                let made = trace.connections[0].phases.licensing.as_mut().expect("it came so far");
                made.status = Status::Failed;
                made.failure = Some(Failure::new(FailureKind::Reset, "the connection was reset"));
            }
        });
        assert_eq!(said.await.is_some(), is_asked && !ending);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_is_wrong_from_five_minutes_on() {
    for (seconds, expected) in [
        (300, None),
        (301, Some("the server's clock is 301 s ahead of this machine's")),
        (-300, None),
        (-301, Some("the server's clock is 301 s behind this machine's")),
        (0, None),
    ] {
        let said = changed("clock-skew", |trace| {
            let credssp = trace.connections[0].phases.credssp.as_mut().expect("it came to CredSSP");
            credssp.evidence.ntlm.as_mut().expect("a CHALLENGE").clock_skew_seconds = Some(seconds);
        });
        assert_eq!(said.await.as_deref(), expected);
    }
}

/// Which clock is wrong: the one that nobody keeps, all the more if the server's makes the certificate valid.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_valid_by_the_servers_clock_speaks_against_this_machines() {
    let text = "by the server's clock its certificate is valid";
    for (skew, from, to, expected) in [
        (7200, 3600, 9000, true),
        (7200, 3600, 7200, true),
        (7200, 7200, 9000, true),
        (7200, 7201, 9000, false),
        (7200, 3600, 7199, false),
        // By both clocks, and by neither.
        (7200, -3600, 9000, false),
        (7200, 9000, 9900, false),
        (-7200, -9000, -3600, true),
        (-7200, -9000, 3600, false),
    ] {
        let said = changed("clock-wrong-here", |trace| {
            let started = trace.started.0;
            let unkept = json!({ "system": "linux", "roles": ["client"], "clock_synchronized": false });
            trace.machine = serde_json::from_value(unkept).expect("a machine");
            let credssp = trace.connections[0].phases.credssp.as_mut().expect("it came to CredSSP");
            credssp.evidence.ntlm.as_mut().expect("a CHALLENGE").clock_skew_seconds = Some(skew);
            let served = certificate(trace);
            served.not_before.0 = started + Duration::seconds(from);
            served.not_after.0 = started + Duration::seconds(to);
        });
        let said = said.await.expect("nobody keeps the clock");
        assert_eq!(said.contains(text), expected, "{skew} {from} {to}: {said}");
    }
}

/// Two clocks that agree leave a third one, which the status is about.
#[tokio::test(start_paused = true)]
async fn a_host_that_agrees_with_this_machine_leaves_the_clock_of_the_domain_controller() {
    for (skew, expected) in [
        (Some(-299), Some("the host's clock is -299 s from this machine's")),
        (Some(12), Some("the host's clock is +12 s from this machine's")),
        (Some(300), None),
        (None, None),
    ] {
        let mut trace = told_of(Some(fault("account-locked"))).await.trace;
        let made = trace.connections.iter_mut().find(|made| made.purpose.is_traced()).expect("a connection");
        let credssp = made.phases.credssp.as_mut().expect("it came to CredSSP");
        credssp.evidence.ntlm.as_mut().expect("a CHALLENGE").clock_skew_seconds = skew;
        credssp.failure.as_mut().expect("it failed").code = Some(0xC000_0133);
        let report = diagnose(trace);
        let cause = report.causes.first().expect("a cause");
        assert_eq!(cause.code.as_str(), "clocks-differ");
        let said =
            cause.because.iter().find(|said| said.ends_with("that of the domain controller that differs"));
        assert_eq!(said.is_some(), expected.is_some(), "{skew:?}: {:?}", cause.because);
        assert!(said.zip(expected).is_none_or(|(said, begin)| said.starts_with(begin)), "{said:?}");
    }
}

/// A broker on the internet that names an address of its own network.
#[tokio::test(start_paused = true)]
async fn an_inner_address_is_told_only_to_who_came_from_the_internet() {
    for (server, named, expected) in [
        ("20.1.2.3:3389", "10.0.0.5:3389", true),
        ("20.1.2.3:3389", "20.1.2.4:3389", false),
        ("10.0.0.4:3389", "10.0.0.5:3389", false),
    ] {
        let mut trace = unreachable_address().await.trace;
        let connect = |made: &mut Connection, address: &str| {
            let evidence = &mut made.phases.connect.as_mut().expect("it was tried").evidence;
            let address = address.parse().expect("an address");
            evidence.peer = evidence.peer.map(|_| address);
            evidence.attempts.iter_mut().for_each(|attempt| attempt.address = address);
        };
        let [main, hop, ..] = &mut trace.connections[..] else { panic!("a hop") };
        connect(main, server);
        connect(hop, named);
        let report = diagnose(trace);
        let said = report.causes.iter().flat_map(|cause| cause.because.iter().chain(&cause.against));
        let told = said.clone().any(|said| said.contains("10.0.0.5 is no address of the internet"));
        assert_eq!(told, expected, "{server} {named}: {:#?}", report.causes);
    }
}

/// What a trace of this fault is judged to be, had its end come so late after the last byte, over a way of this round trip.
async fn ended(name: &str, after: f64, trip: f64, change: impl FnOnce(&mut Failure)) -> Report {
    let mut trace = told_of(Some(fault(name))).await.trace;
    let made = trace.connections.iter_mut().find(|made| made.purpose.is_traced()).expect("a connection");
    made.tcp = Some(Tcp { round_trip_ms: Some(Millis(trip)), ..Tcp::default() });
    let failure = made.phases.tls.as_mut().and_then(|record| record.failure.as_mut()).expect("it failed");
    let end = failure.end.as_mut().expect("the stream ended");
    (end.after_sent_ms, end.after_received_ms) = (Some(Millis(after)), Some(Millis(after + 5.0)));
    change(failure);
    diagnose(trace)
}

/// Nobody needs a second to say that nobody is there.
#[tokio::test(start_paused = true)]
async fn an_end_is_late_from_nine_tenths_of_a_second_and_two_round_trips_on() {
    let late = |report: &Report| {
        let said = report.causes.iter().flat_map(|cause| cause.because.iter().chain(&cause.against));
        said.clone().any(|said| said.ends_with("after the last byte, as after a time-out"))
    };
    for name in ["tls-close", "tls-reset"] {
        for (after, trip, expected) in [
            (899.0, 0.0, false),
            (900.0, 0.0, true),
            (1099.0, 100.0, false),
            (1100.0, 100.0, true),
            (9000.0, 0.0, true),
        ] {
            let report = ended(name, after, trip, |_| {}).await;
            assert_eq!(late(&report), expected, "{name} {after} {trip}: {:#?}", report.causes);
        }
        // What came and was not understood is no silence.
        let part = ended(name, 2000.0, 0.0, |failure| failure.received = Some("1603".to_owned())).await;
        assert!(!late(&part), "{name}: {:#?}", part.causes);
    }
}

/// Every connection to the target is held to it, also one that the trace did not end with.
#[tokio::test(start_paused = true)]
async fn a_certificate_that_an_earlier_connection_met_is_compared_too() {
    let code = "certificate-thumbprint-mismatch";
    for (earlier, expected) in [(true, true), (false, false)] {
        let said = changed(code, |trace| {
            let served = tls(trace).thumbprints.clone().expect("it was served");
            trace.request.expected_thumbprint = Some(served.sha1);
            let mut retry = trace.connections[0].clone();
            retry.purpose = Purpose::Retry;
            trace.connections.insert(1, retry);
            if earlier {
                tls(trace).thumbprints.as_mut().expect("it was served").sha1 = "00".repeat(20);
            }
        });
        assert_eq!(said.await.is_some(), expected);
    }
}
