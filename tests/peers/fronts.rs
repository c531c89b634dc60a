//! nginx, haproxy and Apache in front of the demo's gateway: what they filter, buffer and break, and a KDC proxy beside it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::{
    kerberos::{self, Kdc, PASSWORD, USER},
    lab::{Program, Traced, certificate, folder, free_port, has, wait_for},
};

fn gateway() -> (Program, u16) {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(["demo", "--gateway", "--serve", &format!("127.0.0.1:{port}")]);
    let program = Program::start(&mut command, &folder("gateway").join("log"));
    wait_for(port);
    (program, port)
}

/// A proxy that ends TLS with a certificate of its own.
struct Front {
    _program: Program,
    port: u16,
    folder: PathBuf,
}

/// nginx with these lines for everything behind it, after those of its own.
fn nginx(own_lines: &str, location: &str) -> Front {
    let (folder, port) = (folder("nginx"), free_port());
    certificate(&folder, "127.0.0.1", -1, 30);
    let own =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!(" {kind}_temp_path .;"));
    let config = format!(
        "daemon off; master_process off; pid nginx.pid; error_log errors;\nevents {{}}\nhttp {{ access_log off;{}\n\
         server {{ listen 127.0.0.1:{port} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;\n\
         {own_lines} location / {{ {location} }} }} }}\n",
        own.concat()
    );
    fs::write(folder.join("nginx.conf"), config).expect("the settings");
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&folder).args(["-c", "nginx.conf", "-e", "errors"]);
    started(command, folder, port)
}

/// haproxy in front of the gateway, and of a KDC proxy at the same address where there is one.
fn haproxy(gateway: u16, kdc_proxy: Option<u16>) -> Front {
    let (folder, port) = (folder("haproxy-http"), free_port());
    certificate(&folder, "127.0.0.1", -1, 30);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the certificate");
    fs::write(folder.join("both.pem"), read("cert.pem") + &read("key.pem")).expect("a file");
    let (by_path, further) = match kdc_proxy {
        Some(port) => (
            " use_backend k if { path /KdcProxy }\n",
            format!("backend k\n server k 127.0.0.1:{port} ssl verify none\n"),
        ),
        None => ("", String::new()),
    };
    let config = format!(
        "defaults\n mode http\n timeout connect 1s\n timeout client 20s\n timeout server 20s\n\
         frontend f\n bind 127.0.0.1:{port} ssl crt both.pem\n{by_path} default_backend g\n\
         backend g\n http-reuse never\n server g 127.0.0.1:{gateway} ssl verify none\n{further}"
    );
    fs::write(folder.join("haproxy.cfg"), config).expect("the settings");
    let mut command = Command::new("haproxy");
    command.current_dir(&folder).args(["-db", "-f", "haproxy.cfg"]);
    started(command, folder, port)
}

/// Apache with these modules of its proxy, which hands everything on with this line.
fn apache(modules: &[&str], pass: &str) -> Front {
    let (folder, port) = (folder("apache"), free_port());
    certificate(&folder, "127.0.0.1", -1, 30);
    let modules = ["mpm_event", "authz_core", "ssl", "proxy"].iter().chain(modules);
    let modules = modules
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect::<String>();
    let config = format!(
        "ServerName 127.0.0.1\nListen 127.0.0.1:{port}\nPidFile pid\nErrorLog errors\nDefaultRuntimeDir .\n{modules}\
         User nobody\nGroup nogroup\nSSLEngine on\nSSLCertificateFile cert.pem\nSSLCertificateKeyFile key.pem\n\
         SSLProxyEngine on\nSSLProxyVerify none\nSSLProxyCheckPeerName off\nSSLProxyCheckPeerExpire off\n{pass}\n"
    );
    fs::write(folder.join("apache.conf"), config).expect("the settings");
    let mut command = Command::new("apache2");
    command.args(["-X", "-d"]).arg(&folder).args(["-f", "apache.conf"]);
    started(command, folder, port)
}

fn started(mut command: Command, folder: PathBuf, port: u16) -> Front {
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    Front { _program: program, port, folder }
}

fn trace(front: &Front, scheme: &str) -> Traced {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.env_remove("RDPTRACE_PASSWORD").env("RDPTRACE_GATEWAY_PASSWORD", "demo");
    let (gateway, anchors) = (format!("127.0.0.1:{}", front.port), front.folder.join("cert.pem"));
    let anchors = Path::to_str(&anchors).expect("a path of text");
    let way = ["--gateway", &gateway, "--gateway-user", "CORP\\demo", "--gateway-auth", scheme];
    let rest =
        ["--ca-file", anchors, "--local", "off", "--timeout", "2", "--server-name", "rdsh01.corp.example"];
    command.args(["trace", "rdsh01.corp.example", "--format", "json"]).args(way).args(rest);
    let output = command.output().expect("the program runs");
    let report = serde_json::from_slice(&output.stdout).expect("a report");
    Traced { report, code: output.status.code() }
}

#[track_caller]
fn assert_ended(traced: &Traced, step: &str, kind: &str, cause: &str) {
    assert_eq!(traced.at("/verdict/phase"), "gateway", "{traced:#?}");
    assert_eq!(traced.at("/verdict/step"), step);
    assert_eq!(traced.at("/verdict/failure/kind"), kind);
    assert_eq!(traced.at("/causes/0/code"), cause);
    assert_eq!(traced.code, Some(12));
}

