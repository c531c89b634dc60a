//! No file of a room needs one that needs it: the files of a room have an order, as the rooms have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layers::rooms;

/// Rooms that may still have circles, each with the reason.
const EXCUSED: &[(&str, &str)] = &[
    ("diagnose", "a rule uses what the facts make of a trace, and they use the rules' helpers"),
    ("net", "a connection is dialled through the trait that dials it"),
    ("phase", "the steps of a gateway and of a KDC share what the phase around them holds"),
    ("probe", "a hop is probed by what follows hops"),
    ("report", "a phase record holds the records of a gateway's steps"),
];

/// A path of modules and items, from `src` down.
type Names = Vec<String>;

/// A file as a module: what it imports by which name, the modules that it declares, and every path that it writes.
struct Module {
    imports: BTreeMap<String, Names>,
    declared: BTreeSet<String>,
    written: BTreeSet<Names>,
}

/// Every module of the program by its path.
struct Modules(BTreeMap<Names, Module>);

impl Modules {
    fn read() -> Self {
        let files = rooms().into_iter().map(|(_, path, code)| (module(&path), code));
        let files: BTreeMap<_, _> = files.collect();
        let known: BTreeSet<_> = files.keys().cloned().collect();
        Self(files.iter().map(|(name, code)| (name.clone(), Module::read(name, code, &known))).collect())
    }

    /// The module that this path leads to and the item in it, through re-exports and imports.
    fn home(&self, path: &[String]) -> (Names, Option<String>) {
        let mut path = path.to_vec();
        // An import may lead to another one, but a chain of them is short.
        for _ in 0..8 {
            let depth = (0..=path.len()).rev().find(|depth| self.0.contains_key(&path[..*depth]));
            let (module, rest) = path.split_at(depth.unwrap_or(0));
            let Some((item, below)) = rest.split_first() else { return (module.to_vec(), None) };
            match self.0.get(module).and_then(|module| module.imports.get(item)) {
                Some(import) => path = [import.as_slice(), below].concat(),
                // One whose file has another name on each system.
                None if self.0.get(module).is_some_and(|module| module.declared.contains(item)) => {
                    return (module.to_vec(), None);
                }
                None => return (module.to_vec(), Some(item.clone())),
            }
        }
        panic!("{path:?} leads nowhere");
    }

    /// The files of its own room that a module uses items of, with those items.
    fn ties(&self, name: &Names) -> BTreeMap<Names, BTreeSet<String>> {
        let mut ties = BTreeMap::<_, BTreeSet<_>>::new();
        for path in &self.0[name].written {
            let (home, item) = self.home(path);
            if let Some(item) = item.filter(|_| home != *name && home.first() == name.first()) {
                ties.entry(home).or_default().insert(item);
            }
        }
        ties
    }
}

impl Module {
    fn read(name: &Names, code: &str, known: &BTreeSet<Names>) -> Self {
        let declared = code.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
        let declared = declared.map(|name| name.trim_end_matches(';').to_owned()).collect();
        let mut module = Self { imports: BTreeMap::new(), declared, written: BTreeSet::new() };
        let mut rest = code;
        let mut body = String::new();
        let mut passed_on = Vec::new();
        while let Some((before, private, after)) = next_import(rest) {
            body.push_str(before);
            let (list, after) = after.split_once(';').expect("an end of the import");
            for mut path in spread(list) {
                let alias = path.pop().expect("a name");
                let last = path.last().cloned().unwrap_or_default();
                let Some(path) = absolute(name, &path, known, &module.imports) else { continue };
                let alias = if alias == "self" { last } else { alias };
                module.imports.insert(alias.clone(), path.clone());
                match private {
                    true => drop(module.written.insert(path)),
                    false => passed_on.push((alias, path)),
                }
            }
            rest = after;
        }
        body.push_str(rest);
        let words = body.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        for word in words.filter(|word| word.contains("::")) {
            let path: Names =
                word.split("::").map(str::to_owned).take_while(|part| !part.is_empty()).collect();
            module.written.extend(absolute(name, &path, known, &module.imports));
        }
        module
    }
}

