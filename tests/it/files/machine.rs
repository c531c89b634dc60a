//! A machine out of several files, asked by the checks and by the program.

use std::{fs, path::PathBuf};

use rdptrace::{
    internal::local::files::{Files, Given},
    local::{FILES_DAMAGED, Host as _, RoleChoice, ServiceState, StartType, Unreadable, check},
    report::{CheckStatus, Os},
};
use serde_json::Value as Json;

use super::{
    evtx_writer::{Sample, log},
    hive_writer::{Node, hive},
    logs::{CLIENT, CLIENT_CORE, noon},
};
use crate::program::{Served, file, rdptrace, text};

const ORACLE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";

/// An empty folder of its own for each test.
pub(super) fn folder(name: &str) -> PathBuf {
    let folder = file(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn software() -> Vec<u8> {
    let mut root = Node::default();
    root.at("Classes");
    root.at(r"Microsoft\Windows NT\CurrentVersion")
        .text("CurrentBuildNumber", "20348")
        .number("CurrentMajorVersionNumber", 10)
        .number("CurrentMinorVersionNumber", 0)
        .number("UBR", 2762);
    root.at(r"Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters")
        .number("AllowEncryptionOracle", 2);
    hive(&root)
}

fn system() -> Vec<u8> {
    let mut root = Node::default();
    root.at("Select").number("Current", 1);
    root.at(r"ControlSet001\Services\TermService").number("Start", 3);
    hive(&root)
}

/// Files as somebody might send them, beside others.
fn sent(name: &str) -> PathBuf {
    let folder = folder(name);
    let event = Sample { channel: CLIENT, provider: CLIENT_CORE, id: 1024, at: noon(), data: Vec::new() };
    let key = r"HKEY_CURRENT_USER\Software\Microsoft\Terminal Server Client";
    let export = format!("REGEDIT4\n\n[{key}]\n\"x\"=dword:1\n\n[{key}\\Default]\n");
    for (name, content) in [
        ("SOFTWARE", software()),
        ("system.hiv", system()),
        ("rdp.evtx", log([event].into_iter())),
        ("user.reg", export.as_bytes().to_vec()),
        ("notes.txt", b"see ticket 4711".to_vec()),
        ("other.zip", b"PK\x03\x04".to_vec()),
    ] {
        fs::write(folder.join(name), content).expect("a file");
    }
    fs::remove_file(folder.join("other.zip")).expect("a file");
    folder
}

#[test]
fn an_answer_comes_from_whichever_file_holds_it() {
    let files = Files::open(&[Given::Folder(sent("files-sent"))]).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!((files.system(), files.version().as_deref()), (Os::Windows, Some("10.0.20348.2762")));
    assert_eq!((files.elevated(), files.now()), (None, noon()));
    let service = files.service("TermService").expect("readable").expect("there");
    assert_eq!((service.state, service.start), (ServiceState::Unknown, Some(StartType::Manual)));
    assert_eq!(files.service("NoService"), Ok(None));
    assert_eq!(files.events(CLIENT).map(|events| events.map(|events| events.len())), Ok(Some(1)));
    assert_eq!(files.events("Security"), Err(Unreadable::NotHeld));
    assert_eq!(files.may_create(r"HKLM\SOFTWARE\Microsoft\MSLicensing"), Ok(None));
    assert_eq!(files.may_create(r"HKLM\SOFTWARE\Microsoft"), Err(Unreadable::NotHeld));
    assert_eq!(files.command("hostname"), Err(Unreadable::NotHeld));
    let checked = check(&files, RoleChoice::Client, None);
    assert!(checked.machine.from_files);
    assert_eq!(checked.machine.encryption_oracle, Some(2));
    let last = checked.checks.last().expect("a check");
    assert_eq!((last.code.as_str(), last.status), (FILES_DAMAGED, CheckStatus::Ok));
    let observed = last.observed.as_deref().unwrap_or_default();
    assert_eq!(
        observed,
        format!(
            "SOFTWARE: HKLM\\SOFTWARE; rdp.evtx: events of {CLIENT}; system.hiv: HKLM\\SYSTEM; \
             user.reg: hkcu\\software\\microsoft\\terminal server client"
        )
    );
}

#[test]
fn a_damaged_file_is_a_warning_and_what_met_the_damage_is_unknown() {
    let folder = folder("files-damaged");
    let whole = software();
    fs::write(folder.join("SOFTWARE"), &whole[..4096 + 256]).expect("a file");
    let files = Files::open(&[Given::Folder(folder)]).unwrap_or_else(|why| panic!("{why}"));
    assert!(matches!(
        files.value(ORACLE, "AllowEncryptionOracle"),
        Err(Unreadable::Failed(_) | Unreadable::NotHeld)
    ));
    let checks = check(&files, RoleChoice::Client, None).checks;
    let last = checks.last().expect("a check");
    assert_eq!((last.code.as_str(), last.status), (FILES_DAMAGED, CheckStatus::Warning));
    assert!(last.message.starts_with("SOFTWARE: "), "{}", last.message);
    assert!(checks.iter().all(|check| check.status != CheckStatus::Ok), "{checks:#?}");
}

#[test]
fn the_program_reads_files_in_place_of_the_machine() {
    let folder = sent("files-program");
    let named = |name: &str| folder.join(name).to_str().expect("a path of text").to_owned();
    let hive = format!("HKLM\\SOFTWARE={}", named("SOFTWARE"));
    let output = rdptrace(&[
        "local",
        "--role",
        "client",
        "--format",
        "json",
        "--hive",
        &hive,
        "--evtx",
        &named("rdp.evtx"),
        "--reg",
        &named("user.reg"),
    ]);
    let report: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(report["machine"]["from_files"], true);
    assert_eq!(report["machine"]["encryption_oracle"], 2);

    let served = Served::start(&[]);
    let folder = folder.to_str().expect("a path of text");
    let output =
        rdptrace(&["trace", &served.1, "--host-files", folder, "--format", "json", "--experiments", "off"]);
    let report: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["machine"]["from_files"], true);
    assert_eq!(report["machine"]["version"], "10.0.20348.2762");
    assert!(report["local"].as_array().is_some_and(|checks| !checks.is_empty()));
}

/// The fuzzer begins with these.
#[test]
fn the_samples_are_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/files");
    let files = Files::open(&[Given::Folder(folder)]).unwrap_or_else(|why| panic!("{why}"));
    let source = files.source().expect("files");
    assert_eq!((source.read.len(), source.damage), (3, Vec::new()), "{:?}", source.read);
}

