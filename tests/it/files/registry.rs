//! Registry exports and hives answer for what they hold, and for nothing else, whatever became of the file.

use std::{
    cell::Cell,
    io::{self, Cursor, Read, Seek, SeekFrom},
};

use rdptrace::{
    internal::local::files::{
        Keys,
        hive::{Hive, NoHive},
        reg::Export,
    },
    local::{Unreadable, Value},
};

use super::hive_writer::{List, Node, hive, utf16};

const EXPORT: &str = "Windows Registry Editor Version 5.00\r\n\
\r\n\
[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]\r\n\
\"LmCompatibilityLevel\"=dword:00000005\r\n\
\"LsaPid\"=dword:00000204\r\n\
@=\"the default\"\r\n\
\"Paths\"=\"C:\\\\x \\\"y\\\" = z\"\r\n\
\"Two lines\"=\"first\r\n\
[HKEY_LOCAL_MACHINE\\\\NOT\\\\A\\\\KEY]\"\r\n\
\"Big\"=hex(b):01,00,00,00,00,00,00,80\r\n\
\"Packages\"=hex(7):61,00,00,00,\\\r\n\
\x20\x2062,00,63,00,00,00,00,00\r\n\
\"Expand\"=hex(2):25,00,78,00,25,00,00,00\r\n\
\"Bytes\"=hex:de,ad,\\\r\n\
\x20\x20be,ef\r\n\
\"Broken\"=hex:zz\r\n\
\r\n\
[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0]\r\n\
\"RestrictSendingNTLMTraffic\"=dword:00000002\r\n\
\r\n\
[HKEY_CURRENT_USER\\Software\\Test]\r\n\
\"x\"=dword:00000001\r\n\
\r\n\
[HKEY_CURRENT_USER\\Software\\Test]\r\n\
\"y\"=\"\u{e4}\u{4e2d}\"\r\n";

const LSA: &str = r"HKLM\System\CurrentControlSet\Control\Lsa";

fn in_utf16(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], utf16(text)].concat()
}

pub(super) fn text(text: &str) -> Result<Option<Value>, Unreadable> {
    Ok(Some(Value::Text(text.to_owned())))
}

pub(super) fn number(number: u64) -> Result<Option<Value>, Unreadable> {
    Ok(Some(Value::Number(number)))
}

#[test]
fn an_export_answers_for_the_keys_below_those_that_it_holds() {
    for bytes in [in_utf16(EXPORT), EXPORT.as_bytes().to_vec(), [b"\xef\xbb\xbf", EXPORT.as_bytes()].concat()]
    {
        let export = Export::open(Cursor::new(bytes), 500_000).expect("an export");
        assert_eq!(export.value(LSA, "lmcompatibilitylevel"), number(5));
        assert_eq!(export.value(LSA, ""), text("the default"));
        assert_eq!(export.value(LSA, "Paths"), text("C:\\x \"y\" = z"));
        assert_eq!(export.value(LSA, "Two lines"), text("first\n[HKEY_LOCAL_MACHINE\\NOT\\A\\KEY]"));
        assert_eq!(export.value(LSA, "Big"), number(0x8000_0000_0000_0001));
        let list = Value::List(vec!["a".to_owned(), "bc".to_owned()]);
        assert_eq!(export.value(LSA, "Packages"), Ok(Some(list)));
        assert_eq!(export.value(LSA, "Expand"), text("%x%"));
        let bytes = Value::Binary { binary: "deadbeef".to_owned() };
        assert_eq!(export.value(LSA, "Bytes"), Ok(Some(bytes)));
        assert_eq!(export.value(LSA, "Gone"), Ok(None));
        assert!(matches!(export.value(LSA, "Broken"), Err(Unreadable::Failed(_))));
        assert_eq!(
            export.value(&format!("{LSA}\\Kerberos"), "x"),
            Ok(None),
            "the export covers what is below"
        );
        assert_eq!(export.subkeys(LSA), Ok(Some(vec!["MSV1_0".to_owned()])));
        assert_eq!(export.subkeys(&format!("{LSA}\\Kerberos")), Ok(None));
        let other = r"HKLM\SYSTEM\CurrentControlSet\Control\LsaX";
        assert_eq!(export.value(other, "x"), Err(Unreadable::NotHeld));
        assert_eq!(export.subkeys(r"HKLM\SYSTEM"), Err(Unreadable::NotHeld));
        assert_eq!(export.value(r"HKCU\Software\Test", "x"), number(1), "a key may stand twice");
        assert!(!export.changes());
        assert_eq!(export.value(r"HKCU\Software\Test", "Y"), text("\u{e4}\u{4e2d}"));
        assert_eq!(export.notes(), [""; 0]);
    }
}

