//! CredSSP of Windows Server 2022: user-to-user Kerberos, NTLM that it blocks, and an account that NTLM is closed to.

use std::{io, sync::Arc};

use rdptrace::{
    Settings, Stream, Tracer, diagnose,
    internal::{
        net::Framing,
        pdu::{
            ntlm::{self, Challenge},
            spnego,
            ts_request::{TsRequest, ts_request},
        },
    },
    report::{Credentials, FailureKind, Report},
    settings::{Account, Experiments},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::{
    network::{NAME, Play, Player, Serving},
    recording::{Recording, Side},
};

const SEC_E_UNSUPPORTED_FUNCTION: u32 = 0x8009_0302;
const STATUS_ACCOUNT_RESTRICTION: u32 = 0xC000_006E;

/// What the server says where it refuses, and what that says of the account.
const REFUSALS: [(&str, u32, Credentials); 2] = [
    ("windows-nla-ntlm-rejected1.pcapng", SEC_E_UNSUPPORTED_FUNCTION, Credentials::NotVerifiable),
    ("windows-nla-ntlm-rejected2.pcapng", STATUS_ACCOUNT_RESTRICTION, Credentials::Refused),
];

/// The confirm of the negotiation, and the server's TSRequests.
struct Recorded {
    confirm: Vec<u8>,
    requests: Vec<Vec<u8>>,
}

impl Recorded {
    fn new(name: &str) -> Option<Self> {
        let recording = Recording::open(name)?;
        let (plain, inside) = (recording.plain(0).of(Side::Server), recording.inside_tls(0).of(Side::Server));
        let confirm = plain[..Framing::Tpkt.length(&plain).expect("TPKT")?].to_vec();
        let (mut requests, mut rest) = (Vec::new(), &inside[..]);
        while rest.first() == Some(&0x30) {
            let length = Framing::TsRequest.length(rest).expect("a TSRequest")?;
            requests.push(rest[..length].to_vec());
            rest = &rest[length..];
        }
        Some(Self { confirm, requests })
    }

    fn read(&self) -> Vec<TsRequest> {
        self.requests.iter().map(|bytes| ts_request(bytes).expect("a TSRequest")).collect()
    }
}

#[test]
fn kerberos_within_spnego() {
    for name in ["windows-nla-kerberos-auth1.pcapng", "windows-restricted-admin-rejected1.pcapng"] {
        let Some(recorded) = Recorded::new(name) else { continue };
        let [ticket, proof, bound] = &recorded.read()[..] else { panic!("{name}: not three answers") };
        let versions = [ticket, proof, bound].map(|request| (request.version, request.error_code));
        assert_eq!(versions, [(6, None); 3], "{name}");
        for request in [ticket, proof] {
            let answer = spnego::response(request.nego_token.as_ref().expect("a token")).expect("SPNEGO");
            let token = answer.token.expect("a token of Kerberos");
            assert_eq!(spnego::kerberos_error(&token), None, "{name}");
            assert_eq!(answer.state, Some(1), "{name}");
        }
        let first = spnego::response(ticket.nego_token.as_ref().expect("a token")).expect("SPNEGO");
        assert!(first.selects_kerberos, "{name}");
        assert!(bound.pub_key_auth.is_some() && bound.nego_token.is_none(), "{name}");
    }
}

#[test]
fn the_challenge_and_the_refusal_of_ntlm() {
    for (name, status, _) in REFUSALS {
        let Some(recorded) = Recorded::new(name) else { continue };
        let [challenged, refused] = &recorded.read()[..] else { panic!("{name}: not two answers") };
        assert_eq!((refused.version, refused.error_code), (6, Some(status)), "{name}");
        assert_eq!((challenged.version, challenged.error_code), (6, None), "{name}");
        let token = challenged.nego_token.as_ref().expect("a token");
        is_of_a_member(&ntlm::challenge(token).expect("a CHALLENGE"));
    }
}

fn is_of_a_member(challenge: &Challenge) {
    assert_eq!(challenge.version, Some(ntlm::Version { major: 10, minor: 0, build: 20348 }));
    assert!(challenge.timestamp.is_some());
    let text = |field: &Option<String>| field.clone().expect("a name");
    let computer = text(&challenge.netbios_computer).to_lowercase();
    let domain = text(&challenge.dns_domain);
    assert_eq!(text(&challenge.dns_computer).to_lowercase(), format!("{computer}.{domain}"));
    assert_eq!(challenge.dns_tree, challenge.dns_domain);
    assert!(challenge.netbios_domain.is_some());
}

impl Play for Recorded {
    fn serve(self: Arc<Self>, mut stream: DuplexStream, tls: TlsAcceptor) -> Serving {
        Box::pin(async move {
            receive(&mut stream, Framing::Tpkt).await?;
            stream.write_all(&self.confirm).await?;
            let mut stream = tls.accept(stream).await?;
            for answer in &self.requests {
                receive(&mut stream, Framing::TsRequest).await?;
                stream.write_all(answer).await?;
                stream.flush().await?;
            }
            stream.shutdown().await
        })
    }
}

async fn receive<S: Stream>(stream: &mut S, framing: Framing) -> io::Result<()> {
    let mut message = Vec::new();
    loop {
        message.push(stream.read_u8().await?);
        match framing.length(&message) {
            Ok(Some(length)) if message.len() < length => {
                let mut rest = vec![0; length - message.len()];
                return stream.read_exact(&mut rest).await.map(|_| ());
            }
            Ok(_) => {}
            Err(error) => return Err(io::Error::other(error.0)),
        }
    }
}

async fn refused(recorded: Recorded) -> Report {
    let account = Account::new("alice", "secret").of_domain(Some("CORP".into()));
    let settings = Settings::default().account(Some(account)).experiments(Experiments::Off);
    diagnose(Tracer::new(&NAME.parse().expect("a target"), &settings, &Player::new(recorded)).trace().await)
}

#[tokio::test]
async fn refusals_keep_their_numbers() {
    for (name, status, credentials) in REFUSALS {
        let Some(recorded) = Recorded::new(name) else { continue };
        let report = refused(recorded).await;
        let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP");
        let failure = credssp.failure.as_ref().expect("a failure");
        assert_eq!(
            (failure.kind, failure.code),
            (FailureKind::NtStatus, Some(status.into())),
            "{name}: {failure:?}"
        );
        assert!(credssp.evidence.attempted, "{name}");
        assert_eq!(report.verdict.credentials, credentials, "{name}");
    }
}
