//! Settings of a Linux machine that its libraries read: understood as they do, or unknown.

use rdptrace::{
    local::{Certificates, PrivateKey, Recorded, RoleChoice, Unreadable},
    report::CheckStatus::{self, Error, Ok, Unknown, Warning},
};

use crate::{
    local::{Invented, invented},
    local_garbage::statuses,
};

fn named(name: &str) -> Invented {
    invented().into_iter().find(|invented| invented.name == name).expect("it is there")
}

/// What a check of the healthy client says with another text in a file.
fn client(code: &str, path: &str, text: &str) -> (CheckStatus, String) {
    let mut invented = named("linux-client-healthy");
    invented.machine.texts.insert(path.to_owned(), text.to_owned());
    statuses(&invented.machine, invented.subject.as_ref(), RoleChoice::Client)
        .remove(code)
        .expect("it is made")
}

fn host(code: &str, change: &dyn Fn(&mut Recorded)) -> (CheckStatus, String) {
    let mut invented = named("linux-host-xrdp-healthy");
    change(&mut invented.machine);
    statuses(&invented.machine, None, RoleChoice::Host).remove(code).expect("it is made")
}

#[test]
fn openssl_is_understood_from_its_first_section_on() {
    let all =
        |rest: &str| format!("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n{rest}");
    let modules = |rest: &str| format!("openssl_conf = a\n[a]\n{rest}");
    let rows = [
        ("".to_owned(), Ok),
        ("[c]\nMinProtocol = TLSv1.3\n".to_owned(), Ok),
        (all(""), Unknown),
        (all("MinProtocol = TLSv1.3\n"), Warning),
        (all("1.MinProtocol = TLSv1.3\n"), Warning),
        (all("TLS.MinProtocol = TLSv1.3\nDTLS.MinProtocol = DTLSv1.2\n"), Warning),
        (all("minprotocol = TLSv1.3\n"), Warning),
        (format!("X = TLSv1.3\n{}", all("MinProtocol = $X\n")), Warning),
        (all("MinProtocol = TLSv1.\\\n3\n"), Warning),
        (all("MinProtocol = $NOTHING\n"), Unknown),
        (all("MinProtocol = TLSv1.0\n"), Unknown),
        (all("MaxProtocol = TLSv1.2\n"), Ok),
        (all("MaxProtocol = TLSv1.1\n"), Warning),
        (all("CipherString = DEFAULT@SECLEVEL=3\n"), Warning),
        (all("CipherString = NOSUCH\n"), Unknown),
        (all("CipherString = NOSUCH@SECLEVEL=3\n"), Unknown),
        (all("CipherString = RC4\n"), Unknown),
        (all("CipherString = ECDHE-ECDSA-AES128-GCM-SHA256\n"), Unknown),
        (all("CipherString = DEFAULT:!kRSA\n"), Ok),
        (all("CipherString = HIGH:!aRSA\n"), Unknown),
        (all("Ciphersuites = TLS_AES_128_GCM_SHA256\n"), Ok),
        (all("Ciphersuites = TLS_CHACHA20_POLY1305_SHA256\n"), Warning),
        (all("Ciphersuites = TLS_CHACHA20_POLY1305_SHA256\nMaxProtocol = TLSv1.2\n"), Ok),
        (all("Ciphersuites = NOSUCH\n"), Unknown),
        (all("Groups = P-521\n"), Unknown),
        (all("Curves = secp521r1\n"), Unknown),
        (all("Groups = X25519MLKEM768:X25519:P-256\n"), Ok),
        (all("Groups = P-256:NOSUCH\n"), Unknown),
        (all("SignatureAlgorithms = ed25519\n"), Unknown),
        (all("SignatureAlgorithms = ECDSA+SHA256:ed25519:RSA+SHA256:rsa_pss_rsae_sha256\n"), Ok),
        (all("Options = UnsafeLegacyRenegotiation\n"), Unknown),
        (all("Protocol = -TLSv1.3\n"), Unknown),
        (all("Foo = bar\n"), Unknown),
        (modules("ssl_conf = b\n"), Unknown),
        (modules("ssl_conf = b\n[b]\nsystem_default = c\n"), Unknown),
        (modules("ssl_conf = b\n[b]\nclient = c\n[c]\nMinProtocol = TLSv1.3\n"), Ok),
        ("openssl_conf = a\n".to_owned(), Unknown),
        (modules("providers = p\n[p]\nlegacy = f\n[f]\nactivate = 1\n"), Warning),
        (modules("providers = p\n[p]\ndefault = f\nlegacy = f\n[f]\nactivate = 1\n"), Ok),
        (modules("providers = p\n[p]\ndefault = f\n[f]\n"), Ok),
        (modules("providers = p\n[p]\ndefault = g\n"), Unknown),
        (modules("providers = p\n[p]\nfips = f\nbase = f\n[f]\nactivate = 1\n"), Unknown),
        (modules("alg_section = d\n[d]\ndefault_properties = fips=yes\n"), Unknown),
        (modules("engines = e\n[e]\nx = y\n[y]\ninit=1\n"), Unknown),
        (modules("oid_section = o\n[o]\nx = 1.2.3\n"), Ok),
        (modules("foo = e\n[e]\nx = y\n"), Unknown),
        (".include /nowhere.cnf\n".to_owned(), Unknown),
        (".pragma = dollarid:true\n".to_owned(), Unknown),
    ];
    for (text, status) in rows {
        let said = client("crypto-policy-openssl", "/etc/ssl/openssl.cnf", &text);
        assert_eq!(said.0, status, "{text}: {}", said.1);
    }
}

