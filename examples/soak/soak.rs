//! Minutes of mixed load in changing weather, with every answer checked.

use std::{sync::Arc, time::Duration};

use contact_gateway::gateway::Ages;
use futures_util::future::{join_all, try_join_all};
use providers::Rate;
use tokio::time::{Instant, interval, sleep};

use crate::{
    Outcome,
    cache_status::CacheStatus,
    catalogue::{Catalogue, Shelf},
    connection::Connection,
    dice::Dice,
    load::{Habit, Load},
    memory::{Memory, mib},
    oracle::Oracle,
    process::Process,
    question::{Question, nobody},
    report::Report,
    tally::Tally,
    traffic::Traffic,
    weather::Weather,
    world::{self, Upstream, configuration},
};

/// What each upstream allows, and enforces.
const RATE: Rate = Rate::per_seconds(50, 1);
const DEADLINE: Duration = Duration::from_secs(1);
/// What an answer may take beyond the deadline: both programs and three servers share the machine.
const SLACK: Duration = Duration::from_secs(1);
/// The smallest cache, and ages so short that every state of a page occurs.
const GENERAL: &str = "server.deadline = \"1s\"\ncache.capacity = \"1MiB\"";
const EACH: &str = "timeout = \"600ms\"\n\
                    cache = { fresh = \"1s\", stale = \"3s\", stale_if_error = \"30s\", absent = \"1s\" }";
const AGES: Ages = Ages {
    fresh: Duration::from_secs(1),
    stale: Duration::from_secs(3),
    stale_if_error: Duration::from_secs(30),
    absent: Duration::from_secs(1),
};
/// What the faults can lead to. There are too few clients for the gateway to be overloaded.
const TROUBLES: &[(u16, &str)] = &[
    (502, "provider-unavailable"),
    (502, "provider-rejected-credentials"),
    (502, "provider-answer-invalid"),
    (503, "provider-rate-limited"),
    (504, "provider-timeout"),
];

const FANS: Habit = Habit { popular: 998, leaves: 2, pause: 5, patience: 1 };
/// So many that they overrun the budgets when they are in a rush.
const WANDERERS: Habit = Habit { popular: 200, leaves: 20, pause: 100, patience: 40 };

/// How long an upstream may need to be answered for once all faults are over: the breaker's longest pause, and some more.
const RECOVERY: Duration = Duration::from_secs(45);

/// Runs it, prints the report, and returns whether all is well.
pub(crate) async fn run(time: Duration, seed: u64) -> Outcome<bool> {
    println!("soak for {} s with seed {seed}", time.as_secs());
    let catalogue = Arc::new(Catalogue::learn().await?);
    let upstreams = world::upstreams(RATE).await?;
    let process = Process::start(&configuration(&upstreams, GENERAL, EACH), "").await?;
    println!("the gateway has {} before the load", mib(process.resident()));

    let (weather, start) = (Arc::new(Weather::default()), Instant::now());
    let oracle = Oracle { latest: DEADLINE + SLACK, ages: AGES, troubles: TROUBLES };
    let until = start + time;
    let load = Load {
        address: process.address,
        catalogue: Arc::clone(&catalogue),
        weather: Arc::clone(&weather),
        oracle,
        start,
        until,
    };
    let clients = (0..12).map(|_| FANS).chain((0..150).map(|_| WANDERERS)).enumerate();
    let clients =
        clients.map(|(number, habit)| tokio::spawn(load.clone().client(habit, Dice::new(seed, number as u64))));
    let clients: Vec<_> = clients.collect();

    let whole = async {
        let skies = upstreams.iter().enumerate();
        let skies = skies.map(|(number, upstream)| weather.trouble(upstream, Dice::new(seed, !(number as u64)), until));
        let (tallies, skies) = tokio::join!(join_all(clients), try_join_all(skies));
        skies?;
        let mut tally = Tally::default();
        for one in tallies {
            tally.merge(one?);
        }
        let mut defects = Vec::new();
        for (upstream, shelf) in upstreams.iter().zip(&catalogue.0) {
            defects.extend(recover(&process, upstream, shelf, oracle, seed).await?);
        }
        Outcome::Ok((tally, defects))
    };
    let (mut traffic, mut memory) = (Traffic::default(), Memory::new(time));
    let (tally, mut defects) = observe(whole, &process, &upstreams, &mut traffic, &mut memory).await?;

    let panics = process.panics();
    match process.stop().await {
        Ok(status) if status.success() => {}
        Ok(status) => defects.push(format!("told to stop, the gateway ended with {status}")),
        Err(error) => defects.push(error.to_string()),
    }
    let (tally, memory, traffic, weather, upstreams) = (&tally, &memory, &traffic, &*weather, &*upstreams);
    Ok(Report { time, tally, memory, traffic, weather, upstreams, panics, defects }.print())
}

