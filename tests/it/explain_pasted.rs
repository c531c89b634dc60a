//! What people paste into `explain`: each text gives exactly the codes that stand in it, whatever else stands around them.

use crate::program::{rdptrace, text};
use rdptrace::explain::{Explained, explain};
use serde_json::Value;

/// A text, `\n` for its lines, and its codes as they are commonly written; `-` where there is none.
const PASTED: &str = include_str!("../../testdata/explain/pasted.tsv");

/// The same of texts that people reported.
const REPORTED: &str = include_str!("../../testdata/explain/reported.tsv");

/// Noise of each kind, made of random digits: `9` is a digit of base 10, `f` one of base 16, and `{}` a code around which it stands.
const NOISE: &[(&str, &str)] = &[
    ("date", "1/1/9999 {}"),
    ("date", "{} 2099-12-19"),
    ("German date", "am 19.12.2099: {}"),
    ("clock", "at 19:59:59 PM {}"),
    ("clock of FreeRDP", "[19:59:59:999] [9999:9999] [ERROR][com.freerdp.core] - {}"),
    ("clock with thread", "[19:59:59:999] [9999:0000ffff] {}"),
    ("stamp", "2099-12-19T19:59:59.999+0100 {}"),
    ("stamp of xrdp", "[20991219-19:59:59] [INFO ] {}"),
    ("address", "{} from 192.0.2.99"),
    ("address with port", "192.0.2.99:59999 refused us, {}"),
    ("IPv6 address", "the host fe80::ffff:9999 says {}"),
    ("IPv6 address with port", "[2001:db8::ffff]:59999 says {}"),
    ("hardware address", "the card 00:15:5d:ff:ff:ff says {}"),
    ("host with port", "srv99.corp.example:59999 says {}"),
    ("GUID", "{} activity id {ffffffff-ffff-4fff-9fff-ffffffffffff}"),
    ("URL", "{} https://go.example.com/fwlink/?linkid=999999&code=0x999&error=9999"),
    ("URL without scheme", "{} see go.example.com/fwlink/?linkid=999999&code=0x999"),
    ("Windows", "on Windows 19 29H9 {}"),
    ("server", "Windows Server 2099 build 19999: {}"),
    ("version", "{} with version 19.9.99999.9"),
    ("phone", "{} on iOS 19 and macOS 19.9"),
    ("port", "{} at port 59999"),
    ("session", "session 99 of us says {}"),
    ("user", "user \"9999\" got {}"),
    ("computer", "computer \"SRV9999\" said {}"),
    ("account", "CORP\\user9999 and bob99@corp.example got {}"),
    ("process", "sshd[9999]: {}"),
    ("source", "{} in rdp.c:9999"),
    ("path", "/var/log/rdp/9999/error-0x999.log has {}"),
    ("hash", "certificate ffffffffffffffffffffffffffffffffffffffff: {}"),
    ("amount", "{} after 99 minutes and 9 attempts"),
    ("button", "[OK] {}"),
    ("handle", "Logon ID: 0xfff Process ID: 0xfff {}"),
    ("protocols", "{} over CredSSP version 9, SMB 9 and TLS 1.9"),
    ("line", "in line 99, column 9: {}"),
    ("update", "{} since KB 5999999"),
    ("list", "1) the cable 2) the switch 3) {}"),
];

/// Codes as they are written, and what they are.
const CODES: &[(&str, &str)] = &[
    ("error code 0x904", "0x904"),
    ("0x904/0x7", "0x904/0x7"),
    ("Error code: 0x204 Extended error code: 0x0", "0x204/0x0"),
    ("error 2308", "0x904"),
    ("NTSTATUS 3221225581", "0xC000006D"),
    ("-2146893044", "0x8009030C"),
    ("c0000234", "0xC0000234"),
    ("STATUS_LOGON_FAILURE", "0xC000006D"),
    ("Event ID 4625", "0x1211"),
    ("alert 40", "0x28"),
    ("Status: 0xC000006D Sub Status: 0xC0000064", "0xC0000064 0xC000006D"),
];

fn written(one: &Explained) -> String {
    match (one.code, one.extended) {
        (Some(code), Some(extended)) => format!("0x{code:X}/0x{extended:X}"),
        (Some(code), None) => format!("0x{code:X}"),
        _ => "text".to_owned(),
    }
}

/// The codes that a text gives; `-` for none.
fn codes(pasted: &str) -> String {
    match explain(&[pasted.to_owned()]) {
        Ok(explanation) => explanation.codes.iter().map(written).collect::<Vec<_>>().join(" "),
        Err(_) => "-".to_owned(),
    }
}

