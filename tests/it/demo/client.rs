//! A model client for the demo server: it goes as far as it can and says where and on what it stopped.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ironrdp_connector::sspi::credssp::{ClientState, TsRequest};
use ironrdp_connector::{ClientConnector, ClientConnectorState, Sequence};
use ironrdp_core::WriteBuf;
use ironrdp_pdu::nego::SecurityProtocol;
use rdptrace::internal::demo::Fault;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls;

use super::account::Account;
use super::handshake::handshake;
use super::mcs::{is_success, user_data};
use super::pipe::connect;
use super::settings::config;

pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// What ended a connection, or that nothing did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Saw {
    Passed,
    Timeout,
    Closed,
    Reset,
    /// A message that is not the expected one.
    Message(Vec<u8>),
}

/// The phase and what was seen in it.
pub(super) type Ending = (&'static str, Saw);

/// A client and what it has learned.
pub(super) struct Client {
    pub connector: ClientConnector,
    pub selected: u32,
    pub challenge: Vec<u8>,
    pub certificate: Vec<u8>,
    pub license_pdu: Vec<u8>,
    pub round_trips: usize,
    account: Account,
    reset: Arc<AtomicBool>,
}

/// Runs a client against a server with this fault, up to an active session, or to a license request.
pub(super) async fn trace(
    fault: Option<&'static Fault>,
    offer: SecurityProtocol,
    account: Account,
) -> (Client, Ending) {
    let (stream, reset, server) = connect(fault);
    let mut client = Client {
        connector: ClientConnector::new(config(), ([127, 0, 0, 1], 1).into()),
        selected: 0,
        challenge: Vec::new(),
        certificate: Vec::new(),
        license_pdu: Vec::new(),
        round_trips: 0,
        account,
        reset,
    };
    let (Ok(ending) | Err(ending)) = client.run(stream, offer).await;
    server.await.expect("the server does not panic");
    (client, ending)
}

impl Client {
    async fn run(&mut self, mut stream: DuplexStream, offer: SecurityProtocol) -> Result<Ending, Ending> {
        let at = |phase| move |saw| (phase, saw);
        self.negotiate(&mut stream, offer).await.map_err(at("negotiate"))?;
        if self.selected == 0 {
            return Err(("mcs", self.standard_security(&mut stream).await));
        }
        let mut stream = self.tls(stream).await.map_err(at("tls"))?;
        self.connector.mark_security_upgrade_as_done();
        if self.connector.should_perform_credssp() {
            self.credssp(&mut stream).await.map_err(at("credssp"))?;
            self.connector.mark_credssp_as_done();
        }
        self.mcs(&mut stream).await.map_err(at("mcs"))?;
        let pdu = timeout(TIMEOUT, self.licensing(&mut stream)).await.unwrap_or(Err(Saw::Timeout));
        let pdu = pdu.map_err(at("licensing"))?;
        if self.license_pdu[4] == 1 {
            return Ok(("licensing", Saw::Passed));
        }
        self.activate(&mut stream, pdu).await.map_err(at("activate"))?;
        Ok(("activate", Saw::Passed))
    }

    async fn negotiate(&mut self, stream: &mut DuplexStream, offer: SecurityProtocol) -> Result<(), Saw> {
        let mut request = WriteBuf::new();
        self.connector.initiate_with_security_protocol(offer, &mut request).expect("an offer");
        self.send(stream, request.filled()).await?;
        let confirm = self.pdu(stream).await?;
        match (confirm.len(), confirm.get(5), confirm.get(11)) {
            (11, Some(0xD0), _) => return Ok(()),
            (19, Some(0xD0), Some(2)) => self.selected = u32::from(confirm[15]),
            _ => return Err(Saw::Message(confirm)),
        }
        if self.selected != 0 {
            self.step(stream, &confirm).await?;
        }
        Ok(())
    }

    async fn tls(&mut self, stream: DuplexStream) -> Result<TlsStream<DuplexStream>, Saw> {
        let result = timeout(TIMEOUT, handshake(stream)).await;
        let tls = result.map_err(|_| Saw::Timeout)?.map_err(|error| {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(rustls::Error::AlertReceived(_)) | None => self.lost(&error),
                Some(_) => Saw::Message(Vec::new()),
            }
        })?;
        self.certificate = tls.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec();
        Ok(tls)
    }

    async fn credssp<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> Result<(), Saw> {
        let mut client = self.account.client(&self.certificate);
        let mut request = TsRequest::default();
        loop {
            let state = client.process(request).resolve_to_result();
            let (answer, last) = match state.map_err(|error| Saw::Message(error.to_string().into_bytes()))? {
                ClientState::ReplyNeeded(answer) => (answer, false),
                ClientState::FinalMessage(answer) => (answer, true),
            };
            let mut bytes = Vec::new();
            answer.encode_ts_request(&mut bytes).expect("a TSRequest");
            self.send(stream, &bytes).await?;
            if last {
                return self.authorization(stream).await;
            }
            let bytes = self.ts_request(stream).await?;
            request = TsRequest::from_buffer(&bytes).map_err(|_| Saw::Message(bytes.clone()))?;
            if request.error_code.is_some() {
                return Err(Saw::Message(bytes));
            }
            if self.challenge.is_empty() {
                self.challenge = request.nego_tokens.clone().expect("a CHALLENGE");
            }
        }
    }

    /// A TSRequest, or whatever came in its place.
    async fn ts_request<S: AsyncRead + Unpin>(&self, stream: &mut S) -> Result<Vec<u8>, Saw> {
        let mut bytes = self.read(stream, Vec::new(), 4).await?;
        let length = match bytes[..] {
            [0x30, short @ ..=0x7F, ..] => 2 + usize::from(short),
            [0x30, 0x81, length, _] => 3 + usize::from(length),
            [0x30, 0x82, high, low] => 4 + usize::from(u16::from_be_bytes([high, low])),
            _ => return Err(Saw::Message(bytes)),
        };
        bytes = self.read(stream, bytes, length).await?;
        Ok(bytes)
    }

    /// The Early User Authorization Result; without HYBRID_EX nothing comes.
    async fn authorization<S: AsyncRead + Unpin>(&self, stream: &mut S) -> Result<(), Saw> {
        if self.selected != 8 {
            return Ok(());
        }
        let bytes = self.read(stream, Vec::new(), 4).await?;
        match bytes[..] {
            [0, 0, 0, 0] => Ok(()),
            [0x30, length, ..] => Err(Saw::Message(self.read(stream, bytes, 2 + usize::from(length)).await?)),
            _ => Err(Saw::Message(bytes)),
        }
    }

    async fn mcs<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> Result<(), Saw> {
        while !matches!(self.connector.state().name(), "ConnectTimeAutoDetection" | "LicensingExchange") {
            let mut pdu = Vec::new();
            if self.connector.next_pdu_hint().is_some() {
                pdu = self.pdu(stream).await?;
                if !is_success(&pdu) {
                    return Err(Saw::Message(pdu));
                }
            }
            self.step(stream, &pdu).await?;
        }
        Ok(())
    }

    /// Sends the Connect Initial that the connector would send over TLS, and returns the answer.
    async fn standard_security<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> Saw {
        self.connector.state = ClientConnectorState::BasicSettingsExchangeSendInitial {
            selected_protocol: SecurityProtocol::SSL,
        };
        match self.step(stream, &[]).await {
            Ok(()) => self.pdu(stream).await.map_or_else(|saw| saw, Saw::Message),
            Err(saw) => saw,
        }
    }

    async fn activate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        pdu: Vec<u8>,
    ) -> Result<(), Saw> {
        self.step(stream, &pdu).await?;
        while !self.connector.state().is_terminal() {
            let pdu = match self.connector.next_pdu_hint().is_some() {
                true => self.pdu(stream).await?,
                false => Vec::new(),
            };
            self.step(stream, &pdu).await?;
        }
        Ok(())
    }

    async fn licensing<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> Result<Vec<u8>, Saw> {
        loop {
            let pdu = self.pdu(stream).await?;
            match pdu.get(7..12) {
                Some([0x68, _, _, 3, 0xEB]) => {
                    self.license_pdu = user_data(&pdu).to_vec();
                    return match self.license_pdu[..] {
                        [0x80, 0, 0, 0, 0xFF, _, 16, 0, 7, ..] => Ok(pdu),
                        [0x80, 0, 0, 0, 1, _, low, high, ..]
                            if usize::from(u16::from_le_bytes([low, high])) + 4 == self.license_pdu.len() =>
                        {
                            Ok(pdu)
                        }
                        _ => Err(Saw::Message(pdu)),
                    };
                }
                Some([0x68, _, _, high, low]) => {
                    let channel = u16::from_be_bytes([*high, *low]);
                    if Some(channel) == self.connector.message_channel_id {
                        self.round_trips += 1;
                        self.step(stream, &pdu).await?;
                    }
                }
                _ => return Err(Saw::Message(pdu)),
            }
        }
    }

    async fn step<S: AsyncWrite + Unpin>(&mut self, stream: &mut S, pdu: &[u8]) -> Result<(), Saw> {
        let mut output = WriteBuf::new();
        let received = ironrdp_connector::MonotonicInstant::from_millis(1);
        self.connector.step(pdu, Some(received), &mut output).map_err(|_| Saw::Message(pdu.to_vec()))?;
        self.send(stream, output.filled()).await
    }

    async fn send<S: AsyncWrite + Unpin>(&self, stream: &mut S, bytes: &[u8]) -> Result<(), Saw> {
        // What the server said last is read even when it no longer listens.
        let _ = stream.write_all(bytes).await;
        let _ = stream.flush().await;
        Ok(())
    }

    /// A TPKT, or the first bytes of something else.
    async fn pdu<S: AsyncRead + Unpin>(&self, stream: &mut S) -> Result<Vec<u8>, Saw> {
        let header = self.read(stream, Vec::new(), 4).await?;
        if header[0] != 3 {
            return Err(Saw::Message(header));
        }
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        self.read(stream, header, length).await
    }

    async fn read<S: AsyncRead + Unpin>(
        &self,
        stream: &mut S,
        mut bytes: Vec<u8>,
        length: usize,
    ) -> Result<Vec<u8>, Saw> {
        let start = bytes.len();
        bytes.resize(length.max(start), 0);
        match timeout(TIMEOUT, stream.read_exact(&mut bytes[start..])).await {
            Ok(Ok(_)) => Ok(bytes),
            Ok(Err(error)) => Err(self.lost(&error)),
            Err(_) => Err(Saw::Timeout),
        }
    }

    fn lost(&self, error: &std::io::Error) -> Saw {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::AlertReceived(alert)) = tls {
            return Saw::Message(vec![u8::from(*alert)]);
        }
        assert!(matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe), "{error}");
        if self.reset.load(Ordering::SeqCst) { Saw::Reset } else { Saw::Closed }
    }
}
