//! What a collection does not tell of people, networks and organizations, and that its checks come to the same.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _},
};

use rdptrace::report::{CheckStatus, LocalCheck, Os};
use rdptrace::{
    internal::local::files::{Files, Given},
    local::{About, Collection, Event, File, Host as _, Output, Recorded, RoleChoice, Target, Value, check},
};
use time::OffsetDateTime;

use super::machine::folder;
use crate::program::{file, rdptrace, text};

const PROXIES: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const CONNECTIONS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
const STORE: &str = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\Remote Desktop\Certificates\AB";
const LICENSES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\TermService\Parameters\LicenseServers";

fn machine(system: Os) -> Recorded {
    let now = OffsetDateTime::from_unix_timestamp(1_795_348_800).expect("a time").into();
    Recorded::new(About { system, version: None, elevated: None, now, complete: true })
}

/// With xrdp, Kerberos, proxies and roots; each name that must not leave it has `acme` or `mallory` in it.
fn linux() -> Recorded {
    let mut machine = machine(Os::Linux);
    for (name, value) in [
        ("HTTPS_PROXY", "http://mallory:pw@webcache.acme.net:3128/acme-path"),
        ("no_proxy", "localhost,.acme.org,intra-acme,10.0.0.0/8"),
    ] {
        machine.variables.insert(name.to_owned(), value.to_owned());
    }
    for (path, content) in [
        ("/etc/xrdp/xrdp.ini", "# by mallory\n[Globals]\nruntime_user=xrdp ; acme\nport=3389 # acme\n"),
        ("/etc/xrdp/cert.pem", "-----BEGIN CERTIFICATE-----\nacme\n-----END CERTIFICATE-----\n"),
        (
            "/etc/passwd",
            "root:x:0:0::/root:/bin/sh\nmallory:x:1000:1000:Mallory Acme:/home/mallory:/bin/sh\n\
             xrdp:x:120:130:Acme:/run/xrdp:/bin/false\n",
        ),
        (
            "/etc/group",
            "mallory:x:1000:\nssl-cert:x:115:mallory,xrdp\nxrdp:x:130:\nacme-admins:x:9:mallory\n",
        ),
        (
            "/etc/krb5.conf",
            "# mallory@acme.org\n[libdefaults]\n default_realm = AD.ACME.EXAMPLE\n[realms]\n \
             AD.ACME.EXAMPLE = {\n  kdc = dc1-acme.ad.acme.example:88\n }\n ACMECORP = {\n }\n\
             [domain_realm]\n .branch.acme.example = AD.ACME.EXAMPLE\n acme-old = ACMEOLD\n\
             includedir /etc/krb5.conf.d\n",
        ),
        ("/etc/krb5.conf.d/AcmeSettings", "[libdefaults]\n clockskew = 300\n"),
        ("/etc/resolv.conf", "search ad.acme.example\nnameserver 10.0.0.1\n; mallory@acme.org\n"),
        ("/etc/hosts", "10.0.0.9 vm.ad.acme.example vm # mallory\n"),
    ] {
        machine.texts.insert(path.to_owned(), content.to_owned());
    }
    machine.folders.insert("/sys/class/net".to_owned(), vec!["enp3s0".to_owned(), "to-acme".to_owned()]);
    for (file, content) in [("type", "65534\n"), ("flags", "0x1043\n")] {
        machine.texts.insert(format!("/sys/class/net/to-acme/{file}"), content.to_owned());
    }
    let said = r#"[{"dst":"10.0.0.9","dev":"to-acme"}]"#.to_owned();
    machine.commands.insert("ip -j route get 10.0.0.9".to_owned(), Output { code: 0, text: said });
    let added = "/usr/local/share/ca-certificates";
    machine.folders.insert(added.to_owned(), vec!["AcmeRoot2026.crt".to_owned()]);
    machine.folders.insert("/etc/krb5.conf.d".to_owned(), vec!["AcmeSettings".to_owned()]);
    let facts = |owner: &str, group: &str| File {
        size: 9,
        mode: Some(0o640),
        owner: Some(owner.to_owned()),
        group: Some(group.to_owned()),
        modified: Some(machine.machine.now),
        ..File::default()
    };
    let files = [
        (format!("{added}/AcmeRoot2026.crt"), facts("mallory", "mallory")),
        ("/etc/ssl/certs/ca-certificates.crt".to_owned(), facts("root", "root")),
        ("/etc/xrdp/key.pem".to_owned(), facts("root", "ssl-cert")),
    ];
    machine.files.extend(files);
    machine
}

