//! Pages of Markdown, one text a topic, one section a code: a section begins with a heading that names its codes.

/// A section begins with a line of this and the codes that it is about.
const HEADING: &str = "# ";

/// The sections of some topics, by the codes that they are about, in the order of the pages.
pub(crate) struct Sections(Vec<(&'static str, &'static str)>);

impl Sections {
    /// Finds where each section begins.
    pub(crate) fn of(topics: &[&'static str]) -> Self {
        let sections = topics.iter().flat_map(|topic| split(topic));
        Self(sections.flat_map(|section| codes(section).map(move |code| (code, section))).collect())
    }

    /// The section about a code, with its heading.
    pub(crate) fn find(&self, code: &str) -> Option<&'static str> {
        self.0.iter().find(|(about, _)| *about == code).map(|(_, section)| *section)
    }

    /// Every code that has a section.
    pub(crate) fn covered(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(code, _)| *code)
    }
}

fn split(topic: &'static str) -> Vec<&'static str> {
    let mut starts = Vec::new();
    let mut start = 0;
    for line in topic.split_inclusive('\n') {
        if line.starts_with(HEADING) {
            starts.push(start);
        }
        start += line.len();
    }
    starts.push(topic.len());
    starts.windows(2).map(|ends| topic[ends[0]..ends[1]].trim_end()).collect()
}

fn codes(section: &'static str) -> impl Iterator<Item = &'static str> {
    let heading = section.lines().next().unwrap_or_default();
    heading.trim_start_matches(HEADING).split(", ")
}

/// What an entry of a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It would settle whether the cause is true.
    Check,
    /// It mends it.
    Fix,
}

/// What alone has what an entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// A Windows host.
    Windows,
    /// An xrdp server.
    Xrdp,
}

impl System {
    const ALL: [Self; 2] = [Self::Windows, Self::Xrdp];

    /// As the pages and a text name it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Xrdp => "xrdp",
        }
    }
}

impl Kind {
    /// As the sections name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Check => "Check",
            Self::Fix => "Fix",
        }
    }
}

/// One piece of advice of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is for.
    pub kind: Kind,
    /// Whom it is for; none for everybody.
    pub system: Option<System>,
    /// One line.
    pub text: String,
}

/// The paragraphs of a section and its advice, both in their order. Advice begins with `Check: `, `Fix: ` or, where it is for one
/// system, `Check (Windows): `.
pub(crate) fn read(section: &str) -> (Vec<String>, Vec<Entry>) {
    let (mut prose, mut entries) = (Vec::new(), Vec::new());
    for paragraph in section.split("\n\n").filter(|paragraph| !paragraph.starts_with(HEADING)) {
        let mut text: Option<&mut String> = None;
        for line in paragraph.lines() {
            match (begun(line), text) {
                (Some(entry), _) => {
                    entries.push(entry);
                    text = entries.last_mut().map(|entry: &mut Entry| &mut entry.text);
                }
                (None, Some(open)) => {
                    open.push(' ');
                    open.push_str(line.trim());
                    text = Some(open);
                }
                (None, None) => {
                    prose.push(line.trim().to_owned());
                    text = prose.last_mut();
                }
            }
        }
    }
    (prose, entries)
}

impl Entry {
    /// The text, with whom it is for.
    pub(crate) fn told(&self) -> String {
        let Some(system) = self.system else { return self.text.clone() };
        format!("{}: {}", system.title(), self.text.strip_prefix("on the host: ").unwrap_or(&self.text))
    }
}

/// The advice that begins with this line.
fn begun(line: &str) -> Option<Entry> {
    let (head, text) = line.split_once(": ")?;
    let (word, system) = match head.split_once(" (") {
        Some((word, name)) => {
            let named = |system: &System| name.strip_suffix(')') == Some(system.title());
            (word, Some(System::ALL.into_iter().find(named)?))
        }
        None => (head, None),
    };
    let kind = [Kind::Check, Kind::Fix].into_iter().find(|kind| kind.name() == word)?;
    Some(Entry { kind, system, text: text.to_owned() })
}
