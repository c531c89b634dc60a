//! A pool of which half the members fail: nothing is certain there, and the pool is named.

use rdptrace::{
    Report, Target, Tracer,
    report::{Likelihood, Outcome},
};

use crate::{
    faults::settings,
    lab::{Answer, Lab, fault},
    scenarios::page,
};

/// The two ways in which bad members fail.
type Bad = fn() -> [Answer; 2];

const KINDS: &[(&str, Bad)] = &[
    ("refuse", || [Answer::Refused; 2]),
    ("reset", || [bad("negotiate-reset"); 2]),
    ("close", || [bad("negotiate-close"); 2]),
    ("silence", || [bad("negotiate-silence"); 2]),
    ("alert", || [bad("tls-internal-error"); 2]),
    ("tls close", || [bad("tls-close"); 2]),
    ("tls silence", || [bad("tls-silence"); 2]),
    ("failure 3", || [bad("certificate-missing"); 2]),
    ("foreign service", || [bad("ssh"); 2]),
    ("reset that connect or the first read meets", || [Answer::ResetAtOnce, bad("negotiate-reset")]),
];
const RUNS: u64 = 30;
const CONNECTIONS: usize = 24;

fn bad(name: &str) -> Answer {
    Answer::Demo(Some(fault(name)))
}

/// Half of the answers are bad, as this seed throws them; the first is, because nothing is asked after a success.
fn pool(bad: [Answer; 2], seed: u64) -> Answer {
    // SplitMix64: a coin that small seeds throw well too.
    let mut state = seed << 32;
    let mut thrown = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let coin = mixed ^ mixed >> 31;
        let which = bad[usize::from(coin & 2 != 0)];
        if coin & 1 == 0 { which } else { Answer::Demo(None) }
    };
    let first = bad[usize::from(seed & 1 == 0)];
    let rest = std::iter::repeat_with(&mut thrown).take(CONNECTIONS);
    Answer::InTurn(std::iter::once(first).chain(rest).collect::<Vec<_>>().leak())
}

async fn traced(answer: Answer) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &settings(), &Lab::answering(answer)).run().await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_certain_of_a_pool_and_nine_of_ten_runs_name_it() {
    for (what, kind) in KINDS {
        let mut named = 0;
        for seed in 1..=RUNS {
            let report = Box::pin(traced(pool(kind(), seed))).await;
            assert_eq!(report.verdict.outcome, Outcome::Aborted, "{what} {seed}");
            let certain = report.causes.iter().find(|cause| cause.likelihood == Likelihood::Certain);
            assert!(certain.is_none(), "{what} {seed} {}", page(&report));
            named += u64::from(report.causes.iter().any(|cause| cause.code.as_str() == "pool-member-broken"));
        }
        assert!(named * 10 >= RUNS * 9, "{what}: named in {named} of {RUNS}");
    }
}

/// One that resets every connection is no pool, whichever step meets the reset.
#[tokio::test(start_paused = true)]
async fn an_end_one_step_off_without_a_byte_is_the_same_failure() {
    for first in [Answer::ResetAtOnce, bad("negotiate-reset"), bad("negotiate-close")] {
        let other = [Answer::ResetAtOnce, bad("negotiate-reset")];
        let rest = (0..CONNECTIONS).map(|number| other[number % 2]);
        let answers: Vec<_> = std::iter::once(first).chain(rest).collect();
        let report = traced(Answer::InTurn(answers.leak())).await;
        let blamed = |code: &str| report.causes.iter().any(|cause| cause.code.as_str() == code);
        assert!(!blamed("pool-member-broken") && !blamed("rate-limited"), "{first:?} {}", page(&report));
        let told = |code: &str| report.findings.iter().any(|finding| finding.code.as_str() == code);
        assert!(
            !told("experiment-intermittent") && !told("experiment-turned-away"),
            "{first:?} {}",
            page(&report)
        );
        let repeats =
            report.trace.connections.iter().filter(|made| made.purpose.to_string().contains("repeat"));
        assert_eq!(repeats.count(), 5, "{first:?} a reset is no closed port {}", page(&report));
    }
}

/// Who fails once and never again was just being started; a second failure among many is another matter.
#[tokio::test(start_paused = true)]
async fn a_first_failure_alone_is_a_service_that_just_started() {
    for first in [Answer::Refused, Answer::ResetAtOnce, bad("negotiate-close"), bad("tls-internal-error")] {
        for (again, cause) in [(false, "service-just-started"), (true, "pool-member-broken")] {
            let other = |number| if again && number % 3 == 1 { first } else { Answer::Demo(None) };
            let answers: Vec<_> = std::iter::once(first).chain((0..CONNECTIONS).map(other)).collect();
            let report = Box::pin(traced(Answer::InTurn(answers.leak()))).await;
            let named = report.causes.first().map(|cause| cause.code.as_str());
            assert_eq!(named, Some(cause), "{first:?} {again} {}", page(&report));
            assert!(report.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain));
        }
    }
}

/// A service that opens its port before it can answer has not passed because its port is open.
#[tokio::test(start_paused = true)]
async fn what_passes_a_phase_and_fails_in_the_next_has_not_passed() {
    let rest = std::iter::repeat_n(bad("negotiate-silence"), CONNECTIONS);
    let answers: Vec<_> = std::iter::once(Answer::Refused).chain(rest).collect();
    let report = Box::pin(traced(Answer::InTurn(answers.leak()))).await;
    for code in ["service-just-started", "pool-member-broken", "connection-limit"] {
        assert!(report.causes.iter().all(|cause| cause.code.as_str() != code), "{code} {}", page(&report));
    }
    let found = report.findings.iter().find(|found| found.code.as_str() == "experiment-intermittent");
    let message = &found.expect("what came of the repetitions").message;
    assert!(message.contains("failed after it, in negotiate: "), "{message}");
}
