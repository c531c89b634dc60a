//! The program as a user runs it: bad input, exit codes, output, and no secret anywhere.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::program::{Served, command, file, rdptrace, text};

const PASSWORD: &str = "Corr3ct-Horse-Battery";

/// Bad input is answered with a sentence on standard error and exit code 2; a listener sees no connection.
#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket option");
    let target = listener.local_addr().expect("an address").to_string();
    let target = target.as_str();
    let (missing, thumbprint) = (file("missing/file"), "01".repeat(20));
    let missing = missing.to_str().expect("a path of text");
    let picture = file("twice.png");
    let twice = picture.to_str().expect("a path of text");
    let cases: &[(&[&str], &str)] = &[
        (&["trace"], "TARGET"),
        (&["trace", "no target"], "is no target"),
        (&["trace", "rdp://"], "is no target"),
        (&["trace", "farm.rdp"], "cannot read farm.rdp"),
        (&["trace", target, "--until", "lunch"], "lunch"),
        (&["trace", target, "--take-session"], "--until"),
        (&["trace", target, "--take-session", "--until", "tls"], "--until activate"),
        (&["trace", target, "--screenshot", missing], "cannot write"),
        (&["trace", target, "--screenshot", twice, "--until", "tls"], "--until tls"),
        (&["trace", target, "--screenshot", twice, "-o", twice], "the same file"),
        (&["trace", target, "--timeout", "soon"], "seconds"),
        (&["trace", target, "--timeout", "-1"], "--timeout"),
        (&["trace", target, "--deadline", "0"], "0.01"),
        (&["trace", target, "--password-file", missing], "--user"),
        (&["trace", target, "--password-stdin"], "--user"),
        (&["trace", target, "-u", "alice", "--password-file", missing], "cannot read the password file"),
        (&["trace", target, "-u", "alice"], "no password for alice"),
        (&["trace", target, "-u", "a\\b\\c"], "UPN"),
        (&["trace", target, "-u", ""], "UPN"),
        (&["trace", target, "--expect-thumbprint", "12"], "hex digits"),
        (&["trace", target, "--gateway", "gw", "--gateway-thumbprint", "12"], "hex digits"),
        (&["trace", target, "--gateway-thumbprint", &thumbprint], "--gateway-thumbprint needs a gateway"),
        (&["trace", target, "--server-name", "a b"], "host name"),
        (&["trace", target, "--ca-file", missing], "cannot read"),
        (&["trace", target, "--ca-file", "Cargo.toml"], "no PEM certificate"),
        (&["trace", target, "--system-roots"], "--ca-file"),
        (&["trace", target, "-o", missing], "cannot write"),
        (&["trace", target, "-o", "."], "cannot write"),
        (&["trace", target, "--format", "xml"], "xml"),
        (&["trace", target, "-v", "-q"], "--quiet"),
        (&["trace", target, "--proxy", "proxy.example"], "a port is expected"),
        (&["trace", target, "--proxy", "https://proxy.example:8443"], "socks5://HOST:PORT"),
        (&["trace", target, "--proxy", "http://anna:pw@proxy.example:3128"], "--proxy-user"),
        (&["trace", target, "--proxy-user", "anna"], "--proxy"),
        (
            &["trace", target, "--proxy", "http://proxy.example:1", "--proxy-user", "anna"],
            "no password for anna",
        ),
        (&["posture"], "TARGET"),
        (&["posture", target, "-u", "alice"], "-u"),
        (&["posture", target, "--ca-file", missing], "cannot read"),
        (&["posture", target, "--timeout", "0"], "0.01"),
        (&["posture", target, "-o", missing], "cannot write"),
        (&["demo", "--fault", "no-such-fault"], "no fault"),
        (&["demo", "--serve", "nowhere"], "--serve"),
        (&["frobnicate", target], "frobnicate"),
    ];
    assert_refused(cases);
    assert!(listener.accept().is_err(), "something was sent");
    assert!(!picture.exists(), "a file was left behind");
}

