//! Checks that weigh several values, each with every answer that they have: an otherwise empty machine with these things in it.

use std::collections::BTreeMap;

use rdptrace::{
    local::{File, Output, Recorded, RoleChoice, Service, ServiceState, StartType, Target, Value},
    report::{
        CheckStatus::{self, Error, Ok, Unknown, Warning},
        Os::{self, Linux, Macos, Windows},
        Timestamp,
    },
};
use time::Duration;

use crate::{local::nothing, local_garbage::statuses};

/// A key below that of the policies.
macro_rules! concat_key {
    ($name:literal) => {
        concat!(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation", "\\", $name)
    };
}

/// A thing in a machine.
#[derive(Clone, Debug)]
pub(crate) enum Has {
    /// A value of the registry.
    Set(&'static str, &'static str, Value),
    Runs(&'static str, ServiceState, StartType),
    /// A command that ends with this code and prints this.
    Prints(&'static str, i32, &'static str),
    Variable(&'static str, &'static str),
    Text(&'static str, &'static str),
    /// A file that was changed so many minutes ago.
    Changed(&'static str, i64),
    /// A folder and its only entry.
    Holds(&'static str, &'static str),
}
use Has::{Changed, Holds, Prints, Runs, Set, Variable};

fn put(machine: &mut Recorded, thing: Has) {
    match thing {
        Set(key, name, value) => {
            let values: &mut BTreeMap<_, _> = machine.registry.entry(key.to_owned()).or_default();
            values.insert(name.to_owned(), value);
        }
        Runs(name, state, start) => {
            let service = Service { state, start: Some(start), process: None };
            machine.services.insert(name.to_owned(), service);
        }
        Prints(line, code, text) => {
            machine.commands.insert(line.to_owned(), Output { code, text: text.to_owned() });
        }
        Variable(name, value) => {
            machine.variables.insert(name.to_owned(), value.to_owned());
        }
        Has::Text(path, text) => {
            machine.texts.insert(path.to_owned(), text.to_owned());
        }
        Holds(path, name) => {
            machine.folders.insert(path.to_owned(), vec![name.to_owned()]);
        }
        Changed(path, minutes) => {
            let modified = Some(Timestamp(machine.machine.now.0 - Duration::minutes(minutes)));
            let file = File {
                size: 0,
                modified,
                readable: true,
                writable: false,
                mode: None,
                owner: None,
                group: None,
                attributes: Vec::new(),
                version: None,
            };
            machine.files.insert(path.to_owned(), file);
        }
    }
}

/// Things, the status and a part of the sentence.
pub(crate) type Row<'a> = (&'a [Has], CheckStatus, &'a str);

/// What a client of this system says.
pub(crate) fn assert_says(code: &str, system: Os, target: Option<&str>, rows: &[Row<'_>]) {
    assert_says_as(RoleChoice::Client, code, system, target, rows);
}

/// What a host of Windows says.
pub(crate) fn assert_host_says(code: &str, rows: &[Row<'_>]) {
    assert_says_as(RoleChoice::Host, code, Windows, None, rows);
}

fn assert_says_as(role: RoleChoice, code: &str, system: Os, target: Option<&str>, rows: &[Row<'_>]) {
    let subject = target.map(|target| Target::new(target, 3389));
    for (things, status, words) in rows {
        let mut machine = nothing(system, true);
        things.iter().for_each(|thing| put(&mut machine, thing.clone()));
        let mut made = statuses(&machine, subject.as_ref(), role);
        let said = made.remove(code).unwrap_or_else(|| panic!("{code} is not made"));
        assert_eq!(said.0, *status, "{code} {things:?}: {}", said.1);
        assert!(said.1.contains(words), "{code} {things:?}: {}", said.1);
    }
}

pub(crate) fn number(value: u64) -> Value {
    Value::Number(value)
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub(crate) fn list(values: &[&str]) -> Value {
    Value::List(values.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn who_keeps_the_clock_of_a_linux_machine() {
    let touched = |minutes| Changed("/run/systemd/timesync/synchronized", minutes);
    let (systemd, chrony) = (Changed("/run/systemd/system", 0), Changed("/run/chrony/chronyd.pid", 0));
    let tracking = |text| Prints("chronyc -n tracking", 0, text);
    let shown = |text| Prints("timedatectl show --property=NTP --property=NTPSynchronized", 0, text);
    let kept = "the network keeps the clock";
    let rows: [Row<'_>; 12] = [
        (&[], Unknown, "neither systemd nor chrony"),
        (&[touched(119)], Ok, kept),
        (&[touched(121)], Unknown, "neither systemd nor chrony"),
        (&[chrony.clone(), tracking("Leap status     : Normal\n")], Ok, kept),
        (&[chrony.clone(), tracking("Leap status     : Not synchronised\n")], Warning, "chrony has no time"),
        (&[tracking("Leap status     : Normal\n")], Unknown, "neither systemd nor chrony"),
        (std::slice::from_ref(&systemd), Unknown, "there is no timedatectl"),
        (&[systemd.clone(), shown("NTP=yes\nNTPSynchronized=yes\n")], Ok, kept),
        (&[systemd.clone(), shown("NTP=yes\nNTPSynchronized=no\n")], Warning, "and is not yet"),
        (&[systemd.clone(), shown("NTP=no\nNTPSynchronized=no\n")], Warning, "nothing keeps the clock"),
        (&[systemd.clone(), shown("")], Unknown, "timedatectl does not say"),
        (&[systemd.clone(), chrony, shown("NTP=no\nNTPSynchronized=yes\n")], Ok, kept),
    ];
    assert_says("clock-synchronized", Linux, None, &rows);
}

#[test]
fn who_keeps_the_clock_of_windows_and_of_a_mac() {
    let key = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters";
    let kind = |kind| Set(key, "Type", text(kind));
    let service = |state, start| Runs("W32Time", state, start);
    let (stopped, running) = (
        service(ServiceState::Stopped, StartType::Manual),
        service(ServiceState::Running, StartType::Manual),
    );
    let disabled = service(ServiceState::Stopped, StartType::Disabled);
    let rows: [Row<'_>; 7] = [
        (&[], Warning, "there is no Windows Time service"),
        (&[kind("nosync"), running.clone()], Warning, "told to ask nobody"),
        (&[running], Ok, "the network keeps the clock"),
        (&[disabled], Warning, "is disabled"),
        (&[kind("NT5DS"), stopped.clone()], Warning, "to follow the domain"),
        (&[kind("NTP"), stopped.clone()], Unknown, "whether it was answered is not known"),
        (&[stopped], Unknown, "whether it was answered is not known"),
    ];
    assert_says("clock-synchronized", Windows, None, &rows);
    let says = |text| Prints("systemsetup -getusingnetworktime", 0, text);
    let rows: [Row<'_>; 4] = [
        (&[], Unknown, "there is no systemsetup"),
        (&[says("Network Time: On\n")], Ok, "the network keeps the clock"),
        (&[says("Network Time: Off\n")], Warning, "does not take its time from the network"),
        (&[says("You need administrator access\n")], Unknown, "told to administrators only"),
    ];
    assert_says("clock-synchronized", Macos, None, &rows);
}

#[test]
fn where_outgoing_ntlm_is_denied_the_target_decides() {
    let key = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0";
    let restricted = |value| Set(key, "RestrictSendingNTLMTraffic", number(value));
    let except = |value| Set(key, "ClientAllowedNTLMServers", value);
    let name = "rdsh01.corp.example";
    let rows: [Row<'_>; 9] = [
        (&[], Ok, "outgoing NTLM is allowed"),
        (&[restricted(0)], Ok, "outgoing NTLM is allowed"),
        (&[restricted(1)], Ok, "recorded, not refused"),
        (&[restricted(3)], Warning, "none of 0, 1 and 2"),
        (&[restricted(2)], Warning, "a domain controller knows TERMSRV/rdsh01.corp.example"),
        (&[restricted(2), except(list(&["other", "RDSH01.corp.example"]))], Ok, "is an exception"),
        (&[restricted(2), except(list(&["TERMSRV/*.corp.example"]))], Ok, "is an exception"),
        (&[restricted(2), except(text("other;rdsh01.corp.example"))], Ok, "is an exception"),
        (&[restricted(2), except(list(&["other"]))], Warning, "a domain controller knows"),
    ];
    assert_says("ntlm-outgoing", Windows, Some(name), &rows);
    let rows: [Row<'_>; 1] = [(&[restricted(2)], Error, "the target is an address")];
    assert_says("ntlm-outgoing", Windows, Some("192.0.2.15"), &rows);
    let rows: [Row<'_>; 1] = [(&[restricted(2)], Warning, "reached by Kerberos only")];
    assert_says("ntlm-outgoing", Windows, None, &rows);
}

#[test]
fn which_credentials_policies_allow_to_be_sent() {
    const KEY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation";
    let on = |name| Set(KEY, name, number(1));
    let off = |name| Set(KEY, name, number(0));
    let (deny, allow) = ("DenyFreshCredentials", "AllowFreshCredentials");
    let ntlm = "AllowFreshCredentialsWhenNTLMOnly";
    let denied = |entry| Set(concat_key!("DenyFreshCredentials"), "1", text(entry));
    let allowed = |entry| Set(concat_key!("AllowFreshCredentials"), "1", text(entry));
    let over_ntlm = |entry| Set(concat_key!("AllowFreshCredentialsWhenNTLMOnly"), "1", text(entry));
    let name = "rdsh01.corp.example";
    let rows: [Row<'_>; 9] = [
        (&[], Ok, "no policy forbids sending typed credentials"),
        (&[on(deny), denied("TERMSRV/*")], Error, "a policy forbids sending typed credentials to rdsh01"),
        (&[on(deny), denied("TERMSRV/other")], Ok, "no policy forbids"),
        (&[on(deny), denied("TERMSRV/*"), on(allow), allowed("TERMSRV/*")], Error, "whatever else allows it"),
        (&[on(allow), allowed("TERMSRV/*.corp.example")], Ok, "a policy allows sending typed credentials"),
        (&[on(allow), allowed("TERMSRV/other")], Warning, "does not allow sending typed credentials"),
        (&[on(allow)], Warning, "does not allow sending typed credentials"),
        (&[off(allow)], Warning, "does not allow sending typed credentials"),
        (&[off(allow), on(ntlm), over_ntlm("*")], Ok, "where NTLM alone is used"),
    ];
    assert_says("credssp-delegation-fresh", Windows, Some(name), &rows);
    let allow = "AllowDefaultCredentials";
    let signed_in = |entry| Set(concat_key!("AllowDefaultCredentials"), "1", text(entry));
    let rows: [Row<'_>; 4] = [
        (&[], Ok, "are not sent to rdsh01.corp.example, so the user is asked"),
        (&[on(allow), signed_in("TERMSRV/rdsh01.corp.example")], Ok, "a policy allows sending"),
        (&[on(allow), signed_in("TERMSRV/other")], Ok, "are not sent to"),
        (&[on(allow), signed_in("*")], Warning, "to any service on any machine"),
    ];
    assert_says("credssp-delegation-default", Windows, Some(name), &rows);
}
