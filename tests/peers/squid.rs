//! squid on the way to an xrdp that is well: its usual rules, its accounts, and targets that it cannot reach.

use std::{fs, process::Command};

use serde_json::json;

use crate::{
    lab::{Program, folder, free_port, has, is_root, wait_for},
    proxy::{assert_refused, through},
    xrdp::{VALID, xrdp},
};

/// Account `anna`, password `s3cret`.
const ACCOUNTS: &str = "anna:$apr1$abcdefgh$M2T3erDstkD7SsE2QQnfH0\n";
const BASIC: &str = "auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/accounts\n\
                     acl known proxy_auth REQUIRED\nhttp_access deny !known";

/// squid with these rules before it lets everybody through. Its helper may not enter the folder where it lies.
fn squid(rules: &str) -> (Program, String) {
    let (folder, port) = (folder("squid"), free_port());
    let config = format!(
        "http_port 127.0.0.1:{port}\npid_filename none\naccess_log none\ncache_log stdio:/dev/stderr\n\
         cache_store_log none\ncache deny all\npinger_enable off\ncoredump_dir none\n\
         mime_table /etc/squid/mime.conf\n{rules}\nhttp_access allow all\n"
    );
    fs::write(folder.join("squid.conf"), config).expect("the settings");
    fs::write(folder.join("accounts"), ACCOUNTS).expect("the accounts");
    fs::write(folder.join("mime.conf"), "").expect("no types");
    let script = format!(
        "mount -t tmpfs none /dev/shm && mount --bind {} /etc/squid && exec squid -N -n rdptrace{port} -f /etc/squid/squid.conf",
        folder.display()
    );
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    (program, format!("http://127.0.0.1:{port}"))
}

fn is_there() -> bool {
    has(&["squid", "unshare", "mount"]) && is_root()
}

#[test]
fn squid_leads_there_and_tells_why_it_does_not() {
    if !is_there() {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let (_open, address) = squid("");
    let passed = through(&address, server.port, None);
    assert_eq!(passed.at("/verdict/outcome"), "passed", "{passed:#?}");
    assert_eq!(passed.evidence("connect", "proxy")["status"], 200);
    let unreachable = through(&address, free_port(), None);
    assert_refused(&unreachable, 503, "proxy-target-unreachable");
    let server = unreachable.evidence("connect", "proxy")["server"].as_str();
    assert!(server.is_some_and(|server| server.starts_with("squid/")), "{server:?}");
}

#[test]
fn squid_with_its_usual_rules_forbids_the_port() {
    if !is_there() {
        return;
    }
    let (_usual, address) = squid("acl SSL_ports port 443\nhttp_access deny CONNECT !SSL_ports");
    assert_refused(&through(&address, 3389, None), 403, "proxy-refused");
}

#[test]
fn squid_asks_for_an_account_and_judges_it() {
    if !is_there() {
        return;
    }
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let (_locked, address) = squid(BASIC);
    let asked = through(&address, server.port, None);
    assert_refused(&asked, 407, "proxy-authentication-required");
    assert_eq!(asked.evidence("connect", "proxy")["schemes"], json!(["Basic"]));
    assert_refused(&through(&address, server.port, Some("wrong")), 407, "proxy-account-refused");
    let passed = through(&address, server.port, Some("s3cret"));
    assert_eq!(passed.at("/verdict/outcome"), "passed", "{passed:#?}");
}
