//! What the server does where a fault sits.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use super::answer::Answer;
use super::stream::{Stream, drain, leave, send};

/// One thing that it does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// Ends the connection with a FIN.
    Close,
    /// The same, after so many seconds of silence.
    CloseAfter(u64),
    /// Ends the connection with a RST.
    Reset,
    /// Never says anything again.
    Silence,
    /// Sends this and closes.
    Send(Answer),
    /// Sends this and waits for the client to leave.
    Greet(Answer),
    /// Sends one byte of this a second and closes.
    Trickle(Answer),
    /// Sends this again and again.
    Flood(Answer),
    /// Ends TLS with this fatal alert.
    Alert(u8),
}

impl Action {
    /// Does it, and returns why the conversation cannot go on; `message_channel` is the MCS channel that was announced.
    pub(super) async fn act(self, stream: &mut dyn Stream, message_channel: u16) -> io::Error {
        match self.misbehave(stream, message_channel).await {
            Ok(()) => shown(),
            Err(error) => error,
        }
    }

    async fn misbehave(self, stream: &mut dyn Stream, message_channel: u16) -> io::Result<()> {
        match self {
            Self::Close => Ok(()),
            Self::CloseAfter(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                Ok(())
            }
            Self::Reset => {
                stream.reset();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Self::Silence => drain(stream).await,
            Self::Send(answer) => send(stream, &answer.bytes(message_channel)).await,
            Self::Greet(answer) => {
                send(stream, &answer.bytes(message_channel)).await?;
                drain(stream).await
            }
            Self::Trickle(answer) => {
                for byte in answer.bytes(message_channel) {
                    sleep(Duration::from_secs(1)).await;
                    send(stream, &[byte]).await?;
                }
                Ok(())
            }
            Self::Alert(code) => {
                let (record, mut below) = stream.alert(code)?;
                send(&mut below, &record).await?;
                leave(&mut below).await?;
                // There is no TLS left to leave.
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Self::Flood(answer) => {
                let bytes = answer.bytes(message_channel);
                loop {
                    send(stream, &bytes).await?;
                    // Without a pause a clock that is paused would never move.
                    sleep(Duration::from_millis(1)).await;
                }
            }
        }
    }
}

/// Why a conversation ends that a fault was to end.
pub(super) fn shown() -> io::Error {
    io::Error::other("the fault was shown")
}
