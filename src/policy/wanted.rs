//! What can be promised: kinds of values, and how each is put into words.

/// The value of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(u64),
    /// One text or several.
    Texts(Vec<String>),
}

/// What a promise takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number, up to this one.
    Number(u64),
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// One of these words, or a list of them.
    Words(fn() -> Vec<&'static str>),
    /// A text of this form, or a list of them.
    Texts(Form),
    /// The same, or `true` for whatever name was used.
    Name(Form),
}

/// What a text has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// What it is called, such as `a name`.
    pub what: &'static str,
    /// Whether a text has it.
    pub is: fn(&str) -> bool,
}

/// How a promise is put into words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Measure {
    /// One of the values is what has to be seen.
    Is,
    /// At least the value, with its unit.
    AtLeast(&'static str),
    /// At most the value, with its unit.
    AtMost(&'static str),
    /// None of the values may be seen.
    Never,
    /// Nothing but the values may be seen.
    Only,
}

/// What a promise takes, and how it is put into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// What it takes.
    pub kind: Kind,
    /// How it is put into words.
    pub measure: Measure,
}

impl Shape {
    /// `true` or `false`.
    pub(super) const FLAG: Self = Self { kind: Kind::Flag, measure: Measure::Is };

    /// At least a number, which is at most `most`, of a unit.
    pub(super) const fn at_least(most: u64, unit: &'static str) -> Self {
        Self { kind: Kind::Number(most), measure: Measure::AtLeast(unit) }
    }

    /// At most a number, which is at most `most` itself, of a unit.
    pub(super) const fn at_most(most: u64, unit: &'static str) -> Self {
        Self { kind: Kind::Number(most), measure: Measure::AtMost(unit) }
    }

    /// At least one of these words, which have an order.
    pub(super) const fn from(names: fn() -> Vec<&'static str>) -> Self {
        Self { kind: Kind::Word(names), measure: Measure::AtLeast("") }
    }

    /// One of these words, or any of several.
    pub(super) const fn words(names: fn() -> Vec<&'static str>) -> Self {
        Self { kind: Kind::Words(names), measure: Measure::Is }
    }

    /// A text, or any of several.
    pub(super) const fn texts(form: Form) -> Self {
        Self { kind: Kind::Texts(form), measure: Measure::Is }
    }

    /// The same put into other words.
    pub(super) const fn told(self, measure: Measure) -> Self {
        Self { measure, ..self }
    }
}

impl Wanted {
    /// The number; 0 for what is none.
    pub(super) fn number(&self) -> u64 {
        if let Self::Number(number) = self { *number } else { 0 }
    }

    /// Whether it is `true`.
    pub(super) fn flag(&self) -> bool {
        *self == Self::Flag(true)
    }

    /// The texts; none for what has none.
    pub(super) fn texts(&self) -> &[String] {
        if let Self::Texts(texts) = self { texts } else { &[] }
    }

    /// The first text.
    pub(super) fn text(&self) -> &str {
        self.texts().first().map_or("", String::as_str)
    }

    /// Whether one of the texts is this one.
    pub(super) fn has(&self, text: &str) -> bool {
        self.texts().iter().any(|one| one.eq_ignore_ascii_case(text))
    }

    /// One text.
    pub(super) fn one(text: impl Into<String>) -> Self {
        Self::Texts(vec![text.into()])
    }

    /// As a policy writes it.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Texts(texts) => match texts.as_slice() {
                [one] => quoted(one),
                many => format!("[{}]", many.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ")),
            },
        }
    }
}

impl Measure {
    /// What was promised, in words.
    pub(super) fn told(self, wanted: &Wanted) -> String {
        let value = match wanted {
            Wanted::Flag(flag) => flag.to_string(),
            Wanted::Number(number) => number.to_string(),
            Wanted::Texts(texts) if matches!(self, Self::Is) => texts.join(" or "),
            Wanted::Texts(texts) => texts.join(", "),
        };
        match self {
            Self::Is => value,
            Self::AtLeast(unit) => format!("at least {value}{unit}"),
            Self::AtMost(unit) => format!("at most {value}{unit}"),
            Self::Never => format!("none of {value}"),
            Self::Only => format!("only {value}"),
        }
    }
}

/// A basic string of TOML, which is written as one of JSON is.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
