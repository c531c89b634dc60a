//! What a machine has for single names and hosts: what mstsc remembers of them, and which DNS servers are asked for them; and what
//! its services say of themselves.

use rdptrace::{
    local::{Owner, RoleChoice, Service, ServiceState, StartType, Target, Value, check},
    report::{
        CheckStatus::{Error, NotApplicable, Ok, Unknown, Warning},
        Os::{Macos, Windows},
    },
};

use crate::{
    local::nothing,
    local_tables::{
        Has::{Holds, Runs, Set, Text},
        Row, assert_host_says, assert_says, list, text,
    },
};

/// A key below that of the hosts which mstsc knows.
macro_rules! server {
    ($name:literal) => {
        concat!(r"HKCU\Software\Microsoft\Terminal Server Client\Servers\", $name)
    };
}

/// A key below that of the rules for single domains.
macro_rules! rule {
    ($name:literal) => {
        concat!(r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig\", $name)
    };
}

const SHA1: &str = "00112233445566778899aabbccddeeff00112233";

fn hash(digits: &str) -> Value {
    Value::Binary { binary: digits.to_owned() }
}

#[test]
fn mstsc_remembers_a_host_by_its_name_and_perhaps_its_port() {
    const PLAIN: &str = server!("RDSH01.corp.example");
    const PORT: &str = server!("rdsh01.corp.example:3389");
    const OTHER: &str = server!("rdsh01.corp.example:3390");
    const ODD: &str = server!("rdsh01.corp.example:x");
    let known = |key| Set(key, "CertHash", hash(SHA1));
    let nothing = "the client remembers nothing of rdsh01.corp.example";
    let certificate = "a certificate of rdsh01.corp.example that its user accepted";
    let rows: [Row<'_>; 8] = [
        (&[], Ok, nothing),
        (&[known(PLAIN)], Ok, certificate),
        (&[known(PORT)], Ok, certificate),
        (&[known(OTHER)], Ok, nothing),
        (&[known(ODD)], Ok, nothing),
        (&[Set(PLAIN, "UsernameHint", text("anna"))], Ok, "but no certificate of it"),
        (&[Set(PLAIN, "CertHash", hash("0011"))], Warning, "is no hash"),
        (&[Set(PLAIN, "CertHash", text(SHA1))], Warning, "is no hash"),
    ];
    assert_says("client-key-remembered", Windows, Some("rdsh01.corp.example"), &rows);
    let rows: [Row<'_>; 2] = [
        (&[known(server!("2001:db8::15"))], Ok, "a certificate of 2001:db8::15 that its user accepted"),
        (&[known(server!("2001:db8::"))], Ok, "the client remembers nothing of 2001:db8::15"),
    ];
    assert_says("client-key-remembered", Windows, Some("2001:db8::15"), &rows);
}

/// What is compared with the certificate that a trace meets.
#[test]
fn the_certificates_that_mstsc_remembers_are_told_by_host_and_port() {
    let mut machine = nothing(Windows, true);
    let sha256 = "ab".repeat(32);
    let known = [
        (server!("rdsh01"), SHA1),
        (server!("rdsh02:3390"), sha256.as_str()),
        (server!("2001:db8::15"), SHA1),
        (server!("short"), "0011"),
    ];
    for (key, digits) in known {
        let values = machine.registry.entry(key.to_owned()).or_default();
        values.insert("CertHash".to_owned(), hash(digits));
    }
    let target = Target::new("rdsh01", 3389);
    let told = check(&machine, RoleChoice::Client, Some(&target)).machine.remembered;
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.host.as_str(), one.port, one.sha1.as_deref(), one.sha256.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("2001:db8::15", None, Some(SHA1), None),
            ("rdsh01", None, Some(SHA1), None),
            ("rdsh02", Some(3390), None, Some(sha256.as_str())),
        ]
    );
}

