//! Files that arguments name: regular ones with a bound, whatever stands in their place.

mod one_file;

use std::{
    fs::{self, File},
    io::Write as _,
    process::Stdio,
};

use crate::program::{command, file, rdptrace, text};

fn path(name: &str) -> String {
    file(name).to_str().expect("a path of text").to_owned()
}

fn assert_refused(arguments: &[&str], words: &str) {
    let output = rdptrace(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let long = path("seventeen-mebibytes");
    File::create(&long).expect("a file").set_len(17 << 20).expect("a length");
    assert_refused(&["judge", &long], "longer than 16 MiB");
    assert_refused(&["trace", "127.0.0.1:1", "--ca-file", &long], "longer than 16 MiB");
    assert_refused(&["trace", "127.0.0.1:1", "-u", "a", "--password-file", &long], "longer than 4096 bytes");
    let rdp = path("seventeen-mebibytes.rdp");
    File::create(&rdp).expect("a file").set_len(17 << 20).expect("a length");
    assert_refused(&["trace", &rdp], "longer than 1 MiB");
}

#[test]
fn a_directory_is_refused() {
    assert_refused(&["judge", "src"], "it is a directory");
    assert_refused(&["trace", "127.0.0.1:1", "--ca-file", "src"], "it is a directory");
    assert_refused(&["trace", "127.0.0.1:1", "-u", "a", "--password-file", "src"], "it is a directory");
}

#[test]
fn two_names_of_one_file_are_one_output() {
    let (first, second, linked) = (path("one.json"), path("two.json"), path("linked.json"));
    let _ = fs::remove_file(&second);
    fs::write(&first, "kept").expect("a file");
    fs::hard_link(&first, &second).expect("a second name");
    let report = format!("json={second}");
    assert_refused(&["trace", "127.0.0.1:1", "-o", &first, "--report", &report], "the same file");
    assert_eq!(fs::read_to_string(&first).expect("a file"), "kept");
    let other = format!("json={linked}");
    let screenshot = ["--until", "activate", "--screenshot"];
    let picture = path("two.png");
    let _ = fs::remove_file(&picture);
    fs::hard_link(&first, &picture).expect("a third name");
    assert_refused(
        &[&["trace", "127.0.0.1:1", "-o", &first], &screenshot[..], &[&picture, "--report", &other]].concat(),
        "the same file",
    );
    assert!(!file("linked.json").exists(), "a file was left behind");
}

/// Reports stay readable from standard input, and no more of it is read than a report may have.
#[test]
fn standard_input_is_bounded() {
    let mut child = command(&["judge", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("it was piped");
    let spaces = [b' '; 1 << 16];
    // It ends before everything is written.
    while stdin.write_all(&spaces).is_ok() {}
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("longer than 16 MiB"), "{}", text(&output.stderr));
}

#[cfg(unix)]
mod pipes {
    use std::{fs, process::Command};

    use super::{assert_refused, path};
    use crate::program::{command, file, rdptrace, text};

    /// What is no host and no .rdp file is not looked up as a name, and is told as what it is.
    #[test]
    fn what_is_something_else_here_is_no_target() {
        let (directory, fifo) = (file("a-directory"), fifo("a-fifo"));
        fs::create_dir_all(&directory).expect("a directory");
        let socket = file("a-socket");
        let _ = fs::remove_file(&socket);
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        let text_file = path("a-file.txt");
        fs::write(&text_file, "dear all").expect("a file");
        fs::write(path("a-file"), "dear all").expect("a file");
        let here = directory.parent().expect("a folder");
        let cases = [
            ("a-directory", "is a directory"),
            ("a-fifo", "is no regular file"),
            ("a-socket", "is no regular file"),
            ("./a-file.txt", "is no .rdp file: no line of it is name:type:value"),
            ("a-file", "a-file:3389 is the host of that name"),
            (".", "is a directory"),
            ("/dev/null", "is no regular file"),
            (&fifo, "is no regular file"),
            ("rdp://a-directory", "is a directory"),
            ("rdp://a-fifo/", "is no regular file"),
            ("rdp:///dev/null", "it names a path"),
        ];
        for (target, words) in cases {
            for line in [&["trace", target][..], &["posture", target], &["local", "--target", target]] {
                let output = command(line).current_dir(here).output().expect("the program runs");
                let said = text(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{line:?}: {said}");
                assert!(output.stdout.is_empty() && said.contains(words), "{line:?}: {said}");
                assert_eq!(said.lines().count(), 1, "{line:?}: {said}");
            }
        }
        // A port says that the host is meant.
        let host = ["trace", "a-fifo:3389", "--until", "resolve"];
        let output = command(&host).current_dir(here).output().expect("the program runs");
        assert_ne!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }

    fn fifo(name: &str) -> String {
        let fifo = path(name);
        let _ = fs::remove_file(&fifo);
        assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
        fifo
    }

    /// With nobody at the other end a pipe would keep the program waiting.
    #[test]
    fn a_pipe_by_name_is_refused_at_once() {
        let fifo = fifo("fifo");
        let rdp = self::fifo("fifo.rdp");
        let target = "127.0.0.1:1";
        assert_refused(&["judge", &fifo], "it is no regular file");
        assert_refused(&["trace", target, "--ca-file", &fifo], "it is no regular file");
        assert_refused(&["trace", target, "-u", "a", "--password-file", &fifo], "it is no regular file");
        assert_refused(&["trace", &rdp], "it is no regular file");
        assert_refused(&["trace", target, "-o", &fifo], "nobody reads from it");
        assert_refused(&["trace", target, "--report", &format!("json={fifo}")], "nobody reads from it");
        assert_refused(
            &["trace", target, "--screenshot", &fifo, "--until", "activate"],
            "nobody reads from it",
        );
        assert_refused(&["explain", "0x904", "-o", &fifo], "nobody reads from it");
        for option in ["--collected", "--evtx", "--reg", "--hive"] {
            assert_refused(&["local", option, &fifo], "it is no regular file");
        }
        assert_refused(&["judge", "/dev/zero"], "it is no regular file");
        fs::remove_file(fifo).expect("it was there");
        fs::remove_file(rdp).expect("it was there");
    }

    /// What a shell makes of `<(command)` is a pipe that the program holds already.
    #[test]
    fn a_pipe_that_is_held_is_read() {
        let report = path("piped.json");
        rdptrace(&["demo", "--fault", "tls-reset", "--format", "json", "-o", &report]);
        let program = env!("CARGO_BIN_EXE_rdptrace");
        let held = [
            r#""$0" judge /dev/stdin < "$1""#,
            r#"cat "$1" | "$0" judge /dev/fd/0"#,
            r#"cat "$1" | "$0" judge -"#,
        ];
        for line in held {
            let output = Command::new("sh").args(["-c", line, program, &report]).output().expect("sh runs");
            assert_eq!(output.status.code(), Some(14), "{line}: {}", text(&output.stderr));
        }
    }

    #[test]
    fn devices_take_reports() {
        for place in ["/dev/null", "/dev/stdout"] {
            let output = command(&["demo", "-o", place]).output().expect("the program runs");
            assert_eq!(output.status.code(), Some(0), "{place}: {}", text(&output.stderr));
            assert_eq!(output.stdout.is_empty(), place == "/dev/null", "{place}");
        }
    }
}
