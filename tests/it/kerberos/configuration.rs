//! What the program makes of a krb5.conf.

use std::fs;

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