/// What comes before the next import, whether it is for this module alone, and what comes after its `use`.
fn next_import(code: &str) -> Option<(&str, bool, &str)> {
    let lines = code.split_inclusive('\n').scan(0, |start, line| {
        *start += line.len();
        Some((*start - line.len(), line.trim_start()))
    });
    for (start, line) in lines {
        let public = line.strip_prefix("pub").map(|rest| match rest.strip_prefix('(') {
            Some(limit) => limit.split_once(')').map_or("", |(_, rest)| rest),
            None => rest,
        });
        if let Some(rest) = public.unwrap_or(line).trim_start().strip_prefix("use ") {
            let after = &code[start..];
            let after = &after[after.find(rest).expect("the rest of the line")..];
            return Some((&code[..start], public.is_none(), after));
        }
    }
    None
}

/// The paths of a list of imports, each with the name that it gets here as its last part.
fn spread(list: &str) -> Vec<Names> {
    let mut found = Vec::new();
    for item in crate::layers::top_level(&format!("{list}}}")) {
        if let Some((path, inner)) = item.split_once('{') {
            let path: Names = parts(path);
            let inner = inner.trim_end().strip_suffix('}').expect("an end of the list");
            found.extend(spread(inner).into_iter().map(|below| match below.as_slice() {
                [only, _] if only == "self" => [path.as_slice(), &path[path.len() - 1..]].concat(),
                _ => [path.as_slice(), &below].concat(),
            }));
        } else {
            let (path, alias) = item.split_once(" as ").unwrap_or((item, ""));
            let mut path = parts(path);
            let alias = if alias.is_empty() { path[path.len() - 1].clone() } else { alias.trim().to_owned() };
            path.push(alias);
            found.push(path);
        }
    }
    found
}

fn parts(path: &str) -> Names {
    path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The path from `src` down, if it is one of this program.
fn absolute(
    module: &Names,
    path: &[String],
    known: &BTreeSet<Names>,
    imports: &BTreeMap<String, Names>,
) -> Option<Names> {
    let (first, rest) = path.split_first()?;
    let child = [module.as_slice(), std::slice::from_ref(first)].concat();
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module.as_slice(), rest].concat()),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            Some([&module[..module.len().checked_sub(up)?], &path[up..]].concat())
        }
        _ if known.contains(&child) => Some([child.as_slice(), rest].concat()),
        _ => imports.get(first).map(|import| [import.as_slice(), rest].concat()),
    }
}

/// The path of a file as a module.
fn module(path: &Path) -> Names {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let path = path.strip_prefix(src).expect("below src").with_extension("");
    let names: Names = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    match names.split_last() {
        Some((last, folder)) if last == "mod" => folder.to_vec(),
        _ => names,
    }
}

/// The files that a file needs, and those that they need.
fn needs(ties: &BTreeMap<Names, BTreeMap<Names, BTreeSet<String>>>, from: &Names) -> BTreeSet<Names> {
    let mut found = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for tie in ties.get(file).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(tie.clone()) {
                next.push(tie);
            }
        }
    }
    found
}

#[test]
fn no_file_of_a_room_needs_a_file_that_needs_it() {
    let modules = Modules::read();
    let ties: BTreeMap<_, _> = modules.0.keys().map(|name| (name.clone(), modules.ties(name))).collect();
    let needed: BTreeMap<_, _> = ties.keys().map(|name| (name, needs(&ties, name))).collect();
    let mut circles = BTreeMap::<&str, Vec<String>>::new();
    for (file, ties) in &ties {
        for (other, items) in ties.iter().filter(|(other, _)| needed[other].contains(file)) {
            let items = items.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let line = format!("{} uses {items} of {}", file.join("/"), other.join("/"));
            circles.entry(&file[0]).or_default().push(line);
        }
    }
    for (room, why) in EXCUSED {
        assert!(circles.remove(room).is_some(), "{room} has no circle and needs no excuse ({why})");
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn arguments_use_no_command_and_no_command_uses_another() {
    let modules = Modules::read();
    let path = |name: &Names| name.join("/");
    let mut wrong = Vec::new();
    for (name, _) in modules.0.iter().filter(|(name, _)| name.first().is_some_and(|room| room == "cli")) {
        let own = match (name.get(1).map(String::as_str), name.get(2)) {
            (Some("arguments"), _) => None,
            (Some("commands"), Some(command)) => Some(command),
            _ => continue,
        };
        let ties = modules.ties(name).into_keys();
        let commands = ties.filter(|tie| tie.get(1).is_some_and(|part| part == "commands"));
        let others = commands.filter(|tie| tie.get(2) != own);
        wrong.extend(others.map(|tie| format!("{} uses {}", path(name), path(&tie))));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
