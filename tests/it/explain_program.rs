//! `explain` as a script sees it: exit codes, both streams and JSON.

use rdptrace::codes;
use serde_json::Value;

use crate::program::{rdptrace, text};

#[test]
fn the_program_explains_with_the_exit_codes_of_the_contract() {
    let cases: &[(&[&str], i32)] =
        &[(&["0x904"], 0), (&["-1073741715"], 0), (&["0x904", "0x507"], 1), (&["banana"], 2), (&[], 2)];
    for (words, code) in cases {
        let output = rdptrace(&[&["explain"], *words].concat());
        assert_eq!(output.status.code(), Some(*code), "{words:?}: {}", text(&output.stderr));
        assert_eq!(output.stdout.is_empty(), *code == 2, "{words:?}");
        assert_eq!(output.stderr.is_empty(), *code != 2, "{words:?}");
    }
}

/// A stray word is no reason to explain nothing; a mistyped code is told by the exit code as well.
#[test]
fn the_program_says_what_it_left_out() {
    for (word, code) in [("banana", 0), ("0xGG", 1), ("certificate-expird", 1), ("99999999999", 1)] {
        let output = rdptrace(&["explain", "0x904", word]);
        assert_eq!(output.status.code(), Some(code), "{word}");
        assert!(text(&output.stdout).contains("names no cause"), "{word}");
        assert!(text(&output.stderr).contains(word), "{word}: {}", text(&output.stderr));
    }
}

#[test]
fn json_holds_what_the_page_shows() {
    let output = rdptrace(&["explain", "0x904/0x7", "0x507", "event", "1026", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["schema_version"], 1);
    assert_eq!(json["codes"][0]["code"], 0x904);
    assert_eq!(json["codes"][0]["extended"], 7);
    assert_eq!(json["codes"][0]["meanings"][0]["symbol"], codes::DISCONNECT.symbol(0x904).expect("a name"));
    assert_eq!(json["codes"][1]["known"], false);
    assert_eq!(json["codes"][1]["families"][0]["confidence"], "inferred");
    let event = &json["codes"][2]["meanings"][0];
    assert_eq!(event["event"]["provider"], "Microsoft-Windows-TerminalServices-ClientActiveXCore");
    assert_eq!(event["phases"][0], "any");
}

/// A name that is nearly right is suggested.
#[test]
fn a_finding_is_explained_and_a_misspelt_one_suggested() {
    let output = rdptrace(&["explain", "certificate-expired"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("SessionEnv"));
    let output = rdptrace(&["explain", "certificate-expird"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("certificate-expired"), "{}", text(&output.stderr));
}
