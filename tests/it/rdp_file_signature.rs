//! The signature of an .rdp file: over what it is, whose it is, and what mstsc does with whoever opens the file. The files were
//! signed by OpenSSL; tests/peers signs more of them anew.

use rdptrace::{
    Report, Settings, Target, Tracer,
    destination::RdpFile,
    report::{RdpFileSignature, SignatureState, Trust},
    settings::Anchors,
};
use serde_json::{Value, json};

use crate::{
    joined::with,
    lab::{Answer, Lab},
    rdp_file::sample,
};

const ROOT: &[u8] = include_bytes!("../../testdata/certificates/publisher-root.pem");

fn root() -> Vec<u8> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(ROOT).expect("a certificate");
    pem.contents
}

async fn traced(file: RdpFile, trusted: bool) -> Report {
    let target = Target::of_file("it.rdp", file).expect("a target");
    let given = if trusted { vec![root()] } else { Vec::new() };
    let settings = Settings::default().anchors(Anchors::only(given));
    let mut lab = Lab::answering(Answer::Refused);
    lab.hosts[0].address.set_port(target.endpoint.port);
    Tracer::new(&target, &settings, &lab).run().await
}

fn signature(report: &Report) -> &RdpFileSignature {
    let target = report.trace.target.as_ref().expect("it was traced");
    let file = target.rdp_file.as_ref().expect("it is from a file");
    file.signature.as_ref().expect("it is signed")
}

/// The findings about who made the file, with their sentences.
fn told(report: &Report) -> Vec<(&str, &str)> {
    let about = ["rdp-file-unsigned", "rdp-file-signature", "rdp-file-publisher"];
    let findings = report.findings.iter().map(|finding| (finding.code.as_str(), finding.message.as_str()));
    findings.filter(|(code, _)| about.iter().any(|start| code.starts_with(start))).collect()
}

fn codes(report: &Report) -> Vec<&str> {
    told(report).into_iter().map(|(code, _)| code).collect()
}

/// Reports that show every finding of this topic.
pub(crate) async fn reports() -> Vec<Report> {
    let refused = traced(sample("without-nla.rdp"), false).await;
    vec![
        traced(sample("signed.rdp"), true).await,
        traced(sample("signed.rdp"), false).await,
        traced(sample("signed-changed.rdp"), true).await,
        traced(sample("signed-in-part.rdp"), true).await,
        with(refused, json!({ "unsigned_files": false }), json!([])),
    ]
}

