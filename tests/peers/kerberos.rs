//! A Kerberos logon: MIT's KDC, and FreeRDP 3 as the server, from the folder that tests/chroot sets up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    display::Display,
    lab::{Program, Traced, folder, free_port, has, is_root, skipped, trace, traced, wait_for},
};

pub(crate) const REALM: &str = "EXAMPLE.TEST";
pub(crate) const USER: &str = "EXAMPLE.TEST\\alice";
pub(crate) const PASSWORD: &str = "secret1";

/// A KDC for one realm, on loopback.
pub(crate) struct Kdc {
    pub folder: PathBuf,
    pub port: u16,
    server: Program,
}

impl Kdc {
    pub(crate) fn start() -> Option<Self> {
        if !has(&["krb5kdc", "kdb5_util", "kadmin.local", "kinit"]) {
            return None;
        }
        let (folder, port) = (folder("kdc"), free_port());
        configure(&folder, port);
        let tool = |name: &str, arguments: &[&str]| {
            let mut command = Command::new(name);
            environment(&mut command, &folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            assert!(command.status().expect("it runs").success(), "{name} {arguments:?}");
        };
        tool("kdb5_util", &["create", "-s", "-r", REALM, "-P", "master"]);
        let keytab = format!("ktadd -k {} TERMSRV/localhost", folder.join("keytab").display());
        let account = format!("addprinc -pw {PASSWORD} +requires_preauth alice");
        for query in [&account, "addprinc -randkey TERMSRV/localhost", &keytab] {
            tool("kadmin.local", &["-q", query]);
        }
        let mut command = Command::new("krb5kdc");
        let server = Program::start(environment(&mut command, &folder).arg("-n"), &folder.join("log"));
        wait_for(port);
        Some(Self { folder, port, server })
    }

    pub(crate) fn trace(&self, server: u16, name: &str, password: &str) -> Traced {
        self.trace_over("", server, name, password)
    }

    /// The KDC is asked as this scheme says.
    fn trace_over(&self, scheme: &str, server: u16, name: &str, password: &str) -> Traced {
        self.trace_by(&format!("{scheme}127.0.0.1:{}", self.port), server, name, password)
    }

    fn trace_by(&self, kdc: &str, server: u16, name: &str, password: &str) -> Traced {
        let arguments = ["-u", USER, "--auth", "kerberos", "--kdc", kdc, "--server-name", name];
        trace(server, &[&arguments[..], &["--timeout", "3"]].concat(), Some(password))
    }
}

/// Red Hat's KDC proxy, for this KDC and those of other realms, each with its port.
pub(crate) fn proxy(kdc: &Kdc, others: &[(&str, u16)]) -> Option<(u16, Program)> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python");
    let imports = Command::new(&python).args(["-c", "import kdcproxy"]).stderr(Stdio::null()).status();
    if !imports.is_ok_and(|status| status.success()) || !has(&["openssl"]) {
        skipped("target/python has no kdcproxy");
        return None;
    }
    let (port, place) = (free_port(), |name: &str| kdc.folder.join(name));
    let mut text = "[global]\nuse_dns = false\n".to_owned();
    for (realm, port) in [&[(REALM, kdc.port)][..], others].concat() {
        text.push_str(&format!("[{realm}]\nkerberos = kerberos+tcp://127.0.0.1:{port}\n"));
    }
    fs::write(place("kdcproxy.conf"), text).expect("a file");
    let mut certificate = Command::new("openssl");
    certificate.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout"]);
    certificate.arg(place("key.pem")).arg("-out").arg(place("certificate.pem")).stderr(Stdio::null());
    assert!(certificate.status().expect("openssl runs").success());
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/kdc_proxy.py")).arg(port.to_string());
    command
        .arg(place("certificate.pem"))
        .arg(place("key.pem"))
        .env("KDCPROXY_CONFIG", place("kdcproxy.conf"));
    let program = Program::start(&mut command, &place("kdcproxy.log"));
    wait_for(port);
    Some((port, program))
}

pub(crate) fn environment<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    command
        .env("KRB5_CONFIG", folder.join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", folder.join("kdc.conf"))
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
}

/// The realm stands on several lines: on one it is not read.
fn configure(folder: &Path, port: u16) {
    let client = format!(
        "[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n rdns = false\n[realms]\n {REALM} = {{\n  \
         kdc = 127.0.0.1:{port}\n }}\n[domain_realm]\n localhost = {REALM}\n"
    );
    let place = folder.display();
    let server = format!(
        "[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n {REALM} = {{\n  \
         database_name = {place}/principal\n  key_stash_file = {place}/stash\n }}\n"
    );
    fs::write(folder.join("krb5.conf"), client).expect("a file");
    fs::write(folder.join("kdc.conf"), server).expect("a file");
}

