//! haproxy in front of an xrdp that is well: what it takes, cuts and rejects.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    demo_server,
    lab::{Program, Traced, certificate, folder, free_port, has, trace, wait_for},
    relay::silent,
    xrdp::{VALID, Xrdp, xrdp},
};

pub(crate) struct Haproxy {
    _program: Program,
    pub port: u16,
}

/// With these lines in its frontend and these settings of its only server; `bind` follows its address.
pub(crate) fn haproxy(bind: &str, frontend: &str, server: u16, settings: &str) -> Haproxy {
    timed("300ms", bind, frontend, (server, settings))
}

/// The same with this patience for the server.
fn timed(patience: &str, bind: &str, frontend: &str, (server, settings): (u16, &str)) -> Haproxy {
    let folder = folder("haproxy");
    both_in_one(&folder);
    let port = free_port();
    let config = format!(
        "defaults\n mode tcp\n retries 0\n timeout connect 1s\n timeout client 5s\n timeout server {patience}\n\
         frontend rdp\n bind 127.0.0.1:{port} {bind}\n tcp-request inspect-delay 500ms\n {frontend}\n default_backend hosts\n\
         backend hosts\n server one 127.0.0.1:{server} {settings}\n"
    );
    fs::write(folder.join("haproxy.cfg"), config).expect("the settings");
    let mut command = Command::new("haproxy");
    command.current_dir(&folder).args(["-db", "-f", "haproxy.cfg"]);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    Haproxy { _program: program, port }
}

/// haproxy reads certificate and key from one file.
fn both_in_one(folder: &Path) {
    certificate(folder, "proxy.example", -1, 30);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the certificate");
    fs::write(folder.join("both.pem"), read("cert.pem") + &read("key.pem")).expect("a file");
}

fn healthy() -> Option<Xrdp> {
    if !has(&["haproxy"]) {
        return None;
    }
    xrdp(&[("security_layer", "tls")], VALID)
}

fn traced(proxy: &Haproxy) -> Traced {
    trace(proxy.port, &["--timeout", "1", "--server-name", "proxy.example"], None)
}

fn closed_in_negotiation(traced: &Traced) {
    let expected = [json!("aborted"), json!("negotiate"), json!("closed")];
    assert_eq!(traced.ending(), expected, "{traced:#?}");
    assert_eq!(traced.code, Some(13));
}

/// The names of the negotiation's experiments, each with this ending.
fn all_but(direct: &str, no_cookie: &str, (others, unasked): (&str, &str)) -> Vec<String> {
    let alike = ["protocol-rdp", "protocol-ssl", "protocol-hybrid"];
    let first = [format!("direct-tls: {direct}"), format!("no-cookie: {no_cookie}")];
    let last = [format!("connect-only: negotiate {unasked}"), format!("repeat: {others}")];
    first.into_iter().chain(alike.map(|name| format!("{name}: {others}"))).chain(last).collect()
}

/// The system has taken the connection by then, so the port is not closed; the reset comes before connect returns or after.
#[test]
fn a_connection_that_is_rejected_is_a_reset() {
    let Some(server) = healthy() else { return };
    let traced = traced(&haproxy("", "tcp-request connection reject", server.port, ""));
    assert_eq!(traced.at("/verdict/failure/kind"), "reset", "{traced:#?}");
    let phase = traced.at("/verdict/phase");
    assert!(phase == "connect" || phase == "negotiate", "{phase}");
}

#[test]
fn a_request_that_is_rejected_is_a_close() {
    let Some(server) = healthy() else { return };
    let reject = "tcp-request content reject if { req.len gt 0 }";
    let traced = traced(&haproxy("", reject, server.port, ""));
    closed_in_negotiation(&traced);
    assert_eq!(
        traced.experiments(),
        all_but("tls closed", "negotiate closed", ("negotiate closed", "stopped"))
    );
}

#[test]
fn a_cookie_that_is_rejected_passes_when_it_is_left_out() {
    let Some(server) = healthy() else { return };
    let reject = "tcp-request content reject if { req.rdp_cookie_cnt(mstshash) gt 0 }\n \
                  tcp-request content accept if { req.len gt 0 }";
    let traced = traced(&haproxy("", reject, server.port, ""));
    closed_in_negotiation(&traced);
    assert_eq!(traced.experiments(), all_but("tls not_tls", "tls passed", ("negotiate closed", "stopped")));
}

#[test]
fn a_cookie_that_is_demanded_is_sent() {
    let Some(server) = healthy() else { return };
    let demand = "tcp-request content accept if { req.rdp_cookie_cnt(mstshash) gt 0 }\n \
                  tcp-request content reject";
    let traced = traced(&haproxy("", demand, server.port, ""));
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
}

#[test]
fn a_proxy_that_ends_tls_answers_a_hello_without_x224() {
    let Some(server) = healthy() else { return };
    let traced = traced(&haproxy("ssl crt both.pem", "", server.port, ""));
    closed_in_negotiation(&traced);
    assert_eq!(
        traced.experiments(),
        all_but("mcs disconnect", "negotiate closed", ("negotiate closed", "stopped"))
    );
    let names = &traced.experiment("direct-tls", "tls")["certificate"]["names"];
    assert_eq!(names, &json!(["proxy.example"]));
    assert!(traced.at("/causes/0/because").to_string().contains("inside TLS RDP is answered"), "{traced:#?}");
    assert!(traced.may_be("tls-proxy-in-front") && !traced.may_be("proxy-without-live-host"));
}

