//! An explanation of codes as a page of text: the most important thing first, then what to do, then the tables.

use std::io::{self, Write};

use super::page::{Page, Room, Tone, USUAL};
use crate::explain::{Explained, Explanation, Family, Meaning, Related, Relation, Section};

/// Where the facts of a meaning begin.
const FACT: usize = 12;
/// From this number of meanings on they are told in brief.
const MANY: usize = 5;

/// Writes the page; colours are in it, the writer strips them where they do not belong.
///
/// # Errors
/// Those of the writer.
pub fn explanation(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    explanation_within(explanation, USUAL, out)
}

/// The same in so many columns, if that is a width that can be read.
///
/// # Errors
/// Those of the writer.
pub fn explanation_within(explanation: &Explanation, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, Room::Usual, width);
    for (index, code) in explanation.codes.iter().enumerate() {
        if index > 0 {
            page.gap()?;
        }
        explained(page, code)?;
    }
    Ok(())
}

fn explained(page: &mut Page<'_>, code: &Explained) -> io::Result<()> {
    page.heading(&heading(code))?;
    if !code.sections.is_empty() || code.known && code.meanings.is_empty() {
        page.gap()?;
        page.text(0, &code.summary)?;
        if let Some(background) = &code.background {
            page.gap()?;
            page.text(0, background)?;
        }
        code.sections.iter().try_for_each(|part| section(page, part))?;
    }
    if !code.meanings.is_empty() {
        page.gap()?;
        let told = code.background.is_some() && code.meanings.len() == 1;
        page.heading(match code.meanings.len() {
            _ if code.extended.is_some() => "The two numbers",
            1 if told && code.meanings[0].code.is_none() => "The text",
            1 if told => "The code",
            1 => "Meaning",
            _ => "Meanings, by the kind of code",
        })?;
        if code.meanings.len() >= MANY {
            code.meanings.iter().try_for_each(|one| brief(page, one))?;
        } else {
            code.meanings.iter().try_for_each(|one| meaning(page, one, told))?;
        }
    }
    if !code.narrower.is_empty() {
        page.gap()?;
        page.heading("What to do depends on the kind")?;
        code.narrower.iter().try_for_each(|command| page.text(2, command))?;
    }
    if !code.known {
        unknown(page, code)?;
    }
    Ok(())
}

/// The code as it is shown in message boxes, and in decimal as it is in logs.
fn heading(code: &Explained) -> String {
    let code_is_hex = code.input.starts_with("0x");
    let decimal = match (code.code, code.extended) {
        (Some(code), Some(extended)) => format!(" ({code}/{extended})"),
        (Some(code), None) if code_is_hex => format!(" ({code})"),
        _ => String::new(),
    };
    let unknown = match (code.known, code.extended) {
        (true, _) => "",
        (false, Some(_)) => ": no table has both halves",
        (false, None) if code.near.iter().any(|near| near.relation == Relation::OtherTable) => {
            ": no event that is known here has it"
        }
        (false, None) => ": no table has it",
    };
    format!("{}{decimal}{unknown}", code.input)
}

fn section(page: &mut Page<'_>, part: &Section) -> io::Result<()> {
    page.gap()?;
    page.heading(&part.heading)?;
    part.items.iter().try_for_each(|item| page.row((Tone::Plain, "  -"), 4, (Tone::Plain, ""), item))
}

/// A long list is for finding the kind.
fn brief(page: &mut Page<'_>, one: &Meaning) -> io::Result<()> {
    page.item("", 2, &format!("{}: {}", named(one.kind, one.written.as_deref(), one.symbol), one.meaning))
}

fn meaning(page: &mut Page<'_>, one: &Meaning, is_told: bool) -> io::Result<()> {
    page.text(2, &named(one.kind, one.written.as_deref(), one.symbol))?;
    if !is_told {
        page.text(4, one.meaning)?;
    }
    if let Some(event) = &one.event {
        let level = if event.level.is_empty() { "" } else { ", level " };
        fact(page, "by", &format!("{} ({}{level}{})", event.provider, event.side, event.level))?;
        // The names of some logs are as long as the line.
        let column = if event.channel.len() > 80 - FACT { FACT - 4 } else { FACT };
        page.row((Tone::Plain, "    log"), column, (Tone::Plain, ""), event.channel)?;
    }
    if !one.phases.is_empty() {
        fact(page, "arises", &one.phases.iter().map(|phase| place(phase)).collect::<Vec<_>>().join(", "))?;
    }
    one.hint.iter().try_for_each(|hint| fact(page, "note", hint))?;
    if one.inside {
        fact(page, "is", "the code inside the one that was given")?;
    }
    for (word, relation) in [("mstsc", Relation::Mstsc), ("logged", Relation::Schannel)] {
        let others = one.related.iter().filter(|other| other.relation == relation);
        let sure = if relation == Relation::Mstsc { " (inferred)" } else { " by Schannel" };
        let text = |other: &Related| format!("{}{sure}", short(other));
        others.map(text).try_for_each(|text| fact(page, word, &text))?;
    }
    let from = one.related.iter().filter(|other| other.relation == Relation::ComesFrom);
    let from: Vec<_> = from.map(|other| format!("{} {}", other.kind, short(other))).collect();
    if !from.is_empty() {
        fact(page, "from", &from.join("; "))?;
    }
    let documented = one.confidence == "documented";
    let sure = if documented { String::new() } else { format!(" ({})", one.confidence) };
    fact(page, "source", &format!("{}{sure}", one.source))
}

fn fact(page: &mut Page<'_>, word: &str, text: &str) -> io::Result<()> {
    page.row((Tone::Plain, &format!("    {word}")), FACT, (Tone::Plain, ""), text)
}

/// Number and name of another code.
fn short(other: &Related) -> String {
    let parts = [other.written.as_deref(), other.symbol];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn place(phase: &'static str) -> &'static str {
    match phase {
        "any" => "anywhere",
        "client" => "before anything is sent",
        "session" => "the session",
        phase => phase,
    }
}

fn named(kind: &str, written: Option<&str>, symbol: Option<&str>) -> String {
    let number = written.map(|number| format!(" {number}")).unwrap_or_default();
    let symbol = symbol.map(|symbol| format!(", {symbol}")).unwrap_or_default();
    format!("{kind}{number}{symbol}")
}

fn unknown(page: &mut Page<'_>, code: &Explained) -> io::Result<()> {
    if !code.families.is_empty() {
        page.gap()?;
        page.heading("Its family")?;
        code.families.iter().try_for_each(|one| family(page, one))?;
    }
    if !code.near.is_empty() {
        page.gap()?;
        page.heading("Known codes near it")?;
        code.near.iter().try_for_each(|one| near(page, one))?;
    }
    if code.code.is_none() {
        return Ok(());
    }
    page.gap()?;
    page.text(0, "A code that nobody has described does not tell the cause. This tells where it ends:")?;
    page.text(2, "rdptrace trace HOST")
}

fn family(page: &mut Page<'_>, one: &Family) -> io::Result<()> {
    let sure = if one.confidence == "documented" { "" } else { one.confidence };
    let sure = if sure.is_empty() { String::new() } else { format!(" ({sure})") };
    page.text(2, &format!("{}{sure}", one.meaning))
}

fn near(page: &mut Page<'_>, one: &Related) -> io::Result<()> {
    let why = match one.relation {
        Relation::OtherTable => ", which is another kind of code",
        Relation::Hexadecimal => ", if the digits are hexadecimal",
        Relation::Inside => ", the status inside this one",
        _ => "",
    };
    page.text(2, &format!("{}{why}", named(one.kind, one.written.as_deref(), one.symbol)))
}