#[test]
fn every_text_gives_exactly_its_codes() {
    let rows =
        PASTED.lines().chain(REPORTED.lines()).filter(|line| !line.starts_with('#') && !line.is_empty());
    let wrong: Vec<String> = rows.filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong(line: &str) -> Option<String> {
    let mut cells = line.split('\t');
    let (pasted, expected) = (cells.next()?, cells.next().unwrap_or_else(|| panic!("no answer: {line}")));
    let pasted = pasted.replace("\\n", "\n").replace("\\t", "\t");
    let (read, first) = (codes(&pasted), cells.next().map(|first| (first, tables(&pasted))));
    let other = first.filter(|(expected, read)| expected != read);
    match other {
        Some((expected, read)) => Some(format!("{pasted}: tables {read}, not {expected}")),
        None => (read != expected).then(|| format!("{pasted}: {read}, not {expected}")),
    }
}

/// The table of the first meaning of each code.
fn tables(pasted: &str) -> String {
    let explanation = explain(&[pasted.to_owned()]);
    let codes = explanation.map_or_else(|_| Vec::new(), |explanation| explanation.codes);
    codes
        .iter()
        .map(|one| one.meanings.first().map_or("-", |first| first.table))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A generator of digits that needs no dependency and repeats what failed.
struct Digits(u64);

impl Digits {
    fn next(&mut self, base: u32) -> char {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let digit = u32::try_from(self.0 % u64::from(base)).expect("a digit");
        char::from_digit(digit, base).expect("a digit")
    }

    fn fill(&mut self, pattern: &str) -> String {
        let words = |word: &str| word.chars().any(|c| c.is_ascii_alphabetic() && c != 'f' && c != 'x');
        let fill = |run: &str| -> String {
            let is_hex = !words(run) || run.contains("ffff");
            let digit = |c| match c {
                '9' => self.next(10),
                'f' if is_hex => self.next(16),
                c => c,
            };
            run.chars().map(digit).collect()
        };
        pattern.split_inclusive([' ', ':', '[', '{', '-']).map(fill).collect()
    }
}

/// Noise before or behind a code changes nothing about the answer, nor do two kinds of it together.
#[test]
fn noise_around_a_code_changes_nothing() {
    let mut digits = Digits(0x9E37_79B9_7F4A_7C15);
    for (at, (kind, pattern)) in NOISE.iter().enumerate() {
        for (code, expected) in CODES {
            let other = NOISE[(at * 7 + code.len()) % NOISE.len()].1;
            let once = digits.fill(pattern).replacen("{}", code, 1);
            let twice = digits.fill(other).replacen("{}", &once, 1);
            assert_eq!(codes(&once), *expected, "{kind}: {once}");
            assert_eq!(codes(&twice), *expected, "{kind}: {twice}");
        }
    }
}

#[test]
fn noise_alone_is_no_code() {
    let mut digits = Digits(0x2545_F491_4F6C_DD1D);
    for (kind, pattern) in NOISE {
        for _ in 0..3 {
            let noise = digits.fill(pattern).replacen("{}", "", 1);
            assert_eq!(codes(&noise), "-", "{kind}: {noise}");
        }
    }
}

/// A script reads the same codes as a person, and knows them by their exit code.
#[test]
fn json_holds_the_codes_of_a_text_and_nothing_else() {
    let pasted = "[Window Title]\nRemote Desktop Connection\n\n[Content]\nAn internal error has occurred.\n\n\
                  [^] Hide details  [OK]\n\n[Expanded Information]\nError code: 0x904\nExtended error code: 0x7\n\
                  Timestamp (UTC): 03/07/26 07:31:09 AM\nPress Ctrl+C to copy.";
    let output = rdptrace(&["explain", "--format", "json", pasted]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let [one] = json["codes"].as_array().expect("codes").as_slice() else { panic!("{json}") };
    assert_eq!((&one["code"], &one["extended"], &one["known"]), (&0x904.into(), &7.into(), &true.into()));
    assert_eq!(json["unread"], Value::Array(Vec::new()));
}

/// A word orders the tables; the page never says that a table lacks what another one has.
#[test]
fn a_word_never_hides_the_table_that_has_the_code() {
    for asked in ["ntstatus 0x904", "gateway error 0x3000008", "license error 0x10b", "TLS error 0x80090331"]
    {
        let output = rdptrace(&["explain", asked]);
        assert_eq!(output.status.code(), Some(0), "{asked}: {}", text(&output.stderr));
        assert!(!text(&output.stdout).contains("not in the table"), "{asked}");
    }
    let event = rdptrace(&["explain", "event 7"]);
    assert_eq!(event.status.code(), Some(1), "{}", text(&event.stdout));
}

/// Where there is much, the beginning is told, and that there is more.
#[test]
fn a_text_of_any_length_is_answered() {
    let prose = "nobody here knows why it happens to some people only, said the server. ".repeat(2_000);
    let codes = (0..500).map(|code| format!("0x{:x} ", 0x8009_0300_u32 + code)).collect::<String>();
    for (pasted, limit) in [
        (format!("error 0x904. {prose}"), "32 kB"),
        (codes, "64 codes"),
        ("0x904 ".to_owned() + &"0x".repeat(30_000), "32 kB"),
    ] {
        let explanation = explain(&[pasted]).expect("a code");
        let told = explanation.left_out().expect("a sentence");
        assert!(told.contains(limit) && explanation.codes.len() <= 64, "{told}");
    }
    for pasted in [prose, "0x".repeat(30_000), "\u{30ea}\u{30e2}".repeat(20_000)] {
        assert!(explain(&[pasted]).is_err(), "a code in prose");
    }
}
