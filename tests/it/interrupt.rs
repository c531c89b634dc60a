//! Ctrl-C: a wait ends with the report of its last whole try, a trace and a posture with what is known.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use rdptrace::{
    Ended, Observer, Settings, Target, Tracer,
    codes::Phase,
    render::State,
    report::{Answer as Answered, Connection, Credentials, FailureKind, Outcome, Severity},
    wait,
    wait::Patience,
};
use tokio::{sync::Notify, time::sleep};

use crate::{
    faults::settings,
    junit::interrupted_case,
    lab::{Answer, Lab},
    scenarios::page,
    wait::{Tries, whole},
};

const DEMO: Answer = Answer::Demo(None);

/// A wait of an hour that is interrupted after some seconds.
async fn interrupted(seconds: u64, settings: &Settings, answers: &'static [Answer]) -> Ended {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let lab = Lab::answering(Answer::InTurn(answers));
    let patience = Patience { time: Duration::from_secs(3600), jitter: || 0.0 };
    let interrupt = sleep(Duration::from_secs(seconds));
    wait(Tracer::new(&target, settings, &lab), patience, &Tries::default(), interrupt).await
}

#[tokio::test(start_paused = true)]
async fn in_a_pause_the_last_try_is_reported() {
    let report = whole(interrupted(5, &settings(), &[Answer::Refused]).await);
    assert_eq!(report.verdict.failure.map(|failure| failure.kind), Some(FailureKind::Refused));
    let wait = report.trace.wait.expect("it was waited for");
    assert_eq!((wait.tries, wait.elapsed_ms.0, wait.interrupted), (3, 3000.0, true));
}

/// The second try is the one with the account, which connects to a host that has gone silent.
#[tokio::test(start_paused = true)]
async fn in_a_try_the_one_before_is_reported() {
    let report = whole(interrupted(5, &settings(), &[DEMO, Answer::Silent]).await);
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    assert_eq!(interrupted_case(&report).as_deref(), Some("run whole"));
    assert_eq!(report.trace.wait.map(|wait| wait.tries), Some(1));
}

#[tokio::test(start_paused = true)]
async fn in_the_first_try_what_it_saw_is_reported() {
    let Ended::Interrupted(report) = interrupted(5, &settings(), &[Answer::Silent]).await else {
        panic!("no try has ended")
    };
    let page = page(&report);
    assert!(page.contains("everything up to resolve works; stopped in connect"), "{page}");
    assert!(page.contains("5.0 s, interrupted in the first try"), "{page}");
    let wait = report.trace.wait.expect("it was waited for");
    assert_eq!((wait.tries, wait.elapsed_ms.0, wait.interrupted), (0, 5000.0, true));
}

/// Ends the run once so many connections were made.
struct After {
    left: AtomicUsize,
    done: Notify,
}

impl Observer for After {
    fn phase(&self, _: Phase) {}

    fn made(&self, _: &Connection) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.done.notify_one();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_posture_keeps_the_connections_that_were_made() {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let after = After { left: AtomicUsize::new(4), done: Notify::new() };
    let lab = Lab::answering(DEMO);
    let settings = Settings::default();
    let tracer = Tracer::new(&target, &settings, &lab).observed_by(&after);
    let ended = tracer.posture_until(after.done.notified());
    let Ended::Interrupted(report) = Box::pin(ended).await else { panic!("it ended by itself") };
    let seen = report.posture.as_ref().expect("it was asked for");
    assert_eq!(seen.connections, report.trace.connections.len());
    assert!((4..8).contains(&seen.connections), "{}", seen.connections);
    let answered = seen.protocols.iter().filter(|one| one.answer != Answered::Unknown).count();
    assert!(answered > 0 && seen.credssp.version.is_some(), "{seen:?}");
    assert!(seen.tls.iter().all(|tls| tls.refused.is_empty()), "what was not asked is not refused: {seen:?}");
    assert_eq!(interrupted_case(&report).as_deref(), Some("run whole"), "{report:?}");
    assert_eq!(State::of(&report, Some(Severity::Error)), State::Unknown);
}

/// The system's own signal; Windows has none that a test could send without unsafe code.
#[cfg(unix)]
mod signal {
    use std::{
        io::{BufRead as _, BufReader, Read as _},
        net::TcpListener,
        process::{Child, Command, Output, Stdio},
    };

    use serde_json::Value;

    use crate::program::text;

    fn start(arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program runs")
    }

    /// Sends SIGINT and waits for the end.
    fn interrupt(child: Child) -> Output {
        let id = child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &id]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        child.wait_with_output().expect("it ends")
    }

    #[test]
    fn ends_a_wait_with_its_report() {
        let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let closed = closed.expect("a port that was free").to_string();
        let mut child = start(&["trace", &closed, "--wait", "1h", "--format", "json"]);
        let mut stderr = BufReader::new(child.stderr.take().expect("it was piped"));
        let mut said = String::new();
        stderr.read_line(&mut said).expect("a line");
        assert!(said.starts_with("try 1, "), "{said}");
        let output = interrupt(child);
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(output.status.code(), Some(11), "{said}");
        assert!(said.ends_with("interrupted, no further try\n"), "{said}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["verdict"]["failure"]["kind"], "refused");
        assert_eq!(report["wait"]["timeline"][0]["kind"], "refused");
    }

    #[test]
    fn ends_a_trace_with_an_exit_code_of_its_own() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = silent.local_addr().expect("an address").to_string();
        let child = start(&["trace", &target]);
        let (mut connection, _) = silent.accept().expect("the trace connects");
        connection.read_exact(&mut [0]).expect("the Connection Request");
        let output = interrupt(child);
        let (page, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(page.contains("connect") && page.contains("STOPPED: interrupted by the user"), "{page}");
        assert!(page.contains("everything up to connect works; stopped in negotiate"), "{page}");
        assert_eq!(said, "interrupted; this is what is known\n");
    }

    #[test]
    fn ends_a_posture_with_what_is_known() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = silent.local_addr().expect("an address").to_string();
        let child = start(&["posture", &target, "--format", "json"]);
        let (mut connection, _) = silent.accept().expect("the posture connects");
        connection.read_exact(&mut [0]).expect("the Connection Request");
        let output = interrupt(child);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert_eq!(said, "interrupted; this is what is known\n");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["verdict"]["outcome"], "stopped");
        assert_eq!(report["posture"]["connections"], 1);
        assert_eq!(
            report["verdict"]["summary"],
            "everything up to connect works; interrupted before everything was asked"
        );
    }
}
