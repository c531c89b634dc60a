//! The certificate of a Windows host's listener: which one, from when to when, for what, and whether its key can be used.

mod blob;
mod key_file;
mod store;

use self::store::{Chosen, Found, HASH, certificate};
use super::{
    asked::{Judged, said, value},
    listener::LISTENER,
};
use crate::{
    local::{Check, Said, Scene},
    report::{Machine, Os::Windows, Role::Host},
};

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("listener-certificate", Host, &[Windows], chosen),
    Check::logic("listener-certificate-dates", Host, &[Windows], dates),
    Check::logic("listener-certificate-usage", Host, &[Windows], usage),
    Check::logic("listener-certificate-key", Host, &[Windows], private_key),
    Check::logic("listener-certificate-key-file", Host, &[Windows], key_file::configured),
    Check::logic("listener-own-key-file", Host, &[Windows], key_file::own),
    Check::logic("listener-key-folder", Host, &[Windows], key_file::folder_access),
];

/// The value that one article names, which Windows does not read.
const MISNAMED: &str = "SSLCertificateSHA1HashValue";
/// A certificate that ends sooner is worth a look.
const SOON: i64 = 14;

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    machine.listener_certificate = store::configured(scene);
}

fn chosen(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let Some(chosen) = store::chosen(scene)? else {
            return Ok(Said::warning(
                "no certificate is configured, and Windows has not made one of its own yet",
            ));
        };
        let misnamed = !chosen.configured && value(scene, LISTENER, MISNAMED)?.is_some();
        let said = match (&chosen.found, chosen.configured) {
            _ if misnamed => {
                Said::warning(format!("{MISNAMED} is set, which Windows does not read; it reads {HASH}"))
            }
            (Found::Whole(_), true) => Said::ok("the configured certificate is there"),
            (Found::Whole(_), false) => Said::ok("the listener uses the certificate that Windows made"),
            (Found::Missing, true) => {
                Said::error("the certificate that is configured is in no store of this machine")
            }
            (Found::Missing, false) => Said::warning("the certificate that Windows made is not in its store"),
            (Found::Damaged, _) => Said::error("what the store holds under this thumbprint is damaged"),
        };
        Ok(said.seen(shown(&chosen)))
    };
    said(judge())
}

fn shown(chosen: &Chosen) -> String {
    let subject = match &chosen.found {
        Found::Whole(stored) => store::subject(stored),
        Found::Missing | Found::Damaged => None,
    };
    let subject = subject.map(|subject| format!(" {subject}")).unwrap_or_default();
    format!("SHA-1 {}{subject}", chosen.thumbprint)
}

fn unreadable() -> Said {
    Said::unknown("the certificate could not be decoded")
}

fn dates(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let (chosen, stored) = certificate(scene)?;
        let Some((from, to)) = store::dates(&stored) else { return Ok(unreadable()) };
        let now = scene.host.now();
        let said = if now > to && chosen.configured {
            Said::error("the configured certificate has expired")
        } else if now > to {
            Said::error("the self-signed certificate has expired, and Windows has not renewed it")
        } else if now < from {
            Said::error("the certificate is not valid yet, or this machine's clock is behind")
        } else if chosen.configured && (to - now).whole_days() < SOON {
            Said::warning(format!("the configured certificate expires in {} days", (to - now).whole_days()))
        } else {
            Said::ok("the certificate is valid today")
        };
        Ok(said.seen(format!("{} to {}", from.date(), to.date())))
    };
    said(judge())
}

fn usage(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let (_, stored) = certificate(scene)?;
        Ok(match store::for_servers(&stored) {
            None => unreadable(),
            Some(true) => Said::ok("the certificate may identify a server"),
            Some(false) => Said::error(
                "the certificate is not meant for server authentication, so Windows leaves it out",
            ),
        })
    };
    said(judge())
}

fn private_key(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let (_, stored) = certificate(scene)?;
        Ok(match stored.key {
            Some(key) => Said::ok("the certificate has a private key")
                .seen(format!("{} in {}", key.container, key.provider)),
            None => Said::error("the certificate was stored without a private key"),
        })
    };
    said(judge())
}
