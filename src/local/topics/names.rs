//! How this machine finds the target: the hosts file, and an address where sign-in needs a name.

use std::net::IpAddr;

use super::kerberos;
use crate::{
    local::{
        Beside, Check, CheckResult, Survey, Value,
        registry_keys::{MSV1_0, TCPIP},
    },
    report::{
        HostsEntry, Machine,
        Os::{self, Linux, Macos, Windows},
        Role::Client,
    },
};

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("names-hosts-file", Client, &[Windows, Linux, Macos], hosts_file).beside(Beside::Name),
    Check::logic("names-address-target", Client, &[Windows, Linux, Macos], address_target)
        .beside(Beside::Address),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.hosts_entries = match (survey.target, survey.machine.text(path(survey))) {
        (Some(target), Ok(Some(text))) => entries(&text, &target.host),
        _ => Vec::new(),
    };
}

/// The target's address as far as it is known without asking anybody.
pub(super) fn address(survey: &Survey<'_>) -> Option<IpAddr> {
    let target = survey.target?;
    target.reached.or_else(|| target.address()).or_else(|| {
        let text = survey.machine.text(path(survey)).ok().flatten()?;
        entries(&text, &target.host).first().map(|entry| entry.address)
    })
}

fn hosts_file(survey: &Survey<'_>) -> CheckResult {
    let path = path(survey);
    let text = match survey.machine.text(path) {
        Ok(Some(text)) => text,
        Ok(None) => return CheckResult::ok(format!("there is no {path}")),
        Err(why) => return CheckResult::unreadable(path, &why),
    };
    let Some(target) = survey.target else {
        return CheckResult::not_applicable("no target was named to look for in the hosts file");
    };
    let found = entries(&text, &target.host);
    match found.first() {
        Some(entry) if entry.name.eq_ignore_ascii_case("localhost") => {
            CheckResult::ok("localhost is this machine, as the hosts file says")
        }
        None => CheckResult::ok(format!("the hosts file has no entry for {}", target.host)),
        Some(_) => {
            let lines: Vec<_> =
                found.iter().map(|entry| format!("{} {}", entry.address, entry.name)).collect();
            CheckResult::warning(format!(
                "the hosts file decides the address of {}, DNS is not asked",
                target.host
            ))
            .seen(lines.join(", "))
        }
    }
}

fn path(survey: &Survey<'_>) -> &'static str {
    match survey.system() {
        Os::Windows => r"%SystemRoot%\System32\drivers\etc\hosts",
        Os::Linux | Os::Macos => "/etc/hosts",
    }
}

fn entries(text: &str, host: &str) -> Vec<HostsEntry> {
    let host = host.trim_end_matches('.');
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let address: IpAddr = words.next()?.parse().ok()?;
        let name = words.find(|name| name.trim_end_matches('.').eq_ignore_ascii_case(host))?;
        Some(HostsEntry { name: name.to_owned(), address })
    };
    lines.filter_map(named).collect()
}

fn address_target(survey: &Survey<'_>) -> CheckResult {
    let Some(target) = survey.target else {
        return CheckResult::not_applicable("no target was named");
    };
    if target.address().is_none() {
        return CheckResult::not_applicable("the target is a name, as Kerberos and Entra sign-in need");
    }
    match survey.system() {
        Os::Windows => on_windows(survey),
        Os::Linux | Os::Macos => on_unix(survey),
    }
}

fn on_windows(survey: &Survey<'_>) -> CheckResult {
    match survey.value(MSV1_0, "RestrictSendingNTLMTraffic") {
        Err(why) => return CheckResult::unreadable("RestrictSendingNTLMTraffic", &why),
        Ok(Some(Value::Number(2))) => {
            return CheckResult::error(
                "the target is an address, so there is no Kerberos, and this machine may not send NTLM",
            )
            .seen("RestrictSendingNTLMTraffic = 2");
        }
        Ok(_) => {}
    }
    match survey.value(TCPIP, "Domain") {
        Err(why) => CheckResult::unreadable("the domain of this machine", &why),
        Ok(Some(Value::Text(domain))) if !domain.is_empty() => CheckResult::warning(
            "the target is an address, so NTLM is used where a name would allow Kerberos",
        )
        .seen(format!("Domain = {domain}")),
        Ok(_) => without_realm(),
    }
}

fn on_unix(survey: &Survey<'_>) -> CheckResult {
    match kerberos::configuration(survey) {
        Err(result) => result,
        Ok(Some(settings)) => match settings.realm() {
            Some(realm) => CheckResult::warning(
                "the target is an address, so NTLM is used where a name would allow Kerberos",
            )
            .seen(format!("default_realm = {realm}")),
            None => without_realm(),
        },
        Ok(None) => without_realm(),
    }
}

fn without_realm() -> CheckResult {
    CheckResult::ok("the target is an address; this machine is in no domain whose Kerberos would need a name")
}
