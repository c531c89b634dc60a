//! `--logon` with servers that check an account as a session begins: xrdp with sesman, and FreeRDP's shadow server with PAM.
//!
//! Both check an account of the system, so each gets files of accounts of its own, mounted where it looks for them.

use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    display::Display,
    lab::{Program, Traced, certificate, folder, free_port, has, is_root, trace, wait_for},
};

const USER: &str = "alice";
const PASSWORD: &str = "secret1";

/// Writes passwd, shadow and group of this machine with the account, and a script that mounts them and goes on.
fn accounts(folder: &Path, then: &str) -> String {
    let hash = Command::new("openssl").args(["passwd", "-6", PASSWORD]).output().expect("openssl runs");
    let hash = String::from_utf8_lossy(&hash.stdout).trim().to_owned();
    let home = folder.join("home");
    fs::create_dir_all(&home).expect("a home");
    std::os::unix::fs::chown(&home, Some(61_999), Some(61_999)).expect("root gives it away");
    let rows = [
        ("passwd", format!("{USER}:x:61999:61999::{}:/bin/sh", home.display())),
        ("shadow", format!("{USER}:{hash}:19000:0:99999:7:::")),
        ("group", format!("{USER}:x:61999:")),
    ];
    for (name, row) in &rows {
        let system = fs::read_to_string(Path::new("/etc").join(name)).expect("root reads it");
        let others = system.lines().filter(|line| !line.starts_with("alice:")).collect::<Vec<_>>();
        fs::write(folder.join(name), format!("{}\n{row}\n", others.join("\n"))).expect("the accounts");
    }
    let mounts = rows.map(|(name, _)| format!("mount --bind \"$0/{name}\" /etc/{name} && ")).concat();
    format!("{mounts}{then}")
}

/// Logs on with this password, to whoever serves the certificate that is served now.
fn log_on(port: u16, password: &str, timeout: &str) -> Traced {
    let seen = trace(port, &["--until", "tls", "--security", "tls"], None);
    let pin = seen.at("/certificate/sha256").as_str().expect("a certificate").to_owned();
    let user = ["-u", USER, "--logon", "--take-session", "--expect-thumbprint", &pin, "--timeout", timeout];
    trace(port, &user, Some(password))
}

#[test]
fn freerdps_shadow_closes_on_a_wrong_password_and_is_silent_on_the_right_one() {
    if !(has(&["freerdp-shadow-cli", "Xvfb", "unshare", "openssl"]) && is_root()) {
        return;
    }
    let (folder, port, display) = (folder("shadow-pam"), free_port(), Display::start());
    let script = accounts(
        &folder,
        "exec freerdp-shadow-cli /port:$1 /bind-address:127.0.0.1 /sam-file:\"$0/SAM\" /sec:tls +auth",
    );
    fs::write(folder.join("SAM"), "").expect("no accounts of its own");
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]).arg(&folder).arg(port.to_string());
    command.env("HOME", &folder).env("DISPLAY", &display.name);
    let _server = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    let right = log_on(port, PASSWORD, "8");
    assert_eq!(right.at("/verdict/outcome"), "passed", "{right:#?}");
    assert_eq!(right.at("/verdict/credentials"), "not_verifiable");
    assert_eq!(right.evidence("licensing", "account_sent"), true);
    assert!(right.found("credentials-not-verified"));
    let wrong = log_on(port, "wrong", "20");
    assert_eq!(wrong.code, Some(18), "{wrong:#?}");
    assert_eq!(wrong.at("/verdict/failure/kind"), "closed");
    assert_eq!(wrong.at("/verdict/credentials"), "not_verifiable");
    assert_eq!(wrong.at("/causes/0/code"), "credentials-wrong");
}

/// sesman checks the password at once; its answer is only drawn, so the truth is in its own log.
#[test]
fn xrdp_says_nothing_and_keeps_its_screen() {
    if !(has(&["xrdp", "xrdp-sesman", "xrdp-keygen", "unshare", "openssl"]) && is_root()) {
        return;
    }
    let (folder, port, sesman) = (folder("xrdp-sesman"), free_port(), free_port());
    let own = folder.join("etc");
    fs::create_dir_all(&own).expect("a folder");
    for entry in fs::read_dir("/etc/xrdp").expect("the package's settings").flatten() {
        let _ = fs::copy(entry.path(), own.join(entry.file_name()));
    }
    certificate(&own, "xrdp.example", -1, 100);
    let log = folder.join("sesman.log");
    let place = |name: &str| own.join(name).display().to_string();
    let (cert, key, listen) = (place("cert.pem"), place("key.pem"), format!("tcp://127.0.0.1:{port}"));
    set(
        &own.join("xrdp.ini"),
        &[("port", &listen), ("security_layer", "negotiate"), ("certificate", &cert), ("key_file", &key)],
    );
    let (number, path) = (sesman.to_string(), log.display().to_string());
    set(&own.join("sesman.ini"), &[("ListenPort", &number), ("LogFile", &path)]);
    let keys = Command::new("xrdp-keygen").args(["xrdp", &place("rsakeys.ini")]).output();
    assert!(keys.is_ok_and(|output| output.status.success()), "xrdp-keygen failed");
    let script = accounts(
        &folder,
        "mount --bind \"$0/etc\" /etc/xrdp && mkdir -p /run/xrdp && mount -t tmpfs none /run/xrdp && \
         (xrdp-sesman --nodaemon &) && exec xrdp --nodaemon",
    );
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]).arg(&folder);
    let _server = Program::start(&mut command, &folder.join("log"));
    wait_for(port);
    // It may listen on ::1 alone.
    says(&log, "starting xrdp-sesman");
    let wrong = log_on(port, "wrong", "6");
    assert_eq!(wrong.at("/verdict/outcome"), "passed", "{wrong:#?}");
    assert_eq!(wrong.at("/verdict/credentials"), "not_verifiable");
    assert_eq!(wrong.evidence("activate", "log_off"), "denied");
    assert!(wrong.found("credentials-not-verified"));
    says(&log, "AUTHFAIL: user=alice");
    let right = log_on(port, PASSWORD, "4");
    assert_eq!(right.at("/verdict/credentials"), "not_verifiable", "{right:#?}");
    says(&log, "access granted");
    let text = fs::read_to_string(&log).expect("its log");
    assert_eq!((text.matches("AUTHFAIL").count(), text.matches("access granted").count()), (1, 1));
}

/// Replaces the first line of each key.
fn set(path: &Path, settings: &[(&str, &str)]) {
    let text = fs::read_to_string(path).expect("the package's settings");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (key, value) in settings {
        let line = lines.iter_mut().find(|line| line.split('=').next() == Some(key));
        *line.unwrap_or_else(|| panic!("{} has no {key}", path.display())) = format!("{key}={value}");
    }
    fs::write(path, lines.join("\n") + "\n").expect("the settings");
}

/// Waits until the log says so.
fn says(path: &Path, what: &str) {
    let begin = Instant::now();
    while !fs::read_to_string(path).is_ok_and(|text| text.contains(what)) {
        assert!(begin.elapsed() < Duration::from_secs(20), "{} never says {what}", path.display());
        thread::yield_now();
    }
}
