//! What every way costs, in round trips and connections, as benches/README.md tells it.

#[path = "../../benches/round_trips/ways.rs"]
mod ways;

use ways::WAYS;

#[tokio::test(start_paused = true)]
async fn no_way_costs_more_than_is_told() {
    // TCP connections, round trips, and the fewest that the protocol allows.
    let told = [
        ("with NLA", 1, 9, 9),
        ("TLS only", 1, 6, 6),
        ("with NLA, and UDP", 1, 10, 10),
        ("TLS only, one hop", 2, 12, 12),
        ("HTTP proxy", 1, 10, 10),
        ("SOCKS5 proxy", 1, 11, 11),
        ("gateway, WebSocket, NTLM", 1, 17, 16),
        ("gateway, WebSocket, Basic", 1, 16, 15),
        ("gateway, HTTP twice, Basic", 2, 19, 15),
    ];
    for (way, told) in WAYS.iter().zip(told) {
        let measured = way.measure().await;
        let rows: Vec<_> = measured.rows.iter().map(|row| (row.name.as_str(), row.trips)).collect();
        assert!((measured.trips() - measured.trips().round()).abs() < 0.01, "{}: {rows:?}", way.name);
        let spent = format!("{:.0}", measured.trips()).parse().expect("a number");
        assert_eq!((way.name, measured.connections, spent, measured.minimum()), told, "{rows:?}");
    }
    assert_eq!(WAYS.len(), told.len());
}
