//! Proxies and Kerberos of a machine: which settings count, and for what.

use rdptrace::{
    local::Value,
    report::{
        CheckStatus::{NotApplicable, Ok, Unknown, Warning},
        Os::{Linux, Macos, Windows},
    },
};

use crate::local_tables::{
    Has::{Holds, Prints, Set, Text, Variable},
    Row, assert_says, number, text,
};

#[test]
fn the_proxy_of_the_environment_matters_where_freerdp_takes_it() {
    let https = Variable("https_proxy", "http://proxy.corp.example:3128");
    let rows: [Row<'_>; 5] = [
        (&[], Ok, "the environment names no proxy"),
        (&[Variable("http_proxy", "http://proxy:1")], Ok, "matters for web addresses"),
        (std::slice::from_ref(&https), Warning, "FreeRDP and what is built on it take https_proxy"),
        (&[https.clone(), Variable("no_proxy", "other")], Warning, "take https_proxy"),
        (
            &[https.clone(), Variable("no_proxy", "rdsh01.corp.example")],
            Ok,
            "no_proxy spares FreeRDP the proxy",
        ),
    ];
    assert_says("proxy-environment", Linux, Some("rdsh01.corp.example"), &rows);
}

#[test]
fn the_proxies_of_a_mac_are_those_that_are_switched_on() {
    let says = |code, text| Prints("scutil --proxy", code, text);
    let rows: [Row<'_>; 7] = [
        (&[], Unknown, "scutil does not tell"),
        (&[says(1, "")], Unknown, "scutil does not tell"),
        (&[says(0, "  HTTPEnable : 0\n")], Unknown, "is not understood"),
        (&[says(0, "<dictionary> {\n  HTTPEnable : 0\n  HTTPProxy : proxy\n}\n")], Ok, "name no proxy"),
        (
            &[says(0, "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSProxy : proxy\n  HTTPSPort : 3128\n}\n")],
            Ok,
            "matters for web",
        ),
        (
            &[says(0, "<dictionary> {\n  SOCKSEnable : 1\n  SOCKSProxy : proxy\n}\n")],
            Warning,
            "go through the SOCKS proxy",
        ),
        (
            &[says(
                0,
                "<dictionary> {\n  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://x/p.pac\n}\n",
            )],
            Ok,
            "matters for web",
        ),
    ];
    assert_says("proxy-system", Macos, None, &rows);
}

#[test]
fn a_proxy_of_windows_counts_where_it_is_switched_on() {
    const USER: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    const MACHINE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings";
    const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
    let enabled = |key, on| Set(key, "ProxyEnable", number(on));
    let server = |key| Set(key, "ProxyServer", text("proxy.corp.example:8080"));
    let rows: [Row<'_>; 6] = [
        (&[], Ok, "no proxy is set for this user"),
        (&[server(USER)], Ok, "no proxy is set for this user"),
        (&[enabled(USER, 0), server(USER)], Ok, "no proxy is set for this user"),
        (&[enabled(USER, 1), server(USER)], Ok, "a proxy is set for this user"),
        (&[enabled(USER, 1)], Warning, "a proxy is switched on for this user, and none is named"),
        (&[Set(USER, "AutoConfigURL", text("http://x/p.pac"))], Ok, "a proxy is set for this user"),
    ];
    assert_says("windows-proxy-user", Windows, None, &rows);
    let per_machine = |value| Set(POLICY, "ProxySettingsPerUser", number(value));
    let rows: [Row<'_>; 4] = [
        (&[enabled(MACHINE, 1), server(MACHINE)], NotApplicable, "proxies are set per user"),
        (&[per_machine(1), enabled(MACHINE, 1), server(MACHINE)], NotApplicable, "proxies are set per user"),
        (&[per_machine(0)], Ok, "no proxy is set for every user of this machine"),
        (&[per_machine(0), enabled(MACHINE, 1)], Warning, "is switched on for every user of this machine"),
    ];
    assert_says("windows-proxy-machine", Windows, None, &rows);
}