#[test]
fn a_rule_for_a_domain_fits_what_is_in_it() {
    const CORP: &str = rule!("{1}");
    const ALL: &str = rule!("{2}");
    let space = |key, space| Set(key, "Name", list(&[space]));
    let asks = |key| Set(key, "GenericDNSServers", text("192.0.2.53"));
    let (none, under) = ("no rule sends", |space: &str| format!("names under {space} are asked"));
    let (corp, whole, all) = (under(".corp.example"), under("corp.example"), under("."));
    let rows: [Row<'_>; 9] = [
        (&[], Ok, none),
        (&[space(CORP, ".corp.example"), asks(CORP)], Ok, &corp),
        (&[space(CORP, ".corp.example")], Warning, "a rule for .corp.example names no DNS server to ask"),
        (&[Set(CORP, "Name", text(".CORP.example")), asks(CORP)], Ok, "names under .CORP.example are asked"),
        (&[space(CORP, ".rp.example"), asks(CORP)], Ok, none),
        (&[space(CORP, "corp.example"), asks(CORP)], Ok, none),
        (
            &[space(CORP, ".rdsh01.corp.example"), asks(CORP)],
            Ok,
            "names under .rdsh01.corp.example are asked",
        ),
        (&[space(ALL, "."), asks(ALL)], Ok, &all),
        (&[space(ALL, "."), space(CORP, ".corp.example"), asks(CORP)], Ok, &corp),
    ];
    assert_says("names-own-server", Windows, Some("rdsh01.corp.example"), &rows);
    let rows: [Row<'_>; 2] = [
        (&[space(CORP, "corp.example"), asks(CORP)], Ok, &whole),
        (&[space(CORP, ".corp.example"), asks(CORP)], Ok, &corp),
    ];
    assert_says("names-own-server", Windows, Some("corp.example."), &rows);
    let rows: [Row<'_>; 1] = [(&[space(ALL, "."), asks(ALL)], NotApplicable, "no name of a target")];
    assert_says("names-own-server", Windows, Some("192.0.2.15"), &rows);
}

#[test]
fn a_mac_asks_the_servers_that_a_file_names() {
    let (folder, file) = (Holds("/etc/resolver", "corp.example"), "/etc/resolver/corp.example");
    let rows: [Row<'_>; 4] = [
        (&[], Ok, "no rule sends"),
        (&[folder.clone(), Text(file, "# gone\n")], Warning, "a rule for corp.example names no DNS server"),
        (&[folder.clone(), Text(file, "nameserver 192.0.2.53\n")], Ok, "names under corp.example are asked"),
        (&[Holds("/etc/resolver", "other.example")], Ok, "no rule sends"),
    ];
    assert_says("names-own-server", Macos, Some("rdsh01.corp.example"), &rows);
    let rows: [Row<'_>; 1] = [(&[folder, Text(file, "nameserver 192.0.2.53\n")], Ok, "no rule sends")];
    assert_says("names-own-server", Macos, Some("rdsh01.othercorp.example"), &rows);
}

/// Only in a domain does it start with Windows.
#[test]
fn netlogon_matters_where_it_should_run() {
    use ServiceState::{Changing, Running, Stopped};
    use StartType::{Automatic, Disabled, Manual};
    let is = |state, start| [Runs("Netlogon", state, start)];
    let rows: [Row<'_>; 8] = [
        (&[], NotApplicable, "there is no service Netlogon"),
        (&is(Running, Automatic), Ok, "Netlogon runs"),
        (&is(Running, Disabled), Ok, "Netlogon runs"),
        (&is(ServiceState::Unknown, Automatic), Unknown, "is not in these files"),
        (&is(Stopped, Automatic), Error, "logons cannot be checked with the domain"),
        (&is(Changing, Automatic), Error, "logons cannot be checked with the domain"),
        (&is(Stopped, Disabled), Warning, "Netlogon is disabled"),
        (&is(Stopped, Manual), NotApplicable, "waits for a domain"),
    ];
    assert_host_says("service-netlogon", &rows);
}

#[test]
fn a_service_that_a_host_needs_is_judged_by_what_it_does_and_how_it_starts() {
    use ServiceState::{Changing, Running, Stopped};
    use StartType::{Automatic, Disabled, Manual};
    let is = |state, start| [Runs("TermService", state, start)];
    let rows: [Row<'_>; 7] = [
        (&[], Error, "there is no service TermService, so nothing listens"),
        (&is(Running, Manual), Ok, "TermService runs"),
        (&is(Running, Disabled), Warning, "after the next restart of Windows nothing listens"),
        (&is(Stopped, Disabled), Error, "TermService is disabled, so nothing listens"),
        (&is(Stopped, Automatic), Error, "TermService does not run, so nothing listens"),
        (&is(Changing, Automatic), Warning, "is starting, stopping or paused"),
        (&is(ServiceState::Unknown, Manual), Unknown, "is not disabled"),
    ];
    assert_host_says("service-remote-desktop", &rows);
    let is = |state, start| [Runs("KeyIso", state, start)];
    let rows: [Row<'_>; 2] = [
        (&is(Stopped, Manual), Ok, "KeyIso starts when it is needed"),
        (&is(Stopped, Disabled), Error, "KeyIso is disabled"),
    ];
    assert_host_says("service-key-isolation", &rows);
    let is = |state| [Runs("Audiosrv", state, Automatic)];
    let rows: [Row<'_>; 5] = [
        (&[], NotApplicable, "no service Windows Audio"),
        (&is(Running), Ok, "does not hang"),
        (&is(Stopped), Ok, "does not hang"),
        (&is(Changing), Warning, "between two states"),
        (&is(ServiceState::Unknown), Unknown, "is not in these files"),
    ];
    assert_host_says("service-audio", &rows);
}

/// Whose the port is shows by its process, which not everybody may know.
#[test]
fn who_listens_on_the_port_is_compared_with_the_service() {
    let owner = |process| Owner { process, program: Some("svchost.exe".to_owned()) };
    let service = |state, process| Service { state, start: Some(StartType::Manual), process };
    let (running, stopped) = (ServiceState::Running, ServiceState::Stopped);
    for (listens, runs, status, words) in [
        (None, service(running, Some(9)), Error, "nothing listens on port 3389"),
        (Some(owner(None)), service(running, Some(9)), Unknown, "its process is not known"),
        (Some(owner(Some(9))), service(running, Some(9)), Ok, "TermService listens on port 3389"),
        (
            Some(owner(Some(8))),
            service(running, Some(9)),
            Error,
            "instead of TermService, which is process 9",
        ),
        (Some(owner(Some(8))), service(running, None), Unknown, "the process of TermService is not known"),
        (Some(owner(Some(8))), service(stopped, None), Error, "and TermService does not run"),
    ] {
        let mut machine = nothing(Windows, true);
        machine.services.insert("TermService".to_owned(), runs);
        machine.listeners.extend(listens.map(|owner| ("3389".to_owned(), owner)));
        let checks = check(&machine, RoleChoice::Host, None).checks;
        let made = checks.into_iter().find(|check| check.code == "service-port-owner").expect("it is made");
        assert_eq!(made.status, status, "{}", made.message);
        assert!(made.message.contains(words), "{}", made.message);
    }
}
