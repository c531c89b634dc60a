//! The report as one HTML file: what it holds, that nothing foreign in it is markup, and that it can neither run nor ask for anything.

use std::fs;

use rdptrace::{Report, internal::demo::FAULTS, render, report::Outcome};
use serde_json::Value;

use crate::{
    documents::path,
    faults::told_of,
    formats::{FOREIGN, altered},
    lab::fault,
    program::{file, rdptrace, text},
};

fn page(report: &Report) -> String {
    let mut bytes = Vec::new();
    render::html(report, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

/// What stands in tags, without what is between them.
fn tags(page: &str) -> Vec<&str> {
    let body = page.split_once("<body>").expect("a body").1;
    body.split('<').skip(1).filter_map(|tag| Some(tag.split_once('>')?.0)).collect()
}

/// What a reader sees: the text between the tags, with the escapes undone.
fn seen(page: &str) -> String {
    let body = page.split_once("<body>").expect("a body").1;
    let text: String = body.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect();
    ["&#60;<", "&#62;>", "&#34;\"", "&#39;'", "&lt;<", "&gt;>", "&#38;&", "&amp;&"].iter().fold(
        text,
        |text, escape| {
            let (code, sign) = escape.split_at(escape.len() - 1);
            text.replace(code, sign)
        },
    )
}

/// Tags of a page that do nothing but show.
const TAGS: &[&str] = &[
    "a",
    "article",
    "body",
    "caption",
    "circle",
    "dd",
    "defs",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "g",
    "h1",
    "h2",
    "h3",
    "header",
    "html",
    "li",
    "line",
    "main",
    "p",
    "path",
    "pre",
    "rect",
    "section",
    "span",
    "strong",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "use",
];

fn assert_inert(name: &str, page: &str) {
    for tag in tags(page) {
        let word = tag.trim_start_matches('/').split([' ', '/']).next().expect("a name");
        assert!(TAGS.contains(&word), "{name}: <{tag}>");
        assert!(!tag.contains(" on") && !tag.contains(" style="), "{name}: <{tag}>");
        assert!(!tag.contains("href=") || tag.contains("href=\"#"), "{name}: <{tag}>");
        assert!(!tag.contains(" src=") && !tag.contains("url("), "{name}: <{tag}>");
    }
    let opened = page.matches("<details").count();
    assert_eq!(opened, page.matches("</details>").count(), "{name}");
}

#[tokio::test(start_paused = true)]
async fn a_page_says_what_the_report_says() {
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let report = told_of(fault).await;
        let name = fault.map_or("healthy", |fault| fault.name);
        let page = page(&report);
        assert_inert(name, &page);
        assert!(page.len() < 300_000, "{name}: {}", page.len());
        let seen = seen(&page);
        let word = match report.verdict.outcome {
            Outcome::Passed => "PASSED",
            Outcome::Stopped => "STOPPED",
            Outcome::Aborted => "ABORTED",
        };
        assert!(seen.contains(word) && seen.contains(&report.verdict.summary), "{name}");
        let causes = report.causes.iter().flat_map(|cause| {
            let lists = [&cause.because, &cause.against, &cause.confirm, &cause.fix].into_iter().flatten();
            lists.map(String::as_str).chain([cause.code.as_str()])
        });
        let findings = report.findings.iter().flat_map(|found| [found.code.as_str(), found.message.as_str()]);
        let label = report.verdict.mstsc.iter().flat_map(|label| [label.code.as_str(), label.text.as_str()]);
        // What must not be shown is looked at below.
        let shown = |told: &&str| told.chars().all(|c| c.is_ascii() && !c.is_control());
        for told in causes.chain(findings).chain(label).filter(shown) {
            assert!(seen.contains(told), "{name}: {told}");
        }
        for made in report.trace.traced() {
            let phases = made.phases.summaries();
            let bars =
                phases.iter().filter(|phase| page.contains(&format!("<title>{}</title>", phase.phase)));
            assert_eq!(bars.count(), phases.len(), "{name}");
        }
        let frames: usize = report.trace.traced().map(|made| made.frames.len()).sum();
        let arrows = page.matches("href=\"#down\"").count() + page.matches("href=\"#up\"").count();
        assert_eq!(arrows, frames, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_json_in_a_page_is_the_report() {
    let report = told_of(None).await;
    let page = page(&report);
    let (_, rest) = page.split_once("as JSON\">").expect("the JSON");
    let json = rest.split_once("</pre>").expect("its end").0;
    let json = json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let read: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read, serde_json::to_value(&report).expect("JSON"));
    let mut long = report;
    long.verdict.summary = "long ".repeat(40_000);
    let page = self::page(&long);
    assert!(
        !page.contains("<pre") && page.contains("too long for this page; --format json"),
        "{}",
        page.len()
    );
}

/// The mark of the end is on the lane of who made it.
#[tokio::test(start_paused = true)]
async fn the_end_is_marked_on_its_side() {
    let cases = [
        (Some("tls-reset"), "cross bad", "Server", "The server ended it in tls"),
        (Some("negotiate-silence"), "ring bad", "Server", "Silence: no answer of the server in negotiate"),
        (Some("negotiate-malformed"), "cross bad", "Client", "The client could not go on in negotiate"),
        (None, "check good", "Client", "The client was done after licensing"),
    ];
    for (name, mark, side, told) in cases {
        let page = page(&told_of(name.map(fault)).await);
        let picture = page.split("</figure>").next().expect("a picture");
        let lane = picture.split(&format!("\">{side}</text>")).next().expect("its lane");
        let lane: u32 = lane.rsplit('"').next().expect("a place").parse().expect("pixels");
        let (before, _) =
            picture.split_once(&format!("class=\"{mark}\"")).unwrap_or_else(|| panic!("{name:?} {picture}"));
        let svg = before.rsplit_once("<svg class=\"mark\"").expect("its mark").1;
        assert!(svg.contains(&format!("y=\"{}\"", lane - 4)), "{name:?}: {svg} {lane}");
        assert!(page.contains(told), "{name:?}: {page}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_foreign_is_markup() {
    const WORSE: &str =
        "</script></style></pre><img src=x onerror=alert(1)>\u{7}\u{202e}\"'&lt;b&gt; onload=x";
    for name in ["certificate-expired", "logon-failure", "negotiate-close", "error-info-denied"] {
        for text in [FOREIGN, WORSE] {
            let mut value = serde_json::to_value(told_of(Some(fault(name))).await).expect("JSON");
            altered(&mut value, text);
            let page = page(&serde_json::from_value(value).expect("a report"));
            assert_inert(name, &page);
            let shown = text.chars().map(|c| if matches!(c, '\u{7}' | '\u{202e}' | '\n') { '?' } else { c });
            assert!(seen(&page).contains(&shown.collect::<String>()), "{name} {page}");
            assert!(!page.contains(['\u{7}', '\u{202e}']), "{name}");
        }
    }
}

/// Other programs write reports too.
#[tokio::test(start_paused = true)]
async fn times_that_cannot_be_are_drawn_somewhere() {
    for time in ["0.0", "1e308", "1e-308"] {
        let mut value = serde_json::to_value(told_of(None).await).expect("JSON");
        for (_, record) in value["connections"][0]["phases"].as_object_mut().expect("phases") {
            record["elapsed_ms"] = serde_json::from_str(time).expect("a number");
        }
        value["connections"][0]["frames"][0]["at_ms"] = serde_json::from_str("1e308").expect("a number");
        let page = page(&serde_json::from_value(value).expect("a report"));
        let shares = page.split('"').filter_map(|text| text.strip_suffix('%'));
        let wrong: Vec<&str> = shares
            .filter(|share| !share.parse().is_ok_and(|share: f64| (0.0..=100.0).contains(&share)))
            .collect();
        assert!(wrong.is_empty(), "{time}: {wrong:?}");
    }
}

/// Whatever a browser would do is forbidden in the page, but its own style sheet.
#[tokio::test(start_paused = true)]
async fn the_policy_allows_the_style_sheet_alone() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};
    let page = page(&told_of(None).await);
    let style =
        page.split_once("<style>").expect("a style sheet").1.split_once("</style>").expect("its end").0;
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\""
    );
    assert!(page.contains(&policy), "{}", page.split_once("<title>").expect("a head").0);
    let scheme = ["http:", "https:", "//", "@import", "url("].into_iter().find(|word| style.contains(word));
    assert_eq!(scheme, None);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn several_conversations_are_a_table_with_a_page_each() {
    let Ok(captures) = std::env::var("RDPTRACE_CAPTURES") else { return };
    let files = ["ndpi-rdp.pcap", "zeek-rdp-x509.pcap"].map(|name| format!("{captures}/{name}"));
    let output = rdptrace(&["read", &files[0], &files[1], "--format", "html"]);
    let page = text(&output.stdout);
    assert_inert("several", &page);
    let conversations = page.matches("<article").count();
    assert!(
        conversations >= 2 && page.contains(&format!("<h1>{conversations} conversations</h1>")),
        "{page}"
    );
    for number in 1..=conversations {
        assert!(page.contains(&format!("href=\"#c{number}-\"")), "{number}");
        assert!(page.contains(&format!("<article id=\"c{number}-\">")), "{number}");
    }
    let redacted = text(&rdptrace(&["read", &files[0], &files[1], "--format", "html", "--redact"]).stdout);
    assert!(page.contains("192.168.1.") && !redacted.contains("192.168.1."), "{redacted}");
    assert_eq!(redacted.matches("<article").count(), conversations);
}

#[test]
fn a_further_report_is_a_page_too() {
    let path = file("further.html");
    let path = path.to_str().expect("a path of text");
    let output = rdptrace(&["demo", "--fault", "certificate-expired", "--report", &format!("html={path}")]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(fs::read_to_string(path).expect("the page").contains("certificate-expired"));
}

/// What the guide shows is what the program writes; its JSON grows with the report, and is not what is shown.
#[test]
fn the_sample_of_the_guide_is_current() {
    const STORED: &str = "testdata/reports/v1/license-server-missing.json";
    let stored = path(STORED);
    let output = rdptrace(&["judge", stored.to_str().expect("a path of text"), "--format", "html"]);
    let sample = fs::read_to_string(path("docs/src/sample.html")).expect("the sample");
    let shown = |page: &str| page.split_once("card json").expect("the JSON").0.replace("\r\n", "\n");
    assert!(
        shown(&text(&output.stdout)) == shown(&sample),
        "run: cargo run -- judge {STORED} --format html -o docs/src/sample.html"
    );
}
