//! A server that begins with TLS; the Connection Request comes inside it (MS-RDPBCGR 5.4.2.2).

use std::io;

use ironrdp_pdu::nego::SecurityProtocol;
use tokio::io::AsyncReadExt as _;

use super::action::Action;
use super::conversation::Conversation;
use super::negotiation::{negotiate, new_acceptor};
use super::replay::Replay;
use super::stream::{Boxed, Stream, end, leave};
use super::tls::accept;
use super::{credssp, session};
use crate::pdu::content_type::HANDSHAKE;
use crate::pdu::der::SEQUENCE;

/// Begins with TLS, and does this to who begins otherwise; the Connection Request comes inside TLS, behind NLA where that is used.
pub(super) async fn direct_tls(
    conversation: &mut Conversation<'_>,
    number: usize,
    action: Action,
    mut stream: Boxed<'_>,
) -> io::Result<()> {
    let first = first_byte(&mut stream).await?;
    if first != [HANDSHAKE] {
        let error = action.act(&mut stream, 0).await;
        return Err(end(&mut stream, error).await);
    }
    let mut stream = accept(conversation, first, stream).await?;
    let first = first_byte(&mut stream).await?;
    let nla = first == [SEQUENCE];
    let mut stream = Replay::new(first, stream);
    match inside_tls(conversation, number, nla, &mut stream).await {
        Ok(()) => leave(&mut stream).await,
        Err(error) => Err(end(&mut stream, error).await),
    }
}

/// Does this to who begins with this byte, and is silent to any other.
pub(super) async fn to_beginning(byte: u8, action: Action, mut stream: Boxed<'_>) -> io::Result<()> {
    let first = first_byte(&mut stream).await?;
    let action = if first == [byte] { action } else { Action::Silence };
    let error = action.act(&mut stream, 0).await;
    Err(end(&mut stream, error).await)
}

async fn first_byte(stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    let mut first = vec![0];
    stream.read_exact(&mut first).await?;
    Ok(first)
}

async fn inside_tls(
    conversation: &mut Conversation<'_>,
    number: usize,
    nla: bool,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    if nla {
        credssp::accept(conversation, stream, SecurityProtocol::HYBRID).await?;
    }
    let mut acceptor = new_acceptor(conversation);
    negotiate(conversation, number, &mut acceptor, stream).await?;
    acceptor.mark_security_upgrade_as_done();
    if acceptor.should_perform_credssp() && nla {
        acceptor.mark_credssp_as_done();
    }
    session::serve(conversation, &mut acceptor, stream).await
}
