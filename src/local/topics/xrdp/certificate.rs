//! The certificate that xrdp serves: there, readable, and within its dates.

use sha1::{Digest as _, Sha1};
use time::{Duration, OffsetDateTime, macros::format_description};
use x509_parser::pem::Pem;

use super::settings::Settings;
use crate::local::{Said, Scene};

/// What is taken when xrdp.ini names none.
const USUAL: &str = "/etc/xrdp/cert.pem";
const SOON: Duration = Duration::days(14);

pub fn judge(scene: &Scene<'_>) -> Said {
    let settings = match super::settings(scene) {
        Ok(settings) => settings,
        Err(said) => return said,
    };
    if settings.layer().eq_ignore_ascii_case("rdp") {
        return Said::not_applicable("xrdp is told not to use TLS");
    }
    let path = settings.path("certificate", USUAL);
    if path == settings.path("key_file", super::key::USUAL) {
        return Said::unknown("certificate and key are one file, which is not read because it holds the key");
    }
    let text = match scene.host.text(path) {
        Ok(Some(text)) => text,
        Ok(None) => {
            return Said::error("the certificate of xrdp does not exist, so it cannot use TLS").seen(path);
        }
        Err(why) => return Said::unreadable(path, &why),
    };
    let Some((from, to)) = validity(&text) else {
        return Said::error("the certificate of xrdp cannot be decoded, so it cannot use TLS").seen(path);
    };
    let now = scene.host.now();
    let said = if now > to {
        Said::warning("the certificate of xrdp has expired; most clients ask their user, some refuse")
    } else if now < from {
        Said::warning("the certificate of xrdp is not valid yet, or the clock of this machine is wrong")
    } else if to - now < SOON {
        Said::warning("the certificate of xrdp expires within two weeks")
    } else {
        Said::ok("the certificate of xrdp is within its dates")
    };
    said.seen(format!("{path}, {} to {}", day(from), day(to)))
}

/// SHA-1 of the certificate, where it can be read without reading a key.
pub fn sha1(scene: &Scene<'_>) -> Option<String> {
    let settings: Settings = super::settings(scene).ok()?;
    let path = settings.path("certificate", USUAL);
    if path == settings.path("key_file", super::key::USUAL) {
        return None;
    }
    let text = scene.host.text(path).ok()??;
    Some(hex::encode(Sha1::digest(first(&text)?.contents)))
}

fn first(text: &str) -> Option<Pem> {
    let mut blocks = Pem::iter_from_buffer(text.as_bytes()).flatten();
    blocks.find(|block| block.label == "CERTIFICATE")
}

fn validity(text: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let block = first(text)?;
    let validity = block.parse_x509().ok()?.validity().clone();
    Some((validity.not_before.to_datetime(), validity.not_after.to_datetime()))
}

fn day(at: OffsetDateTime) -> String {
    at.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}
