//! The facts of a machine that can be compared with the wire, gathered from the topics.

use super::{beside::Beside, survey::Survey, topics};
use crate::report::{Machine, Report, Role};

/// Asks the topics; beside a trace only for what it can be compared with.
pub(super) fn facts(survey: &Survey<'_>, roles: &[Role], report: Option<&Report>) -> Machine {
    let mut facts = Machine {
        system: survey.system(),
        version: survey.machine.version(),
        elevated: survey.machine.elevated(),
        from_files: survey.machine.source().is_some(),
        roles: roles.to_vec(),
        encryption_oracle: None,
        client_protocols: Vec::new(),
        cipher_suites: Vec::new(),
        remembered: Vec::new(),
        hosts_entries: Vec::new(),
        search_domains: Vec::new(),
        proxies: Vec::new(),
        route: None,
        attempts: Vec::new(),
        listener_certificate: None,
        unsigned_files: None,
        trusted_publishers: Vec::new(),
        file_warning_version: None,
        clock_synchronized: None,
    };
    let is_compared = |beside: &Beside| report.is_none_or(|report| beside.includes(report));
    let learnt = topics::FACTS.iter().filter(|(beside, _)| is_compared(beside));
    learnt.for_each(|(_, learn)| learn(survey, &mut facts));
    facts
}
