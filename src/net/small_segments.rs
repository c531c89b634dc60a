//! The same network with connections whose TCP segments are short in both directions, for a path that loses long ones.
//!
//! TCP_MAXSEG is set before the SYN, so that the peer keeps its segments short too, which no hello can ask for. If
//! the system has no such option (`has_small_segments`), the experiment is not made and not mentioned. It goes as far
//! as the traced connection did, without the account.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::{BoxStream, Network, socket};
use crate::report::{Failure, Purpose};

/// What every path of IPv4 carries (RFC 9293 3.7.1).
pub(super) const SEGMENT: u32 = 536;

/// A network that differs in how it connects, where it is to.
pub(crate) struct Segments<'a> {
    /// What it is beside.
    pub network: &'a dyn Network,
    /// Whether segments are to be short.
    pub small: bool,
    /// What its connections are for, which a record says of those that follow the traced one.
    pub purpose: &'a Purpose,
}

#[async_trait]
impl Network for Segments<'_> {
    fn now(&self) -> OffsetDateTime {
        self.network.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.network.look_up(host).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let stream = match self.small {
            true => self.network.connect_small(address).await?,
            false => self.network.connect(address).await?,
        };
        if !self.purpose.is_traced() {
            socket::describe(&stream, &self.purpose.to_string());
        }
        Ok(stream)
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.network.system_roots()
    }
}