fn winhttp(texts: [&str; 2]) -> Value {
    let mut bytes = vec![0x28, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0];
    for text in texts {
        bytes.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    Value::Binary { binary: hex::encode(bytes) }
}

fn windows() -> Recorded {
    let mut machine = machine(Os::Windows);
    let hosts = r"%SystemRoot%\System32\drivers\etc\hosts".to_owned();
    machine.texts.insert(hosts, "10.0.0.9 vm.acme.net vm\r\n".to_owned());
    let words = |text: &str| Value::Text(text.to_owned());
    for (key, name, value) in [
        (PROXIES, "ProxyEnable", Value::Number(1)),
        (PROXIES, "ProxyServer", words("http=mallory:pw@web-acme:80;https=cache.acme.net:81")),
        (PROXIES, "ProxyOverride", words("*.acme.org;intra-acme;<local>")),
        (PROXIES, "AutoConfigURL", words("http://wpad.acme.net/acme.pac?mallory")),
        (CONNECTIONS, "WinHttpSettings", winhttp(["mallory:pw@winhttp-acme:8080", "*.acme.org"])),
        (STORE, "Blob", Value::Binary { binary: hex::encode("CN=vm.acme.net".repeat(9)) }),
        (
            LICENSES,
            "SpecifiedLicenseServers",
            Value::List(vec!["lic-acme".to_owned(), "lic2.acme.net".to_owned()]),
        ),
    ] {
        machine.registry.entry(key.to_owned()).or_default().insert(name.to_owned(), value);
    }
    for (channel, name, value) in [
        ("System", "TargetName", "ts1-acme.acme.net"),
        ("System", "Text", "mail mallory@acme.org about gw.acme.org"),
        ("Microsoft-Windows-NTLM/Operational", "TargetServer", "TERMSRV/ts2-acme"),
        ("Security", "TargetUserName", "mallory"),
        ("Security", "TargetDomainName", "ACMEDOM"),
        ("Microsoft-Windows-LSA/Operational", "TargetName", "host/ts3-acme@AD.ACME.NET"),
    ] {
        let data = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let event = Event { id: 1, provider: "Test".to_owned(), at: machine.machine.now, level: None, data };
        machine.events.entry(channel.to_owned()).or_default().push(event);
    }
    machine
}

fn subject(host: &str) -> Target {
    Target::new(host, 3389)
}

fn zipped(machine: &Recorded, subject: Option<&Target>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let collection = Collection::new(machine, machine.clone(), subject, true);
    collection.write(Cursor::new(&mut bytes)).unwrap_or_else(|why| panic!("{why}"));
    bytes
}

fn opened(name: &str, bytes: &[u8]) -> Files {
    let path = folder(name).join("machine.zip");
    fs::write(&path, bytes).expect("a file");
    Files::open(&[Given::Collected(path)]).unwrap_or_else(|why| panic!("{why}"))
}

fn named<'a>(checks: &'a [LocalCheck], code: &str) -> &'a LocalCheck {
    checks.iter().find(|check| check.code == code).unwrap_or_else(|| panic!("{code}"))
}

#[test]
fn no_name_is_left_in_a_redacted_collection() {
    for machine in [linux(), windows()] {
        let bytes = zipped(&machine, None);
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip file");
        for member in ["machine.json", "README.txt", "asked.json"] {
            let mut all = String::new();
            archive.by_name(member).expect(member).read_to_string(&mut all).expect("text");
            let lines: Vec<_> = all.lines().map(str::to_lowercase).collect();
            for name in ["acme", "mallory", ":pw", &hex::encode("acme"), &hex::encode("mallory")] {
                let found: Vec<_> = lines.iter().filter(|line| line.contains(name)).collect();
                assert!(found.is_empty(), "{name} in {member}: {found:#?}");
            }
        }
    }
}

#[test]
fn only_the_users_and_groups_of_xrdp_are_taken() {
    for redact in [true, false] {
        let machine = Collection::new(&linux(), linux(), None, redact).machine;
        assert_eq!(machine.texts["/etc/passwd"], "xrdp:x:120:130:::\n");
        assert_eq!(machine.texts["/etc/group"], "ssl-cert:x:115:xrdp\nxrdp:x:130:\n");
    }
    assert!(Collection::new(&linux(), linux(), None, false).machine.texts.contains_key("/etc/xrdp/cert.pem"));
}

#[test]
fn pseudonyms_change_no_verdict() {
    let target = subject("vm");
    for (name, machine) in [("verdict-linux", linux()), ("verdict-windows", windows())] {
        let direct = check(&machine, RoleChoice::Auto, Some(&target)).checks;
        let read =
            check(&opened(name, &zipped(&machine, Some(&target))), RoleChoice::Auto, Some(&target)).checks;
        for check in &direct {
            let again = named(&read, &check.code);
            // The certificates are not taken.
            let denied = again.status == CheckStatus::Unknown && again.message.contains("certificate");
            assert!(denied || again.status == check.status, "{check:?} {again:?}");
        }
    }
    let realm = Collection::new(&linux(), linux(), None, true).machine.texts["/etc/krb5.conf"].clone();
    assert!(realm.contains("default_realm = DOMAIN-"), "{realm}");
}

