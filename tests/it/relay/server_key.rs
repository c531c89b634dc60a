//! `relay --server-key`: what passed is opened when the connection has ended, and a file that is no key is refused as by `read`.

#![expect(clippy::disallowed_types, reason = "a client and a server outside of a runtime, as others are")]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use rdptrace::internal::flow::Side;

use super::program::{relayed, relayed_by};
use crate::{
    passive::server_key::turns,
    program::{Served, file, rdptrace, text},
    read::server_key::{UNUSABLE, place},
};

#[test]
fn standard_rdp_security_is_opened_with_the_key_alone() {
    let served = Served::start(&["--fault", "standard-security-error-info"]);
    let client = ["--security", "rdp"];
    let (_, page, _) = relayed(&served.1, &[], &client);
    assert!(!page.contains("257"), "{page}");
    let key = place("keys/demo-standard.pem");
    let (_, page, _) = relayed(&served.1, &["--server-key", key.to_str().expect("UTF-8")], &client);
    assert!(page.contains("257"), "{page}");
}

/// Says the turns of one side, and waits for those of the other.
fn play(mut stream: TcpStream, turns: &[(Side, Vec<u8>)], own: Side) {
    for (side, bytes) in turns {
        match *side == own {
            true => stream.write_all(bytes).expect("it is taken"),
            false => stream.read_exact(&mut vec![0; bytes.len()]).expect("it comes"),
        }
    }
}

/// The page of a relay between the two sides of a session that was recorded.
fn replayed(name: &str) -> (i32, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let target = listener.local_addr().expect("an address").to_string();
    let key = place("certificates/weak.key");
    let session = turns(name);
    let (code, page, _) = thread::scope(|scope| {
        scope.spawn(|| play(listener.accept().expect("the relay connects").0, &session, Side::Server));
        let client = |address: &str| {
            play(TcpStream::connect(address).expect("the relay listens"), &session, Side::Client);
        };
        relayed_by(&target, &["--server-key", key.to_str().expect("UTF-8")], client)
    });
    (code, page)
}

#[test]
fn rsa_key_exchange_is_opened_and_ecdhe_is_not() {
    let (code, page) = replayed("tls12-aes128-gcm");
    assert_eq!(code, 16, "{page}");
    let (_, page) = replayed("tls12-ecdhe");
    assert!(page.contains("keys of ECDHE"), "{page}");
}

#[test]
fn a_file_that_is_no_such_key_is_one_sentence_and_nothing_is_made() {
    let capture = file("no-key.pcapng");
    let _ = std::fs::remove_file(&capture);
    for (name, words) in UNUSABLE {
        let key = place(name);
        let [key, path] = [&key, &capture].map(|path| path.to_str().expect("UTF-8"));
        let relay = ["relay", "127.0.0.1:3", "--listen", "0", "--server-key", key, "--capture", path];
        let output = rdptrace(&relay);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{name}: {said}");
        assert!(said.contains(words) && !capture.exists(), "{name}: {said}");
    }
}
