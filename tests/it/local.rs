//! Checks of invented machines: each file of testdata/hosts as a reviewed page of text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use rdptrace::{
    checked,
    local::{
        About, Case, Check, Collection, Event, FILES_DAMAGED, Is, Recorded, RoleChoice, Setting, Target,
        Test, Value, check, checks,
    },
    render,
    report::{CheckStatus, LocalCheck, Os, Role},
};
use time::OffsetDateTime;

/// An invented machine, and what is asked of it.
pub(crate) struct Invented {
    pub(crate) name: String,
    pub(crate) machine: Recorded,
    pub(crate) role: RoleChoice,
    pub(crate) subject: Option<Target>,
}

pub(crate) fn invented() -> Vec<Invented> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hosts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Invented {
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("a readable file");
    let mut table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut asked = table.remove("asked").and_then(|asked| asked.try_into::<Asked>().ok()).expect("[asked]");
    let role = match asked.remove("role").as_deref() {
        Some("client") => RoleChoice::Client,
        Some("host") => RoleChoice::Host,
        _ => RoleChoice::Auto,
    };
    let subject = asked.remove("target").map(|host| Target::new(host, 3389));
    let machine = table.try_into().unwrap_or_else(|error| panic!("{name}: {error}"));
    Invented { name, machine, role, subject }
}

type Asked = BTreeMap<String, String>;

#[test]
fn every_invented_machine_reads_as_reviewed() {
    for invented in invented() {
        let mut report = checked(&invented.machine, invented.role, invented.subject.as_ref());
        report.trace.elapsed_ms = rdptrace::report::Millis(0.0);
        let mut page = Vec::new();
        render::text(&report, &mut page).expect("memory takes it");
        let page = anstream::adapter::strip_str(std::str::from_utf8(&page).expect("UTF-8")).to_string();
        insta::assert_snapshot!(format!("host_{}", invented.name), page);
    }
}

/// Checks that tell what is there, and never that it is wrong.
const INFORMATIVE: &[&str] = &[
    "programs-clients",
    "updates-kb5083769",
    "disk-temporary-folder",
    "sign-in-join-state",
    "sign-in-stored-credential",
];

#[test]
fn every_check_is_seen_good_and_bad() {
    let mut seen: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for invented in invented() {
        for LocalCheck { code, status, .. } in
            check(&invented.machine, invented.role, invented.subject.as_ref()).checks
        {
            seen.entry(code).or_default().insert(status.name());
        }
    }
    let missing: Vec<_> = checks()
        .filter(|check| matches!(check.test, Test::Logic(_)) && !INFORMATIVE.contains(&check.code))
        .filter(|check| {
            let seen = seen.get(check.code).cloned().unwrap_or_default();
            let good = seen.contains("ok") || seen.contains("not_applicable");
            let bad = seen.contains("warning") || seen.contains("error");
            !good || !bad
        })
        .map(|check| check.code)
        .collect();
    assert!(missing.is_empty(), "no machine of testdata/hosts shows both sides of {missing:#?}");
}

#[test]
fn what_cannot_be_read_is_never_ok() {
    for system in [Os::Windows, Os::Linux, Os::Macos] {
        for role in [RoleChoice::Client, RoleChoice::Host] {
            let subject = Target::new("rdsh01.corp.example", 3389);
            for check in check(&nothing(system, false), role, Some(&subject)).checks {
                let honest = matches!(check.status, CheckStatus::Unknown | CheckStatus::NotApplicable);
                assert!(honest, "{system:?} {role:?}: {} says {:?}", check.code, check.status);
            }
        }
    }
}

/// Where the tenants are that a user added an account of.
const USER_JOINS: &str = r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\WorkplaceJoin\JoinInfo";

#[test]
fn every_case_of_a_setting_is_reached() {
    for (made, setting) in settings() {
        let absent = judged(made, &nothing(made.on[0], true));
        assert_eq!(absent.status, setting.absent.0, "{} absent", made.code);
        for Case(is, status, message) in setting.cases {
            let mut machine = nothing(made.on[0], true);
            let values = BTreeMap::from([(setting.name.to_owned(), fitting(*is, setting))]);
            machine.registry.insert(setting.keys[0].to_owned(), values);
            machine.subkeys.insert(USER_JOINS.to_owned(), vec!["4F1A".to_owned()]);
            let said = judged(made, &machine);
            assert_eq!((said.status, said.message.as_str()), (*status, *message), "{} {is:?}", made.code);
        }
    }
}