#[test]
fn an_export_of_all_control_sets_and_of_one_user_answers_for_the_current_ones() {
    let export = "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM]\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Control]\n\
        \"x\"=hex(7):61,62,00,63,00,00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=dword:00000002\n\
        [HKEY_USERS\\S-1-5-18\\Software]\n\"who\"=\"system\"\n[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software]\n\"who\"=\"user\"\n";
    let export = Export::open(Cursor::new(export.as_bytes()), 500_000).expect("an export");
    let list = Value::List(vec!["ab".to_owned(), "c".to_owned()]);
    assert_eq!(export.value(r"HKLM\SYSTEM\CurrentControlSet\Control", "x"), Ok(Some(list)));
    assert_eq!(export.value(r"HKCU\Software", "who"), text("user"));
}

#[test]
fn what_is_no_export_is_refused_and_a_damaged_one_says_so() {
    for wrong in ["", "MZ", "Windows Registry Editor Version 5.00\r\n", "REGEDIT4\n\"x\"=dword:1\n"] {
        assert!(Export::open(Cursor::new(wrong.as_bytes()), 500_000).is_err(), "{wrong:?}");
    }
    let whole = in_utf16(EXPORT);
    for length in 0..whole.len() {
        let Ok(export) = Export::open(Cursor::new(&whole[..length]), 500_000) else { continue };
        let _ = (export.value(LSA, "Bytes"), export.subkeys(LSA), export.notes());
    }
    let cut = EXPORT.split_inclusive("[HKEY_LOCAL_MACHINE\\\\NOT").next().expect("a part");
    let export = Export::open(Cursor::new(cut.as_bytes()), 500_000).expect("an export");
    assert_eq!(export.notes(), ["a line is longer than it may be, or the file is cut off"]);
}

/// A file without an end, of which nobody needs to read more than where an export says that it is one.
struct Endless<'a>(&'a Cell<u64>);

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'x');
        self.0.set(self.0.get() + buffer.len() as u64);
        assert!(self.0.get() < 1 << 20, "it is read on and on");
        Ok(buffer.len())
    }
}

impl Seek for Endless<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn the_first_bytes_decide_whether_it_is_an_export() {
    let read = Cell::new(0);
    assert_eq!(Export::open(Endless(&read), 500_000).err().as_deref(), Some("it is no registry export"));
    let padded = format!("REGEDIT4{}\n\n[HKEY_LOCAL_MACHINE\\A]\n", " ".repeat(1000));
    assert!(Export::open(Cursor::new(padded.into_bytes()), 500_000).is_err());
}

#[test]
fn more_keys_than_are_read_and_longer_ones_than_there_may_be_are_told() {
    let long = "x".repeat(9000);
    let text = format!(
        "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\{long}]\n[HKEY_LOCAL_MACHINE\\A]\n[HKEY_LOCAL_MACHINE\\B]\n"
    );
    let open = |most| Export::open(Cursor::new(text.as_bytes()), most).expect("an export");
    let too_long = "the path of a key is longer than it may be";
    assert_eq!((open(2).size(), open(2).notes()), (2, vec![too_long.to_owned()]));
    let more = "it holds more keys than are read".to_owned();
    assert_eq!((open(1).size(), open(1).notes()), (1, vec![too_long.to_owned(), more]));
}

#[test]
fn an_export_that_is_cut_off_says_so_and_no_value_of_it_is_a_shorter_one() {
    let head = "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\One]\n";
    let no_end = "its last line has no end, so it may be cut off";
    let no_name = "the name of a key has no end, so keys may be missing";
    let failed = || Err(Unreadable::Failed("the export is cut off there".to_owned()));
    for (rest, notes, value) in [
        ("\"x\"=dword:00000001\n", vec![], number(1)),
        ("\"x\"=dword:00000001", vec![no_end], number(1)),
        ("\"x\"=dword:0000", vec![no_end], failed()),
        ("\"x\"=hex(b):01,00", vec![no_end], failed()),
        ("\"x\"=\"text\"", vec![no_end], text("text")),
        ("\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Tw", vec![no_end, no_name], Ok(None)),
        ("\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Tw\n\"x\"=dword:00000001\n", vec![no_name], Ok(None)),
    ] {
        let export = Export::open(Cursor::new(format!("{head}{rest}").into_bytes()), 500_000);
        let export = export.unwrap_or_else(|why| panic!("{rest}: {why}"));
        assert_eq!(export.notes(), notes, "{rest}");
        assert_eq!(export.value(r"HKLM\SYSTEM\One", "x"), value, "{rest}");
    }
}

fn system() -> Node {
    let mut root = Node { list: List::Hash, ..Node::default() };
    root.at("Select").number("Current", 1);
    root.at(r"ControlSet001\Control\Lsa").number("LmCompatibilityLevel", 2).text("Name \u{4e2d}", "\u{4e2d}");
    let many = root.at(r"ControlSet001\Services");
    many.list = List::Root;
    for index in 0..21 {
        many.at(&format!("Service{index:02}")).number("Start", index % 5);
    }
    let big: Vec<u8> = (0..40_000_u32).map(|index| (index % 251) as u8).collect();
    root.at(r"ControlSet001\Control\Big").set("Data", 3, &big).set("Small", 3, &[]).set("Short", 3, b"abc");
    root.at("ControlSet001").list = List::Index;
    root
}

