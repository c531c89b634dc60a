//! The data of an event in XML as lines of labels and values, so that they are read like those of Event Viewer.

/// How an element of data begins and ends.
const ELEMENT: &str = "<Data";
const END: &str = "</Data>";

/// A text with the names of its data as labels.
pub(super) fn labelled(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    // A pair of elements holds the name of a value and the value.
    let mut is_name = false;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        plain.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        if tag.eq_ignore_ascii_case(END) {
            plain.push_str(if is_name { " " } else { " , " });
        } else if let Some(attributes) = tag.strip_prefix(ELEMENT) {
            let name = name(attributes);
            is_name = name == "Name";
            match name {
                "Name" | "" => plain.push(' '),
                "Value" => plain.push_str(": "),
                // The numbers of a state machine, which are no events of a log.
                "Event" | "State" => plain.push_str(" step: "),
                name => plain.extend([" ", name, ": "]),
            }
        } else {
            plain.push_str(tag);
        }
        rest = after;
    }
    plain + rest
}

/// The value of the attribute `Name`, in quotes of either kind; empty where there is none.
fn name(attributes: &str) -> &str {
    let value = attributes.split_once("Name=").map_or("", |(_, value)| value);
    let mut parts = value.split(['\'', '"']);
    parts.next();
    parts.next().unwrap_or_default()
}
