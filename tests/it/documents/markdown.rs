//! The code in Markdown: fenced blocks, and spans between backticks.

/// A fenced block.
pub(super) struct Block {
    pub language: String,
    pub text: String,
}

const FENCE: &str = "```";

/// The fenced blocks, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix(FENCE) {
            let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            blocks.push(Block { language: language.to_owned(), text: inside.join("\n") });
        }
    }
    blocks
}

/// The text outside of the fenced blocks, one paragraph a line.
fn paragraphs(text: &str) -> Vec<String> {
    let mut in_block = false;
    let prose = text.lines().map(|line| {
        let is_fence = line.starts_with(FENCE);
        in_block ^= is_fence;
        if in_block || is_fence { "" } else { line }
    });
    let prose = prose.collect::<Vec<_>>().join("\n");
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    prose.split("\n\n").map(words).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// The text between backticks, and the text outside of them.
pub(super) fn spans_and_prose(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut spans, mut prose) = (Vec::new(), Vec::new());
    for paragraph in paragraphs(text) {
        assert!(paragraph.matches('`').count() % 2 == 0, "an odd number of backticks: {paragraph}");
        for (index, piece) in paragraph.split('`').enumerate() {
            if index % 2 == 1 { &mut spans } else { &mut prose }.push(piece.to_owned());
        }
    }
    (spans, prose)
}
