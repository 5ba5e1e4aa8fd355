//! The gateway under load for long, as a process of its own over emulated upstreams: `make soak`, `make overload`.
//!
//! Without `--overload`: mixed load while faults come and go on every upstream, with every answer checked, memory watched
//! and upstream calls counted. With it: how much of the throughput of cached answers is left under ten times the load
//! that the upstream allows. Linux only: it reads `/proc`.

mod cache_status;
mod catalogue;
mod connection;
mod cores;
mod dice;
mod histogram;
mod load;
mod memory;
mod oracle;
mod overload;
mod process;
mod question;
mod report;
mod soak;
mod tally;
mod traffic;
mod weather;
mod world;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use self::cores::Cores;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Puts the gateway under load.
#[derive(Debug, Parser)]
struct Arguments {
    /// Measure cached answers under overload instead
    #[arg(long)]
    overload: bool,
    /// How many seconds, about
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: Option<u64>,
    /// Repeat what chance did in a run that printed this seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let Arguments { overload, seconds, seed } = Arguments::parse();
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) ^ now());
    let time = |default| Duration::from_secs(seconds.unwrap_or(default));
    let outcome = if overload {
        // Before there are threads: they inherit the cores.
        let cores = Cores::divide();
        runtime().and_then(|runtime| runtime.block_on(overload::run(time(45), seed, &cores)))
    } else {
        runtime().and_then(|runtime| runtime.block_on(soak::run(time(600), seed)))
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Milliseconds, which are as good as chance.
fn now() -> u64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or_default()
}
