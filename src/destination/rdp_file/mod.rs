//! An .rdp file: lines of `name:type:value`, as remote desktop clients save and read them. Bounded, and no line stops it.
//!
//! What a file asks for is settings: `honour` in `lib.rs` puts them under the options of the command line. The target
//! carries the file, so its facts reach the report (`target.rdp_file`) and the rules. This room parses bytes and
//! reads no file; the parser drops a secret's value, and an empty setting counts as absent.

mod endpoint;
mod line;
mod signature;
mod text;

use std::collections::BTreeMap;

use super::{endpoint_or, without_end};
use crate::endpoint::{Endpoint, HTTPS_PORT};
pub(crate) use line::is_secret;
use line::{Secret, Value, name, secret, setting};
pub use signature::Signature;
pub use text::Encoding;
use text::{decode, numbered, of_another_program};

/// The longest file that is read.
pub const LONGEST_FILE: usize = 1 << 20;
/// The most lines.
const MOST_LINES: usize = 10_000;
/// The token for the gateway (MS-TSGU's pluggable authentication).
const GATEWAY_TOKEN: &str = "gatewayaccesstoken";
/// The names whose values are dialled.
const ADDRESSES: &[&str] = &["full address", "alternate full address"];

/// What an .rdp file says. The last of several lines with the same name counts; secrets are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdpFile {
    /// How its text is written.
    pub encoding: Encoding,
    /// Lines that are no settings; those of a file with none are no file.
    pub malformed: Vec<MalformedLine>,
    settings: BTreeMap<String, Setting>,
    gateway_token: Option<Secret>,
    signature: Option<Box<Signature>>,
}

/// A line that is no setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedLine {
    /// Its number, from 1.
    pub line: u32,
    /// What is wrong with it, without what is in it.
    pub why: &'static str,
    /// Whether its name is that of an address.
    pub is_address: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    line: u32,
    value: Value,
}

impl RdpFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It is none: too large, binary, or without a single setting. What is wrong, to stand after the file's name.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LONGEST_FILE {
            return Err("is larger than 1 MiB, which no .rdp file is".to_owned());
        }
        let (encoding, text) = decode(bytes)?;
        if let Some(what) = of_another_program(&text) {
            return Err(format!("is no .rdp file but {what}"));
        }
        if numbered(&text).nth(MOST_LINES).is_some() {
            return Err("has more than 10000 lines, which no .rdp file has".to_owned());
        }
        let file = Self::of_lines(encoding, numbered(&text), ':');
        match file.settings.is_empty() && !file.malformed.iter().any(|bad| bad.is_address) {
            true => Err("is no .rdp file: no line of it is name:type:value".to_owned()),
            false => Ok(file),
        }
    }

    /// The settings of numbered lines of a name, the separator, and `type:value`.
    pub(super) fn of_lines<'a>(
        encoding: Encoding,
        lines: impl Iterator<Item = (u32, &'a str)>,
        separator: char,
    ) -> Self {
        let mut file = Self {
            encoding,
            malformed: Vec::new(),
            settings: BTreeMap::new(),
            gateway_token: None,
            signature: None,
        };
        let mut written = BTreeMap::new();
        for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
            match setting(text, separator) {
                Ok((name, value)) => {
                    if name == GATEWAY_TOKEN {
                        file.gateway_token = secret(text, separator);
                    }
                    written.insert(name.clone(), text);
                    file.settings.insert(name, Setting { line, value });
                }
                Err(why) => {
                    let is_address = ADDRESSES.contains(&name(text, separator).as_str());
                    file.malformed.push(MalformedLine { line, why, is_address });
                }
            }
        }
        if encoding != Encoding::Address {
            file.signature = Signature::of(encoding, &written).map(Box::new);
        }
        file
    }

    /// The signature, where there is one; nobody has checked it yet.
    pub fn signature(&self) -> Option<&Signature> {
        self.signature.as_deref()
    }

    /// How many settings there are, known or not; an empty one is none.
    pub fn count(&self) -> usize {
        self.settings.values().filter(|setting| setting.value != Value::Empty).count()
    }

    /// Whether there is a setting of that name.
    fn has(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|setting| setting.value != Value::Empty)
    }

    /// A text that is not empty; `name` in lower case.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.settings.get(name)?.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i32> {
        match self.settings.get(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// A number that switches something: 0 is off.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.number(name).map(|number| number != 0)
    }

    /// The names of settings whose values were not kept.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        let hidden = |setting: &&Setting| setting.value == Value::Hidden;
        self.settings.iter().filter(move |(_, setting)| hidden(setting)).map(|(name, _)| name.as_str())
    }

    /// The gateway that the file demands always (`gatewayusagemethod` 1), or why its name is none.
    pub fn gateway(&self) -> Option<Result<Endpoint, &'static str>> {
        self.named_gateway().filter(|_| self.number("gatewayusagemethod") == Some(1))
    }

    /// The gateway that the file names, whenever it is to be used, or why its name is none.
    pub fn named_gateway(&self) -> Option<Result<Endpoint, &'static str>> {
        let name = self.text("gatewayhostname")?;
        Some(endpoint_or(name.trim(), HTTPS_PORT))
    }

    /// The token for the gateway, which is a secret.
    pub fn gateway_token(&self) -> Option<&str> {
        self.gateway_token.as_ref().map(|secret| secret.0.as_str())
    }

    /// The routing token as it is sent, without the CR LF that ends it on the wire.
    pub fn routing_token(&self) -> Option<&str> {
        self.text("loadbalanceinfo").map(without_end).filter(|token| !token.is_empty())
    }

    /// The address that clients dial: the alternate one where there is one.
    pub fn dialled(&self) -> Option<&str> {
        self.text("alternate full address").or_else(|| self.text("full address"))
    }
}
