//! How much of the throughput of cached answers is left while ten times more is asked of an upstream than it allows.
//!
//! Rounds with and without the overload alternate, so that what else the machine does falls on both. Without it, as many
//! ask for what is cached: they, too, keep the machine awake.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use contact_gateway::gateway::Ages;
use futures_util::future::join_all;
use providers::{Rate, emulator::Fault};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use crate::{
    Outcome,
    catalogue::{Catalogue, Entry, Known},
    connection::{Connection, get},
    cores::Cores,
    dice::Dice,
    histogram::Histogram,
    oracle::Oracle,
    process::Process,
    question::{Question, nobody},
    report::latencies,
    tally::Tally,
    traffic::Traffic,
    world::{self, Upstream, configuration},
};

const INSTANCE: &str = "rocketchat";
const RATE: Rate = Rate::per_seconds(50, 1);
/// Requests a second for contacts that aren't in memory.
const DEMAND: u32 = 10 * RATE.calls;
/// Connections that ask for cached contacts, each as fast as it is answered: so many that the gateway never waits for them.
const CONNECTIONS: usize = 128;
/// How long the upstream takes for an answer: one that takes no time would forgive turns that come too late for it.
const LATENCY: Duration = Duration::from_millis(100);
/// Below this, in percent, it was not the gateway that bounded its throughput.
const AT_ITS_LIMIT: f64 = 90.0;
const ROUNDS: u32 = 6;
const DEADLINE: Duration = Duration::from_secs(1);
const GENERAL: &str = "server.deadline = \"1s\"\ncache.capacity = \"64MiB\"";
const EACH: &str = "cache = { fresh = \"1h\", absent = \"1s\" }";
const AGES: Ages = Ages {
    fresh: Duration::from_secs(3600),
    stale: Duration::from_secs(600),
    stale_if_error: Duration::from_secs(24 * 3600),
    absent: Duration::from_secs(1),
};
/// Nothing is wrong with the upstream. A question whose turn comes just before its deadline may still be too late.
const TROUBLES: &[(u16, &str)] = &[(503, "provider-rate-limited"), (503, "overloaded"), (504, "provider-timeout")];
/// The queue before the budget fills in this time, and empties again.
const SETTLING: Duration = Duration::from_millis(1200);

/// What one round has seen.
struct Round {
    /// Cached answers a second.
    throughput: f64,
    times: Histogram,
    /// How much of its cores the gateway used, in percent.
    busy: f64,
}

/// Runs it, prints the ratio, and returns whether all answers were right. The ratio is nobody's failure.
pub(crate) async fn run(time: Duration, seed: u64, cores: &Cores) -> Outcome<bool> {
    println!("{}", cores.describe());
    println!("cached: {CONNECTIONS} connections, each asks again once it is answered");
    println!(
        "overload: {DEMAND} uncached ids a second; the upstream allows {}, and takes {LATENCY:?} for each",
        RATE.calls
    );
    let catalogue = Catalogue::learn().await?;
    let shelf = catalogue.0.iter().find(|shelf| shelf.instance == INSTANCE).ok_or("no such upstream")?;
    let upstreams = world::upstreams(RATE).await?;
    let general = format!("{GENERAL}\nserver.workers = {}", cores.gateways);
    let process = Process::start(&configuration(&upstreams, &general, EACH), &cores.gateway).await?;
    for upstream in &upstreams {
        upstream.emulator.set_fault(Some(Fault::Delay(LATENCY)));
    }
    let cached: Arc<[Arc<Known>]> = shelf.found.iter().take(RATE.calls as usize).cloned().collect();

    let mut bench =
        Bench { process, cached, cores: cores.gateways, tally: Tally::default(), traffic: Traffic::default() };
    let mut dice = Dice::new(seed, 0);
    let length = (time / (2 * ROUNDS)).saturating_sub(2 * SETTLING).max(Duration::from_millis(500));
    bench.cached_for(length).await?;
    let (mut alone, mut overloaded, mut others) = (Vec::new(), Vec::new(), Tally::default());
    for round in 1..=ROUNDS {
        // By turns first, so that whatever lasts longer than a round favours neither.
        for is_overloaded in [round % 2 == 0, round % 2 == 1] {
            upstreams.iter().for_each(|upstream| bench.traffic.take(upstream));
            let (mut dice, cached) = (Dice::new(dice.throw(), 0), Arc::clone(&bench.cached));
            let question = move || {
                if is_overloaded {
                    Question::absent(Some(INSTANCE), &nobody(INSTANCE, &mut dice))
                } else {
                    Question::plain(INSTANCE, dice.pick(&cached))
                }
            };
            let crowd = tokio::spawn(crowd(bench.process.address, SETTLING + length, question));
            sleep(SETTLING).await;
            let seen = bench.cached_for(length).await?;
            let tally = crowd.await?;
            sleep(SETTLING).await;
            if is_overloaded {
                overloaded.push(seen);
                others.merge(tally);
            } else {
                alone.push(seen);
                bench.tally.merge(tally);
            }
        }
        if let ([.., a], [.., b]) = (&*alone, &*overloaded) {
            println!(
                "round {round}: {:>7.0} a second alone ({:.0} % busy), {:>7.0} under overload ({:.0} % busy)",
                a.throughput, a.busy, b.throughput, b.busy
            );
        }
    }
    bench.report(&alone, &overloaded, &others, &upstreams);
    Ok(bench.tally.wrong + others.wrong == 0)
}

/// A gateway with some contacts in its memory.
struct Bench {
    process: Process,
    cached: Arc<[Arc<Known>]>,
    cores: usize,
    tally: Tally,
    traffic: Traffic,
}

