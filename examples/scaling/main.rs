//! What several gateways cost, and how far that goes: `cargo run --release --example scaling`.
//!
//! First what Redis's steps take, measured on a Redis of its own (`redis-server` must be installed). Then a simulation of gateways
//! that share the limit of one account, as `src/shared/scripts/begin.lua` and `providers/src/upstream/budget` do, and of accounts that
//! are spread over several of Redis.

#![expect(clippy::unwrap_used, reason = "a measurement that can't go on should stop")]

mod cost;
mod crowd;
mod spread;

fn main() {
    println!("What a step takes, with one gateway asking, and with as many questions under way as it can have:");
    tokio::runtime::Runtime::new().unwrap().block_on(cost::measure());
    println!("\nOne account, 600 calls a minute, ten times the demand, for ten minutes:");
    println!("{:>9} {:>10} {:>8} {:>16} {:>9}", "gateways", "used", "over", "questions/call", "fairness");
    for gateways in [1, 3, 10, 30, 100, 300, 1000] {
        let outcome = crowd::simulate(gateways);
        println!(
            "{gateways:>9} {:>9.1}% {:>8} {:>16.1} {:>9.2}",
            outcome.used * 100.0,
            outcome.over,
            outcome.questions_per_call,
            outcome.fairness,
        );
    }
    println!("\n10,000 accounts over several of Redis, by rendezvous hashing of the account:");
    println!("{:>9} {:>24} {:>24}", "Redis", "busiest / mean", "moved when one is added");
    for servers in [1, 2, 4, 8, 16] {
        let (busiest, moved) = spread::simulate(10_000, servers);
        println!("{servers:>9} {busiest:>24.2} {:>23.1}%", moved * 100.0);
    }
}
