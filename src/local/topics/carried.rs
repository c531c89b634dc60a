//! What an event carries: whom it is about, where from, in which state, and with which code.

use crate::{
    codes::{GATEWAY_STATUS, NTSTATUS},
    local::Event,
};

/// What is told of an event, each with the names that its value may have.
const TOLD: &[(&str, &[&str])] = &[
    ("user", &["User", "Username", "TargetUserName", "AccountName"]),
    ("from", &["IPString", "ClientIP", "IpAddress", "Address", "ClientAddress"]),
    ("workstation", &["WorkstationName", "Workstation"]),
    ("to", &["Resource"]),
    ("component", &["Component", "ComponentName"]),
    ("reason", &["Reason", "ReasonCode"]),
    ("code", &["ErrorCode", "Error", "HRESULT"]),
    ("listener", &["ListenerName"]),
];

const WHO: [&str; 3] = ["user", "from", "workstation"];

/// What is told of an event whose values say no more than their places.
struct Places {
    provider: &'static str,
    ids: &'static [u32],
    /// What is told, and the place of its value.
    told: &'static [(&'static str, u8)],
}

/// The Remote Desktop service as a provider of events.
pub(super) const RCM: &str = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
/// What asks a connection broker, as a provider of events.
pub(super) const BROKER_CLIENT: &str = "Microsoft-Windows-TerminalServices-SessionBroker-Client";

const PLACES: &[Places] = &[
    Places { provider: "TermDD", ids: &[50], told: &[("component", 2)] },
    Places { provider: "TermDD", ids: &[56], told: &[("from", 2)] },
    Places { provider: RCM, ids: &[1149], told: &[("domain", 2), ("user", 1), ("from", 3)] },
    Places { provider: RCM, ids: &[1158], told: &[("from", 1)] },
    Places { provider: RCM, ids: &[1051, 1057, 1058], told: &[("code", 1)] },
    Places { provider: RCM, ids: &[260], told: &[("listener", 1), ("code", 2)] },
    Places { provider: BROKER_CLIENT, ids: &[1280, 1284], told: &[("broker", 1), ("code", 2)] },
    Places { provider: BROKER_CLIENT, ids: &[1296, 1306], told: &[("domain", 1), ("user", 2), ("code", 3)] },
    Places { provider: BROKER_CLIENT, ids: &[1303], told: &[("broker", 1), ("code", 2)] },
    Places { provider: BROKER_CLIENT, ids: &[1305], told: &[("broker", 1)] },
    Places { provider: BROKER_CLIENT, ids: &[1300], told: &[("from", 1), ("code", 2)] },
    Places {
        provider: BROKER_CLIENT,
        ids: &[1307],
        told: &[("domain", 1), ("user", 2), ("to", 3), ("address", 4)],
    },
];

/// More of a value is not told, in characters.
const LONGEST: usize = 120;
/// So many values of an event that nobody knows are told.
const UNKNOWN: usize = 4;

/// Whom a logon was for and where it came from; empty where the event does not say.
pub(super) fn who(event: &Event) -> String {
    let parts = TOLD.iter().filter(|(what, _)| WHO.contains(what));
    let parts = parts.filter_map(|(what, names)| Some(part(what, &value(event, names)?)));
    parts.collect::<Vec<_>>().join(", ")
}

/// In words; empty where the event carries nothing.
pub(super) fn carried(event: &Event) -> String {
    let named = TOLD.iter().filter_map(|(what, names)| Some(part(what, &value(event, names)?)));
    let mut parts: Vec<String> = named.collect();
    parts.extend(state(event));
    parts.extend(placed(event));
    parts.extend(status(event).map(|status| format!("status {}", code(status))));
    if parts.is_empty() {
        let others = event.data.iter().filter(|(name, value)| *name != "Binary" && says(value));
        parts.extend(others.take(UNKNOWN).map(|(name, value)| match name.parse::<u8>() {
            Ok(_) => short(value),
            Err(_) => format!("{name} {}", short(value)),
        }));
    }
    parts.join(", ")
}

/// A number that an event or a message holds, with its name where it has one.
pub(super) fn code(number: u32) -> String {
    // NTSTATUS inside an HRESULT.
    let number = if number >> 28 == 0xd { number & 0xcfff_ffff } else { number };
    let system = matches!(number >> 16, 0x8007).then_some(number & 0xffff);
    let gateway = system.or((number < 0x1_0000).then_some(number)).filter(|number| *number >= 23_000);
    let written = if number < 0x1_0000 { number.to_string() } else { format!("0x{number:08X}") };
    match (NTSTATUS.symbol(number), gateway.and_then(|number| GATEWAY_STATUS.symbol(number)), system) {
        (Some(symbol), ..) if number >= 0x1_0000 => format!("{written} {symbol}"),
        (_, Some(symbol), _) => format!("{written} {symbol}"),
        (_, None, Some(system)) => format!("{written}, which is {system} of Windows"),
        _ => written,
    }
}

/// A number as events write it, in decimal, which may be signed, or with 0x.
pub(super) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned)),
    }
}

fn part(what: &str, value: &str) -> String {
    match number(value) {
        Some(number) if what == "code" => format!("code {}", code(number)),
        // Some events hold the words of a status.
        None if what == "code" => format!("\"{}\"", short(value)),
        _ => format!("{what} {}", short(value)),
    }
}

fn value(event: &Event, names: &[&str]) -> Option<String> {
    let own = |name: &&str| event.data.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    let (name, found) = names.iter().find_map(own).filter(|(_, value)| says(value))?;
    let of = |user: &str| match user {
        "TargetUserName" => event.data.get("TargetDomainName"),
        "AccountName" => event.data.get("AccountDomain"),
        _ => None,
    };
    Some(match of(name).filter(|domain| says(domain)) {
        Some(domain) => format!("{domain}\\{}", found.trim()),
        None => found.clone(),
    })
}

/// The step of a state machine that failed.
fn state(event: &Event) -> Option<String> {
    let of = |names: &[&str]| value(event, names);
    let machine = of(&["StateTransition", "StateTransitionName"])?;
    let (from, to) = (of(&["PreviousStateName"])?, of(&["NewStateName"])?);
    let on = of(&["EventName"]).map(|on| format!(" on {}", short(&on))).unwrap_or_default();
    Some(format!("{} went from {} to {}{on}", short(&machine), short(&from), short(&to)))
}

fn placed(event: &Event) -> Vec<String> {
    let own = |places: &&Places| places.provider == event.provider && places.ids.contains(&event.id);
    let Some(places) = PLACES.iter().find(own) else { return Vec::new() };
    let at =
        |place: u8| value(event, &[&place.to_string(), &format!("Param{place}")]).filter(|value| says(value));
    let told = places.told.iter().filter_map(|(what, place)| Some(part(what, &at(*place)?)));
    told.collect()
}

/// The status at the end of what is no text.
fn status(event: &Event) -> Option<u32> {
    let binary = event.data.get("Binary").filter(|_| event.provider == "TermDD")?;
    let bytes = hex::decode(binary.trim()).ok()?;
    let status = bytes.last_chunk().map(|last| u32::from_le_bytes(*last))?;
    // Of other lengths it is the packet that could not be read.
    matches!(status >> 28, 0x8 | 0xc | 0xd).then_some(status)
}

fn says(value: &str) -> bool {
    !matches!(value.trim(), "" | "-" | "0" | "0x0" | "0x00000000")
}

fn short(value: &str) -> String {
    let value = value.trim().replace(['\r', '\n'], " ");
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} ...", &value[..end]),
        None => value,
    }
}
