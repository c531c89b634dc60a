//! .rdp files that OpenSSL signs as rdpsign does: kinds of keys, digests and forms of PKCS#7, and chains with an issuer between.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::lab::has;

const SCOPE: &str = "Full Address,Alternate Full Address,Server Port";
const LINES: &[&str] =
    &["full address:s:127.0.0.1:9", "alternate full address:s:127.0.0.1:9", "server port:i:9"];

/// The files of one test.
struct Signing(PathBuf);

impl Signing {
    fn openssl(&self, arguments: &[&str]) {
        let made =
            Command::new("openssl").args(arguments).current_dir(&self.0).output().expect("openssl runs");
        assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// A certificate of `issuer`, or a self-signed one; a key of this kind.
    fn certificate(&self, name: &str, issuer: Option<&str>, key: &[&str], days: &str, is_ca: bool) {
        let (pem, own, request) = (format!("{name}.pem"), format!("{name}.key"), format!("{name}.csr"));
        let subject = format!("/CN={name}");
        let uses = if is_ca {
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
        } else {
            "basicConstraints=CA:FALSE\nextendedKeyUsage=codeSigning\nkeyUsage=digitalSignature\n"
        };
        fs::write(self.0.join("uses"), uses).expect("a file");
        let new = ["req", "-new", "-nodes", "-keyout", &own, "-out", &request, "-subj", &subject, "-newkey"];
        self.openssl(&[&new[..], key].concat());
        let (issuer_pem, issuer_key) =
            (format!("{}.pem", issuer.unwrap_or(name)), format!("{}.key", issuer.unwrap_or(name)));
        let sign = ["x509", "-req", "-in", &request, "-out", &pem, "-days", days, "-extfile", "uses"];
        let by = match issuer {
            Some(_) => vec!["-CA", &issuer_pem, "-CAkey", &issuer_key, "-CAcreateserial"],
            None => vec!["-signkey", &own],
        };
        self.openssl(&[&sign[..], &by].concat());
    }

    /// An .rdp file signed by that certificate.
    fn file(&self, name: &str, signer: &str, further: &[&str]) -> PathBuf {
        let text = format!("{}\r\nsignscope:s:{SCOPE}\r\n\0", LINES.join("\r\n"));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (pem, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let sign = ["cms", "-sign", "-binary", "-outform", "DER", "-signer", &pem, "-inkey", &key];
        let mut signing = Command::new("openssl")
            .args([&sign[..], further].concat())
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("openssl runs");
        signing.stdin.take().expect("it was piped").write_all(&bytes).expect("it reads");
        let der = signing.wait_with_output().expect("it ends").stdout;
        let length = u32::try_from(der.len()).expect("it is short").to_le_bytes();
        let signed = [&[1, 0, 1, 0, 1, 0, 0, 0], &length[..], &der].concat();
        let text = format!(
            "{}\r\nsignscope:s:{SCOPE}\r\nsignature:s:{}\r\n",
            LINES.join("\r\n"),
            STANDARD.encode(signed)
        );
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// What the program says of the signature of a file, with this root.
    fn told(&self, file: &Path, root: &str) -> Value {
        let root = self.0.join(format!("{root}.pem"));
        let output = Command::new(env!("CARGO_BIN_EXE_rdptrace"))
            .args(["trace", "--local", "off", "--format", "json", "--experiments", "off", "--ca-file"])
            .args([&root, file])
            .output()
            .expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        report["target"]["rdp_file"]["signature"].clone()
    }
}

#[test]
fn what_openssl_signs_is_checked() {
    if !has(&["openssl"]) {
        return;
    }
    let folder = std::env::temp_dir().join(format!("rdpsign-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let signing = Signing(folder);
    let rsa = &["rsa:2048"][..];
    signing.certificate("root", None, rsa, "30", true);
    signing.certificate("between", Some("root"), rsa, "30", true);
    signing.certificate("publisher", Some("between"), rsa, "30", false);
    signing.certificate("curve", Some("root"), &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "30", false);
    signing.certificate("alone", None, rsa, "30", false);
    signing.certificate("small", Some("root"), &["rsa:1024"], "30", false);
    let chain = &["-certfile", "between.pem"][..];
    let rows: &[(&str, &[&str], &str, &str)] = &[
        ("publisher", &["-noattr"], "valid", "trusted"),
        ("publisher", &[], "valid", "trusted"),
        ("publisher", &["-noattr", "-md", "sha512"], "valid", "trusted"),
        ("publisher", &["-noattr", "-md", "sha1"], "valid", "trusted"),
        ("publisher", &["-keyid"], "valid", "trusted"),
        ("curve", &["-noattr"], "valid", "trusted"),
        ("curve", &["-md", "sha384"], "valid", "trusted"),
        ("alone", &["-noattr"], "valid", "self_signed"),
        ("small", &["-noattr"], "unchecked", "trusted"),
        ("publisher", &["-noattr", "-nocerts"], "unchecked", ""),
    ];
    for (index, (signer, further, state, trust)) in rows.iter().enumerate() {
        let file = signing.file(&format!("{index}.rdp"), signer, &[*further, chain].concat());
        let told = signing.told(&file, "root");
        assert_eq!(told["state"], *state, "{signer} {further:?}: {told:#}");
        let seen = told["publisher"]["trust"].as_str().unwrap_or_default();
        assert_eq!(seen, *trust, "{signer} {further:?}: {told:#}");
        let text = fs::read_to_string(&file)
            .expect("the file")
            .replace("alternate full address:s:127.0.0.1:9", "alternate full address:s:127.0.0.2:9");
        fs::write(&file, text).expect("a file");
        let told = signing.told(&file, "root");
        let expected = if *state == "valid" { "wrong" } else { state };
        assert_eq!(told["state"], expected, "{signer} {further:?}, changed: {told:#}");
    }
    // Nothing between, and another root.
    let file = signing.file("lone.rdp", "publisher", &["-noattr"]);
    assert_eq!(signing.told(&file, "root")["publisher"]["trust"], "unknown_issuer");
    assert_eq!(signing.told(&file, "alone")["publisher"]["trust"], "unknown_issuer");
    fs::remove_dir_all(&signing.0).expect("the folder");
}
