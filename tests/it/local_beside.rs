//! Which checks of this machine a trace makes, and that it loses nothing by those that it does not make.

use rdptrace::{
    Checked, Report, Settings, Target, Tracer, join,
    local::{self, Recorded, Recorder, RoleChoice, check, check_beside},
    report::KdcEvidence,
};

use crate::{
    causes::on,
    faults::{settings, settings_for, trace},
    lab::{Answer, Lab, Names, fault},
    local::invented,
};

const PUBLIC: &str = "9.9.9.9:3389";
/// The usual port of this machine itself.
const LOOPBACK: &str = "127.0.0.1:3389";

async fn healthy() -> Report {
    Box::pin(trace(None, &settings().account(None).until(None))).await
}

async fn failed(name: &'static str) -> Report {
    Box::pin(trace(Some(fault(name)), &settings_for(Some(fault(name))))).await
}

async fn unknown(name: &str) -> Report {
    let target: Target = name.parse().expect("a target");
    let lab = Lab::new(Names::Unknown, Vec::new());
    Box::pin(Tracer::new(&target, &Settings::default(), &lab).run()).await
}

async fn answering(host: &str, answer: Answer) -> Report {
    Box::pin(on(&[(host, answer)])).await
}

fn machine(name: &str) -> Recorded {
    invented().into_iter().find(|invented| invented.name == name).expect("it is there").machine
}

/// What was run to answer, or would have been.
fn commands(answers: &Recorded) -> Vec<String> {
    let unanswered = answers.absent.iter().chain(answers.unreadable.keys());
    let unanswered = unanswered.filter_map(|question| question.strip_prefix("command "));
    answers.commands.keys().cloned().chain(unanswered.map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_passes_starts_no_child_process() {
    for report in [
        healthy().await,
        Box::pin(trace(None, &settings())).await,
        answering(LOOPBACK, Answer::Demo(None)).await,
    ] {
        for invented in invented() {
            let recorder = Recorder::new(&invented.machine);
            let checked = check_beside(&recorder, &report);
            assert!(!checked.checks.is_empty(), "{}", invented.name);
            assert_eq!(commands(&recorder.finish()), Vec::<String>::new(), "{}", invented.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_is_made_if_it_could_explain_the_trace() {
    let mut kerberos = healthy().await;
    let credssp = kerberos.trace.connections[0].phases.credssp.as_mut().expect("CredSSP was begun");
    credssp.evidence.kdc = Some(KdcEvidence::default());
    let silent = || answering("192.0.2.15:3389", Answer::Silent);
    let on_linux = [
        (
            healthy().await,
            "names-hosts-file crypto-policy-system known-hosts-target",
            "names-resolver route-mtu clock-synchronized",
        ),
        (
            healthy().await,
            "proxy-environment",
            "firewall-output roots-store kerberos-ticket programs-clients",
        ),
        (
            silent().await,
            "firewall-output route-to-target route-tunnels names-address-order",
            "known-hosts-target names-order",
        ),
        (
            unknown("rdsh01").await,
            "names-resolver names-order names-search-domains",
            "route-to-target firewall-output",
        ),
        (failed("tls-silence").await, "firewall-output route-mtu", "names-resolver clock-synchronized"),
        (failed("certificate-expired").await, "clock-synchronized", "roots-store"),
        (kerberos, "kerberos-configuration kerberos-ticket", "firewall-output"),
    ];
    let on_windows = [
        (
            healthy().await,
            "program-files credssp-encryption-oracle schannel-client-tls12",
            "client-policy-unsigned-files windows-proxy-user",
        ),
        (silent().await, "client-log-attempts route-to-target", "ntlm-level schannel-client-suites"),
        (
            answering(LOOPBACK, Answer::Demo(None)).await,
            "listener-port service-remote-desktop",
            "route-to-target",
        ),
        (healthy().await, "program-version", "listener-port service-remote-desktop"),
    ];
    let linux = on_linux.map(|row| ("linux-client-broken", row));
    let windows = on_windows.map(|row| ("windows-host-workstation", row));
    for (name, (report, made, left_out)) in linux.into_iter().chain(windows) {
        let Checked { checks, .. } = check_beside(&machine(name), &report);
        let is_made = |code: &&str| checks.iter().any(|check| check.code == **code);
        let missing: Vec<_> = made.split(' ').filter(|code| !is_made(code)).collect();
        let idle: Vec<_> = left_out.split(' ').filter(is_made).collect();
        assert_eq!((missing, idle), (Vec::new(), Vec::new()), "{name}: {}", report.verdict.summary);
    }
}

/// Findings and causes are the same as if everything was asked.
#[tokio::test(start_paused = true)]
async fn what_is_not_asked_would_have_told_nothing() {
    let mut reports = vec![
        healthy().await,
        unknown("rdsh01").await,
        answering("192.0.2.15:3389", Answer::Silent).await,
        answering("192.0.2.15:3389", Answer::Refused).await,
        answering(PUBLIC, Answer::Silent).await,
        answering(LOOPBACK, Answer::Refused).await,
    ];
    for name in [
        "certificate-expired",
        "certificate-not-yet-valid",
        "credssp-old-version",
        "logon-failure",
        "mcs-silence",
        "tls-large-hello-dropped",
        "tls-reset",
        "tls-silence",
    ] {
        reports.push(failed(name).await);
    }
    for invented in invented() {
        for report in &reports {
            let subject = local::Target::of(&report.trace);
            let asked = join(report.clone(), check(&invented.machine, RoleChoice::Auto, subject.as_ref()));
            let beside = join(report.clone(), check_beside(&invented.machine, report));
            let told = |report: &Report| {
                let findings = serde_json::to_value(&report.findings).expect("JSON");
                (findings, serde_json::to_value(&report.causes).expect("JSON"))
            };
            assert_eq!(told(&beside), told(&asked), "{}: {}", invented.name, report.verdict.summary);
        }
    }
}
