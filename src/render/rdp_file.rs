//! What the .rdp file asks for, as far as it changes the connection.

use crate::report::{RdpFile, RdpFileGateway, Report, SignatureState};

/// A line about the file, then one for each wish; empty where there is no file.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let target = report.trace.target.as_ref();
    if let Some(file) = &report.trace.rdp_file {
        return vec![about(file)];
    }
    let Some(file) = target.and_then(|target| target.rdp_file.as_ref()) else { return Vec::new() };
    let mut lines = vec![about(file)];
    lines.extend(addresses(file));
    lines.extend(opening(file));
    lines.extend(file.gateway.as_ref().and_then(|own| gateway(file, own)));
    lines.extend(authentication(file));
    if file.names_account && !report.trace.request.account {
        lines.push("names an account, which is not used without -u".to_owned());
    }
    lines
}

fn about(file: &RdpFile) -> String {
    let how = match file.encoding.as_str() {
        "address" => "rdp:// address",
        "utf-8" => "UTF-8",
        "code-page" => "a code page (read as far as it is ASCII)",
        _ => "UTF-16",
    };
    let settings =
        if file.settings == 1 { "1 setting".to_owned() } else { format!("{} settings", file.settings) };
    let signature = match (file.signed, file.encoding.as_str()) {
        (true, _) => signature(file),
        (false, "address") => String::new(),
        (false, _) => ", not signed".to_owned(),
    };
    format!("{how}, {settings}{signature}")
}

fn signature(file: &RdpFile) -> String {
    let Some(signature) = &file.signature else {
        return ", signed (the signature was not checked)".to_owned();
    };
    let by = signature
        .publisher
        .as_ref()
        .map(|publisher| format!(" by {}", publisher.subject))
        .unwrap_or_default();
    match signature.state {
        SignatureState::Valid => format!(", signed{by}"),
        SignatureState::Wrong => format!(", with a signature{by} that does not fit its settings"),
        SignatureState::Unreadable => ", with a signature that cannot be read".to_owned(),
        SignatureState::Unchecked => {
            let why = signature.why.as_deref().unwrap_or("it could not be checked here");
            format!(", with a signature{by} that was not checked: {why}")
        }
    }
}

fn addresses(file: &RdpFile) -> Option<String> {
    let alternate = file.alternate_full_address.as_ref()?;
    let full = file.full_address.as_ref()?;
    (alternate != full).then(|| format!("dials the alternate full address {alternate} in place of {full}"))
}

fn opening(file: &RdpFile) -> Vec<String> {
    let mut lines = Vec::new();
    if file.preconnection_blob {
        lines.push("sends a pre-connection blob first (pcb)".to_owned());
    }
    if file.negotiate_security_layer == Some(false) {
        lines.push("begins with TLS, without a negotiation (negotiate security layer:i:0)".to_owned());
    }
    if file.credssp == Some(false) {
        lines.push("offers no NLA (enablecredsspsupport:i:0)".to_owned());
    }
    lines.extend(file.load_balance_info.as_ref().map(|token| format!("sends the routing token {token}")));
    lines
}

fn gateway(file: &RdpFile, gateway: &RdpFileGateway) -> Option<String> {
    let host = gateway.host.as_deref().unwrap_or("a gateway that it does not name");
    // gatewaycredentialssource: what is not named is a password, which the client asks for or has.
    let with = match gateway.credentials_source {
        Some(1) => ", with a smart card",
        Some(5) if file.hidden.iter().any(|name| name == "gatewayaccesstoken") => ", with its token",
        Some(5) => ", with a token, which it does not hold",
        _ => "",
    };
    match (gateway.usage, &gateway.host) {
        (Some(1), _) => Some(format!("goes through {host}, always{with}")),
        (Some(2), _) => Some(format!("goes through {host} where the host cannot be reached directly{with}")),
        (Some(3), _) => {
            Some("goes through the gateway that the client is configured with, if any".to_owned())
        }
        (Some(usage), Some(host)) => {
            Some(format!("names the gateway {host} and does not use it (gatewayusagemethod:i:{usage})"))
        }
        (None, Some(host)) => {
            Some(format!("names the gateway {host} and does not use it (no gatewayusagemethod)"))
        }
        (_, None) => None,
    }
}

fn authentication(file: &RdpFile) -> Vec<String> {
    let mut lines = Vec::new();
    if file.entra_authentication == Some(true) {
        lines.push("asks for a logon with Microsoft Entra, which was not offered".to_owned());
    }
    match (&file.kdc_proxy, file.gateway_is_kdc_proxy) {
        (Some(proxy), _) => lines.push(format!(
            "asks for Kerberos tickets through {proxy}, which --auth kerberos without --kdc does"
        )),
        (None, Some(true)) => {
            lines.push(
                "asks for Kerberos tickets through the gateway, which --auth kerberos without --kdc does"
                    .to_owned(),
            );
        }
        _ => {}
    }
    lines
}
