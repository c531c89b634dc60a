//! The certificate that xrdp serves: there, readable, and within its dates.

use sha1::{Digest as _, Sha1};
use time::{Duration, OffsetDateTime, macros::format_description};
use x509_parser::{pem::Pem, public_key::PublicKey as ParsedKey};

use super::settings::{Settings, USUAL_KEY, settings};
use crate::{
    local::{self, CheckResult, Survey},
    report::PublicKey,
};

/// What is taken when xrdp.ini names none.
const USUAL: &str = "/etc/xrdp/cert.pem";
/// More bytes than the key of any curve has in PEM, with its parameters.
const LONGEST_CURVE: u64 = 1500;
const SOON: Duration = Duration::days(14);

pub(super) fn judge(survey: &Survey<'_>) -> CheckResult {
    let settings = match settings(survey) {
        Ok(settings) => settings,
        Err(result) => return result,
    };
    if settings.layer().eq_ignore_ascii_case("rdp") {
        return CheckResult::not_applicable("xrdp is told not to use TLS");
    }
    let path = settings.path("certificate", USUAL);
    if path == settings.path("key_file", USUAL_KEY) {
        return CheckResult::unknown(
            "certificate and key are one file, which is not read because it holds the key",
        );
    }
    let text = match survey.machine.text(path) {
        Ok(Some(text)) => text,
        Ok(None) => {
            return CheckResult::error("the certificate of xrdp does not exist, so it cannot use TLS")
                .seen(path);
        }
        Err(why) => return CheckResult::unreadable(path, &why),
    };
    let Some((from, to)) = validity(&text) else {
        return CheckResult::error("the certificate of xrdp cannot be decoded, so it cannot use TLS")
            .seen(path);
    };
    let now = survey.machine.now();
    let result = if now > to {
        CheckResult::warning("the certificate of xrdp has expired; most clients ask their user, some refuse")
    } else if now < from {
        CheckResult::warning(
            "the certificate of xrdp is not valid yet, or the clock of this machine is wrong",
        )
    } else if let Some(bits) = rsa_bits(&text).filter(|bits| *bits < PublicKey::SMALLEST_RSA) {
        CheckResult::warning(format!(
            "the certificate of xrdp has an RSA key of {bits} bits, which OpenSSL refuses by default, and so do clients"
        ))
    } else if to - now < SOON {
        CheckResult::warning("the certificate of xrdp expires within two weeks")
    } else {
        CheckResult::ok("the certificate of xrdp is within its dates")
    };
    result.seen(format!("{path}, {} to {}", day(from), day(to)))
}

/// SHA-1 of the certificate, where it can be read without reading a key.
pub(super) fn sha1(survey: &Survey<'_>) -> Option<String> {
    let settings: Settings = settings(survey).ok()?;
    let path = settings.path("certificate", USUAL);
    if path == settings.path("key_file", USUAL_KEY) {
        return None;
    }
    let text = survey.machine.text(path).ok()??;
    Some(hex::encode(Sha1::digest(first(&text)?.contents)))
}

/// The digest of the key that the certificate is of, as files of private keys are known by.
pub(super) fn public_key(survey: &Survey<'_>) -> Option<String> {
    let settings: Settings = settings(survey).ok()?;
    let path = settings.path("certificate", USUAL);
    // Of a file that is both only the facts are looked at.
    let text = survey.machine.text(path).ok()?.filter(|_| path != settings.path("key_file", USUAL_KEY))?;
    let block = first(&text)?;
    local::public_key(block.parse_x509().ok()?.public_key())
}

/// Whether a private key of so many bytes can be that of the certificate; true where that is not known. A key of RSA in PEM
/// takes six sevenths of the bits of its modulus in bytes or more, one of a curve never as many.
pub(super) fn fits_length(survey: &Survey<'_>, bytes: u64) -> bool {
    let Ok(settings) = settings(survey) else { return true };
    let Ok(Some(text)) = survey.machine.text(settings.path("certificate", USUAL)) else { return true };
    let Some(block) = first(&text) else { return true };
    let Ok(certificate) = block.parse_x509() else { return true };
    match (rsa_bits(&text).map(u64::from), certificate.public_key().parsed()) {
        _ if bytes == 0 => false,
        (Some(bits), _) => (bits * 3 / 4..=bits).contains(&bytes),
        (None, Ok(ParsedKey::EC(_))) => bytes < LONGEST_CURVE,
        (None, _) => true,
    }
}

fn rsa_bits(text: &str) -> Option<u32> {
    let block = first(text)?;
    match block.parse_x509().ok()?.public_key().parsed().ok()? {
        ParsedKey::RSA(key) => u32::try_from(key.key_size()).ok(),
        _ => None,
    }
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
