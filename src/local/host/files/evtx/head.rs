//! What the beginning of an event tells before the rest of it is read: its log, its provider and its number.

use std::{collections::BTreeMap, sync::LazyLock};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    codes::EVENT,
    local::host::event_query::{DENIED, OF_ACCOUNTS, SECURITY},
};

/// The events that checks and `explain` know, by number: the provider and the log of each.
static KNOWN: LazyLock<BTreeMap<u32, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut known: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in EVENT.rows() {
        if let Some(id) = row.code {
            known.entry(id).or_default().push((row.provider, row.channel));
        }
    }
    known
});

/// Of the logons, which are many, only those over the network are looked for.
const LOGONS: [&str; 2] = ["\"LogonType\">3<", "\"LogonType\">10<"];
/// Of what domain controllers log of accounts only what was refused.
const TAKEN: &str = "\"Status\">0x0<";

/// The beginning of an event in XML, as Windows writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The log that it is of.
    pub channel: &'a str,
    /// Who wrote it.
    pub provider: &'a str,
    /// Its number.
    pub id: u32,
    /// When it was written, which the record around it does not always say.
    pub at: Option<OffsetDateTime>,
}

impl<'a> Head<'a> {
    /// Reads it; none where the text is no event.
    pub(super) fn of(xml: &'a str) -> Option<Self> {
        let (_, provider) = element(xml, "<Provider")?;
        let (rest, _) = element(xml, "<EventID")?;
        let id = text(rest)?.parse().ok()?;
        let channel = element(rest, "<Channel").and_then(|(rest, _)| text(rest)).unwrap_or_default();
        let name = ["Name=\"", "EventSourceName=\""].iter().find_map(|name| attribute(provider, name));
        let time = element(rest, "<TimeCreated").and_then(|(_, time)| attribute(time, "SystemTime=\""));
        let at = time.and_then(|time| OffsetDateTime::parse(time, &Rfc3339).ok());
        let at = at.filter(|at| *at > OffsetDateTime::UNIX_EPOCH);
        Some(Self { channel, provider: name.unwrap_or_default(), id, at })
    }

    /// Whether anything asks for this event.
    pub(super) fn is_looked_for(&self, xml: &str) -> bool {
        let own = |(provider, channel): &(&str, &str)| {
            channel.eq_ignore_ascii_case(self.channel) && is_of(self.provider, provider)
        };
        let is_known = KNOWN.get(&self.id).is_some_and(|known| known.iter().any(own));
        is_known && (self.channel != SECURITY || self.is_of_logons(xml))
    }

    fn is_of_logons(&self, xml: &str) -> bool {
        match self.id {
            DENIED => true,
            id if OF_ACCOUNTS.contains(&id) => !xml.contains(TAKEN),
            _ => LOGONS.iter().any(|kind| xml.contains(kind)),
        }
    }
}

/// Whether a provider is this one; some are written `LSA (LsaSrv)`.
fn is_of(provider: &str, known: &str) -> bool {
    let inner = provider.rsplit_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    provider.eq_ignore_ascii_case(known) || inner.is_some_and(|inner| inner.eq_ignore_ascii_case(known))
}

/// What follows the first element that begins so, and its attributes.
fn element<'a>(xml: &'a str, begin: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = xml.split_once(begin)?;
    rest.split_once('>').map(|(attributes, rest)| (rest, attributes))
}

fn text(rest: &str) -> Option<&str> {
    rest.split_once('<').map(|(text, _)| text.trim())
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (before, rest) = attributes.split_once(name)?;
    before.ends_with(char::is_whitespace).then_some(())?;
    rest.split_once('"').map(|(value, _)| value)
}
