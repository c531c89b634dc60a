//! What `--collect` takes along: the same answers, no secrets, and no names.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _, Write as _},
};

use rdptrace::report::{CheckStatus, LocalCheck, Os};
use rdptrace::{
    internal::local::files::{Files, Given, archive},
    local::{
        About, Collection, Event, Host as _, Output, Recorded, Recorder, RoleChoice, Target, Unreadable,
        Value, check,
    },
};
use time::OffsetDateTime;

use super::machine::folder;
use crate::program::{file, rdptrace, text};

const SERVERS: &str = r"HKCU\Software\Microsoft\Terminal Server Client\Servers";
const HOSTS: &str = r"%SystemRoot%\System32\drivers\etc\hosts";

/// A machine with names and secrets in all places.
fn machine() -> Recorded {
    let now = OffsetDateTime::from_unix_timestamp(1_795_348_800).expect("a time");
    let mut machine = Recorded::new(About {
        system: Os::Windows,
        version: None,
        elevated: None,
        now: now.into(),
        complete: true,
    });
    let text = |text: &str| text.to_owned();
    for (name, value) in [
        ("USERNAME", "jdoe"),
        ("COMPUTERNAME", "LAPTOP-7"),
        ("USERDNSDOMAIN", "CORP.CONTOSO.COM"),
        ("https_proxy", "http://jdoe:hunter2@proxy.corp.contoso.com:8080"),
        ("RDPTRACE_PASSWORD", "hunter2"),
    ] {
        machine.variables.insert(text(name), text(value));
    }
    machine
        .texts
        .insert(text(HOSTS), text("10.0.0.9 rdsh01.corp.contoso.com rdsh01 # jdoe\n127.0.0.1 localhost\n"));
    machine.texts.insert(text("/etc/xrdp/key.pem"), text("-----BEGIN PRIVATE KEY-----\nMIIhunter2\n"));
    machine.texts.insert(text("/tmp/krb5cc_1000"), text("hunter2"));
    machine.texts.insert(text("C:\\Users\\jdoe\\x.conf"), text("-----BEGIN RSA PRIVATE KEY-----\nhunter2"));
    machine.folders.insert(text("C:\\Users\\jdoe\\Documents"), vec![text("RDSH01.rdp")]);
    let server = format!("{SERVERS}\\rdsh01.corp.contoso.com");
    let hint = BTreeMap::from([(text("UsernameHint"), Value::Text(text("CORP\\JDoe")))]);
    machine.registry.insert(server, hint);
    let logon = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon";
    let password = BTreeMap::from([(text("DefaultPassword"), Value::Text(text("hunter2")))]);
    machine.registry.insert(text(logon), password);
    let secret = BTreeMap::from([(text("CurrVal"), Value::Binary { binary: text("68756e746572") })]);
    machine.registry.insert(text(r"HKLM\SECURITY\Policy\Secrets\x"), secret);
    let data = BTreeMap::from([(text("Name"), text("Server Name")), (text("Value"), text("rdsh02"))]);
    let event = Event { id: 1024, provider: text("Test"), at: now.into(), level: None, data };
    machine.events.insert(text("Test/Operational"), vec![event]);
    let klist =
        "Default principal: jdoe@CORP.CONTOSO.COM\nTERMSRV/rdsh03.corp.contoso.com@CORP.CONTOSO.COM\n";
    machine.commands.insert(text("klist"), Output { code: 0, text: text(klist) });
    machine.commands.insert(text("klist -K"), Output { code: 0, text: text("hunter2") });
    machine
}

/// Asks everything, as checks would.
fn ask(machine: &dyn rdptrace::local::Host) {
    for name in ["USERNAME", "COMPUTERNAME", "https_proxy", "RDPTRACE_PASSWORD", "NONE"] {
        let _ = machine.variable(name);
    }
    for path in [HOSTS, "/etc/xrdp/key.pem", "/tmp/krb5cc_1000", "C:\\Users\\jdoe\\x.conf"] {
        let _ = machine.text(path);
    }
    let _ = machine.folder("C:\\Users\\jdoe\\Documents");
    for name in machine.subkeys(SERVERS).ok().flatten().unwrap_or_default() {
        let _ = machine.value(&format!("{SERVERS}\\{name}"), "UsernameHint");
    }
    let _ = machine.value(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "DefaultPassword");
    let _ = machine.value(r"HKLM\SECURITY\Policy\Secrets\x", "CurrVal");
    let _ = machine.events("Test/Operational");
    let _ = (machine.command("klist"), machine.command("klist -K"));
}

