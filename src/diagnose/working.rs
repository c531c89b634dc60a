//! The settings with which FreeRDP, Remmina, Guacamole and mstsc get as far as the trace did.
//!
//! There are none after a failure, for what was watched, and where a name holds what no name of a host has, which only
//! a changed report can. No account is in them. A certificate that is not trusted is named by its SHA-256, because
//! ignoring it would let anyone in between: FreeRDP takes the bytes with colons between them alone. Its security level
//! is OpenSSL's: 2 for a healthy server, 1 for RSA below 2048 bits, 0 for TLS below 1.2 and signatures with SHA-1.

use super::Facts;
use crate::{
    endpoint::Endpoint,
    report::{Certificate, Outcome, Selected, Trust, Verdict, Working, WorkingCommand, WorkingSetting},
};

/// How clients call what the server selected.
struct Security {
    freerdp: &'static str,
    guacamole: &'static str,
    has_nla: bool,
    has_tls: bool,
}

/// What the settings are made of.
struct Place<'a> {
    host: &'a str,
    port: u16,
    gateway: Option<(&'a str, u16)>,
    security: Security,
    level: u8,
    /// SHA-256 of a certificate that is not trusted, as FreeRDP wants it.
    fingerprint: Option<String>,
    is_direct_tls: bool,
}

/// The settings, if anything works.
pub(super) fn working(facts: &Facts<'_>, verdict: &Verdict) -> Option<Working> {
    let gateway = facts.through.map(|through| (through.host.as_str(), through.port));
    let names = [Some(facts.host), gateway.map(|(host, _)| host)];
    let works = verdict.outcome != Outcome::Aborted && !facts.is_watched() && !facts.request.listen;
    if !works || !names.into_iter().flatten().all(is_name) {
        return None;
    }
    let security = security(facts.selected()?)?;
    let tls = facts.tls.filter(|_| security.has_tls);
    let served = tls.and_then(|tls| tls.certificate.as_ref());
    if security.has_tls && served.is_none() {
        return None;
    }
    let version = tls.and_then(|tls| tls.version.as_deref());
    let place = Place {
        host: facts.host,
        port: facts.port?,
        gateway,
        level: level(version, served),
        fingerprint: served.filter(|served| !is_trusted(served, facts)).map(|served| colons(&served.sha256)),
        security,
        is_direct_tls: facts.began_with_tls(),
    };
    let freerdp = (freerdp("xfreerdp", place.freerdp(2)), freerdp("xfreerdp3", place.freerdp(3)));
    Some(Working::new(freerdp, place.remmina(), place.guacamole(), place.rdp_lines()))
}

/// Letters, digits, and what else names and addresses have.
fn is_name(host: &str) -> bool {
    let fits = |one: char| one.is_alphanumeric() || ".-_:%".contains(one);
    !host.is_empty() && !host.starts_with('-') && host.chars().all(fits)
}

fn security(selected: Selected) -> Option<Security> {
    let (freerdp, guacamole, has_nla, has_tls) = match selected {
        Selected::Rdp => ("rdp", "rdp", false, false),
        Selected::Tls => ("tls", "tls", false, true),
        Selected::Nla | Selected::NlaEx => ("nla", "nla", true, true),
        _ => return None,
    };
    Some(Security { freerdp, guacamole, has_nla, has_tls })
}

fn is_trusted(served: &Certificate, facts: &Facts<'_>) -> bool {
    let in_time = (served.not_before..=served.not_after).contains(&facts.started);
    served.trust == Trust::Trusted && served.name_matches && in_time
}

fn level(version: Option<&str>, served: Option<&Certificate>) -> u8 {
    let is_old = version.is_some_and(|version| !matches!(version, "TLSv1.2" | "TLSv1.3"));
    let digest = served.and_then(|served| served.signature.digest.as_deref());
    let is_rsa = |served: &&Certificate| served.key.algorithm.eq_ignore_ascii_case("rsa");
    let bits = served.filter(is_rsa).and_then(|served| served.key.bits);
    match (is_old || digest.is_some_and(|digest| matches!(digest, "SHA-1" | "MD5")), bits) {
        (true, _) => 0,
        (false, Some(..2048)) => 1,
        _ => 2,
    }
}

