//! The screenshot as a PNG file, and why there is none.

use super::Error;
use crate::{
    pdu::canvas::Picture,
    report::{Outcome, Report, Session},
};

/// No PNG: a build without decoders of drawings has no picture.
///
/// # Errors
/// Always.
#[cfg(not(feature = "screenshot"))]
pub(crate) fn png(_picture: &Picture) -> Result<Vec<u8>, Error> {
    Err(Error::new("this build of rdptrace lacks the feature `screenshot`"))
}

/// The picture as PNG.
///
/// # Errors
/// The encoder's.
#[cfg(feature = "screenshot")]
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width.into(), picture.height.into());
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.rgb));
    written.map_err(|error| Error::new(format!("the screenshot cannot be written: {error}")))?;
    Ok(bytes)
}

/// Why there is no picture.
pub(super) fn missing(report: &Report) -> String {
    let session = report.trace.connections.iter().rev().find_map(|connection| connection.session.as_ref());
    if let Some(session) = session {
        return without_picture(session);
    }
    let verdict = &report.verdict;
    let phase = verdict.phase.map_or("activate", |phase| phase.name());
    match verdict.outcome {
        Outcome::Aborted => format!("the connection ended in {phase}"),
        _ => verdict.summary.clone(),
    }
}

fn without_picture(session: &Session) -> String {
    match (&session.failure, &session.stopped) {
        (Some(failure), _) => {
            format!("the session ended before the server drew anything: {}", failure.detail)
        }
        (None, Some(why)) => why.clone(),
        _ if session.undecoded > 0 => "nothing of what the server draws can be decoded here".to_owned(),
        _ => "the server drew nothing".to_owned(),
    }
}
