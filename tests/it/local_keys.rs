//! Private keys and stores of roots as files of this machine: whose they are and what they hold, told without what is secret.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rdptrace::{
    internal::local::public_key,
    local::{Certificates, Host as _, PrivateKey, this_machine},
};
use x509_parser::pem::Pem;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rdptrace-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn openssl(&self, words: &str) {
        let made = Command::new("openssl").args(words.split(' ')).current_dir(&self.0).output();
        let made = made.expect("it has told its version");
        assert!(made.status.success(), "{words}: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("the folder is the test's own");
    }
}

fn certificate(from: i32, to: i32) -> String {
    let mut made = rcgen::CertificateParams::new(vec!["x.example".to_owned()]).expect("a name");
    (made.not_before, made.not_after) = (rcgen::date_time_ymd(from, 1, 1), rcgen::date_time_ymd(to, 1, 1));
    made.self_signed(&rcgen::KeyPair::generate().expect("a key")).expect("a certificate").pem()
}

fn of_certificate(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a certificate");
    let block = Pem::iter_from_buffer(text.as_bytes()).next().expect("a block").expect("PEM");
    public_key(block.parse_x509().expect("X.509").public_key()).expect("a key that is compared")
}

#[test]
fn a_private_key_is_known_by_its_public_half_in_every_form() {
    if Command::new("openssl").arg("version").output().is_err() {
        return;
    }
    let folder = Folder::new("keys");
    for (name, kind) in
        [("rsa", "rsa:2048"), ("other", "rsa:2048"), ("ec", "ec -pkeyopt ec_paramgen_curve:P-256")]
    {
        folder.openssl(&format!(
            "req -x509 -newkey {kind} -nodes -keyout {name}.key -out {name}.pem -days 30 -subj /CN=x"
        ));
    }
    folder.openssl("rsa -in rsa.key -traditional -out rsa1.key");
    folder.openssl("ec -in ec.key -out ec1.key");
    folder.openssl("ec -in ec.key -no_public -out ecless.key");
    folder.openssl("rsa -in rsa.key -traditional -aes128 -passout pass:xyzxyz -out rsaold.key");
    folder.openssl("pkcs8 -topk8 -in rsa.key -passout pass:xyzxyz -out rsanew.key");
    folder.openssl("genpkey -algorithm ed25519 -out ed.key");
    let parameters = fs::read_to_string(folder.0.join("ec1.key")).expect("a key");
    folder.write(
        "ec2.key",
        &format!(
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{parameters}"
        ),
    );
    folder.write("junk.key", "junk\0\0");
    let empty_block =
        ["-----BEGIN RSA PRIVATE ", "KEY-----\n????\n-----END RSA PRIVATE ", "KEY-----\n"].concat();
    folder.write("damaged.key", &empty_block);
    folder.write("empty.key", "");
    let of =
        |name: &str| this_machine().private_key(&folder.path(name)).expect("readable").expect("it is there");
    let known = |name: &str| PrivateKey::Of { public: of_certificate(&folder.0.join(name)) };
    for (file, wanted) in [
        ("rsa.key", known("rsa.pem")),
        ("rsa1.key", known("rsa.pem")),
        ("ec.key", known("ec.pem")),
        ("ec1.key", known("ec.pem")),
        ("ec2.key", known("ec.pem")),
        ("other.key", known("other.pem")),
        ("ecless.key", PrivateKey::Other),
        ("ed.key", PrivateKey::Other),
        ("rsaold.key", PrivateKey::Encrypted),
        ("rsanew.key", PrivateKey::Encrypted),
        ("rsa.pem", PrivateKey::Missing),
        ("junk.key", PrivateKey::Missing),
        ("empty.key", PrivateKey::Missing),
        ("damaged.key", PrivateKey::Missing),
    ] {
        assert_eq!(of(file), wanted, "{file}");
    }
    assert_ne!(known("rsa.pem"), known("other.pem"));
    assert_eq!(this_machine().private_key(&folder.path("missing")), Ok(None));
}

#[test]
fn a_store_tells_how_many_certificates_it_holds_and_how_many_are_in_time() {
    let folder = Folder::new("stores");
    let (now, past) = (certificate(2020, 2100), certificate(2020, 2021));
    let cut = now.replace("\n", "").replacen("MII", "AAA", 1);
    for (name, text, held, valid, damaged) in [
        ("both", format!("# words\n{now}{past}"), 2, 1, 0),
        ("expired", past.clone(), 1, 0, 0),
        ("garbage", "hello".to_owned(), 0, 0, 0),
        ("nuls", "\0\u{1}".to_owned(), 0, 0, 0),
        ("damaged", format!("{now}{cut}"), 1, 1, 1),
    ] {
        folder.write(name, &text);
        let found = this_machine().certificates(&folder.path(name));
        assert_eq!(found, Ok(Some(Certificates { held, valid, damaged })), "{name}");
    }
    assert_eq!(this_machine().certificates(&folder.path("missing")), Ok(None));
}
