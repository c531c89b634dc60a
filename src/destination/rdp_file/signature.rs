//! The signature of an .rdp file, as rdpsign makes it: `signscope` lists settings, and `signature` holds, behind a header of 12 bytes
//! and in base64, PKCS#7 over their lines in UTF-16 with the line `signscope` and a NUL behind them.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Encoding, is_secret};
use crate::utf16;

/// What rdpsign signs where a file has it, in lower case: where the connection leads, what is started and what is shared.
const SECURE: &[&str] = &[
    "full address",
    "alternate full address",
    "pcb",
    "use redirection server name",
    "server port",
    "negotiate security layer",
    "enablecredsspsupport",
    "disableconnectionsharing",
    "autoreconnection enabled",
    "gatewayhostname",
    "gatewayusagemethod",
    "gatewayprofileusagemethod",
    "gatewaycredentialssource",
    "support url",
    "promptcredentialonce",
    "require pre-authentication",
    "pre-authentication server address",
    "alternate shell",
    "shell working directory",
    "remoteapplicationprogram",
    "remoteapplicationexpandworkingdir",
    "remoteapplicationmode",
    "remoteapplicationguid",
    "remoteapplicationname",
    "remoteapplicationicon",
    "remoteapplicationfile",
    "remoteapplicationfileextensions",
    "remoteapplicationcmdline",
    "remoteapplicationexpandcmdline",
    "prompt for credentials",
    "authentication level",
    "audiomode",
    "redirectdrives",
    "redirectprinters",
    "redirectcomports",
    "redirectsmartcards",
    "redirectposdevices",
    "redirectclipboard",
    "devicestoredirect",
    "drivestoredirect",
    "loadbalanceinfo",
    "redirectdirectx",
    "rdgiskdcproxy",
    "kdcproxyname",
    "eventloguploadaddress",
];
/// Two numbers that are always the same, and the length of what follows.
const HEADER: usize = 12;
/// A scope lists each setting once, and there are not that many.
const LONGEST_SCOPE: usize = 200;

/// The signature and what it has to be over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The SignedData of PKCS#7, or why there is none.
    pub value: Result<Vec<u8>, &'static str>,
    /// What was signed: the lines as they stand, and as clients tidy them. Or why it cannot be put together.
    pub signed: Result<Vec<Vec<u8>>, &'static str>,
    /// Settings of the scope that the file lacks.
    pub missing: Vec<String>,
    /// Settings outside the scope that rdpsign would have signed: whoever passed the file on can have changed them.
    pub outside: Vec<String>,
}

impl Signature {
    /// That of a file with these lines, by the names of their settings.
    pub(super) fn of(encoding: Encoding, lines: &BTreeMap<String, &str>) -> Option<Self> {
        let value = |name: &str| lines.get(name).and_then(|line| line.splitn(3, ':').nth(2)).map(str::trim);
        let blob = value("signature").filter(|blob| !blob.is_empty())?;
        let scope: Vec<String> = value("signscope")
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim().to_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        let is_outside = |name: &&&str| {
            value(name).is_some_and(|value| !value.is_empty()) && !scope.iter().any(|listed| listed == **name)
        };
        Some(Self {
            value: signed_data(blob),
            signed: signed(encoding, &scope, lines),
            missing: scope.iter().filter(|name| !lines.contains_key(*name)).cloned().collect(),
            outside: SECURE.iter().filter(is_outside).map(|name| (*name).to_owned()).collect(),
        })
    }
}

/// The SignedData behind the header; lines of base64 may be set apart by blanks.
fn signed_data(blob: &str) -> Result<Vec<u8>, &'static str> {
    let text: String = blob.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = STANDARD.decode(text).map_err(|_| "it is not base64")?;
    let (header, rest) = bytes.split_at_checked(HEADER).ok_or("it is shorter than its header")?;
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if (number(0), number(4)) != (0x0001_0001, 1) {
        return Err("its header is not one of rdpsign");
    }
    let length = usize::try_from(number(8)).unwrap_or(usize::MAX);
    rest.get(..length).map(<[u8]>::to_vec).ok_or("it is cut off")
}

/// What the signature is over, in each way that the same lines can be written.
fn signed(
    encoding: Encoding,
    scope: &[String],
    lines: &BTreeMap<String, &str>,
) -> Result<Vec<Vec<u8>>, &'static str> {
    if scope.is_empty() {
        return Err("signscope names no setting");
    }
    if scope.len() > LONGEST_SCOPE {
        return Err("signscope names more settings than there are");
    }
    if scope.iter().any(|name| is_secret(name)) {
        return Err("signscope names a secret, which is not kept");
    }
    let listed = || scope.iter().filter_map(|name| lines.get(name)).chain(lines.get("signscope"));
    if encoding == Encoding::CodePage && listed().any(|line| line.contains(char::REPLACEMENT_CHARACTER)) {
        return Err("what it is over holds letters of a code page that the file does not name");
    }
    let mut ways: Vec<Vec<u8>> = Vec::new();
    for way in [as_it_stands, trimmed, in_lower_case] {
        let text: String = listed().map(|line| way(line) + "\r\n").chain(["\0".to_owned()]).collect();
        let bytes = utf16::bytes(&text);
        if !ways.contains(&bytes) {
            ways.push(bytes);
        }
    }
    Ok(ways)
}

fn as_it_stands(line: &str) -> String {
    line.to_owned()
}

fn trimmed(line: &str) -> String {
    line.trim().to_owned()
}

/// The name and the type in lower case.
fn in_lower_case(line: &str) -> String {
    let mut parts = line.trim().splitn(3, ':').map(str::trim);
    let mut lower = || parts.next().unwrap_or_default().to_lowercase();
    let (name, kind) = (lower(), lower());
    format!("{name}:{kind}:{}", parts.next().unwrap_or_default())
}
