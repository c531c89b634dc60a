//! tinyproxy and microsocks on the way to an xrdp that is well.

use std::{fs, process::Command};

use serde_json::json;

use crate::{
    lab::{Program, Traced, folder, free_port, has, traced, wait_for},
    xrdp::{VALID, xrdp},
};

const ACCOUNT: [&str; 2] = ["--proxy-user", "anna"];

/// tinyproxy with these lines behind the usual ones.
fn tinyproxy(lines: &str) -> (Program, u16) {
    let (folder, port) = (folder("tinyproxy"), free_port());
    let config =
        format!("Port {port}\nListen 127.0.0.1\nTimeout 20\nMaxClients 10\nAllow 127.0.0.1\n{lines}\n");
    fs::write(folder.join("tinyproxy.conf"), config).expect("the settings");
    let mut command = Command::new("tinyproxy");
    command.current_dir(&folder).args(["-d", "-c", "tinyproxy.conf"]);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    (program, port)
}

fn microsocks(arguments: &[&str]) -> (Program, u16) {
    let port = free_port();
    let mut command = Command::new("microsocks");
    command.args(["-i", "127.0.0.1", "-p", &port.to_string()]).args(arguments);
    let program = Program::start(&mut command, &folder("microsocks").join("log"));
    wait_for(port);
    (program, port)
}

pub(crate) fn through(proxy: &str, target: u16, password: Option<&str>) -> Traced {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.env_remove("RDPTRACE_PASSWORD");
    let mut arguments = vec!["--proxy", proxy, "--local", "off"];
    if let Some(password) = password {
        command.env("RDPTRACE_PROXY_PASSWORD", password);
        arguments.extend(ACCOUNT);
    }
    traced(command, "127.0.0.1", target, &arguments)
}

#[track_caller]
pub(crate) fn assert_refused(traced: &Traced, code: i64, finding: &str) {
    let expected = [json!("aborted"), json!("connect"), json!("proxy_refused")];
    assert_eq!(traced.ending(), expected, "{traced:#?}");
    assert_eq!(traced.at("/verdict/failure/code"), &json!(code));
    assert!(traced.found(finding), "{traced:#?}");
    assert_eq!(traced.code, Some(11));
}

#[test]
fn tinyproxy_leads_there_refuses_and_asks_for_an_account() {
    if !has(&["tinyproxy"]) {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let allowed = format!("ConnectPort {}", server.port);
    let (_open, port) = tinyproxy(&allowed);
    let passed = through(&format!("http://127.0.0.1:{port}"), server.port, None);
    assert_eq!(passed.at("/verdict/outcome"), "passed", "{passed:#?}");
    assert_eq!(passed.evidence("connect", "proxy")["status"], 200);
    let (_narrow, port) = tinyproxy("ConnectPort 443");
    assert_refused(&through(&format!("http://127.0.0.1:{port}"), server.port, None), 403, "proxy-refused");
    let (_locked, port) = tinyproxy(&format!("{allowed}\nBasicAuth anna s3cret"));
    let address = format!("http://127.0.0.1:{port}");
    let asked = through(&address, server.port, None);
    assert_refused(&asked, 407, "proxy-authentication-required");
    assert_eq!(asked.evidence("connect", "proxy")["schemes"], json!(["Basic"]));
    assert_eq!(through(&address, server.port, Some("s3cret")).at("/verdict/outcome"), "passed");
    let nowhere = through(&format!("http://127.0.0.1:{}", free_port()), server.port, None);
    assert!(nowhere.found("proxy-unreachable"), "{nowhere:#?}");
}

#[test]
fn microsocks_leads_there_and_asks_for_an_account() {
    if !has(&["microsocks"]) {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let (_open, port) = microsocks(&[]);
    let address = format!("socks5://127.0.0.1:{port}");
    assert_eq!(through(&address, server.port, None).at("/verdict/outcome"), "passed");
    assert_refused(&through(&address, free_port(), None), 5, "proxy-target-unreachable");
    let (_locked, port) = microsocks(&["-u", "anna", "-P", "s3cret"]);
    let address = format!("socks5://127.0.0.1:{port}");
    assert_refused(&through(&address, server.port, None), 255, "proxy-authentication-required");
    assert_refused(&through(&address, server.port, Some("wrong")), 2, "proxy-account-refused");
    assert_eq!(through(&address, server.port, Some("s3cret")).at("/verdict/outcome"), "passed");
}
