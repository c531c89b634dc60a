//! What `explain` says: the pages an administrator reads, every row of every table, and what people paste.

use crate::program::text;
use rdptrace::{
    codes::{self, TABLES},
    explain::{Explained, Explanation, NoCode, PAGES, Page, Relation, explain},
    render,
};

fn ask(words: &[&str]) -> Result<Explanation, NoCode> {
    explain(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
}

/// The only code that these words name.
fn one(words: &[&str]) -> Explained {
    let mut codes = ask(words).unwrap_or_else(|error| panic!("{words:?}: {error}")).codes;
    assert_eq!(codes.len(), 1, "{words:?}");
    codes.remove(0)
}

/// The page of text, without colours.
fn page(words: &[&str]) -> String {
    let mut bytes = Vec::new();
    let explanation = ask(words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
    render::explanation(&explanation, &mut bytes).expect("memory takes everything");
    anstream::adapter::strip_str(&text(&bytes)).to_string()
}

#[test]
fn pages_read_as_reviewed() {
    let pages: &[(&str, &[&str])] = &[
        ("explain_0x904", &["0x904"]),
        ("explain_0x904_0x7", &["0x904/0x7"]),
        ("explain_logon_failure", &["0xC000006D"]),
        ("explain_errinfo", &["errinfo", "0x112F"]),
        ("explain_event", &["event", "1026"]),
        ("explain_unknown", &["0x507"]),
        ("explain_decimal_or_hex", &["904"]),
        ("explain_several_kinds", &["0x104"]),
        ("explain_tls_alert", &["tls", "alert", "40"]),
        ("explain_gateway", &["0x300001B"]),
        ("explain_flags", &["negotiation_response_flag", "0x1b"]),
        ("explain_misspelt", &["STATUS_LOGON_FALURE"]),
        ("explain_zero", &["0x0"]),
        ("explain_text", &["An internal error has occurred"]),
    ];
    for (name, words) in pages {
        let page = page(words);
        // The names of logs, which nobody wants cut, are the only longer lines.
        assert!(page.lines().all(|line| line.len() <= 80), "{page}");
        insta::assert_snapshot!(*name, page);
    }
}

/// What stands in message boxes, logs and scripts, and what it is read as.
#[test]
fn what_people_paste_is_understood() {
    let cases: &[(&[&str], &str)] = &[
        (&["0x904"], "0x904"),
        (&["2308"], "0x904"),
        (&["0X904"], "0x904"),
        (&["error code: 0x904"], "0x904"),
        (&["Error", "0x204"], "0x204"),
        (&["Error", "code:", "0x204"], "0x204"),
        (&["(Code:", "0x80080005)"], "0x80080005"),
        (&["0x904/0x7"], "0x904/0x7"),
        (&["0x904", "0x7"], "0x904 0x7"),
        (&["0x904", "/", "0x7"], "0x904/0x7"),
        (&["2308/7"], "0x904/0x7"),
        (&["0x904,", "extended", "0x7"], "0x904/0x7"),
        (&["Error code: 0x904\nExtended error code: 0x7"], "0x904/0x7"),
        (&["0x3/0x10A"], "0x3/0x10A"),
        (&["0x3", "0x112F"], "0x3 0x112F"),
        (&["0x904", "0x204"], "0x904 0x204"),
        (&["-1073741715"], "0xC000006D"),
        (&["-2146893044"], "0x8009030C"),
        (&["0xFFFFFFFFC000006D"], "0xC000006D"),
        (&["c000006d"], "0xC000006D"),
        (&["80090302"], "0x80090302"),
        (&["112F"], "0x112F"),
        (&["ERRINFO", "0x112F"], "0x112F"),
        (&["0x904", "-", "0x7"], "0x904 0x7"),
        (&["0x904", "-", "Extended", "error", "code:", "0x7"], "0x904/0x7"),
        (&["Error code: 0x904 Extended error code: 0x7"], "0x904/0x7"),
        (&["0x904 (2308)"], "0x904"),
        (&["0x904", "banana"], "0x904"),
        (&["banana", "0x904"], "0x904"),
        (&["4625"], "Windows event 4625"),
        (&["0x1211 (4625)"], "Windows event 4625"),
        (&["event", "id", "1026"], "Windows event 1026"),
        (&["Event", "ID:", "4625"], "Windows event 4625"),
        (&["Status:", "0xC000006D", "Sub", "Status:", "0xC0000064"], "0xC0000064 0xC000006D"),
        (&["Because of a protocol error (code: 0x112f), the remote session will be disconnected."], "0x112F"),
        (&["reason=", "2308"], "0x904"),
        (&["STATUS_LOGON_FAILURE"], "STATUS_LOGON_FAILURE"),
        (&["status_logon_failure"], "status_logon_failure"),
        (&["disconnectReasonDNSLookupFailed"], "disconnectReasonDNSLookupFailed"),
        (&["enablerdsaadauth:i:1"], "enablerdsaadauth"),
        (&["The", "logon", "attempt", "failed"], "0x8009030C"),
        (&["KB5074109"], "KB5074109"),
        (&["An", "internal", "error", "has", "occurred."], "internal error has occurred"),
        (&["CVE-2018-0886"], "CVE-2018-0886"),
        (&["Could this be CVE-2018-0886?"], "CVE-2018-0886"),
        (
            &[
                "The function requested is not supported. This could be due to CredSSP encryption oracle remediation.",
            ],
            "0x80090302",
        ),
        (&["Remote Desktop can\u{2019}t find the computer \"rdsh01\"."], "0x104"),
    ];
    for (words, expected) in cases {
        let explanation = ask(words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let read: Vec<_> = explanation.codes.iter().map(|code| code.input.as_str()).collect();
        assert_eq!(read.join(" "), *expected, "{words:?}");
        assert!(explanation.is_complete(), "{words:?} is not known");
    }
}

#[test]
fn what_is_no_code_is_refused() {
    for words in [&["banana"][..], &["event"], &["error"], &["0xGG"], &["99999999999"], &["-"]] {
        let error = ask(words).expect_err("no code").to_string();
        assert!(!error.ends_with('.') && error.contains("code") || error.contains("number"), "{error}");
    }
}

#[test]
fn a_word_asks_its_table_alone() {
    let tables = |words: &[&str]| -> Vec<_> { one(words).meanings.iter().map(|one| one.table).collect() };
    assert_eq!(tables(&["event", "1026"]), ["event"]);
    assert_eq!(tables(&["1026"]), ["error_info", "event"]);
    assert_eq!(tables(&["extended", "0x104"]), ["extended"]);
    assert_eq!(tables(&["negotiation", "failure", "5"]), ["negotiation_failure"]);
    assert_eq!(tables(&["mcs", "reason", "3"]), ["mcs_reason"]);
    assert_eq!(tables(&["license", "alert", "6"]), ["license_error"]);
    let prose = "The session was ended because no license is available. Error code: 0x3";
    assert!(tables(&[prose]).contains(&"disconnect"), "a word of the sentence before asked for its table");
    assert_eq!(tables(&["ntstatus", "0x904"]), ["disconnect"], "a word hid the table that has the code");
    let event = one(&["event", "7"]);
    assert!(!event.known, "the number of an event is that of nothing else");
    assert_eq!(event.near[0].relation, Relation::OtherTable);
}

/// A pair with a topic in common says first what the second number says, because it is the nearer reason.
#[test]
fn a_pair_is_explained_by_its_extended_code() {
    let pair = one(&["0x3/0x10A"]);
    assert_eq!(pair.summary, "The server is not licensed to accept remote connections.");
    assert!(pair.background.expect("a page").contains("licensing"));
    let half = one(&["0x904/0x5A5A"]);
    assert!(!half.known && !half.meanings.is_empty() && !half.families.is_empty());
}

/// Tools wrap a status, and the status inside is what counts.
#[test]
fn a_status_inside_another_one_is_explained() {
    for (code, symbol) in [
        ("0xD000006D", "STATUS_LOGON_FAILURE"),
        ("0x8007052E", "ERROR_LOGON_FAILURE"),
        ("0x80072EE7", "ERROR_WINHTTP_NAME_NOT_RESOLVED"),
        ("0x8007274C", "WSAETIMEDOUT"),
        ("0x00010009", "ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES"),
        ("0x0A000086", "CERTIFICATE_VERIFY_FAILED"),
        ("0x1408F10B", "WRONG_VERSION_NUMBER"),
        ("0x0A000410", "handshake_failure"),
    ] {
        let explained = one(&[code]);
        assert!(explained.known, "{code}");
        assert_eq!(explained.meanings[0].symbol, Some(symbol), "{code}");
    }
}

/// An event may be one of several providers, so all are shown.
#[test]
fn an_event_of_two_providers_shows_both() {
    let providers: Vec<_> = one(&["event", "226"]).meanings.into_iter().filter_map(|one| one.event).collect();
    assert_eq!(providers.len(), 2, "{providers:?}");
}

#[test]
fn every_row_is_reached() {
    for table in TABLES {
        for row in table.rows() {
            let asked = match row.code {
                Some(code) if table.by_word => vec![one(&[table.name, &format!("{code:#x}")])],
                Some(code) => vec![one(&[table.name, &format!("{code:#x}")]), one(&[&code.to_string()])],
                // A text is found in every_text_is_found_in_a_sentence.
                None if row.symbol.contains(' ') || !row.symbol.is_ascii() => Vec::new(),
                None => vec![one(&[row.symbol])],
            };
            let meant = codes::meant(table, row);
            assert!(!meant.is_empty(), "{} {} means nothing", table.name, row.symbol);
            for explained in asked {
                let same = |one: &rdptrace::explain::Meaning| {
                    meant.iter().all(|(table, row)| {
                        one.table == table.name && one.code == row.code && one.meaning == row.meaning
                    })
                };
                assert!(explained.known, "{} {:?}", table.name, row.code);
                assert!(explained.meanings.iter().any(same), "{} {:?} {}", table.name, row.code, row.symbol);
            }
        }
    }
}

#[test]
fn every_page_is_used_and_every_page_that_is_named_exists() {
    let rows = || TABLES.iter().flat_map(|table| table.rows());
    for row in rows().filter(|row| !row.page.is_empty()) {
        assert!(Page::find(row.page).is_some(), "there is no page {}", row.page);
    }
    for page in PAGES {
        let pair = page.name.split_once('-').is_some_and(|(a, b)| a.starts_with("0x") && b.starts_with("0x"));
        assert!(pair || rows().any(|row| row.page == page.name), "nothing leads to {}", page.name);
        assert!(!page.lead().is_empty() && !page.sections().is_empty(), "{} is empty", page.name);
        assert!(page.sections().iter().all(|part| !part.items.is_empty()), "{}: empty section", page.name);
    }
}

/// Advice that harms is not given; where a page names it, the sentence warns.
#[test]
fn no_page_gives_harmful_advice() {
    let never = ["regsvr32", "reg load", "EnforceChannelBinding", "GracePeriod", "mstscax.dll", "fsutil"];
    let warned = [
        ("MachineKeys folder", "Do not "),
        ("AllowEncryptionOracle", "opens the hole"),
        ("AuthenticationLevelOverride", "act on other things"),
        ("NLA and the firewall", "Leave "),
        ("event 2050", "no event 2050"),
    ];
    let mut texts: Vec<String> = PAGES.iter().map(Page::lead).collect();
    texts.extend(PAGES.iter().flat_map(Page::sections).flat_map(|part| part.items));
    let rows = TABLES.iter().flat_map(|table| table.rows());
    texts.extend(rows.flat_map(|row| [row.meaning.to_owned(), row.hint.to_owned()]));
    for text in texts {
        let says = |word: &str| text.to_lowercase().contains(&word.to_lowercase());
        for word in never {
            assert!(!says(word), "{word}: {text}");
        }
        for word in ["disable", "turn off", "switch off"] {
            let guard = ["nla", "network level", "firewall", "antivirus", "tls 1.2"];
            assert!(!guard.iter().any(|guard| says(&format!("{word} {guard}"))), "{text}");
        }
        for (word, warning) in warned {
            assert!(!says(word) || text.contains(warning), "{word}: {text}");
        }
    }
}

/// What claims about 0x904 get an answer.
#[test]
fn the_page_of_0x904_names_no_cause_and_tells_how_to_find_it() {
    let page = page(&["0x904"]);
    for words in ["names no cause", "rdptrace trace HOST", "1024 only says", "no event 2050", "0x3000001"] {
        assert!(page.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{words}");
    }
    let pair = one(&["0x904/0x7"]);
    assert!(pair.summary.contains("inferred"), "{}", pair.summary);
}

/// What a report names can be asked for by that name.
#[test]
fn every_finding_and_cause_is_explained() {
    for code in rdptrace::internal::diagnose::paged() {
        let explanation = explain(&[code.to_owned()]).unwrap_or_else(|error| panic!("{code}: {error}"));
        let [explained] = explanation.codes.as_slice() else { panic!("{code}: {explanation:?}") };
        let headings: Vec<&str> = explained.sections.iter().map(|part| part.heading.as_str()).collect();
        assert_eq!((explained.input.as_str(), headings), (code, vec!["Check", "Fix"]));
        assert!(explained.known && explained.summary.len() > 40, "{code}: {}", explained.summary);
    }
}

/// The same pair in hexadecimal and decimal is one; another reason makes it another.
#[test]
fn what_stands_there_twice_is_explained_once() {
    for (words, expected) in [
        (&["0x904/0x7", "2308/7"][..], &["0x904/0x7"][..]),
        (&["0x904/0x7", "0x904/0x8"], &["0x904/0x7", "0x904/0x8"]),
        (&["0x904", "(2308)"], &["0x904"]),
    ] {
        let explanation = ask(words).expect("codes");
        let read: Vec<_> = explanation.codes.iter().map(|code| code.input.as_str()).collect();
        assert_eq!(read, expected, "{words:?}");
    }
}