/// Exit code 2, one sentence with these words, and no report.
fn assert_refused(cases: &[(&[&str], &str)]) {
    for (arguments, words) in cases {
        let output = rdptrace(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_gateway_is_asked_for_in_a_way_that_means_something() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.set_nonblocking(true).expect("a socket option");
    let target = listener.local_addr().expect("an address").to_string();
    let target = target.as_str();
    let secret = file("gateway-secret");
    fs::write(&secret, "secret\n").expect("a file");
    let secret = secret.to_str().expect("a path of text");
    let wait =
        ["trace", target, "--gateway", target, "--gateway-user", "a", "--gateway-password-file", secret];
    let wait = [&wait[..], &["--wait", "5"]].concat();
    let cases: &[(&[&str], &str)] = &[
        (&wait, "used once"),
        (&["trace", target, "--until", "gateway"], "needs a gateway"),
        (&["trace", target, "--gateway-user", "alice"], "needs a gateway"),
        (&["trace", target, "--accept-consent"], "needs a gateway"),
        (&["trace", target, "--gateway", "a b"], "--gateway"),
        (&["trace", target, "--gateway", target, "--until", "connect"], "--until gateway"),
        (&["trace", target, "--gateway", target, "--gateway-auth", "token"], "gatewayaccesstoken"),
        (&["trace", target, "--gateway", target, "--gateway-user", "alice"], "RDPTRACE_GATEWAY_PASSWORD"),
        (&["trace", target, "--gateway-password-file", secret], "--gateway-user"),
    ];
    assert_refused(cases);
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn the_demo_passes_and_the_json_says_the_same() {
    let output = rdptrace(&["demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("PASSED"));
    let next = text(&output.stderr);
    assert!(next.trim_start().starts_with("Try next:") && next.contains("rdptrace HOST"), "{next}");
    let through = rdptrace(&["demo", "--gateway"]);
    let told = text(&through.stderr);
    let lines = told.lines().skip_while(|line| *line != "Try next:").skip(1);
    let apart = |line: &str| line.trim_start().contains("  ") && line.len() <= 80;
    assert!(lines.clone().count() > 2 && lines.clone().all(apart), "{told}");
    assert!(rdptrace(&["demo", "-q"]).stderr.is_empty());
    let output = rdptrace(&["demo", "--format", "json"]);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"]["outcome"], "passed");
}

#[test]
fn exit_codes_name_the_phase() {
    let cases = [
        ("negotiate-close", 13),
        ("tls-reset", 14),
        ("credssp-garbage", 15),
        ("logon-failure", 20),
        ("no-logon-servers", 15),
        ("early-authorization-denied", 15),
        ("mcs-refused", 16),
        ("license-server-missing", 17),
        ("certificate-expired", 1),
        ("certificate-untrusted", 0),
        ("license-request", 3),
        ("redirect", 3),
        ("activate-close", 18),
        ("reactivation", 0),
    ];
    for (fault, code) in cases {
        let output = rdptrace(&["demo", "--fault", fault]);
        assert_eq!(output.status.code(), Some(code), "{fault}: {}", text(&output.stdout));
    }
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port that was free");
    assert_eq!(rdptrace(&["trace", &closed.to_string()]).status.code(), Some(11));
}

#[test]
fn findings_count_as_asked() {
    let code = |fault, fail_on| rdptrace(&["demo", "--fault", fault, "--fail-on", fail_on]).status.code();
    assert_eq!(code("certificate-untrusted", "warning"), Some(1));
    assert_eq!(code("certificate-expired", "never"), Some(0));
}

#[test]
fn a_report_goes_to_a_file_without_colours_and_replaces_a_longer_one() {
    let path = file("report.txt");
    fs::write(&path, "x".repeat(100_000)).expect("a file");
    let name = path.to_str().expect("a path of text");
    let output = rdptrace(&["demo", "--color", "always", "-o", name]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let written = fs::read_to_string(&path).expect("the report");
    assert!(written.contains("PASSED") && !written.contains('\u{1b}') && !written.contains("xxx"));
}

#[test]
fn colours_follow_the_option_and_the_environment() {
    let coloured =
        |command: &mut Command| text(&command.output().expect("the program runs").stdout).contains('\u{1b}');
    assert!(coloured(&mut command(&["demo", "--color", "always"])));
    assert!(!coloured(&mut command(&["demo"])));
    assert!(coloured(command(&["demo"]).env("CLICOLOR_FORCE", "1")));
    assert!(!coloured(command(&["demo", "--color", "never"]).env("CLICOLOR_FORCE", "1")));
}

#[test]
fn schema_completions_and_manual_are_printed() {
    let cases: &[(&[&str], &str)] = &[
        (&["schema"], "schema_version"),
        (&["completions", "bash"], "_rdptrace"),
        (&["man"], ".TH"),
        (&["demo", "--list"], "license-server-missing"),
        (&["trace", "--help"], "--expect-thumbprint"),
        (&["trace", "--help"], "--take-session"),
        (&["posture", "--help"], "none with an account"),
    ];
    for (arguments, words) in cases {
        let output = rdptrace(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        // Where a line is folded does not matter.
        let said = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{arguments:?}");
    }
}

/// Serves the demo from another process and returns its address.
/// The password reaches the server and nothing else: not a log, not a report, whatever the source and the verbosity.
#[test]
fn the_password_is_in_no_output() {
    let server = Served::start(&[]);
    let refusing = Served::start(&["--fault", "logon-failure"]);
    let path = file("password");
    fs::write(&path, format!("{PASSWORD}\n")).expect("a file");
    let path = path.to_str().expect("a path of text");
    for address in [&server.1, &refusing.1] {
        for format in ["text", "json"] {
            for verbosity in ["-q", "-v", "-vv", "-vvvv"] {
                let base = ["trace", address, "-u", "CORP\\alice", "--format", format, verbosity];
                let from_file = command(&[&base[..], &["--password-file", path]].concat()).output();
                let from_variable = command(&base).env("RDPTRACE_PASSWORD", PASSWORD).output();
                let from_stdin = with_stdin(&[&base[..], &["--password-stdin"]].concat());
                for output in [from_file, from_variable, from_stdin] {
                    let output = output.expect("the program runs");
                    assert_eq!(output.status.code(), Some(20), "{}", text(&output.stderr));
                    assert_holds_no_password(&output);
                }
            }
        }
    }
}

/// Neither does a wait say it, which ends at the refusal.
#[test]
fn the_password_is_in_no_output_of_a_wait() {
    let server = Served::start(&[]);
    for format in ["text", "json", "junit"] {
        let arguments = ["trace", &server.1, "-u", "alice", "--wait", "1m", "--format", format, "-vv"];
        let output =
            command(&arguments).env("RDPTRACE_PASSWORD", PASSWORD).output().expect("the program runs");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(20), "{said}");
        assert!(said.contains("try 1, ") && said.contains("try 2, ") && !said.contains("try 3, "), "{said}");
        assert_holds_no_password(&output);
    }
}

/// Without --take-session an account goes no further than licensing; a server without NLA needs none.
#[test]
fn an_account_takes_a_session_only_when_it_may() {
    let server = Served::start(&[]);
    let trace = |more: &[&str]| {
        let base = ["trace", &server.1, "--until", "activate", "--format", "json"];
        let output = command(&[&base[..], more].concat()).env("RDPTRACE_PASSWORD", "demo").output();
        let output = output.expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let verdict = ["outcome", "phase", "reached"].map(|field| report["verdict"][field].clone());
        (output.status.code(), verdict)
    };
    let stopped = [Value::from("stopped"), Value::from("activate"), Value::from("licensing")];
    assert_eq!(trace(&["-u", "demo", "--fail-on", "never"]), (Some(3), stopped));
    let passed = [Value::from("passed"), Value::Null, Value::from("activate")];
    assert_eq!(trace(&["-u", "demo", "--take-session"]), (Some(0), passed.clone()));
    assert_eq!(trace(&["--security", "tls"]), (Some(0), passed));
    let before = [Value::from("stopped"), Value::from("credssp"), Value::from("tls")];
    assert_eq!(trace(&[]), (Some(3), before));
}

fn with_stdin(arguments: &[&str]) -> std::io::Result<Output> {
    let mut child =
        command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().expect("it was piped").write_all(format!("{PASSWORD}\r\n").as_bytes())?;
    child.wait_with_output()
}

fn assert_holds_no_password(output: &Output) {
    let wide: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for stream in [&output.stdout, &output.stderr] {
        let said = text(stream).to_lowercase();
        for secret in [PASSWORD.to_lowercase(), hex::encode(PASSWORD), hex::encode(&wide)] {
            assert!(!said.contains(&secret), "{said}");
        }
    }
}

#[test]
fn debug_output_holds_no_password() {
    let account = rdptrace::settings::Account::new("alice", PASSWORD);
    let settings = rdptrace::Settings::default().account(Some(account));
    assert!(!format!("{settings:?}").contains(PASSWORD));
}
