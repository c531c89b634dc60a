//! A routing token as people type it.

use std::{io::Read as _, net::TcpListener, thread};

use crate::program::{rdptrace, text};

/// People type what examples of other clients show.
#[test]
fn the_end_of_a_token_that_was_typed_is_taken_for_what_it_means() {
    for typed in [r"tsv://farm\r\n", "tsv://farm\r\n", r"tsv://farm\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        let target = listener.local_addr().expect("its address").to_string();
        let server = thread::spawn(move || {
            let mut request = vec![0; 64];
            let (mut stream, _) = listener.accept().expect("a client");
            let length = stream.read(&mut request).expect("a Connection Request");
            request.truncate(length);
            request
        });
        let options = ["--load-balance-info", typed, "--experiments", "off", "--local", "off"];
        let output = rdptrace(&[&["trace", &target][..], &options].concat());
        let request = server.join().expect("the server does not panic");
        let token = b"tsv://farm\r\n";
        assert_eq!(request[11..11 + token.len()], *token);
        assert_eq!(request[11 + token.len()], 1, "the offer follows at once: {request:02X?}");
        let said = text(&output.stderr);
        assert!(said.contains(r"the \r\n at the end of --load-balance-info is taken as CR LF"), "{said}");
        let quiet = rdptrace(&["trace", "127.0.0.1:1", "-q", "--load-balance-info", typed]);
        assert!(!text(&quiet.stderr).contains("CR LF"));
    }
}