impl Bench {
    /// Asks for cached contacts for so long, as fast as they are answered.
    async fn cached_for(&mut self, length: Duration) -> Outcome<Round> {
        let (done, address) = (Arc::new(AtomicBool::new(false)), self.process.address);
        let (start, ticks) = (Instant::now(), self.process.ticks());
        let clients = (0..CONNECTIONS).map(|first| {
            let (cached, done) = (Arc::clone(&self.cached), Arc::clone(&done));
            tokio::spawn(async move {
                let (mut times, mut tally, mut connection) =
                    (Histogram::default(), Tally::default(), Connection::open(address).await?);
                let requests: Vec<_> =
                    cached.iter().map(|known| get(&format!("/contacts/{INSTANCE}:{}", known.id), "")).collect();
                for number in (0..cached.len()).cycle().skip(first) {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let asked = Instant::now();
                    let reply = connection.ask(&requests[number]).await?;
                    times.add(asked.elapsed());
                    if reply.status != 200 || reply.body != cached[number].body {
                        tally.wrong(format!("{} for a cached contact", reply.status));
                    }
                }
                Outcome::Ok((times, tally))
            })
        });
        let clients: Vec<_> = clients.collect();
        sleep(length).await;
        done.store(true, Ordering::Relaxed);
        let (seconds, ticks) = (start.elapsed().as_secs_f64(), self.process.ticks() - ticks);
        let mut times = Histogram::default();
        for client in join_all(clients).await {
            let (more, tally) = client??;
            times.merge(&more);
            self.tally.merge(tally);
        }
        let busy = ticks as f64 / seconds / self.cores as f64;
        Ok(Round { throughput: times.total() as f64 / seconds, times, busy })
    }

    fn report(&mut self, alone: &[Round], overloaded: &[Round], others: &Tally, upstreams: &[Upstream]) {
        println!("\ncached answers {:>38} {:>9} {:>9}", "p50", "p99", "longest");
        let (a, b) = (summary("alone", alone), summary("under overload", overloaded));
        println!("\nanswers to the overload: {}", others.all.total());
        for (status, count) in &others.statuses {
            println!("  {count:>9}  {status}");
        }
        println!("  took {} (p50, p99, longest)", latencies(&others.all));
        upstreams.iter().for_each(|upstream| self.traffic.take(upstream));
        for ((name, path), route) in self.traffic.0.iter().filter(|((name, _), _)| *name == INSTANCE) {
            let most = route.most;
            println!("  {name} {path}: {} calls, {most} at most in a window of {}", route.calls, RATE.calls);
        }
        println!("wrong answers: {}", self.tally.wrong + others.wrong);
        for told in self.tally.told.iter().chain(&others.told) {
            println!("  {told}");
        }
        println!("\nunder overload, cached answers keep {:.1} % of their throughput (medians)", 100.0 * b / a);
        let capacity = |rounds: &[Round]| median(rounds.iter().map(|round| 100.0 * round.throughput / round.busy));
        let kept = 100.0 * capacity(overloaded) / capacity(alone);
        println!(
            "and {kept:.1} % of it for each second of the gateway's processor time, which other programs leave alone"
        );
        let idle = alone.iter().chain(overloaded).filter(|round| round.busy < AT_ITS_LIMIT).count();
        if idle > 0 {
            println!("in {idle} rounds, the gateway was not at its limit: the machine was busy with something else");
        }
    }
}

/// Prints some rounds, and returns their median throughput.
fn summary(name: &str, rounds: &[Round]) -> f64 {
    let mut times = Histogram::default();
    rounds.iter().for_each(|round| times.merge(&round.times));
    let median = median(rounds.iter().map(|round| round.throughput));
    println!("  {name:<16} {median:>9.0} a second {:>8} {}", "", latencies(&times));
    median
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied();
    middle.map_or(0.0, |upper| (values[(values.len() - 1) / 2] + upper) / 2.0)
}

/// Asks in equal steps of time, whatever the answers are.
async fn crowd(address: std::net::SocketAddr, length: Duration, mut question: impl FnMut() -> Question) -> Tally {
    let oracle = Oracle { latest: 2 * DEADLINE, ages: AGES, troubles: TROUBLES };
    let (tally, idle) = (Arc::new(Mutex::new(Tally::default())), Arc::new(Mutex::new(Vec::new())));
    let (mut step, until) = (interval(Duration::from_secs(1) / DEMAND), Instant::now() + length);
    step.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asking = JoinSet::new();
    while Instant::now() < until {
        step.tick().await;
        let question = question();
        let (tally, idle) = (Arc::clone(&tally), Arc::clone(&idle));
        asking.spawn(async move {
            let kept = lock(&idle).pop();
            let asked = Instant::now();
            match ask(kept, address, &question).await {
                Ok((connection, reply)) => {
                    lock(&idle).push(connection);
                    match oracle.judge(&question, Entry::default(), &reply, asked.elapsed()) {
                        Ok(code) => lock(&tally).answer(&reply, &code.unwrap_or_default(), asked.elapsed()),
                        Err(wrong) => lock(&tally).wrong(wrong),
                    }
                }
                Err(error) => lock(&tally).wrong(error.to_string()),
            }
        });
        while asking.try_join_next().is_some() {}
    }
    asking.join_all().await;
    std::mem::take(&mut *lock(&tally))
}

async fn ask(
    kept: Option<Connection>,
    address: std::net::SocketAddr,
    question: &Question,
) -> std::io::Result<(Connection, crate::connection::Reply)> {
    let mut connection = match kept {
        Some(kept) => kept,
        None => Connection::open(address).await?,
    };
    let reply = connection.ask(&question.request).await?;
    Ok((connection, reply))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
