//! Events as Windows prints them in XML, one element after the other without a root.

use std::collections::BTreeMap;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event as Part},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Event, MOST_EVENTS};

/// The events that can be read; what is damaged is left out, and what is cut off at the end as well.
pub fn events(text: &str) -> Vec<Event> {
    let mut reader = Reader::from_str(text);
    let mut draft = Draft::default();
    let mut found = Vec::new();
    while let Ok(part) = reader.read_event() {
        match part {
            Part::Start(start) => draft.begin(&start),
            Part::Empty(start) => {
                draft.begin(&start);
                draft.text.clear();
                draft.end(start.local_name().as_ref());
            }
            Part::Text(text) => draft.text += &text.xml10_content(),
            Part::GeneralRef(entity) => draft.refer(&entity),
            Part::End(end) if end.local_name().as_ref() == "Event" => {
                found.extend(std::mem::take(&mut draft).finish());
                if found.len() == MOST_EVENTS {
                    break;
                }
            }
            Part::End(end) => draft.end(end.local_name().as_ref()),
            Part::Eof => break,
            _ => {}
        }
    }
    found
}

/// What was read of one event.
#[derive(Default)]
struct Draft {
    id: Option<u32>,
    provider: String,
    at: Option<OffsetDateTime>,
    level: Option<u8>,
    data: BTreeMap<String, String>,
    /// Whether the values of the event have begun.
    in_data: bool,
    /// How many values there were.
    place: usize,
    /// The name of the value that is read.
    name: Option<String>,
    text: String,
}

impl Draft {
    fn begin(&mut self, start: &BytesStart<'_>) {
        self.text.clear();
        match start.local_name().as_ref() {
            "Provider" => self.provider = attribute(start, "Name").unwrap_or_default(),
            "TimeCreated" => {
                let at = attribute(start, "SystemTime");
                self.at = at.and_then(|at| OffsetDateTime::parse(&at, &Rfc3339).ok());
            }
            "EventData" | "UserData" => self.in_data = true,
            _ if self.in_data => self.name = attribute(start, "Name"),
            _ => {}
        }
    }

    fn refer(&mut self, entity: &BytesRef<'_>) {
        match entity.resolve_char_ref() {
            Ok(Some(character)) => self.text.push(character),
            _ => self.text += resolve_predefined_entity(entity).unwrap_or_default(),
        }
    }

    fn end(&mut self, element: &str) {
        let text = std::mem::take(&mut self.text);
        match element {
            "EventID" if !self.in_data => self.id = text.trim().parse().ok(),
            "Level" if !self.in_data => self.level = text.trim().parse().ok(),
            "EventData" | "UserData" => self.in_data = false,
            _ if self.in_data => self.value(element, text.trim()),
            _ => {}
        }
    }

    fn value(&mut self, element: &str, text: &str) {
        self.place += 1;
        let place = || if element == "Data" { self.place.to_string() } else { element.to_owned() };
        let name = self.name.take().unwrap_or_else(place);
        if !text.is_empty() {
            self.data.insert(name, text.to_owned());
        }
    }

    fn finish(self) -> Option<Event> {
        let Self { id, provider, at, level, data, .. } = self;
        Some(Event { id: id?, provider, at: at?.into(), level, data })
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
