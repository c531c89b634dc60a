//! pyspnego behind HTTPS, which checks NTLM and SPNEGO with their channel bindings by itself, in place of a gateway.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::lab::{Program, Traced, certificate, folder, free_port, skipped, traced, wait_for};

/// The interpreter with pyspnego, where tests/run has put it.
fn python() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("python/bin/python");
    if found.is_file() {
        return Some(found);
    }
    skipped("pyspnego is not installed");
    None
}

/// An acceptor that enforces the bindings of its own certificate, or of another one.
fn acceptor(other: bool, only_spnego: bool) -> Option<(Program, u16, PathBuf)> {
    let (python, folder, port) = (python()?, folder("acceptor"), free_port());
    certificate(&folder, "127.0.0.1", -1, 30);
    let elsewhere = folder.join("other");
    fs::create_dir(&elsewhere).expect("a folder");
    certificate(&elsewhere, "127.0.0.1", -1, 30);
    fs::write(folder.join("users"), "CORP:alice:secret1\n").expect("a file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/acceptor.py");
    let mut command = Command::new(python);
    command.current_dir(&folder).env("NTLM_USER_FILE", "users").arg(script);
    command.args(["cert.pem", "key.pem", &port.to_string()]);
    command.args(other.then_some("other/cert.pem"));
    command.envs(only_spnego.then_some(("ONLY_SPNEGO", "1")));
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    Some((program, port, folder))
}

fn trace(port: u16, folder: &Path, scheme: &str, password: &str) -> Traced {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.env_remove("RDPTRACE_PASSWORD").env("RDPTRACE_GATEWAY_PASSWORD", password);
    let (gateway, anchors) = (format!("127.0.0.1:{port}"), folder.join("cert.pem"));
    let anchors = anchors.to_str().expect("a path of text");
    let account = ["--gateway", &gateway, "--gateway-user", "CORP\\alice", "--gateway-auth", scheme];
    traced(command, "127.0.0.1", 3389, &[&account[..], &["--ca-file", anchors, "--local", "off"]].concat())
}

#[test]
fn bound_proofs_are_accepted_and_wrong_ones_are_not() {
    let Some((_own, port, folder)) = acceptor(false, false) else { return };
    for scheme in ["ntlm", "negotiate"] {
        let accepted = trace(port, &folder, scheme, "secret1");
        assert_eq!(accepted.at("/verdict/gateway_credentials"), "verified", "{scheme}: {accepted:#?}");
        assert_eq!(accepted.at("/verdict/step"), "handshake", "the acceptor ends there");
        let refused = trace(port, &folder, scheme, "wrong");
        assert_eq!(refused.at("/verdict/gateway_credentials"), "refused", "{scheme}: {refused:#?}");
        assert_eq!(refused.at("/verdict/failure/code"), &json!(401));
        assert_eq!(refused.code, Some(12));
    }
    let (_other, port, folder) = acceptor(true, false).expect("it ran before");
    for scheme in ["ntlm", "negotiate"] {
        let refused = trace(port, &folder, scheme, "secret1");
        assert_eq!(refused.at("/verdict/step"), "auth", "{scheme}: the bindings are of another certificate");
        assert!(refused.may_be("gateway-extended-protection"), "{refused:#?}");
    }
}

/// It answers bare NTLM under Negotiate with bare NTLM, or where it is told to, with 400 and the end of the connection.
#[test]
fn under_negotiate_either_form_is_spoken() {
    for (only_spnego, form) in [(false, "bare"), (true, "spnego")] {
        let Some((_own, port, folder)) = acceptor(false, only_spnego) else { return };
        let accepted = trace(port, &folder, "negotiate", "secret1");
        assert_eq!(accepted.at("/verdict/gateway_credentials"), "verified", "{form}: {accepted:#?}");
        assert_eq!(accepted.evidence("gateway", "steps/auth/evidence/form"), form);
    }
}
