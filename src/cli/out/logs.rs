//! Logs on standard error. Only this program's targets: the protocol crates log credentials.

use std::io::IsTerminal as _;

use anstream::{AutoStream, ColorChoice};
use tracing::Level;
use tracing_subscriber::{
    field::MakeExt as _,
    filter::Targets,
    fmt::{self, format::debug_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{cli::arguments::choices::Color, plain};

/// Begins logging; silent without `-v`.
pub(crate) fn init(verbose: u8, color: Color) {
    let level = match verbose {
        0 => return,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let color = match color {
        Color::Auto => std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        Color::Always => true,
        Color::Never => false,
    };
    // Consoles of Windows show colours only after they were asked to, which anstream does.
    let choice = if color { ColorChoice::Always } else { ColorChoice::Never };
    let stderr = move || AutoStream::new(std::io::stderr(), choice);
    // All that a log takes from outside is the value of a field.
    let fields = debug_fn(|to, field, value| {
        let value = format!("{value:?}");
        match field.name() {
            "message" => write!(to, "{}", plain::line(&value)),
            name => write!(to, "{name}={}", plain::line(&value)),
        }
    });
    let layer = fmt::layer().with_writer(stderr).with_ansi(color);
    let layer = layer.fmt_fields(fields.delimited(" "));
    let filter = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry().with(layer).with(filter).init();
}
