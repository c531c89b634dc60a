//! What rdesktop, FreeRDP and IronRDP do with xrdp, weston and FreeRDP's shadow server, captured by dumpcap: `read` tells what tshark reads there, and
//! the certificate that the server was given. Changed by editcap, a capture blames nobody else.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use rdptrace::codes::TLS_CIPHER_SUITE;
use serde_json::{Value, json};

use crate::{
    clients::Client,
    display::Display,
    dumpcap::{capturing, rdptrace, read_keyed, read_until, text},
    freerdp::shadow,
    lab::{folder, has, is_root, skipped},
    weston,
    xrdp::{VALID, Xrdp, xrdp},
};

/// The clients that are there, if what captures and reads them is too.
fn clients() -> Vec<Client> {
    if !has(&["dumpcap", "tshark", "editcap", "mergecap", "Xvfb"]) {
        return Vec::new();
    }
    if !is_root() {
        skipped("only root may capture");
        return Vec::new();
    }
    Client::ALL.into_iter().filter(|client| client.is_there()).collect()
}

/// A capture of a client, and what `read` tells of it.
struct Captured {
    path: PathBuf,
    port: u16,
    report: Value,
    secrets: PathBuf,
}

/// Captures a client until `read` tells of its last connection what this says.
fn captured(client: Client, port: u16, is_complete: impl Fn(&Value) -> bool) -> Captured {
    let folder = folder("client");
    let (path, secrets) = (folder.join("capture.pcapng"), folder.join("secrets"));
    let display = Display::start();
    let dumpcap = capturing(port, &path);
    let program = client.connect(port, &display, &secrets);
    let last = |report: &Value| report["connections"].as_array().and_then(|all| all.last().cloned());
    let complete = |report: &Value| last(report).is_some_and(|made| is_complete(&made));
    read_until(&path, complete);
    drop(program);
    // Where packets still come, the end of dumpcap cuts one off.
    let ended = |report: &Value| complete(report) && last(report).is_some_and(|made| has_ended(&made));
    let report = read_until(&path, ended);
    drop(dumpcap);
    Captured { report, path, port, secrets }
}

/// Whether the end of the connection is in the capture.
fn has_ended(made: &Value) -> bool {
    made["ended_by"]["how"].as_str().is_some_and(|how| how != "silence")
}

/// Whether this phase has ended so.
fn ends(made: &Value, phase: &str, status: &str) -> bool {
    made["phases"][phase]["status"] == status
}

impl Captured {
    /// These facts of all connections, without those that are not there.
    fn told(&self, pointer: &str) -> Vec<Value> {
        let all = self.report["connections"].as_array().expect("connections");
        all.iter().filter_map(|made| made.pointer(pointer).filter(|fact| !fact.is_null()).cloned()).collect()
    }

    /// The numbers that tshark reads in this field of these packets, taking the connection for that.
    fn tshark(&self, as_what: &str, packets: &str, field: &str) -> Vec<i64> {
        let port = format!("tcp.port=={},{as_what}", self.port);
        let output = Command::new("tshark")
            .args(["-d", &port, "-Y", packets, "-T", "fields", "-E", "occurrence=f", "-e", field, "-r"])
            .arg(&self.path)
            .output()
            .expect("tshark runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = |line: &str| match line.trim().strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => line.trim().parse().ok(),
        };
        said.lines().filter_map(number).collect()
    }

