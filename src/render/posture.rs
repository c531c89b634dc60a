//! What the server accepts, as a section that fits into a ticket.

use std::io;

use super::{
    cells,
    page::{Page, Tone},
    phases,
};
use crate::{
    plain,
    report::{Answer, Exposure, Nla, NtlmEvidence, Posture, ProtocolPosture, Report, Selected, TlsPosture},
};

/// Where the text begins.
const BODY: usize = 13;
/// Where what became of a protocol begins.
const NAME: usize = 9;

/// A line of the section: what it is about, a word with its colour, and the text.
pub(super) struct Row {
    pub(super) lead: String,
    pub(super) word: (Tone, &'static str),
    pub(super) text: String,
}

/// The section.
///
/// # Errors
/// Those of the writer.
pub(super) fn posture(page: &mut Page<'_>, report: &Report, posture: &Posture) -> io::Result<()> {
    page.row((Tone::Heading, "Posture"), BODY, (Tone::Plain, ""), &connections(report, posture))?;
    rows(report, posture)
        .iter()
        .try_for_each(|row| page.row((Tone::Plain, &format!("  {}", row.lead)), BODY, row.word, &row.text))
}

/// How many connections it took, and whether the user gave it up.
pub(super) fn connections(report: &Report, posture: &Posture) -> String {
    let end = if cells::is_interrupted(report) { "; interrupted before everything was asked" } else { "" };
    format!("{}, none with an account{end}", plain::plural(posture.connections as u64, "connection"))
}

/// The lines of the section; one without a lead belongs to the one before.
pub(super) fn rows(report: &Report, posture: &Posture) -> Vec<Row> {
    if posture.protocols.iter().all(|one| one.answer == Answer::Unknown) && posture.tls.is_empty() {
        return nothing(report);
    }
    let mut rows = Vec::new();
    if let Some(ntlm) = ntlm(report) {
        let names = phases::names(ntlm);
        rows.extend((!names.is_empty()).then(|| row("server", names)));
        rows.extend(phases::system(ntlm, report.answerer()).map(|system| row("system", system)));
    }
    rows.push(Row { word: nla(posture.nla), ..row("NLA", String::new()) });
    rows.extend(led("protocols", posture.protocols.iter().map(protocol)));
    if let Some(flags) = posture.response_flags {
        rows.push(row("flags", format!("{flags:#04x} {}", posture.response_flag_names.join(" "))));
    }
    if let Some(security) = posture.rdp_security {
        let encryption = cells::encryption(security.method, security.level);
        rows.push(row("encryption", format!("{encryption}, without TLS")));
    }
    let bound = (posture.connections >= posture.most).then_some(posture.most);
    rows.extend(posture.tls.iter().flat_map(|tls| version(tls, bound)));
    rows.push(row("CredSSP", credssp(posture)));
    rows
}

/// Why nothing is known, and what the peer speaks.
fn nothing(report: &Report) -> Vec<Row> {
    let phase = report.verdict.phase.map_or("connect", |phase| phase.name());
    if cells::is_interrupted(report) {
        return vec![row("", format!("nothing is known yet: the first connection was in {phase}"))];
    }
    let why = report.verdict.failure.as_ref().map_or("no connection was made", |failure| &failure.detail);
    let why = format!("nothing is known: every connection ended in {phase} ({why})");
    let negotiated = report.trace.connections.iter().filter_map(|made| made.phases.negotiate.as_ref());
    let mut named = negotiated.filter_map(|record| record.evidence.speaks.as_ref());
    let speaks = named.next().map(|name| row("", format!("the peer speaks {name}")));
    [row("", why)].into_iter().chain(speaks).collect()
}

fn row(lead: &str, text: String) -> Row {
    Row { lead: lead.to_owned(), word: (Tone::Plain, ""), text }
}

/// The first one has the lead.
fn led(lead: &str, texts: impl IntoIterator<Item = String>) -> Vec<Row> {
    let texts = texts.into_iter().enumerate();
    texts.map(|(at, text)| row(if at == 0 { lead } else { "" }, text)).collect()
}

/// The first NTLM CHALLENGE.
fn ntlm(report: &Report) -> Option<&NtlmEvidence> {
    let mut seen = report.trace.connections.iter().filter_map(|made| made.phases.credssp.as_ref());
    seen.find_map(|record| record.evidence.ntlm.as_ref())
}

fn nla(nla: Nla) -> (Tone, &'static str) {
    match nla {
        Nla::Required => (Tone::Good, "required"),
        Nla::Offered => (Tone::Caution, "offered, not required"),
        Nla::Absent => (Tone::Caution, "absent"),
        Nla::Unknown => (Tone::Plain, "unknown"),
    }
}

fn protocol(one: &ProtocolPosture) -> String {
    let name = one.protocol.name();
    let ended = one.failure.map(|kind| {
        let symbol = one.failure_name.as_deref().map_or_else(String::new, |name| format!(" {name}"));
        format!("{}{}{symbol}", kind.name(), cells::code(one.failure_code))
    });
    let said = match (one.answer, one.selected_code) {
        (Answer::Accepted, _) => format!("accepted{}", first_words(one)),
        (Answer::Refused, Some(code)) => {
            format!("refused: selects {} in its place", Selected::from_code(code).name())
        }
        (answer, _) => {
            [Some(word(answer).to_owned()), ended].into_iter().flatten().collect::<Vec<_>>().join(": ")
        }
    };
    format!("{name:<NAME$}{said}")
}

/// What the server said first, where it speaks first.
fn first_words(one: &ProtocolPosture) -> String {
    match (cells::first_words(one.rdstls, one.rdsaad), one.unsaid) {
        (Some(said), _) => format!(", {said}"),
        (None, Some(kind)) => format!(", but does not begin it: {}", kind.name()),
        (None, None) => String::new(),
    }
}

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "accepted",
        Answer::Refused => "refused",
        Answer::Unknown => "unknown",
    }
}

