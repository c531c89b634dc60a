//! What Windows prints of an event log, read again.

use rdptrace::local::event_xml::events;

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
