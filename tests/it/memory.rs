//! What is left of a password in the memory of the program after CredSSP: the account itself, and no copy.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    process::{Child, Stdio},
    sync::Arc,
    thread,
};

use rdptrace::{Network as _, System, internal::demo};

use crate::program::command;

/// A demo server with this password that goes silent after CredSSP.
fn serve(password: &str) -> String {
    let fault = demo::find("mcs-silence");
    let server = demo::Server::new(fault, System.now()).expect("a server").with_password(password);
    let (told, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = demo::listen(([127, 0, 0, 1], 0).into()).await.expect("a port");
            told.send(listener.local_addr().expect("an address")).expect("somebody waits");
            demo::run(listener, Arc::new(server)).await;
        });
    });
    address.recv().expect("an address").to_string()
}

/// How often these bytes stand in the memory that the process may write.
fn found(child: &Child, needle: &[u8]) -> usize {
    let folder = format!("/proc/{}", child.id());
    let maps = fs::read_to_string(format!("{folder}/maps")).expect("the map of the memory");
    let mut memory = File::open(format!("{folder}/mem")).expect("the memory of a child");
    let mut count = 0;
    for line in maps.lines().filter(|line| line.contains(" rw") && !line.contains("[v")) {
        let range = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let bound = |text| u64::from_str_radix(text, 16).expect("an address");
        let (from, to) = (bound(range.0), bound(range.1));
        let mut bytes = vec![0; usize::try_from(to - from).expect("a length")];
        memory.seek(SeekFrom::Start(from)).expect("a place in it");
        if memory.read_exact(&mut bytes).is_ok() {
            count += bytes.windows(needle.len()).filter(|window| *window == needle).count();
        }
    }
    count
}

#[test]
fn no_copy_of_the_password_is_left_after_credssp() {
    let mut random = [0; 12];
    getrandom::fill(&mut random).expect("random bytes");
    let password = hex::encode(random);
    let address = serve(&password);
    let options = ["-u", "demo", "--password-stdin", "--server-name", demo::DNS_COMPUTER, "-vv"];
    let further = ["--until", "licensing", "--timeout", "60", "--experiments", "off", "--local", "off"];
    let mut child = command(&[&["trace", &address], &options[..], &further].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    writeln!(child.stdin.take().expect("it was piped"), "{password}").expect("it reads");
    let log = BufReader::new(child.stderr.take().expect("it was piped"));
    let reached = log.lines().map_while(Result::ok).find(|line| line.contains("phase=mcs"));
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    let (plain, wide): (_, Vec<u8>) =
        (password.as_bytes(), password.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let left = (found(&child, plain), found(&child, &wide));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(reached.is_some(), "CredSSP has passed");
    // Whoever holds the account shares it.
    assert!(left.0 <= 1 && left.1 == 0, "{left:?}: the account, and nothing in UTF-16");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}
