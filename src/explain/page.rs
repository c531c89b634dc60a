//! The pages about topics: a lead and sections of items, in a small part of Markdown.
//!
//! A page covers a code only if it covers all of its meanings. `explain 0x104` is a name that was not found and a
//! license: it shows both and the commands that ask for one. Of a pair the page named after it comes first, then that
//! of the extended code, then that of the disconnect reason.

use serde::Serialize;

/// A page in Markdown; tables name it in their column `page`, and a pair of codes has one as `0x904-0x7`.
#[derive(Debug)]
pub struct Page {
    /// The name of its file.
    pub name: &'static str,
    text: &'static str,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its items, each a sentence or a few.
    pub items: Vec<String>,
}

macro_rules! pages {
    ($($name:literal)*) => {
        &[$(Page { name: $name, text: include_str!(concat!("pages/", $name, ".md")) }),*]
    };
}

/// All pages.
pub const PAGES: &[Page] = pages!(
    "0x0"
    "0x904-0x0"
    "0x904-0x7"
    "0x904"
    "account-state"
    "avd"
    "certificate-changed"
    "certificate-date"
    "channel-bindings"
    "client-log"
    "client-update"
    "connect-failed"
    "damaged-stream"
    "delegation"
    "denied"
    "encryption-oracle"
    "entra"
    "gateway"
    "graphics"
    "guacamole"
    "license-store"
    "licensing"
    "logon-refused"
    "logon-right"
    "message"
    "name-resolution"
    "nla-required"
    "no-domain-controller"
    "not-licensing"
    "ntlm-blocked"
    "patched-listener"
    "protocol-error"
    "refused-by-closing"
    "server-certificate"
    "server-ended"
    "standard-security"
    "stream-broken"
    "timed-out"
    "tls-parameters"
);

impl Page {
    /// The page of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PAGES.iter().find(|page| page.name == name)
    }

    /// Whether it is about one code or pair, and not about the topic of many.
    pub fn is_of_one_code(&self) -> bool {
        self.name.starts_with("0x")
    }

    /// The first paragraph: the most important thing.
    pub fn lead(&self) -> String {
        joined(self.text.lines().take_while(|line| !line.is_empty()))
    }

    /// What follows the lead.
    pub fn sections(&self) -> Vec<Section> {
        self.text.split("\n## ").skip(1).map(section).collect()
    }
}

fn section(text: &str) -> Section {
    let (heading, body) = text.split_once('\n').unwrap_or((text, ""));
    let items = format!("\n{body}");
    let items = items.split("\n- ").skip(1).map(|item| joined(item.lines())).collect();
    Section { heading: heading.to_owned(), items }
}

/// Lines of the file are no lines of the text.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
