//! What a redacted collection leaves out because it may hold names that nothing marks, and where it looks for names: a name
//! without dots is known by its place alone, and then replaced everywhere.

use rdptrace::{
    local::{About, Collection, Event, File, Output, Recorded, Value},
    report::Os,
};
use time::OffsetDateTime;

const SYSTEM_STORE: &str = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\Remote Desktop\Certificates\AB";
const LISTENER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";
const PROXIES: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";

fn machine(system: Os) -> Recorded {
    let now = OffsetDateTime::from_unix_timestamp(1_795_348_800).expect("a time").into();
    Recorded::new(About { system, version: None, elevated: None, now, complete: true })
}

fn redacted(machine: &Recorded) -> Recorded {
    Collection::new(machine, machine.clone(), None, true).machine
}

fn set(machine: &mut Recorded, key: &str, name: &str, value: Value) {
    machine.registry.entry(key.to_owned()).or_default().insert(name.to_owned(), value);
}

fn digits(count: usize) -> Value {
    Value::Binary { binary: "ab".repeat(count / 2) }
}

/// A digest is never longer, so it stays; of what is longer only the length does, and of a certificate nothing.
#[test]
fn a_binary_value_that_may_hold_names_is_not_taken() {
    let mut whole = machine(Os::Windows);
    for (name, value) in [("Blob", digits(66)), ("Hash", digits(64)), ("Count", Value::Number(1))] {
        set(&mut whole, SYSTEM_STORE, name, value);
    }
    let alone = format!("{SYSTEM_STORE}CD");
    set(&mut whole, &alone, "Blob", digits(400));
    for (name, value) in
        [("SSLCertificateSHA1Hash", digits(40)), ("Longest", digits(64)), ("Long", digits(66))]
    {
        set(&mut whole, LISTENER, name, value);
    }
    let kept = redacted(&whole);
    assert_eq!(kept.registry[SYSTEM_STORE].keys().collect::<Vec<_>>(), ["Count", "Hash"]);
    assert_eq!(kept.registry[SYSTEM_STORE]["Hash"], digits(64));
    assert!(!kept.registry.contains_key(&alone), "an empty key tells nothing");
    for key in [SYSTEM_STORE, &alone] {
        let why = &kept.unreadable[&format!("value {key}\\Blob")];
        assert!(
            format!("{why:?}").contains("a certificate holds names, so it was not taken along"),
            "{why:?}"
        );
    }
    let listener = &kept.registry[LISTENER];
    assert_eq!((&listener["SSLCertificateSHA1Hash"], &listener["Longest"]), (&digits(40), &digits(64)));
    assert_eq!(listener["Long"], Value::Binary { binary: "0".repeat(66) });
}

#[test]
fn the_paths_of_proxies_are_left_out_and_their_addresses_kept() {
    let mut whole = machine(Os::Windows);
    for (name, given, expected) in [
        (
            "ProxyServer",
            "http=http://10.0.0.9:80/a/b;https=10.0.0.8:81",
            "http=http://10.0.0.9:80/;https=10.0.0.8:81",
        ),
        ("AutoConfigURL", "http://10.0.0.9/p.pac?who", "http://10.0.0.9/"),
        ("ProxyOverride", "10.0.0.7 http://10.0.0.6/x,10.0.0.5", "10.0.0.7 http://10.0.0.6/,10.0.0.5"),
    ] {
        set(&mut whole, PROXIES, name, Value::Text(given.to_owned()));
        assert_eq!(redacted(&whole).registry[PROXIES][name], Value::Text(expected.to_owned()));
    }
    set(&mut whole, PROXIES, "Home", Value::Text("http://10.0.0.9/way".to_owned()));
    assert_eq!(redacted(&whole).registry[PROXIES]["Home"], Value::Text("http://10.0.0.9/way".to_owned()));
    // Of what WinHTTP keeps three texts are known, and nothing is taken of what follows them.
    let binary = |texts: &[&str]| {
        let texts = texts.iter().map(|text| [&[text.len() as u8, 0, 0, 0], text.as_bytes()].concat());
        Value::Binary { binary: hex::encode([vec![0x28; 12], texts.collect::<Vec<_>>().concat()].concat()) }
    };
    set(
        &mut whole,
        PROXIES,
        "WinHttpSettings",
        binary(&["10.0.0.9:80", "10.0.0.8", "http://10.0.0.9/p", "more"]),
    );
    let kept = &redacted(&whole).registry[PROXIES]["WinHttpSettings"];
    assert_eq!(kept, &binary(&["10.0.0.9:80", "10.0.0.8", "http://10.0.0.9/"]));
    // What stands before the last @ may be a piece of a password.
    for (given, expected) in [
        ("http=10.0.0.9:80;https=anna:pw@10.0.0.8:81", "http=10.0.0.9:80;https=10.0.0.8:81"),
        ("http://anna:p@w@10.0.0.9:3128", "http://10.0.0.9:3128"),
        ("anna@10.0.0.9", "10.0.0.9"),
    ] {
        set(&mut whole, PROXIES, "ProxyServer", Value::Text(given.to_owned()));
        let kept =
            &Collection::new(&whole, whole.clone(), None, false).machine.registry[PROXIES]["ProxyServer"];
        assert_eq!(kept, &Value::Text(expected.to_owned()));
    }
    let mut whole = machine(Os::Macos);
    for (name, given) in [("http_proxy", "http://10.0.0.9:3128/way"), ("OTHER", "http://10.0.0.9/way")] {
        whole.variables.insert(name.to_owned(), given.to_owned());
    }
    for (line, text) in [
        ("scutil --proxy", "  ProxyAutoConfigURLString : http://10.0.0.9/p.pac\n  HTTPEnable : 0\n"),
        (
            "cmdkey /list:TERMSRV/10.0.0.9",
            "Currently stored\n    Target: TERMSRV\n    target=TERMSRV/10.0.0.9\n    Type: Domain",
        ),
    ] {
        whole.commands.insert(line.to_owned(), Output { code: 0, text: text.to_owned() });
    }
    let kept = redacted(&whole);
    assert_eq!(kept.variables["http_proxy"], "http://10.0.0.9:3128/");
    assert_eq!(kept.variables["OTHER"], "http://10.0.0.9/way");
    let scutil = &kept.commands["scutil --proxy"].text;
    assert_eq!(scutil, "  ProxyAutoConfigURLString : http://10.0.0.9/\n  HTTPEnable : 0\n");
    assert_eq!(kept.commands["cmdkey /list:TERMSRV/10.0.0.9"].text.trim(), "target=TERMSRV/10.0.0.9");
}