#[track_caller]
fn assert_reached_the_server(traced: &Traced) {
    assert_eq!(traced.at("/verdict/gateway_credentials"), "verified", "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "tls");
    assert_eq!(traced.at("/verdict/phase"), "credssp");
}

#[test]
fn nginx_filters_buffers_and_breaks_what_is_bound_to_a_connection() {
    if !has(&["nginx"]) {
        return;
    }
    let (_gateway, port) = gateway();
    let pass = format!("proxy_pass https://127.0.0.1:{port};");
    let filtering = nginx("", &format!("limit_except GET {{ deny all; }} {pass}"));
    assert_ended(&trace(&filtering, "ntlm"), "http", "http_status", "gateway-method-filtered");
    let plain = nginx("", &pass);
    assert_ended(&trace(&plain, "ntlm"), "auth", "http_status", "gateway-authentication-broken");
    assert_ended(&trace(&plain, "basic"), "auth", "timeout", "gateway-proxy-buffers");
    let upgrading = nginx(
        "",
        &format!(
            "{pass} proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
        ),
    );
    assert_ended(&trace(&upgrading, "ntlm"), "auth", "http_status", "gateway-authentication-broken");
    assert_reached_the_server(&trace(&upgrading, "basic"));
    let asking = nginx("ssl_client_certificate cert.pem; ssl_verify_client on;", &pass);
    let cause = "gateway-client-certificate-required";
    assert_ended(&trace(&asking, "basic"), "http", "http_status", cause);
}

#[test]
fn haproxy_passes_but_for_the_bindings_of_its_own_certificate() {
    if !has(&["haproxy"]) {
        return;
    }
    let (_gateway, port) = gateway();
    let front = haproxy(port, None);
    assert_reached_the_server(&trace(&front, "basic"));
    let bound = trace(&front, "ntlm");
    assert_eq!(bound.at("/verdict/step"), "auth", "{bound:#?}");
    assert!(bound.may_be("gateway-extended-protection"), "{bound:#?}");
}

/// Without a module for it an upgrade is stripped, and the bodies of the two connections that are left are held back.
#[test]
fn apache_strips_the_upgrade_unless_it_is_told_to_pass_it() {
    if !has(&["apache2"]) {
        return;
    }
    let (_gateway, port) = gateway();
    let plain = apache(&["proxy_http"], &format!("ProxyPass / https://127.0.0.1:{port}/"));
    let stripped = trace(&plain, "basic");
    assert_ended(&stripped, "handshake", "timeout", "gateway-proxy-buffers");
    assert!(stripped.found("gateway-upgrade-stripped"), "{stripped:#?}");
    // Alone, mod_proxy_wstunnel now and then holds back the first answer of a server that it speaks TLS with.
    let tunnel = apache(&["proxy_http", "proxy_wstunnel"], &format!("ProxyPass / wss://127.0.0.1:{port}/"));
    assert_reached_the_server(&trace(&tunnel, "basic"));
    let pass = format!("ProxyPass / https://127.0.0.1:{port}/ upgrade=websocket");
    let upgrading = apache(&["proxy_http"], &pass);
    assert_reached_the_server(&trace(&upgrading, "basic"));
    let bound = trace(&upgrading, "ntlm");
    assert_eq!(bound.at("/verdict/step"), "auth", "{bound:#?}");
    assert!(bound.may_be("gateway-extended-protection"), "{bound:#?}");
}

/// As `rdgiskdcproxy` in the file says. The server behind the demo's gateway takes NTLM only.
#[test]
fn a_gateway_that_is_the_kdc_proxy_too_gives_the_ticket() {
    let Some(kdc) = Kdc::start() else { return };
    let Some((port, _proxy)) = kerberos::proxy(&kdc, &[]) else { return };
    if !has(&["haproxy"]) {
        return;
    }
    let (_gateway, gateway) = gateway();
    let front = haproxy(gateway, Some(port));
    let file = kdc.folder.join("through.rdp");
    let lines = format!(
        "full address:s:rdsh01.corp.example\ngatewayhostname:s:127.0.0.1:{}\ngatewayusagemethod:i:1\nrdgiskdcproxy:i:1\n",
        front.port
    );
    fs::write(&file, lines).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command
        .env("RDPTRACE_PASSWORD", PASSWORD)
        .env("RDPTRACE_GATEWAY_PASSWORD", "demo")
        .arg("trace")
        .arg(file);
    command.args(["-u", USER, "--auth", "kerberos", "--server-name", "localhost", "--format", "json"]);
    command.args(["--gateway-user", "CORP\\demo", "--gateway-auth", "basic", "--local", "off", "--ca-file"]);
    let output = command.arg(front.folder.join("cert.pem")).output().expect("the program runs");
    let report = serde_json::from_slice(&output.stdout).expect("a report");
    let traced = Traced { report, code: output.status.code() };
    assert_eq!(traced.at("/verdict/gateway_credentials"), "verified", "{traced:#?}");
    let seen = traced.evidence("credssp", "kdc");
    assert_eq!((&seen["source"], &seen["transport"]), (&json!("rdp_file"), &json!("https")), "{traced:#?}");
    assert_eq!((&seen["host"], &seen["ticket"]), (&json!("127.0.0.1"), &json!(true)));
    assert_eq!(traced.evidence("credssp", "kdc/proxy/path"), "/KdcProxy");
}
