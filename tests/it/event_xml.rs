//! What Windows prints of an event log, read again.

use rdptrace::{
    codes::EVENT,
    internal::local::{
        event_query::{Part, queries, whole},
        event_xml::events,
    },
    local::{Event, MOST_EVENTS},
};
use time::{Duration, OffsetDateTime};

const PRINTED: &str = r#"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-TerminalServices-ClientActiveXCore' Guid='{28aa95bb-d444-4719-a36f-40462168127e}'/><EventID>1026</EventID><Version>0</Version><Level>4</Level><TimeCreated SystemTime='2026-11-22T10:11:12.1234567Z'/><Channel>Microsoft-Windows-TerminalServices-RDPClient/Operational</Channel><Security UserID='S-1-5-21-1'/></System><EventData><Data Name='Name'>Disconnect Reason</Data><Data Name='Value'>2308</Data><Data Name='CustomLevel'>Info</Data></EventData></Event>
<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Schannel'/><EventID Qualifiers='0'>36874</EventID><Level>2</Level><TimeCreated SystemTime="2026-11-22T10:11:11Z"/></System><EventData><Data>TLS 1.2 &amp; &#60;older&#62;</Data><Data></Data><Data>40</Data></EventData></Event>
<Event xmlns='x'><System><Provider Name='Microsoft-Windows-TerminalServices-RemoteConnectionManager'/><EventID>1149</EventID><Level>4</Level><TimeCreated SystemTime='2026-11-22T10:00:00Z'/></System><UserData><EventXML xmlns='Event_NS'><Param1>anna</Param1><Param3>192.0.2.7</Param3></EventXML></UserData></Event>
"#;

#[test]
fn named_unnamed_and_user_data_are_read() {
    let found = events(PRINTED);
    let ids: Vec<u32> = found.iter().map(|event| event.id).collect();
    assert_eq!(ids, [1026, 36874, 1149]);
    assert_eq!(found[0].data["Value"], "2308");
    assert_eq!(found[0].provider, "Microsoft-Windows-TerminalServices-ClientActiveXCore");
    assert_eq!(found[0].at.to_rfc3339().as_deref(), Some("2026-11-22T10:11:12.1234567Z"));
    assert_eq!(found[1].data["1"], "TLS 1.2 & <older>");
    assert_eq!(found[1].data["3"], "40");
    assert_eq!(found[1].level, Some(2));
    assert_eq!(found[2].data["Param3"], "192.0.2.7");
}

/// The output of a command ends where its bound is, and a log may be damaged.
#[test]
fn every_cut_and_every_damaged_byte_gives_what_is_whole() {
    for end in (0..PRINTED.len()).filter(|end| PRINTED.is_char_boundary(*end)) {
        assert!(events(&PRINTED[..end]).len() <= 3);
        let damaged = format!("{}<{}", &PRINTED[..end], &PRINTED[end..]);
        assert!(events(&damaged).len() <= 3);
    }
    assert_eq!(events(&PRINTED[..PRINTED.len() - 10]).len(), 2);
}

/// Whatever else a log holds, every event that checks look for is asked for, in queries that Windows takes.
#[test]
fn every_event_that_is_looked_for_is_asked_for_by_its_number() {
    for row in EVENT.rows().filter(|row| !row.channel.is_empty()) {
        let asked = queries(row.channel, None);
        let number = format!("EventID={} ", row.code.expect("an event has a number"));
        let among = |query: &&String| query.replace(')', " ").contains(&number);
        assert_eq!(asked.iter().filter(among).count(), 1, "{number} in {asked:?}");
        assert!(asked.iter().all(|query| query.matches('=').count() <= 20), "{asked:?}");
    }
    assert_eq!(
        queries("Security", Some(7)),
        [
            "*[System[(EventID=4624 or EventID=4625) and TimeCreated[timediff(@SystemTime)<=604800000]] and \
          EventData[Data[@Name='LogonType']='3' or Data[@Name='LogonType']='10']]",
            "*[System[(EventID=4768 or EventID=4769 or EventID=4771 or EventID=4776) and TimeCreated[timediff(@SystemTime)<=604800000]] and \
          EventData[Data[@Name='Status']!='0x0']]",
            "*[System[(EventID=4825 or EventID=6273) and TimeCreated[timediff(@SystemTime)<=604800000]]]"
        ]
    );
    assert!(queries("System", None).iter().all(|query| !query.contains("TimeCreated")));
}

/// Where one query was cut off, the others say nothing of what is older than that.
#[test]
fn several_queries_are_whole_since_the_latest_cut() {
    let event = |id: u32, minute: usize| Event {
        id,
        provider: "Schannel".to_owned(),
        at: (OffsetDateTime::UNIX_EPOCH + Duration::minutes(i64::try_from(minute).expect("small"))).into(),
        level: None,
        data: std::collections::BTreeMap::new(),
    };
    let part = |id, minutes: &[usize], is_cut| Part {
        events: minutes.iter().map(|minute| event(id, *minute)).collect(),
        is_cut,
    };
    let ids = |parts| {
        let (events, since) = whole(parts);
        let since = since.map(|since: OffsetDateTime| since.unix_timestamp() / 60);
        (events.iter().map(|event| event.id).collect::<Vec<_>>(), since)
    };
    assert_eq!(ids(vec![part(1, &[30, 10], false), part(2, &[20, 5], false)]), (vec![1, 2, 1, 2], None));
    assert_eq!(ids(vec![part(1, &[30, 10], true), part(2, &[20, 5], false)]), (vec![1, 2, 1], Some(10)));
    let many: Vec<usize> = (1000..1000 + MOST_EVENTS).rev().collect();
    let (told, since) = ids(vec![part(1, &many, false), part(2, &[1200, 20], false)]);
    assert_eq!((told.len(), since), (MOST_EVENTS + 1, Some(1000)));
}
