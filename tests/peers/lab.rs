//! Starts programs for a test, waits for their port, and runs rdptrace against it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::BufReader,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::Value;
use time::{Duration as Span, OffsetDateTime};

/// How long a server may take to listen.
const START: Duration = Duration::from_secs(20);
/// The phases in their order, which a JSON object does not keep.
const PHASES: [&str; 8] =
    ["resolve", "connect", "negotiate", "tls", "credssp", "mcs", "licensing", "activate"];

/// Whether every program is there; else says on standard error what is skipped.
pub(crate) fn has(programs: &[&str]) -> bool {
    let found = |program: &&&str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths)
            .chain([PathBuf::from("/usr/sbin")])
            .any(|dir| dir.join(program).is_file())
    };
    let missing: Vec<&&str> = programs.iter().filter(|program| !found(program)).collect();
    if !missing.is_empty() {
        skipped(&format!("{missing:?} not installed"));
    }
    missing.is_empty()
}

/// Says what is skipped; where the servers were installed on purpose, nothing may be.
pub(crate) fn skipped(why: &str) {
    let test = thread::current().name().unwrap_or_default().to_owned();
    assert!(std::env::var_os("RDPTRACE_PEERS").is_none_or(|asked| asked != "required"), "{test}: {why}");
    eprintln!("SKIPPED {test}: {why}");
}

/// Whether this is root; else says what is skipped.
pub(crate) fn is_root() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root {
        skipped("it mounts, which needs root");
    }
    root
}

/// How many colours a picture of 1024 by 768 pixels has.
pub(crate) fn colours(path: &str) -> usize {
    let file = BufReader::new(File::open(path).expect("the picture"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut rgb).expect("an image");
    assert_eq!((info.width, info.height), (1024, 768));
    rgb.chunks_exact(3).collect::<BTreeSet<_>>().len()
}

/// An empty folder for one server.
pub(crate) fn folder(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder below the target folder");
    path
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A program in its own process group, which ends with the test.
pub(crate) struct Program {
    child: Child,
}

impl Program {
    /// Starts it with its output in `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::create(log).expect("a log file");
        let errors = log.try_clone().expect("a second handle");
        command.process_group(0).stdin(Stdio::null()).stdout(log).stderr(errors);
        Self { child: command.spawn().expect("the program starts") }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args([signal, "--", &group]).status();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.signal("-KILL");
        let _ = self.child.wait();
    }
}

/// Waits until something listens on this port.
pub(crate) fn wait_for(port: u16) {
    wait_for_address(SocketAddr::from(([127, 0, 0, 1], port)));
}

/// Waits until something listens there.
pub(crate) fn wait_for_address(address: SocketAddr) {
    let begin = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begin.elapsed() < START, "nothing listens on {address}");
        thread::park_timeout(Duration::from_millis(20));
    }
}

/// Waits until a program has written this to its log.
pub(crate) fn wait_for_line(log: &Path, text: &str) {
    let begin = Instant::now();
    loop {
        let said = fs::read(log).expect("the log");
        let said = String::from_utf8_lossy(&said);
        if said.contains(text) {
            return;
        }
        assert!(begin.elapsed() < START, "no {text} in {said}");
        thread::park_timeout(Duration::from_millis(20));
    }
}

/// Writes `cert.pem` and `key.pem` for this common name, valid for these days around now.
pub(crate) fn certificate(folder: &Path, name: &str, from_days: i64, to_days: i64) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = OffsetDateTime::now_utc() + Span::days(from_days);
    params.not_after = OffsetDateTime::now_utc() + Span::days(to_days);
    let certificate = params.self_signed(&key).expect("a certificate");
    fs::write(folder.join("cert.pem"), certificate.pem()).expect("a file");
    fs::write(folder.join("key.pem"), key.serialize_pem()).expect("a file");
}

/// A report and the exit code that came with it.
#[derive(Debug)]
pub(crate) struct Traced {
    pub report: Value,
    pub code: Option<i32>,
}