/// The sample, whether its root is trusted, and what is found.
type Row = (&'static str, bool, SignatureState, Trust, &'static [&'static str]);

#[tokio::test(start_paused = true)]
async fn each_signature_is_told_for_what_it_is() {
    use SignatureState::{Valid, Wrong};
    use Trust::{Trusted, UnknownIssuer};
    let rows: &[Row] = &[
        ("signed.rdp", true, Valid, Trusted, &["rdp-file-publisher-known"]),
        ("signed-attributes.rdp", true, Valid, Trusted, &["rdp-file-publisher-known"]),
        ("signed.rdp", false, Valid, UnknownIssuer, &["rdp-file-publisher-unknown"]),
        ("signed-expired.rdp", true, Valid, Trusted, &["rdp-file-publisher-unknown"]),
        ("signed-changed.rdp", true, Wrong, Trusted, &["rdp-file-signature-wrong"]),
        (
            "signed-in-part.rdp",
            true,
            Valid,
            Trusted,
            &["rdp-file-signature-incomplete", "rdp-file-publisher-known"],
        ),
    ];
    for (name, trusted, state, trust, findings) in rows {
        let report = traced(sample(name), *trusted).await;
        let signature = signature(&report);
        assert_eq!(signature.state, *state, "{name}: {signature:?}");
        assert_eq!(signature.publisher.as_ref().map(|publisher| publisher.trust), Some(*trust), "{name}");
        assert_eq!(codes(&report), *findings, "{name}");
    }
    let report = traced(sample("signed-in-part.rdp"), true).await;
    let words = "leaves out alternate full address, redirectclipboard and drivestoredirect";
    assert!(told(&report)[0].1.contains(words), "{:?}", told(&report));
    let report = traced(sample("signed-expired.rdp"), true).await;
    assert!(told(&report)[0].1.contains("expired on 2025-01-01"), "{:?}", told(&report));
}

/// Nobody can change, drop or add a line of the scope; the order of the lines and the rest of the file are free.
#[tokio::test(start_paused = true)]
async fn a_changed_line_breaks_the_signature() {
    let bytes = include_bytes!("../../testdata/rdp/signed.rdp");
    let units: Vec<u16> = bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).expect("text");
    let state = async |text: &str| {
        let file = RdpFile::parse(text.as_bytes()).expect("a file");
        let report = traced(file, true).await;
        let signature = signature(&report);
        (signature.state, signature.why.clone().unwrap_or_default())
    };
    assert_eq!(state(&text).await.0, SignatureState::Valid);
    let reversed: String = text.lines().rev().map(|line| format!("  {line} \n")).collect();
    for same in
        [text.replace("mode id:i:2", "mode id:i:1"), text.replace("full address", "Full Address"), reversed]
    {
        assert_eq!(state(&same).await.0, SignatureState::Valid, "{same}");
    }
    for (from, to, why) in [
        ("server port:i:3389", "server port:i:3390", ""),
        ("drivestoredirect:s:*", "drivestoredirect:s:", ""),
        ("server port:i:3389\r\n", "", "the file lacks server port"),
        ("Full Address,Alternate", "Alternate", ""),
        ("full address:s:rdsh01", "full address:s:rdsh66", ""),
    ] {
        let (state, told) = state(&text.replace(from, to)).await;
        assert_eq!(state, SignatureState::Wrong, "{to}");
        assert_eq!(told, why, "{to}");
    }
    for (from, to, why) in [
        ("AQABAAEAAA", "AQACAAEAAA", "header"),
        ("signature:s:AQ", "signature:s:!!", "base64"),
        ("signature:s:", "signature:s:AAAA  ", "header"),
    ] {
        let (state, told) = state(&text.replace(from, to)).await;
        assert_eq!(state, SignatureState::Unreadable, "{to}");
        assert!(told.contains(why), "{told}");
    }
    let cut = text.trim_end().len() - 100;
    assert_eq!(state(&text[..cut]).await, (SignatureState::Unreadable, "it is cut off".to_owned()));
}

/// What a policy of the machine does with the same files; a policy of Windows is nothing to another system.
#[tokio::test(start_paused = true)]
async fn the_policies_of_the_machine_are_joined() {
    let unsigned = || RdpFile::parse(b"full address:s:rdsh01\nredirectclipboard:i:1\n").expect("a file");
    let thumbprint = {
        let report = traced(sample("signed.rdp"), true).await;
        signature(&report).publisher.as_ref().expect("a signer").sha1.clone()
    };
    let lists = json!({ "trusted_publishers": [thumbprint] });
    let rows: Vec<(RdpFile, bool, Value, &str, &str)> = vec![
        (unsigned(), false, json!({}), "rdp-file-unsigned", "(clipboard)"),
        (
            unsigned(),
            false,
            json!({ "file_warning_version": 1 }),
            "rdp-file-unsigned",
            "brings the older question back",
        ),
        (
            unsigned(),
            false,
            json!({ "unsigned_files": false }),
            "rdp-file-unsigned-refused",
            "AllowUnsignedFiles is 0",
        ),
        (
            sample("signed.rdp"),
            false,
            json!({ "unsigned_files": false }),
            "rdp-file-unsigned-refused",
            "no root",
        ),
        (sample("signed.rdp"), true, lists.clone(), "rdp-file-publisher-known", "TrustedCertThumbprints"),
        (sample("signed.rdp"), false, lists, "rdp-file-publisher-unknown", "lists it all the same"),
    ];
    for (file, trusted, machine, code, words) in rows {
        let report = with(traced(file, trusted).await, machine.clone(), json!([]));
        let found = told(&report).into_iter().find(|(found, _)| *found == code);
        assert!(
            found.is_some_and(|(_, sentence)| sentence.contains(words)),
            "{machine}: {:?}",
            told(&report)
        );
    }
    for machine in [json!({ "unsigned_files": true }), json!({ "system": "linux", "unsigned_files": false })]
    {
        let report = with(traced(unsigned(), false).await, machine, json!([]));
        assert_eq!(codes(&report), ["rdp-file-unsigned"]);
    }
}

/// Whatever is altered in the signature: no panic, and never a valid one of somebody else.
#[tokio::test(start_paused = true)]
async fn a_damaged_signature_is_no_valid_one() {
    let bytes = include_bytes!("../../testdata/rdp/signed.rdp");
    let units: Vec<u16> = bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).expect("text");
    let at = text.find("signature:s:").expect("it is signed") + "signature:s:".len();
    for index in (at..text.trim_end().len()).step_by(7) {
        let mut altered = text.clone().into_bytes();
        altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
        let Ok(file) = RdpFile::parse(&altered) else { continue };
        let report = traced(file, true).await;
        let is_known = codes(&report).contains(&"rdp-file-publisher-known");
        let signer = signature(&report).publisher.as_ref().map(|publisher| publisher.subject.as_str());
        assert!(!is_known || signer == Some("CN=RemoteApps of Example"), "{index}: {signer:?}");
    }
}
