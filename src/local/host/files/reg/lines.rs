//! The lines of a registry export, in UTF-8 or UTF-16, joined where one goes on: after a backslash, and inside a text.

use crate::utf16;
use std::io::{self, BufRead as _, BufReader, Cursor, Read, Seek, SeekFrom};

/// A longer line is cut, in bytes.
const LONGEST: usize = 2 << 20;
/// No first line of an export is longer, in bytes.
const LONGEST_FIRST: u64 = 512;

/// The lines of a file.
pub(super) struct Lines<R> {
    file: BufReader<R>,
    wide: bool,
    at: u64,
}

/// A line, with those that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins, in bytes.
    pub at: u64,
    /// What it says, without the end of the line.
    pub text: String,
    /// Whether it was longer, or the file ended inside it.
    pub cut: bool,
    /// Whether the file ends without an end of this line.
    pub open: bool,
}

impl<R: Read + Seek> Lines<R> {
    /// Behind the mark at the beginning that tells the encoding.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn new(file: R) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(64 << 10, file);
        let head = file.fill_buf()?;
        let (wide, mark) = match head {
            [0xff, 0xfe, ..] => (true, 2),
            [0xef, 0xbb, 0xbf, ..] => (false, 3),
            _ => (false, 0),
        };
        file.consume(mark);
        Ok(Self { file, wide, at: mark as u64 })
    }

    /// Goes to where a line begins.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn go_to(&mut self, at: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.at = at;
        Ok(())
    }

    /// The next line with those that continue it; none at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let at = self.at;
        let Some((text, mut cut, mut open)) = self.single()? else { return Ok(None) };
        // regedit takes keys and values that are indented.
        let mut text = text.trim_start_matches([' ', '\t']).to_owned();
        let mut state = Quotes::default();
        let mut seen = 0;
        while text.starts_with(['"', '@']) {
            state.read(&text[seen..]);
            let goes_on = match state.inside {
                true => true,
                false => text.ends_with('\\'),
            };
            if !goes_on || cut {
                break;
            }
            if state.inside {
                text.push('\n');
            } else {
                text.pop();
            }
            seen = text.len();
            match self.single()? {
                Some((more, too_long, last)) => {
                    open = last;
                    cut = too_long || text.len() + more.len() > LONGEST;
                    text.push_str(&more);
                }
                None => cut = true,
            }
        }
        Ok(Some(Line { at, text, cut, open }))
    }

    /// One line of the file, whether it is longer than what is kept, and whether it has no end.
    fn single(&mut self) -> io::Result<Option<(String, bool, bool)>> {
        let mut bytes = Vec::new();
        let (mut some, mut cut, mut open) = (false, false, true);
        while let Some((unit, width)) = self.unit()? {
            some = true;
            if unit == [b'\n', 0] {
                open = false;
                break;
            }
            if bytes.len() < LONGEST {
                bytes.extend(&unit[..width]);
            } else {
                cut = true;
            }
        }
        if !some {
            return Ok(None);
        }
        let text = match self.wide {
            true => utf16::text(&bytes),
            false => String::from_utf8_lossy(&bytes).into_owned(),
        };
        Ok(Some((text.trim_end_matches('\r').to_owned(), cut, open)))
    }

    /// One byte, or two of UTF-16.
    fn unit(&mut self) -> io::Result<Option<([u8; 2], usize)>> {
        let mut unit = [0; 2];
        let width = if self.wide { 2 } else { 1 };
        for place in &mut unit[..width] {
            match self.file.fill_buf()?.first() {
                Some(byte) => *place = *byte,
                None => return Ok(None),
            }
            self.file.consume(1);
            self.at += 1;
        }
        Ok(Some((unit, width)))
    }
}

/// The first line, as far as it may be one of an export: another file is not read in search of its end.
///
/// # Errors
/// The file cannot be read.
pub(super) fn first_line<R: Read + Seek>(file: &mut R) -> io::Result<String> {
    let mut head = Vec::new();
    file.by_ref().take(LONGEST_FIRST).read_to_end(&mut head)?;
    file.rewind()?;
    let is_whole = (head.len() as u64) < LONGEST_FIRST;
    let first = Lines::new(Cursor::new(head))?.next()?;
    Ok(first.filter(|line| is_whole || !line.open).map(|line| line.text).unwrap_or_default())
}

/// Whether a line is inside a text, read piece by piece.
#[derive(Default)]
struct Quotes {
    inside: bool,
    escaped: bool,
}

impl Quotes {
    fn read(&mut self, piece: &str) {
        for c in piece.chars() {
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' if self.inside => self.escaped = true,
                '"' => self.inside = !self.inside,
                _ => {}
            }
        }
    }
}
