//! Event logs give every event that is looked for, however many others there are and whatever became of the file.

use std::io::Cursor;

use rdptrace::{
    internal::local::files::evtx::Log,
    local::{Event, Unreadable},
};
use time::{Duration, OffsetDateTime};

use super::evtx_writer::{Sample, log};

pub(super) const CLIENT: &str = "Microsoft-Windows-TerminalServices-RDPClient/Operational";

pub(super) const CLIENT_CORE: &str = "Microsoft-Windows-TerminalServices-ClientActiveXCore";
const AUDIT: &str = "Microsoft-Windows-Security-Auditing";

pub(super) fn noon() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_348_800).expect("a time")
}

fn sample(minutes: i64) -> Sample {
    Sample {
        channel: CLIENT,
        provider: CLIENT_CORE,
        id: 1026,
        at: noon() + Duration::minutes(minutes),
        data: vec![("Name", "Reason".to_owned()), ("Value", minutes.to_string())],
    }
}

fn opened(bytes: &[u8]) -> Log<Cursor<Vec<u8>>> {
    Log::open(Cursor::new(bytes.to_vec()), "log.evtx").unwrap_or_else(|why| panic!("{why}"))
}

fn values(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.data["Value"].as_str()).collect()
}

#[test]
fn a_log_gives_events_with_their_values_newest_first() {
    let data = vec![("", "one & <two>".to_owned()), ("Value", "x".to_owned()), ("", "three".to_owned())];
    let other = Sample { id: 1024, data, ..sample(0) };
    let own = vec![("Param1", "alice".to_owned()), ("Param2", "CORP".to_owned())];
    let user = Sample { id: 1027, at: noon() + Duration::SECOND, data: own, ..sample(0) };
    let log = opened(&log([other, user].into_iter()));
    assert_eq!(log.channels().collect::<Vec<_>>(), [CLIENT]);
    let events = log.events(CLIENT).expect("readable").expect("there");
    let [user, other] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((user.id, user.level, user.provider.as_str()), (1027, Some(4), CLIENT_CORE));
    assert_eq!((user.data["Param1"].as_str(), user.data["Param2"].as_str()), ("alice", "CORP"));
    assert_eq!((other.id, OffsetDateTime::from(other.at)), (1024, noon()));
    assert_eq!(other.data["1"], "one & <two>");
    assert_eq!((other.data["Value"].as_str(), other.data["2"].as_str()), ("x", "three"));
    assert_eq!(log.events("System"), Err(Unreadable::NotHeld));
    assert_eq!(log.notes(), [""; 0]);
}

/// A logon of this type.
fn logon(id: u32, kind: &str, minutes: i64) -> Sample {
    let data = vec![("LogonType", kind.to_owned()), ("Value", minutes.to_string())];
    Sample { channel: "Security", provider: AUDIT, id, data, ..sample(minutes) }
}

#[test]
fn a_log_is_read_whole_and_of_each_number_the_newest_events_are_kept() {
    let long = opened(&log((0..1200).map(sample).chain([Sample { id: 1024, ..sample(-90 * 24 * 60) }])));
    let events = long.events(CLIENT).expect("readable").expect("there");
    assert_eq!((events.len(), values(&events)[0], values(&events)[499]), (501, "1199", "700"));
    assert_eq!((events[500].id, values(&events)[500]), (1024, "-129600"), "as old as it may be");
    let span = long.span(CLIENT).expect("it was read");
    assert_eq!(OffsetDateTime::from(span.since), noon() - Duration::days(90));
    assert_eq!(OffsetDateTime::from(span.until), noon() + Duration::minutes(1199));
    assert_eq!(span.left_out.into_iter().collect::<Vec<_>>(), [(1026, 700)]);
    let days = opened(&log((0..40).map(|day| sample(day * 24 * 60))));
    assert_eq!(days.events(CLIENT).map(|events| events.map(|events| events.len())), Ok(Some(40)));
}

