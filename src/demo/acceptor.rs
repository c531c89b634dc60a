//! IronRDP's acceptor as it leads a connection sequence.

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::Sequence as _;
use ironrdp_core::WriteBuf;

use super::stream::{Stream, malformed, send};

/// One step of the acceptor; returns what was sent. A failed step can have something to say too.
pub(super) async fn step(
    acceptor: &mut Acceptor,
    input: &[u8],
    stream: &mut dyn Stream,
) -> io::Result<Vec<u8>> {
    let mut output = WriteBuf::new();
    let result = acceptor.step(input, None, &mut output);
    send(stream, output.filled()).await?;
    result.map_err(malformed)?;
    Ok(output.filled().to_vec())
}
