//! Which certificate the listener is told to use, and whether the stores of the machine hold it.

use sha1::{Digest as _, Sha1};
use time::OffsetDateTime;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::{
    super::{
        asked::{answer, value},
        listener::LISTENER,
    },
    blob::{self, Stored},
};
use crate::{
    local::{CheckResult, Survey, Value},
    report::CheckStatus,
};

/// The value that names a certificate.
pub(super) const HASH: &str = "SSLCertificateSHA1Hash";
/// The listener's certificate that Windows made itself.
const SELF_SIGNED: &str = "SelfSignedCertificate";
const PERSONAL: &str = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\MY\Certificates";
const REMOTE_DESKTOP: &str = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\Remote Desktop\Certificates";
/// More certificates of a store are not read.
const MOST: usize = 32;
/// The longest value that is read, in hexadecimal digits.
const LONGEST: usize = 128 << 10;

/// The certificate that the listener is told to use.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// SHA-1, lower-case hex.
    pub thumbprint: String,
    /// Whether somebody configured it; else Windows made it.
    pub configured: bool,
    /// What the stores hold.
    pub found: Found,
}

/// What the stores of the machine hold.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// Nothing under this thumbprint.
    Missing,
    /// Something that is not this certificate.
    Damaged,
    /// The certificate.
    Whole(Stored),
}

/// The certificate that is configured, as far as it has the form of a thumbprint.
pub(super) fn configured(survey: &Survey<'_>) -> Option<String> {
    survey.value(LISTENER, HASH).ok().flatten().as_ref().and_then(thumbprint)
}

/// The certificate that the listener is told to use; none where there is none yet.
pub(super) fn chosen(survey: &Survey<'_>) -> Result<Option<Chosen>, CheckResult> {
    if let Some(hash) = value(survey, LISTENER, HASH)? {
        let Some(thumbprint) = thumbprint(&hash) else {
            return Err(CheckResult::error(format!("{HASH} is no thumbprint of 20 bytes"))
                .seen(format!("{LISTENER}\\{HASH} = {hash}")));
        };
        let found = find(survey, &[PERSONAL, REMOTE_DESKTOP], &thumbprint)?;
        return Ok(Some(Chosen { thumbprint, configured: true, found }));
    }
    let own = value(survey, LISTENER, SELF_SIGNED)?.as_ref().and_then(thumbprint);
    let Some(thumbprint) = own.map_or_else(|| newest(survey), |own| Ok(Some(own)))? else {
        return Ok(None);
    };
    let found = find(survey, &[REMOTE_DESKTOP, PERSONAL], &thumbprint)?;
    Ok(Some(Chosen { thumbprint, configured: false, found }))
}

/// Where Windows does not say which one it made, it is the newest of its own store.
fn newest(survey: &Survey<'_>) -> Result<Option<String>, CheckResult> {
    let names = answer(REMOTE_DESKTOP, survey.machine.subkeys(REMOTE_DESKTOP))?.unwrap_or_default();
    let mut newest: Option<(i64, String)> = None;
    for name in names.into_iter().filter(|name| name.len() == 40).take(MOST) {
        let begins = match find(survey, &[REMOTE_DESKTOP], &name)? {
            Found::Whole(stored) => dates(&stored).map_or(i64::MIN, |(from, _)| from.unix_timestamp()),
            Found::Missing | Found::Damaged => i64::MIN,
        };
        if newest.as_ref().is_none_or(|(known, _)| begins > *known) {
            newest = Some((begins, name.to_ascii_lowercase()));
        }
    }
    Ok(newest.map(|(_, name)| name))
}

fn find(survey: &Survey<'_>, stores: &[&str], thumbprint: &str) -> Result<Found, CheckResult> {
    for store in stores {
        let key = format!("{store}\\{}", thumbprint.to_ascii_uppercase());
        if let Some(kept) = value(survey, &key, "Blob")? {
            return Ok(bytes(&kept).and_then(|blob| blob::read(&blob)).map_or(Found::Damaged, |stored| {
                let same = hex::encode(Sha1::digest(&stored.der)).eq_ignore_ascii_case(thumbprint);
                if same { Found::Whole(stored) } else { Found::Damaged }
            }));
        }
    }
    Ok(Found::Missing)
}

fn thumbprint(value: &Value) -> Option<String> {
    bytes(value).filter(|hash| hash.len() == 20).map(hex::encode)
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Binary { binary } if binary.len() <= LONGEST => hex::decode(binary).ok(),
        _ => None,
    }
}

/// The days from which and to which a certificate is valid.
pub(super) fn dates(stored: &Stored) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let (_, parsed) = X509Certificate::from_der(&stored.der).ok()?;
    let validity = parsed.validity();
    let time = |time: i64| OffsetDateTime::from_unix_timestamp(time).ok();
    Some((time(validity.not_before.timestamp())?, time(validity.not_after.timestamp())?))
}

/// Its subject.
pub(super) fn subject(stored: &Stored) -> Option<String> {
    X509Certificate::from_der(&stored.der).ok().map(|(_, parsed)| parsed.subject().to_string())
}

/// Whether it may be used by a server; true where it does not limit its use.
pub(super) fn for_servers(stored: &Stored) -> Option<bool> {
    let (_, parsed) = X509Certificate::from_der(&stored.der).ok()?;
    let usage = parsed.extended_key_usage().ok()?;
    Some(usage.is_none_or(|usage| usage.value.server_auth || usage.value.any))
}

/// The listener's certificate with what is stored of it; else what a check says that looks into it.
pub(super) fn certificate(survey: &Survey<'_>) -> Result<(Chosen, Stored), CheckResult> {
    let chosen = match chosen(survey) {
        Ok(chosen) => chosen,
        Err(result) if result.status == CheckStatus::Unknown => return Err(result),
        // It is told once, by the check of the setting.
        Err(_) => None,
    };
    let Some(chosen) = chosen else { return Err(nothing()) };
    match chosen.found.clone() {
        Found::Whole(stored) => Ok((chosen, stored)),
        Found::Missing | Found::Damaged => Err(nothing()),
    }
}

fn nothing() -> CheckResult {
    CheckResult::not_applicable("there is no certificate to look at")
}
