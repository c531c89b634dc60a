//! How many hosts are probed at once and how fast, in virtual time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::ControlFlow,
    time::Duration,
};

use rdptrace::internal::scan::{Ended, Pace, Stopped, Why, run};
use tokio::time::{Instant, sleep};

/// Hosts of two ports each where `ports` is two; it keeps who ended when.
struct Told {
    ports: u64,
    began: Instant,
    ended: BTreeMap<u64, Duration>,
    takes: usize,
}

impl Told {
    fn new() -> Self {
        Self { ports: 1, began: Instant::now(), ended: BTreeMap::new(), takes: usize::MAX }
    }
}

impl Ended<()> for Told {
    fn host(&self, index: u64) -> String {
        (index / self.ports).to_string()
    }

    fn ended(&mut self, index: u64, (): ()) -> ControlFlow<()> {
        assert_eq!(self.ended.insert(index, self.began.elapsed()), None, "{index} ended twice");
        if self.ended.len() < self.takes { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn pace(at_once: usize) -> Pace {
    Pace { at_once, per_second: None }
}

#[tokio::test(start_paused = true)]
async fn a_silent_host_holds_nobody_up() {
    let mut told = Told::new();
    let probe = async |index| sleep(if index == 0 { SECOND * 60 } else { SECOND }).await;
    let stopped = run(pace(4), 0..100, probe, &mut told, std::future::pending()).await;
    assert_eq!(stopped, None);
    assert_eq!(told.ended.len(), 100);
    // 99 hosts of a second on three places.
    assert_eq!(told.ended.values().filter(|end| **end <= SECOND * 33 + SECOND / 10).count(), 99);
}

#[tokio::test(start_paused = true)]
async fn silent_hosts_take_their_time_divided_by_how_many_are_probed_at_once() {
    let mut told = Told::new();
    let (running, most) = (Cell::new(0), Cell::new(0));
    let probe = async |_| {
        running.set(running.get() + 1);
        most.set(most.get().max(running.get()));
        sleep(SECOND * 10).await;
        running.set(running.get() - 1);
    };
    run(pace(250), 0..10_000, probe, &mut told, std::future::pending()).await;
    let took = told.began.elapsed();
    assert!(took >= SECOND * 400 && took < SECOND * 404, "{took:?}");
    assert_eq!(most.get(), 250);
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_kept_and_no_burst_follows_a_pause() {
    let began = RefCell::new(Vec::new());
    let mut told = Told::new();
    let probe = async |index: u64| {
        began.borrow_mut().push(Instant::now());
        // The first two hold both places, so nobody begins for ten seconds.
        sleep(if index < 2 { SECOND * 10 } else { SECOND / 100 }).await;
    };
    let pace = Pace { at_once: 2, per_second: Some(20.0) };
    run(pace, 0..200, probe, &mut told, std::future::pending()).await;
    let began = began.into_inner();
    assert_eq!(began.len(), 200);
    for first in &began {
        let in_a_second = began.iter().filter(|other| *other >= first && **other < *first + SECOND).count();
        assert!(in_a_second <= 23, "{in_a_second} began in a second");
    }
    let took = told.began.elapsed();
    assert!(took < SECOND * 20 + SECOND / 2, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_ports_of_a_host_come_one_after_another() {
    let busy: RefCell<BTreeMap<u64, u32>> = RefCell::default();
    let mut told = Told { ports: 4, ..Told::new() };
    let probe = async |index: u64| {
        *busy.borrow_mut().entry(index / 4).or_default() += 1;
        assert_eq!(busy.borrow()[&(index / 4)], 1, "two connections to one host");
        sleep(SECOND).await;
        *busy.borrow_mut().entry(index / 4).or_default() -= 1;
    };
    run(pace(100), 0..80, probe, &mut told, std::future::pending()).await;
    assert_eq!(told.ended.len(), 80);
    assert_eq!(told.began.elapsed().as_secs(), 4, "hosts do not wait for one another");
}

#[tokio::test(start_paused = true)]
async fn at_the_end_of_the_time_what_runs_is_given_up() {
    let mut told = Told::new();
    let probe = async |index| sleep(SECOND * if index == 1 { 30 } else { 1 }).await;
    let stop = async {
        sleep(SECOND * 5 + SECOND / 2).await;
        Why::Deadline
    };
    let stopped = run(pace(2), 0..100, probe, &mut told, stop).await.expect("it was stopped");
    assert_eq!(told.ended.keys().copied().collect::<Vec<_>>(), [0, 2, 3, 4, 5]);
    assert_eq!((stopped.why, sorted(stopped.given_up)), (Why::Deadline, vec![1, 6]));
}

#[tokio::test(start_paused = true)]
async fn nothing_begins_when_it_is_stopped_at_once_or_nobody_takes_more() {
    let mut told = Told::new();
    let probe = async |_| sleep(SECOND).await;
    let at_once = run(pace(2), 0..9, probe, &mut told, std::future::ready(Why::Interrupted)).await;
    assert_eq!(at_once.map(|stopped| stopped.why), Some(Why::Interrupted));
    assert!(told.ended.is_empty());
    told.takes = 3;
    let refused = run(pace(1), 0..9, probe, &mut told, std::future::pending()).await;
    assert_eq!(refused, Some(Stopped { why: Why::Refused, given_up: vec![] }));
    assert_eq!(told.ended.len(), 3);
}

fn sorted(mut indices: Vec<u64>) -> Vec<u64> {
    indices.sort_unstable();
    indices
}
