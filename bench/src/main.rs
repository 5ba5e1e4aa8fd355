//! How fast the gateway is, beside what else can answer with the same bytes: `make bench`.
//!
//! All that is compared runs in turns within one run, on cores of its own, so that what else the machine does falls on everybody.
//! Linux only: it reads `/proc`.

mod answer;
mod bare;
mod contestant;
mod cores;
mod instructions;
mod load;
mod process;
mod questions;
mod requests;
mod response;
mod round;
mod rows;
mod table;
mod upstream;
mod world;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use self::{cores::Cores, rows::Bench, world::World};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the gateway beside what else can answer with the same bytes.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// How many times everything is measured
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// How long each measurement takes, in seconds
    #[arg(long, value_name = "S", default_value_t = 1.5)]
    seconds: f64,
    /// How many contacts are cached where there are many
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    contacts: u32,
    /// Only those groups of rows whose name has this in it: hit, miss, many, scale, start
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Where the Node adapter is installed; without it, it is left out
    #[arg(long, value_name = "FOLDER")]
    node: Option<PathBuf>,
}

/// What runs as a process of its own.
#[derive(Debug, Subcommand)]
enum Part {
    /// The emulated upstream, which takes a fixed time for an answer
    Upstream {
        port: u16,
        /// In microseconds
        delay: u64,
    },
    /// The bare handler, which answers with the bytes of a file
    Bare { port: u16, workers: usize, body: PathBuf },
    /// Count the instructions of a hit, a miss and the mappings, and fail if they have grown
    Instructions {
        /// Make these the ones that are known
        #[arg(long)]
        record: bool,
    },
    /// A document that is mapped so many times
    Map { name: String, times: u64 },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.part {
        Some(Part::Upstream { port, delay }) => upstream::serve(*port, Duration::from_micros(*delay)),
        Some(Part::Bare { port, workers, body }) => bare::serve(*port, *workers, body),
        Some(Part::Instructions { record }) => instructions::check(*record),
        Some(Part::Map { name, times }) => instructions::map(name, *times),
        None => compare(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: &Arguments) -> Outcome<()> {
    let cores = Cores::divide();
    println!("{}\n", cores.describe());
    let world = World::new(cores, arguments.node.as_deref())?;
    let length = Duration::from_secs_f64(arguments.seconds);
    let bench = Bench { world: &world, rounds: arguments.rounds, length, contacts: arguments.contacts };
    let mut table = table::Table::default();
    for (name, group) in rows::GROUPS {
        if name.contains(&arguments.only) {
            eprintln!("measuring: {name}");
            group(&bench, &mut table)?;
        }
    }
    print!("{table}");
    Ok(())
}