/// FreeRDP 3 with the key of its service.
pub(crate) struct Server {
    pub port: u16,
    mount: PathBuf,
    _program: Program,
    _display: Display,
}

impl Server {
    pub(crate) fn start(kdc: &Kdc) -> Option<Self> {
        Self::with(kdc, &[])
    }

    /// With these options.
    pub(crate) fn with(kdc: &Kdc, options: &[&str]) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/chroot");
        if !is_root() || !has(&["Xvfb", "kinit"]) {
            return None;
        }
        if !root.join("usr/bin/freerdp-shadow-cli3").is_file() {
            skipped("tests/chroot has not been run");
            return None;
        }
        let (port, display) = (free_port(), Display::start());
        let (inside, mount) = lay_out(kdc, &root, port);
        let mut command = Command::new("chroot");
        command
            .arg(&root)
            .args(["freerdp-shadow-cli3", &format!("/port:{port}"), "/bind-address:127.0.0.1", "/sec:nla"])
            .args(options)
            .args([format!("/keytab:{inside}/keytab"), format!("/ccache:FILE:{inside}/cc")])
            .envs([("HOME", inside.as_str()), ("DISPLAY", &display.name)])
            .env("KRB5_CONFIG", format!("{inside}/krb5.conf"));
        let program = Program::start(&mut command, &kdc.folder.join("shadow.log"));
        wait_for(port);
        Some(Self { port, mount, _program: program, _display: display })
    }
}

/// What the server reads, inside its root, where also the socket of the display must be.
fn lay_out(kdc: &Kdc, root: &Path, port: u16) -> (String, PathBuf) {
    let inside = format!("/tmp/kerberos-{port}");
    let outside = root.join(&inside[1..]);
    fs::create_dir_all(&outside).expect("a folder");
    for name in ["keytab", "krb5.conf"] {
        fs::copy(kdc.folder.join(name), outside.join(name)).expect("a file");
    }
    let mut kinit = Command::new("kinit");
    let cache = format!("FILE:{}", outside.join("cc").display());
    let keytab = kdc.folder.join("keytab");
    environment(&mut kinit, &kdc.folder)
        .args(["-c", &cache, "-k", "-t"])
        .arg(keytab)
        .arg("TERMSRV/localhost");
    assert!(kinit.status().expect("kinit runs").success());
    let mount = root.join("tmp/.X11-unix");
    fs::create_dir_all(&mount).expect("a folder");
    let bound = Command::new("mount").arg("--bind").arg("/tmp/.X11-unix").arg(&mount).status();
    assert!(bound.expect("mount runs").success());
    (inside, mount)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.mount).status();
    }
}

#[test]
fn a_ticket_is_taken_and_the_account_is_verified() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let traced = kdc.trace(server.port, "localhost", PASSWORD);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/credentials"), "verified");
    assert_eq!(traced.evidence("credssp", "key_binding"), true);
    assert_eq!(traced.evidence("credssp", "kdc/ticket"), true);
    assert_eq!(traced.evidence("credssp", "kdc/service_principal"), "TERMSRV/localhost");
    assert_eq!(traced.evidence("credssp", "ntlm"), &json!(null));
    let exchanges = traced.evidence("credssp", "kdc/exchanges").as_array().expect("questions");
    let answers: Vec<&Value> = exchanges.iter().map(|one| &one["answer"]).collect();
    assert_eq!(answers, ["krb_error", "as_rep", "tgs_rep"]);
    assert!(!traced.report.to_string().contains(PASSWORD));
}

#[test]
fn a_ticket_is_had_over_udp_or_from_the_kdc_of_krb5_conf() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let over_udp = kdc.trace_over("udp://", server.port, "localhost", PASSWORD);
    assert_eq!(over_udp.ending(), [json!("passed"), json!(null), json!(null)], "{over_udp:#?}");
    assert_eq!(over_udp.evidence("credssp", "kdc/transport"), "udp");
    let configuration = kdc.folder.join("krb5.conf");
    let configuration = configuration.to_str().expect("a path of text");
    let arguments = ["-u", USER, "--auth", "kerberos", "--server-name", "localhost"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.env("RDPTRACE_PASSWORD", PASSWORD).env("KRB5_CONFIG", configuration);
    let found = traced(command, "127.0.0.1", server.port, &arguments);
    assert_eq!(found.ending(), [json!("passed"), json!(null), json!(null)], "{found:#?}");
    assert_eq!(found.evidence("credssp", "kdc/source"), "krb5_conf");
    assert_eq!(found.evidence("credssp", "kdc/host"), "127.0.0.1");
}

