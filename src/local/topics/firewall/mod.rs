//! Rules of this machine's own packet filter about what it sends. Listing them must not load the filter into the kernel.

mod chains;
mod legacy;
mod rule;
mod values;
mod verdict;
mod walk;

use super::names;
use crate::{
    endpoint::DEFAULT_PORT,
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Linux, Role::Client},
};

use chains::Chains;
use verdict::Connection;
use walk::{Against, against};

/// Of a longer list the end is missing.
const LONGEST: usize = 255 << 10;
const LEGACY: &str = "/proc/net/ip_tables_names";
const TABLES: &[&str] = &["filter", "nat", "mangle", "raw", "security"];

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("firewall-output", Client, &[Linux], judge).beside(Beside::Way)];

fn judge(survey: &Survey<'_>) -> CheckResult {
    let rules = match listed(survey) {
        Ok(rules) => rules,
        Err(result) => return result,
    };
    let port = survey.target.map_or(DEFAULT_PORT, |target| target.port);
    let connection = Connection { port, address: names::address(survey) };
    match against(&Chains::of(&rules), connection) {
        Against::Rule(rule) => CheckResult::warning(format!(
            "a rule of this machine's packet filter may stop what it sends to port {port}"
        ))
        .seen(rule),
        Against::Elsewhere(rule) => CheckResult::warning(format!(
            "a rule of this machine's packet filter may lead what it sends to port {port} to another place"
        ))
        .seen(rule),
        Against::Perhaps(rule) => CheckResult::unknown(format!(
            "a rule of this machine's packet filter may stop port {port}, or the answers from there, and is not \
             understood or not for certain about this connection"
        ))
        .seen(rule),
        Against::Nothing => CheckResult::ok(format!("no rule of this machine's packet filter speaks against port {port}")),
    }
}

/// The rules of all packet filters that the kernel has, those of iptables behind the names of their tables.
fn listed(survey: &Survey<'_>) -> Result<String, CheckResult> {
    let mut rules = String::new();
    if modern(survey)? {
        rules.push_str(&printed(survey, "nft list ruleset")?);
    }
    for table in legacy(survey)? {
        let command =
            if table == TABLES[0] { "iptables -S".to_owned() } else { format!("iptables -t {table} -S") };
        rules.push_str(&format!("\n*{table}\n{}", printed(survey, &command)?));
    }
    Ok(rules)
}

/// What lists rules, and nothing else.
fn printed(survey: &Survey<'_>, command: &str) -> Result<String, CheckResult> {
    let output = match survey.command(command) {
        Ok(Some(output)) if output.code == 0 => output,
        Ok(_) if survey.machine.elevated() != Some(true) => {
            return Err(CheckResult::unknown(
                "reading the rules of the packet filter needs an administrator's rights",
            ));
        }
        Ok(_) => {
            return Err(CheckResult::unknown(format!(
                "{command} does not tell the rules of the packet filter"
            )));
        }
        Err(why) => return Err(CheckResult::unreadable("the rules of the packet filter", &why)),
    };
    let begins =
        |line: &str| ["table ", "#", "-P ", "-N ", "-A "].iter().any(|start| line.starts_with(start));
    let first = output.text.lines().map(str::trim).find(|line| !line.is_empty());
    if output.text.len() > LONGEST {
        return Err(CheckResult::unknown(
            "the list of the packet filter's rules is longer than what is read of it",
        ));
    }
    match first.is_none_or(begins) {
        true => Ok(output.text),
        false => Err(CheckResult::unknown("the list of the packet filter's rules is not understood")),
    }
}

/// Whether nftables is in the kernel, so that listing does not load it.
fn modern(survey: &Survey<'_>) -> Result<bool, CheckResult> {
    let unreadable = |why| CheckResult::unreadable("the packet filter", &why);
    if survey.machine.file("/sys/module/nf_tables").map_err(unreadable)?.is_some() {
        return Ok(true);
    }
    // A kernel without modules cannot load any.
    Ok(survey.machine.file("/proc/modules").map_err(unreadable)?.is_none())
}

/// The tables of iptables that are in the kernel.
fn legacy(survey: &Survey<'_>) -> Result<Vec<&'static str>, CheckResult> {
    let names = survey.machine.text(LEGACY).ok().flatten().unwrap_or_default();
    let mut tables = Vec::new();
    for table in TABLES {
        match survey.machine.file(&format!("/sys/module/iptable_{table}")) {
            Ok(found) if found.is_some() || names.lines().any(|name| name == *table) => tables.push(*table),
            Ok(_) => {}
            Err(why) => return Err(CheckResult::unreadable("the packet filter", &why)),
        }
    }
    Ok(tables)
}
