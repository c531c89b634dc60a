//! What Windows Firewall lets through to a host's listener, and what it takes the network for.

use super::{
    asked::{Judged, answer, number, outcome, value},
    listener,
};
use crate::{
    local::{Check, CheckResult, Survey, Value},
    report::{Os::Windows, Role::Host},
};

const OWN: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall";
const NETWORKS: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkList\Profiles";
const TCP: &[&str] = &["RemoteDesktop-UserMode-In-TCP", "RemoteDesktop-In-TCP"];
const UDP: &[&str] = &["RemoteDesktop-UserMode-In-UDP"];
/// The kinds of networks by their number, each with its keys in policy and own settings.
const KINDS: [(&str, &str, &str); 3] = [
    ("Public", "PublicProfile", "PublicProfile"),
    ("Private", "PrivateProfile", "StandardProfile"),
    ("Domain", "DomainProfile", "DomainProfile"),
];
/// More networks are not read.
const MOST_NETWORKS: usize = 64;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("host-firewall-tcp", Host, &[Windows], tcp),
    Check::logic("host-firewall-udp", Host, &[Windows], udp),
    Check::logic("host-network-kind", Host, &[Windows], network),
];

/// A rule of the firewall that concerns this host.
struct Rule {
    name: &'static str,
    fields: Vec<(String, String)>,
}

impl Rule {
    fn new(name: &'static str, text: &str) -> Self {
        let pair = |field: &str| field.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        Self { name, fields: text.split('|').filter_map(pair).collect() }
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    fn says(&self, key: &str, wanted: &str) -> bool {
        self.all(key).any(|value| value.eq_ignore_ascii_case(wanted))
    }

    /// Whether it concerns this port; a rule without ports concerns all.
    fn covers(&self, port: u16) -> bool {
        let covers = |part: &str| match part.split_once('-') {
            Some((from, to)) => {
                from.parse().is_ok_and(|from: u16| from <= port) && to.parse().is_ok_and(|to| port <= to)
            }
            None => part.parse() == Ok(port),
        };
        let mut ports = self.all("LPort").flat_map(|ports| ports.split(',')).peekable();
        ports.peek().is_none() || ports.any(covers)
    }

    /// Whether it is for networks of this kind; a rule without kinds is for all.
    fn on(&self, kind: &str) -> bool {
        self.all("Profile").next().is_none() || self.says("Profile", kind)
    }

    fn shown(&self) -> String {
        let list = |key: &str, none: &str| {
            let values: Vec<_> = self.all(key).collect();
            if values.is_empty() { none.to_owned() } else { values.join(" and ") }
        };
        let active = if self.says("Active", "TRUE") { "on" } else { "off" };
        let remote = ["RA4", "RA6"].map(|key| list(key, "")).join(" ");
        let remote =
            if remote.trim().is_empty() { String::new() } else { format!(", from {}", remote.trim()) };
        format!(
            "{}: {active}, {} networks, port {}{remote}",
            self.name,
            list("Profile", "all"),
            list("LPort", "any")
        )
    }
}

fn tcp(survey: &Survey<'_>) -> CheckResult {
    outcome(judge(survey, TCP, "TCP"))
}

fn udp(survey: &Survey<'_>) -> CheckResult {
    outcome(judge(survey, UDP, "UDP"))
}

fn rules(survey: &Survey<'_>, names: &'static [&'static str]) -> Result<Vec<Rule>, CheckResult> {
    let mut rules = Vec::new();
    for base in [POLICY, OWN] {
        for name in names {
            if let Some(Value::Text(text)) = value(survey, &format!("{base}\\FirewallRules"), name)? {
                rules.push(Rule::new(name, &text));
            }
        }
    }
    Ok(rules)
}

/// What the rules that Windows brings say about the listener's port, on networks like the last one.
fn judge(survey: &Survey<'_>, names: &'static [&'static str], kind: &str) -> Judged {
    let port = listener::port(survey);
    let rules = rules(survey, names)?;
    let seen: Vec<_> = rules.iter().map(Rule::shown).collect();
    let active: Vec<_> =
        rules.iter().filter(|rule| rule.says("Active", "TRUE") && rule.covers(port)).collect();
    let network = newest(survey)?;
    let here = |rule: &&&Rule| network.is_none_or(|kind| rule.on(kind));
    let off = network.is_some_and(|kind| switched_off(survey, kind));
    let result = if off {
        CheckResult::ok("the firewall is switched off on networks like the last one")
    } else if rules.is_empty() {
        CheckResult::warning(format!(
            "the firewall has none of its own rules for Remote Desktop over {kind}; another one may let it in"
        ))
    } else if active.iter().filter(here).any(|rule| rule.says("Action", "Block")) {
        CheckResult::error(format!("a rule of the firewall blocks {kind} port {port}"))
    } else if active.is_empty() {
        CheckResult::warning(format!(
            "no rule of Windows for Remote Desktop lets {kind} port {port} in; another one may"
        ))
    } else if active.iter().filter(here).count() == 0 {
        let network = network.unwrap_or("any");
        CheckResult::warning(format!(
            "the rule that lets {kind} port {port} in is not for {network} networks"
        ))
    } else {
        CheckResult::ok(format!("the firewall lets {kind} port {port} in"))
    };
    Ok(if seen.is_empty() { result } else { result.seen(seen.join("; ")) })
}

/// Whether the firewall is off on networks of this kind; what cannot be read is on.
fn switched_off(survey: &Survey<'_>, kind: &str) -> bool {
    let row = KINDS.iter().find(|row| row.0 == kind);
    let keys = row.map(|(_, policy, own)| [format!("{POLICY}\\{policy}"), format!("{OWN}\\{own}")]);
    let enabled = keys.into_iter().flatten().find_map(|key| survey.number(&key, "EnableFirewall"));
    enabled == Some(0)
}

fn network(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        Ok(match newest(survey)? {
            None => CheckResult::not_applicable(
                "Windows remembers no network with the time of its last connection",
            ),
            Some("Public") => CheckResult::warning(
                "Windows takes the last network for a public one, where rules for domain and private networks \
                 do not count",
            ),
            Some(kind) => {
                CheckResult::ok(format!("Windows takes the last network for a {} one", kind.to_lowercase()))
            }
        })
    };
    outcome(judge())
}

/// The kind of the network that this machine connected to last.
fn newest(survey: &Survey<'_>) -> Result<Option<&'static str>, CheckResult> {
    let names = answer(NETWORKS, survey.machine.subkeys(NETWORKS))?.unwrap_or_default();
    let mut newest = None;
    for name in names.iter().take(MOST_NETWORKS) {
        let key = format!("{NETWORKS}\\{name}");
        let (Some(at), Some(kind)) =
            (value(survey, &key, "DateLastConnected")?, number(survey, &key, "Category")?)
        else {
            continue;
        };
        let (Some(at), Some(kind)) =
            (moment(&at), usize::try_from(kind).ok().and_then(|kind| KINDS.get(kind)))
        else {
            continue;
        };
        if newest.is_none_or(|(known, _)| at > known) {
            newest = Some((at, kind.0));
        }
    }
    Ok(newest.map(|(_, kind)| kind))
}

/// A SYSTEMTIME as numbers that can be compared: its second word out of eight is the month, its third the day of the week.
fn moment(value: &Value) -> Option<[u16; 7]> {
    let Value::Binary { binary } = value else { return None };
    let bytes = hex::decode(binary).ok().filter(|bytes| bytes.len() == 16)?;
    let word = |index: usize| u16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]);
    Some([0, 1, 3, 4, 5, 6, 7].map(word))
}
