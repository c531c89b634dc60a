//! Files of a host: what of it they tell, as what they are checked, and that neither is buried.

use std::{fs, path::PathBuf};

use rdptrace::{
    internal::local::files::{Files, Given},
    local::{Checked, RoleChoice, check},
    report::{
        CheckStatus, LocalCheck,
        Role::{self, Client, Host},
    },
};
use serde_json::Value as Json;
use time::Duration;

use super::{
    evtx_writer::{Sample, log},
    hive_writer::{Node, hive},
    logs::{CLIENT, noon},
    machine::folder,
};
use crate::program::{Served, rdptrace, text};

pub(super) const SERVER: &str = r"SYSTEM\CurrentControlSet\Control\Terminal Server";
pub(super) const LISTENER: &str = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";
const POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
const TRANSPORT: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational";
const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";
const OFF: &str = "\"fDenyTSConnections\"=dword:00000001";

/// Files by name.
type Sent = Vec<(&'static str, Vec<u8>)>;

pub(super) fn export(keys: &[(&str, &str)]) -> Vec<u8> {
    let mut text = "Windows Registry Editor Version 5.00\r\n\r\n".to_owned();
    for (key, values) in keys {
        text += &format!("[HKEY_LOCAL_MACHINE\\{key}]\r\n{values}\r\n\r\n");
    }
    text.into_bytes()
}

fn events(channel: &'static str) -> Vec<u8> {
    log([Sample { channel, provider: "Test", id: 1, at: noon(), data: Vec::new() }].into_iter())
}

fn user() -> Vec<u8> {
    let mut root = Node::default();
    root.at(r"Software\Microsoft\Terminal Server Client");
    root.at("Environment");
    hive(&root)
}

/// A folder of these files.
pub(super) fn sent(name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let folder = folder(name);
    for (name, content) in files {
        fs::write(folder.join(name), content).expect("a file");
    }
    folder
}

pub(super) fn checked(name: &str, files: &[(&str, Vec<u8>)], choice: RoleChoice) -> Checked {
    let files = Files::open(&[Given::Folder(sent(name, files))]).unwrap_or_else(|why| panic!("{why}"));
    check(&files, choice, None)
}

pub(super) fn find<'a>(checked: &'a Checked, code: &str) -> &'a LocalCheck {
    checked.checks.iter().find(|check| check.code == code).expect("the check was made")
}

/// The check, the key and the value that is all that the files hold, and what is said of it.
#[test]
fn a_value_that_is_wrong_is_told_where_no_policy_is_at_hand() {
    use CheckStatus::{Error, Unknown, Warning};
    let rows = [
        ("listener-connections-allowed", SERVER, "\"fDenyTSConnections\"=dword:1", Error),
        ("listener-connections-allowed", SERVER, "\"fDenyTSConnections\"=dword:0", Unknown),
        ("listener-connections-allowed", SERVER, "\"x\"=dword:0", Unknown),
        ("listener-nla", LISTENER, "\"UserAuthentication\"=dword:0", Warning),
        ("listener-nla", LISTENER, "\"UserAuthentication\"=dword:1", Unknown),
        ("listener-nla", LISTENER, "\"x\"=dword:1", Unknown),
        ("listener-security-layer", LISTENER, "\"SecurityLayer\"=dword:0", Warning),
        ("listener-security-layer", LISTENER, "\"SecurityLayer\"=dword:2", Unknown),
        ("listener-encryption-level", LISTENER, "\"MinEncryptionLevel\"=dword:4", Warning),
        ("listener-encryption-level", LISTENER, "\"MinEncryptionLevel\"=dword:3", Unknown),
        ("listener-single-session", SERVER, "\"fSingleSessionPerUser\"=dword:9", Warning),
        ("listener-single-session", SERVER, "\"fSingleSessionPerUser\"=dword:1", Unknown),
        ("host-takes-logons", SERVER, "\"TSServerDrainMode\"=dword:1", Warning),
    ];
    for (code, key, value, status) in rows {
        let files = [("own.reg", export(&[(key, value)]))];
        let checked = checked("host-own", &files, RoleChoice::Host);
        let said = find(&checked, code);
        assert_eq!(said.status, status, "{code} {value}: {}", said.message);
        if status == Unknown {
            assert!(said.message.ends_with("the files at hand do not hold it"), "{}", said.message);
            assert_eq!(said.observed.is_some(), !value.contains("\"x\""), "{code} {value}");
        } else if code != "host-takes-logons" {
            assert!(said.message.starts_with("this machine's own setting: "), "{}", said.message);
            assert!(said.message.contains("Terminal Services\\"), "{}", said.message);
        }
    }
    let policy = [("policy.reg", export(&[(POLICY, OFF)]))];
    let said = checked("host-policy", &policy, RoleChoice::Host);
    let said = find(&said, "listener-connections-allowed");
    assert_eq!((said.status, said.message.as_str()), (Error, "a policy switches Remote Desktop off"));
}

