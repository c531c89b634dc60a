//! The log of `-v`: a line a message, with the time and the connection that it belongs to.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::program::{Served, rdptrace, text};

#[test]
fn each_message_is_told_with_its_time_and_its_connection() {
    let server = Served::start(&["--fault", "tls-close"]);
    let output = rdptrace(&["trace", &server.1, "-v"]);
    let log = text(&output.stderr);
    let frames: Vec<&str> = log.lines().filter(|line| line.contains("frame phase=")).collect();
    for frame in &frames {
        let moment = frame.split(' ').next().expect("a line");
        assert!(OffsetDateTime::parse(moment, &Rfc3339).is_ok(), "{frame}");
        assert!(frame.contains("connection{name=") && frame.contains("direction="), "{frame}");
    }
    for name in ["main", "experiment:small-hello", "experiment:repeat"] {
        let named = format!("connection{{name={name}");
        assert!(frames.iter().any(|frame| frame.contains(&named)), "{name}: {log}");
    }
    assert!(!text(&output.stdout).contains("frame phase="), "the report stays clean");
}
