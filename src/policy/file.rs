//! A policy as its file says it: what is promised of every host, of groups, and of single hosts.

use toml::de::DeTable;

use super::{
    hosts::Hosts,
    mistake::Mistake,
    table::{Promises, is_group},
};

/// What is promised of some hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    /// Which hosts; none for every target.
    pub hosts: Option<Vec<Hosts>>,
    /// What of them.
    pub promises: Promises,
}

const DEFAULTS: &str = "defaults";
const GROUPS: &str = "groups";
const HOSTS: &str = "hosts";
const HOST: &str = "a host, host:port, *.domain or a network such as 10.20.0.0/16 is expected";

/// The layers of a policy, later ones above earlier ones: defaults, groups in the order of the file, hosts.
///
/// # Errors
/// The first mistake in it.
pub(super) fn layers(text: &str) -> Result<Vec<Layer>, Mistake> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Mistake::at(text, at, format!("no TOML: {}", error.message().replace('\n', ", ")))
    })?;
    let whole = parsed.get_ref();
    let mut defaults = Promises::default();
    defaults.read(text, "", whole, &[DEFAULTS, GROUPS, HOSTS])?;
    if let Some(table) = table(text, whole, DEFAULTS)? {
        defaults.read(text, "", table, &[])?;
    }
    let mut layers = vec![Layer { hosts: None, promises: defaults }];
    if let Some(table) = table(text, whole, GROUPS)? {
        layers.extend(each(text, table, group)?);
    }
    if let Some(table) = table(text, whole, HOSTS)? {
        layers.extend(each(text, table, host)?);
    }
    Ok(layers)
}

/// The table of this name, if there is one.
fn table<'t, 'i>(text: &str, whole: &'t DeTable<'i>, name: &str) -> Result<Option<&'t DeTable<'i>>, Mistake> {
    let Some(given) = whole.get(name) else { return Ok(None) };
    let table = given.get_ref().as_table();
    table.map(Some).ok_or_else(|| Mistake::at(text, given.span().start, format!("{name} is a table")))
}

/// A place in the file.
struct Entry<'t, 'i> {
    text: &'t str,
    name: &'t str,
    at: usize,
    table: &'t DeTable<'i>,
}

/// The layers of the tables in a table, in the order of the file.
fn each(
    text: &str,
    tables: &DeTable<'_>,
    read: fn(&Entry<'_, '_>) -> Result<Layer, Mistake>,
) -> Result<Vec<Layer>, Mistake> {
    let mut entries: Vec<_> = tables.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut layers = Vec::new();
    for (name, given) in entries {
        let (at, name) = (name.span().start, name.get_ref());
        let table = given.get_ref().as_table();
        let table = table.ok_or_else(|| Mistake::at(text, at, format!("{name} is a table of promises")))?;
        layers.push(read(&Entry { text, name, at, table })?);
    }
    Ok(layers)
}

fn group(entry: &Entry<'_, '_>) -> Result<Layer, Mistake> {
    let Entry { text, name, at, table } = entry;
    let given = table.get(HOSTS);
    let given = given.ok_or_else(|| Mistake::at(text, *at, format!("the group {name} needs its hosts")))?;
    let at = given.span().start;
    let list =
        given.get_ref().as_array().ok_or_else(|| Mistake::at(text, at, "a list of hosts is expected"))?;
    let hosts = list.iter().map(|one| {
        let host = one.get_ref().as_str().and_then(Hosts::of);
        host.ok_or_else(|| Mistake::at(text, one.span().start, HOST))
    });
    let hosts = hosts.collect::<Result<_, _>>()?;
    let mut promises = Promises::default();
    promises.read(text, "", table, &[HOSTS])?;
    Ok(Layer { hosts: Some(hosts), promises })
}

fn host(entry: &Entry<'_, '_>) -> Result<Layer, Mistake> {
    let Entry { text, name, at, table } = entry;
    let hosts = Hosts::of(name).ok_or_else(|| Mistake::at(text, *at, HOST))?;
    let mut promises = Promises::default();
    promises.read(text, "", table, &[]).map_err(|mistake| unquoted(mistake, table))?;
    Ok(Layer { hosts: Some(vec![hosts]), promises })
}

/// A name with dots that is not in quotation marks is a table in a table.
fn unquoted(mistake: Mistake, table: &DeTable<'_>) -> Mistake {
    let mut inner = table.iter().filter(|(_, given)| given.get_ref().is_table());
    match inner.any(|(name, _)| !is_group(name.get_ref())) {
        true => {
            let what =
                format!("{}; a host with dots is quoted: [hosts.\"rdsh01.corp.example\"]", mistake.what);
            Mistake { what, ..mistake }
        }
        false => mistake,
    }
}
