//! The arguments that ask for a Kerberos ticket.

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::{
    cli::{Error, apart::Input},
    destination::{RdpFile, Target, endpoint_or},
    endpoint::HTTPS_PORT,
    local::{Krb5, Unread, this_machine},
    settings::{Kdc, KdcSource, KdcTransport, Kerberos, Others},
};

const PORT: u16 = 88;
const PATH: &str = "KdcProxy";

#[derive(Args, Debug)]
#[command(next_help_heading = "Account")]
pub(crate) struct KerberosArguments {
    /// How to use the account
    #[arg(long, value_enum, value_name = "METHOD", default_value = "ntlm", hide_short_help = true)]
    pub auth: Authentication,

    /// The KDC of the account's realm
    ///
    /// It is asked over TCP, and over UDP if that fails; tcp:// or udp:// in front asks over one of
    /// them alone. The default port is 88. https://HOST[:PORT][/PATH] is a KDC proxy, with the path
    /// KdcProxy unless another is given, and is asked for every realm. Without this option the .rdp
    /// file names a KDC proxy, else krb5.conf or DNS a KDC.
    #[arg(long, value_name = "[SCHEME://]HOST[:PORT]", value_parser = kdc, hide_short_help = true)]
    pub kdc: Option<Kdc>,
}

/// How to use the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Authentication {
    /// NTLM
    Ntlm,
    /// A Kerberos ticket, and never NTLM in its place
    Kerberos,
    /// A ticket if one is to be had, else NTLM, with a finding that says why
    Negotiate,
}

impl KerberosArguments {
    /// The files of the configuration, where they are read.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        let settings = match self.auth {
            Authentication::Ntlm => None,
            Authentication::Kerberos | Authentication::Negotiate => Krb5::of(&this_machine()).ok().flatten(),
        };
        let file = |path: &String| Input::file("the configuration of Kerberos", Path::new(path));
        settings.iter().flat_map(|settings| settings.files.iter().map(file)).collect()
    }

    /// How a ticket is had for this account, where one is asked for. Nobody is asked for a password before.
    ///
    /// # Errors
    /// What Kerberos needs is missing, or given without it.
    pub(crate) fn kerberos(
        &self,
        user: Option<&str>,
        target: &Target,
        proxied: bool,
    ) -> Result<Option<Kerberos>, Error> {
        if self.auth == Authentication::Ntlm {
            return match self.kdc {
                Some(_) => Err(Error::new("--kdc needs --auth kerberos or negotiate")),
                None => Ok(None),
            };
        }
        let or_ntlm = self.auth == Authentication::Negotiate;
        let user = user.ok_or_else(|| Error::new("--auth needs an account: -u"))?;
        let realm = match realm(user) {
            Some(realm) => realm,
            // NTLM needs none.
            None if or_ntlm => String::new(),
            None => {
                return Err(Error::new("--auth kerberos needs a realm: -u 'REALM\\USER', or a UPN"));
            }
        };
        if proxied && self.kdc.as_ref().is_some_and(|kdc| kdc.transport == KdcTransport::Udp) {
            return Err(Error::new("--kdc names a KDC over UDP, which no proxy carries"));
        }
        let named = match (&self.kdc, &target.file) {
            (Some(kdc), _) => Some((vec![kdc.clone()], KdcSource::Argument)),
            (None, Some(file)) => of_rdp_file(file)?.map(|kdc| (vec![kdc], KdcSource::RdpFile)),
            (None, None) => None,
        };
        if realm.is_empty() {
            let (kdcs, others) = (Vec::new(), Others::default());
            return Ok(Some(Kerberos { realm, kdcs, source: KdcSource::Dns, or_ntlm, others }));
        }
        let settings = Krb5::of(&this_machine());
        let others = settings.as_ref().ok().and_then(Option::as_ref).map(others).unwrap_or_default();
        let realm = match others.listed.iter().any(|(listed, _)| *listed == realm) {
            true => realm,
            // Active Directory does not mind, and other realms are mostly in capitals.
            false => realm.to_uppercase(),
        };
        let (kdcs, source) = named.map_or_else(|| of_configuration(settings, &realm, or_ntlm), Ok)?;
        Ok(Some(Kerberos { realm, kdcs, source, or_ntlm, others }))
    }
}

/// The part that names the realm, where there is one.
fn realm(user: &str) -> Option<String> {
    let domain = user.split_once('\\').map(|(domain, _)| domain);
    let realm = domain.or_else(|| user.rsplit_once('@').map(|(_, realm)| realm));
    realm.filter(|realm| !realm.is_empty()).map(str::to_owned)
}

