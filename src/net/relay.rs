//! Passes what a client and a server say to each other, unread, and tells somebody who watches.
//!
//! An end in order of one side is passed on and leaves the other direction open. A reset ends both at once, and the other side
//! meets a reset too.

use std::{
    cell::{Cell, RefCell},
    future, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split},
    net::{TcpListener, UdpSocket},
};

use super::{BoxStream, Clock, pause, socket::reset_at_close};
use crate::flow::{At, How, Side};

/// The most bytes that are passed at once.
const CHUNK: usize = 64 * 1024;
/// How long one direction may be silent once the other has ended.
const HALF_OPEN: Duration = Duration::from_secs(30);

/// Who is told what passes.
pub(crate) trait Onlooker {
    /// This side has sent bytes.
    fn bytes(&mut self, side: Side, at: At, bytes: &[u8]);

    /// This side has ended its direction, or with a RST both.
    fn ended(&mut self, side: Side, at: At, how: How);
}

/// Where clients come in.
pub struct Door(TcpListener);

impl Door {
    /// Opens it at this address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is not free, or not of this machine.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self)
    }

    /// The address with its port.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next client and its address. Where the system cannot take one, mostly for lack of descriptors, it is tried again.
    pub async fn next(&self) -> (BoxStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Without it what is passed may be held back for a moment.
                    let _ = stream.set_nodelay(true);
                    return (Box::new(stream), address);
                }
                Err(error) => {
                    tracing::debug!(%error, "no client accepted");
                    pause(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

/// Whether an address is one of this machine: only such a one can be bound.
pub(crate) async fn is_of_this_machine(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).await.is_ok()
}

/// One end of what is passed.
struct End {
    side: Side,
    /// Whether writing to it met a reset: what it had sent before is still read, and then looks like an end in order.
    was_reset: Cell<bool>,
}

impl End {
    fn of(side: Side) -> Self {
        Self { side, was_reset: Cell::new(false) }
    }
}

struct Relay<'a> {
    clock: Clock,
    /// Who has sent the last bytes.
    last_speaker: Cell<Side>,
    /// How many times bytes passed.
    passed: Cell<u64>,
    onlooker: RefCell<&'a mut dyn Onlooker>,
}

/// Passes both directions until both have ended, and tells how.
pub(crate) async fn pass(client: BoxStream, server: BoxStream, clock: Clock, onlooker: &mut dyn Onlooker) {
    let (last_speaker, passed) = (Cell::new(Side::Client), Cell::new(0));
    let relay = Relay { clock, last_speaker, passed, onlooker: RefCell::new(onlooker) };
    let (client_end, server_end) = (End::of(Side::Client), End::of(Side::Server));
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (split(client), split(server));
    let reset = {
        let up = relay.direction(&mut from_client, &client_end, &mut to_server, &server_end);
        let down = relay.direction(&mut from_server, &server_end, &mut to_client, &client_end);
        tokio::pin!(up, down);
        let first = future::poll_fn(|context| {
            let up = |context: &mut Context<'_>| up.as_mut().poll(context).map(|how| (how, Side::Client));
            let down = |context: &mut Context<'_>| down.as_mut().poll(context).map(|how| (how, Side::Server));
            relay.last_speaker_first(context, up, down)
        });
        match first.await {
            (Some(How::Rst), side) => Some(side),
            (_, Side::Client) => (relay.patiently(down).await == Some(How::Rst)).then_some(Side::Server),
            (_, Side::Server) => (relay.patiently(up).await == Some(How::Rst)).then_some(Side::Client),
        }
    };
    let (client, server) = (from_client.unsplit(to_client), from_server.unsplit(to_server));
    match reset {
        Some(Side::Client) => reset_at_close(&server),
        Some(Side::Server) => reset_at_close(&client),
        None => {}
    }
}

impl Relay<'_> {
    /// Of two ends that are met together the last speaker's came first: the other side left because of what it had heard. It has not
    /// heard of the end itself, which only a relay passes on.
    fn last_speaker_first<T>(
        &self,
        context: &mut Context<'_>,
        mut up: impl FnMut(&mut Context<'_>) -> Poll<T>,
        mut down: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let is_client = self.last_speaker.get() == Side::Client;
        let first = if is_client { up(context) } else { down(context) };
        match first {
            Poll::Ready(_) => first,
            Poll::Pending if is_client => down(context),
            Poll::Pending => up(context),
        }
    }

    /// The direction that is left, until it ends or nothing has passed for a while: a peer that hangs never ends it.
    async fn patiently(&self, mut direction: Pin<&mut impl Future<Output = Option<How>>>) -> Option<How> {
        loop {
            let before = self.passed.get();
            tokio::select! {
                how = &mut direction => return how,
                () = pause(HALF_OPEN) => {}
            }
            if self.passed.get() == before {
                return None;
            }
        }
    }

    /// Passes one direction until it ends, and tells how; none if the other end takes no more.
    async fn direction(
        &self,
        from: &mut ReadHalf<BoxStream>,
        sender: &End,
        to: &mut WriteHalf<BoxStream>,
        receiver: &End,
    ) -> Option<How> {
        let mut buffer = vec![0; CHUNK];
        loop {
            match from.read(&mut buffer).await {
                Ok(0) if !sender.was_reset.get() => {
                    self.ended(sender.side, How::Fin);
                    // Whoever is gone by now needs no end.
                    let _ = to.shutdown().await;
                    return Some(How::Fin);
                }
                Ok(0) | Err(_) => {
                    self.ended(sender.side, How::Rst);
                    return Some(How::Rst);
                }
                Ok(length) => {
                    self.bytes(sender.side, &buffer[..length]);
                    if let Err(error) = to.write_all(&buffer[..length]).await {
                        // A broken pipe is one that had ended in order before.
                        receiver.was_reset.set(error.kind() != io::ErrorKind::BrokenPipe);
                        return None;
                    }
                }
            }
        }
    }

    fn bytes(&self, side: Side, bytes: &[u8]) {
        self.last_speaker.set(side);
        self.passed.update(|passed| passed + 1);
        self.onlooker.borrow_mut().bytes(side, self.clock.now(), bytes);
    }

    fn ended(&self, side: Side, how: How) {
        self.onlooker.borrow_mut().ended(side, self.clock.now(), how);
    }
}