#[test]
fn files_are_checked_as_what_they_are_of() {
    let off = || ("server.reg", export(&[(SERVER, OFF)]));
    let on = || ("server.reg", export(&[(SERVER, "\"fDenyTSConnections\"=dword:0")]));
    let listener = || ("listener.reg", export(&[(LISTENER, "\"PortNumber\"=dword:00000d3d")]));
    let transport = || ("t.evtx", events(TRANSPORT));
    let client = || ("c.evtx", events(CLIENT));
    let rows: Vec<(Sent, Vec<Role>)> = vec![
        (vec![transport()], vec![Host]),
        (vec![off()], vec![Host]),
        (vec![on()], vec![Host]),
        (vec![listener()], vec![Host]),
        (vec![transport(), off()], vec![Host]),
        (vec![client()], vec![Client]),
        (vec![("NTUSER.DAT", user())], vec![Client]),
        (vec![client(), transport()], vec![Client, Host]),
        (vec![client(), on()], vec![Client, Host]),
        // Every Windows has these keys.
        (vec![client(), off(), listener()], vec![Client]),
        (vec![("s.evtx", events("Security"))], vec![Host]),
        (vec![("s.evtx", events(SYSMON))], vec![Client]),
    ];
    for (files, roles) in rows {
        let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(checked("host-roles", &files, RoleChoice::Auto).machine.roles, roles, "{names:?}");
    }
}

#[test]
fn a_trace_shows_what_is_wrong_with_the_host_whose_files_stand_beside_it() {
    let files = [("server.reg", export(&[(SERVER, OFF)])), ("t.evtx", events(TRANSPORT))];
    let folder = sent("host-beside", &files);
    let folder = folder.to_str().expect("a path of text");
    let served = Served::start(&[]);
    let trace = ["trace", &served.1, "--host-files", folder, "--experiments", "off"];
    let page = text(&rdptrace(&trace).stdout).to_owned();
    assert!(page.contains("listener-connections-allowed: this machine's own setting"), "{page}");
    let json = rdptrace(&[&trace[..], &["--format", "json"]].concat());
    let report: Json = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(report["machine"]["roles"], serde_json::json!(["host"]));
}

#[test]
fn what_no_file_holds_is_one_line_of_the_page() {
    let folder = sent("host-page", &[("server.reg", export(&[(SERVER, OFF)]))]);
    let folder = folder.to_str().expect("a path of text");
    let page = rdptrace(&["local", "--host-files", folder]);
    assert_eq!(page.status.code(), Some(1), "{}", text(&page.stderr));
    let page = text(&page.stdout);
    let unknown: Vec<_> = page.lines().filter(|line| line.starts_with("  unknown")).collect();
    let [only] = unknown.as_slice() else { panic!("{page}") };
    assert!(only.contains("checks: the files at hand do not hold what they ask"), "{page}");
    assert!(page.contains("server.reg: hklm\\system\\currentcontrolset\\control\\terminal server"), "{page}");
    let json = rdptrace(&["local", "--host-files", folder, "--format", "json"]);
    let report: Json = serde_json::from_slice(&json.stdout).expect("JSON");
    let checks = report["local"].as_array().expect("checks");
    assert!(checks.iter().filter(|check| check["status"] == "unknown").count() > 10);
}

