//! Files with the ending .rdp and addresses that begin with rdp://: what is read, what is refused, what goes on the wire.

use std::{fs, path::Path};

use rdptrace::{
    Report, Settings, Target, Tracer,
    destination::{Encoding, RdpFile},
    honour,
    internal::pdu::{
        preconnection::preconnection,
        x224::{Lead, connection_request},
    },
    render,
    report::{FailureKind, Outcome},
};

use crate::lab::{Lab, fault};

/// No value of a sample's secrets may be found anywhere.
pub(crate) const SECRETS: &[&str] = &["Corr3ct-Horse-Battery", "eyJhbGciOiJub25lIn0", "01000000D08C9DDF"];

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rdp")
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).expect("a sample")
}

/// A sample that can be read.
pub(crate) fn sample(name: &str) -> RdpFile {
    RdpFile::parse(&bytes(name)).unwrap_or_else(|why| panic!("{name} {why}"))
}

pub(crate) fn target(name: &str) -> Result<Target, String> {
    let file = RdpFile::parse(&bytes(name)).map_err(|why| format!("{name} {why}"))?;
    Target::of_file(name, file).map_err(|error| error.to_string())
}

pub(crate) fn of_text(text: &str) -> Result<(String, u16), String> {
    let file = RdpFile::parse(text.as_bytes())?;
    let target = Target::of_file("it", file).map_err(|error| error.to_string())?;
    Ok((target.endpoint.host, target.endpoint.port))
}

#[test]
fn every_encoding_says_the_same() {
    let (little, big) = (sample("farm-utf16.rdp"), sample("farm-big-endian.rdp"));
    assert_eq!((little.encoding, big.encoding), (Encoding::Utf16Le, Encoding::Utf16Be));
    let bytes = bytes("farm-utf16.rdp");
    let units: Vec<u16> = bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let utf8 = String::from_utf16(&units).expect("text");
    let utf8 = RdpFile::parse(utf8.as_bytes()).expect("a file");
    for mut other in [little.clone(), big] {
        other.encoding = Encoding::Utf8;
        assert_eq!(other, utf8);
    }
    // Without a byte order mark it is recognised too.
    assert_eq!(RdpFile::parse(&bytes[2..]), Ok(little));
    assert_eq!(utf8.text("remoteapplicationname"), Some("Büro – Kasse"));
    assert_eq!(utf8.text("drivestoredirect"), Some(r"C\:;D\:"));
    assert_eq!((utf8.number("desktopwidth"), utf8.flag("remoteapplicationmode")), (Some(1920), Some(true)));
    assert!(utf8.malformed.is_empty());
    assert_eq!(sample("gateway.rdp").text("full address"), Some("rdsh01.corp.example:3390"), "after a mark");
}

#[test]
fn a_malformed_line_is_named_and_stops_nothing() {
    let file = sample("hostile.rdp");
    let lines: Vec<u32> = file.malformed.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [2, 4, 6, 8, 9], "{:?}", file.malformed);
    assert_eq!(file.text("full address"), Some("[2001:db8::15]:3391"), "the last one counts");
    assert_eq!(file.text("loadbalanceinfo"), Some("tsv://a:b:c"));
    assert_eq!(
        target("hostile.rdp").map(|target| (target.endpoint.host, target.endpoint.port)),
        Ok(("2001:db8::15".to_owned(), 3391))
    );
}

#[test]
fn secrets_are_not_kept() {
    for entry in fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if let Ok(file) = RdpFile::parse(&fs::read(&path).expect("a sample")) {
            let shown = format!("{file:?}");
            assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "{}", path.display());
        }
    }
    let hidden = sample("hostile.rdp");
    let hidden: Vec<&str> = hidden.hidden().collect();
    assert_eq!(hidden, ["clearpassword", "gatewayaccesstoken", "password 51"]);
}

#[test]
fn the_address_that_is_dialled() {
    let cases = [
        ("full address:s:a", "a", 3389),
        ("full address:s:a:3390", "a", 3390),
        ("full address:s:a\nserver port:i:3391", "a", 3391),
        ("full address:s:a:3390\nserver port:i:3391", "a", 3390),
        ("full address:s:a\nalternate full address:s:b:3390", "b", 3390),
        ("full address:s:a\nalternate full address:s:", "a", 3389),
        ("alternate full address:s: 10.0.0.1 ", "10.0.0.1", 3389),
        (" Full Address :S:[::1]:3390", "::1", 3390),
        ("full address:s:a\nfull address:i:7", "a", 3389),
    ];
    for (text, host, port) in cases {
        let expected = Ok((host.to_owned(), port));
        let last_wins = text.contains(":i:7");
        if last_wins {
            assert!(of_text(text).is_err(), "a number is no address");
        } else {
            assert_eq!(of_text(text), expected, "{text}");
        }
    }
}

#[test]
fn length_is_bounded() {
    let long = format!("full address:s:a\n{}", "x".repeat(1 << 20));
    assert!(of_text(&long).expect_err("too long").contains("1 MiB"));
    let many = format!("full address:s:a\n{}", "x\n".repeat(10_000));
    assert!(of_text(&many).expect_err("too many").contains("10000 lines"));
    let bad = format!("full address:s:a\n{}", "x\n".repeat(9_000));
    assert_eq!(RdpFile::parse(bad.as_bytes()).map(|file| file.malformed.len()), Ok(9_000));
}

