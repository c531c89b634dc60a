//! A page of eighty columns: columns, folding, colours, and no control character from the network.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

/// Columns of a page.
const WIDTH: usize = 80;

/// Writes lines to a page.
pub struct Page<'a> {
    out: &'a mut dyn Write,
}

/// The colour of a word; the writer strips it where no terminal shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Heading,
    Good,
    Caution,
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Caution => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

impl<'a> Page<'a> {
    /// An empty page.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }

    /// An empty line.
    pub fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading of its own line.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        self.row("", (Tone::Heading, text), 0, "")
    }

    /// `lead`, a toned word, and from column `column` on the text, folded below itself.
    pub fn row(&mut self, lead: &str, word: (Tone, &str), column: usize, text: &str) -> io::Result<()> {
        let (tone, word) = word;
        let style = tone.style();
        let (lead, word, text) = (clean(lead), clean(word), clean(text));
        write!(self.out, "{lead}{style}{word}{style:#}")?;
        let used = lead.chars().count() + word.chars().count();
        let options = textwrap::Options::new(WIDTH.saturating_sub(column).max(20)).break_words(true);
        for (index, line) in textwrap::wrap(&text, options).iter().enumerate() {
            match index {
                0 if used < column => write!(self.out, "{:1$}{line}", "", column - used)?,
                0 if text.is_empty() => {}
                0 => write!(self.out, " {line}")?,
                _ => write!(self.out, "\n{:column$}{line}", "")?,
            }
        }
        writeln!(self.out)
    }
}

/// What a server sends must not move the cursor, colour the screen or turn the text around.
fn clean(text: &str) -> String {
    let hostile = |c: char| c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if hostile(c) { '?' } else { c }).collect()
}
