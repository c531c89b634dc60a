//! A part of the page that is a table: what a row is about, a word with its colour, and lines of text.

use super::{shown::Shown, tone::Tone};

/// A part of the page.
pub(super) struct Section {
    /// Its anchor.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: String,
    /// What is said before the table.
    pub(super) lead: Shown,
    /// Whether it is folded.
    pub(super) fold: Fold,
    /// Its rows.
    pub(super) rows: Vec<Row>,
}

/// How a part is shown at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Open,
    Closed,
}

/// A row of a table.
pub(super) struct Row {
    /// What it is about.
    pub(super) name: Shown,
    /// What became of it, where there is a word for that.
    pub(super) word: Option<Word>,
    /// The text.
    pub(super) lines: Vec<Shown>,
}

/// A word, which has a colour and never is one alone.
pub(super) struct Word {
    pub(super) tone: Tone,
    pub(super) text: Shown,
}

impl Section {
    /// With these rows; none without any.
    pub(super) fn of(id: &'static str, title: &str, fold: Fold, rows: Vec<Row>) -> Option<Self> {
        let (title, lead) = (title.to_owned(), Shown::default());
        (!rows.is_empty()).then_some(Self { id, title, lead, fold, rows })
    }

    /// Whether it is folded at first.
    pub(super) fn is_closed(&self) -> bool {
        self.fold == Fold::Closed
    }
}

impl Row {
    /// A name and lines.
    pub(super) fn new<T: AsRef<str>>(name: impl AsRef<str>, lines: impl IntoIterator<Item = T>) -> Self {
        Self { name: Shown::new(name), word: None, lines: Shown::all(lines) }
    }

    /// The same with a word.
    pub(super) fn told(self, tone: Tone, text: impl AsRef<str>) -> Self {
        Self { word: Some(Word { tone, text: Shown::new(text) }), ..self }
    }
}
