//! `rdptrace diff`: what differs between two reports, or between two scans. Nothing is sent.

use std::{io::BufReader, path::Path};

use crate::{
    cli::{
        Error,
        apart::Input,
        arguments::diff::{DiffArguments, DiffFormat, is_standard_input},
        files,
        out::sink::Sink,
        stored,
    },
    diff::{Side, diff},
    render,
};

const DIFFERENT: u8 = 1;
/// More would fill the memory; a network of 65,536 addresses has fewer.
const MOST_TARGETS: usize = 200_000;

/// Compares the reports and returns 0 if nothing differs, else 1.
///
/// # Errors
/// An input cannot be read or holds what is no report, or the differences cannot be written.
pub(crate) fn run(arguments: &DiffArguments) -> Result<u8, Error> {
    let DiffArguments { before, after, .. } = arguments;
    if is_standard_input(before) && is_standard_input(after) {
        return Err(Error::new("BEFORE and AFTER cannot both be standard input"));
    }
    arguments.place.apart_from(&[input("BEFORE", before), input("AFTER", after)])?;
    let (before, after) = (side(before)?, side(after)?);
    let sink = Sink::main(&arguments.place)?;
    let differences = diff(&before, &after, &arguments.times());
    let mut bytes = Vec::new();
    let written = match arguments.format {
        DiffFormat::Text => render::difference(&differences, sink.columns(), &mut bytes),
        DiffFormat::Json => render::json(&differences, &mut bytes),
        DiffFormat::Markdown => render::difference_markdown(&differences, &mut bytes),
    };
    written.map_err(|error| Error::new(format!("cannot write the differences: {error}")))?;
    sink.write(&bytes)?;
    Ok(if differences.same { 0 } else { DIFFERENT })
}

fn input(what: &'static str, path: &Path) -> Input {
    if is_standard_input(path) { Input::standard() } else { Input::file(what, path) }
}

fn side(path: &Path) -> Result<Side, Error> {
    let (name, file) = match is_standard_input(path) {
        true => ("standard input".to_owned(), files::opened_input()),
        false => (path.display().to_string(), files::open(path)),
    };
    let file = file.map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let mut side = Side::new(name.clone());
    let mut take = |report| {
        side.add(&report);
        match side.targets() > MOST_TARGETS {
            true => Err(format!("has more than {MOST_TARGETS} targets")),
            false => Ok(()),
        }
    };
    stored::reports(&mut BufReader::new(file), &mut take)
        .map_err(|why| Error::new(format!("{name} {why}")))?;
    Ok(side)
}
