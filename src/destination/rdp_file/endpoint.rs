//! Where an .rdp file leads: the host, the port and the gateway, and whether what it has sent word for word can be sent.
//!
//! The alternate full address is dialled, as mstsc and FreeRDP do, and is the name for the certificate. A port in the
//! address wins over `server port`; FreeRDP has it the other way round, so a disagreement is a finding.

use super::{
    super::{LONGEST_TOKEN, host_and_port, typed_inside},
    Encoding, RdpFile,
};
use crate::endpoint::{DEFAULT_PORT, Endpoint};

/// The most characters of a pre-connection blob that are worth sending.
const LONGEST_BLOB: usize = 4096;

const TWO_LINES: &str =
    r"has a loadbalanceinfo with \r\n in the middle, and a Connection Request carries one line";

/// Names that only Azure Virtual Desktop gives a value.
const AZURE: &[&str] = &["armpath", "wvd endpoint pool", "hubdiscoverygeourl", "diagnosticserviceurl"];

impl RdpFile {
    /// The host and the port that the file names; a port in the address wins over `server port`.
    pub(in super::super) fn endpoint(&self) -> Result<Endpoint, String> {
        if let Some(name) = AZURE.iter().find(|name| self.has(name)) {
            return Err(format!(
                "is a resource of Azure Virtual Desktop (it has the setting {name}): only the service's \
                 gateway leads to it, and there is no host to trace"
            ));
        }
        let address = self.dialled().ok_or_else(|| self.no_address())?.trim();
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
        Ok(Endpoint { host, port })
    }

    /// Why there is no address.
    fn no_address(&self) -> String {
        match self.malformed.iter().find(|bad| bad.is_address) {
            Some(bad) => format!(
                "names no computer that can be read: line {}, the address, is no setting: {}",
                bad.line, bad.why
            ),
            None => "names no computer: full address is missing or empty".to_owned(),
        }
    }

    /// Whether what is sent word for word can be sent.
    fn sendable(&self) -> Result<(), String> {
        let token = self.routing_token().unwrap_or_default();
        if typed_inside(token) == Some(r"\r\n") {
            return Err(TWO_LINES.to_owned());
        }
        if token.len() > LONGEST_TOKEN || !token.bytes().all(|byte| (0x20..=0x7E).contains(&byte)) {
            let page = match self.encoding {
                Encoding::CodePage if token.contains(char::REPLACEMENT_CHARACTER) => {
                    "; the file is in a code page"
                }
                _ => "",
            };
            return Err(format!(
                "has a loadbalanceinfo that no Connection Request can carry: {LONGEST_TOKEN} printable ASCII \
                 characters are the most{page}"
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