#[test]
fn the_order_of_addresses_is_the_usual_one_or_unknown() {
    for (text, status) in [
        ("", Ok),
        ("precedence x y\n", Unknown),
        ("precedence ::ffff:0:0/96 x\n", Unknown),
        ("precedence ::ffff:0:0/96\n", Unknown),
        ("precedence ::ffff:0:0/96 100\n", Warning),
        ("precedence ::ffff:0:0/96 10\nprecedence ::/0 40\n", Ok),
        ("precedence ::/0 1\n", Unknown),
        ("precedence 2001:db8::/32 100\nprecedence ::ffff:0:0/96 10\n", Unknown),
        ("label ::/0 9\n", Unknown),
        ("label ::/0 1\n", Unknown),
        ("scopev4 ::ffff:169.254.0.0/112 2\n", Ok),
        ("scopev4 x 2\n", Unknown),
        ("reload yes\n", Ok),
        ("reload perhaps\n", Unknown),
        ("foo bar\n", Unknown),
    ] {
        let said = client("names-address-order", "/etc/gai.conf", text);
        assert_eq!(said.0, status, "{text}: {}", said.1);
    }
}

#[test]
fn services_for_names_are_known_or_the_order_is_not() {
    for (line, status) in [
        ("[NOTFOUND=return] files dns", Unknown),
        ("files [NOTFOUND=return dns", Unknown),
        ("files NOTFOUND=return] dns", Unknown),
        ("files something dns", Unknown),
        ("files dns\nhosts: dns", Unknown),
        ("files mymachines myhostname mdns4 dns wins", Ok),
    ] {
        let said = client("names-order", "/etc/nsswitch.conf", &format!("hosts: {line}\n"));
        assert_eq!(said.0, status, "{line}: {}", said.1);
        assert!(!said.1.contains("  "), "no name is left out: {}", said.1);
    }
}

#[test]
fn settings_of_xrdp_that_are_not_understood_are_unknown() {
    let ini = |rest: &str| {
        let text = format!("[Globals]\n{rest}\n");
        move |machine: &mut Recorded| {
            drop(machine.texts.insert("/etc/xrdp/xrdp.ini".to_owned(), text.clone()))
        }
    };
    for (code, text, status) in [
        ("xrdp-protocols", "tls_ciphers=NOSUCH", Unknown),
        ("xrdp-protocols", "tls_ciphers=HIGH:NOSUCH", Unknown),
        ("xrdp-protocols", "tls_ciphers=HIGH:!ALL", Unknown),
        ("xrdp-protocols", "tls_ciphers=RC4", Warning),
        ("xrdp-protocols", "tls_ciphers=HIGH", Ok),
        ("xrdp-protocols", "tls_ciphers=HIGH:!aNULL:!eNULL", Ok),
        ("xrdp-listener", "port=abc", Unknown),
        ("xrdp-listener", "port=99999", Unknown),
        ("xrdp-listener", "port=0", Unknown),
        ("xrdp-listener", "port=tcp://.:abc", Unknown),
        ("xrdp-listener", "port=3389 abc", Unknown),
        ("xrdp-listener", "port=tcp://.:3389", Ok),
        ("xrdp-listener", "port=tcp6://{::1}:3389", Ok),
        ("xrdp-listener", "port=vsock://-1:3389", CheckStatus::NotApplicable),
        ("xrdp-security-layer", "crypt_level=superhigh", Unknown),
        ("xrdp-security-layer", "crypt_level=LOW", Warning),
    ] {
        let said = host(code, &ini(text));
        assert_eq!(said.0, status, "{text}: {}", said.1);
    }
}