#[test]
fn a_ticket_is_had_through_a_kdc_proxy_whose_certificate_is_told() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let Some((port, _proxy)) = proxy(&kdc, &[]) else { return };
    let traced = kdc.trace_by(&format!("https://localhost:{port}"), server.port, "localhost", PASSWORD);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.evidence("credssp", "kdc/transport"), "https");
    assert!(traced.found("kerberos-used") && !traced.found("kerberos-not-used"));
    assert_eq!(traced.evidence("credssp", "kdc/proxy/status"), 200);
    assert_eq!(traced.evidence("credssp", "kdc/proxy/tls/certificate/self_signed"), true);
    assert!(traced.found("kdc-proxy-certificate"));
    let file = kdc.folder.join("server.rdp");
    let lines = format!("full address:s:127.0.0.1:{}\nkdcproxyname:s:localhost:{port}\n", server.port);
    fs::write(&file, lines).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.arg("trace").arg(file).args(["-u", USER, "--auth", "kerberos", "--server-name", "localhost"]);
    let output = command.args(["--format", "json"]).env("RDPTRACE_PASSWORD", PASSWORD).output();
    let report: Value = serde_json::from_slice(&output.expect("the program runs").stdout).expect("JSON");
    let seen = &report["connections"][0]["phases"]["credssp"]["evidence"]["kdc"];
    assert_eq!((&seen["source"], &seen["ticket"]), (&json!("rdp_file"), &json!(true)), "{report:#}");
    let wrong = kdc.trace_by(&format!("https://localhost:{port}"), server.port, "localhost", "wrong");
    assert_eq!(wrong.at("/verdict/failure/name"), "KDC_ERR_PREAUTH_FAILED", "{wrong:#?}");
    let stranger = ["-u", "OTHER.TEST\\alice", "--auth", "kerberos", "--kdc"];
    let to = format!("https://localhost:{port}");
    let refused = trace(server.port, &[&stranger[..], &[&to]].concat(), Some(PASSWORD));
    assert!(refused.found("kdc-proxy-refused"), "{refused:#?}");
    assert_eq!(refused.at("/verdict/credentials"), "not_attempted");
}

#[test]
fn the_kdc_refuses_a_wrong_password_and_the_server_never_hears_of_it() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let traced = kdc.trace(server.port, "localhost", "wrong");
    assert_eq!(traced.ending(), [json!("aborted"), json!("credssp"), json!("kerberos_error")], "{traced:#?}");
    assert_eq!(traced.at("/verdict/step"), "kdc");
    assert_eq!(traced.at("/verdict/failure/name"), "KDC_ERR_PREAUTH_FAILED");
    assert_eq!(traced.at("/verdict/credentials"), "refused");
    assert_eq!(traced.evidence("credssp", "version"), &json!(null));
    assert!(traced.found("credentials-refused") && traced.may_be("credentials-wrong"));
    assert_eq!(traced.code, Some(20));
}

#[test]
fn an_unknown_service_principal_is_not_the_accounts_fault() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    let traced = kdc.trace(server.port, "alias.example.test", PASSWORD);
    assert_eq!(traced.at("/verdict/step"), "kdc", "{traced:#?}");
    assert_eq!(traced.at("/verdict/failure/code"), 7);
    assert_ne!(traced.at("/verdict/credentials"), "refused");
    assert!(traced.found("kdc-service-unknown"));
    assert_eq!(traced.code, Some(15));
}

#[test]
fn a_kdc_that_hangs_or_is_down_is_named_and_nothing_is_tried_instead() {
    let Some(kdc) = Kdc::start() else { return };
    let Some(server) = Server::start(&kdc) else { return };
    kdc.server.signal("-STOP");
    let silent = kdc.trace(server.port, "localhost", PASSWORD);
    kdc.server.signal("-KILL");
    let down = kdc.trace(server.port, "localhost", PASSWORD);
    for (traced, kind) in [(silent, "timeout"), (down, "refused")] {
        assert_eq!(traced.ending(), [json!("aborted"), json!("credssp"), json!(kind)], "{traced:#?}");
        assert_eq!(traced.at("/verdict/step"), "kdc");
        assert_eq!(traced.at("/verdict/credentials"), "not_attempted");
        assert!(traced.found("kdc-unreachable"));
        assert_eq!(traced.code, Some(15));
    }
}