/// Pairs of digits with colons between them.
fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| str::from_utf8(pair).ok()).collect();
    pairs.join(":")
}

fn freerdp(program: &str, arguments: Vec<String>) -> WorkingCommand {
    let quoted = arguments.iter().map(|argument| quoted(argument));
    let line = std::iter::once(program.to_owned()).chain(quoted).collect::<Vec<_>>().join(" ");
    WorkingCommand::new(line, arguments)
}

/// As one word of a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "/:.,-_+".contains(one);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

impl Place<'_> {
    fn address(&self) -> String {
        Endpoint { host: self.host.to_owned(), port: self.port }.to_string()
    }

    /// The arguments, which differ between the versions.
    fn freerdp(&self, version: u8) -> Vec<String> {
        let mut arguments = vec![format!("/v:{}", self.address()), format!("/sec:{}", self.security.freerdp)];
        if self.security.has_tls {
            let option = if version == 2 { "tls-seclevel" } else { "tls:seclevel" };
            arguments.push(format!("/{option}:{}", self.level));
            arguments.push(match &self.fingerprint {
                Some(fingerprint) => format!("/cert:fingerprint:sha256:{fingerprint}"),
                None => "/cert:deny".to_owned(),
            });
        }
        if let Some((host, port)) = self.gateway {
            let gateway = Endpoint { host: host.to_owned(), port };
            match version {
                2 => arguments.extend([format!("/g:{gateway}"), "/gt:http".to_owned()]),
                _ => arguments.push(format!("/gateway:g:{gateway},type:http")),
            }
        }
        arguments
    }

    fn remmina(&self) -> Vec<WorkingSetting> {
        let mut settings = vec![
            WorkingSetting::new("protocol", "RDP"),
            WorkingSetting::new("server", self.address()),
            WorkingSetting::new("security", self.security.freerdp),
        ];
        if self.security.has_tls {
            settings.push(WorkingSetting::new("cert_ignore", "0"));
            settings.push(WorkingSetting::new("tls-seclevel", self.level.to_string()));
        }
        if let Some((host, port)) = self.gateway {
            let gateway = Endpoint { host: host.to_owned(), port }.to_string();
            settings.push(WorkingSetting::new("gateway_usage", "1"));
            settings.push(WorkingSetting::new("gateway_server", gateway));
        }
        settings
    }

    fn guacamole(&self) -> Vec<WorkingSetting> {
        let mut settings = vec![
            WorkingSetting::new("hostname", self.host),
            WorkingSetting::new("port", self.port.to_string()),
            WorkingSetting::new("security", self.security.guacamole),
            WorkingSetting::new("ignore-cert", "false"),
        ];
        if let Some(fingerprint) = &self.fingerprint {
            settings.push(WorkingSetting::new("cert-fingerprints", format!("sha256:{fingerprint}")));
        }
        if let Some((host, port)) = self.gateway {
            settings.push(WorkingSetting::new("gateway-hostname", host));
            settings.push(WorkingSetting::new("gateway-port", port.to_string()));
        }
        settings
    }

    /// mstsc goes on without asking only where it can verify the server.
    fn rdp_lines(&self) -> Vec<String> {
        let verified = self.security.has_tls && self.fingerprint.is_none();
        let mut lines = vec![
            format!("full address:s:{}", self.address()),
            format!("authentication level:i:{}", if verified { 1 } else { 2 }),
            format!("enablecredsspsupport:i:{}", u8::from(self.security.has_nla)),
            format!("negotiate security layer:i:{}", u8::from(!self.is_direct_tls)),
        ];
        if let Some((host, port)) = self.gateway {
            lines.push(format!("gatewayhostname:s:{}", Endpoint { host: host.to_owned(), port }));
            lines.push("gatewayusagemethod:i:1".to_owned());
            lines.push("gatewayprofileusagemethod:i:1".to_owned());
        }
        lines
    }
}
