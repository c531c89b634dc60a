//! The page around the reports, and the policy that keeps it from doing anything.

use std::io::{self, Write};

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{overview::Overview, shown::Shown, view::View};

/// The only style sheet; the policy in the page allows it by its hash.
const STYLE: &str = include_str!("page.css");

/// The page.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page {
    title: Shown,
    style: &'static str,
    style_hash: String,
    /// Shown above the reports where there are several.
    many: Option<Overview>,
    reports: Vec<View>,
}

impl Page {
    /// With these reports.
    pub(super) fn new(title: Shown, many: Option<Overview>, reports: Vec<View>) -> Self {
        // As a Content-Security-Policy names it.
        let style_hash = format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE)));
        Self { title, style: STYLE, style_hash, many, reports }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Those of the writer.
    pub(super) fn written(&self, out: &mut dyn Write) -> io::Result<()> {
        let text = self.render().map_err(io::Error::other)?;
        out.write_all(text.as_bytes())
    }
}