fn subject() -> Target {
    Target::new("rdsh01.corp.contoso.com", 3389)
}

fn collection(redact: bool) -> Collection {
    let machine = machine();
    let recorder = Recorder::new(&machine);
    ask(&recorder);
    let _ = check(&recorder, RoleChoice::Client, Some(&subject()));
    Collection::new(&machine, recorder.finish(), Some(&subject()), redact)
}

fn zipped(collection: &Collection) -> Vec<u8> {
    let mut bytes = Vec::new();
    collection.write(Cursor::new(&mut bytes)).unwrap_or_else(|why| panic!("{why}"));
    bytes
}

/// Everything in the zip file as text.
fn content(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut all = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).expect("a member").read_to_string(&mut all).expect("text");
    }
    all
}

#[test]
fn no_secret_is_taken_along() {
    for redact in [true, false] {
        let all = content(&zipped(&collection(redact)));
        for secret in ["hunter2", "68756e746572", "PRIVATE KEY"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
    }
    let machine = collection(false).machine;
    assert!(matches!(machine.text("/tmp/krb5cc_1000"), Err(Unreadable::Failed(_))));
    assert!(matches!(machine.command("klist -K"), Err(Unreadable::Failed(_))));
    let proxy = "http://proxy.corp.contoso.com:8080".to_owned();
    assert_eq!(machine.variable("https_proxy"), Ok(Some(proxy)));
    let password =
        machine.value(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "DefaultPassword");
    assert_eq!(password, Ok(Some(Value::Text("(not taken)".to_owned()))), "that there is one is told");
}

#[test]
fn names_are_replaced_by_stable_pseudonyms() {
    let all = content(&zipped(&collection(true))).to_lowercase();
    for name in ["jdoe", "laptop-7", "rdsh01", "rdsh02", "rdsh03", "contoso"] {
        assert!(!all.contains(name), "{name} in {all}");
    }
    let machine = collection(true).machine;
    let user = machine.variable("USERNAME").ok().flatten().expect("a user");
    assert!(user.starts_with("user-"), "{user}");
    let [server] = machine.subkeys(SERVERS).ok().flatten().expect("servers").try_into().expect("one");
    let hosts = machine.text(HOSTS).ok().flatten().expect("a hosts file");
    assert!(hosts.contains(&format!("10.0.0.9 {server} ")), "{hosts} {server}");
    assert!(hosts.contains("# ...") && hosts.contains("127.0.0.1 localhost"), "{hosts}");
    let hint = machine.value(&format!("{SERVERS}\\{server}"), "UsernameHint");
    assert!(matches!(hint, Ok(Some(Value::Text(hint))) if hint.ends_with(&format!("\\{user}"))));
    assert!(machine.folder(&format!("C:\\Users\\{user}\\Documents")).is_ok());
    let all = content(&zipped(&collection(false)));
    assert!(all.contains("jdoe") && all.contains("RDSH01.rdp"));
}

#[test]
fn a_collected_machine_is_checked_as_the_machine_itself() {
    let direct = check(&machine(), RoleChoice::Client, Some(&subject())).checks;
    for redact in [true, false] {
        let path = folder(&format!("collected-{redact}")).join("machine.zip");
        fs::write(&path, zipped(&collection(redact))).expect("a file");
        let files = Files::open(&[Given::Collected(path)]).unwrap_or_else(|why| panic!("{why}"));
        let host = files.asked().host.clone().expect("a target");
        let subject = Target::new(host, files.asked().port.expect("a port"));
        let mut read = check(&files, RoleChoice::Client, Some(&subject)).checks;
        let last = read.pop().expect("the check of the files");
        assert_eq!(last.observed.as_deref(), Some("machine.zip: a collected machine"));
        let statuses = |checks: &[LocalCheck]| {
            checks.iter().map(|check| (check.code.clone(), check.status)).collect::<Vec<_>>()
        };
        match redact {
            true => assert_eq!(statuses(&read), statuses(&direct)),
            false => assert_eq!(format!("{read:?}"), format!("{direct:?}")),
        }
    }
}

/// A check that was denied says what to do only if it knows whether the administrator ran it.
#[test]
fn a_collected_machine_tells_whether_it_was_elevated() {
    for elevated in [None, Some(false), Some(true)] {
        let mut machine = machine();
        machine.machine.elevated = elevated;
        let mut bytes = Vec::new();
        let collection = Collection::new(&machine, machine.clone(), Some(&subject()), true);
        collection.write(Cursor::new(&mut bytes)).unwrap_or_else(|why| panic!("{why}"));
        let path = folder("collected-elevated").join("machine.zip");
        fs::write(&path, bytes).expect("a file");
        let files = Files::open(&[Given::Collected(path)]).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(check(&files, RoleChoice::Client, None).machine.elevated, elevated);
    }
}

#[test]
fn a_damaged_zip_file_is_told() {
    let whole = zipped(&collection(true));
    assert!(archive::read(Cursor::new(&whole)).is_ok());
    for length in (0..whole.len()).step_by(7) {
        assert!(archive::read(Cursor::new(&whole[..length])).is_err(), "{length}");
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let _ = archive::read(Cursor::new(bytes));
    }
    let path = folder("collected-damaged").join("machine.zip");
    fs::write(&path, &whole[..whole.len() / 2]).expect("a file");
    let why = Files::open(&[Given::Collected(path)]).err().expect("nothing is left");
    assert!(why.starts_with("nothing can be read: machine.zip: "), "{why}");
}

/// A zip file with this in place of the machine.
fn with_machine(text: &str) -> Result<(), archive::NoMachine> {
    let mut bytes = Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    zip.start_file("machine.json", zip::write::SimpleFileOptions::default()).expect("a member");
    zip.write_all(text.as_bytes()).expect("memory takes everything");
    zip.finish().expect("a zip file");
    archive::read(bytes).map(|_| ())
}

/// Somebody may have edited the answers: what is wrong is told, with its place, and a list without an end is not read at all.
#[test]
fn what_is_wrong_with_answers_is_told_with_its_place() {
    for (text, what) in [
        ("{\n\n", "it is cut off (line 3, column 0)"),
        ("{\n}", "it is not what --collect writes (line 2, column 1)"),
        ("\nsystem = 1", "it is no JSON (line 2, column 1)"),
        (&",".repeat(400_001), "it has more entries than are read"),
    ] {
        let told = archive::NoMachine::Damaged(format!("machine.json: {what}"));
        assert_eq!(with_machine(text), Err(told));
    }
}

#[test]
fn the_program_lists_what_it_takes_and_reads_it_again() {
    let path = file("collected-program.zip");
    let _ = fs::remove_file(&path);
    let path = path.to_str().expect("a path of text");
    let collected = rdptrace(&["local", "--role", "client", "--fail-on", "never", "--collect", path]);
    let said = text(&collected.stderr);
    assert_eq!(collected.status.code(), Some(0), "{said}");
    assert!(said.contains("this goes into") && said.contains("text of "), "{said}");
    let read = rdptrace(&["local", "--role", "client", "--fail-on", "never", "--collected", path]);
    assert_eq!(read.status.code(), Some(0), "{}", text(&read.stderr));
    assert!(text(&read.stdout).starts_with("machine read from files"), "{}", text(&read.stdout));
    let again = rdptrace(&["local", "--collect", path]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("exists and is not overwritten"));
}

/// Without pseudonyms a machine that was collected for nobody knows every target by its own name.
#[test]
fn a_target_is_found_in_a_collection_that_keeps_its_names() {
    let path = folder("collected-for-nobody").join("machine.zip");
    let collection = Collection::new(&machine(), machine(), None, false);
    collection.write(fs::File::create(&path).expect("a file")).unwrap_or_else(|why| panic!("{why}"));
    let files = Files::open(&[Given::Collected(path)]).unwrap_or_else(|why| panic!("{why}"));
    for (target, status) in [("rdsh01", CheckStatus::Warning), ("rdsh09", CheckStatus::Ok)] {
        let checks = check(&files, RoleChoice::Client, Some(&Target::new(target, 3389))).checks;
        let hosts = checks.iter().find(|check| check.code == "names-hosts-file").expect("it is made");
        assert_eq!(hosts.status, status, "{hosts:?}");
    }
}
