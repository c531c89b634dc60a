//! The names of experiments: spelled as ever, and whatever another version calls one stays as it came.

use rdptrace::{
    diagnose, render,
    report::{ExperimentKind, ExperimentName, Purpose},
};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
};

const SPELLED: [(&str, ExperimentKind); 6] = [
    ("tls12-only", ExperimentKind::Tls12Only),
    ("no-sni", ExperimentKind::NoSni),
    ("protocol-hybrid-ex", ExperimentKind::ProtocolHybridEx),
    ("protocol-rdsaad", ExperimentKind::ProtocolRdsaad),
    ("large-hello", ExperimentKind::LargeHello),
    ("direct-tls", ExperimentKind::DirectTls),
];

fn read(text: &str) -> ExperimentName {
    let Ok(name) = text.parse();
    name
}

#[test]
fn a_kind_is_spelled_as_the_report_has_it() {
    for (text, kind) in SPELLED {
        assert_eq!(kind.to_string(), text);
        assert_eq!(read(text), kind.into());
    }
    for kind in ExperimentKind::ALL {
        let numbered = ExperimentName::numbered(*kind, 12);
        for name in [(*kind).into(), numbered.clone(), numbered.again(4)] {
            assert_eq!(read(&name.to_string()), name);
        }
    }
    let again = read("small-hello-again-3");
    assert!(again.is(ExperimentKind::SmallHello) && again.is_again());
    assert_eq!(again.first().to_string(), "small-hello");
    assert_eq!(read("next-address-2").kind(), Some(ExperimentKind::NextAddress));
}

#[test]
fn what_another_version_calls_an_experiment_stays_as_it_came() {
    for text in
        ["", "-", "no-such-thing", "small-hello-again-", "repeat-01", "repeat--1", "NO-SNI", "again-again-2"]
    {
        let name = read(text);
        assert_eq!((name.kind(), name.to_string().as_str()), (None, text));
    }
}

/// A report of a newer version judges, and leaves again with the name that it brought.
#[tokio::test(start_paused = true)]
async fn a_report_with_an_unknown_experiment_is_judged() {
    let mut trace = trace(Some(fault("tls-reset")), &settings_for(None)).await.trace;
    let made = trace.connections.iter_mut().find(|made| !made.purpose.is_traced()).expect("an experiment");
    made.purpose = Purpose::Experiment(ExperimentName::Unknown("tls-of-tomorrow".to_owned()));
    let json = serde_json::to_string(&trace).expect("JSON");
    assert!(json.contains("\"experiment:tls-of-tomorrow\"") && json.contains("\"experiment:small-hello\""));
    let report = diagnose(serde_json::from_str(&json).expect("a trace"));
    assert_eq!(serde_json::to_string(&report.trace).expect("JSON"), json);
    let mut page = Vec::new();
    render::text(&report, &mut page).expect("memory takes everything");
    assert!(String::from_utf8(page).expect("text").contains("tls-of-tomorrow"));
}