/// A sentence on standard error, exit code 2, and nothing else.
#[test]
fn what_cannot_be_read_ends_in_a_sentence() {
    let empty = folder("files-empty");
    let empty = empty.to_str().expect("a path of text");
    let missing = file("files-missing");
    let missing = missing.to_str().expect("a path of text");
    let new = file("files-new.zip");
    let new = new.to_str().expect("a path of text");
    let cases: &[(&[&str], &str)] = &[
        (&["local", "--evtx", missing], "files-missing: "),
        (&["local", "--reg", "Cargo.toml"], "Cargo.toml: it is no registry export"),
        (&["local", "--evtx", "Cargo.toml"], "it is no event log"),
        (&["local", "--hive", "Cargo.toml"], "it is no registry hive"),
        (&["local", "--hive", "HKLM\\SYSTEM=Cargo.toml"], "Cargo.toml: it is no registry hive"),
        (&["local", "--collected", "Cargo.toml"], "it is no zip file that --collect wrote"),
        (&["local", "--evtx", "src"], "it is a directory"),
        (&["local", "--host-files", "Cargo.toml"], "Cargo.toml: "),
        (&["local", "--host-files", empty], "it holds no event log"),
        (&["trace", "127.0.0.1:1", "--host-files", empty], "it holds no event log"),
        (&["trace", "127.0.0.1:1", "--host-files", empty, "--local", "off"], "--local off"),
        (&["local", "--collect", new, "--reg", "x.reg"], "cannot be used with"),
        (&["local", "--collect", new, "--host-files", "."], "cannot be used with"),
        (&["local", "--no-redact"], "--collect"),
        (&["local", "--collect", "Cargo.toml"], "Cargo.toml exists and is not overwritten"),
        (&["local", "--collect", "src/none/x.zip"], "cannot write"),
    ];
    for (arguments, sentence) in cases {
        let output = rdptrace(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert!(!PathBuf::from(new).exists());
}
