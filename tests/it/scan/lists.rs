//! Lists as people and programs write them, and what is said of a line that names no host.

use rdptrace::internal::scan::{Place, lines};

/// The hosts of a list as they were written, and how many ranges it has.
fn hosts(list: &[u8]) -> Vec<String> {
    let lines = lines(list).unwrap_or_else(|bad| panic!("{bad:?}"));
    let shown = lines.into_iter().map(|line| match line.place {
        Place::Host(target) => format!("{} {}", target.input, target.endpoint.port),
        Place::Range(range, port) => format!("{} to {} {port}", range.first, range.last),
    });
    shown.collect()
}

fn refused(list: &str) -> (Option<u64>, String) {
    let bad = lines(list.as_bytes()).expect_err("a bad line");
    (bad.number, bad.why)
}

#[test]
fn a_host_a_line_with_comments_and_blanks() {
    let list =
        "# ours\n\n rdsh01 \r\nrdsh02:3390 # the old one\n192.0.2.7\n[2001:db8::7]:3391\n\t\n10.0.0.0/30\n";
    let expected = ["rdsh01 3389", "rdsh02:3390 3390", "192.0.2.7 3389", "[2001:db8::7]:3391 3391"];
    assert_eq!(hosts(list.as_bytes())[..4], expected);
    assert_eq!(hosts(list.as_bytes())[4], format!("{} to {} 3389", 10 << 24, (10 << 24) + 3));
}

#[test]
fn what_editors_and_shells_of_windows_write() {
    let wide =
        |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let list = "\u{FEFF}rdsh01\r\nrdsh02\r\n";
    for bytes in [list.as_bytes().to_vec(), wide(list, u16::to_le_bytes), wide(list, u16::to_be_bytes)] {
        assert_eq!(hosts(&bytes), ["rdsh01 3389", "rdsh02 3389"]);
    }
}

#[test]
fn a_table_names_its_column() {
    assert_eq!(hosts(b"Name,Site\nrdsh01,\"Lyon, 2\"\nrdsh02,Kiel\n"), ["rdsh01 3389", "rdsh02 3389"]);
    assert_eq!(
        hosts(b"Port;IP-Address\n3390;192.0.2.1\n;192.0.2.2\n"),
        ["192.0.2.1:3390 3390", "192.0.2.2 3389"]
    );
    assert_eq!(hosts(b"site\thostname\nKiel\trdsh01\n"), ["rdsh01 3389"]);
    assert_eq!(hosts(b"hostname\nrdsh01\n"), ["rdsh01 3389"]);
    // The more telling of two columns, and the other where that one is empty.
    let of_directory =
        b"#TYPE Computer\n\"Name\",\"DNSHostName\"\n\"RDSH01\",\"rdsh01.corp.example\"\n\"RDSH02\",\"\"\n";
    assert_eq!(hosts(of_directory), ["rdsh01.corp.example 3389", "RDSH02 3389"]);
}

#[test]
fn a_bad_line_is_told_with_its_number() {
    assert_eq!(refused("rdsh01\n\nrd sh\n").0, Some(3));
    assert_eq!(refused("rdsh01\nhttps://rdsh02\n").0, Some(2));
    assert_eq!(
        refused("name,port\nrdsh01,99999\n"),
        (Some(2), "\"99999\" is no host: a port is a number from 1 to 65535".to_owned())
    );
    assert_eq!(refused("name,site\nrdsh01,Kiel\n,Lyon\n"), (Some(3), "this row names no host".to_owned()));
    assert_eq!(refused("rdsh01,rdsh02\n").0, Some(1), "a table without a known column");
    assert_eq!(
        refused("10.0.0.9-3\n"),
        (Some(1), "\"10.0.0.9-3\" is no host: it ends before it begins".to_owned())
    );
    let long = refused(&"x ".repeat(5000)).1;
    assert!(long.len() < 200, "{long}");
    let binary = lines(&[0x80, 0xFF, 0x00]).expect_err("no text");
    assert_eq!((binary.number, binary.why.as_str()), (None, "it is no text in UTF-8 or UTF-16"));
}

/// Whatever is cut off or changed: an answer, and no panic.
#[test]
fn damaged_lists_are_refused_or_read() {
    let list =
        b"\xEF\xBB\xBFname;\"ip\";port\r\n\"a\"\"b\";192.0.2.1-9;3389\n# x\n[::1]:3;;\n10.0.0.0/8:1;\xFF";
    for end in 0..list.len() {
        let _ = lines(&list[..end]);
        for byte in [0, b'"', b'\n', b';', 0xFE, 0xFF, b'/', b'-', b'9'] {
            let mut changed = list.to_vec();
            changed[end] = byte;
            let _ = lines(&changed);
        }
    }
}
