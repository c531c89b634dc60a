//! The background of every finding and cause: one text a topic, one section a code.

const TOPICS: &[&str] = &[
    include_str!("pages/reach.md"),
    include_str!("pages/negotiation.md"),
    include_str!("pages/tls.md"),
    include_str!("pages/certificate.md"),
    include_str!("pages/credssp.md"),
    include_str!("pages/account.md"),
    include_str!("pages/session.md"),
    include_str!("pages/host.md"),
];

/// A section begins with a line of this and the codes that it is about.
const HEADING: &str = "# ";

/// What a finding or a cause with this code means, why it happens, how to check and how to fix it, as Markdown; begins with
/// a heading that names the code.
pub fn page(code: &str) -> Option<&'static str> {
    sections().find(|section| codes(section).any(|about| about == code))
}

/// Every code that has a page, in the order of the pages.
pub fn paged() -> impl Iterator<Item = &'static str> {
    sections().flat_map(codes)
}

fn sections() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().flat_map(|topic| {
        let starts = topic.match_indices(HEADING).map(|(start, _)| start);
        let mut starts: Vec<usize> =
            starts.filter(|start| *start == 0 || topic[..*start].ends_with('\n')).collect();
        starts.push(topic.len());
        starts.windows(2).map(|ends| topic[ends[0]..ends[1]].trim_end()).collect::<Vec<_>>()
    })
}

fn codes(section: &'static str) -> impl Iterator<Item = &'static str> {
    let heading = section.lines().next().unwrap_or_default();
    heading.trim_start_matches(HEADING).split(", ")
}
