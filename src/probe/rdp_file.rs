//! What an .rdp file asks for, as the report keeps it.

use crate::{
    report::{MalformedLine, RdpFile, RdpFileGateway},
    target::{self, Encoding},
};

/// More lines tell no more.
const MOST_MALFORMED: usize = 20;

/// The facts of a file.
pub fn rdp_file(file: &target::RdpFile) -> RdpFile {
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
        signed: file.text("signature").is_some(),
        signed_settings: scope.map(str::to_owned).collect(),
        hidden: file.hidden().map(str::to_owned).collect(),
    }
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

fn gateway(file: &target::RdpFile) -> Option<RdpFileGateway> {
    let gateway = RdpFileGateway {
        host: file.text("gatewayhostname").map(str::to_owned),
        usage: file.number("gatewayusagemethod"),
        profile: file.number("gatewayprofileusagemethod"),
        credentials_source: file.number("gatewaycredentialssource"),
    };
    (gateway != RdpFileGateway::default()).then_some(gateway)
}