#[test]
fn comments_and_certificates_are_left_out_and_settings_kept() {
    let mut whole = machine(Os::Linux);
    for (path, text) in [
        ("/etc/xrdp/xrdp.ini", "# a\n ; b\n[Globals]\nport=3389 # c\nls_title=a#b\nblack=#000000\n"),
        ("/home/u/.config/freerdp/known_hosts2", "10.0.0.9 3389 ab:cd U3ViamVjdA== SXNzdWVy\n"),
        ("/etc/xrdp/trusted.pem", "-----BEGIN TRUSTED CERTIFICATE-----\n"),
        ("/etc/xrdp/cert.pem", "text before\n-----BEGIN CERTIFICATE-----\n"),
    ] {
        whole.texts.insert(path.to_owned(), text.to_owned());
    }
    let kept = redacted(&whole);
    let ini = &kept.texts["/etc/xrdp/xrdp.ini"];
    assert_eq!(ini, "[Globals]\nport=3389 # ...\nls_title=a#b\nblack=#000000\n");
    let known = kept.texts.iter().find(|(path, _)| path.contains("known_hosts")).expect("it is kept").1;
    assert_eq!(known, "10.0.0.9 3389 ab:cd\n");
    for path in ["/etc/xrdp/trusted.pem", "/etc/xrdp/cert.pem"] {
        assert!(!kept.texts.contains_key(path), "{path}");
        assert!(kept.unreadable.contains_key(&format!("text {path}")), "{:?}", kept.unreadable.keys());
    }
}

#[test]
fn files_that_people_give_names_to_keep_their_order_and_their_kind() {
    let mut whole = machine(Os::Linux);
    let folder = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    whole.folders.insert("/etc/krb5.conf.d".to_owned(), folder(&["10-mine.conf", "20-mine"]));
    whole.folders.insert("/usr/local/share/ca-certificates/".to_owned(), folder(&["mine.crt", "ours.pem"]));
    whole.folders.insert("/etc/xrdp".to_owned(), folder(&["sesman.ini"]));
    whole.texts.insert("/etc/krb5.conf.d/20-mine".to_owned(), "[libdefaults]\n".to_owned());
    let kept = redacted(&whole);
    assert_eq!(kept.folders["/etc/krb5.conf.d"], ["file-0000.conf", "file-0001"]);
    assert_eq!(kept.folders["/usr/local/share/ca-certificates/"], ["file-0000.crt", "file-0001.pem"]);
    assert_eq!(kept.folders["/etc/xrdp"], ["sesman.ini"]);
    assert_eq!(kept.texts["/etc/krb5.conf.d/file-0001"], "[libdefaults]\n");
}

