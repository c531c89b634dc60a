//! Texts that people paste are found, and stand for codes that tables have.

use rdptrace::{
    codes::{self, TABLES},
    explain::Page,
};

/// A text without a number leads to what it stands for, or to the page that tells what to do.
#[test]
fn every_text_is_found_in_a_sentence() {
    for row in codes::texts().flat_map(|table| table.rows()) {
        // A name is asked for as a name.
        if row.symbol.is_ascii() && !row.symbol.contains(' ') {
            continue;
        }
        let words = format!("It says: \"{}\", then it closes.", row.symbol.to_uppercase());
        let text = codes::text_in(&words).unwrap_or_else(|| panic!("{words} is not found"));
        assert_eq!(text.row.symbol, row.symbol);
        let told = Page::find(row.page).is_some() || !row.hint.is_empty() || !row.stands_for.is_empty();
        assert!(told, "{} tells nothing to do", row.symbol);
    }
}

#[test]
fn what_a_text_stands_for_is_in_its_table() {
    for (table, row) in TABLES.iter().flat_map(|table| table.rows().map(move |row| (table, row))) {
        for reference in row.stands_for.split(", ").filter(|reference| !reference.is_empty()) {
            let one = codes::Row { meaning: "", stands_for: reference, ..row };
            assert!(!codes::meant(table, one).is_empty(), "{} {}: {reference}", table.name, row.symbol);
        }
    }
}

/// Dumps as the event viewer and wevtutil show them.
#[test]
fn the_status_of_a_termdd_event_is_in_its_last_four_bytes() {
    let dumps = [
        "0000: 00 00 04 00 02 00 2C 00 00 00 00 00 38 00 0A C0 0020: 00 00 00 00 84 01 00 D0",
        "00040000 002c0002 00000000 c00a0038 00000000 c00a0038 00000000 00000000 00000000 00000000 d0000184",
        "00000400020030000000000038000AC00000000038000AC0840100D0",
    ];
    for dump in dumps {
        assert_eq!(codes::status_in_data(dump), Some(0xD000_0184), "{dump}");
        assert_eq!(codes::inside(0xD000_0184)[0].1, 0xC000_0184);
    }
    for text in ["", "hello", "0000: 00 01", "84 01 00 D", "840100D0840100D"] {
        assert_eq!(codes::status_in_data(text), None, "{text}");
    }
}

#[test]
fn a_text_is_found_however_it_is_quoted_and_before_a_general_one() {
    let found = |words: &str| codes::text_in(words).map(|text| text.row.stands_for);
    assert_eq!(
        found(
            "This computer can\u{2019}t connect to the remote computer. The connection was lost due to a network\nerror."
        ),
        Some("disconnect 0x304")
    );
    assert_eq!(found("REMOTE  DESKTOP cannot find the computer \u{201c}a\u{201d}"), Some("disconnect 0x104"));
    assert_eq!(found("Session 4 has been disconnected, reason code 11").map(|to| &to[..8]), Some("event 40"));
    let translated = [
        (
            "Die Remotesitzung wurde getrennt, da keine Remotedesktop\u{2010}Lizenzserver verf\u{fc}gbar sind.",
            "extended 0x101",
        ),
        (
            "Cet ordinateur ne peut pas se connecter \u{e0} l\u{2019}ordinateur distant.",
            "message can't connect to the remote computer",
        ),
    ];
    for (words, code) in translated {
        assert_eq!(found(words), Some(code), "{words}");
    }
    assert!(found("nothing of it").is_none());
    let far = format!("Session {} has been disconnected, reason code 11", "x ".repeat(200));
    assert!(found(&far).is_none(), "a gap without an end");
}
