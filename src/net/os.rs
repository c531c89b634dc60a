//! The system's resolver, sockets, clock and trusted roots; the only place of the probe that differs by system.

mod connect;
mod open_files;
mod roots;
mod signals;
pub(super) mod tcp;

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use async_trait::async_trait;
use dns_lookup::{AddrInfoHints, LookupError, LookupErrorKind, SockType, getaddrinfo};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio::task::spawn_blocking;
use tokio_rustls::rustls::pki_types::CertificateDer;

pub(crate) use open_files::open_files;
pub(super) use signals::terminated;

use super::{BoxDatagrams, BoxStream, Network, services, small_segments::SEGMENT, udp};
use crate::{
    endpoint::Endpoint,
    report::{Failure, FailureKind},
};

/// The machine this program runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[async_trait]
impl Network for System {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let name = host.to_owned();
        // getaddrinfo blocks; a hanging look-up is abandoned with its thread when the runtime shuts down.
        let answer = spawn_blocking(move || addresses(&name)).await;
        answer.expect("getaddrinfo does not panic").map_err(|error| look_up_failure(host, error))
    }

    async fn services(&self, name: &str) -> Result<Vec<Endpoint>, Failure> {
        services::ask(name).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let stream = connect::connect(address, None).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }

    async fn connect_small(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let stream = connect::connect(address, Some(SEGMENT)).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }

    fn has_small_segments(&self) -> bool {
        connect::HAS_SMALL_SEGMENTS
    }

    async fn datagrams(&self, address: SocketAddr) -> io::Result<BoxDatagrams> {
        udp::open(address).await
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        roots::all()
    }

    fn trusts(&self, certificate: &[u8]) -> bool {
        roots::hold(certificate)
    }
}

fn addresses(name: &str) -> Result<Vec<IpAddr>, LookupError> {
    let hints = AddrInfoHints { socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let mut found = Vec::new();
    for info in getaddrinfo(Some(name), None, Some(hints))?.flatten() {
        let address = info.sockaddr.ip();
        if !found.contains(&address) {
            found.push(address);
        }
    }
    Ok(found)
}

/// Tells a name that does not exist from a resolver that does not answer.
fn look_up_failure(host: &str, error: LookupError) -> Failure {
    let code = error.error_num();
    let (kind, symbol, what) = match error.kind() {
        LookupErrorKind::NoName => (FailureKind::NotFound, Some("EAI_NONAME"), "the name does not exist"),
        LookupErrorKind::NoData => (FailureKind::NotFound, Some("EAI_NODATA"), "the name has no address"),
        LookupErrorKind::Again => (
            FailureKind::Unreachable,
            Some("EAI_AGAIN"),
            "the resolver does not work, or answered with a temporary failure",
        ),
        LookupErrorKind::Fail => (FailureKind::Unreachable, Some("EAI_FAIL"), "the resolver failed for good"),
        LookupErrorKind::System => {
            (FailureKind::Unreachable, Some("EAI_SYSTEM"), "the system's resolver failed")
        }
        _ => (FailureKind::Unreachable, None, "the system's resolver failed"),
    };
    // The system's own text tells more than the bare code only where there is no symbol, or an errno behind it.
    let text = io::Error::from(error);
    let detail = match symbol {
        Some("EAI_SYSTEM") | None => format!("{what}: {host}: {text}"),
        Some(_) => format!("{what}: {host}"),
    };
    Failure::new(kind, detail).with_code(code, symbol)
}

/// A hardware id that is the same at every run on this machine (MS-RDPELE 2.2.2.3.1).
///
/// Made from the machine id of the system or else the host name, and not reversible to it.
pub(crate) fn hardware_id() -> [u32; 4] {
    let files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    let machine = files.into_iter().find_map(|path| std::fs::read_to_string(path).ok());
    let machine = machine.filter(|id| !id.trim().is_empty()).or_else(|| dns_lookup::get_hostname().ok());
    let digest = Sha256::new()
        .chain_update("rdptrace hardware id")
        .chain_update(machine.unwrap_or_default())
        .finalize();
    let mut parts =
        digest.chunks_exact(4).map(|part| u32::from_le_bytes(part.try_into().expect("four bytes")));
    std::array::from_fn(|_| parts.next().expect("a SHA-256 has eight parts"))
}