/// Where a machine has the name `zanzibar`, and nothing else that is a name.
type Place = (&'static str, fn(&mut Recorded));

const PLACES: &[Place] = &[
    ("a hosts file", |on| text(on, "/etc/hosts", "10.0.0.9 zanzibar\n")),
    ("a hosts file of Windows", |on| {
        text(on, r"C:\Windows\System32\drivers\etc\hosts", "10.0.0.9 a zanzibar # b\r\n")
    }),
    ("a search list", |on| text(on, "/etc/resolv.conf", "search zanzibar\n")),
    ("a domain of the resolver", |on| text(on, "/etc/resolv.conf", "domain zanzibar\n")),
    ("what FreeRDP knows", |on| text(on, "/home/u/.freerdp/known_hosts", "zanzibar ab:cd\n")),
    ("a setting", |on| text(on, "/etc/some.conf", "default_realm = zanzibar\n")),
    ("what a command prints", |on| {
        let said = Output { code: 0, text: "  Principal: zanzibar@X.EXAMPLE\n".to_owned() };
        on.commands.insert("klist".to_owned(), said);
    }),
    ("a rule of the resolver", |on| folder(on, "/etc/resolver", "zanzibar")),
    ("a certificate that FreeRDP keeps", |on| {
        folder(on, "/home/u/.config/freerdp/server", "zanzibar_3389.pem")
    }),
    ("who owns a file", |on| {
        on.files
            .insert("/etc/some".to_owned(), File { owner: Some("zanzibar".to_owned()), ..File::default() });
    }),
    ("the group of a file", |on| {
        on.files
            .insert("/etc/some".to_owned(), File { group: Some("zanzibar".to_owned()), ..File::default() });
    }),
    ("a host that mstsc remembers", |on| {
        set(on, r"HKCU\Software\Microsoft\Terminal Server Client\Servers\zanzibar", "x", Value::Number(1));
    }),
    ("a key of one", |on| {
        let above = r"HKCU\Software\Microsoft\Terminal Server Client\Servers".to_owned();
        on.subkeys.insert(above, vec!["zanzibar".to_owned()]);
    }),
    ("a value with a telling name", |on| {
        set(on, r"HKCU\Software\X", "UsernameHint", Value::Text(r"corp\zanzibar".to_owned()));
    }),
    ("a variable", |on| drop(on.variables.insert("LOGONSERVER".to_owned(), r"\\zanzibar".to_owned()))),
    ("a profile", |on| drop(on.variables.insert("USERPROFILE".to_owned(), r"C:\Users\zanzibar".to_owned()))),
    ("a proxy", |on| drop(on.variables.insert("https_proxy".to_owned(), "http://zanzibar:3128".to_owned()))),
    ("an event", |on| told(on, &[("TargetServerName", "zanzibar")])),
    ("a pair of an event", |on| told(on, &[("Name", "Server Name"), ("Value", "zanzibar")])),
    ("another pair of an event", |on| told(on, &[("Info", "Server Name"), ("Value", "zanzibar")])),
];

fn text(machine: &mut Recorded, path: &str, content: &str) {
    machine.texts.insert(path.to_owned(), content.to_owned());
}

fn folder(machine: &mut Recorded, path: &str, name: &str) {
    machine.folders.insert(path.to_owned(), vec![name.to_owned()]);
}

fn told(machine: &mut Recorded, data: &[(&str, &str)]) {
    let data = data.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let event = Event { id: 1024, provider: "Test".to_owned(), at: machine.machine.now, level: None, data };
    machine
        .events
        .entry("Microsoft-Windows-TerminalServices-RDPClient/Operational".to_owned())
        .or_default()
        .push(event);
}

#[test]
fn a_name_is_known_by_each_place_and_replaced_everywhere() {
    for (place, put) in PLACES {
        let mut whole = machine(Os::Linux);
        put(&mut whole);
        // A sentence marks no name.
        text(&mut whole, "/var/log/some", "it was said that zanzibar is slow\n");
        let kept = redacted(&whole);
        let sentence = &kept.texts["/var/log/some"];
        assert!(
            !sentence.contains("zanzibar") && sentence.starts_with("it was said that "),
            "{place}: {sentence}"
        );
        let all = serde_json::to_string(&kept).expect("JSON").to_lowercase();
        assert!(!all.contains("zanzibar"), "{place}: {all}");
    }
    // The machine's own names are asked for, though they are not taken along.
    let (mut own, mut taken) = (machine(Os::Windows), machine(Os::Windows));
    own.variables.insert("COMPUTERNAME".to_owned(), "ZANZIBAR".to_owned());
    text(&mut taken, "/var/log/some", "it was zanzibar\n");
    let taken = Collection::new(&own, taken, None, true).machine;
    assert_eq!(taken.texts["/var/log/some"], "it was host-1\n");
    let mut whole = machine(Os::Windows);
    set(&mut whole, r"HKCU\Software\X", "UsernameHint", Value::Text("Anna Maria Zanzibar".to_owned()));
    text(&mut whole, "/var/log/some", "it was Anna Maria Zanzibar who said so\n");
    let sentence = redacted(&whole).texts["/var/log/some"].clone();
    assert_eq!(sentence, "it was user-1 who said so\n", "a name of several words is one");
    let mut whole = machine(Os::Linux);
    text(&mut whole, "/var/log/some", "it was said that zanzibar is slow\n");
    assert_eq!(redacted(&whole).texts["/var/log/some"], "it was said that zanzibar is slow\n");
}
