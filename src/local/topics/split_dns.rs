//! Names that are asked from servers of their own: the name resolution policy of Windows, `/etc/resolver` of macOS.

use crate::{
    codes::Phase,
    local::{Beside, Check, CheckResult, Survey, Unreadable, Value},
    report::{
        Os::{self, Macos, Windows},
        Role::Client,
    },
};

const POLICIES: &[&str] = &[
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig",
    r"HKLM\SYSTEM\CurrentControlSet\Services\Dnscache\Parameters\DnsPolicyConfig",
];
/// More rules than this are not read.
const MOST: usize = 256;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("names-own-server", Client, &[Windows, Macos], judge)
        .beside(Beside::Failed(Phase::Resolve))];

/// A rule that fits the target.
struct Rule {
    space: String,
    servers: String,
}

fn judge(survey: &Survey<'_>) -> CheckResult {
    let Some(target) = survey.target.filter(|target| target.address().is_none()) else {
        return CheckResult::not_applicable("no name of a target was given");
    };
    let rules = match survey.system() {
        Os::Windows => policies(survey, &target.host),
        Os::Linux | Os::Macos => resolvers(survey, &target.host),
    };
    let mut rules = match rules {
        Ok(rules) => rules,
        Err(why) => return CheckResult::unreadable("the rules for single domains", &why),
    };
    rules.sort_by_key(|rule| rule.space.len());
    match rules.pop() {
        None => CheckResult::ok(format!("no rule sends {} to a DNS server of its own", target.host)),
        Some(rule) if rule.servers.is_empty() => {
            CheckResult::warning(format!("a rule for {} names no DNS server to ask", rule.space))
                .seen(rule.space)
        }
        Some(rule) => {
            CheckResult::ok(format!("names under {} are asked from servers of their own", rule.space))
                .seen(rule.servers)
        }
    }
}

fn policies(survey: &Survey<'_>, host: &str) -> Result<Vec<Rule>, Unreadable> {
    let mut rules = Vec::new();
    for base in POLICIES {
        for key in survey.machine.subkeys(base)?.unwrap_or_default().iter().take(MOST) {
            let key = format!("{base}\\{key}");
            let spaces = match survey.value(&key, "Name")? {
                Some(Value::List(spaces)) => spaces,
                Some(Value::Text(space)) => vec![space],
                _ => Vec::new(),
            };
            let Some(space) = spaces.into_iter().find(|space| covers(space, host)) else { continue };
            let servers = match survey.value(&key, "GenericDNSServers")? {
                Some(Value::Text(servers)) => servers,
                _ => String::new(),
            };
            rules.push(Rule { space, servers });
        }
    }
    Ok(rules)
}

fn resolvers(survey: &Survey<'_>, host: &str) -> Result<Vec<Rule>, Unreadable> {
    let mut rules = Vec::new();
    let names = survey.machine.folder("/etc/resolver")?.unwrap_or_default();
    for space in names.into_iter().take(MOST).filter(|name| covers(&format!(".{name}"), host)) {
        let text = survey.machine.text(&format!("/etc/resolver/{space}"))?.unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
        let servers: Vec<_> = lines.map(str::trim).take(8).collect();
        rules.push(Rule { servers: servers.join(", "), space });
    }
    Ok(rules)
}

/// `.corp.example` covers everything below it and itself, `.` everything, anything else one name.
fn covers(space: &str, host: &str) -> bool {
    let (space, host) = (space.to_ascii_lowercase(), host.trim_end_matches('.').to_ascii_lowercase());
    match space.strip_prefix('.') {
        Some("") => true,
        Some(domain) => host == domain || host.ends_with(&space),
        None => host == space,
    }
}
