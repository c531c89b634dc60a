//! What the program makes of a krb5.conf.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::TcpListener,
    thread,
};

use serde_json::Value;

use super::{
    issuer::{Salt, as_rep, refers_to},
    messages::{error, preauthentication_required},
};
use crate::program::{Served, command, file, text};

/// Where Kerberos alone is asked for that is one sentence, and nothing is sent.
#[test]
fn a_krb5_conf_without_a_kdc_that_forbids_dns_leaves_ntlm() {
    let (served, configuration) = (Served::start(&[]), file("krb5-without-kdc.conf"));
    fs::write(&configuration, "[libdefaults]\n dns_lookup_kdc = false\n").expect("a file");
    let run = |auth| {
        let target = ["trace", &served.1, "--server-name", "rdsh01.corp.example", "--local", "off"];
        let account = ["-u", "CORP.EXAMPLE\\demo", "--auth", auth, "--until", "credssp"];
        let mut command = command(&[&target[..], &account[..]].concat());
        command.env("KRB5_CONFIG", &configuration).env("RDPTRACE_PASSWORD", "demo");
        command.output().expect("the program runs")
    };
    let negotiated = run("negotiate");
    let page = text(&negotiated.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(negotiated.status.code(), Some(0), "{page}");
    assert!(
        page.contains("kerberos-not-used: NTLM was used in place of Kerberos: krb5.conf lists no KDC"),
        "{page}"
    );
    let refused = run("kerberos");
    assert_eq!((refused.status.code(), text(&refused.stdout).as_str()), (Some(2), ""));
    assert!(text(&refused.stderr).contains("lists no KDC of CORP.EXAMPLE"), "{}", text(&refused.stderr));
}

/// A KDC on loopback that says these messages in turn, and then nothing more; its port.
fn kdc(messages: Vec<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || -> io::Result<()> {
        for message in messages {
            let (mut stream, _) = listener.accept()?;
            let mut length = [0; 4];
            stream.read_exact(&mut length)?;
            let length = usize::try_from(u32::from_be_bytes(length)).expect("a short question");
            stream.read_exact(&mut vec![0; length])?;
            let length = u32::try_from(message.len()).expect("a short answer").to_be_bytes();
            stream.write_all(&[&length[..], &message].concat())?;
        }
        Ok(())
    });
    port
}

/// What the report says of the KDCs, and of the failure, where krb5.conf reads so.
fn traced(name: &str, configuration: &str) -> (Value, String) {
    let (served, path) = (Served::start(&[]), file(name));
    fs::write(&path, configuration).expect("a file");
    let target = ["trace", &served.1, "--server-name", "rdsh01.corp.example", "--local", "off"];
    let account = ["-u", "alice@CORP.EXAMPLE", "--auth", "kerberos", "--format", "json"];
    let mut command = command(&[&target[..], &account[..]].concat());
    let output = command.env("KRB5_CONFIG", &path).env("RDPTRACE_PASSWORD", "secret").output();
    let output = output.expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let detail = report["verdict"]["failure"]["detail"].as_str().unwrap_or_default().to_owned();
    (report["connections"][0]["phases"]["credssp"]["evidence"]["kdc"].clone(), detail)
}

#[test]
fn krb5_conf_lists_the_kdc_that_is_asked() {
    let port = kdc(vec![error(7)]);
    let text = format!("[realms]\n CORP.EXAMPLE = {{\n  kdc = tcp/127.0.0.1:{port}\n }}\n");
    let (seen, detail) = traced("krb5-lists.conf", &text);
    assert_eq!((&seen["source"], &seen["port"]), (&"krb5_conf".into(), &port.into()), "{detail}");
    assert!(detail.starts_with("the KDC answered with error 7"), "{detail}");
}

/// `dns_lookup_kdc = false` is not for the account's realm alone.
#[test]
fn krb5_conf_says_who_is_asked_where_a_kdc_refers_to() {
    let says = || {
        let refers = refers_to("OTHER.EXAMPLE");
        kdc(vec![preauthentication_required(), as_rep(18, Salt::Untold), refers])
    };
    let text = |home: u16, other: &str| {
        format!(
            "[libdefaults]\n dns_lookup_kdc = false\n[realms]\n CORP.EXAMPLE = {{\n  kdc = 127.0.0.1:{home}\n }}\n{other}"
        )
    };
    let (seen, detail) = traced("krb5-no-other.conf", &text(says(), ""));
    assert_eq!(
        detail,
        "krb5.conf lists no KDC of the realm OTHER.EXAMPLE and forbids to look for one in DNS"
    );
    assert_eq!(seen["referral"], "OTHER.EXAMPLE");
    let other = format!(" OTHER.EXAMPLE = {{\n  kdc = tcp/127.0.0.1:{}\n }}\n", kdc(vec![error(7)]));
    let (seen, detail) = traced("krb5-other.conf", &text(says(), &other));
    assert!(detail.starts_with("the KDC of the realm OTHER.EXAMPLE answered with error 7"), "{detail}");
    assert_eq!(seen["exchanges"].as_array().map(Vec::len), Some(4));
}