pub(super) fn opened(bytes: &[u8]) -> Result<Hive<Cursor<Vec<u8>>>, NoHive> {
    Hive::open(Cursor::new(bytes.to_vec()), None)
}

#[test]
fn a_hive_answers_for_all_of_its_key() {
    let hive = opened(&hive(&system())).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(hive.mount(), r"HKLM\SYSTEM");
    let lsa = r"hklm\system\currentcontrolset\control\lsa";
    assert_eq!(hive.value(lsa, "lmcompatibilitylevel"), number(2));
    assert_eq!(hive.value(lsa, "Name \u{4e2d}"), text("\u{4e2d}"));
    assert_eq!(hive.value(lsa, "x"), Ok(None));
    assert_eq!(hive.value(r"HKLM\SYSTEM\ControlSet001\Services\Service20", "Start"), number(0));
    let names = hive.subkeys(r"HKLM\SYSTEM\CurrentControlSet\Services").expect("readable").expect("there");
    assert_eq!((names.len(), names[20].as_str()), (21, "Service20"));
    let big = r"HKLM\SYSTEM\CurrentControlSet\Control\Big";
    let Ok(Some(Value::Binary { binary })) = hive.value(big, "Data") else { panic!("it is there") };
    assert_eq!((binary.len(), &binary[..8], &binary[79_992..]), (80_000, "00010203", "5758595a"));
    assert_eq!(hive.value(big, "Small"), Ok(Some(Value::Binary { binary: String::new() })));
    assert_eq!(hive.value(big, "Short"), Ok(Some(Value::Binary { binary: "616263".to_owned() })));
    assert_eq!(hive.value(r"HKLM\SOFTWARE\x", "x"), Err(Unreadable::NotHeld));
    assert_eq!(hive.value("HKCU", "x"), Err(Unreadable::NotHeld));
    assert_eq!(hive.notes(), [""; 0]);
}

#[test]
fn a_hive_is_recognized_by_what_it_holds_or_named() {
    let mut software = Node::default();
    software.at(r"Microsoft\Windows NT\CurrentVersion").text("CurrentBuildNumber", "26100");
    software.at("Classes");
    let software = hive(&software);
    assert_eq!(opened(&software).map(|hive| hive.mount().to_owned()), Ok(r"HKLM\SOFTWARE".to_owned()));
    let mut user = Node::default();
    user.at(r"Software\Microsoft");
    user.at("Environment");
    assert_eq!(opened(&hive(&user)).map(|hive| hive.mount().to_owned()), Ok("HKCU".to_owned()));
    let mut other = Node::default();
    other.at("Parameters").number("x", 1);
    let bytes = hive(&other);
    assert!(matches!(opened(&bytes), Err(NoHive::Unknown)));
    let named = Hive::open(Cursor::new(bytes.clone()), Some(r"HKLM\SOFTWARE\Own"));
    let named = named.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(named.value(r"HKLM\SOFTWARE\Own\Parameters", "x"), number(1));
    let mut log = bytes;
    log[28] = 6;
    assert!(matches!(opened(&log), Err(NoHive::Log)));
    assert!(matches!(opened(b"MZ"), Err(NoHive::Other)));
}

#[test]
fn a_hive_that_was_in_use_says_so() {
    let mut bytes = hive(&system());
    bytes[4] += 1;
    let hive = opened(&bytes).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(hive.notes(), ["it was copied while it was in use, so its newest changes may be missing"]);
}

/// What is there is either found or told to be damaged, wherever the file ends.
#[test]
fn a_hive_that_is_cut_off_never_says_that_something_is_absent() {
    let whole = hive(&system());
    let key = r"HKLM\SYSTEM\ControlSet001\Services\Service13";
    let (mut found, mut damaged) = (0, 0);
    for length in (0..whole.len()).step_by(64) {
        let Ok(hive) = Hive::open(Cursor::new(&whole[..length]), Some(r"HKLM\SYSTEM")) else { continue };
        match hive.value(key, "Start") {
            Ok(Some(Value::Number(3))) => found += 1,
            Err(Unreadable::Failed(_)) => damaged += 1,
            other => panic!("{length} bytes: {other:?}"),
        }
        assert!(hive.notes().iter().any(|note| note.starts_with("it is cut off")), "{length} bytes");
    }
    assert!(damaged > 10, "{found} {damaged}");
}

/// Every number of the file may be anything: nothing panics, and nothing goes on for ever.
#[test]
fn a_hostile_hive_is_read_to_an_end() {
    let mut root = system();
    root.at(r"ControlSet001\Control").keys.retain(|(name, _)| name != "Big");
    let whole = hive(&root);
    for at in (4096..whole.len()).step_by(4) {
        for number in [0, u32::MAX, 32, 0x20, 0x8000_0000, 0xffff_0010] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
            let Ok(hive) = Hive::open(Cursor::new(bytes), Some(r"HKLM\SYSTEM")) else { continue };
            let _ = hive.value(r"HKLM\SYSTEM\CurrentControlSet\Services\Service13", "Start");
            let _ = hive.subkeys(r"HKLM\SYSTEM\ControlSet001\Services");
        }
    }
}
