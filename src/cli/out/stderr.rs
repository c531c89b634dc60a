//! Standard error: whatever is said there leaves here, without what would move a terminal.

use std::{
    fmt::Display,
    io::{IsTerminal as _, Write as _, stderr},
};

use crate::plain;

/// Says a sentence of the program.
pub(crate) fn say(sentence: impl Display) {
    line(format_args!("rdptrace: {sentence}"));
}

/// A line.
pub(crate) fn line(text: impl Display) {
    piece(text);
    let _ = writeln!(stderr());
}

/// Text without an end of line, such as a question.
pub(crate) fn piece(text: impl Display) {
    let _ = write!(stderr(), "{}", plain::line(&text.to_string()));
}

/// Writes this over the line that the cursor is in.
pub(crate) fn instead(text: impl Display) {
    let _ = write!(stderr(), "\r");
    piece(text);
}

/// Wipes this many columns of the line that the cursor is in.
pub(crate) fn wipe(columns: usize) {
    let _ = write!(stderr(), "\r{:columns$}\r", "");
}

/// Takes back this many lines above the one that the cursor is in, where the terminal can.
pub(crate) fn take_back(lines: usize) {
    if lines > 0 {
        let _ = write!(anstream::stderr(), "\x1b[{lines}A\r\x1b[J");
    }
}

/// Whether somebody sees it.
pub(crate) fn is_terminal() -> bool {
    stderr().is_terminal()
}
