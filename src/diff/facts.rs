//! The facts of one report that are compared, and what a report has to have looked at to see one.

use super::{
    Topic,
    looks::{Look, Looks},
};
use crate::{
    codes::Phase,
    report::{
        Answer, Answerer, Certificate, Connection, Failure, Nla, NtlmEvidence, Phases, Posture, Report,
        Status, Timestamp, Trust,
    },
};

/// A topic, and which one of it where there are several.
pub(super) type Key = (Topic, Option<Box<str>>);

/// A fact, and what has to be looked at to see it.
pub(super) struct Fact {
    key: Key,
    pub(super) value: Box<str>,
    pub(super) needs: Looks,
}

/// What is compared of one report. Scans have tens of thousands, so this is small.
pub(super) struct Facts {
    pub(super) started: Timestamp,
    pub(super) summary: Box<str>,
    pub(super) looked: Looks,
    /// By their keys.
    facts: Vec<Fact>,
    /// Milliseconds of the phases that passed.
    pub(super) times: Vec<(Phase, f64)>,
}

impl Facts {
    pub(super) fn of(report: &Report) -> Self {
        let mut facts = Self {
            started: report.trace.started,
            summary: report.verdict.summary.as_str().into(),
            looked: looked(report),
            facts: Vec::new(),
            times: Vec::new(),
        };
        facts.verdict(report);
        if let Some(made) = report.trace.described() {
            facts.connection(made);
        }
        facts.certificate(report.certificate.as_ref());
        let ntlm = report.trace.connections.iter().find_map(ntlm);
        facts.host(ntlm);
        facts.posture(report.posture.as_ref());
        facts
    }

    /// With each fact once, the last one that was added.
    pub(super) fn sorted(mut self) -> Self {
        self.facts.reverse();
        self.facts.sort_by(|one, other| one.key.cmp(&other.key));
        self.facts.dedup_by(|later, first| later.key == first.key);
        self.facts.shrink_to_fit();
        self
    }