/// Watches the gateway and its upstreams while something else happens.
async fn observe<T>(
    whole: impl Future<Output = T>,
    process: &Process,
    upstreams: &[Upstream],
    traffic: &mut Traffic,
    memory: &mut Memory,
) -> T {
    let (mut look, mut tell) = (interval(Duration::from_millis(250)), interval(Duration::from_secs(30)));
    let start = Instant::now();
    tokio::pin!(whole);
    loop {
        tokio::select! {
            result = &mut whole => {
                upstreams.iter().for_each(|upstream| traffic.take(upstream));
                return result;
            }
            _ = look.tick() => {
                upstreams.iter().for_each(|upstream| traffic.take(upstream));
                memory.note(process.resident());
            }
            _ = tell.tick() => {
                let (seconds, resident) = (start.elapsed().as_secs(), mib(process.resident()));
                println!("  {seconds:>5} s: {} upstream calls, the gateway has {resident}", traffic.calls());
            }
        }
    }
}

/// Waits until the gateway has word from an upstream again, of a contact that it can't have in memory and of those that it
/// kept, and says for which that took too long.
async fn recover(
    process: &Process,
    upstream: &Upstream,
    shelf: &Shelf,
    oracle: Oracle,
    seed: u64,
) -> Outcome<Vec<String>> {
    let (start, mut dice) = (Instant::now(), Dice::new(seed, u64::MAX / 2));
    let mut connection = Connection::open(process.address).await?;
    let mut defects = Vec::new();
    let questions = shelf.popular.iter().map(|known| Question::plain(shelf.instance, known)).map(Some);
    for kept in [None].into_iter().chain(questions) {
        loop {
            // Only the upstream can say that there is no such contact.
            let other = || Question::absent(Some(upstream.name), &nobody(upstream.name, &mut dice));
            let (asked, other) = (Instant::now(), kept.is_none().then(other));
            let Some(question) = kept.as_ref().or(other.as_ref()) else { break };
            let reply = connection.ask(&question.request).await?;
            let right = oracle.judge(question, question.entry(), &reply, asked.elapsed());
            let told = reply.header("cache-status").unwrap_or_default();
            match right {
                Ok(_) if CacheStatus::parse(told).is_some_and(|status| status.detail.is_none()) => break,
                Ok(_) if start.elapsed() < RECOVERY => sleep(Duration::from_millis(200)).await,
                outcome => {
                    let (took, why) = (start.elapsed(), outcome.err().unwrap_or_else(|| told.to_owned()));
                    defects.push(format!("{took:?} after the faults, {} → {} {why}", question.text(), reply.status));
                    break;
                }
            }
        }
        if kept.is_none() {
            println!("{} is answered for again after {:.1} s", upstream.name, start.elapsed().as_secs_f64());
        }
    }
    println!("  and its contacts are as they should be after {:.1} s", start.elapsed().as_secs_f64());
    Ok(defects)
}
