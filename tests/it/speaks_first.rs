//! RDSTLS and RDS AAD Auth without an account: what a server says first, and what becomes of one that does not.

use rdptrace::{
    Report, Settings, Tracer,
    internal::{
        net::Framing,
        pdu::{rdsaad, rdstls},
    },
    render,
    report::{Answer, ExperimentKind, FailureKind, ProtocolPosture, Purpose},
};

use crate::{
    faults::trace,
    lab::{Lab, fault},
};

async fn asked(name: &str, code: u32) -> (Report, ProtocolPosture) {
    let target = "rdsh01.corp.example".parse().expect("a target");
    let report = Tracer::new(&target, &Settings::default(), &Lab::of(Some(fault(name)))).posture().await;
    let seen = report.posture.as_ref().expect("it was asked for").protocols.iter();
    let found = seen.into_iter().find(|one| one.code == code).expect("it is asked for").clone();
    (report, found)
}

fn text(report: &Report) -> String {
    let mut page = Vec::new();
    render::text(report, &mut page).expect("memory takes it");
    anstream::adapter::strip_str(std::str::from_utf8(&page).expect("UTF-8")).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_posture_shows_the_versions_of_rdstls() {
    let (report, seen) = asked("rdstls", 4).await;
    let versions = seen.rdstls.map(|rdstls| rdstls.supported_versions);
    assert_eq!((seen.answer, versions, seen.unsaid), (Answer::Accepted, Some(1), None));
    assert!(text(&report).contains("rdstls   accepted, supportedVersions 0x0001"), "{}", text(&report));
}

#[tokio::test(start_paused = true)]
async fn a_posture_shows_whether_a_host_that_requires_entra_is_ready_for_it() {
    let (report, seen) = asked("entra-required", 16).await;
    assert_eq!(seen.rdsaad.map(|rdsaad| rdsaad.nonce_length), Some(22));
    assert!(text(&report).contains("aad      accepted, sends a nonce for a token"), "{}", text(&report));
    assert!(!text(&report).contains("8K1rQmXbT0a7"), "nobody needs the nonce");

    let (report, seen) = asked("entra-unready", 16).await;
    let shown = (seen.answer, seen.rdsaad, seen.unsaid);
    assert_eq!(shown, (Answer::Accepted, None, Some(FailureKind::Timeout)));
    let line = "aad      accepted, but does not begin it: timeout";
    assert!(text(&report).contains(line), "{}", text(&report));
}

#[tokio::test(start_paused = true)]
async fn the_cause_tells_a_host_that_is_ready_for_entra_from_one_that_is_not() {
    for (name, said) in [
        ("entra-required", "a nonce for a token comes"),
        ("entra-unready", "the server selects it and does not begin it"),
    ] {
        let report = trace(Some(fault(name)), &Settings::default()).await;
        let cause = report.causes.first().expect("a cause");
        assert_eq!(cause.code.as_str(), "server-requires-entra", "{name}");
        assert!(cause.because.iter().any(|line| line.contains(said)), "{name}: {:?}", cause.because);
        let experiment = Purpose::Experiment(ExperimentKind::ProtocolRdsaad.into());
        let made = report.trace.connections.iter().find(|made| made.purpose == experiment);
        assert!(made.is_some_and(|made| made.phases.credssp.is_some()), "{name}");
    }
}

#[test]
fn capabilities_of_rdstls_are_eight_bytes_of_one_kind() {
    assert_eq!(rdstls::capabilities(&[1, 0, 1, 0, 1, 0, 3, 0]), Ok(3));
    for wrong in [&[][..], &[1, 0, 1, 0, 1, 0, 1], &[2, 0, 1, 0, 1, 0, 1, 0], &[1, 0, 4, 0, 1, 0, 0, 0]] {
        assert!(rdstls::capabilities(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn the_nonce_ends_with_its_brace_and_is_bounded() {
    let text = br#"{"ts_nonce":"abc"}"#;
    for cut in 1..text.len() {
        assert_eq!(Framing::Rdsaad.length(&text[..cut]), Ok(None), "{cut}");
    }
    let length = |bytes: &[u8]| Framing::Rdsaad.length(bytes);
    assert_eq!(length(text), Ok(Some(18)));
    assert_eq!(length(&[text, &[0][..]].concat()), Ok(Some(19)));
    assert_eq!(rdsaad::nonce_length(text), Ok(3));
    assert_eq!(rdsaad::nonce_length(&[text, &[0][..]].concat()), Ok(3));
    assert!(length(&[3, 0, 0, 9]).is_err() && length(&[b"{", &[b' '; 4096][..]].concat()).is_err());
    for wrong in [&b"{}"[..], br#"{"ts_nonce":""}"#, br#"{"ts_nonce":7}"#, b"{\xff}", b""] {
        assert!(rdsaad::nonce_length(wrong).is_err(), "{wrong:?}");
    }
}