    /// What the facts are about.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.facts.iter().map(|fact| &fact.key)
    }

    /// The fact with this key.
    pub(super) fn get(&self, key: &Key) -> Option<&Fact> {
        self.facts.binary_search_by(|fact| fact.key.cmp(key)).ok().map(|at| &self.facts[at])
    }

    /// Adds a fact that is known.
    pub(super) fn add(&mut self, topic: Topic, value: Option<impl Into<Box<str>>>, needs: &[Look]) {
        self.named(topic, None, value, Looks::of(needs.iter().copied()));
    }

    /// The same of one of several.
    pub(super) fn named(
        &mut self,
        topic: Topic,
        name: Option<&str>,
        value: Option<impl Into<Box<str>>>,
        needs: Looks,
    ) {
        if let Some(value) = value {
            self.facts.push(Fact { key: (topic, name.map(Into::into)), value: value.into(), needs });
        }
    }

    fn verdict(&mut self, report: &Report) {
        let verdict = &report.verdict;
        let outcome = serde_name(verdict.outcome);
        self.add(Topic::Outcome, outcome, &[]);
        self.add(Topic::Reached, verdict.reached.map(Phase::name), &[]);
        let step = verdict.step.as_ref().map_or_else(String::new, |step| format!(" ({step})"));
        self.add(Topic::Phase, verdict.phase.map(|phase| format!("{phase}{step}")), &[]);
        self.add(Topic::Failure, verdict.failure.as_ref().map(failure), &[]);
        self.add(Topic::Credentials, Some(verdict.credentials.name()), &[]);
        self.add(Topic::GatewayCredentials, verdict.gateway_credentials.map(|known| known.name()), &[]);
        let who = report.answerer();
        // Whoever sees less of a server may not know it.
        self.named(Topic::AnsweredBy, None, (who != Answerer::Unknown).then(|| who.name()), self.looked);
    }

    fn connection(&mut self, made: &Connection) {
        let Phases { negotiate, tls, credssp, licensing, .. } = &made.phases;
        let selected = negotiate.as_ref().and_then(|record| record.evidence.selected);
        self.add(Topic::Selected, selected.map(|selected| selected.name()), &[Look::Phase(Phase::Negotiate)]);
        let tls = tls.as_ref().map(|record| &record.evidence);
        self.add(Topic::TlsVersion, tls.and_then(|tls| tls.version.as_deref()), &[Look::Phase(Phase::Tls)]);
        let suite = tls.and_then(|tls| tls.cipher_suite.as_deref());
        self.add(Topic::TlsCipherSuite, suite, &[Look::Phase(Phase::Tls)]);
        let version = credssp.as_ref().and_then(|record| record.evidence.version);
        self.add(
            Topic::CredsspVersion,
            version.map(|version| version.to_string()),
            &[Look::Phase(Phase::Credssp)],
        );
        let outcome = licensing.as_ref().and_then(|record| record.evidence.outcome);
        self.add(
            Topic::LicensingOutcome,
            outcome.map(|outcome| outcome.name()),
            &[Look::Phase(Phase::Licensing)],
        );
        let passed = made.phases.summaries().into_iter().filter(|summary| summary.status == Status::Passed);
        self.times = passed.map(|summary| (summary.phase, summary.elapsed_ms.0)).collect();
    }

    fn certificate(&mut self, served: Option<&Certificate>) {
        let needs = &[Look::Phase(Phase::Tls)];
        self.add(Topic::CertificateSha256, served.map(|served| served.sha256.as_str()), needs);
        self.add(Topic::CertificateSubject, served.map(|served| served.subject.as_str()), needs);
        self.add(Topic::CertificateNotAfter, served.and_then(|served| served.not_after.to_rfc3339()), needs);
        self.add(Topic::CertificateTrust, served.and_then(|served| trust(served.trust)), needs);
    }

    fn host(&mut self, ntlm: Option<&NtlmEvidence>) {
        let needs = &[Look::Phase(Phase::Credssp)];
        let build = ntlm.and_then(|ntlm| Some(format!("{}.{}", ntlm.os_version.as_ref()?, ntlm.os_build?)));
        self.add(Topic::HostBuild, build, needs);
        let computer =
            ntlm.and_then(|ntlm| ntlm.dns_computer.as_deref().or(ntlm.netbios_computer.as_deref()));
        self.add(Topic::HostComputer, computer, needs);
        let domain = ntlm.and_then(|ntlm| ntlm.dns_domain.as_deref().or(ntlm.netbios_domain.as_deref()));
        self.add(Topic::HostDomain, domain, needs);
    }

    fn posture(&mut self, posture: Option<&Posture>) {
        let Some(posture) = posture else { return };
        let needs = Looks::of([Look::Posture]);
        // What nobody could learn is no fact.
        self.named(
            Topic::Nla,
            None,
            Some(posture.nla).filter(|nla| *nla != Nla::Unknown).and_then(serde_name),
            needs,
        );
        for one in posture.protocols.iter().filter(|one| one.answer != Answer::Unknown) {
            self.named(Topic::Protocol, Some(one.protocol.name()), serde_name(one.answer), needs);
        }
        for tls in posture.tls.iter().filter(|tls| tls.answer != Answer::Unknown) {
            let mut accepted = tls.accepted.clone();
            accepted.sort_unstable();
            let told = if accepted.is_empty() { "none".to_owned() } else { accepted.join(", ") };
            self.named(Topic::TlsAccepted, Some(&tls.version), Some(told), needs);
        }
    }
}

fn looked(report: &Report) -> Looks {
    let summaries = report.trace.described().map(|made| made.phases.summaries()).unwrap_or_default();
    // A phase that failed may not have come to what it shows.
    let seen =
        summaries.into_iter().filter(|summary| matches!(summary.status, Status::Passed | Status::Stopped));
    let posture = report.posture.as_ref().map(|_| Look::Posture);
    let machine = report.trace.machine.as_ref().map(|_| Look::Machine);
    let policy = (!report.promises.is_empty()).then_some(Look::Policy);
    let looks = seen.map(|summary| Look::Phase(summary.phase));
    Looks::of(looks.chain(posture).chain(machine).chain(policy))
}

fn ntlm(made: &Connection) -> Option<&NtlmEvidence> {
    made.phases.credssp.as_ref()?.evidence.ntlm.as_ref()
}

fn failure(failure: &Failure) -> String {
    let code = failure.code.map_or_else(String::new, |code| format!(" {code}"));
    let name = failure.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    format!("{}{code}{name}", failure.kind.name())
}

/// A check that was not made tells nothing.
fn trust(trust: Trust) -> Option<String> {
    Some(trust).filter(|trust| *trust != Trust::NotChecked).and_then(serde_name)
}

/// A word of the report, as it spells it.
pub(super) fn serde_name(word: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
}
