//! A configuration of OpenSSL as its library reads it (config(5)): sections, values, variables and other files in place.

use crate::local::{Survey, Unreadable};

/// Files in files.
const DEEPEST: usize = 4;
/// More lines of all files are not read.
const MOST: usize = 20_000;

/// Its sections, each with its settings in order; the first one has no name.
pub(super) struct File {
    sections: Vec<(String, Vec<(String, String)>)>,
    /// The first thing that the library refuses, or that is not understood here.
    pub unclear: Option<String>,
    lines: usize,
}

impl File {
    /// Reads it with what it includes.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn read(survey: &Survey<'_>, text: &str) -> Result<Self, Unreadable> {
        let mut file = Self { sections: vec![(String::new(), Vec::new())], unclear: None, lines: 0 };
        file.text(survey, text, &mut 0, 0)?;
        Ok(file)
    }

    /// The settings of a section; none where there is no such section.
    pub(super) fn section(&self, name: &str) -> Option<&[(String, String)]> {
        self.sections.iter().find(|(own, _)| own == name).map(|(_, settings)| settings.as_slice())
    }

    /// The value of a setting of the section without a name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.sections[0].1.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn text(
        &mut self,
        survey: &Survey<'_>,
        text: &str,
        own: &mut usize,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let mut begun = String::new();
        for line in text.lines() {
            self.lines += 1;
            if self.lines > MOST {
                self.unclear("the file is longer than what is read of it");
                return Ok(());
            }
            let line = line.split('#').next().unwrap_or_default().trim_end();
            if let Some(part) = line.strip_suffix('\\') {
                begun.push_str(part);
                continue;
            }
            let whole = std::mem::take(&mut begun) + line;
            self.line(survey, whole.trim(), own, depth)?;
        }
        if !begun.is_empty() {
            self.unclear(&begun);
        }
        Ok(())
    }

    fn line(
        &mut self,
        survey: &Survey<'_>,
        line: &str,
        own: &mut usize,
        depth: usize,
    ) -> Result<(), Unreadable> {
        if line.is_empty() {
            return Ok(());
        }
        if let Some(name) = line.strip_prefix('[') {
            match name.strip_suffix(']').map(str::trim).filter(|name| is_name(name)) {
                Some(name) => *own = self.open(name),
                None => self.unclear(line),
            }
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix(".include") {
            return self.include(survey, rest.trim().trim_start_matches('=').trim(), own, depth);
        }
        match line.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some((name, value)) if is_name(name) && !name.starts_with('.') && !name.contains("::") => {
                let value = self.replaced(value, *own);
                self.sections[*own].1.retain(|(known, _)| known != name);
                self.sections[*own].1.push((name.to_owned(), value));
            }
            _ => self.unclear(line),
        }
        Ok(())
    }

    /// What another file says at this place.
    fn include(
        &mut self,
        survey: &Survey<'_>,
        path: &str,
        own: &mut usize,
        depth: usize,
    ) -> Result<(), Unreadable> {
        if !path.starts_with('/') || depth >= DEEPEST {
            self.unclear(&format!(".include {path}"));
            return Ok(());
        }
        if let Ok(Some(names)) = survey.machine.folder(path) {
            let is_own = |name: &&String| name.ends_with(".cnf") || name.ends_with(".conf");
            for name in names.iter().filter(is_own) {
                let text = survey.machine.text(&format!("{path}/{name}"))?.unwrap_or_default();
                self.text(survey, &text, own, depth + 1)?;
            }
            return Ok(());
        }
        match survey.machine.text(path)? {
            Some(text) => self.text(survey, &text, own, depth + 1)?,
            // Which no program minds, but somebody wanted it there.
            None => self.unclear(&format!(".include {path}")),
        }
        Ok(())
    }

    fn open(&mut self, name: &str) -> usize {
        if let Some(known) = self.sections.iter().position(|(own, _)| own == name) {
            return known;
        }
        self.sections.push((name.to_owned(), Vec::new()));
        self.sections.len() - 1
    }

    /// Without quotes, and with the value of a variable where it is nothing else; a part of it stays, which no setting knows.
    fn replaced(&self, value: &str, own: usize) -> String {
        let value = value.trim_matches(['"', '\'']);
        let Some(name) = value.strip_prefix('$') else { return value.to_owned() };
        let name = name.trim_start_matches(['{', '(']).trim_end_matches(['}', ')']);
        let of = |at: usize| self.sections[at].1.iter().rev().find(|(known, _)| known == name);
        of(own).or_else(|| of(0)).map_or_else(|| value.to_owned(), |(_, value)| value.clone())
    }

    fn unclear(&mut self, what: &str) {
        self.unclear.get_or_insert_with(|| what.escape_debug().to_string());
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-: ".contains(c))
}
