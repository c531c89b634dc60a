//! Redirections and license requests as FreeRDP's server library writes them, followed to an xrdp that is well.

use std::{fs, net::SocketAddr, path::Path, process::Command};

use serde_json::json;

use crate::{
    haproxy::{haproxy, msts},
    lab::{
        Program, Traced, certificate, colours, folder, free_port, has, is_root, posture, skipped, trace,
        wait_for,
    },
    xrdp::{VALID, Xrdp, xrdp, xrdp_at},
};

/// The broker on this port, which sends everybody elsewhere in this phase, as these options say.
fn broker(port: u16, phase: &str, options: &[&str]) -> Option<Program> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/chroot");
    if !(is_root() && has(&["chroot"])) {
        return None;
    }
    if !root.join("usr/local/bin/broker").is_file() {
        skipped("tests/chroot has not been run");
        return None;
    }
    let folder = folder("broker");
    certificate(&folder, "broker.example", -1, 30);
    let inside = format!("/tmp/broker-{port}");
    fs::create_dir_all(root.join(&inside[1..])).expect("a folder");
    for name in ["cert.pem", "key.pem"] {
        fs::copy(folder.join(name), root.join(&inside[1..]).join(name)).expect("a file");
    }
    let mut command = Command::new("chroot");
    command.arg(&root).args(["broker", &port.to_string()]);
    command.args([&format!("{inside}/cert.pem"), &format!("{inside}/key.pem"), phase]).args(options);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    Some(program)
}

/// An xrdp at another address of this machine; a redirection names no port.
fn host(port: u16) -> Option<Xrdp> {
    xrdp_at(SocketAddr::from(([127, 0, 0, 2], port)), &[("security_layer", "tls")])
}

fn follow(port: u16) -> Traced {
    trace(port, &["--until", "activate", "--local", "off"], None)
}

#[track_caller]
fn assert_led_to_the_host(traced: &Traced) {
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    assert_eq!(traced.at("/connections").as_array().map(Vec::len), Some(2));
    assert_eq!(traced.at("/connections/1/purpose"), "hop:1");
    assert_eq!(traced.at("/certificate/names"), &json!(["xrdp.example"]));
}

#[test]
fn a_redirection_before_the_demand_active_is_read_and_followed_to_its_address() {
    let port = free_port();
    let options = ["address=127.0.0.2", "session=7"];
    let Some(_broker) = broker(port, "licensing", &options) else { return };
    let Some(_host) = host(port) else { return };
    let traced = follow(port);
    assert_led_to_the_host(&traced);
    let redirection = traced.evidence("activate", "redirection");
    assert_eq!(redirection["target_address"], "127.0.0.2", "{redirection:#}");
    assert_eq!(redirection["session_id"], 7);
    assert_eq!(traced.at("/connections/1/hop/host"), "127.0.0.2");
    assert_eq!(traced.at("/connections/1/hop/session_id"), 7);
}

/// The screenshot is the host's; without one the trace listens for a moment.
#[test]
fn a_redirection_after_the_font_map_is_read_and_followed_to_the_first_of_its_addresses() {
    let port = free_port();
    let options = ["netbios=HOST 1", "addresses=127.0.0.2,127.0.0.3"];
    let Some(_broker) = broker(port, "activation", &options) else { return };
    let Some(_host) = host(port) else { return };
    let picture = folder("screen").join("screen.png").display().to_string();
    for traced in [follow(port), trace(port, &["--screenshot", &picture, "--local", "off"], None)] {
        assert_led_to_the_host(&traced);
        let redirection = traced.at("/connections/0/session/redirection");
        assert_eq!(redirection["target_addresses"], json!(["127.0.0.2", "127.0.0.3"]), "{redirection:#}");
        assert_eq!(redirection["target_netbios_name"], "HOST 1");
    }
    assert!(colours(&picture) > 100);
}

/// The load balancer leads to the broker, and with the broker's token to the host.
#[test]
fn a_token_of_the_broker_leads_through_the_load_balancer_to_the_host() {
    if !has(&["haproxy"]) {
        return;
    }
    let Some(host) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let (token, port) = (msts(host.port), free_port());
    // FreeRDP writes what comes before it, and the end of the line.
    let info = token.replace("Cookie: msts=", "info=");
    let Some(_broker) = broker(port, "licensing", &[&info]) else { return };
    let settings = format!("check\n server host 127.0.0.1:{} check backup\n persist rdp-cookie", host.port);
    let front = haproxy("", "tcp-request content accept if RDP_COOKIE", port, &settings);
    let traced = follow(front.port);
    assert_led_to_the_host(&traced);
    assert_eq!(traced.at("/connections/1/hop/port"), front.port);
    assert_eq!(traced.at("/connections/1/hop/token"), token.as_str());
}

#[test]
fn a_broker_that_sends_the_client_to_itself_is_a_loop() {
    let port = free_port();
    let Some(_broker) = broker(port, "licensing", &["fqdn=localhost"]) else { return };
    let traced = follow(port);
    assert_eq!(traced.at("/verdict/outcome"), "stopped", "{traced:#?}");
    assert_eq!(traced.at("/connections/1/hop/host"), "localhost");
    assert_eq!(traced.at("/connections").as_array().map(Vec::len), Some(2));
    assert!(traced.found("redirect-loop"), "{traced:#?}");
}

#[test]
fn a_posture_reads_the_versions_of_rdstls() {
    let port = free_port();
    let Some(_broker) = broker(port, "licensing", &["rdstls"]) else { return };
    let asked = posture(port, &[]);
    assert_eq!(asked.protocols(), ["refused", "accepted", "refused", "refused", "accepted", "refused"]);
    assert_eq!(asked.at("/posture/protocols/4/rdstls/supported_versions"), 1, "{asked:#?}");
}

/// FreeRDP's request names an X.509 chain and puts no certificate into it, so that no client could go on.
#[test]
fn a_license_request_is_read_with_what_it_lacks() {
    let port = free_port();
    let Some(_broker) = broker(port, "licensing", &["license", "address=127.0.0.2"]) else { return };
    let traced = follow(port);
    assert_eq!(traced.ending(), [json!("stopped"), json!("licensing"), json!(null)], "{traced:#?}");
    for (field, value) in [
        ("outcome", "request"),
        ("product", "FreeRDP-licensing-server"),
        ("company", "FreeRDP"),
        ("certificate/kind", "x509"),
    ] {
        assert_eq!(traced.evidence("licensing", field), value);
    }
    let stopped = traced.at("/connections/0/phases/licensing/stopped").as_str();
    assert!(stopped.is_some_and(|why| why.contains("no key")), "{stopped:?}");
}
