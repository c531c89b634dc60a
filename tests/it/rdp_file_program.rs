//! The program with .rdp files and rdp:// addresses: options win, nothing is sent for a bad file, no secret is shown.

use std::{fs, net::TcpListener, path::Path};

use serde_json::Value;

use crate::program::{Served, command, file, rdptrace, text};

const SECRET: &str = "Corr3ct-Horse-Battery";

/// A file with these lines, and its path.
fn written(name: &str, lines: &str) -> String {
    let path = file(name);
    fs::write(&path, lines).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rdp").join(name);
    path.to_str().expect("a path of text").to_owned()
}

fn json(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = rdptrace(&[arguments, &["--format", "json"]].concat());
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|_| panic!("{arguments:?}: {}", text(&output.stderr))))
}

#[test]
fn a_bad_file_is_refused_before_anything_is_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket option");
    let address = listener.local_addr().expect("an address");
    let azure = written("azure.rdp", &format!("full address:s:{address}\narmpath:s:/arm"));
    let token = "ü";
    let token = written("token.rdp", &format!("full address:s:{address}\nloadbalanceinfo:s:{token}"));
    let long = written("long.rdp", &format!("full address:s:{address}\n{}", "x".repeat(1 << 20)));
    let folder = file("folder.rdp");
    fs::create_dir_all(&folder).expect("a folder");
    let folder = folder.to_str().expect("a path of text");
    let secret = format!("rdp://full%20address=s:&gatewayaccesstoken=s:{SECRET}");
    let cases: &[(&str, &str)] = &[
        ("missing.rdp", "cannot read missing.rdp"),
        (folder, "it is a directory"),
        (&sample("binary.rdp"), "binary"),
        (&sample("no-address.rdp"), "names no computer"),
        (&sample("port-zero.rdp"), "server port 0"),
        (&azure, "Azure Virtual Desktop"),
        (&token, "loadbalanceinfo"),
        (&long, "1 MiB"),
        (&secret, "names no computer"),
        ("rdp://", "is no target"),
        ("missing.rdpw", "cannot read missing.rdpw"),
        (&written("servers.rdg", "<?xml version=\"1.0\"?><RDCMan/>"), "Remote Desktop Connection Manager"),
        (&written("farm.remmina", "[remmina]\nserver=rdsh01\n"), "Remmina"),
        (&written("Invitation.msrcIncident", "<?xml version=\"1.0\"?><UPLOADINFO/>"), "Remote Assistance"),
        (&written("list.txt", "rdsh01\nrdsh02\n"), "is no .rdp file"),
    ];
    for (target, words) in cases {
        for arguments in [vec!["trace", target], vec!["posture", target], vec!["local", "--target", target]] {
            let output = rdptrace(&arguments);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(output.stdout.is_empty() && said.contains(words), "{arguments:?}: {said}");
            assert!(said.lines().count() == 1 && !said.contains(SECRET), "{arguments:?}: {said}");
        }
    }
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn a_file_is_traced_and_options_win_over_it() {
    let server = Served::start(&[]);
    let lines = format!(
        "full address:s:{}\r\nenablecredsspsupport:i:0\r\nusername:s:alice\r\npassword 51:b:{}\r\n\
         gatewayaccesstoken:s:{SECRET}\r\n",
        server.1,
        hex::encode(SECRET)
    );
    let path = written("Farm.RDP", &lines);
    let (code, report) = json(&["trace", &path, "--local", "off"]);
    let negotiate = |report: &Value| report["connections"][0]["phases"]["negotiate"]["evidence"].clone();
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(report["target"]["input"], path.as_str());
    assert_eq!(negotiate(&report)["requested_code"], 1);
    assert_eq!(report["verdict"]["credentials"], "not_attempted");
    assert_eq!(report["target"]["rdp_file"]["names_account"], true);
    let (_, report) = json(&["trace", &path, "--local", "off", "--security", "nla"]);
    assert_eq!(negotiate(&report)["requested_code"], 10);
    let (_, report) = json(&["posture", &path]);
    assert_eq!(negotiate(&report)["requested_code"], 11, "a posture asks for everything");
    let mut with_account = command(&["trace", &path, "--security", "auto", "-u", "demo", "--format", "json"]);
    let output = with_account.env("RDPTRACE_PASSWORD", "demo").output().expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"]["credentials"], "verified", "{}", text(&output.stderr));
}

