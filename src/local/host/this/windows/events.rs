//! Event logs, as the system's own tool prints them.

use super::{Answer, Event, ThisMachine, Unreadable, commands};
use crate::local::host::{EVENT_DAYS, MOST_EVENTS, event_xml};

/// The tool's exit codes are numbers of Windows.
const ACCESS_DENIED: i32 = 5;
const CHANNEL_NOT_FOUND: i32 = 15007;
/// Five hundred events of 8 KiB each.
const MOST: u64 = 4 << 20;

/// The newest events of a channel.
pub fn events(_machine: &ThisMachine, channel: &str) -> Answer<Vec<Event>> {
    let since = EVENT_DAYS * 24 * 60 * 60 * 1000;
    let query = format!("/q:*[System[TimeCreated[timediff(@SystemTime)<={since}]]]");
    let count = format!("/c:{MOST_EVENTS}");
    // By its whole path: Windows looks for a bare name beside this program first.
    let tool = super::super::expanded(r"%SystemRoot%\System32\wevtutil.exe");
    let printed =
        commands::bytes(&[&tool, "qe", channel, &query, "/rd:true", &count, "/f:xml", "/uni:true"], MOST)?;
    match printed {
        None => Err(Unreadable::NotHeld),
        // Where there is more than is read, the tool meets a closed pipe.
        Some((_, bytes)) if bytes.len() as u64 == MOST => Ok(Some(event_xml::events(&utf16(&bytes)))),
        Some((0, bytes)) => Ok(Some(event_xml::events(&utf16(&bytes)))),
        Some((ACCESS_DENIED, _)) => Err(Unreadable::Denied),
        Some((CHANNEL_NOT_FOUND, _)) => Ok(None),
        Some((code, _)) => Err(Unreadable::Failed(format!("wevtutil ended with {code}"))),
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    String::from_utf16_lossy(&units.collect::<Vec<_>>()).trim_start_matches('\u{feff}').to_owned()
}
