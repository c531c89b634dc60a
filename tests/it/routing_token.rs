//! A routing token as people type it.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    process::Output,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::program::{file, rdptrace, text};

const OPTIONS: [&str; 4] = ["--experiments", "off", "--local", "off"];

/// What a trace with these arguments behind the target sends first, and what the program says; `target` makes one of an address.
fn sent(target: impl Fn(&str) -> String, arguments: &[&str]) -> (Vec<u8>, Output) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    let address = listener.local_addr().expect("its address").to_string();
    let server = thread::spawn(move || {
        let mut request = vec![0; 300];
        let (mut stream, _) = listener.accept().expect("a client");
        let length = stream.read(&mut request).expect("a Connection Request");
        request.truncate(length);
        request
    });
    let output = rdptrace(&[&["trace", &target(&address)][..], arguments, &OPTIONS].concat());
    (server.join().expect("the server does not panic"), output)
}

/// The token with CR LF once, and the offer behind it.
#[track_caller]
fn assert_sent(request: &[u8], token: &str) {
    let line = format!("{token}\r\n");
    assert!(request[11..].starts_with(line.as_bytes()), "{token}: {request:02X?}");
    assert_eq!(request[11 + line.len()], 1, "the offer follows at once: {request:02X?}");
}

/// A file that names the address, and the token as it is typed.
fn rdp_file(address: &str, token: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let path = file(&format!("typed-token-{}.rdp", NUMBER.fetch_add(1, Ordering::Relaxed)));
    fs::write(&path, format!("full address:s:{address}\r\nloadbalanceinfo:s:{token}\r\n")).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}

/// People type what examples of other clients show.
#[test]
fn the_end_of_a_token_that_was_typed_is_taken_for_what_it_means() {
    for (typed, end) in [
        (r"tsv://farm\r\n", r"\r\n"),
        ("tsv://farm\r\n", r"\r\n"),
        (r"tsv://farm\r\n\r\n", r"\r\n\r\n"),
        (r"tsv://farm\n", r"\n"),
        (r"tsv://farm\r", r"\r"),
        ("tsv://farm\n", r"\n"),
        (r"tsv://farm\n\r", r"\n\r"),
    ] {
        let (request, output) = sent(str::to_owned, &["--load-balance-info", typed]);
        assert_sent(&request, "tsv://farm");
        let said = text(&output.stderr);
        let told = format!("the {end} at the end of --load-balance-info is taken as CR LF");
        assert!(said.contains(&told) && said.contains("sent is: tsv://farm"), "{said}");
        let quiet = rdptrace(&["trace", "127.0.0.1:1", "-q", "--load-balance-info", typed]);
        assert!(!text(&quiet.stderr).contains("CR LF"));
    }
}

#[test]
fn the_end_that_was_typed_into_a_file_is_taken_alike() {
    for end in [r"\r\n", r"\n", r"\r"] {
        let typed = format!("tsv://farm{end}");
        let (request, output) = sent(|address| rdp_file(address, &typed), &[]);
        assert_sent(&request, "tsv://farm");
        let (said, page) = (text(&output.stderr), text(&output.stdout));
        assert!(
            said.contains(&format!("the {end} at the end of loadbalanceinfo is taken as CR LF")),
            "{said}"
        );
        assert!(page.contains("sends the routing token tsv://farm\n"), "{page}");
        let (request, output) = sent(|address| rdp_file(address, &typed), &["--load-balance-info", "other"]);
        assert_sent(&request, "other");
        assert!(!text(&output.stderr).contains("loadbalanceinfo"));
    }
    let (request, output) = sent(|address| rdp_file(address, "tsv://farm"), &[]);
    assert_sent(&request, "tsv://farm");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

/// A user of a domain may be called so.
#[test]
fn what_looks_like_an_end_in_the_middle_is_sent_and_told() {
    let cookie = r"Cookie: mstshash=CORP\nick";
    let (request, output) = sent(str::to_owned, &["--load-balance-info", cookie]);
    assert_sent(&request, cookie);
    let said = text(&output.stderr);
    assert!(
        said.contains(r"the \n in --load-balance-info is sent as the characters that stand there"),
        "{said}"
    );
    assert!(said.contains(&format!("sent is: {cookie}")), "{said}");
    let two_lines = r"tsv://farm\r\nCookie: x";
    let refused = rdptrace(&["trace", "127.0.0.1:1", "--load-balance-info", two_lines]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains(r"\r\n stands in the middle"), "{}", text(&refused.stderr));
    let refused = rdptrace(&["trace", &rdp_file("127.0.0.1:1", two_lines)]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains(r"\r\n in the middle"), "{}", text(&refused.stderr));
}
