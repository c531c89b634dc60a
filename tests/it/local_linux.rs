//! The checks of the machine that the tests run on, where it is Linux: what is certain of any.

use std::{
    fs, net::IpAddr, os::unix::fs::PermissionsExt as _, process::Command, sync::mpsc, thread, time::Duration,
};

use rdptrace::{
    checked,
    local::{Host as _, Recorder, RoleChoice, Target, Unreadable, check, this_machine},
    report::{CheckStatus, Os},
};

fn found(subject: &Target, code: &str) -> (CheckStatus, Option<String>) {
    let checks = check(&this_machine(), RoleChoice::Client, Some(subject)).checks;
    let check = checks.into_iter().find(|check| check.code == code).expect("the check is made on Linux");
    (check.status, check.observed)
}

fn to(host: &str) -> Target {
    Target::new(host, 3389)
}

#[test]
fn the_real_hosts_file_decides_a_name_that_it_has() {
    let text = fs::read_to_string("/etc/hosts").unwrap_or_default();
    let mut words = text.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    let entry = words.find_map(|mut words| {
        let address = words.next()?.parse::<IpAddr>().ok()?;
        Some((address, words.find(|name| !name.eq_ignore_ascii_case("localhost"))?))
    });
    assert_eq!(found(&to("localhost"), "names-hosts-file").0, CheckStatus::Ok);
    let Some((address, name)) = entry else { return };
    let (status, observed) = found(&to(name), "names-hosts-file");
    assert_eq!(status, CheckStatus::Warning);
    let observed = observed.expect("the entry is shown");
    assert!(observed.contains(&format!("{address} {name}")), "{observed}");
    assert_eq!(found(&to("no-such-name.invalid"), "names-hosts-file").0, CheckStatus::Ok);
}

#[test]
fn the_real_resolver_file_is_read() {
    let Ok(text) = fs::read_to_string("/etc/resolv.conf") else { return };
    let servers: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("nameserver ")).collect();
    let (status, observed) = found(&to("rdsh01.corp.example"), "names-resolver");
    assert_eq!(status == CheckStatus::Ok, !servers.is_empty());
    let observed = observed.unwrap_or_default();
    assert!(servers.iter().all(|server| observed.contains(server.trim())), "{observed}");
}

#[test]
fn what_was_recorded_is_judged_the_same() {
    let (machine, subject) = (this_machine(), to("rdsh01.corp.example"));
    let recorder = Recorder::new(&machine);
    let live = checked(&recorder, RoleChoice::Auto, Some(&subject));
    let again = checked(&recorder.finish(), RoleChoice::Auto, Some(&subject));
    let said = |report: &rdptrace::report::Report| {
        let checks = report.trace.local.iter();
        checks.map(|check| (check.code.clone(), check.status, check.message.clone())).collect::<Vec<_>>()
    };
    assert_eq!(said(&live), said(&again));
    assert_eq!(this_machine().system(), Os::Linux);
}

#[test]
fn passwords_and_keys_are_not_recorded() {
    let folder = std::env::temp_dir().join(format!("rdptrace-record-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join("settings.ini");
    let block = ["-----BEGIN PRIVATE ", "KEY-----\nMIIB\n-----END PRIVATE ", "KEY-----\n"].concat();
    fs::write(&path, format!("user=anna\npassword=hunter2\n{block}port=3389\n")).expect("a file");
    let machine = this_machine();
    let recorder = Recorder::new(&machine);
    recorder.text(&path.to_string_lossy()).expect("it is readable").expect("it exists");
    let kept = recorder.finish().texts.into_values().next().expect("it was recorded");
    assert_eq!(kept, "user=anna\npassword=(removed)\nport=3389\n");
    fs::remove_dir_all(&folder).expect("the folder is the test's own");
}

/// Whoever opens a pipe that nobody writes to waits for ever.
#[test]
fn a_pipe_in_the_place_of_a_file_holds_up_nothing() {
    let pipe = std::env::temp_dir().join(format!("rdptrace-pipe-{}", std::process::id()));
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is part of every Linux");
    assert!(made.success());
    let checked = Command::new("timeout")
        .args(["20", env!("CARGO_BIN_EXE_rdptrace"), "local", "--role", "client", "--fail-on", "never"])
        .env("KRB5_CONFIG", &pipe)
        .output()
        .expect("timeout is part of every Linux");
    fs::remove_file(&pipe).expect("it was made above");
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
}

/// The pipe comes to its end when the last process that holds it has ended.
#[test]
fn a_command_that_is_ended_takes_its_children_along() {
    let folder = std::env::temp_dir().join(format!("rdptrace-children-{}", std::process::id()));
    fs::create_dir(&folder).expect("the folder is the test's own");
    let (pipe, script) = (folder.join("pipe"), folder.join("script"));
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is part of every Linux");
    assert!(made.success());
    fs::write(&script, format!("#!/bin/sh\nexec 3> {}\nsleep 60 &\nsleep 60\n", pipe.display()))
        .expect("the folder is the test's own");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("the file is the test's own");
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(fs::read(&pipe)));
    let asked = this_machine().command(&script.display().to_string());
    assert_eq!(asked, Err(Unreadable::Failed("the command took over 2 s".to_owned())));
    let nobody = ended.recv_timeout(Duration::from_secs(20)).expect("no child holds the pipe any more");
    assert_eq!(nobody.expect("a pipe can be read"), b"");
    fs::remove_dir_all(&folder).expect("the folder is the test's own");
}