/// A file is read whatever it is called.
#[test]
fn a_file_needs_no_ending() {
    let server = Served::start(&[]);
    for name in ["farm.rdpw", "farm.rdp.txt", "farm", "farm.corp.example"] {
        let path = written(name, &format!("full address:s:{}\narmpath:s:\n", server.1));
        let (code, report) = json(&["trace", &path, "--until", "tls", "--local", "off"]);
        assert_eq!((code, &report["target"]["rdp_file"]["settings"]), (Some(0), &1.into()), "{name}");
        for line in [&["posture", &path][..], &["local", "--target", &path]] {
            let output = rdptrace(&[line, &["--format", "json"]].concat());
            assert_ne!(output.status.code(), Some(2), "{line:?}: {}", text(&output.stderr));
        }
    }
}

#[test]
fn the_secrets_of_a_file_are_in_no_output() {
    let server = Served::start(&[]);
    let lines =
        format!("full address:s:{}\npassword 51:b:{SECRET}\ngatewayaccesstoken:s:{SECRET}\n", server.1);
    let path = written("secret.rdp", &lines);
    let address = format!("rdp://full%20address=s:{}&gatewayaccesstoken=s:{SECRET}", server.1);
    for target in [&path, &address] {
        for format in ["text", "json", "junit"] {
            for command in
                [&["trace", target, "-vvv"][..], &["posture", target], &["local", "--target", target]]
            {
                let output = rdptrace(&[command, &["--format", format]].concat());
                assert_ne!(output.status.code(), Some(2), "{command:?}: {}", text(&output.stderr));
                let said = text(&output.stdout) + &text(&output.stderr);
                assert!(
                    !said.contains(SECRET) && !said.contains(&hex::encode(SECRET)),
                    "{command:?}: {said}"
                );
            }
        }
    }
}

/// Nothing listens at the gateway, and whatever listens at the host is not asked.
#[test]
fn a_file_that_demands_a_gateway_is_traced_through_it() {
    let server = Served::start(&[]);
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let lines = format!(
        "full address:s:{}\ngatewayhostname:s:{closed}\ngatewayusagemethod:i:1\ngatewayaccesstoken:s:{SECRET}\n",
        server.1
    );
    let path = written("through.rdp", &lines);
    let (code, report) = json(&["trace", &path]);
    assert_eq!(code, Some(12));
    let verdict = &report["verdict"];
    assert_eq!((&verdict["phase"], &verdict["step"]), (&"gateway".into(), &"connect".into()));
    assert_eq!(verdict["gateway_credentials"], "not_attempted");
    assert_eq!(report["connections"][0]["phases"]["gateway"]["evidence"]["token"], true);
    assert!(!report.to_string().contains(SECRET));
    let (code, report) = json(&["trace", &path, "--gateway", "none"]);
    assert_eq!((code, &report["verdict"]["gateway_credentials"]), (Some(0), &Value::Null));
    // The token is for the gateway that the file names, also where it would be gone through only at need.
    let path = written("at-need.rdp", &lines.replace("usagemethod:i:1", "usagemethod:i:2"));
    let (code, report) = json(&["trace", &path, "--gateway", &closed.to_string(), "--gateway-auth", "token"]);
    assert_eq!(code, Some(12));
    assert_eq!(report["connections"][0]["phases"]["gateway"]["evidence"]["token"], true);
    let (_, report) = json(&["trace", &path, "--gateway", &format!("localhost:{}", closed.port())]);
    assert_eq!(report["connections"][0]["phases"]["gateway"]["evidence"]["token"], false);
    let bad = written("bad-gateway.rdp", "full address:s:h\ngatewayhostname:s:a b\ngatewayusagemethod:i:1\n");
    let output = rdptrace(&["trace", &bad]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("gatewayhostname"), "{}", text(&output.stderr));
}

