//! What each phase saw. Fixed fields are always present; what is not known is null.

mod activation;
mod credssp;
mod gateway;
mod gateway_step;
mod icmp;
mod kdc_name;
mod negotiate;
mod proxy;
mod session;
mod spoken;
mod tcp;
mod tls;

pub use activation::{
    ActivateEvidence, LogOff, LogonError, LogonEvidence, MultitransportRequest, Redirection, Seen,
};
pub use credssp::{
    CredsspEvidence, KdcEvidence, KdcExchange, KdcProxyEvidence, NtlmEvidence, RdsaadEvidence,
    RdstlsEvidence, UnansweredKdc,
};
pub use gateway::{
    GatewayAuth, GatewayAuthorization, GatewayChannel, GatewayEvidence, GatewayHandshake, GatewayHttp,
    GatewaySteps, GatewayTunnel,
};
pub use gateway_step::{GatewayStep, GatewayTransport, StepSummary};
pub use icmp::{IcmpError, RejectedBy};
pub use kdc_name::{KdcAnswer, KdcCarrier, KdcSource};
pub use negotiate::{NegotiateEvidence, Selected};
pub use proxy::ProxyEvidence;
pub use session::{EncryptionKey, LicenseCertificate, LicensingEvidence, LicensingOutcome, McsEvidence};
pub use spoken::Spoken;
pub use tcp::{Attempt, AttemptResult, ConnectEvidence, Family, ResolveEvidence, ResolvedAddress, Tcp};
pub use tls::{Alert, HandshakeSignature, HelloOffer, OLD_SUITES, TlsEvidence};
