//! An .rdp file: lines of `name:type:value`, as remote desktop clients save and read them. Bounded, and no line stops it.

use std::{collections::BTreeMap, fmt, iter, str};

use zeroize::Zeroizing;

use super::{DEFAULT_PORT, GATEWAY_PORT, LONGEST_TOKEN, host_and_port, typed_inside, without_end};

/// The longest file that is read.
pub const LONGEST_FILE: usize = 1 << 20;
/// The most lines.
const MOST_LINES: usize = 10_000;
/// The most characters of a pre-connection blob that are worth sending.
const LONGEST_BLOB: usize = 4096;

const TWO_LINES: &str =
    r"has a loadbalanceinfo with \r\n in the middle, and a Connection Request carries one line";

/// Names that only Azure Virtual Desktop puts into a file.
const AZURE: &[&str] = &["armpath", "wvd endpoint pool", "hubdiscoverygeourl", "diagnosticserviceurl"];
/// The token for the gateway (MS-TSGU's pluggable authentication).
const GATEWAY_TOKEN: &str = "gatewayaccesstoken";

/// Parts of names whose values are secrets: they are not kept.
const SECRET: &[&str] = &["password", "token", "secret", "fedauth", "cookie"];

/// What an .rdp file says. The last of several lines with the same name counts; secrets are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdpFile {
    /// How its text is written.
    pub encoding: Encoding,
    /// Lines that are no settings; those of a file with none are no file.
    pub malformed: Vec<MalformedLine>,
    settings: BTreeMap<String, Setting>,
    gateway_token: Option<Secret>,
}

/// A value that is kept and never shown.
#[derive(Clone, PartialEq, Eq)]
struct Secret(Zeroizing<String>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// How the text of a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little end first, as mstsc saves it.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// No file: an rdp:// address.
    Address,
}

/// A line that is no setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedLine {
    /// Its number, from 1.
    pub line: u32,
    /// What is wrong with it, without what is in it.
    pub why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    line: u32,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(i32),
    /// Bytes or a secret, which nobody needs here.
    Hidden,
}

impl RdpFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It is none: too large, binary, or without a single setting. What is wrong, to stand after the file's name.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > LONGEST_FILE {
            return Err("is larger than 1 MiB, which no .rdp file is");
        }
        let (encoding, text) = decode(bytes)?;
        if numbered(&text).nth(MOST_LINES).is_some() {
            return Err("has more than 10000 lines, which no .rdp file has");
        }
        let file = Self::of_lines(encoding, numbered(&text), ':');
        match file.settings.is_empty() {
            true => Err("is no .rdp file: no line of it is name:type:value"),
            false => Ok(file),
        }
    }

    /// The settings of numbered lines of a name, the separator, and `type:value`.
    pub(super) fn of_lines<'a>(
        encoding: Encoding,
        lines: impl Iterator<Item = (u32, &'a str)>,
        separator: char,
    ) -> Self {
        let mut file =
            Self { encoding, malformed: Vec::new(), settings: BTreeMap::new(), gateway_token: None };
        for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
            match setting(text, separator) {
                Ok((name, value)) => {
                    if name == GATEWAY_TOKEN {
                        file.gateway_token = secret(text, separator);
                    }
                    file.settings.insert(name, Setting { line, value });
                }
                Err(why) => file.malformed.push(MalformedLine { line, why }),
            }
        }
        file
    }

    /// How many settings there are, known or not.
    pub fn count(&self) -> usize {
        self.settings.len()
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
    pub fn gateway(&self) -> Option<Result<(String, u16), &'static str>> {
        self.named_gateway().filter(|_| self.number("gatewayusagemethod") == Some(1))
    }

    /// The gateway that the file names, whenever it is to be used, or why its name is none.
    pub fn named_gateway(&self) -> Option<Result<(String, u16), &'static str>> {
        let name = self.text("gatewayhostname")?;
        Some(host_and_port(name.trim()).map(|(host, port)| (host, port.unwrap_or(GATEWAY_PORT))))
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

    /// The host and the port that the file names; a port in the address wins over `server port`.
    pub(super) fn destination(&self) -> Result<(String, u16), String> {
        if let Some(name) = AZURE.iter().find(|name| self.settings.contains_key(**name)) {
            return Err(format!(
                "is a resource of Azure Virtual Desktop (it has the setting {name}): only the service's \
                 gateway leads to it, and there is no host to trace"
            ));
        }
        let address = self.dialled().ok_or("names no computer: full address is missing or empty")?.trim();
        let (host, given) = host_and_port(address)
            .map_err(|why| format!("has the address {address:?}, which is no target: {why}"))?;
        let port = match (given, self.number("server port")) {
            (Some(port), _) => port,
            (None, None) => DEFAULT_PORT,
            (None, Some(number)) => u16::try_from(number)
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| format!("has the server port {number}; a port is a number from 1 to 65535"))?,
        };
        self.sendable()?;
        Ok((host, port))
    }

    /// Whether what is sent word for word can be sent.
    fn sendable(&self) -> Result<(), String> {
        let token = self.routing_token().unwrap_or_default();
        if typed_inside(token) == Some(r"\r\n") {
            return Err(TWO_LINES.to_owned());
        }
        if token.len() > LONGEST_TOKEN || !token.bytes().all(|byte| (0x20..=0x7E).contains(&byte)) {
            return Err(format!(
                "has a loadbalanceinfo that no Connection Request can carry: {LONGEST_TOKEN} printable ASCII \
                 characters are the most"
            ));
        }
        if let Some(Err(why)) = self.gateway() {
            return Err(format!("has a gatewayhostname that is none: {why}"));
        }
        let blob = self.text("pcb").unwrap_or_default();
        if blob.chars().count() > LONGEST_BLOB {
            return Err(format!("has a pcb of more than {LONGEST_BLOB} characters"));
        }
        Ok(())
    }
}

