//! A pool of which half the members fail: nothing is certain there, and the pool is named.

use rdptrace::{
    Report, Target, Unobserved,
    report::{Likelihood, Outcome},
    run,
};

use crate::{
    faults::settings,
    lab::{Answer, Lab, fault},
    scenarios::page,
};

/// How a bad member fails.
const KINDS: &[(&str, Option<&str>)] = &[
    ("refuse", None),
    ("reset", Some("negotiate-reset")),
    ("close", Some("negotiate-close")),
    ("silence", Some("negotiate-silence")),
    ("alert", Some("tls-internal-error")),
    ("tls close", Some("tls-close")),
    ("tls silence", Some("tls-silence")),
    ("failure 3", Some("certificate-missing")),
    ("foreign service", Some("ssh")),
];
const RUNS: u64 = 50;
const CONNECTIONS: usize = 24;

/// Half of the answers are bad, as this seed throws them; the first is, because nothing is asked after a success.
fn pool(kind: Option<&str>, seed: u64) -> Answer {
    let bad = kind.map_or(Answer::Refused, |name| Answer::Demo(Some(fault(name))));
    // SplitMix64: a coin that small seeds throw well too.
    let mut state = seed << 32;
    let mut thrown = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        if (mixed ^ mixed >> 31) & 1 == 0 { bad } else { Answer::Demo(None) }
    };
    let rest = std::iter::repeat_with(&mut thrown).take(CONNECTIONS);
    Answer::InTurn(std::iter::once(bad).chain(rest).collect::<Vec<_>>().leak())
}

async fn traced(kind: Option<&str>, seed: u64) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    run(&target, &settings(), &Lab::answering(pool(kind, seed)), &Unobserved).await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_certain_of_a_pool_and_nine_of_ten_runs_name_it() {
    for (what, kind) in KINDS {
        let mut named = 0;
        for seed in 1..=RUNS {
            let report = Box::pin(traced(*kind, seed)).await;
            assert_eq!(report.verdict.outcome, Outcome::Aborted, "{what} {seed}");
            let certain = report.causes.iter().find(|cause| cause.likelihood == Likelihood::Certain);
            assert!(certain.is_none(), "{what} {seed} {}", page(&report));
            named += u64::from(report.causes.iter().any(|cause| cause.code == "pool-member-broken"));
        }
        assert!(named * 10 >= RUNS * 9, "{what}: named in {named} of {RUNS}");
    }
}
