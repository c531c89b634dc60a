//! Targets as people write them.

use rdptrace::Target;

fn parsed(input: &str) -> Option<(String, u16)> {
    input.parse::<Target>().ok().map(|target| (target.endpoint.host, target.endpoint.port))
}

#[test]
fn hosts_and_addresses_with_and_without_a_port() {
    let cases = [
        ("rdsh01.corp.example", "rdsh01.corp.example", 3389),
        ("rdsh01", "rdsh01", 3389),
        ("rdsh01:3390", "rdsh01", 3390),
        ("10.20.0.15", "10.20.0.15", 3389),
        ("10.20.0.15:443", "10.20.0.15", 443),
        ("::1", "::1", 3389),
        ("[::1]", "::1", 3389),
        ("[2001:db8::15]:3390", "2001:db8::15", 3390),
        ("host_with_underscore.example.", "host_with_underscore.example.", 3389),
    ];
    for (input, host, port) in cases {
        assert_eq!(parsed(input), Some((host.to_owned(), port)), "{input}");
    }
}

#[test]
fn what_is_no_target_is_refused_with_its_own_words() {
    let cases = [
        "",
        " ",
        "host:",
        "host:0",
        "host:65536",
        "host:port",
        "host:+1",
        "[::1",
        "::1]:3389",
        "[::1]3389",
        "[host]:1",
        "a b",
        "-host",
        "host-",
        "host..example",
        "http://host",
        "rdp://host",
        "1.2.3",
        "1.2.3.4.5",
        "host/",
        "user@host",
        "host:33:89",
        "\u{1b}[31m",
    ];
    for input in cases {
        let error = input.parse::<Target>().expect_err(input).to_string();
        assert!(error.contains("is no target: "), "{error}");
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}

#[test]
fn a_target_is_shown_so_that_it_can_be_given_again() {
    for input in ["rdsh01:3389", "[2001:db8::15]:3390", "10.0.0.1:3389"] {
        assert_eq!(input.parse::<Target>().expect("a target").to_string(), input);
    }
}