#[test]
fn a_value_that_matters_elsewhere_is_told_and_is_no_warning() {
    let machine = invented().into_iter().find(|invented| invented.name == "windows-client-broken");
    let mut machine = machine.expect("it is there").machine;
    machine.registry.retain(|key, _| !key.starts_with(USER_JOINS));
    let direct = Target { is_direct: true, ..Target::new("rdsh01.corp.example", 3389) };
    let checks = check(&machine, RoleChoice::Client, Some(&direct)).checks;
    for (code, why) in [
        ("client-policy-gateway-transport", "; there is no gateway on the way to this target"),
        ("credssp-online-id", "; this machine and its user are joined to no Entra tenant"),
    ] {
        let made = checks.iter().find(|made| made.code == code).expect("the check is made");
        assert_eq!(made.status, CheckStatus::Ok, "{code}");
        assert!(made.message.ends_with(why), "{}", made.message);
    }
}

fn settings() -> impl Iterator<Item = (&'static Check, Setting)> {
    checks().filter_map(|check| match check.test {
        Test::Setting(setting) => Some((check, setting)),
        Test::Logic(_) => None,
    })
}

/// A value that this case is about and none before it.
fn fitting(is: Is, setting: Setting) -> Value {
    match is {
        Is::Number(number) => Value::Number(number),
        Is::Below(limit) => Value::Number(limit - 1),
        Is::Text(text) => Value::Text(text.to_owned()),
        Is::Ending(end) => Value::Text(format!("x{end}")),
        Is::Else if setting.cases.iter().any(|case| matches!(case.0, Is::Text(_) | Is::Ending(_))) => {
            Value::Text("something else".to_owned())
        }
        Is::Else => Value::Number(987_654_321),
    }
}

fn judged(made: &Check, machine: &Recorded) -> LocalCheck {
    let role = match made.role {
        Role::Client => RoleChoice::Client,
        Role::Host => RoleChoice::Host,
    };
    let all = check(machine, role, None).checks;
    all.into_iter().find(|check| check.code == made.code).expect("the check fits its own system and role")
}

pub(crate) fn nothing(system: Os, complete: bool) -> Recorded {
    let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).expect("a time").into();
    Recorded::new(About { system, version: None, elevated: None, now, complete })
}

#[test]
fn every_check_has_its_own_name_and_its_cases_end() {
    let mut names = BTreeSet::new();
    for check in checks() {
        for system in check.on {
            assert!(
                names.insert((check.code, check.role.name(), system.name())),
                "{} comes twice",
                check.code
            );
        }
    }
    for (check, setting) in settings() {
        assert!(matches!(setting.cases.last(), Some(Case(Is::Else, ..))), "{} has no last case", check.code);
    }
}

#[test]
fn every_check_has_a_page_and_every_page_a_check() {
    let made: BTreeSet<_> = checks().map(|check| check.code).chain([FILES_DAMAGED]).collect();
    let written: BTreeSet<_> = rdptrace::internal::local::paged().collect();
    assert_eq!(made, written);
}

/// The same log tells what people started, and with which arguments.
#[test]
fn only_events_that_checks_know_are_taken_along() {
    let mut machine = nothing(Os::Windows, true);
    let event = |id| Event {
        id,
        provider: "Microsoft-Windows-Security-Auditing".to_owned(),
        at: machine.machine.now,
        level: Some(0),
        data: BTreeMap::from([("CommandLine".to_owned(), "net use /user:anna S3CRET".to_owned())]),
    };
    let events = vec![event(4624), event(4688)];
    machine.events.insert("Security".to_owned(), events);
    let collected = Collection::new(&machine, machine.clone(), None, false).machine;
    let kept: Vec<u32> = collected.events["Security"].iter().map(|event| event.id).collect();
    assert_eq!(kept, [4624]);
}
