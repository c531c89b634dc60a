//! Promises in every format.

use rdptrace::{Report, render, report::Severity};
use roxmltree::Document;

use super::{
    judged,
    sources::Source::{Fault, Healthy},
};
use crate::{
    faults::{SCREEN, lines},
    junit::{assert_counts, junit},
};

const POLICY: &str = "\
reached = \"licensing\"
certificate.days_left = 36000
udp = \"reachable\"
certificate.name = \"a|b.example\"
findings.allow = [{ code = \"certificate-self-signed\", reason = \"a lab\", until = 2027-03-31 }]
";

fn page(report: &Report, write: fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

#[tokio::test(start_paused = true)]
async fn the_page_has_a_line_for_each_what_is_broken_first() {
    let coloured = page(&judged(Healthy.report().await, POLICY), render::text);
    let text = anstream::adapter::strip_str(&coloured).to_string();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing in\n{text}"));
    let order = [
        "Promises\n",
        "  broken       certificate.days_left: ",
        "  broken       certificate.name: rdsh01.corp.example; promised: a|b.example",
        "  not checked  udp: UDP was not asked; trace --udp does; promised: reachable",
        "  kept         reached: licensing (at least licensing)",
    ];
    assert!(order.windows(2).all(|two| at(two[0]) < at(two[1])), "{text}");
    assert!(text.contains("\n             promises broken: 2\n"), "{text}");
    let folded: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(folded.contains("(accepted until 2027-03-31: a lab)"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_with_promises_fits_a_screen() {
    for fault in ["tls-reset", "tls-version-intolerant", "logon-failure"] {
        let report = judged(Fault(fault).report().await, POLICY);
        assert!(lines(&report) <= SCREEN, "{fault}: {}", page(&report, render::text));
    }
}

#[tokio::test(start_paused = true)]
async fn junit_has_a_case_for_each() {
    let xml = junit(&judged(Healthy.report().await, POLICY), Some(Severity::Error));
    let document = Document::parse(&xml).expect("XML");
    assert_counts(&document, "promises");
    let case = |name: &str| {
        let name = format!("promises {name}");
        let mut cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        cases.find(|node| node.attribute("name") == Some(&name)).unwrap_or_else(|| panic!("{name}: {xml}"))
    };
    let holds = |name: &str, child: &str| case(name).children().find(|node| node.has_tag_name(child));
    let failure = holds("certificate.days_left", "failure").expect("it is broken");
    assert_eq!(failure.attribute("type"), Some("broken"));
    assert!(failure.attribute("message").is_some_and(|text| text.ends_with("promised: at least 36000 days")));
    let skipped = holds("udp", "skipped").expect("it was not checked");
    assert!(skipped.attribute("message").is_some_and(|text| text.starts_with("UDP was not asked")));
    assert!(holds("reached", "failure").is_none() && holds("reached", "skipped").is_none());
    assert_eq!(case("reached").attribute("classname"), Some("rdptrace.rdsh01.corp.example:3389"));
}

#[tokio::test(start_paused = true)]
async fn tickets_metrics_and_plug_ins_have_them_too() {
    let report = judged(Healthy.report().await, POLICY);
    let markdown = page(&report, render::markdown);
    assert!(markdown.contains("### Promises"), "{markdown}");
    assert!(
        markdown.contains("| certificate.name | **broken** | rdsh01.corp.example; promised: a\\|b.example |"),
        "{markdown}"
    );
    let metrics = page(&report, render::prometheus);
    assert!(
        metrics.contains("rdp_promise_kept{target=\"rdsh01.corp.example:3389\",name=\"reached\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("name=\"certificate.days_left\"} 0") && !metrics.contains("name=\"udp\""),
        "{metrics}"
    );
    let plug_in = page(&report, |report, out| render::nagios(report, None, out));
    assert!(plug_in.starts_with("RDP CRITICAL - ") && plug_in.contains("certificate.days_left"), "{plug_in}");
    let kept = judged(Healthy.report().await, "reached = \"tls\"");
    assert!(page(&kept, |report, out| render::nagios(report, None, out)).starts_with("RDP OK"));
}
