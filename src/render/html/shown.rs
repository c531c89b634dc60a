//! Text that may be shown: nothing else reaches a template.

use std::fmt;

use crate::plain;

/// One line without what must not be shown. The template escapes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown(String);

impl Shown {
    /// Of any text.
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self(plain::line(text.as_ref()).into_owned())
    }

    /// Of several.
    pub(super) fn all<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<Self> {
        texts.into_iter().map(Self::new).filter(|text| !text.is_empty()).collect()
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
