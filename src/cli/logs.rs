//! Logs on standard error. Only this program's targets: the protocol crates log credentials.

use anstream::{AutoStream, ColorChoice};
use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Begins logging; silent without `-v`.
pub fn init(verbose: u8, color: bool) {
    let level = match verbose {
        0 => return,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    // Consoles of Windows show colours only after they were asked to, which anstream does.
    let choice = if color { ColorChoice::Always } else { ColorChoice::Never };
    let stderr = move || AutoStream::new(std::io::stderr(), choice);
    let layer = fmt::layer().with_writer(stderr).with_ansi(color).without_time();
    let filter = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry().with(layer).with(filter).init();
}
