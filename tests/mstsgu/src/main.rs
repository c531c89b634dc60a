//! Goes through an RD Gateway with IronRDP's client and says what the server behind it answers to a Connection Request.

#![allow(clippy::disallowed_macros, reason = "the test reads what it prints")]

use std::{env, process::ExitCode, time::Duration};

use ironrdp_mstsgu::{GwClient, GwConnectTarget};
use rustls::crypto::ring;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

/// A Connection Request that offers TLS and NLA (MS-RDPBCGR 2.2.1.1).
const REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 11, 0, 0, 0];
/// The client has no deadlines of its own.
const TIME: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Ok([gateway, user, password, server]) =
        <[String; 4]>::try_from(env::args().skip(1).collect::<Vec<_>>())
    else {
        eprintln!("usage: mstsgu-client GATEWAY:PORT USER PASSWORD SERVER");
        return ExitCode::from(2);
    };
    ring::default_provider().install_default().expect("no other provider is installed");
    let target =
        GwConnectTarget { gw_endpoint: gateway, gw_user: user, gw_pass: password, smart_card: None, server };
    let (said, code) = match timeout(TIME, confirm(&target)).await {
        Ok(Ok(confirm)) => (format!("confirm {confirm:02x?}"), ExitCode::SUCCESS),
        Ok(Err(error)) => (format!("refused {error}"), ExitCode::FAILURE),
        Err(_) => ("timeout".to_owned(), ExitCode::FAILURE),
    };
    println!("{said}");
    code
}

/// The server's Connection Confirm.
async fn confirm(target: &GwConnectTarget) -> Result<[u8; 19], String> {
    let (mut channel, _) = GwClient::connect(target, "mstsgu").await.map_err(|error| format!("{error:?}"))?;
    channel.write_all(&REQUEST).await.map_err(|error| error.to_string())?;
    channel.flush().await.map_err(|error| error.to_string())?;
    let mut confirm = [0; 19];
    channel.read_exact(&mut confirm).await.map_err(|error| error.to_string())?;
    Ok(confirm)
}