/// Nothing listens there; a name of its own for the proxy comes first.
#[test]
fn a_gateway_that_is_the_kdc_proxy_is_asked_for_the_ticket() {
    let server = Served::start(&[]);
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let lines = format!(
        "full address:s:{}\ngatewayhostname:s:{closed}\ngatewayusagemethod:i:1\nrdgiskdcproxy:i:1\n",
        server.1
    );
    for (further, host) in [("", "127.0.0.1"), ("kdcproxyname:s:localhost:1\n", "localhost")] {
        let path = written("kdc.rdp", &(lines.clone() + further));
        let directly = ["trace", &path, "--gateway", "none", "--server-name", "rdsh01.corp.example"];
        let account = ["-u", "CORP.EXAMPLE\\alice", "--auth", "kerberos", "--format", "json"];
        let mut command = command(&[&directly[..], &account[..]].concat());
        let output = command.env("RDPTRACE_PASSWORD", SECRET).output().expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let kdc = &report["connections"][0]["phases"]["credssp"]["evidence"]["kdc"];
        assert_eq!((&kdc["source"], &kdc["host"]), (&"rdp_file".into(), &host.into()), "{report:#}");
        assert_eq!((&kdc["transport"], &kdc["ticket"]), (&"https".into(), &false.into()), "{report:#}");
        assert_eq!((&report["verdict"]["step"], output.status.code()), (&"kdc".into(), Some(15)));
    }
}

#[test]
fn a_page_says_what_the_file_shows_the_gateway() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let lines = format!("full address:s:h\ngatewayhostname:s:{closed}\ngatewayusagemethod:i:1\n");
    for (further, told) in [
        ("gatewaycredentialssource:i:0\n", "always names"),
        ("gatewaycredentialssource:i:1\n", "always, with a smart card"),
        ("gatewaycredentialssource:i:5\n", "always, with a token, which it does not hold"),
        ("gatewaycredentialssource:i:5\ngatewayaccesstoken:s:Corr3ct\n", "always, with its token"),
    ] {
        let path = written("shows.rdp", &format!("{lines}username:s:a\n{further}"));
        let page = text(&rdptrace(&["trace", &path]).stdout);
        let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(told), "{further}: {page}");
    }
}

#[test]
fn addresses_with_a_scheme_are_traced() {
    let server = Served::start(&[]);
    let (_, report) = json(&["trace", &format!("rdp://{}/", server.1), "--until", "tls", "--local", "off"]);
    assert_eq!(report["verdict"]["outcome"], "passed");
    assert_eq!(report["target"]["rdp_file"], Value::Null);
    let address = format!("rdp://full%20address=s:{}&enablecredsspsupport=i:0", server.1);
    let (_, report) = json(&["trace", &address, "--until", "tls", "--local", "off"]);
    assert_eq!(report["target"]["rdp_file"]["encoding"], "address");
    assert_eq!(report["target"]["rdp_file"]["credssp"], false);
}

/// Who made a file is told also where nothing is traced.
#[test]
fn the_checks_of_a_machine_tell_the_signature_of_the_file() {
    for (name, state, finding, counts) in [
        ("signed.rdp", Value::from("valid"), "rdp-file-publisher-unknown", false),
        ("signed-changed.rdp", Value::from("wrong"), "rdp-file-signature-wrong", true),
        ("without-nla.rdp", Value::Null, "rdp-file-unsigned", false),
    ] {
        let sample = sample(name);
        let (code, report) = json(&["local", "--target", &sample, "--fail-on", "warning"]);
        assert_eq!(report["rdp_file"]["signature"]["state"], state, "{name}");
        assert_eq!((&report["target"], &report["connections"]), (&Value::Null, &Value::Array(Vec::new())));
        let codes: Vec<_> = report["findings"].as_array().expect("findings").iter().collect();
        assert!(codes.iter().any(|found| found["code"] == finding), "{name}: {codes:?}");
        assert!(
            codes
                .iter()
                .all(|found| found["code"].as_str().is_some_and(|code| code.starts_with("rdp-file-")))
        );
        assert!(!counts || code == Some(1), "{name}: {code:?}");
        let page = text(&rdptrace(&["local", "--target", &sample]).stdout);
        assert!(page.contains("\nFile "), "{page}");
    }
    let named = written(
        "malformed.rdp",
        "full address:s:127.0.0.1\nscreen mode id:2\ngatewayhostname:s:%GW%\ngatewayusagemethod:i:2\n",
    );
    let (_, report) = json(&["local", "--target", &named]);
    let codes: Vec<_> =
        report["findings"].as_array().expect("a list").iter().map(|found| &found["code"]).collect();
    for code in ["rdp-file-malformed", "rdp-file-gateway-invalid"] {
        assert!(codes.contains(&&Value::from(code)), "{code} in {codes:?}");
    }
    let (_, report) = json(&["local", "--target", "rdp://full%20address=s:127.0.0.1&signature=s:AAAA"]);
    assert_eq!(report["rdp_file"], Value::Null);
}
