//! In which order the addresses of a name are tried: gai.conf, as the C library reads it (RFC 6724).

use crate::{
    codes::Phase,
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Linux, Role::Client},
};

const PATH: &str = "/etc/gai.conf";
/// IPv4 addresses among those of IPv6.
const MAPPED: &str = "::ffff:0:0/96";
/// The precedence of every address that the table does not name.
const ORDINARY: u32 = 40;

/// The tables that hold where the file has no line of their kind.
const PRECEDENCE: &[(&str, u32)] =
    &[("::1/128", 50), ("::/0", ORDINARY), ("2002::/16", 30), ("::/96", 20), (MAPPED, 10)];
const LABEL: &[(&str, u32)] = &[
    ("::1/128", 0),
    ("::/0", 1),
    ("2002::/16", 2),
    ("::/96", 3),
    (MAPPED, 4),
    ("fec0::/10", 5),
    ("fc00::/7", 6),
    ("2001:0::/32", 7),
];
const SCOPE: &[(&str, u32)] = &[("::ffff:169.254.0.0/112", 2), ("::ffff:127.0.0.0/104", 2), (MAPPED, 14)];

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("names-address-order", Client, &[Linux], judge).beside(Beside::Failed(Phase::Connect))];

fn judge(survey: &Survey<'_>) -> CheckResult {
    let text = match survey.machine.text(PATH) {
        Ok(text) => text.unwrap_or_default(),
        Err(why) => return CheckResult::unreadable(PATH, &why),
    };
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let (mut precedence, mut labels) = (Vec::new(), Vec::new());
    for line in lines.filter(|line| !line.is_empty()) {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["reload", "yes" | "no"] => {}
            ["precedence", network, number] if rule(network, number).is_some() => {
                precedence.extend(rule(network, number));
            }
            ["label", network, number] if rule(network, number).is_some_and(|rule| LABEL.contains(&rule)) => {
                labels.extend(rule(network, number));
            }
            ["scopev4", network, number]
                if rule(network, number).is_some_and(|rule| SCOPE.contains(&rule)) => {}
            _ => return CheckResult::unknown("gai.conf holds lines that are not understood").seen(line),
        }
    }
    if !labels.is_empty() && !LABEL.iter().all(|label| labels.contains(label)) {
        return CheckResult::unknown(
            "gai.conf labels some addresses only, and what that does to their order is not known",
        );
    }
    ordered(&precedence)
}

/// What the precedence of addresses does; a line of its own replaces the whole table.
fn ordered(rules: &[(&str, u32)]) -> CheckResult {
    let own = |rule: &&(&str, u32)| rule.0 == MAPPED;
    let mapped: Vec<_> = rules.iter().filter(own).map(|(_, number)| *number).collect();
    let others_are_usual = rules.iter().filter(|rule| rule.0 != MAPPED).all(|rule| PRECEDENCE.contains(rule));
    match mapped.as_slice() {
        [] if rules.is_empty() => CheckResult::ok("addresses of a name are tried in the usual order"),
        [number] if *number > ORDINARY && others_are_usual => CheckResult::warning(
            "of a name with both kinds, IPv4 addresses are tried first on this machine only",
        )
        .seen(format!("precedence {MAPPED} {number}")),
        [number] if *number < ORDINARY && others_are_usual => {
            CheckResult::ok("addresses of a name are tried in the usual order")
        }
        _ => {
            let shown: Vec<_> = rules.iter().map(|(network, number)| format!("{network} {number}")).collect();
            CheckResult::unknown("gai.conf changes the order of addresses in a way that is not known here")
                .seen(shown.join(", "))
        }
    }
}

/// A network and its number; none where the C library takes no such line.
fn rule<'a>(network: &'a str, number: &str) -> Option<(&'a str, u32)> {
    let (base, length) = network.split_once('/').unwrap_or((network, "128"));
    let is_network =
        base.parse::<std::net::Ipv6Addr>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= 128);
    let network = if network == "::ffff:0.0.0.0/96" { MAPPED } else { network };
    Some((network, number.parse().ok()?)).filter(|_| is_network)
}
