//! What the server selects, demands and says of itself in any trace.

use super::{Facts, Rule};
use crate::{
    codes::{FIRST_PATCHED_CREDSSP, MAX_SKEW_SECONDS, Phase, Protocols},
    report::{FindingCode, HandshakeSignature, LicensingOutcome, Selected, Severity},
};

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::StandardRdpSecurity, Severity::Error, Phase::Negotiate, standard_rdp_security),
    Rule::new(FindingCode::ProtocolNotRequested, Severity::Warning, Phase::Negotiate, protocol_not_requested),
    Rule::new(FindingCode::NlaNotRequired, Severity::Warning, Phase::Negotiate, nla_not_required),
    Rule::new(FindingCode::TlsSignatureInvalid, Severity::Error, Phase::Tls, signature_invalid),
    Rule::new(FindingCode::CredsspUnpatched, Severity::Error, Phase::Credssp, credssp_unpatched),
    Rule::new(FindingCode::ClockSkew, Severity::Warning, Phase::Credssp, clock_skew),
    Rule::new(FindingCode::EncryptionMethodNotOffered, Severity::Warning, Phase::Mcs, method_not_offered),
    Rule::new(FindingCode::LicenseRequired, Severity::Info, Phase::Licensing, license_required),
];

fn standard_rdp_security(facts: &Facts<'_>) -> Option<String> {
    let text = "the server goes on without TLS: Standard RDP Security proves no identity and its encryption is broken";
    (facts.selected()? == Selected::Rdp).then(|| text.to_owned())
}

fn protocol_not_requested(facts: &Facts<'_>) -> Option<String> {
    let negotiate = facts.negotiate?;
    let (selected, code) = (negotiate.selected?, negotiate.selected_code?);
    // An offer of nothing is an offer of Standard RDP Security; that answer is always in it.
    let offered = match code.count_ones() {
        0 => negotiate.requested_code == 0,
        1 => negotiate.offered().has(Protocols::from_bits(code)),
        _ => false,
    };
    // A server that knows no negotiation cannot be asked, and a capture may lack the offer.
    let asked = negotiate.negotiation_response == Some(true) && !negotiate.requested.is_empty();
    (asked && !offered).then(|| {
        let requested: Vec<&str> = negotiate.requested.iter().map(|protocol| protocol.name()).collect();
        format!(
            "the server selected {} ({code}), but only {} was offered: current clients may leave here",
            selected.name(),
            requested.join(", ")
        )
    })
}

fn nla_not_required(facts: &Facts<'_>) -> Option<String> {
    let selected = facts.selected()?;
    let offered_nla = facts.negotiate?.offered().has(Protocols::NLA);
    let text =
        if offered_nla { "NLA was offered and not selected" } else { "the server goes on without NLA" };
    // Where TLS fails nobody gets that far.
    let passes = facts.failed().is_none_or(|failed| failed.phase > Phase::Tls);
    let screen = if passes { ": anyone who reaches the port gets a logon screen" } else { "" };
    matches!(selected, Selected::Tls | Selected::Rdp).then(|| format!("{text}{screen}"))
}

fn signature_invalid(facts: &Facts<'_>) -> Option<String> {
    let text = "the handshake's signature is wrong: whoever answers does not hold the certificate's key";
    (facts.tls?.signature? == HandshakeSignature::Invalid).then(|| text.to_owned())
}

fn credssp_unpatched(facts: &Facts<'_>) -> Option<String> {
    let version = facts.credssp?.version.filter(|version| *version < FIRST_PATCHED_CREDSSP)?;
    Some(format!("the server speaks CredSSP version {version}, which is open to CVE-2018-0886"))
}

fn clock_skew(facts: &Facts<'_>) -> Option<String> {
    let skew = facts.credssp?.ntlm.as_ref()?.clock_skew_seconds?;
    let direction = if skew < 0 { "behind" } else { "ahead of" };
    let text = format!("the server's clock is {} s {direction} this machine's", skew.unsigned_abs());
    (skew.unsigned_abs() > MAX_SKEW_SECONDS).then_some(text)
}

fn method_not_offered(facts: &Facts<'_>) -> Option<String> {
    let mcs = facts.mcs?;
    let (method, offered) = (mcs.encryption_method?, mcs.encryption_methods_requested?);
    // Plain text, method 0, is the server's to choose.
    let answers = method == 0 || method.count_ones() == 1 && method & offered != 0;
    let bits = (0..u32::BITS).map(|bit| 1 << bit).filter(|bit| offered & bit != 0);
    let bits: Vec<String> = bits.map(|bit: u32| bit.to_string()).collect();
    let text =
        format!("the server selected encryption method {method}, but only {} were offered", bits.join(", "));
    (!answers).then_some(text)
}

fn license_required(facts: &Facts<'_>) -> Option<String> {
    let licensing = facts.licensing?;
    let outcome = licensing.outcome?;
    let asks = matches!(outcome, LicensingOutcome::Request | LicensingOutcome::Challenge);
    let product = licensing.product.as_deref().unwrap_or("an unnamed product");
    // What answers the server's request is a choice of ours; some servers ask and then need none.
    let tried = match outcome {
        LicensingOutcome::Request => "; whether it insists was not tried",
        _ => "",
    };
    asks.then(|| format!("the server asks this client for a license of product {product}{tried}"))
}