    /// Negotiation and TLS are what tshark reads.
    #[track_caller]
    fn agrees_with_tshark(&self) {
        for (field, pointer) in [
            ("rdp.negReq.requestedProtocols", "/phases/negotiate/evidence/requested_code"),
            ("rdp.negReq.selectedProtocol", "/phases/negotiate/evidence/selected_code"),
            ("rdp.negFailure.failureCode", "/phases/negotiate/failure/code"),
        ] {
            let numbers: Vec<_> = self.told(pointer).iter().filter_map(Value::as_i64).collect();
            assert_eq!(numbers, self.tshark("tpkt", field, field), "{field}: {:#}", self.report);
        }
        let hello = "tls.handshake.type==2";
        let suites: Vec<Value> =
            self.tshark("tls", hello, "tls.handshake.ciphersuite").into_iter().map(name).collect();
        assert_eq!(self.told("/phases/tls/evidence/cipher_suite"), suites, "{:#}", self.report);
        let versions = self.tshark("tls", hello, "tls.handshake.extensions.supported_version");
        let newest =
            self.told("/phases/tls/evidence/version").iter().filter(|told| **told == "TLSv1.3").count();
        assert_eq!(versions, vec![0x0304; newest], "{:#}", self.report);
        let alerts = self.tshark("tls", "tls.alert_message.desc", "tls.alert_message.desc");
        let told: Vec<_> = self.told("/phases/tls/failure/code").iter().filter_map(Value::as_i64).collect();
        assert_eq!(told, alerts, "{:#}", self.report);
    }

    /// Whoever is blamed, in which phase, for what.
    fn blame(report: &Value) -> [Value; 4] {
        let of = |pointer: &str| report.pointer(pointer).cloned().unwrap_or_default();
        let is_aborted = of("/verdict/outcome") == "aborted";
        let of = |pointer| if is_aborted { of(pointer) } else { Value::Null };
        [
            of("/verdict/outcome"),
            of("/verdict/phase"),
            of("/verdict/failure/kind"),
            of("/verdict/failure/code"),
        ]
    }

    /// editcap with these options, of all but these packets; what `read` tells of it, if it tells anything.
    fn altered(&self, options: &[&str], without: &str) -> Option<Value> {
        let path = self.path.with_extension("altered");
        let mut editcap = Command::new("editcap");
        editcap.args(options).args([&self.path, &path]).args(without.split_whitespace());
        assert!(editcap.output().expect("editcap runs").status.success(), "{editcap:?}");
        of(&path)
    }

    /// The same packets again a moment later, as a mirror port shows them.
    fn doubled(&self) -> Option<Value> {
        let (later, both) = (self.path.with_extension("later"), self.path.with_extension("both"));
        let output = Command::new("editcap").args(["-t", "0.00001"]).args([&self.path, &later]).output();
        assert!(output.is_ok_and(|output| output.status.success()));
        let output = Command::new("mergecap").arg("-w").args([&both, &self.path, &later]).output();
        assert!(output.is_ok_and(|output| output.status.success()));
        of(&both)
    }

    /// Whatever a capture lacks, it blames as the whole does or nobody. What it has, it tells.
    #[track_caller]
    fn keeps_its_blame_when_altered(&self) {
        let whole = Self::blame(&self.report);
        let same = |how: &str, altered: Option<Value>| {
            let altered = altered.unwrap_or_default();
            assert_eq!(Self::blame(&altered), whole, "{how}: {altered:#}");
        };
        same("an hour later", self.altered(&["-t", "3600.5"], ""));
        same("copied", self.doubled());
        same("in another format", self.altered(&["-F", "nsecpcap"], ""));
        let lost = (1..=24).map(|packet| (vec![], packet.to_string()));
        let begun = [1, 2, 3, 4, 6].map(|packet| (vec![], format!("1-{packet}")));
        let cut = [54, 66, 74, 96, 200, 600]
            .map(|length| (vec!["-s".to_owned(), length.to_string()], String::new()));
        for (options, without) in lost.chain(begun).chain(cut) {
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let Some(altered) = self.altered(&options, &without) else { continue };
            let blame = Self::blame(&altered);
            let nobody = blame[0].is_null();
            assert!(
                nobody || blame[2..] == whole[2..],
                "{options:?} without {without}: {blame:?} {altered:#}"
            );
        }
    }
}

/// What `read` tells of one conversation.
fn of(path: &Path) -> Option<Value> {
    let output = rdptrace(&["read", text(path), "--format", "ndjson"]).output().expect("it runs");
    serde_json::from_slice(&output.stdout).ok()
}

