//! Two realms of MIT's KDC, of which one refers to the other; a server whose key is another than its KDC has; and an account
//! without pre-authentication.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{
    demo_server::serve,
    kerberos::{Kdc, PASSWORD, REALM, Server, environment, proxy},
    lab::{Program, folder, free_port, trace, traced, wait_for},
};

const HOME: &str = "HOME.TEST";

/// MIT's KDC refers for names with a dot alone.
const NAME: &str = "rdsh01.example.test";

fn kadmin(folder: &Path, query: &str) {
    let mut command = Command::new("kadmin.local");
    environment(&mut command, folder).args(["-q", query]).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("it runs").success(), "{query}");
}

/// The KDC of the account's realm, which knows that the server is in the other.
fn home(other: &Kdc) -> (PathBuf, u16, Program) {
    let (folder, port) = (folder("home-kdc"), free_port());
    let client = format!(
        "[libdefaults]\n default_realm = {HOME}\n dns_lookup_kdc = false\n[realms]\n {HOME} = {{\n  kdc = 127.0.0.1:{port}\n \
         }}\n {REALM} = {{\n  kdc = 127.0.0.1:{}\n }}\n[domain_realm]\n {NAME} = {REALM}\n",
        other.port
    );
    let place = folder.display();
    let server = format!(
        "[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n {HOME} = {{\n  \
         database_name = {place}/principal\n  key_stash_file = {place}/stash\n  host_based_services = *\n }}\n"
    );
    fs::write(folder.join("krb5.conf"), client).expect("a file");
    fs::write(folder.join("kdc.conf"), server).expect("a file");
    let mut create = Command::new("kdb5_util");
    environment(&mut create, &folder).args(["create", "-s", "-r", HOME, "-P", "master"]);
    assert!(create.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs").success());
    kadmin(&folder, &format!("addprinc -pw {PASSWORD} +requires_preauth alice"));
    let cross = format!("addprinc -pw cross krbtgt/{REALM}@{HOME}");
    kadmin(&folder, &cross);
    kadmin(&other.folder, &cross);
    let mut command = Command::new("krb5kdc");
    let program = Program::start(environment(&mut command, &folder).arg("-n"), &folder.join("log"));
    wait_for(port);
    (folder, port, program)
}

#[test]
fn a_referral_leads_to_the_ticket_that_the_server_takes() {
    let Some(kdc) = Kdc::start() else { return };
    kadmin(&kdc.folder, &format!("addprinc -randkey TERMSRV/{NAME}"));
    kadmin(&kdc.folder, &format!("ktadd -k {} TERMSRV/{NAME}", kdc.folder.join("keytab").display()));
    let Some(server) = Server::start(&kdc) else { return };
    let (folder, port, _home) = home(&kdc);
    let run = |user: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
        command.env("RDPTRACE_PASSWORD", PASSWORD).env("KRB5_CONFIG", folder.join("krb5.conf"));
        let arguments = ["-u", user, "--auth", "kerberos", "--server-name", NAME];
        traced(command, "127.0.0.1", server.port, &[&arguments[..], more].concat())
    };
    let Some((proxy_port, _proxy)) = proxy(&kdc, &[(HOME, port)]) else { return };
    let (named, proxied) = (format!("127.0.0.1:{port}"), format!("https://localhost:{proxy_port}"));
    for (user, more, questions) in [
        ("HOME.TEST\\alice", &[][..], 4),
        ("HOME.TEST\\alice", &["--kdc", &named][..], 4),
        // One KDC proxy leads to both.
        ("HOME.TEST\\alice", &["--kdc", &proxied][..], 4),
        // MIT's KDC does not know a UPN before it is a plain name.
        ("alice@home.test", &[][..], 5),
    ] {
        let traced = run(user, more);
        assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
        assert_eq!(traced.at("/verdict/credentials"), "verified");
        assert_eq!(traced.evidence("credssp", "kdc/referral"), REALM);
        let asked = traced.evidence("credssp", "kdc/exchanges").as_array().expect("questions");
        let realms: Vec<_> = asked.iter().map(|one| one["realm"].as_str().expect("a realm")).collect();
        assert_eq!((realms.len(), realms[0], realms[realms.len() - 1]), (questions, HOME, REALM));
        let last = asked.last().expect("a question");
        assert_eq!(last["host"] == "localhost", more.contains(&proxied.as_str()), "{asked:#?}");
        assert!(traced.found("kerberos-used"));
    }
}

/// What a server does whose machine account has another password by now.
#[test]
fn a_ticket_that_the_server_cannot_open_is_the_servers_refusal() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    kadmin(&kdc.folder, "cpw -randkey TERMSRV/localhost");
    let traced = kdc.trace(server.port, "localhost", PASSWORD);
    assert_eq!(traced.ending(), [json!("aborted"), json!("credssp"), json!("kerberos_error")], "{traced:#?}");
    assert_eq!(traced.at("/verdict/step"), &json!(null));
    assert_eq!(traced.evidence("credssp", "kdc/ticket"), true);
    assert!(traced.found("kerberos-ticket-refused"));
    assert_eq!(traced.code, Some(15));
}

/// The KDC gives its answer to everybody, and only who knows the password opens it: so a wrong one is known here, and neither the
/// KDC nor the server, which would take NTLM, is shown a proof of it.
#[test]
fn a_wrong_password_without_preauthentication_is_refused_and_not_tried_again_by_ntlm() {
    let Some(kdc) = Kdc::start() else { return };
    kadmin(&kdc.folder, &format!("addprinc -pw {PASSWORD} -requires_preauth bob"));
    let (_server, port) = serve(&[]);
    let to = format!("127.0.0.1:{}", kdc.port);
    let arguments =
        ["-u", "EXAMPLE.TEST\\bob", "--auth", "negotiate", "--kdc", &to, "--server-name", "localhost"];
    let run = |password| trace(port, &[&arguments[..], &["--timeout", "3"]].concat(), Some(password));
    let wrong = run("wrong");
    assert_eq!(wrong.at("/verdict/credentials"), "refused", "{wrong:#?}");
    assert_eq!((wrong.code, wrong.at("/verdict/step")), (Some(20), &json!("kdc")));
    let asked = wrong.evidence("credssp", "kdc/exchanges").as_array().expect("questions");
    assert_eq!((asked.len(), &asked[0]["opened"], &asked[0]["proof"]), (1, &json!(false), &json!(false)));
    // The server was told nothing.
    assert_eq!(wrong.evidence("credssp", "version"), &json!(null));
    assert!(wrong.found("credentials-refused") && !wrong.found("kerberos-not-used"));
    let right = run(PASSWORD);
    assert_eq!(right.evidence("credssp", "kdc/ticket"), true, "{right:#?}");
    assert_eq!(right.evidence("credssp", "kdc/exchanges/0/opened"), true);
}
