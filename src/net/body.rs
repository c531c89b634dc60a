//! The body of an HTTP response, off the wire.

use std::time::Duration;

use super::{Framing, Wire};
use crate::{
    pdu::http::{BodyLength, MAX_BODY},
    report::{Failure, FailureKind},
};

/// A body that ends with the connection is read for so long after its last byte.
const QUIET: Duration = Duration::from_millis(250);

impl Wire {
    /// The whole body of a response; of one that ends with the connection what comes without a pause, 64 KiB at most.
    ///
    /// # Errors
    /// As [`Wire::receive`].
    pub async fn receive_body(&mut self, body: BodyLength) -> Result<Vec<u8>, Failure> {
        match body {
            BodyLength::Nothing => Ok(Vec::new()),
            BodyLength::UntilEnd => self.receive_some(MAX_BODY, QUIET).await,
            _ => {
                let bytes = self.receive(Framing::HttpBody(body)).await?;
                body.content(&bytes).map_err(|error| Failure::new(FailureKind::Malformed, error.0))
            }
        }
    }
}