/// Wherever it is cut or altered, at up to 500 places of each sample: no panic, and no file that is neither read nor refused.
#[test]
fn damage_never_panics() {
    for entry in fs::read_dir(folder()).expect("a folder") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("a sample");
        for end in (0..bytes.len()).step_by(bytes.len() / 500 + 1) {
            let mut altered = bytes.clone();
            altered[end] ^= 0x55;
            for variant in [&bytes[..end], &altered] {
                if let Ok(file) = RdpFile::parse(variant) {
                    let _ = Target::of_file("it", file);
                }
            }
        }
    }
}

#[test]
fn rdp_addresses() {
    let cases = [
        ("rdp://rdsh01", "rdsh01", 3389),
        ("RDP://rdsh01.corp.example:3390/", "rdsh01.corp.example", 3390),
        ("rdp://[::1]:3390", "::1", 3390),
        ("rdp://full%20address=s:rdsh01:3390&audiomode=i:2&disable%20themes=i:1", "rdsh01", 3390),
        ("rdp://full%20address=s%3Ardsh01&server%20port=i%3A3391", "rdsh01", 3391),
        ("rdp://?full%20address=s:rdsh01", "rdsh01", 3389),
    ];
    for (address, host, port) in cases {
        let target = Target::of_address(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        assert_eq!((target.endpoint.host.as_str(), target.endpoint.port), (host, port), "{address}");
    }
    let wrong = [
        "rdp://",
        "rdp:///",
        "rdp://a b",
        "rdp://a:0",
        "rdp://alice@a",
        "rdp://alice:Secr3t@a",
        "rdp://x=i:1",
    ];
    for address in wrong {
        let sentence = Target::of_address(address).expect_err(address).to_string();
        assert!(!sentence.contains("Secr3t"), "{sentence}");
    }
}

/// What an address may hold of a secret is neither in the target nor in an error.
#[test]
fn secrets_of_an_address_are_not_repeated() {
    for secret in
        ["gatewayaccesstoken=s:Secr3t", "gatewayaccesstoken=Secr3t", "Password%2051=b:Secr3t", "x=b:Secr3t"]
    {
        let target =
            Target::of_address(&format!("rdp://full%20address=s:rdsh01&{secret}")).expect("a target");
        assert!(!format!("{target:?}").contains("Secr3t"), "{target:?}");
        let error = Target::of_address(&format!("rdp://{secret}")).expect_err("no address").to_string();
        assert!(!error.contains("Secr3t"), "{error}");
    }
}

#[test]
fn the_connection_request_with_each_lead() {
    let hex = |lead| hex::encode(connection_request(0b1011, false, lead).expect("a request"));
    let token = hex(Lead::Token(b"tsv://MS Terminal Services Plugin.1.Accounting"));
    let text = hex::encode("tsv://MS Terminal Services Plugin.1.Accounting\r\n");
    assert_eq!(token, format!("030000433ee00000000000{text}010008000b000000"));
    assert_eq!(hex(Lead::Nothing), "030000130ee00000000000010008000b000000");
    let cookie = hex::encode("Cookie: mstshash=rdptrace\r\n");
    assert!(hex(Lead::Cookie).contains(&cookie));
    assert!(hex(Lead::Token(&[0xFF, 0])).contains("00ff000d0a01"), "it need be no text");
    let longest = [b"x".repeat(238), b"\r\n".to_vec()].concat();
    for token in [&longest[..], &longest[..238]] {
        let request = connection_request(1, false, Lead::Token(token)).expect("it fits");
        assert_eq!((request.len(), &request[2..5]), (259, &[1, 3, 254][..]));
        assert!(request[11..].starts_with(&longest), "one CR LF ends it");
    }
    for bad in [&b""[..], b"\r\n", &b"x".repeat(239)] {
        assert!(connection_request(1, false, Lead::Token(bad)).is_err(), "{bad:?}");
    }
}

#[test]
fn the_preconnection_pdu() {
    let expected = "1a00000000000000020000000000000004004100620043000000";
    let pdu = preconnection("AbC").expect("it fits");
    assert_eq!(hex::encode(pdu), expected);
}

async fn trace(file: &RdpFile, name: &str, settings: Settings) -> Report {
    let target = Target::of_file("it.rdp", file.clone()).expect("a target");
    let mut lab = Lab::of(Some(fault(name)));
    lab.hosts[0].address.set_port(target.endpoint.port);
    Tracer::new(&target, &honour(file, settings), &lab).run().await
}

/// The server closes on a Connection Request without the token: it has seen the one that is passed.
#[tokio::test(start_paused = true)]
async fn the_server_sees_the_routing_token() {
    let file = sample("farm-utf16.rdp");
    let report = trace(&file, "routing-token-required", Settings::default()).await;
    assert_eq!(report.verdict.outcome, Outcome::Stopped, "{}", report.verdict.summary);
    let plain = RdpFile::parse(b"full address:s:rdsh01").expect("a file");
    let report = trace(&plain, "routing-token-required", Settings::default()).await;
    assert_eq!(report.verdict.failure.map(|failure| failure.kind), Some(FailureKind::Closed));
}

/// The account that a file names is nobody's who was asked for.
#[tokio::test(start_paused = true)]
async fn the_account_of_a_file_is_not_used() {
    let report = trace(&sample("gateway.rdp"), "cookie-refused", Settings::default()).await;
    let json = serde_json::to_string(&report).expect("JSON");
    assert!(!json.contains("alice") && !json.contains("CORP\""), "{json}");
    assert!(
        report.trace.connections.iter().all(|c| c
            .phases
            .credssp
            .as_ref()
            .is_none_or(|r| !r.evidence.attempted))
    );
    let mut page = Vec::new();
    render::text(&report, &mut page).expect("memory takes everything");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("names an account, which is not used without -u"), "{page}");
}
