//! What is refused as no .rdp file, or as one that names no host, and the sentence about it; an empty setting refuses nothing.

use rdptrace::{
    Target,
    destination::{Encoding, RdpFile},
};

use crate::rdp_file::{SECRETS, of_text, sample, target};

/// What people write where an address belongs, and what they save as an .rdp file; and words of the sentence about it.
const SENTENCES: &[(&str, &str)] = &[
    (
        "full address:10.20.0.15\r\nusername:s:alice",
        "line 1, the address, is no setting: its type letter is missing",
    ),
    ("full address:10.20.0.15", "its type letter is missing"),
    (
        "username:s:alice\nfull address:rdsh01:3390",
        "line 2, the address, is no setting: its type letter is missing",
    ),
    ("full address:[2001:db8::1]:3390", "its type letter is missing"),
    ("full address:s:\nalternate full address:rdsh01", "line 2, the address"),
    ("full address:s:%COMPUTERNAME%", "placeholder"),
    ("full address:s:%Name%:3389", "placeholder"),
    ("full address:s:{{host}}", "placeholder"),
    ("full address:s:<server>", "placeholder"),
    ("full address:s:https://rdsh01.corp.example", "a scheme"),
    ("full address:s:rdp://rdsh01.corp.example:3389/", "a scheme"),
    ("full address:s:rdsh01.corp.example/RDWeb", "a path"),
    (r"full address:s:\\rdsh01", "a path"),
    ("full address:s:alice@rdsh01", "an account"),
    ("full address:s:a\ngatewayhostname:s:https://gw.example/rpc\ngatewayusagemethod:i:1", "gatewayhostname"),
    ("full address:s:a\ngatewayhostname:s:%GW%\ngatewayusagemethod:i:1", "placeholder"),
    ("<?xml version=\"1.0\"?>\n<RDCMan programVersion=\"2.93\">", "Remote Desktop Connection Manager"),
    ("<?xml version=\"1.0\"?><UPLOADINFO TYPE=\"Escalated\">", "Remote Assistance"),
    ("[remmina]\nserver=rdsh01\n", "Remmina"),
    ("<!DOCTYPE html>\n<html>", "web page"),
    ("[WFClient]\nVersion=2", "Citrix"),
    ("<?xml version=\"1.0\"?><x/>", "XML"),
];

/// An empty setting is none: it is neither malformed nor asked for, and one of Azure Virtual Desktop refuses nothing.
#[test]
fn an_empty_setting_is_no_setting() {
    let file = sample("from-macos.rdp");
    assert_eq!((file.malformed.len(), file.count()), (0, 4), "{file:?}");
    assert_eq!(file.hidden().count(), 0);
    assert_eq!((file.number("server port"), file.gateway_token()), (None, None));
    assert_eq!((file.flag("enablecredsspsupport"), file.text("signature")), (None, None));
    assert_eq!(
        target("from-macos.rdp").map(|target| target.endpoint.host),
        Ok("rdsh01.corp.example".to_owned())
    );
    for empty in ["armpath", "wvd endpoint pool", "hubdiscoverygeourl", "diagnosticserviceurl"] {
        for kind in ["s", "i", "b"] {
            let text = format!("full address:s:a\n{empty}:{kind}: \n");
            assert_eq!(of_text(&text), Ok(("a".to_owned(), 3389)), "{text}");
        }
        assert!(of_text(&format!("full address:s:a\n{empty}:s:x")).expect_err(empty).contains("Azure"));
        let address = format!("rdp://full%20address=s:a&{}=s:", empty.replace(' ', "%20"));
        assert!(Target::of_address(&address).is_ok(), "{address}");
    }
}

#[test]
fn a_file_that_names_no_host_is_refused_in_a_sentence() {
    let cases = [
        ("no-address.rdp", "names no computer"),
        ("port-zero.rdp", "server port 0"),
        ("token-too-long.rdp", "238"),
        ("binary.rdp", "binary"),
        ("azure.rdp", "Azure Virtual Desktop"),
    ];
    for (name, words) in cases {
        let sentence = target(name).expect_err(name);
        assert!(sentence.starts_with(name) && sentence.contains(words), "{sentence}");
        assert!(SECRETS.iter().all(|secret| !sentence.contains(secret)), "{sentence}");
    }
    for (text, words) in SENTENCES {
        let sentence = of_text(text).expect_err(text);
        assert!(sentence.contains(words), "{text}: {sentence}");
    }
    let of_code_page = b"full address:s:b\xFCro01\r\n";
    let file = RdpFile::parse(of_code_page).expect("a file");
    assert_eq!(file.encoding, Encoding::CodePage);
    let sentence = Target::of_file("it", file).expect_err("half a name").to_string();
    assert!(sentence.contains("letters of a code page"), "{sentence}");
    assert!(of_text("full address:s:a b").expect_err("no host").contains("neither a name nor an address"));
    assert!(of_text("full address:s:a:0").expect_err("no port").contains("1 to 65535"));
    assert!(of_text("just text").expect_err("no setting").contains("no .rdp file"));
    assert!(of_text("").is_err());
}