/// What nothing asks for takes no place of what is asked for, whatever it is.
#[test]
fn what_is_not_looked_for_hides_nothing() {
    let services = (0..1500).map(|minute| logon(4624, "5", minute));
    let unknown = (0..600).map(|minute| Sample { id: 4688, ..logon(4625, "3", minute) });
    let others = (0..600).map(|minute| Sample { provider: "Somebody", ..logon(4625, "3", minute) });
    let refused = logon(4625, "3", -60 * 24 * 60);
    let log = opened(&log([refused].into_iter().chain(services).chain(unknown).chain(others)));
    let events = log.events("Security").expect("readable").expect("there");
    assert_eq!((events.len(), values(&events)[0]), (1, "-86400"));
    assert!(log.span("Security").is_some_and(|span| span.left_out.is_empty()));
}

/// The records around events may say another time than the events do.
#[test]
fn the_span_of_a_log_is_that_of_its_events_own_times() {
    let mut bytes = log((0..3).map(sample));
    let ticks = |minutes: i64| {
        let at = noon() + Duration::minutes(minutes);
        ((at.unix_timestamp() + 11_644_473_600) as u64 * 10_000_000).to_le_bytes()
    };
    for minute in 0..3 {
        // Its first place is the head of the record.
        let own = ticks(minute);
        let at = bytes.windows(8).position(|bytes| bytes == own).expect("the record's time");
        bytes[at..at + 8].copy_from_slice(&ticks(-600));
    }
    let log = opened(&bytes);
    assert_eq!(log.newest(), Some(noon() + Duration::minutes(2)));
    let span = log.span(CLIENT).expect("it was read");
    assert_eq!(
        (OffsetDateTime::from(span.since), OffsetDateTime::from(span.until)),
        (noon(), noon() + Duration::minutes(2))
    );
}

#[test]
fn a_file_of_several_logs_gives_each() {
    let lsa = |minutes| Sample { channel: "System", provider: "LsaSrv", id: 40960, ..sample(minutes) };
    let log = opened(&log((0..300).map(lsa).chain((0..300).map(sample))));
    assert_eq!(log.events("System").map(|events| events.map(|events| events.len())), Ok(Some(300)));
    assert_eq!(log.events(CLIENT).map(|events| events.map(|events| events.len())), Ok(Some(300)));
    assert_eq!(log.events("Security"), Err(Unreadable::NotHeld));
    assert_eq!(log.span("Security"), None);
}

#[test]
fn an_empty_log_is_known_by_its_name() {
    let bytes = log(std::iter::empty());
    let name = "Microsoft-Windows-TerminalServices-RDPClient%4Operational.evtx";
    let log = Log::open(Cursor::new(bytes), name).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!((log.events(CLIENT), log.span(CLIENT)), (Ok(Some(Vec::new())), None));
    assert_eq!(log.events("System"), Err(Unreadable::NotHeld));
}

#[test]
fn a_damaged_log_gives_what_can_be_read_and_says_so() {
    let whole = log((0..1200).map(sample));
    let cut = opened(&whole[..whole.len() - 70_000]);
    assert!(cut.events(CLIENT).is_ok());
    assert_eq!(cut.notes(), ["it is cut off, so events may be missing"]);
    // Between two chunks only the header tells that there were more.
    let between = opened(&whole[..whole.len() - 65_536]);
    assert_eq!(between.notes(), ["it is cut off, so events may be missing"]);

    let mut dirty = whole.clone();
    dirty[120] = 1;
    let dirty = opened(&dirty);
    assert_eq!(dirty.notes(), ["it was copied while it was in use, so its newest events may be missing"]);

    let mut broken = whole.clone();
    let last = whole.len() - 65_536;
    broken[last + 600..last + 900].fill(0xff);
    let broken = opened(&broken);
    let events = broken.events(CLIENT).expect("readable").expect("there");
    assert!(events.len() > 400, "{}", events.len());
    assert!(broken.notes().iter().any(|note| note.contains("damaged")), "{:?}", broken.notes());
    assert!(Log::open(Cursor::new(b"MZ"), "x").is_err());
}

/// Every number of the file may be anything: nothing panics, and nothing goes on for ever.
#[test]
fn a_hostile_log_is_read_to_an_end() {
    let whole = log((0..3).map(sample));
    let end = 4096 + 512 + 2500;
    for at in (0..128).chain(4096..4096 + 512).chain(4096 + 512..end).step_by(17) {
        for byte in [0, 0xff, 0x0c, 0x41] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let Ok(log) = Log::open(Cursor::new(bytes), "x.evtx") else { continue };
            let _ = (log.events(CLIENT), log.notes());
        }
    }
}
