//! Who may do what with a file, read from a security descriptor in SDDL (MS-DTYP 2.5.1).

/// Reading the data of a file, or listing a folder.
pub(super) const READ: u32 = 0x1;
/// Writing the data of a file, or making a file in a folder.
pub(super) const WRITE: u32 = 0x2;
/// Everything that can be done with a file.
pub(super) const FULL: u32 = 0x001F_01FF;

/// NETWORK SERVICE, the account of the Remote Desktop service, with the groups it is in and the service itself.
pub(super) const NETWORK_SERVICE: &[&str] =
    &["S-1-5-20", "S-1-1-0", "S-1-5-11", "S-1-5-32-545", "S-1-5-6", TERM_SERVICE];
/// SYSTEM, with the groups it is in.
pub(super) const SYSTEM: &[&str] = &["S-1-5-18", "S-1-1-0", "S-1-5-11", "S-1-5-32-544"];
/// Administrators.
pub(super) const ADMINISTRATORS: &[&str] = &["S-1-5-32-544", "S-1-1-0"];

const TERM_SERVICE: &str = "S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104";

/// More entries are not read; Windows allows fewer in 64 KiB.
const MOST: usize = 4096;

/// An entry of an access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    allows: bool,
    rights: u32,
    who: String,
}

/// The part of a security descriptor that decides about access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// None where there is no list at all: then everyone may do everything.
    entries: Option<Vec<Entry>>,
}

impl Access {
    /// Reads SDDL; none where it holds no access control list, or one that cannot be read.
    pub(super) fn read(sddl: &str) -> Option<Self> {
        let list = &sddl[sddl.find("D:")? + 2..];
        let list = &list[..list.find("S:").unwrap_or(list.len())];
        if list.starts_with("NO_ACCESS_CONTROL") {
            return Some(Self { entries: None });
        }
        let texts = list.split('(').skip(1).take(MOST);
        let mut entries = Vec::new();
        for text in texts {
            match entry(text.split(')').next().unwrap_or_default())? {
                Effect::Decides(entry) => entries.push(entry),
                Effect::None => {}
            }
        }
        Some(Self { entries: Some(entries) })
    }

    /// Whether someone with these security identifiers gets all of these rights; the order of the entries counts.
    pub(super) fn allows(&self, who: &[&str], rights: u32) -> bool {
        let Some(entries) = &self.entries else { return true };
        let mut wanted = rights;
        for entry in entries.iter().filter(|entry| who.contains(&entry.who.as_str())) {
            match entry.allows {
                true => wanted &= !entry.rights,
                false if wanted & entry.rights != 0 => return false,
                false => {}
            }
        }
        wanted == 0
    }
}

/// What an entry does for the object itself.
enum Effect {
    Decides(Entry),
    None,
}

/// None if it cannot be read.
fn entry(text: &str) -> Option<Effect> {
    let mut fields = text.split(';');
    let (kind, flags, rights) = (fields.next()?, fields.next()?, fields.next()?);
    let who = fields.nth(2)?;
    let allows = match kind {
        "A" => true,
        "D" => false,
        // Conditional and object entries depend on more than who asks.
        _ => return Some(Effect::None),
    };
    let inherited_only = pairs(flags).any(|flag| flag == "IO");
    let entry = Entry { allows, rights: mask(rights)?, who: identifier(who) };
    Some(if inherited_only { Effect::None } else { Effect::Decides(entry) })
}

fn pairs(text: &str) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(2).filter_map(|start| text.get(start..start + 2))
}

fn mask(rights: &str) -> Option<u32> {
    if let Some(digits) = rights.strip_prefix("0x").or_else(|| rights.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok().map(generic);
    }
    if rights.bytes().all(|byte| byte.is_ascii_digit()) && !rights.is_empty() {
        return rights.parse().ok().map(generic);
    }
    pairs(rights).map(right).try_fold(0, |all, right| Some(all | right?))
}

/// Generic rights as what they mean for a file.
fn generic(mask: u32) -> u32 {
    const GENERIC: [(u32, u32); 4] =
        [(1 << 31, 0x0012_0089), (1 << 30, 0x0012_0116), (1 << 29, 0x0012_00A0), (1 << 28, FULL)];
    GENERIC.iter().filter(|(bit, _)| mask & bit != 0).fold(mask, |all, (_, file)| all | file)
}

fn right(name: &str) -> Option<u32> {
    Some(match name {
        "GA" | "FA" => FULL,
        "GR" | "FR" => 0x0012_0089,
        "GW" | "FW" => 0x0012_0116,
        "GX" | "FX" => 0x0012_00A0,
        "CC" => 0x1,
        "DC" => 0x2,
        "LC" => 0x4,
        "SW" => 0x8,
        "RP" => 0x10,
        "WP" => 0x20,
        "DT" => 0x40,
        "LO" => 0x80,
        "CR" => 0x100,
        "SD" => 0x1_0000,
        "RC" => 0x2_0000,
        "WD" => 0x4_0000,
        "WO" => 0x8_0000,
        _ => return None,
    })
}

fn identifier(name: &str) -> String {
    let known = match name {
        "WD" => "S-1-1-0",
        "SU" => "S-1-5-6",
        "AU" => "S-1-5-11",
        "SY" => "S-1-5-18",
        "LS" => "S-1-5-19",
        "NS" => "S-1-5-20",
        "BA" => "S-1-5-32-544",
        "BU" => "S-1-5-32-545",
        other => other,
    };
    known.to_owned()
}