/// A suite a line; of the refused ones only how many.
fn version(tls: &TlsPosture, bound: Option<usize>) -> Vec<Row> {
    if tls.answer != Answer::Accepted {
        return vec![row(&tls.version, word(tls.answer).to_owned())];
    }
    let mut lines: Vec<String> =
        tls.accepted.iter().map(|suite| format!("{suite}{}", defects(suite))).collect();
    let refused = Some(tls.refused.len()).filter(|count| *count > 0);
    let unknown = Some(tls.unknown.len()).filter(|count| *count > 0);
    let bound = bound.map_or_else(String::new, |most| {
        let (most, were) = (plain::plural(most as u64, "connection"), if most == 1 { "was" } else { "were" });
        format!(": at most {most} {were} made; --connections N allows more")
    });
    let rest = [
        refused.map(|count| format!("{} refused", plain::plural(count as u64, "other suite"))),
        unknown.map(|count| format!("{count} not known{bound}")),
    ];
    let rest: Vec<String> = rest.into_iter().flatten().collect();
    if !rest.is_empty() {
        lines.push(format!("({})", rest.join(", ")));
    }
    led(&tls.version, lines)
}

/// What is wrong with a suite, after its name.
fn defects(suite: &str) -> String {
    let defects =
        [("_RC4_", "RC4 is broken"), ("_3DES_", "3DES is weak"), ("TLS_RSA_", "no forward secrecy")];
    let found = defects.into_iter().filter(|(part, _)| suite.contains(part));
    let found: Vec<&str> = found.map(|(_, what)| what).collect();
    if found.is_empty() { String::new() } else { format!(" ({})", found.join(", ")) }
}

fn credssp(posture: &Posture) -> String {
    let Some(version) = posture.credssp.version else { return "not seen".to_owned() };
    let exposure = match posture.credssp.cve_2018_0886 {
        Exposure::Possible => "open to CVE-2018-0886",
        Exposure::No => "not open to CVE-2018-0886",
        Exposure::Unknown => "CVE-2018-0886 unknown",
    };
    format!("version {version}, {exposure}")
}