fn name(suite: i64) -> Value {
    json!(u32::try_from(suite).ok().and_then(|code| TLS_CIPHER_SUITE.symbol(code)))
}

/// The SHA-1 of the certificate that xrdp serves.
fn thumbprint(server: &Xrdp) -> String {
    let certificate = server.folder.join("cert.pem");
    let output = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha1", "-in", text(&certificate)])
        .output()
        .expect("openssl runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.rsplit('=').next().unwrap_or_default().trim().replace(':', "").to_lowercase()
}

#[test]
fn what_clients_do_with_xrdp_is_told_as_tshark_reads_it() {
    for client in clients() {
        let settings = [("security_layer", "tls"), ("ssl_protocols", "TLSv1.2")];
        let Some(server) = xrdp(&settings, VALID) else { return };
        let captured = captured(client, server.port, |made| ends(made, "tls", "passed"));
        captured.agrees_with_tshark();
        assert_eq!(captured.told("/phases/negotiate/evidence/selected"), ["tls"], "{client:?}");
        let print = captured.told("/phases/tls/evidence/thumbprints/sha1");
        assert_eq!(print, [json!(thumbprint(&server))], "{client:?}");
        captured.keeps_its_blame_when_altered();
    }
}

/// IronRDP leaves where it is selected.
#[test]
fn standard_rdp_security_of_xrdp_is_seen_up_to_the_license() {
    for client in clients().into_iter().filter(|client| *client != Client::IronRdp) {
        let Some(server) = xrdp(&[("security_layer", "rdp")], VALID) else { return };
        let captured = captured(client, server.port, |made| !made["phases"]["licensing"].is_null());
        captured.agrees_with_tshark();
        assert_eq!(captured.told("/phases/mcs/evidence/encryption_method"), [2], "{client:?}");
    }
}

/// rdesktop has no ticket, leaves, and tries without NLA.
#[test]
fn what_a_server_with_nla_refuses_is_told() {
    for client in clients() {
        let Some(server) = shadow("/sec:nla", "+auth") else { return };
        let captured = captured(client, server.port, |made| match client {
            Client::Rdesktop => ends(made, "negotiate", "failed"),
            _ => ends(made, "tls", "passed"),
        });
        captured.agrees_with_tshark();
        assert_eq!(captured.told("/phases/negotiate/evidence/selected"), ["nla"], "{client:?}");
        let refused: &[i64] = if client == Client::Rdesktop { &[5] } else { &[] };
        assert_eq!(captured.told("/phases/negotiate/failure/code"), refused, "{client:?}");
        captured.keeps_its_blame_when_altered();
    }
}

/// weston takes whoever speaks TLS, whatever the account.
#[test]
fn what_clients_do_with_weston_is_told_as_tshark_reads_it() {
    for client in clients() {
        let Some(server) = weston::start() else { return };
        let captured = captured(client, server.port, |made| ends(made, "tls", "passed"));
        captured.agrees_with_tshark();
        assert_eq!(captured.told("/phases/negotiate/evidence/selected"), ["tls"], "{client:?}");
        captured.keeps_its_blame_when_altered();
    }
}

/// With the secrets that a client writes, all that it did is read.
#[test]
fn the_secrets_of_a_client_open_its_session() {
    for client in clients().into_iter().filter(|client| client.writes_secrets()) {
        let Some(server) = shadow("/sec:nla", "+auth") else { return };
        let captured = captured(client, server.port, |made| ends(made, "tls", "passed"));
        let complete = |report: &Value| report["verdict"]["reached"] == "activate";
        let report = read_keyed(&captured.path, &captured.secrets, complete);
        assert_eq!(report["verdict"]["outcome"], "passed", "{client:?} {report:#}");
        assert_eq!(report["verdict"]["credentials"], "verified", "{client:?} {report:#}");
        assert_eq!(report.pointer("/connections/0/phases/credssp/evidence/key_binding"), Some(&json!(true)));
        assert!(!report.to_string().contains("secret1"), "{client:?}");
    }
}
