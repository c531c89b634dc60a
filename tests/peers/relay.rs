//! A relay in front of a server that stands for the boxes on a way: it passes on, waits, cuts, swallows, or answers itself.

use std::{
    future,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime, time,
};

/// An X.224 Connection Confirm that selects TLS (MS-RDPBCGR 2.2.1.2).
pub(crate) const SELECTS_TLS: &[u8] = &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0];

/// What becomes of something that a client sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Pass,
    /// It arrives after this time.
    Late(Duration),
    /// It never arrives, and the connection stays open.
    Swallowed,
    /// The server never sees it; the client gets these bytes.
    Answered(&'static [u8]),
    Reset,
    Closed,
}

/// What a client sent, as it came: the requests of this protocol come one by one, because each waits for an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    /// How many connections came before this one.
    pub connection: usize,
    pub bytes: &'a [u8],
}

impl Sent<'_> {
    /// A Connection Request, the only TPKT before TLS.
    pub(crate) fn is_request(&self) -> bool {
        self.bytes.first() == Some(&3)
    }

    /// A record with a ClientHello.
    pub(crate) fn is_hello(&self) -> bool {
        self.bytes.first() == Some(&22) && self.bytes.get(5) == Some(&1)
    }

    /// Whether these bytes occur in it.
    pub(crate) fn has(&self, part: &[u8]) -> bool {
        self.bytes.windows(part.len()).any(|window| window == part)
    }
}

/// Listens on loopback for as long as the tests run, in front of the server on this port.
pub(crate) fn relay(server: u16, fate: impl Fn(Sent<'_>) -> Fate + Send + Sync + 'static) -> u16 {
    relay_on(SocketAddr::from(([127, 0, 0, 1], 0)), server, fate)
}

/// The same on this address; port 0 means a free one, which is returned.
pub(crate) fn relay_on(
    address: SocketAddr,
    server: u16,
    fate: impl Fn(Sent<'_>) -> Fate + Send + Sync + 'static,
) -> u16 {
    let (listens, listening) = mpsc::channel();
    thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind(address).await.expect("the address is free");
            listens.send(listener.local_addr().expect("an address").port()).expect("the test waits");
            serve(listener, server, Arc::new(fate)).await;
        });
    });
    listening.recv().expect("the relay listens")
}

async fn serve(
    listener: TcpListener,
    server: u16,
    fate: Arc<impl Fn(Sent<'_>) -> Fate + Send + Sync + 'static>,
) {
    let next = AtomicUsize::new(0);
    while let Ok((mut client, _)) = listener.accept().await {
        let connection = next.fetch_add(1, Ordering::SeqCst);
        let fate = Arc::clone(&fate);
        tokio::spawn(async move {
            let to = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), server);
            if let Ok(mut server) = TcpStream::connect(to).await
                && let Ok(Fate::Reset) = carry(&mut client, &mut server, connection, &*fate).await
            {
                let _ = client.set_zero_linger();
            }
        });
    }
}

/// Carries both ways until one side is done; what ended it, if that was the relay's own doing.
async fn carry(
    client: &mut TcpStream,
    server: &mut TcpStream,
    connection: usize,
    fate: &impl Fn(Sent<'_>) -> Fate,
) -> io::Result<Fate> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let mut received = vec![0; 32 << 10];
    let mut answer = vec![0; 32 << 10];
    loop {
        tokio::select! {
            count = from_client.read(&mut received) => {
                let bytes = &received[..count?];
                let fate = if bytes.is_empty() { Fate::Closed } else { fate(Sent { connection, bytes }) };
                match fate {
                    Fate::Pass => to_server.write_all(bytes).await?,
                    Fate::Late(by) => {
                        time::sleep(by).await;
                        to_server.write_all(bytes).await?;
                    }
                    Fate::Swallowed => {}
                    Fate::Answered(bytes) => to_client.write_all(bytes).await?,
                    Fate::Reset | Fate::Closed => return Ok(fate),
                }
            }
            count = from_server.read(&mut answer) => match count? {
                0 => return Ok(Fate::Closed),
                count => to_client.write_all(&answer[..count]).await?,
            },
        }
    }
}

/// A server for a relay that needs none: it takes connections and says nothing.
pub(crate) fn silent() -> u16 {
    let (listens, listening) = mpsc::channel();
    thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
            listens.send(listener.local_addr().expect("an address").port()).expect("the test waits");
            future::pending::<()>().await;
        });
    });
    listening.recv().expect("it listens")
}
