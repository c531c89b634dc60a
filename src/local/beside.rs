//! Which checks of this machine matter to a trace, by its target, by how far it came and by what it found.
//!
//! A check is made only if its result could explain this trace, or keep a client on this machine from what the trace
//! could do. So a trace that passes starts no child process, and its page holds nothing that is none of its business.

use std::net::IpAddr;

use crate::{
    codes::Phase,
    report::{Cause, CauseCode, FindingCode, Outcome, Place, Report, Trace, Trust},
};

/// The traces that a check is made beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// All: what it finds keeps a client from every server.
    Every,
    /// None: it lists what is there, or what it finds keeps a client from no server.
    None,
    /// Those to a name.
    Name,
    /// Those to an address that came to CredSSP, or to a gateway.
    Address,
    /// Those that came to TLS.
    Tls,
    /// Those whose server shows a certificate that no root vouches for.
    Untrusted,
    /// Those that came to CredSSP, or to a gateway.
    SignIn,
    /// Those that asked a KDC.
    Kerberos,
    /// Those through a gateway.
    Gateway,
    /// Those that asked for UDP.
    Udp,
    /// Those of a file.
    RdpFile,
    /// Those that failed in this phase.
    Failed(Phase),
    /// Those that may have ended on the way to the target.
    Way,
    /// Those that show that two clocks differ.
    Clock,
}

/// What ends here may have been ended by this machine or the network, whatever it looks like.
const WAY: &[Phase] = &[Phase::Connect, Phase::Negotiate, Phase::Tls];

/// The dates of a certificate are judged by this machine's clock.
const CLOCK: &[FindingCode] = &[
    FindingCode::ClockSkew,
    FindingCode::CertificateExpired,
    FindingCode::CertificateNotYetValid,
    FindingCode::KdcClockDiffers,
    FindingCode::KdcClockSkew,
    FindingCode::GatewayClockSkew,
    FindingCode::GatewayCertificateExpired,
    FindingCode::GatewayCertificateNotYetValid,
];

impl Beside {
    /// Whether this trace is one of them.
    pub fn includes(self, report: &Report) -> bool {
        let trace = &report.trace;
        let is_address = trace.target.as_ref().is_some_and(|target| is_address(&target.host));
        match self {
            Self::Every => true,
            Self::None => false,
            Self::Name => !is_address,
            Self::Address => is_address && Self::SignIn.includes(report),
            Self::Tls => trace.traced().any(|made| made.phases.tls.is_some()),
            Self::Untrusted => is_untrusted(report),
            Self::SignIn => {
                is_through_gateway(trace) || trace.traced().any(|made| made.phases.credssp.is_some())
            }
            Self::Kerberos => asked_kdc(trace),
            Self::Gateway => is_through_gateway(trace),
            Self::Udp => trace.udp.is_some(),
            Self::RdpFile => trace.target.as_ref().is_some_and(|target| target.rdp_file.is_some()),
            Self::Failed(phase) => failed(report) == Some(phase),
            Self::Way => may_end_on_the_way(report),
            Self::Clock => {
                is_found(report, CLOCK) || suspects(report, |cause| cause.code == CauseCode::ClocksDiffer)
            }
        }
    }
}

/// Behind a gateway or a proxy, this machine's way to the target is another one; without an address there is none.
fn may_end_on_the_way(report: &Report) -> bool {
    let is_direct = !is_through_gateway(&report.trace) && report.trace.proxy().is_none();
    let is_cut = match failed(report) {
        Some(Phase::Resolve) => false,
        Some(phase) if WAY.contains(&phase) => true,
        _ => suspects(report, |cause| cause.at == Some(Place::Path)),
    };
    is_direct && is_cut
}

fn failed(report: &Report) -> Option<Phase> {
    report.verdict.phase.filter(|_| report.verdict.outcome == Outcome::Aborted)
}

fn is_found(report: &Report, codes: &[FindingCode]) -> bool {
    report.findings.iter().any(|finding| codes.iter().any(|code| finding.code == *code))
}

fn suspects(report: &Report, is_meant: impl Fn(&Cause) -> bool) -> bool {
    report.causes.iter().any(is_meant)
}

/// Whether a gateway is asked for, and so entered first.
pub(super) fn is_through_gateway(trace: &Trace) -> bool {
    trace.traced().any(|made| made.phases.gateway.is_some())
}

fn asked_kdc(trace: &Trace) -> bool {
    let mut credssp = trace.traced().filter_map(|made| made.phases.credssp.as_ref());
    credssp.any(|record| record.evidence.kdc.is_some())
}

/// A certificate that signed itself needs no root.
fn is_untrusted(report: &Report) -> bool {
    let trust = report.certificate.as_ref().map(|certificate| certificate.trust);
    matches!(trust, Some(Trust::UnknownIssuer | Trust::Other | Trust::NotChecked))
        || is_found(report, &[FindingCode::GatewayCertificateUntrusted, FindingCode::RdpFilePublisherUnknown])
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}