/// The value of a line that holds a secret text.
fn secret(text: &str, separator: char) -> Option<Secret> {
    let (kind, value) = text.split_once(separator)?.1.split_once(':')?;
    let usable = !value.trim().is_empty() && !value.chars().any(char::is_control);
    (kind.trim().eq_ignore_ascii_case("s") && usable).then(|| Secret(Zeroizing::new(value.trim().to_owned())))
}

/// Lines with their numbers, whichever way they end.
fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let lines = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    });
    iter::zip(1.., lines)
}

fn decode(bytes: &[u8]) -> Result<(Encoding, String), &'static str> {
    let (encoding, text) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16Le, utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16Be, utf16(rest, u16::from_be_bytes)),
        [first, 0, ..] if *first != 0 => (Encoding::Utf16Le, utf16(bytes, u16::from_le_bytes)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8, String::from_utf8_lossy(rest).into_owned()),
        // An old file may be in a code page; what it says in ASCII is what matters here.
        _ => (Encoding::Utf8, String::from_utf8_lossy(bytes).into_owned()),
    };
    match text.trim_end_matches('\0').contains('\0') {
        true => Err("is no .rdp file: it is binary"),
        false => Ok((encoding, text.trim_end_matches('\0').to_owned())),
    }
}

/// UTF-16 with whatever is no character replaced; an odd byte at the end is dropped.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Whether a name, or a text in lower case with names in it, may stand for a secret.
pub(super) fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|part| name.contains(part))
}

/// The name in lower case and the value of one line.
fn setting(text: &str, separator: char) -> Result<(String, Value), &'static str> {
    let (name, rest) = text.split_once(separator).ok_or("it is not name:type:value")?;
    let (kind, value) = rest.split_once(':').ok_or("it is not name:type:value")?;
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err("it has no name that can be read");
    }
    let value = value.trim();
    let kind = kind.trim();
    if kind.eq_ignore_ascii_case("b") || is_secret(&name) {
        return Ok((name, Value::Hidden));
    }
    if value.chars().any(char::is_control) {
        return Err("its value holds control characters");
    }
    if kind.eq_ignore_ascii_case("s") {
        return Ok((name, Value::Text(value.to_owned())));
    }
    if !kind.eq_ignore_ascii_case("i") {
        return Err("its type is none of s, i and b");
    }
    match value.parse() {
        Ok(number) => Ok((name, Value::Number(number))),
        Err(_) => Err("its value is no number"),
    }
}
