//! The heads of HTTP answers, as a proxy, a gateway and a KDC proxy give them.

use crate::{
    net::{Framing, Wire},
    pdu::http::ResponseHead,
    report::{Failure, FailureKind},
};

/// More informational answers than a server has reason for.
const MOST_INFORMATIONAL: usize = 8;

/// The first head that is not informational; 101 is not, because what follows it is no HTTP (RFC 9110, section 15.2).
///
/// # Errors
/// The connection ends, what comes is no head, or only informational ones come.
pub(super) async fn head(wire: &mut Wire) -> Result<ResponseHead, Failure> {
    for _ in 0..MOST_INFORMATIONAL {
        let bytes = wire.receive(Framing::HttpHead).await?;
        let head = ResponseHead::parse(&bytes)
            .map_err(|error| Failure::new(FailureKind::Malformed, error.0).with_received(&bytes))?;
        if head.status == 101 || !(100..200).contains(&head.status) {
            return Ok(head);
        }
    }
    Err(Failure::new(FailureKind::Malformed, "one informational answer follows another"))
}
