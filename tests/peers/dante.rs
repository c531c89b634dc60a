//! Dante on the way to an xrdp that is well: accounts of the system, and rules that block.

use std::{fs, process::Command};

use crate::{
    lab::{Program, folder, free_port, has, is_root, wait_for},
    proxy::{assert_refused, through},
    xrdp::{VALID, xrdp},
};

/// What the system knows, as far as dante asks: account `anna`, password `s3cret`.
const PASSWD: &str =
    "root:x:0:0::/root:/bin/false\nnobody:x:65534:65534::/:/bin/false\nanna:x:4242:65534::/:/bin/false\n";
const SHADOW: &str = "anna:$6$abcdefgh$Z7KfoKnKTSZrzo5VZ0YubGLQOj9ov6sHo9TmE3zIU/LHKhpE30zCnZ0mcIXYf9r9rQ4DYaXoxAFSPFlcWdxjB.:19000:0:99999:7:::\n";

/// Dante with this method and these rules before it lets everybody through; its accounts are known to it alone.
fn dante(method: &str, rules: &str) -> (Program, String) {
    let (folder, port) = (folder("dante"), free_port());
    let config = format!(
        "logoutput: stderr\ninternal: 127.0.0.1 port = {port}\nexternal: 127.0.0.1\n\
         clientmethod: none\nsocksmethod: {method}\nuser.privileged: root\nuser.unprivileged: nobody\n\
         client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}\n{rules}\nsocks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}\n"
    );
    fs::write(folder.join("danted.conf"), config).expect("the settings");
    fs::write(folder.join("passwd"), PASSWD).expect("the accounts");
    fs::write(folder.join("shadow"), SHADOW).expect("the passwords");
    let script =
        "mount --bind passwd /etc/passwd && mount --bind shadow /etc/shadow && exec danted -f danted.conf";
    let mut command = Command::new("unshare");
    command.current_dir(&folder).args(["-m", "sh", "-c", script]);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    (program, format!("socks5://127.0.0.1:{port}"))
}

fn is_there() -> bool {
    has(&["danted", "unshare", "mount"]) && is_root()
}

#[test]
fn dante_asks_for_an_account_and_judges_it() {
    if !is_there() {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let (_locked, address) = dante("username", "");
    assert_refused(&through(&address, server.port, None), 255, "proxy-authentication-required");
    assert_refused(&through(&address, server.port, Some("wrong")), 1, "proxy-account-refused");
    let passed = through(&address, server.port, Some("s3cret"));
    assert_eq!(passed.at("/verdict/outcome"), "passed", "{passed:#?}");
    assert_eq!(passed.evidence("connect", "proxy")["method"], 2);
}

#[test]
fn dante_blocks_by_its_rules_and_tells_a_closed_port() {
    if !is_there() {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let block = format!("socks block {{ from: 0.0.0.0/0 to: 0.0.0.0/0 port = {} }}", server.port);
    let (_ruled, address) = dante("none", &block);
    assert_refused(&through(&address, server.port, None), 2, "proxy-refused");
    assert_refused(&through(&address, free_port(), None), 5, "proxy-target-unreachable");
}
