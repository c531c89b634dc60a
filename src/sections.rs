//! Pages of Markdown, one text a topic, one section a code: a section begins with a heading that names its codes.

/// A section begins with a line of this and the codes that it is about.
const HEADING: &str = "# ";

/// The section about a code, with its heading.
pub fn find(topics: &'static [&'static str], code: &str) -> Option<&'static str> {
    all(topics).find(|section| codes(section).any(|about| about == code))
}

/// Every code that has a section, in the order of the pages.
pub fn covered(topics: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    all(topics).flat_map(codes)
}

fn all(topics: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    topics.iter().flat_map(|topic| {
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
