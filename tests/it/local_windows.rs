//! What the checks of invented Windows clients learn for a comparison with the wire, and what they never tell.

use std::collections::BTreeMap;

use rdptrace::{
    local::{About, Event, File, Recorded, RoleChoice, Value, check},
    report::{CheckStatus, ClientAttempt, Os},
};
use time::{Duration, OffsetDateTime};

use crate::local::{invented, nothing};

/// What stands for a secret in the invented machines.
const SECRET: &str = "not-to-be-shown";

#[test]
fn the_facts_of_windows_clients_are_as_reviewed() {
    for invented in invented().into_iter().filter(|invented| invented.name.starts_with("windows-client-")) {
        let checked = check(&invented.machine, invented.role, invented.subject.as_ref());
        let facts = serde_json::to_string_pretty(&checked.machine).expect("facts are JSON");
        insta::assert_snapshot!(format!("facts_{}", invented.name), facts);
    }
}

#[test]
fn no_check_tells_a_secret() {
    let mut held = false;
    for invented in invented() {
        let machine = serde_json::to_string(&invented.machine).expect("answers are JSON");
        held |= machine.contains(SECRET);
        let checked = check(&invented.machine, invented.role, invented.subject.as_ref());
        let told = serde_json::to_string(&(checked.machine, checked.checks)).expect("results are JSON");
        assert!(!told.contains(SECRET), "{} tells it: {told}", invented.name);
    }
    assert!(held, "no invented machine holds a secret, so nothing was tested");
}

const LOG: &str = "Microsoft-Windows-TerminalServices-RDPClient/Operational";
const CONNECTIONS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";

/// Events of the client, the oldest first, with what `Value` holds.
fn attempts(log: &[(u32, &str)]) -> Vec<(String, bool, Option<u32>)> {
    let mut machine = windows();
    let begin = OffsetDateTime::from_unix_timestamp(1_795_000_000).expect("a time");
    let event = |(second, (id, value)): (i64, &(u32, &str))| Event {
        id: *id,
        provider: "Microsoft-Windows-TerminalServices-ClientActiveXCore".to_owned(),
        at: (begin + Duration::seconds(second)).into(),
        level: Some(4),
        data: BTreeMap::from([("Value".to_owned(), (*value).to_owned())]),
    };
    let mut events: Vec<_> = (0..).zip(log).map(event).collect();
    events.reverse();
    machine.events.insert(LOG.to_owned(), events);
    let found = check(&machine, RoleChoice::Client, None).machine.attempts;
    let plain =
        |attempt: ClientAttempt| (attempt.server.unwrap_or_default(), attempt.connected, attempt.reason);
    found.into_iter().map(plain).collect()
}

fn windows() -> Recorded {
    let now = OffsetDateTime::from_unix_timestamp(1_795_000_100).expect("a time").into();
    let version = Some("10.0.26100.8655".to_owned());
    Recorded::new(About { system: Os::Windows, version, elevated: Some(false), now, complete: true })
}

#[test]
fn an_end_belongs_to_the_newest_attempt_that_has_none() {
    let interleaved =
        attempts(&[(1024, "one"), (1025, ""), (1024, "two"), (1026, "516"), (1024, "three"), (1026, "0x3")]);
    let [three, two, one] = &interleaved[..] else { panic!("three attempts: {interleaved:?}") };
    assert_eq!(*three, ("three".to_owned(), false, Some(3)));
    assert_eq!(*two, ("two".to_owned(), false, Some(516)));
    assert_eq!(*one, ("one".to_owned(), true, None));
}

#[test]
fn a_question_to_the_user_is_not_the_end_of_an_attempt() {
    let asked = attempts(&[(1024, "one"), (1026, "263"), (1025, ""), (1026, "2308")]);
    assert_eq!(asked, [("one".to_owned(), true, Some(2308))]);
    let given_up = attempts(&[(1024, "one"), (1026, "263")]);
    assert_eq!(given_up, [("one".to_owned(), false, Some(263))]);
}

#[test]
fn an_end_without_a_beginning_or_without_a_number_is_nothing() {
    assert_eq!(attempts(&[(1026, "516"), (1025, "")]), []);
    assert_eq!(attempts(&[(1024, "one"), (1026, "soon")]), [("one".to_owned(), false, None)]);
}

#[test]
fn damaged_settings_of_winhttp_name_no_proxy() {
    let whole = "28000000000000000300000017000000\
                 70726f78792e636f72702e6578616d706c653a33\
                 31323800000000";
    for digits in 0..whole.len() {
        let mut machine = windows();
        let value = Value::Binary { binary: whole[..digits].to_owned() };
        let values = BTreeMap::from([("WinHttpSettings".to_owned(), value)]);
        machine.registry.insert(CONNECTIONS.to_owned(), values);
        let proxies = check(&machine, RoleChoice::Client, None).machine.proxies;
        assert!(proxies.is_empty(), "{digits} digits: {proxies:?}");
    }
}

/// A client of another Windows was copied there: it is no newer than the system, and no more than a hundred builds older. That of
/// Windows 7 was replaced by newer ones.
#[test]
fn a_client_belongs_to_its_windows_by_its_build() {
    let row = |system: &str, mstsc: &str, control: &str| {
        let about = About {
            system: Os::Windows,
            version: Some(system.to_owned()),
            elevated: None,
            now: nothing(Os::Windows, true).machine.now,
            complete: true,
        };
        let mut machine = Recorded::new(about);
        for (name, version) in [("mstsc.exe", mstsc), ("mstscax.dll", control)] {
            let file = File { version: Some(version.to_owned()), readable: true, ..File::default() };
            machine.files.insert(format!(r"%SystemRoot%\System32\{name}"), file);
        }
        let checks = check(&machine, RoleChoice::Client, None).checks;
        let made = checks.into_iter().find(|check| check.code == "program-version").expect("it is made");
        (made.status, made.message)
    };
    let (other, parts) = ("not the one of this Windows", "of different builds");
    for (system, mstsc, control, status, words) in [
        ("10.0.26100.1", "10.0.26100.7", "10.0.26100.9", CheckStatus::Ok, "belongs to this Windows"),
        ("10.0.26200.1", "10.0.26100.7", "10.0.26100.7", CheckStatus::Ok, "belongs to this Windows"),
        ("10.0.26201.1", "10.0.26100.7", "10.0.26100.7", CheckStatus::Warning, other),
        ("10.0.26100.1", "10.0.26101.7", "10.0.26101.7", CheckStatus::Warning, other),
        ("10.0.26100.1", "10.0.26100.7", "10.0.19041.7", CheckStatus::Warning, parts),
        ("6.1.7601.1", "6.3.9600.7", "6.3.9600.7", CheckStatus::Ok, "belongs to this Windows"),
        ("6.1.7601.1", "6.0.6002.7", "6.0.6002.7", CheckStatus::Warning, other),
        ("6.1.7601.1", "10.0.10240.7", "10.0.10240.7", CheckStatus::Warning, other),
    ] {
        let said = row(system, mstsc, control);
        assert!(said.0 == status && said.1.contains(words), "{system} {mstsc} {control}: {said:?}");
    }
}
