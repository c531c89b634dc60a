//! The book has every page, no page is long, and every link leads somewhere.

use std::{collections::BTreeSet, path::Path};

use super::{Document, folder, guides, path};

const LONGEST: usize = 8 * 1024;
const SHORTEST: usize = 1000;
const SUMMARY: &str = "docs/src/SUMMARY.md";

/// Where the links of a document lead, without anchors, relative to the repository; none to other sites.
fn links(document: &Document) -> Vec<String> {
    let folder = Path::new(&document.name).parent().expect("a folder");
    let after = document.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let here = after.filter(|link| !link.contains("://") && !link.starts_with('#'));
    let files = here.map(|link| link.split('#').next().unwrap_or(link));
    files.map(|file| folder.join(file).to_string_lossy().replace('\\', "/")).collect()
}

#[test]
fn no_guide_is_long() {
    for Document { name, text } in guides().iter().filter(|guide| guide.name != SUMMARY) {
        let length = text.len();
        assert!((SHORTEST..LONGEST).contains(&length), "{name} has {length} bytes");
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let listed: BTreeSet<String> = links(&Document::read(SUMMARY)).into_iter().collect();
    let names = folder("docs/src").into_iter().map(|page| page.name).filter(|name| name != SUMMARY);
    assert_eq!(listed, names.collect());
}

#[test]
fn every_link_leads_to_a_file() {
    for guide in guides() {
        for link in links(&guide) {
            assert!(path(&link).is_file(), "{}: {link} is not there", guide.name);
        }
    }
}