#[test]
fn a_target_is_found_by_its_pseudonym_or_not_at_all() {
    let target = subject("vm");
    let files = opened("known-under", &zipped(&linux(), Some(&target)));
    let pseudonym = files.asked().host.clone().expect("a target");
    let checked = check(&files, RoleChoice::Client, Some(&target));
    let entry = named(&checked.checks, "names-hosts-file");
    assert_eq!(entry.status, CheckStatus::Warning, "{entry:?}");
    assert_eq!(checked.machine.hosts_entries[0].name, "vm", "the wire knows no pseudonym");
    let said = checked.checks.last().and_then(|check| check.observed.clone()).expect("the files");
    assert!(said.ends_with(&format!("it was collected for {pseudonym}, which is taken to be vm")), "{said}");

    let files = opened("known-not", &zipped(&linux(), None));
    let checked = check(&files, RoleChoice::Client, Some(&target));
    let entry = named(&checked.checks, "names-hosts-file");
    assert_eq!(entry.status, CheckStatus::Unknown, "{entry:?}");
    assert_eq!(named(&checked.checks, "kerberos-configuration").status, CheckStatus::Ok);
    let address = check(&files, RoleChoice::Client, Some(&subject("10.0.0.9")));
    assert_ne!(
        named(&address.checks, "names-hosts-file").status,
        CheckStatus::Unknown,
        "addresses are as they were"
    );
}

#[test]
fn an_interface_keeps_its_kind_under_its_pseudonym() {
    let files = opened("interfaces", &zipped(&linux(), None));
    assert_eq!(
        files.folder("/sys/class/net").expect("it is held").expect("it is there"),
        ["enp3s0", "interface-1"]
    );
    let checked = check(&files, RoleChoice::Client, Some(&subject("10.0.0.9")));
    let route = checked.machine.route.expect("the way is told");
    assert_eq!((route.interface.as_str(), route.tunnel), ("interface-1", true));
}

#[test]
fn other_files_beside_a_redacted_collection_make_the_target_unknown_there() {
    let place = folder("redacted-beside");
    let vm = subject("vm");
    fs::write(place.join("machine.zip"), zipped(&windows(), Some(&vm))).expect("a file");
    let export = "Windows Registry Editor Version 5.00\r\n\r\n\
                  [HKEY_CURRENT_USER\\Software\\Microsoft\\Terminal Server Client]\r\n\"RDGClientTransport\"=dword:1\r\n\
                  [HKEY_CURRENT_USER\\Software\\Microsoft\\Terminal Server Client\\Servers\\vm]\r\n\
                  \"UsernameHint\"=\"anna\"\r\n";
    fs::write(place.join("user.reg"), export).expect("a file");
    let files = Files::open(&[Given::Folder(place)]).unwrap_or_else(|why| panic!("{why}"));
    let checks = check(&files, RoleChoice::Client, Some(&vm)).checks;
    assert_eq!(named(&checks, "client-policy-gateway-transport").status, CheckStatus::Warning);
    assert_eq!(named(&checks, "names-hosts-file").status, CheckStatus::Unknown);
    let said = named(&checks, "windows-proxy-winhttp").observed.clone().unwrap_or_default();
    assert!(said.starts_with("host-"), "what needs no target is read from the collection: {said}");
    let note = checks.last().and_then(|check| check.observed.clone()).expect("the files");
    assert!(note.contains("names were replaced, so vm cannot be found in it"), "{note}");
}

#[test]
fn the_proxy_of_winhttp_is_still_told() {
    let machine = Collection::new(&windows(), windows(), None, true).machine;
    let said = check(&machine, RoleChoice::Client, None).checks;
    let proxy = named(&said, "windows-proxy-winhttp").observed.clone().unwrap_or_default();
    assert!(proxy.starts_with("host-") && proxy.ends_with(":8080"), "{proxy}");
    assert_eq!(machine.command("klist"), Ok(None::<Output>));
}

#[test]
fn the_program_refuses_a_place_before_it_lists_anything() {
    let dash = rdptrace(&["local", "--role", "client", "--collect", "-"]);
    assert_eq!(dash.status.code(), Some(2));
    assert!(text(&dash.stderr).contains("--collect needs the name of a file"), "{}", text(&dash.stderr));
    let path = file("no-such-folder").join("machine.zip");
    let refused = rdptrace(&["local", "--role", "client", "--collect", path.to_str().expect("text")]);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(said.contains("cannot write") && !said.contains("this goes into"), "{said}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_collection() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = file("collected-private.zip");
    let _ = fs::remove_file(&path);
    let arguments = ["local", "-q", "--role", "client", "--fail-on", "never", "--collect"];
    let made = rdptrace(&[&arguments[..], &[path.to_str().expect("text")]].concat());
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert_eq!(text(&made.stderr), "");
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
}
