//! Clients that send what no client should send.

use ironrdp_connector::sspi::credssp::TsRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::REQUEST;
use super::handshake::handshake;
use super::pipe::connect;

#[tokio::test(start_paused = true)]
async fn a_client_of_another_protocol_ends_its_own_connection_only() {
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01",
        &[3, 0, 0, 0],
        &[3, 0, 0xFF, 0xFF],
        &[0],
        &[],
    ] {
        let (mut stream, _, server) = connect(None);
        stream.write_all(bytes).await.expect("written");
        stream.shutdown().await.expect("ended");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("the end");
        assert!(answer.is_empty());
        drop(stream);
        server.await.expect("no panic");
    }
}

#[tokio::test(start_paused = true)]
async fn hostile_tokens_end_the_connection_and_nothing_else() {
    let negotiate = [&b"NTLMSSP\0\x01\0\0\0"[..], &[0x35, 0x82, 0x88, 0xE2], &[0; 24]].concat();
    let authenticate = |fill: u8| [&b"NTLMSSP\0\x03\0\0\0"[..], &[fill; 76]].concat();
    let tokens = [
        Vec::new(),
        b"NTLMSSP\0".to_vec(),
        vec![0x60, 0x82, 0xFF, 0xFF, 6],
        vec![0x60, 4, 6, 1, 0x2B, 0xA0],
        authenticate(0),
        authenticate(0xFF),
        authenticate(0x20),
        [&b"NTLMSSP\0\x03\0\0\0"[..], &[0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 16, 0, 0, 0, 0, 0], &[0; 60]].concat(),
    ];
    for first in [None, Some(negotiate)] {
        for token in &tokens {
            assert!(answers_nothing_to(first.as_deref(), token).await, "{first:02X?} {token:02X?}");
        }
    }
}

/// Whether the server ends the connection after this token without another NTLM message, and without a panic.
async fn answers_nothing_to(first: Option<&[u8]>, token: &[u8]) -> bool {
    let (mut stream, _, server) = connect(None);
    stream.write_all(&REQUEST).await.expect("written");
    stream.read_exact(&mut [0; 19]).await.expect("a confirm");
    let mut stream = handshake(stream).await.expect("TLS");
    let (mut answer, mut count) = ([0; 4096], 0);
    for token in first.into_iter().chain([token]) {
        let mut request = Vec::new();
        let nego_tokens = Some(token.to_vec());
        TsRequest { nego_tokens, ..TsRequest::default() }.encode_ts_request(&mut request).expect("encoded");
        stream.write_all(&request).await.expect("written");
        count = stream.read(&mut answer).await.expect("an answer or the end");
    }
    stream.shutdown().await.expect("ended");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("the end");
    let refused = !answer[..count].windows(8).any(|bytes| bytes == b"NTLMSSP\0");
    server.await.is_ok() && refused && rest.is_empty()
}
