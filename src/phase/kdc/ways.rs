//! Which KDCs are asked, in which order, and how: those that are named, else those of DNS (RFC 4120 section 7.2.3).

use std::time::Duration;

use super::Asking;
use crate::{
    net::services,
    report::{Failure, FailureKind},
    settings::{Kdc, KdcSource, KdcTransport, Kerberos},
};

/// How long one is waited for that others follow.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// More are not tried.
const MOST: usize = 8;

/// The KDCs of a realm that are named, and who names them.
pub(super) struct Listed {
    pub source: KdcSource,
    pub kdcs: Vec<Kdc>,
}

/// Those of this realm. `--kdc` and an .rdp file name those of the account's realm, but
/// a KDC proxy leads to every realm.
pub(super) fn listed(asking: &Asking<'_>, realm: &str) -> Listed {
    let Kerberos { realm: home, kdcs, source, others, .. } = asking.kerberos;
    let proxied = kdcs.first().is_some_and(|kdc| kdc.transport == KdcTransport::Https);
    if home.eq_ignore_ascii_case(realm) || proxied {
        return Listed { source: *source, kdcs: kdcs.clone() };
    }
    let other = others.listed.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(realm));
    let is_known = other.is_some() || others.not_in_dns;
    let source = if is_known { KdcSource::Krb5Conf } else { KdcSource::Dns };
    Listed { source, kdcs: other.map(|(_, kdcs)| kdcs.clone()).unwrap_or_default() }
}

/// Every KDC with the one way on which it is asked; none is asked over UDP where a proxy connects for us.
///
/// # Errors
/// There is none.
pub(super) async fn find(asking: &Asking<'_>, realm: &str, listed: Listed) -> Result<Vec<Kdc>, Failure> {
    let named = match (listed.kdcs.is_empty(), listed.source) {
        (false, _) => listed.kdcs,
        (true, KdcSource::Krb5Conf) => {
            let detail =
                format!("krb5.conf lists no KDC of the realm {realm} and forbids to look for one in DNS");
            return Err(Failure::new(FailureKind::NotFound, detail));
        }
        (true, _) => of_dns(asking, realm).await?,
    };
    let mut ways: Vec<Kdc> = named.iter().flat_map(ways).collect();
    if asking.proxy.is_some() {
        ways.retain(|kdc| kdc.transport != KdcTransport::Udp);
        if ways.is_empty() {
            let detail = format!("every KDC of {realm} is asked over UDP, which no proxy carries");
            return Err(Failure::new(FailureKind::NotFound, detail));
        }
    }
    ways.truncate(MOST);
    Ok(ways)
}

fn ways(kdc: &Kdc) -> Vec<Kdc> {
    match kdc.transport {
        KdcTransport::Any => {
            let over = |transport| Kdc { transport, ..kdc.clone() };
            vec![over(KdcTransport::Tcp), over(KdcTransport::Udp)]
        }
        _ => vec![kdc.clone()],
    }
}

async fn of_dns(asking: &Asking<'_>, realm: &str) -> Result<Vec<Kdc>, Failure> {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for (protocol, transport) in [("tcp", KdcTransport::Tcp), ("udp", KdcTransport::Udp)] {
        let name = format!("_kerberos._{protocol}.{realm}");
        match services(asking.network, &name, asking.limits.phase_end()).await {
            Ok(hosts) => {
                let kdc = |endpoint| Kdc { transport, endpoint, path: String::new() };
                found.extend(hosts.into_iter().map(kdc));
            }
            Err(failure) => {
                let silent = failure.kind != FailureKind::NotFound;
                failures.push(failure);
                // Whoever does not answer one question answers no other.
                if silent {
                    break;
                }
            }
        }
    }
    let first = failures.into_iter().next();
    match (found.is_empty(), first) {
        (false, _) => Ok(found),
        (true, Some(failure)) => Err(Failure {
            detail: format!("no KDC of the realm {realm} is known: {}", failure.detail),
            ..failure
        }),
        (true, None) => {
            let detail = format!("DNS says that there is no KDC of the realm {realm}");
            Err(Failure::new(FailureKind::NotFound, detail))
        }
    }
}
