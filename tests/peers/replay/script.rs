//! A server that says what a recorded one said, from the MCS Connect Response on, whatever it is asked.

use std::{io, sync::Arc};

use rdptrace::{
    Stream,
    internal::{
        net::Framing,
        pdu::{
            mcs::{self, Mcs},
            share::{self, IoPdu},
            x224,
        },
    },
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::{
    network::{Play, Serving},
    recording::{Conversation, Said, Side},
};

/// The byte that the PDUs of MCS begin with, whatever their optional fields.
pub(super) const CONNECT: u8 = 0x7F;
const ATTACH_USER_REQUEST: u8 = 0x28;
const ATTACH_USER_CONFIRM: u8 = 0x2E;
const CHANNEL_JOIN_REQUEST: u8 = 0x38;
const SEND_DATA_REQUEST: u8 = 0x64;
const SEND_DATA_INDICATION: u8 = 0x68;
const DISCONNECT_PROVIDER_ULTIMATUM: u8 = 0x21;

/// Ends what a client sends in the finalization (MS-RDPBCGR 2.2.1.18).
const FONT_LIST: u8 = 39;

/// When the server says the next thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// All that is left once the client has introduced itself.
    AtOnce,
    /// One recorded answer for each message of the client, until it has nothing more to say.
    InTurn,
}

/// What a server says.
#[derive(Clone, Debug)]
pub(super) struct Script {
    confirm: Vec<u8>,
    response: Vec<u8>,
    attached: Vec<u8>,
    /// The answers to Client Info and to what follows it.
    answers: Vec<Vec<u8>>,
    pace: Pace,
}

impl Script {
    /// What the server said in this conversation behind another confirm; CredSSP is left out.
    pub(super) fn new(confirm: &str, recorded: &Conversation, pace: Pace) -> Self {
        let is = |kind| move |said: &Said| is_of_client(said, kind);
        let connect = recorded.from(is(CONNECT));
        let answers = connect.from(is(SEND_DATA_REQUEST)).answers();
        let said = connect.of(Side::Server);
        let begin = |kind| first(&said, kind).expect("it was recorded");
        Self {
            confirm: hex::decode(confirm).expect("hex"),
            response: begin(CONNECT),
            attached: begin(ATTACH_USER_CONFIRM),
            answers,
            pace,
        }
    }

    async fn play<S: Stream>(&self, mut stream: S) -> io::Result<()> {
        let mut left = self.answers.iter();
        loop {
            let frame = receive(&mut stream).await?;
            match choice(&frame) {
                Some(CONNECT) => stream.write_all(&self.response).await?,
                Some(ATTACH_USER_REQUEST) => stream.write_all(&self.attached).await?,
                Some(CHANNEL_JOIN_REQUEST) => stream.write_all(&joined(&frame)).await?,
                Some(SEND_DATA_REQUEST) if self.pace == Pace::AtOnce || is_font_list(&frame) => {
                    for answer in left.by_ref() {
                        stream.write_all(answer).await?;
                    }
                }
                Some(SEND_DATA_REQUEST) => stream.write_all(left.next().map_or(&[], Vec::as_slice)).await?,
                Some(DISCONNECT_PROVIDER_ULTIMATUM) => return Ok(()),
                _ => {}
            }
            stream.flush().await?;
        }
    }
}

impl Play for Script {
    fn serve(self: Arc<Self>, mut stream: DuplexStream, tls: TlsAcceptor) -> Serving {
        Box::pin(async move {
            receive(&mut stream).await?;
            stream.write_all(&self.confirm).await?;
            match x224::confirm(&self.confirm) {
                Ok(x224::Confirm::Response { selected: 1, .. }) => self.play(tls.accept(stream).await?).await,
                _ => self.play(stream).await,
            }
        })
    }
}

fn is_of_client(said: &Said, kind: u8) -> bool {
    said.by == Side::Client && choice(&said.bytes) == Some(kind)
}

/// The first frame with this PDU of MCS in what a side said.
pub(super) fn first(said: &[u8], kind: u8) -> Option<Vec<u8>> {
    let length = |at: usize| Framing::Tpkt.length(&said[at..]).ok().flatten();
    let mut at = 0;
    while let Some(length) = length(at) {
        let frame = &said[at..at + length];
        if choice(frame) == Some(kind) {
            return Some(frame.to_vec());
        }
        at += length;
    }
    None
}

/// The first byte inside a data TPDU.
pub(super) fn choice(frame: &[u8]) -> Option<u8> {
    x224::data(frame).ok()?.first().copied()
}

async fn receive<S: Stream>(stream: &mut S) -> io::Result<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await?;
    let length = Framing::Tpkt.length(&header).map_err(|error| io::Error::other(error.0))?;
    let mut frame = header.to_vec();
    frame.resize(length.expect("a header says it"), 0);
    stream.read_exact(&mut frame[4..]).await?;
    Ok(frame)
}

/// A Channel Join Confirm for the channel of this request, to the same user.
fn joined(request: &[u8]) -> Vec<u8> {
    let (user, channel) = (&request[8..10], &request[10..12]);
    [&[3, 0, 0, 15, 2, 0xF0, 0x80, 0x3E, 0], user, channel, channel].concat()
}

/// A Send Data Request has the form of an indication.
fn is_font_list(request: &[u8]) -> bool {
    let mut indication = request.to_vec();
    indication[7] = SEND_DATA_INDICATION;
    let Ok(Mcs::Data { user_data, .. }) = mcs::read(&indication) else { return false };
    share::session_pdu(user_data) == IoPdu::ShareData { kind: FONT_LIST }
}