#[test]
fn a_key_of_another_certificate_is_told_before_anything_else_about_it() {
    let key = |key: Option<PrivateKey>, mode: u32| {
        host("xrdp-key", &|machine| {
            let path = "/etc/xrdp/key.pem".to_owned();
            let kept = machine.private_keys.remove(&path).expect("the key");
            machine.private_keys.insert(path.clone(), key.clone().unwrap_or(kept));
            machine.files.get_mut(&path).expect("the key").mode = Some(mode);
        })
    };
    let other = || Some(PrivateKey::Of { public: "00".to_owned() });
    for (own, mode, status, word) in [
        (None, 0o640, Ok, "its certificate"),
        (None, 0o644, Warning, "every user"),
        (other(), 0o640, Error, "does not belong"),
        (other(), 0o644, Error, "does not belong"),
        (Some(PrivateKey::Encrypted), 0o644, Error, "password"),
        (Some(PrivateKey::Missing), 0o640, Error, "no private key"),
        (Some(PrivateKey::Other), 0o640, Unknown, "cannot be told"),
    ] {
        let said = key(own, mode);
        assert_eq!(said.0, status, "{}", said.1);
        assert!(said.1.contains(word), "{}", said.1);
    }
    let hidden = host("xrdp-key", &|machine| {
        machine.unreadable.insert("private_key /etc/xrdp/key.pem".to_owned(), Unreadable::Denied);
    });
    assert_eq!(hidden.0, Unknown, "{}", hidden.1);
    let broken = host("xrdp-key", &|machine| {
        machine.texts.insert("/etc/xrdp/cert.pem".to_owned(), "garbage".to_owned());
    });
    assert_eq!(broken.0, Unknown, "{}", broken.1);
}

#[test]
fn a_store_of_roots_is_read_before_it_is_called_one() {
    let bundle = "/etc/ssl/certs/ca-certificates.crt";
    let said = |change: &dyn Fn(&mut Recorded)| {
        let mut invented = named("linux-client-healthy");
        change(&mut invented.machine);
        statuses(&invented.machine, invented.subject.as_ref(), RoleChoice::Client)
            .remove("roots-store")
            .expect("it is made")
    };
    for (held, valid, damaged, status) in
        [(0, 0, 0, Error), (0, 0, 3, Error), (5, 0, 0, Warning), (5, 5, 1, Warning), (1, 1, 0, Ok)]
    {
        let held = Certificates { held, valid, damaged };
        let found = said(&|machine| {
            machine.certificates.insert(bundle.to_owned(), held);
        });
        assert_eq!(found.0, status, "{held:?}: {}", found.1);
        // The same of a file or a folder that a variable names.
        let own = |machine: &mut Recorded| {
            machine.files.insert("/own".to_owned(), machine.files[bundle].clone());
            machine.certificates.insert("/own".to_owned(), held);
            machine.certificates.insert("/roots/0a1b2c3d.0".to_owned(), Certificates { damaged: 0, ..held });
            machine
                .folders
                .insert("/roots".to_owned(), vec!["0a1b2c3d.0".to_owned(), "notes.txt".to_owned()]);
        };
        let other = if status == Ok { Unknown } else { status };
        let of_file = said(&|machine| {
            own(machine);
            machine.variables.insert("SSL_CERT_FILE".to_owned(), "/own".to_owned());
        });
        assert_eq!(of_file.0, other, "{held:?}: {}", of_file.1);
        let of_folder = said(&|machine| {
            own(machine);
            machine.variables.insert("SSL_CERT_DIR".to_owned(), "/roots".to_owned());
        });
        let other = if damaged > 0 && valid > 0 { Unknown } else { other };
        assert_eq!(of_folder.0, other, "{held:?}: {}", of_folder.1);
    }
    // What stands behind a certificate that counts need not be readable.
    let found = said(&|machine| {
        let held = Certificates { held: 1, valid: 1, damaged: 0 };
        machine.variables.insert("SSL_CERT_DIR".to_owned(), "/roots".to_owned());
        machine.certificates.insert("/roots/0a1b2c3d.0".to_owned(), held);
        machine.unreadable.insert("certificates /roots/0a1b2c3d.1".to_owned(), Unreadable::Denied);
        let names = ["0a1b2c3d.0", "0a1b2c3d.1"].map(str::to_owned).to_vec();
        machine.folders.insert("/roots".to_owned(), names);
    });
    assert!(found.1.contains("other roots than the system"), "{}", found.1);
    let unhashed = said(&|machine| {
        machine.variables.insert("SSL_CERT_DIR".to_owned(), "/roots".to_owned());
        machine.folders.insert("/roots".to_owned(), vec!["ca.crt".to_owned()]);
    });
    assert_eq!(unhashed.0, Error, "{}", unhashed.1);
    let hidden = said(&|machine| {
        machine.unreadable.insert(format!("certificates {bundle}"), Unreadable::Denied);
    });
    assert_eq!(hidden.0, Unknown, "{}", hidden.1);
}
