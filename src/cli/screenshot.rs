//! The screenshot as a PNG file, and why there is none.

use super::Error;
use crate::{
    pdu::canvas::Picture,
    report::{Outcome, Report},
};

/// The picture as PNG.
///
/// # Errors
/// The encoder's.
pub fn png(picture: &Picture) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width.into(), picture.height.into());
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.rgb));
    written.map_err(|error| Error::new(format!("the screenshot cannot be written: {error}")))?;
    Ok(bytes)
}

/// Why there is no picture.
pub fn missing(report: &Report) -> String {
    let verdict = &report.verdict;
    let phase = verdict.phase.map_or("activate", |phase| phase.name());
    let ended = report
        .trace
        .connections
        .iter()
        .any(|connection| connection.session.as_ref().is_some_and(|session| session.failure.is_some()));
    match verdict.outcome {
        Outcome::Aborted => format!("the connection ended in {phase}"),
        Outcome::Stopped => format!("the trace stopped in {phase}"),
        Outcome::Passed if ended => "the session ended before the server drew anything".to_owned(),
        Outcome::Passed => "the server drew nothing".to_owned(),
    }
}
