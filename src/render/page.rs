//! A page of so many columns: its columns, folding, colours, and no control character from the network.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::plain;

/// Columns of a page that nobody sees, or whose terminal does not say.
pub const USUAL: usize = 80;
/// Columns of the narrowest and the widest page: folded narrower it is a column of words, wider nobody finds the next line.
const NARROWEST: usize = 60;
const WIDEST: usize = 120;

/// Writes lines to a page.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    room: Room,
    width: usize,
}

/// How much there is to leave out, so that a failure fits a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Nothing.
    Usual,
    /// Facts of the phases that passed.
    Brief,
    /// Those, and all but the first check and fix.
    Tight,
    /// Also what speaks for a cause that is only possible.
    Least,
}

impl Room {
    /// Whether only what matters most is told.
    pub(super) fn is_tight(self) -> bool {
        matches!(self, Self::Tight | Self::Least)
    }
}

/// The colour of a word; the writer strips it where no terminal shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
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

    /// The sequences around a word; none for plain text.
    fn ends(self) -> (String, String) {
        match self {
            Self::Plain => (String::new(), String::new()),
            _ => (format!("{}", self.style()), format!("{:#}", self.style())),
        }
    }
}

impl<'a> Page<'a> {
    /// An empty page of about so many columns.
    pub(super) fn new(out: &'a mut dyn Write, room: Room, width: usize) -> Self {
        Self { out, room, width: width.clamp(NARROWEST, WIDEST) }
    }

    /// How much there is to leave out.
    pub(super) fn room(&self) -> Room {
        self.room
    }

    /// How many columns it has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line that stands alone.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.row((Tone::Heading, text), 0, (Tone::Plain, ""), "")
    }

    /// Text from column `column` on, folded below itself.
    pub(super) fn text(&mut self, column: usize, text: &str) -> io::Result<()> {
        self.row((Tone::Plain, ""), column, (Tone::Plain, ""), text)
    }

    /// A lead from the first column on; from column `column` on a word and the text, folded below themselves.
    pub(super) fn row(
        &mut self,
        lead: (Tone, &str),
        column: usize,
        word: (Tone, &str),
        text: &str,
    ) -> io::Result<()> {
        self.folded(lead, column, word, text, "")
    }

    /// A lead, and from column `column` on a line that is to be copied, which is not folded.
    pub(super) fn whole(&mut self, lead: &str, column: usize, text: &str) -> io::Result<()> {
        writeln!(self.out, "{:column$}{}", plain::line(lead), plain::line(text))
    }

    /// One entry of a list behind a lead; what is folded stands two columns further right, so that the next entry is seen.
    pub(super) fn item(&mut self, lead: &str, column: usize, text: &str) -> io::Result<()> {
        self.folded((Tone::Plain, lead), column, (Tone::Plain, ""), text, "  ")
    }

    fn folded(
        &mut self,
        lead: (Tone, &str),
        column: usize,
        word: (Tone, &str),
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
        let (style, end) = word.0.ends();
        let (lead_style, lead_end) = lead.0.ends();
        let (lead, word) = (plain::line(lead.1), plain::line(word.1));
        let body = format!("{word} {}", plain::line(text));
        let gap = column.saturating_sub(lead.chars().count());
        write!(self.out, "{lead_style}{lead}{lead_end}")?;
        for (index, line) in
            textwrap::wrap(body.trim(), folding(self.width - column).subsequent_indent(indent))
                .iter()
                .enumerate()
        {
            match line.strip_prefix(word.as_ref()) {
                Some(rest) if index == 0 => write!(self.out, "{:gap$}{style}{word}{end}{rest}", "")?,
                _ => write!(self.out, "\n{:column$}{line}", "")?,
            }
        }
        writeln!(self.out)
    }
}

/// Names, suites and identifiers are not cut at their hyphens.
fn folding(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation)
}