/// Two numbers that do not matter, flags, then the proxy, its exceptions and a script, each behind its length.
#[test]
fn the_proxy_of_winhttp_is_read_from_its_binary_value() {
    const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
    let value = |value| Set(KEY, "WinHttpSettings", value);
    let binary = |flags: u32, parts: &[&str]| {
        let mut bytes = [[0x46, 0, 0, 0], [7, 0, 0, 0], flags.to_le_bytes()].concat();
        for part in parts {
            bytes.extend(u32::try_from(part.len()).expect("it is short").to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        value(Value::Binary { binary: hex::encode(bytes) })
    };
    let direct = "services and WinHTTP use no proxy";
    let rows: [Row<'_>; 9] = [
        (&[], Ok, direct),
        (&[binary(1, &["proxy:8080", "", ""])], Ok, direct),
        (&[binary(1, &["", "", "http://x/p.pac"])], Ok, direct),
        (&[binary(3, &["", "", "http://x/p.pac"])], Ok, direct),
        (&[binary(3, &["proxy:8080", "<local>", ""])], Ok, "use a proxy"),
        (&[binary(5, &["", "", "http://x/p.pac"])], Ok, "use a proxy"),
        (&[binary(5, &["proxy:8080", ""])], Ok, direct),
        (&[binary(3, &["proxy:8080"])], Warning, "are damaged"),
        (&[value(text("proxy:8080"))], Warning, "are no binary value"),
    ];
    assert_says("windows-proxy-winhttp", Windows, None, &rows);
}

#[test]
fn kerberos_needs_a_realm_and_a_way_to_its_kdc() {
    let file = |text| Text("/etc/krb5.conf", text);
    let no_dns = "forbids to look for one in DNS";
    let example = file("[libdefaults]\n default_realm = ATHENA.MIT.EDU\n");
    let rows: [Row<'_>; 10] = [
        (&[], NotApplicable, "Kerberos is not set up"),
        (std::slice::from_ref(&example), NotApplicable, "its package's example"),
        (&[file("[libdefaults]\n")], Warning, "names no default realm"),
        (&[file("[libdefaults]\n default_realm = A.EXAMPLE\n")], Ok, "looks for its KDC in DNS"),
        (&[file("[libdefaults]\n default_realm = a.example\n")], Warning, "not in capitals"),
        (&[file("[libdefaults]\n default_realm = A.EXAMPLE\n dns_lookup_kdc = no\n")], Warning, no_dns),
        (&[file("[libdefaults]\n default_realm = A.EXAMPLE\n dns_fallback = off\n")], Warning, no_dns),
        (
            &[file("[libdefaults]\n default_realm = A.EXAMPLE\n dns_fallback = no\n dns_lookup_kdc = yes\n")],
            Ok,
            "looks for its KDC in DNS",
        ),
        (
            &[file(
                "[libdefaults]\n default_realm = A.EXAMPLE\n dns_lookup_kdc = no\n[realms]\n A.EXAMPLE = {\n  kdc = dc\n }\n",
            )],
            Ok,
            "a realm and its KDC",
        ),
        (
            &[file(
                "[libdefaults]\n default_realm = A.EXAMPLE\n dns_lookup_kdc = no\n[realms]\n B.EXAMPLE = {\n  kdc = dc\n }\n",
            )],
            Warning,
            no_dns,
        ),
    ];
    assert_says("kerberos-configuration", Linux, None, &rows);
    let skew = |text| file(text);
    let rows: [Row<'_>; 5] = [
        (&[file("[libdefaults]\n")], Ok, "five minutes apart"),
        (&[skew("[libdefaults]\n clockskew = 300\n")], Ok, "no more than servers do"),
        (&[skew("[libdefaults]\n clockskew = 60s\n")], Ok, "no more than servers do"),
        (&[skew("[libdefaults]\n clockskew = 301\n")], Warning, "more than servers do"),
        (&[skew("[libdefaults]\n clockskew = an hour\n")], Unknown, "not understood"),
    ];
    assert_says("kerberos-clock-skew", Linux, None, &rows);
    let realm = file("[libdefaults]\n default_realm = A.EXAMPLE\n");
    let klist = |code| Prints("klist -s", code, "");
    let rows: [Row<'_>; 6] = [
        (&[], NotApplicable, "Kerberos is not set up"),
        (&[example, klist(1)], NotApplicable, "Kerberos is not set up"),
        (&[file("[libdefaults]\n"), klist(0)], NotApplicable, "Kerberos is not set up"),
        (std::slice::from_ref(&realm), NotApplicable, "klist is not installed"),
        (&[realm.clone(), klist(0)], Ok, "has a Kerberos ticket that is valid"),
        (&[realm.clone(), klist(1)], Warning, "has no Kerberos ticket"),
    ];
    assert_says("kerberos-ticket", Linux, None, &rows);
}

/// MIT's libraries read what ends with .conf, and names of letters, digits, dashes and underscores; of hidden files nothing.
#[test]
fn of_a_folder_that_kerberos_includes_the_files_with_plain_names_count() {
    const REALM: &str = "[libdefaults]\n default_realm = A.EXAMPLE\n";
    let main = Text("/etc/krb5.conf", "includedir /etc/krb5.conf.d/\n[libdefaults]\n");
    for (name, path, is_read) in [
        ("realm.conf", "/etc/krb5.conf.d/realm.conf", true),
        ("my-realm_2", "/etc/krb5.conf.d/my-realm_2", true),
        (".realm.conf", "/etc/krb5.conf.d/.realm.conf", false),
        ("realm.rpmsave", "/etc/krb5.conf.d/realm.rpmsave", false),
        ("realm~", "/etc/krb5.conf.d/realm~", false),
    ] {
        let (status, words) =
            if is_read { (Ok, "looks for its KDC in DNS") } else { (Warning, "names no default realm") };
        let things = [main.clone(), Holds("/etc/krb5.conf.d/", name), Text(path, REALM)];
        assert_says("kerberos-configuration", Linux, None, &[(&things, status, words)]);
    }
}

/// What is nested deeper than any file needs is not read, and that is told.
#[test]
fn groups_of_krb5_conf_are_read_to_a_depth() {
    // A section is one group.
    for (groups, status) in [(63, Ok), (64, Unknown)] {
        let open: String = (0..groups).map(|number| format!("g{number} = {{\n")).collect();
        let text = format!("[libdefaults]\n default_realm = A.EXAMPLE\n{open}{}", "}\n".repeat(groups));
        let rows: [Row<'_>; 1] = [(&[Text("/etc/krb5.conf", text.leak())], status, "")];
        assert_says("kerberos-configuration", Linux, None, &rows);
    }
}
