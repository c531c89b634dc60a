//! The section `[Globals]` of xrdp.ini, and what it makes of the security of a connection.

use std::collections::BTreeMap;

use super::super::cipher_list;
use crate::local::{CheckResult, Survey};

/// Where the settings are.
pub(super) const INI: &str = "/etc/xrdp/xrdp.ini";
/// The key that is taken when xrdp.ini names none.
pub(super) const USUAL_KEY: &str = "/etc/xrdp/key.pem";

/// Words of OpenSSL's cipher lists that let weak suites in.
const WEAK: &[&str] = &["NULL", "eNULL", "aNULL", "EXPORT", "LOW", "RC4", "DES", "3DES", "MD5", "ALL"];

/// Levels of Standard RDP Security.
const LEVELS: &[&str] = &["none", "low", "medium", "high", "fips"];

/// The section `[Globals]`.
pub(super) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads it; the last of two equal names counts. None where there is no such section, or it holds what is no setting.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (mut inside, mut is_there) = (false, false);
        let mut values = BTreeMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with([';', '#'])) {
            if let Some(section) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
                inside = section.eq_ignore_ascii_case("globals");
                is_there |= inside;
            } else if let Some((name, value)) = line.split_once('=').filter(|_| inside) {
                values.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
            } else if inside && !line.is_empty() {
                return None;
            }
        }
        is_there.then_some(Self(values))
    }

    /// A value that is not empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// `rdp`, `tls` or `negotiate`; what xrdp does not know it takes for the last.
    pub(super) fn layer(&self) -> &str {
        match self.value("security_layer") {
            Some(layer) if ["rdp", "tls"].iter().any(|known| layer.eq_ignore_ascii_case(known)) => layer,
            _ => "negotiate",
        }
    }

    /// A file that only counts with its whole path.
    pub(super) fn path<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.value(name).filter(|path| path.starts_with('/')).unwrap_or(otherwise)
    }

    /// The first TCP port; none where it listens on other things alone.
    ///
    /// # Errors
    /// A place is not understood; which one.
    pub(super) fn port(&self) -> Result<Option<u16>, &str> {
        let list = self.value("port").unwrap_or("3389");
        let mut first = None;
        for place in list.split([' ', ',']).filter(|place| !place.is_empty()) {
            let port = match place.split_once("://") {
                None => place,
                Some(("tcp" | "tcp6", rest)) => rest.rsplit(':').next().unwrap_or_default(),
                Some(("unix" | "vsock", _)) => continue,
                Some(_) => return Err(place),
            };
            let port = port.parse().ok().filter(|port| *port != 0).ok_or(place)?;
            first.get_or_insert(port);
        }
        Ok(first)
    }
}

/// The settings, or what every check of them says without.
pub(super) fn settings(survey: &Survey<'_>) -> Result<Settings, CheckResult> {
    match survey.machine.text(INI) {
        Ok(Some(text)) => Settings::of(&text).ok_or_else(|| {
            CheckResult::unknown(
                "xrdp.ini is not understood: its section [Globals] is missing, or not of settings",
            )
            .seen(INI)
        }),
        Ok(None) => Err(CheckResult::not_applicable("xrdp is not installed")),
        Err(why) => Err(CheckResult::unreadable(INI, &why)),
    }
}

pub(super) fn security_layer(survey: &Survey<'_>) -> CheckResult {
    let settings = match settings(survey) {
        Ok(settings) => settings,
        Err(result) => return result,
    };
    let written = settings.value("security_layer");
    let level = settings.value("crypt_level").map(str::to_ascii_lowercase);
    let weak = level.as_deref().filter(|level| ["none", "low"].contains(level));
    let strange = level.as_deref().filter(|level| !LEVELS.contains(level));
    let result = match (written, settings.layer()) {
        (Some(other), "negotiate")
            if !["negotiate", "hybrid"].iter().any(|known| other.eq_ignore_ascii_case(known)) =>
        {
            CheckResult::warning("xrdp does not know this security layer, and uses negotiate")
        }
        (_, layer) if layer.eq_ignore_ascii_case("rdp") => CheckResult::warning(
            "xrdp offers Standard RDP Security only, which clients that require TLS or NLA refuse",
        ),
        (_, layer) if layer.eq_ignore_ascii_case("tls") => {
            CheckResult::ok("xrdp requires TLS; it knows no NLA")
        }
        _ if strange.is_some() => CheckResult::unknown(
            "which encryption xrdp uses with clients that do not ask for TLS is not understood",
        ),
        _ if weak.is_some() => {
            CheckResult::warning("clients that do not ask for TLS are served with weak encryption or none")
        }
        _ => CheckResult::ok("xrdp uses TLS with clients that ask for it; it knows no NLA"),
    };
    let level =
        settings.value("crypt_level").map(|level| format!(", crypt_level = {level}")).unwrap_or_default();
    result.seen(format!("security_layer = {}{level}", written.unwrap_or("negotiate")))
}

pub(super) fn protocols(survey: &Survey<'_>) -> CheckResult {
    let settings = match settings(survey) {
        Ok(settings) => settings,
        Err(result) => return result,
    };
    if settings.layer().eq_ignore_ascii_case("rdp") {
        return CheckResult::not_applicable("xrdp is told not to use TLS");
    }
    let list = settings.value("ssl_protocols").unwrap_or("TLSv1.2, TLSv1.3");
    let versions: Vec<_> = list.split([',', ' ']).filter(|version| !version.is_empty()).collect();
    let has = |version: &str| versions.contains(&version);
    let ciphers = settings.value("tls_ciphers");
    let weak = ciphers.is_some_and(|list| list.split(':').any(|word| WEAK.contains(&word)));
    let result = if !has("TLSv1.2") && !has("TLSv1.3") {
        CheckResult::error(
            "xrdp is told to use neither TLS 1.2 nor TLS 1.3, and current clients use nothing else",
        )
    } else if !has("TLSv1.2") {
        CheckResult::warning("xrdp is told to use TLS 1.3 only, which many clients do not speak")
    } else if ["SSLv3", "TLSv1", "TLSv1.1"].into_iter().any(has) {
        CheckResult::warning("xrdp is told to use versions of TLS that are no longer secure")
    } else if weak {
        CheckResult::warning("the cipher list of xrdp lets weak suites in")
    } else if ciphers.is_some_and(|list| !cipher_list::is_usual(list)) {
        CheckResult::unknown("what the cipher list of xrdp leaves for clients is not understood")
    } else {
        CheckResult::ok("xrdp uses the current versions of TLS")
    };
    let ciphers = ciphers.map(|list| format!(", tls_ciphers = {list}")).unwrap_or_default();
    result.seen(format!("ssl_protocols = {list}{ciphers}"))
}
