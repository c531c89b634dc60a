//! What one connection knows of the server and its fault.

use std::io;

use time::OffsetDateTime;

use super::behaviour::{Behaviour, Stage};
use super::server::Server;
use super::stream::{Stream, send};
use super::wanted::Wanted;

/// What the faults and the server's identity mean to one connection.
pub(super) struct Conversation<'a> {
    server: &'a Server,
    /// How this server differs from a healthy one.
    pub(super) behaviour: Option<&'static Behaviour>,
    /// The MCS channel of message-channel PDUs, once it has been announced.
    pub message_channel: u16,
    /// How often the activation was taken back.
    pub reactivations: u32,
    /// What Client Info wants to log on with.
    pub wanted: Wanted,
}

impl<'a> Conversation<'a> {
    /// A conversation with this server.
    pub(super) fn new(server: &'a Server) -> Self {
        let behaviour = server.fault.map(|fault| &fault.behaviour);
        Self { server, behaviour, message_channel: 0, reactivations: 0, wanted: Wanted::Nothing }
    }

    /// Ends the conversation with an error when the fault sits at this stage.
    pub(super) async fn reached(&self, stage: Stage, stream: &mut dyn Stream) -> io::Result<()> {
        match self.behaviour.and_then(|behaviour| behaviour.at(stage)) {
            Some(action) => Err(action.act(stream, self.message_channel).await),
            None => self.also(stage, stream).await,
        }
    }

    /// Sends what a healthy server may send here besides what belongs here.
    async fn also(&self, stage: Stage, stream: &mut dyn Stream) -> io::Result<()> {
        let Some(Behaviour::Also(at, answers)) = self.behaviour() else { return Ok(()) };
        for answer in answers.iter().filter(|_| *at == stage) {
            send(stream, &answer.bytes(self.message_channel)).await?;
        }
        Ok(())
    }

    /// How this server differs from a healthy one.
    pub(super) fn behaviour(&self) -> Option<&'static Behaviour> {
        self.behaviour
    }

    /// The part of it that Standard RDP Security encloses.
    pub(super) fn enclosed(&self, behaviour: Option<&'static Behaviour>, message_channel: u16) -> Self {
        Self { server: self.server, behaviour, message_channel, reactivations: 0, wanted: Wanted::Nothing }
    }

    /// The wall time.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.server.now()
    }

    /// The server, with its key and the account's password.
    pub(super) fn server(&self) -> &Server {
        self.server
    }
}