/// What krb5.conf says of the realm; where it says nothing DNS is asked, unless it forbids that. NTLM, where it is allowed, needs
/// no KDC.
fn of_configuration(
    settings: Result<Option<Krb5>, Unread>,
    realm: &str,
    or_ntlm: bool,
) -> Result<(Vec<Kdc>, KdcSource), Error> {
    let settings = settings.map_err(|unread| {
        Error::new(format!("cannot read {}: {}; --kdc names a KDC", unread.what, unread.why))
    })?;
    let Some(settings) = settings else { return Ok((Vec::new(), KdcSource::Dns)) };
    let listed = settings.kdcs(realm);
    let kdcs: Result<Vec<_>, _> = listed.iter().map(|text| of_file(text)).collect();
    let kdcs =
        kdcs.map_err(|why| Error::new(format!("{} lists a KDC of {realm} that {why}", settings.path)))?;
    match (kdcs.is_empty(), settings.asks_dns()) {
        (false, _) => Ok((kdcs, KdcSource::Krb5Conf)),
        (true, false) if or_ntlm => Ok((kdcs, KdcSource::Krb5Conf)),
        (true, true) => Ok((kdcs, KdcSource::Dns)),
        (true, false) => Err(Error::new(format!(
            "{} lists no KDC of {realm} and forbids to look for one in DNS; --kdc names one",
            settings.path
        ))),
    }
}

/// What it says of every realm. A KDC that cannot be used is one less; of the account's own realm that is an error.
fn others(settings: &Krb5) -> Others {
    let kdcs = |realm| settings.kdcs(realm).into_iter().filter_map(|text| of_file(text).ok()).collect();
    let listed = settings.realms().into_iter().map(|realm| (realm.to_owned(), kdcs(realm))).collect();
    Others { listed, not_in_dns: !settings.asks_dns() }
}

/// MIT's forms: HOST[:PORT], tcp/HOST, udp/HOST, and https:// for a proxy of KDCs.
fn of_file(text: &str) -> Result<Kdc, String> {
    let plain = text.split_whitespace().next().unwrap_or_default();
    let given = match plain.split_once('/').filter(|(protocol, _)| matches!(*protocol, "tcp" | "udp")) {
        Some((protocol, rest)) => format!("{protocol}://{rest}"),
        None => plain.to_owned(),
    };
    kdc(&given).map_err(|why| format!("cannot be used, {text}: {why}"))
}

fn kdc(text: &str) -> Result<Kdc, String> {
    let (transport, place) = match text.split_once("://") {
        None => (KdcTransport::Any, text),
        Some(("tcp", place)) => (KdcTransport::Tcp, place),
        Some(("udp", place)) => (KdcTransport::Udp, place),
        Some(("https", place)) => return kdc_proxy(place),
        Some(_) => return Err("tcp://, udp:// or https:// is expected".to_owned()),
    };
    let endpoint = endpoint_or(place, PORT).map_err(str::to_owned)?;
    Ok(Kdc { transport, endpoint, path: String::new() })
}

/// HOST[:PORT][/PATH].
fn kdc_proxy(text: &str) -> Result<Kdc, String> {
    let (place, path) = text.split_once('/').unwrap_or((text, ""));
    let path = if path.is_empty() { PATH } else { path };
    if !path.chars().all(|c| c.is_ascii_graphic()) {
        return Err("the path holds characters that no path has".to_owned());
    }
    let endpoint = endpoint_or(place, HTTPS_PORT).map_err(str::to_owned)?;
    Ok(Kdc { transport: KdcTransport::Https, endpoint, path: format!("/{path}") })
}

/// The KDC proxy that the file names, or its gateway where that is one.
fn of_rdp_file(file: &RdpFile) -> Result<Option<Kdc>, Error> {
    let named = file.text("kdcproxyname").filter(|name| !name.is_empty());
    let gateway = || file.flag("rdgiskdcproxy").filter(|is| *is).and_then(|_| file.gateway());
    let proxy = match (named, gateway()) {
        (Some(name), _) => Some(kdc_proxy(name)),
        (None, Some(gateway)) => Some(
            gateway
                .map(|endpoint| Kdc { transport: KdcTransport::Https, endpoint, path: format!("/{PATH}") })
                .map_err(|why| why.to_string()),
        ),
        (None, None) => None,
    };
    let bad = |why| {
        Error::new(format!("the KDC proxy of the .rdp file cannot be used: {why}; --kdc names another"))
    };
    proxy.transpose().map_err(bad)
}
