//! What the program says of recordings of real Windows hosts and clients, held to what is known of them.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Output},
};

use rdptrace::codes::TLS_CIPHER_SUITE;
use serde_json::Value;

use super::recordings;

/// A recording, and for each connection of its conversations what it shows by path in the report.
type Known = (&'static str, &'static [(usize, &'static str, Expected)]);

/// What a place in the report holds.
enum Expected {
    Number(i64),
    Text(&'static str),
}

use Expected::{Number, Text};

const CREDSSP: &str = "/phases/credssp/failure/code";
const NEGOTIATE: &str = "/phases/negotiate/failure/code";

const KNOWN: &[Known] = &[
    (
        "windows-nla-ntlm-rejected1.pcapng",
        &[
            (0, CREDSSP, Number(0x8009_0302)),
            (1, NEGOTIATE, Number(5)),
            (0, "/client/credssp/ntlm_version", Text("10.0.22621")),
            (1, "/client/request/protocols_code", Number(1)),
        ],
    ),
    (
        "windows-nla-ntlm-rejected2.pcapng",
        &[(0, CREDSSP, Number(0xC000_006E)), (0, "/ended_by/side", Text("client"))],
    ),
    ("windows-no-nla-rejected1.pcapng", &[(0, NEGOTIATE, Number(5))]),
    (
        "windows-no-tls-accepted1.pcapng",
        &[
            (0, NEGOTIATE, Number(2)),
            (1, "/phases/mcs/evidence/encryption_method", Number(2)),
            (1, "/phases/licensing/status", Text("passed")),
            (1, "/phases/activate/status", Text("unseen")),
        ],
    ),
    (
        "windows-nla-kerberos-auth1.pcapng",
        &[
            (0, "/phases/credssp/evidence/version", Number(6)),
            (0, "/phases/activate/evidence/server_name", Text("RDP")),
            (0, "/phases/activate/status", Text("passed")),
            (0, "/client/request/cookie_bytes", Number(9)),
            (0, "/client/request/protocols_code", Number(11)),
            (0, "/client/hello/versions/0/code", Number(0x0304)),
            (0, "/client/hello/sni", Text("IT-HELP-TEST.ad.it-help.ninja")),
            (0, "/client/credssp/version", Number(6)),
            (0, "/client/settings/build", Number(22621)),
            (0, "/client/settings/keyboard_layout", Number(0x0409)),
            (0, "/client/settings/channels/3/name", Text("drdynvc")),
            (0, "/client/capabilities/source", Text("MSTSC")),
            (0, "/client/capabilities/sets/0/code", Number(1)),
        ],
    ),
    ("windows-restricted-admin-rejected1.pcapng", &[(0, "/session/failure/code", Number(0xB))]),
    (
        "windows-rdg-no-kdc-proxy-ntlm-downgrade-failure.pcapng",
        &[
            (0, "/phases/gateway/failure/code", Number(401)),
            (0, "/phases/gateway/evidence/steps/auth/evidence/reason", Text("User Account Restricted")),
        ],
    ),
    (
        "windows-rdg-same-creds-kerberos-password-success1.pcapng",
        &[
            (0, "/phases/gateway/status", Text("passed")),
            (0, "/phases/gateway/evidence/steps/channel/evidence/udp_port", Number(3391)),
            (0, "/phases/negotiate/evidence/flags", Number(0x1F)),
            (0, "/phases/negotiate/evidence/selected", Text("nla_ex")),
        ],
    ),
];

fn read(path: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    command.args(["read", "--format", "ndjson"]).args(more).arg(path).output().expect("the program runs")
}

/// A report a line.
pub(super) fn reports(path: &Path) -> Vec<Value> {
    let output = read(path, &[]);
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a report a line")).collect()
}

fn place(path: &Path) -> String {
    path.file_name().expect("a file").to_string_lossy().into_owned()
}

#[test]
fn what_is_known_of_a_recording_is_told() {
    let mut wrong = Vec::new();
    for path in recordings() {
        let Some((name, facts)) = KNOWN.iter().find(|(name, _)| place(&path) == *name) else { continue };
        let reports = reports(&path);
        let made: Vec<&Value> =
            reports.iter().flat_map(|report| report["connections"].as_array()).flatten().collect();
        for (index, pointer, expected) in *facts {
            let found = made.get(*index).and_then(|made| made.pointer(pointer));
            let same = match expected {
                Number(number) => found.and_then(Value::as_i64) == Some(*number),
                Text(text) => found.and_then(Value::as_str) == Some(*text),
            };
            if !same {
                wrong.push(format!("{name} {index} {pointer}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The suites that servers select, as tshark reads them, by how often.
fn suites_of_tshark(path: &Path) -> BTreeMap<String, usize> {
    let output = Command::new("tshark")
        .args(["-d", "tcp.port==3389,tls", "-Y", "tls.handshake.type==2", "-T", "fields"])
        .args(["-e", "tls.handshake.ciphersuite", "-r"])
        .arg(path)
        .output()
        .expect("tshark runs");
    let mut suites = BTreeMap::new();
    for code in String::from_utf8_lossy(&output.stdout).split([',', '\n']) {
        let code = code.trim().strip_prefix("0x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(name) = code.and_then(|code| TLS_CIPHER_SUITE.symbol(code)) {
            *suites.entry(name.to_owned()).or_default() += 1;
        }
    }
    suites
}

#[test]
fn the_suites_of_direct_connections_are_those_that_tshark_reads() {
    for path in recordings().into_iter().filter(|path| place(path).starts_with("windows-n")) {
        let mut suites = BTreeMap::new();
        for report in reports(&path) {
            for made in report["connections"].as_array().into_iter().flatten() {
                if let Some(suite) = made.pointer("/phases/tls/evidence/cipher_suite").and_then(Value::as_str)
                {
                    *suites.entry(suite.to_owned()).or_insert(0_usize) += 1;
                }
            }
        }
        assert_eq!(suites, suites_of_tshark(&path), "{}", path.display());
    }
}
