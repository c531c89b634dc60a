//! No output overwrites an input, whatever both are called, and no two outputs are one file.

use std::{fs, net::TcpListener, path::Path, process::Output};

#[cfg(unix)]
use crate::program::command;
use crate::program::{file, rdptrace, text};

const KEPT: &str = "full address:s:127.0.0.1:1\n";

/// A folder of the test's own with one file, whose path comes back as text.
fn kept(test: &str, name: &str) -> String {
    let folder = file(&format!("one-file-{test}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, KEPT).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}

fn assert_kept(path: &str, output: &Output, what: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{what}: {said}");
    assert!(said.contains("the same file"), "{what}: {said}");
    assert_eq!(said.lines().count(), 1, "{what}: {said}");
    assert!(output.stdout.is_empty(), "{what}");
    assert_eq!(fs::read_to_string(path).expect("the file"), KEPT, "{what}");
}

#[test]
fn every_input_is_safe_from_every_output() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket option");
    let target = listener.local_addr().expect("an address").to_string();
    let target = target.as_str();
    let pw = kept("inputs", "pw");
    let rdp = kept("target", "x.rdp");
    let reg = kept("folder", "x.reg");
    let folder = Path::new(&reg).parent().and_then(Path::to_str).expect("a folder");
    let hive = format!(r"HKLM\SYSTEM={pw}");
    let inputs: [(&[&str], &str); 12] = [
        (&["trace", target, "-u", "u", "--password-file", &pw], &pw),
        (
            &[
                "trace",
                target,
                "--proxy",
                "http://127.0.0.1:1",
                "--proxy-user",
                "u",
                "--proxy-password-file",
                &pw,
            ],
            &pw,
        ),
        (
            &[
                "trace",
                target,
                "--gateway",
                "127.0.0.1:1",
                "--gateway-user",
                "u",
                "--gateway-password-file",
                &pw,
            ],
            &pw,
        ),
        (&["trace", target, "--ca-file", &pw], &pw),
        (&["trace", target, "--host-files", folder], &reg),
        (&["trace", &rdp], &rdp),
        (&["posture", &rdp], &rdp),
        (&["posture", target, "--ca-file", &pw], &pw),
        (&["local", "--evtx", &pw], &pw),
        (&["local", "--reg", &pw], &pw),
        (&["local", "--hive", &hive], &pw),
        (&["local", "--collected", &pw], &pw),
    ];
    for (line, input) in inputs {
        let report = format!("junit={input}");
        for output in [&["-o", input][..], &["--report", &report]] {
            let line = [line, output].concat();
            assert_kept(input, &rdptrace(&line), &format!("{line:?}"));
        }
    }
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn every_command_and_the_screenshot_are_held_to_it() {
    let (pw, rdp, reg) =
        (kept("commands", "pw"), kept("commands-target", "x.rdp"), kept("commands-folder", "x.reg"));
    let folder = Path::new(&reg).parent().and_then(Path::to_str).expect("a folder");
    let target = "127.0.0.1:1";
    for line in [
        &["judge", &pw, "-o", &pw][..],
        &["local", "--host-files", folder, "-o", &reg],
        &["local", "--target", &rdp, "-o", &rdp],
        &["trace", target, "-u", "u", "--password-file", &pw, "--until", "activate", "--screenshot", &pw],
    ] {
        assert_kept(line.last().expect("a file"), &rdptrace(line), &format!("{line:?}"));
    }
}

/// What `-o` names beside an input is as before.
#[test]
fn a_file_beside_the_inputs_is_written() {
    let reg = kept("beside", "x.reg");
    let folder = Path::new(&reg).parent().expect("a folder");
    fs::write(&reg, "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet]\n").expect("an export");
    let report = folder.join("report.txt");
    let names = (folder.to_str().expect("text"), report.to_str().expect("text"));
    for _ in 0..2 {
        let output = rdptrace(&["local", "--host-files", names.0, "--role", "host", "-o", names.1]);
        assert!(!text(&output.stderr).contains("same file"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_hard_link_is_the_same_file() {
    let pw = kept("hard", "pw");
    let linked = format!("{pw}-linked");
    fs::hard_link(&pw, &linked).expect("a second name");
    assert_kept(&pw, &rdptrace(&["judge", &pw, "-o", &linked]), "a hard link");
}

#[test]
fn a_zip_file_and_a_report_are_two_files() {
    let zip = file("one-file.zip");
    let _ = fs::remove_file(&zip);
    let zip = zip.to_str().expect("text");
    let output = rdptrace(&["local", "--collect", zip, "-o", zip]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("two outputs cannot go to the same file"),
        "{}",
        text(&output.stderr)
    );
    assert!(!Path::new(zip).exists(), "a file was left behind");
}

/// What a shell opens for the program.
#[cfg(unix)]
#[test]
fn streams_are_files_too() {
    let pw = kept("streams", "pw");
    std::os::unix::fs::symlink(&pw, format!("{pw}-symbolic")).expect("a link");
    let lines = [
        r#""$0" judge "$1" -o "$1-symbolic""#,
        r#""$0" judge - -o "$1" < "$1""#,
        r#""$0" judge /dev/stdin -o "$1" < "$1""#,
        r#""$0" trace 127.0.0.1:1 -u u --password-stdin -o "$1" < "$1""#,
        r#""$0" judge "$1" >> "$1""#,
        r#""$0" demo -o "$1" >> "$1""#,
        r#""$0" demo --report json="$1" >> "$1""#,
        r#""$0" demo --report json=/dev/stdout >> "$1""#,
        r#""$0" explain 0x904 -o "$1" >> "$1""#,
    ];
    for line in lines {
        let output = shell(line, &pw);
        assert_kept(&pw, &output, line);
    }
    // The same device takes any number of reports, and standard output may have two names.
    for line in [
        r#""$0" demo -o /dev/null > /dev/null"#,
        r#""$0" demo -o /dev/stdout >> "$1""#,
        r#""$0" demo -o "$1-other" --report json=/dev/stdout > "$1-third""#,
    ] {
        let output = shell(line, &pw);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", text(&output.stderr));
    }
    assert!(fs::read_to_string(&pw).expect("the file").starts_with(KEPT), "what was there is overwritten");
}

#[cfg(unix)]
fn shell(line: &str, path: &str) -> Output {
    let program = command(&[]).get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", line]).arg(program).arg(path);
    shell.output().expect("sh runs")
}
