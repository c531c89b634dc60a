//! What an .rdp file asks for, as the report keeps it.

use crate::{
    certificate::{Checked, Roots, publisher},
    destination::{self, Encoding, Signature},
    report::{MalformedLine, RdpFile, RdpFileGateway, RdpFileSignature, SignatureState, Timestamp},
};

/// More lines tell no more.
const MOST_MALFORMED: usize = 20;

/// Settings that share something of the client's machine, each with what that is.
const SHARES: &[(&str, &str)] = &[
    ("redirectclipboard", "clipboard"),
    ("redirectdrives", "drives"),
    ("drivestoredirect", "drives"),
    ("redirectprinters", "printers"),
    ("redirectcomports", "serial ports"),
    ("redirectsmartcards", "smart cards"),
    ("redirectwebauthn", "security keys (WebAuthn)"),
    ("redirectposdevices", "devices"),
    ("devicestoredirect", "devices"),
    ("usbdevicestoredirect", "USB devices"),
    ("camerastoredirect", "cameras"),
    ("audiocapturemode", "microphone"),
    ("redirectlocation", "location"),
];

/// The facts of a file; its signature is checked at `now` against these roots.
pub(crate) fn rdp_file(file: &destination::RdpFile, now: Timestamp, roots: &Roots<'_>) -> RdpFile {
    let text = |name| file.text(name).map(str::to_owned);
    let malformed = file.malformed.iter().take(MOST_MALFORMED);
    let scope = file.text("signscope").unwrap_or_default();
    let scope = scope.split(',').map(str::trim).filter(|name| !name.is_empty());
    RdpFile {
        encoding: encoding(file.encoding).to_owned(),
        settings: file.count(),
        malformed: malformed.map(|m| MalformedLine { line: m.line, why: m.why.to_owned() }).collect(),
        malformed_lines: file.malformed.len(),
        full_address: text("full address"),
        alternate_full_address: text("alternate full address"),
        server_port: file.number("server port"),
        credssp: file.flag("enablecredsspsupport"),
        negotiate_security_layer: file.flag("negotiate security layer"),
        authentication_level: file.number("authentication level"),
        load_balance_info: file.routing_token().map(str::to_owned),
        use_redirection_server_name: file.flag("use redirection server name"),
        names_account: file.text("username").or(file.text("domain")).is_some(),
        gateway: gateway(file),
        preconnection_blob: file.text("pcb").is_some(),
        kdc_proxy: text("kdcproxyname"),
        gateway_is_kdc_proxy: file.flag("rdgiskdcproxy"),
        entra_authentication: file.flag("enablerdsaadauth"),
        entra_joined: file.flag("targetisaadjoined"),
        signed: file.signature().is_some(),
        signature: file.signature().map(|signature| checked(signature, now, roots)),
        shares: shares(file),
        signed_settings: scope.map(str::to_owned).collect(),
        hidden: file.hidden().map(str::to_owned).collect(),
    }
}

fn shares(file: &destination::RdpFile) -> Vec<String> {
    let mut shared: Vec<String> = Vec::new();
    for (name, what) in SHARES {
        let asks = file.flag(name).unwrap_or_else(|| file.text(name).is_some());
        if asks && !shared.iter().any(|known| known == what) {
            shared.push((*what).to_owned());
        }
    }
    shared
}

fn checked(signature: &Signature, now: Timestamp, roots: &Roots<'_>) -> RdpFileSignature {
    let Checked { state, why, signer } = match (&signature.value, &signature.signed) {
        (Err(why), _) => Checked { state: SignatureState::Unreadable, why: Some(*why), signer: None },
        (Ok(der), Err(why)) => {
            Checked { state: SignatureState::Unchecked, why: Some(*why), ..publisher(der, &[], now, roots) }
        }
        (Ok(der), Ok(messages)) => publisher(der, messages, now, roots),
    };
    let missing = match (state, signature.missing.as_slice()) {
        (SignatureState::Wrong, [_, ..]) => Some(format!("the file lacks {}", signature.missing.join(", "))),
        _ => None,
    };
    let why = why.map(str::to_owned).or(missing);
    RdpFileSignature { state, why, publisher: signer, outside: signature.outside.clone() }
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16Le => "utf-16le",
        Encoding::Utf16Be => "utf-16be",
        Encoding::CodePage => "code-page",
        Encoding::Address => "address",
    }
}

fn gateway(file: &destination::RdpFile) -> Option<RdpFileGateway> {
    let gateway = RdpFileGateway {
        host: file.text("gatewayhostname").map(str::to_owned),
        host_error: file.named_gateway().and_then(Result::err).map(str::to_owned),
        usage: file.number("gatewayusagemethod"),
        profile: file.number("gatewayprofileusagemethod"),
        credentials_source: file.number("gatewaycredentialssource"),
    };
    (gateway != RdpFileGateway::default()).then_some(gateway)
}
