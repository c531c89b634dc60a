//! Events as Windows writes them in XML, read into their numbers, their times and their named values.

use std::collections::BTreeMap;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event as Piece},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Event, MOST_EVENTS};

/// More values of one event are not kept.
const MOST_VALUES: usize = 64;
/// More of a value is not kept, in bytes.
const LONGEST_VALUE: usize = 2048;
/// More digits of what is no text are not kept.
const LONGEST_BINARY: usize = 1024;
/// More of all values is not kept, in bytes.
const MOST_TEXT: usize = 4 << 10;
/// The longest name of a channel or a provider, in bytes; Windows allows 255 characters.
const LONGEST_NAME: usize = 1024;
/// Elements in elements.
const DEEPEST: usize = 32;

/// The events of a list that has no root, as Windows prints it; what is damaged or cut off is left out.
pub fn events(text: &str) -> Vec<Event> {
    const END: &str = "</Event>";
    let whole = text.split_inclusive(END).filter(|xml| xml.ends_with(END));
    whole.filter_map(event).map(|(_, event)| event).take(MOST_EVENTS).collect()
}

/// The channel and the event; none where the text is no event.
pub fn event(xml: &str) -> Option<(String, Event)> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut seen = Seen::default();
    loop {
        match reader.read_event().ok()? {
            Piece::Start(element) => seen.begin(&element)?,
            Piece::End(_) => seen.end(),
            Piece::Text(text) => seen.text.push_str(&text.xml10_content()),
            Piece::CData(text) => seen.text.push_str(&text.xml10_content()),
            Piece::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => seen.text.push(c),
                _ => seen.text.push_str(resolve_predefined_entity(&entity).unwrap_or_default()),
            },
            Piece::Eof => return seen.finish(),
            _ => {}
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Seen {
    path: Vec<String>,
    text: String,
    name: Option<String>,
    leaf: bool,
    unnamed: usize,
    kept: usize,
    id: Option<u32>,
    provider: String,
    channel: Option<String>,
    level: Option<u8>,
    at: Option<OffsetDateTime>,
    data: BTreeMap<String, String>,
}

impl Seen {
    fn begin(&mut self, element: &BytesStart<'_>) -> Option<()> {
        let name = element.local_name().into_inner().to_owned();
        let attribute = |wanted: &str| {
            let mut attributes = element.attributes().flatten();
            let found = attributes.find(|attribute| attribute.key.local_name().into_inner() == wanted)?;
            found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
        };
        match name.as_str() {
            "Provider" if self.is_in(&["Event", "System"]) => {
                self.provider =
                    short(attribute("Name").or_else(|| attribute("EventSourceName")).unwrap_or_default());
            }
            "TimeCreated" if self.is_in(&["Event", "System"]) => {
                self.at =
                    attribute("SystemTime").and_then(|time| OffsetDateTime::parse(&time, &Rfc3339).ok());
            }
            _ => {}
        }
        self.name = attribute("Name");
        self.path.push(name);
        self.text.clear();
        self.leaf = true;
        (self.path.len() <= DEEPEST).then_some(())
    }

    fn end(&mut self) {
        let Some(name) = self.path.pop() else { return };
        let text = self.text.trim();
        if self.is_in(&["Event", "System"]) {
            match name.as_str() {
                "EventID" => self.id = text.parse().ok(),
                "Level" => self.level = text.parse().ok(),
                "Channel" => self.channel = Some(short(text.to_owned())),
                _ => {}
            }
        } else if self.is_in(&["Event", "EventData"]) && name == "Binary" {
            // Its end says most, so it is kept whole or not at all.
            if !text.is_empty() && text.len() <= LONGEST_BINARY {
                self.keep(name);
            }
        } else if self.is_in(&["Event", "EventData"]) && name == "Data" {
            let name = self.name.take().unwrap_or_else(|| {
                self.unnamed += 1;
                self.unnamed.to_string()
            });
            self.keep(name);
        } else if self.leaf && self.path.get(1).is_some_and(|part| part == "UserData") {
            self.keep(name);
        }
        self.leaf = false;
        self.text.clear();
    }

    fn keep(&mut self, name: String) {
        let most = LONGEST_VALUE.min(MOST_TEXT.saturating_sub(self.kept + name.len()));
        let text = self.text.trim();
        let text = &text[..text.floor_char_boundary(most)];
        if self.data.len() < MOST_VALUES && name.len() <= LONGEST_VALUE && most > 0 {
            self.kept += name.len() + text.len();
            self.data.entry(name).or_insert_with(|| text.to_owned());
        }
    }

    fn is_in(&self, path: &[&str]) -> bool {
        self.path == path
    }

    fn finish(self) -> Option<(String, Event)> {
        let event = Event {
            id: self.id?,
            provider: self.provider,
            at: self.at?.into(),
            level: self.level,
            data: self.data,
        };
        Some((self.channel.unwrap_or_default(), event))
    }
}

fn short(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(LONGEST_NAME));
    name.shrink_to_fit();
    name
}
