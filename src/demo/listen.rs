//! The server on a TCP port.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use tokio::net::TcpListener as Listener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::gateway::Gateway;
use super::{Server, Stream};

/// What serves clients, each until it leaves or has had its time.
pub trait Service: Send + Sync + 'static {
    /// Serves one client.
    fn serve<S: Stream + 'static>(&self, stream: S) -> impl Future<Output = ()> + Send;
}

impl Service for Server {
    async fn serve<S: Stream + 'static>(&self, stream: S) {
        Server::serve(self, stream).await;
    }
}

impl Service for Gateway {
    async fn serve<S: Stream + 'static>(&self, stream: S) {
        Gateway::serve(self, stream).await;
    }
}

/// How many clients are served at once; further ones wait in the listener's queue.
const CONNECTIONS: usize = 64;
/// A pause after a failed accept, which is mostly a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens on this address; port 0 takes a free one.
pub async fn listen(address: SocketAddr) -> io::Result<Listener> {
    Listener::bind(address).await
}

/// Serves clients until dropped, which ends their connections too.
pub async fn run<S: Service>(listener: Listener, server: Arc<S>) {
    let mut clients = JoinSet::new();
    loop {
        while clients.try_join_next().is_some() {}
        if clients.len() >= CONNECTIONS {
            clients.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, address)) => {
                tracing::debug!(%address, "a client came");
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "answers may be delayed");
                }
                let server = Arc::clone(&server);
                clients.spawn(async move { server.serve(stream).await });
            }
            Err(error) => {
                tracing::debug!(%error, "no client accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
