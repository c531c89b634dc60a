//! A report of what was only watched speaks of the client: whoever watched sent nothing, and has no options for it.

use rdptrace::Report;

/// The sentences of a report that are about the program which watched.
pub(crate) fn about_us(report: &Report) -> impl Iterator<Item = String> {
    sentences(report).into_iter().filter(|told| is_about_us(told))
}

fn sentences(report: &Report) -> Vec<String> {
    let mut all = vec![report.verdict.summary.clone()];
    all.extend(report.verdict.failure.iter().map(|failure| failure.detail.clone()));
    all.extend(report.findings.iter().map(|finding| finding.message.clone()));
    for cause in &report.causes {
        let lists = [&cause.because, &cause.against, &cause.confirm, &cause.fix];
        all.extend(lists.into_iter().flatten().cloned());
    }
    all
}

/// Whether the sentence is about the program that reads, beside a command that it proposes.
fn is_about_us(sentence: &str) -> bool {
    let words =
        sentence.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "we" | "our" | "us"));
    let program = sentence.contains("this program") || sentence.replace("`rdptrace", "").contains("rdptrace");
    words || program || sentence.contains("--") && !sentence.contains("`rdptrace")
}