impl Traced {
    /// The value at a JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.report.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// Evidence of the main connection, such as `tls/version`.
    pub(crate) fn evidence(&self, phase: &str, field: &str) -> &Value {
        self.at(&format!("/connections/0/phases/{phase}/evidence/{field}"))
    }

    /// The answer for each protocol of a posture, in its order.
    pub(crate) fn protocols(&self) -> Vec<&Value> {
        let seen = self.at("/posture/protocols").as_array().expect("a posture");
        seen.iter().map(|one| &one["answer"]).collect()
    }

    /// The versions of TLS that a posture says are accepted.
    pub(crate) fn versions(&self) -> Vec<&str> {
        let seen = self.at("/posture/tls").as_array().expect("a posture").iter();
        let accepted = seen.filter(|tls| tls["answer"] == "accepted");
        accepted.map(|tls| tls["version"].as_str().expect("a version")).collect()
    }

    /// Whether a finding was made.
    pub(crate) fn found(&self, code: &str) -> bool {
        self.at("/findings")
            .as_array()
            .is_some_and(|found| found.iter().any(|finding| finding["code"] == code))
    }

    /// Whether it is among the causes.
    pub(crate) fn may_be(&self, code: &str) -> bool {
        self.at("/causes").as_array().is_some_and(|causes| causes.iter().any(|cause| cause["code"] == code))
    }

    /// Each experiment with the phase it ended in and how: `tls12-only: tls passed`, `repeat: connect refused`; what was made again
    /// and ended alike is there once.
    pub(crate) fn experiments(&self) -> Vec<String> {
        let connections = self.at("/connections").as_array().expect("connections");
        let named = |connection: &Value| {
            let name = connection["purpose"].as_str()?.strip_prefix("experiment:")?;
            let phases = &connection["phases"];
            let last = PHASES.iter().rev().find(|phase| phases.get(**phase).is_some())?;
            let end = phases[*last]["failure"]["kind"].as_str().or(phases[*last]["status"].as_str())?;
            let once = name.split_once("-again-").map_or(name, |(once, _)| once);
            let once = if once.starts_with("repeat-") { "repeat" } else { once };
            Some(format!("{once}: {last} {end}"))
        };
        let mut made: Vec<String> = Vec::new();
        for one in connections.iter().filter_map(named) {
            if !made.contains(&one) {
                made.push(one);
            }
        }
        made
    }

    /// The evidence that an experiment's phase left.
    pub(crate) fn experiment(&self, name: &str, phase: &str) -> &Value {
        let purpose = format!("experiment:{name}");
        let connections = self.at("/connections").as_array().expect("connections");
        let made = connections.iter().find(|connection| connection["purpose"] == purpose.as_str());
        &made.unwrap_or_else(|| panic!("no {name} was made"))["phases"][phase]["evidence"]
    }

    /// Outcome, phase and kind of failure, for one comparison.
    pub(crate) fn ending(&self) -> [Value; 3] {
        ["/verdict/outcome", "/verdict/phase", "/verdict/failure/kind"]
            .map(|pointer| self.at(pointer).clone())
    }
}

/// Traces this port with further arguments, and a password if there is one.
pub(crate) fn trace(port: u16, arguments: &[&str], password: Option<&str>) -> Traced {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rdptrace"));
    match password {
        Some(password) => command.env("RDPTRACE_PASSWORD", password),
        None => command.env_remove("RDPTRACE_PASSWORD"),
    };
    traced(command, "127.0.0.1", port, arguments)
}

/// The same with a command that ends in the program, and another address.
pub(crate) fn traced(command: Command, address: &str, port: u16, arguments: &[&str]) -> Traced {
    run(command, "trace", address, port, arguments)
}

/// Asks this port what it accepts.
pub(crate) fn posture(port: u16, arguments: &[&str]) -> Traced {
    run(Command::new(env!("CARGO_BIN_EXE_rdptrace")), "posture", "127.0.0.1", port, arguments)
}

fn run(mut command: Command, what: &str, address: &str, port: u16, arguments: &[&str]) -> Traced {
    command.args([what, &format!("{address}:{port}"), "--format", "json"]).args(arguments);
    let output = command.output().expect("the program runs");
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Traced { report, code: output.status.code() }
}
