//! Prints the round trips of every way next to the protocol's minimum; `tests/it/round_trips.rs` holds them.

#![allow(clippy::disallowed_macros, missing_docs, reason = "a benchmark prints")]

mod ways;

use ways::{DELAY, Measured, WAYS};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        for way in WAYS {
            println!("{}, {} ms one way", way.name, DELAY.as_millis());
            table(&way.measure().await);
        }
    });
}

fn table(measured: &Measured) {
    println!("{:<22}{:>10}{:>14}{:>14}", "phase or step", "ms", "round trips", "minimum");
    let trip = 2000.0 * DELAY.as_secs_f64();
    for row in &measured.rows {
        println!("{:<22}{:>10.1}{:>14.2}{:>14}", row.name, row.trips * trip, row.trips, row.minimum);
    }
    let (spent, least) = (measured.trips(), measured.minimum());
    println!("{:<22}{:>10.1}{spent:>14.2}{least:>14}", "total", spent * trip);
    println!("TCP connections: {}\n", measured.connections);
}
