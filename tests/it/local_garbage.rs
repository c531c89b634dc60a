//! A check says ok of what it understood alone: whatever it read is replaced by what nobody understands, text by text.

use std::collections::BTreeMap;

use rdptrace::{
    local::{Output, Recorded, RoleChoice, Target, check},
    report::CheckStatus,
};

use crate::local::invented;

/// No file and no command of a system says this.
const GARBAGE: &[&str] = &["\u{1}garbage ][ = { \u{fffd}\n", "lorem ipsum dolor\nsit amet\n"];

/// What a check may read and be right about without it: its absence, or its own words, decide.
const INDEPENDENT: &[(&str, &str)] = &[
    // The name of the target stands nowhere in it.
    ("names-hosts-file", "/etc/hosts"),
    ("names-hosts-file", r"%SystemRoot%\System32\drivers\etc\hosts"),
    // Before its first section everything in it is a comment.
    ("kerberos-clock-skew", "/etc/krb5.conf"),
    ("names-address-target", "/etc/krb5.conf"),
    // Its exit code decides.
    ("kerberos-ticket", "klist -s"),
    // What is not named there is not installed, not searched or not set.
    ("programs-clients", ""),
    ("known-hosts-target", ""),
    ("client-key-remembered", ""),
];

pub(crate) fn statuses(
    machine: &Recorded,
    subject: Option<&Target>,
    role: RoleChoice,
) -> BTreeMap<String, (CheckStatus, String)> {
    let checks = check(machine, role, subject).checks;
    checks.into_iter().map(|check| (check.code, (check.status, check.message))).collect()
}

fn is_free(code: &str, what: &str) -> bool {
    INDEPENDENT.iter().any(|(own, place)| *own == code && (place.is_empty() || *place == what))
}

