//! The text of an .rdp file: how it is written, and its lines. What is a file of another program is told by how it begins.

use crate::utf16;
use std::{iter, str};

/// How the text of a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little end first, as mstsc saves it.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// A code page that the file does not name; what it says in ASCII is read.
    CodePage,
    /// No file: an rdp:// address.
    Address,
}

/// How files of other programs begin, in lower case, and what they are.
const OTHERS: &[(&str, &str)] = &[
    (
        "<rdcman",
        "a list of servers of Remote Desktop Connection Manager (.rdg): its name elements hold the hosts",
    ),
    (
        "<uploadinfo",
        "an invitation to Remote Assistance (.msrcIncident), which Remote Assistance opens and mstsc does not",
    ),
    (
        "<uploaddata",
        "an invitation to Remote Assistance (.msrcIncident), which Remote Assistance opens and mstsc does not",
    ),
    ("[remmina]", "a profile of Remmina: its line server= holds the host"),
    ("<resourcecollection", "a feed of RD Web Access: the .rdp files are what it points to"),
    ("<!doctype html", "a web page, perhaps the sign-in page that came in place of the file"),
    ("<html", "a web page, perhaps the sign-in page that came in place of the file"),
    ("[wfclient]", "a file of Citrix (.ica)"),
    ("<mrng:connections", "a list of connections of mRemoteNG: its attributes Hostname hold the hosts"),
];
/// What stands before the first element of such a file is shorter.
const BEGINNING: usize = 2000;

/// What a file of another program is.
pub(super) fn of_another_program(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    let begin: String = text.chars().take(BEGINNING).collect::<String>().to_ascii_lowercase();
    // Behind the declaration of XML and comments the first element counts.
    let is_xml = begin.starts_with("<?xml") || begin.starts_with("<!--");
    let begins = |start: &str| begin.starts_with(start) || (is_xml && begin.contains(start));
    let known = OTHERS.iter().find(|(start, _)| begins(start)).map(|(_, what)| *what);
    known.or_else(|| is_xml.then_some("a file of XML"))
}

/// Lines with their numbers, whichever way they end.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let lines = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    });
    iter::zip(1.., lines)
}

/// The text of a file.
///
/// # Errors
/// It is binary.
pub(super) fn decode(bytes: &[u8]) -> Result<(Encoding, String), &'static str> {
    let (encoding, text) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16Le, utf16::text(rest)),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16Be, utf16::text_of_big_endian(rest)),
        [first, 0, ..] if *first != 0 => (Encoding::Utf16Le, utf16::text(bytes)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8, String::from_utf8_lossy(rest).into_owned()),
        _ => match str::from_utf8(bytes) {
            Ok(text) => (Encoding::Utf8, text.to_owned()),
            Err(_) => (Encoding::CodePage, String::from_utf8_lossy(bytes).into_owned()),
        },
    };
    match text.trim_end_matches('\0').contains('\0') {
        true => Err("is no .rdp file: it is binary"),
        false => Ok((encoding, text.trim_end_matches('\0').to_owned())),
    }
}