/// A host that confirms TLS wants its own inside that of the proxy, and answers what comes in plain there with an alert.
#[test]
fn a_proxy_that_ends_tls_is_told_from_another_service_by_the_confirm_inside() {
    if !has(&["haproxy"]) {
        return;
    }
    let (_server, port) = demo_server::serve(&[]);
    let traced = traced(&haproxy("ssl crt both.pem", "", port, ""));
    closed_in_negotiation(&traced);
    assert_eq!(traced.at("/causes/0/code"), "tls-proxy-in-front", "{traced:#?}");
    assert_eq!(traced.at("/causes/0/likelihood"), "likely");
    assert!(!traced.may_be("wrong-service-on-port"), "{traced:#?}");
}

#[test]
fn a_proxy_without_a_server_closes_at_once() {
    let Some(server) = healthy() else { return };
    let traced = traced(&haproxy("", "", server.port, "disabled"));
    closed_in_negotiation(&traced);
    assert!(traced.may_be("proxy-without-live-host"));
    assert_eq!(
        traced.experiments(),
        all_but("tls closed", "negotiate closed", ("negotiate closed", "closed"))
    );
}

#[test]
fn a_server_that_hangs_behind_a_proxy_ends_at_the_proxys_timeout() {
    if !has(&["haproxy"]) {
        return;
    }
    let traced = traced(&haproxy("", "", silent(), ""));
    closed_in_negotiation(&traced);
    assert!(traced.may_be("proxy-without-live-host"));
    let took = traced.at("/connections/0/phases/negotiate/elapsed_ms").as_f64();
    assert!(took.is_some_and(|took| (300.0..1_000.0).contains(&took)), "{took:?}");
    assert_eq!(
        traced.experiments(),
        all_but("tls closed", "negotiate closed", ("negotiate closed", "closed"))
    );
}

/// Whoever closes after seconds without a byte waited for somebody else.
#[test]
fn an_end_after_a_time_out_is_a_proxys_first() {
    if !has(&["haproxy"]) {
        return;
    }
    let proxy = timed("2500ms", "", "", (silent(), ""));
    let traced = trace(proxy.port, &["--timeout", "5", "--server-name", "proxy.example"], None);
    closed_in_negotiation(&traced);
    assert_eq!(traced.at("/causes/0/code"), "proxy-without-live-host", "{traced:#?}");
}

/// The cookie of MS-RDPBCGR 2.2.1.1 for 127.0.0.1: the address and the port as numbers in the order of their bytes.
pub(crate) fn msts(port: u16) -> String {
    format!("Cookie: msts=16777343.{}.0000", port.swap_bytes())
}

/// Two servers behind haproxy, told apart by how long their certificates are valid.
struct Farm {
    front: Haproxy,
    servers: [Xrdp; 2],
}

impl Farm {
    /// With these lines in the backend.
    fn new(lines: &str) -> Option<Self> {
        if !has(&["haproxy"]) {
            return None;
        }
        let tls = &[("security_layer", "tls")];
        let servers = [xrdp(tls, VALID)?, xrdp(tls, (-2, 60))?];
        let settings = format!("check\n server two 127.0.0.1:{} check\n {lines}", servers[1].port);
        let front = haproxy("", "tcp-request content accept if RDP_COOKIE", servers[0].port, &settings);
        let farm = Self { front, servers };
        assert_ne!(farm.direct(0), farm.direct(1), "they cannot be told apart");
        Some(farm)
    }

    /// What the server with this index serves.
    fn direct(&self, index: usize) -> Value {
        served(self.servers[index].port, &[])
    }

    /// What is served with this in the Connection Request.
    fn with(&self, token: &str) -> Value {
        served(self.front.port, &["--load-balance-info", token])
    }
}

fn served(port: u16, arguments: &[&str]) -> Value {
    let arguments = [&["--until", "tls", "--local", "off"], arguments].concat();
    let traced = trace(port, &arguments, None);
    traced.at("/certificate/not_after").clone()
}

#[test]
fn a_routing_token_leads_to_the_server_that_it_names() {
    let Some(farm) = Farm::new("balance leastconn\n persist rdp-cookie") else { return };
    for index in [0, 1, 0] {
        assert_eq!(farm.with(&msts(farm.servers[index].port)), farm.direct(index));
    }
}

/// haproxy takes turns where it finds no name to go by.
#[test]
fn a_farm_goes_by_the_name_in_the_cookie() {
    let Some(farm) = Farm::new("balance rdp-cookie(mstshash)") else { return };
    let names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
    let one_by_one = || names.map(|name| farm.with(&format!("Cookie: mstshash={name}")));
    let led = one_by_one();
    assert_eq!(led, one_by_one(), "a name leads to the same server again");
    assert!(led.contains(&farm.direct(0)) && led.contains(&farm.direct(1)), "{led:?}");
    let own = farm.with("Cookie: mstshash=rdptrace");
    assert_eq!([(); 3].map(|()| served(farm.front.port, &[])), [(); 3].map(|()| own.clone()));
    let turns = [(); 2].map(|()| farm.with("Cookie: msts=0.0.0000"));
    assert_ne!(turns[0], turns[1], "nothing to go by");
}