/// A check depends on a text where it says something else once the text may not be read.
#[test]
fn garbage_in_the_place_of_a_text_is_never_ok() {
    let mut wrong = Vec::new();
    for invented in invented() {
        let (machine, subject, role) = (&invented.machine, invented.subject.as_ref(), invented.role);
        for path in machine.texts.keys() {
            let mut hidden = machine.clone();
            hidden.texts.remove(path);
            hidden.unreadable.insert(format!("text {path}"), rdptrace::local::Unreadable::Denied);
            let without = statuses(&hidden, subject, role);
            for garbage in GARBAGE {
                let mut altered = machine.clone();
                altered.texts.insert(path.clone(), (*garbage).to_owned());
                for (code, (status, message)) in statuses(&altered, subject, role) {
                    let reads = without.get(&code).is_none_or(|(status, _)| *status == CheckStatus::Unknown);
                    if status == CheckStatus::Ok && reads && !is_free(&code, path) {
                        wrong.push(format!("{}: {code} with {path}: {message}", invented.name));
                    }
                }
            }
        }
        for line in machine.commands.keys() {
            let mut altered = machine.clone();
            altered.commands.insert(line.clone(), Output { code: 0, text: GARBAGE[0].to_owned() });
            let whole = statuses(machine, subject, role);
            let mut hidden = machine.clone();
            hidden.commands.remove(line);
            hidden.unreadable.insert(format!("command {line}"), rdptrace::local::Unreadable::Denied);
            let without = statuses(&hidden, subject, role);
            for (code, (status, message)) in statuses(&altered, subject, role) {
                let reads = without.get(&code).map(|said| said.0) == Some(CheckStatus::Unknown)
                    && whole.get(&code).map(|said| said.0) != Some(CheckStatus::Unknown);
                if status == CheckStatus::Ok && reads && !is_free(&code, line) {
                    wrong.push(format!("{}: {code} with {line}: {message}", invented.name));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stands in nsswitch.conf, and in the variables that name roots.
#[test]
fn what_keeps_from_dns_and_from_the_roots_is_told() {
    use CheckStatus::{Ok, Unknown, Warning};
    let healthy = || {
        invented().into_iter().find(|invented| invented.name == "linux-client-healthy").expect("it is there")
    };
    let rows = [
        ("hosts: files dns", Ok),
        ("hosts: files mdns4_minimal [NOTFOUND=return] dns", Ok),
        ("hosts: files [NOTFOUND=return] dns", Warning),
        ("hosts: files[notfound=return]dns", Warning),
        ("hosts: files myhostname [!UNAVAIL=return] dns", Warning),
        ("hosts: files resolve [!UNAVAIL=return] dns", Ok),
        ("hosts: mdns4 [NOTFOUND=return] files dns", Warning),
        ("hosts: files [SUCCESS=merge] dns", Unknown),
        ("hosts: files [what] dns", Unknown),
        ("hosts files dns", Unknown),
    ];
    for (line, status) in rows {
        let mut invented = healthy();
        invented.machine.texts.insert("/etc/nsswitch.conf".to_owned(), format!("passwd: files\n{line}\n"));
        let said = statuses(&invented.machine, invented.subject.as_ref(), RoleChoice::Client);
        assert_eq!(said["names-order"].0, status, "{line}: {}", said["names-order"].1);
    }
    for (name, value, status) in [
        ("SSL_CERT_FILE", "/missing.pem", Warning),
        ("SSL_CERT_DIR", "/missing", Warning),
        ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt", Ok),
        ("SSL_CERT_FILE", "/usr/local/share/ca-certificates/corp-root.crt", Unknown),
        ("SSL_CERT_FILE", "", Ok),
    ] {
        let mut invented = healthy();
        invented.machine.variables.insert(name.to_owned(), value.to_owned());
        let said = statuses(&invented.machine, invented.subject.as_ref(), RoleChoice::Client);
        assert_eq!(said["roots-store"].0, status, "{name}={value}: {}", said["roots-store"].1);
    }
}

/// What is wrong with the key of xrdp beside its own permissions.
#[test]
fn the_key_of_xrdp_is_looked_at_from_all_sides() {
    let host = |change: &dyn Fn(&mut Recorded)| {
        let mut invented = invented()
            .into_iter()
            .find(|invented| invented.name == "linux-host-xrdp-healthy")
            .expect("it is there");
        change(&mut invented.machine);
        statuses(&invented.machine, None, RoleChoice::Host)
    };
    let folder = |mode: u32| rdptrace::local::File {
        mode: Some(mode),
        owner: Some("root".to_owned()),
        group: Some("root".to_owned()),
        ..rdptrace::local::File::default()
    };
    assert_eq!(host(&|_| {})["xrdp-key"].0, CheckStatus::Ok);
    let closed = host(&|machine| drop(machine.files.insert("/etc/xrdp".to_owned(), folder(0o700))));
    assert_eq!(closed["xrdp-key"].0, CheckStatus::Warning, "{}", closed["xrdp-key"].1);
    let open = host(&|machine| drop(machine.files.insert("/etc/xrdp".to_owned(), folder(0o755))));
    assert_eq!(open["xrdp-key"].0, CheckStatus::Ok);
    let hidden = host(&|machine| {
        machine.unreadable.insert("file /etc/xrdp".to_owned(), rdptrace::local::Unreadable::Denied);
    });
    assert_eq!(hidden["xrdp-key"].0, CheckStatus::Unknown);
    // The certificate is of a curve, and this is as long as a key of RSA.
    let other = host(&|machine| {
        machine.files.get_mut("/etc/xrdp/key.pem").expect("the key").size = 1704;
        machine
            .unreadable
            .insert("private_key /etc/xrdp/key.pem".to_owned(), rdptrace::local::Unreadable::Denied);
    });
    assert_eq!(other["xrdp-key"].0, CheckStatus::Warning);
    for ini in ["", "garbage", "[Xorg]\nport=1\n", "[Globals]\nwhat is this\n"] {
        let said =
            host(&|machine| drop(machine.texts.insert("/etc/xrdp/xrdp.ini".to_owned(), ini.to_owned())));
        let ok: Vec<_> = said
            .iter()
            .filter(|(code, said)| code.starts_with("xrdp-") && said.0 == CheckStatus::Ok)
            .collect();
        assert!(ok.is_empty(), "{ini:?}: {ok:?}");
    }
    let weak =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/certificates/rsa-1024.pem"));
    let weak = weak.expect("a certificate");
    let said = host(&|machine| drop(machine.texts.insert("/etc/xrdp/cert.pem".to_owned(), weak.clone())));
    assert_eq!(said["xrdp-certificate"].0, CheckStatus::Warning, "{}", said["xrdp-certificate"].1);
    assert!(said["xrdp-certificate"].1.contains("1024"), "{}", said["xrdp-certificate"].1);
}
