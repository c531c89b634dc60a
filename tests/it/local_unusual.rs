//! Values that no machine of testdata/hosts has.

use std::collections::BTreeMap;

use rdptrace::{
    checked,
    local::{Recorded, RoleChoice, Unreadable, Value},
    report::CheckStatus::{self, Error, Ok, Unknown, Warning},
};

use crate::{
    local::{Invented, invented},
    local_garbage::statuses,
};

fn named(name: &str) -> Invented {
    invented().into_iter().find(|invented| invented.name == name).expect("it is there")
}

const WINLOGON: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";
const TERMINAL_SERVER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server";

/// What is said of logons with these two values.
fn logons(
    disabled: Option<Value>,
    drained: Option<u64>,
    change: &dyn Fn(&mut Recorded),
) -> (CheckStatus, String) {
    let mut machine = named("windows-host-healthy").machine;
    for (key, name, value) in [
        (WINLOGON, "WinStationsDisabled", disabled),
        (TERMINAL_SERVER, "TSServerDrainMode", drained.map(Value::Number)),
    ] {
        let values: &mut BTreeMap<String, Value> = machine.registry.entry(key.to_owned()).or_default();
        values.remove(name);
        values.extend(value.map(|value| (name.to_owned(), value)));
    }
    change(&mut machine);
    statuses(&machine, None, RoleChoice::Host).remove("host-takes-logons").expect("it is made")
}

/// `change logon /disable` writes text, other tools a number.
#[test]
fn logons_that_are_switched_off_are_told_before_drain_mode() {
    let text = |value: &str| Some(Value::Text(value.to_owned()));
    let (off, drain, on) = ("remote logons are switched off", "drain mode", "logons are not switched off");
    for (disabled, drained, status, words) in [
        (None, None, Ok, on),
        (text("0"), Some(0), Ok, on),
        (text(""), None, Ok, on),
        (Some(Value::Number(0)), None, Ok, on),
        (text("1"), None, Error, off),
        (Some(Value::Number(1)), None, Error, off),
        (text("1"), Some(1), Error, off),
        (text("0"), Some(1), Warning, drain),
        (None, Some(2), Warning, drain),
    ] {
        let said = logons(disabled.clone(), drained, &|_| {});
        assert_eq!(said.0, status, "{disabled:?} {drained:?}: {}", said.1);
        assert!(said.1.contains(words), "{disabled:?} {drained:?}: {}", said.1);
    }
}

/// What one value says is wrong, whether or not the other can be read.
#[test]
fn a_value_of_logons_that_cannot_be_read_hides_no_other() {
    let disabled = format!(r"value {WINLOGON}\WinStationsDisabled");
    let drained = format!(r"value {TERMINAL_SERVER}\TSServerDrainMode");
    let one = || Some(Value::Text("1".to_owned()));
    for (value, number, hidden, status) in [
        (one(), None, &drained, Error),
        (None, None, &drained, Unknown),
        (None, Some(1), &disabled, Warning),
        (None, Some(0), &disabled, Unknown),
    ] {
        let said = logons(value, number, &|machine| {
            machine.unreadable.insert(hidden.clone(), Unreadable::Denied);
        });
        assert_eq!(said.0, status, "{hidden}: {}", said.1);
    }
}

/// The file that OPENSSL_CONF names takes the place of the system's, also when it is not there.
#[test]
fn openssl_conf_names_the_configuration() {
    const STRICT: &str =
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n";
    let usual = "/etc/ssl/openssl.cnf";
    for (variable, named_file, usual_file, status, words) in [
        (Some("/own.cnf"), Some(STRICT), "", Warning, "speak TLS 1.3 only"),
        (Some("/own.cnf"), Some(""), STRICT, Ok, "leaves its defaults"),
        (Some("/own.cnf"), None, STRICT, Ok, "has no configuration"),
        (Some(""), None, STRICT, Warning, "speak TLS 1.3 only"),
        (None, Some(STRICT), "", Ok, "leaves its defaults"),
    ] {
        let mut invented = named("linux-client-healthy");
        let machine = &mut invented.machine;
        machine.texts.insert(usual.to_owned(), usual_file.to_owned());
        machine.texts.extend(named_file.map(|text| ("/own.cnf".to_owned(), text.to_owned())));
        machine.variables.remove("OPENSSL_CONF");
        machine.variables.extend(variable.map(|path| ("OPENSSL_CONF".to_owned(), path.to_owned())));
        let said = statuses(machine, invented.subject.as_ref(), RoleChoice::Client)
            .remove("crypto-policy-openssl")
            .expect("it is made");
        assert_eq!(said.0, status, "{variable:?}: {}", said.1);
        assert!(said.1.contains(words), "{variable:?}: {}", said.1);
        let report = checked(machine, RoleChoice::Client, invented.subject.as_ref());
        let learned = report.trace.machine.expect("it was looked at").client_protocols;
        let sources: Vec<&str> = learned.iter().map(|protocol| protocol.source.as_str()).collect();
        let source = if variable == Some("/own.cnf") { "/own.cnf" } else { usual };
        assert_eq!(!sources.is_empty(), status == Warning, "{variable:?}: {sources:?}");
        assert!(sources.iter().all(|found| *found == source), "{variable:?}: {sources:?}");
    }
}