#[test]
fn files_that_answer_nothing_end_in_a_sentence() {
    let mut own = Node::default();
    own.at("Parameters").number("x", 1);
    let folder = sent("host-nothing", &[("sysmon.evtx", events(SYSMON))]);
    fs::write(folder.join("own.hiv.bin"), hive(&own)).expect("a file");
    let path = |name: &str| folder.join(name).to_str().expect("a path of text").to_owned();
    let (mounted, sysmon, all) =
        (format!("HKLM\\FOO={}", path("own.hiv.bin")), path("sysmon.evtx"), path(""));
    let cases: &[(&[&str], &str)] = &[
        (&["local", "--hive", &mounted], "HKLM\\FOO"),
        (&["local", "--evtx", &sysmon], SYSMON),
        (&["local", "--evtx", &sysmon, "--role", "host"], "no check as host asks"),
        (&["local", "--host-files", &all], SYSMON),
        (&["trace", "127.0.0.1:1", "--host-files", &all], SYSMON),
    ];
    for (arguments, sentence) in cases {
        let output = rdptrace(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_told() {
    let files = [("server.reg", export(&[(SERVER, OFF)])), ("rdp.evtx", b"no log".to_vec())];
    let checked = checked("host-misnamed", &files, RoleChoice::Auto);
    let last = checked.checks.last().expect("a check");
    assert_eq!((last.status, last.message.as_str()), (CheckStatus::Warning, "rdp.evtx: it is no event log"));
    let observed = last.observed.as_deref().unwrap_or_default();
    assert!(observed.starts_with("read: server.reg: "), "{observed}");
}

/// A log of which each check says ok has a span, and an old error in it is not lost behind what nobody looks for.
#[test]
fn an_old_error_is_told_and_every_ok_says_from_when_to_when() {
    let system = |provider, id, days: i64| Sample {
        channel: "System",
        provider,
        id,
        at: noon() - Duration::days(days),
        data: Vec::new(),
    };
    let others = |count: i64| (0..count).map(move |_| system("Service Control Manager", 7036, 0));
    let rows: [(&str, Vec<Sample>, CheckStatus, &str); 2] = [
        (
            "host-log-listener",
            others(700).chain([system("TermDD", 50, 40)]).collect(),
            CheckStatus::Warning,
            "50 once, on 2026-10-13 12:00 UTC; from 2026-10-13 12:00 UTC to 2026-11-22 12:00 UTC",
        ),
        (
            "host-log-listener",
            others(3).chain([system("Service Control Manager", 7036, 40)]).collect(),
            CheckStatus::Ok,
            "the log tells of no trouble of the listener from 2026-10-13 12:00 UTC to 2026-11-22 12:00 UTC",
        ),
    ];
    for (code, samples, status, words) in rows {
        let files = [("System.evtx", log(samples.into_iter()))];
        let checked = checked("host-span", &files, RoleChoice::Host);
        let said = find(&checked, code);
        let told = format!("{}; {}", said.message, said.observed.as_deref().unwrap_or_default());
        assert_eq!(said.status, status, "{told}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_log_without_events_says_nothing() {
    let files = [("System.evtx", log(std::iter::empty()))];
    let checked = checked("host-empty", &files, RoleChoice::Host);
    let said = find(&checked, "host-log-listener");
    assert_eq!(said.status, CheckStatus::Unknown);
    assert_eq!(said.message, "the log System: it was exported without any event, so it tells nothing");
}

/// Whatever a folder holds, it is one line.
#[test]
fn a_folder_of_damaged_files_is_one_line() {
    let mut dirty = events("Security");
    dirty[120] = 1;
    let names: Vec<&'static str> = vec!["a.evtx", "b.evtx", "c.evtx", "d.evtx", "e.evtx", "f.evtx"];
    let mut files: Sent = names.into_iter().map(|name| (name, dirty.clone())).collect();
    files.push(("g.evtx", b"no log".to_vec()));
    let checked = checked("host-many-damaged", &files, RoleChoice::Host);
    let last = checked.checks.last().expect("a check");
    assert_eq!(
        last.message,
        "6 files: it was copied while it was in use, so its newest events may be missing; one file: it is no event log"
    );
    let observed = last.observed.as_deref().unwrap_or_default();
    assert_eq!(observed, "g.evtx; a.evtx; b.evtx; c.evtx; and 3 more; read: 6 event logs");
}

/// The registry tells how a service starts, and not whether it runs.
#[test]
fn how_a_service_starts_is_read_from_the_registry() {
    const NETLOGON: &str = r"SYSTEM\CurrentControlSet\Services\Netlogon";
    for (start, shown) in [
        (0, "starts with Windows"),
        (2, "starts with Windows"),
        (3, "starts on demand"),
        (4, "disabled"),
        (5, "start not known"),
    ] {
        let value = format!("\"Start\"=dword:{start:08x}");
        let files =
            [("host.reg", export(&[(LISTENER, "\"UserAuthentication\"=dword:1"), (NETLOGON, &value)]))];
        let said = checked(&format!("starts-{start}"), &files, RoleChoice::Host);
        let said = find(&said, "service-netlogon");
        assert_eq!(said.status, CheckStatus::Unknown, "{said:?}");
        let observed = said.observed.as_deref().unwrap_or_default();
        assert_eq!(observed, format!("Netlogon: state not known, {shown}"));
    }
}
