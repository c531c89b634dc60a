//! Proxies in the environment and, on macOS, in the network settings.

use crate::{
    local::{Beside, Check, CheckResult, Survey, Unreadable, no_proxy::freerdp_spares, without_account},
    report::{
        Machine,
        Os::{Linux, Macos},
        ProxySetting,
        Role::Client,
    },
};

const VARIABLES: &[&str] =
    &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const SETTINGS: &str = "scutil --proxy";

/// How scutil prints settings.
const DICTIONARY: &str = "<dictionary> {";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("proxy-environment", Client, &[Linux, Macos], environment),
    Check::logic("proxy-system", Client, &[Macos], system).beside(Beside::Way),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    if matches!(survey.system(), Linux | Macos) {
        machine.proxies.extend(variables(survey).unwrap_or_default());
    }
}

/// Those that a command has to tell.
pub(super) fn learn_system(survey: &Survey<'_>, machine: &mut Machine) {
    if survey.system() == Macos
        && let Ok(Some(output)) = survey.command(SETTINGS)
    {
        let source = "network settings";
        let settings = settings(&output.text).into_iter();
        let proxies = settings.map(|(_, address)| ProxySetting { address, source: source.to_owned() });
        machine.proxies.extend(proxies);
    }
}

fn environment(survey: &Survey<'_>) -> CheckResult {
    let (proxies, exceptions) = match (variables(survey), exceptions(survey)) {
        (Ok(proxies), Ok(exceptions)) => (proxies, exceptions),
        (Err(why), _) | (_, Err(why)) => return CheckResult::unreadable("the environment", &why),
    };
    let list = proxies.iter().map(|proxy| format!("{}={}", proxy.source, proxy.address));
    let seen: Vec<_> = list.chain(exceptions.iter().map(|list| format!("no_proxy={list}"))).collect();
    let https = proxies.iter().any(|proxy| proxy.source.eq_ignore_ascii_case("https_proxy"));
    let excepted =
        survey.target.is_some_and(|target| exceptions.iter().any(|list| freerdp_spares(list, &target.host)));
    let result = match (proxies.is_empty(), https) {
        (true, _) => return CheckResult::ok("the environment names no proxy"),
        (false, false) => CheckResult::ok(
            "the proxy of the environment matters for web addresses, not for a direct connection",
        ),
        (false, true) if excepted => {
            CheckResult::ok("no_proxy spares FreeRDP the proxy of the environment for this target")
        }
        (false, true) => CheckResult::warning(
            "FreeRDP and what is built on it take https_proxy also without a gateway, this program only with --proxy env",
        ),
    };
    result.seen(seen.join(", "))
}

fn variables(survey: &Survey<'_>) -> Result<Vec<ProxySetting>, Unreadable> {
    let mut proxies = Vec::new();
    for name in VARIABLES {
        let value = survey.machine.variable(name)?.filter(|value| !value.trim().is_empty());
        proxies.extend(value.map(|value| ProxySetting {
            address: without_account(value.trim()),
            source: (*name).to_owned(),
        }));
    }
    // Both cases are customary, and mostly say the same.
    proxies.dedup_by(|later, earlier| {
        later.source.eq_ignore_ascii_case(&earlier.source) && later.address == earlier.address
    });
    Ok(proxies)
}

/// FreeRDP obeys both.
fn exceptions(survey: &Survey<'_>) -> Result<Vec<String>, Unreadable> {
    let (lower, upper) = (survey.machine.variable("no_proxy")?, survey.machine.variable("NO_PROXY")?);
    let mut lists: Vec<_> = lower.into_iter().chain(upper).map(|list| without_account(list.trim())).collect();
    lists.retain(|list| !list.is_empty());
    lists.dedup();
    Ok(lists)
}

fn system(survey: &Survey<'_>) -> CheckResult {
    let output = match survey.command(SETTINGS) {
        Ok(Some(output)) if output.code == 0 => output,
        Ok(_) => return CheckResult::unknown("scutil does not tell the network settings"),
        Err(why) => return CheckResult::unreadable("scutil", &why),
    };
    if !output.text.trim().starts_with(DICTIONARY) || !output.text.trim().ends_with('}') {
        return CheckResult::unknown("what scutil prints of the network settings is not understood");
    }
    let found = settings(&output.text);
    let seen: Vec<_> = found.iter().map(|(kind, address)| format!("{kind} {address}")).collect();
    if found.is_empty() {
        return CheckResult::ok("the network settings name no proxy");
    }
    let result = if found.iter().any(|(kind, _)| *kind == "SOCKS") {
        CheckResult::warning(
            "programs that follow the network settings go through the SOCKS proxy, this one does not",
        )
    } else {
        CheckResult::ok(
            "the proxy of the network settings matters for web addresses, not for a direct connection",
        )
    };
    result.seen(seen.join(", "))
}

/// The proxies that are switched on, each with its kind.
fn settings(text: &str) -> Vec<(&'static str, String)> {
    let value = |name: String| {
        let mut pairs = text.lines().filter_map(|line| line.split_once(" : "));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    let on = |name: &str| value(format!("{name}Enable")) == Some("1");
    let kinds = ["HTTP", "HTTPS", "SOCKS"].into_iter().filter(|kind| on(kind)).filter_map(|kind| {
        let host = value(format!("{kind}Proxy"))?;
        let port = value(format!("{kind}Port")).map(|port| format!(":{port}")).unwrap_or_default();
        Some((kind, without_account(&format!("{host}{port}"))))
    });
    let script = || Some(("script", without_account(value("ProxyAutoConfigURLString".to_owned())?)));
    kinds.chain(on("ProxyAutoConfig").then(script).flatten()).collect()
}
