//! SRV records of a KDC, from a DNS server in place of the system's; and which modes FreeRDP says it takes.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{
    kerberos::{Kdc, PASSWORD, Server, USER},
    lab::{Program, has, skipped, trace, traced, wait_for_line},
};

#[test]
fn dns_names_the_kdc_that_gives_the_ticket() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/python/bin/python");
    let imports = Command::new(&python).args(["-c", "import dns"]).stderr(Stdio::null()).status();
    if !imports.is_ok_and(|status| status.success()) || !has(&["unshare", "mount"]) {
        return skipped("target/python has no dnspython");
    }
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let (log, resolvers, nothing) =
        (kdc.folder.join("dns.log"), kdc.folder.join("resolv.conf"), kdc.folder.join("no-krb5.conf"));
    fs::write(&resolvers, "nameserver 127.0.0.77\n").expect("a file");
    let mut command = Command::new(python);
    command.arg(root.join("tests/peers/srv_records.py")).arg(kdc.port.to_string());
    let _dns = Program::start(&mut command, &log);
    wait_for_line(&log, "ready");
    let script = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    let of_dns = |user: &str| {
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", script]).arg(&resolvers).arg(env!("CARGO_BIN_EXE_rdptrace"));
        command.env("RDPTRACE_PASSWORD", PASSWORD).env("KRB5_CONFIG", &nothing);
        let arguments = ["-u", user, "--auth", "kerberos", "--server-name", "localhost"];
        traced(command, "127.0.0.1", server.port, &arguments)
    };
    let found = of_dns(USER);
    assert_eq!(found.ending(), [json!("passed"), json!(null), json!(null)], "{found:#?}");
    assert_eq!(found.evidence("credssp", "kdc/source"), "dns");
    assert_eq!(found.evidence("credssp", "kdc/host"), "localhost");
    let missing = of_dns("alice@OTHER.TEST");
    assert_eq!(missing.ending(), [json!("aborted"), json!("credssp"), json!("not_found")], "{missing:#?}");
    assert!(missing.found("kdc-not-found"));
}

/// FreeRDP's server takes Remote Credential Guard and no Restricted Admin: the KDC is not even asked.
#[test]
fn freerdp_says_which_modes_it_takes() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::with(&kdc, &["+remote-guard"]) else { return };
    let at = format!("127.0.0.1:{}", kdc.port);
    let arguments = ["-u", USER, "--auth", "kerberos", "--kdc", &at, "--server-name", "localhost"];
    let traced = trace(server.port, &[&arguments[..], &["--restricted-admin"]].concat(), Some(PASSWORD));
    assert_eq!(traced.ending(), [json!("stopped"), json!("credssp"), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/credentials"), "not_attempted");
    assert_eq!(traced.evidence("credssp", "kdc"), &json!(null));
    assert!(traced.found("restricted-admin-unsupported") && traced.found("account-not-used"));
    let flags = traced.evidence("negotiate", "flag_names").to_string();
    assert!(flags.contains("REDIRECTED_AUTHENTICATION_MODE_SUPPORTED"), "{flags}");
}
