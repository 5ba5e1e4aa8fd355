//! The regression guard: how many instructions a hit, a miss and a mapping take, counted by callgrind.
//!
//! Time depends on the machine; instructions hardly do. Each count is the difference of two runs of different lengths, so that
//! starting and stopping is no part of it. What would still make a difference is kept the same: valgrind shows every program
//! the same processor, and the C library is told to use none of its variants for newer ones.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use bench::Document;

use crate::{
    Outcome,
    cores::Cores,
    process::{Process, free_port},
    questions::contact,
    world::World,
};

/// What was counted last, and is held against now.
const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");
/// How much more of them is a failure: a tenth.
const TOLERANCE: f64 = 1.10;
/// No variants for newer processors (`man 5 GLIBC_TUNABLES`).
const TUNABLES: &str = "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM,-SSSE3,-SSE4_1,-SSE4_2";

/// What is counted, and how often it is done in the shorter run; the longer one does it three times as often.
const COUNTED: [(&str, u64); 5] = [("hit", 500), ("bare", 500), ("miss", 200), ("periskope", 200), ("rocketchat", 200)];
/// So many contacts that none is asked for twice.
const MANY: u64 = 10_000_019;

/// Counts, and fails if there is more than was known; or makes what is counted known.
pub(crate) fn check(record: bool) -> Outcome<()> {
    if !cfg!(target_arch = "x86_64") {
        println!("instructions are counted on x86_64 only");
        return Ok(());
    }
    let world = World::new(Cores::divide(), None)?;
    let text = fs::read_to_string(KNOWN)?;
    let known: BTreeMap<_, _> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    let (mut counted, mut grown) = (String::new(), Vec::new());
    for (name, times) in COUNTED {
        let count = match name {
            "hit" => difference(times, |times| gateway(&world, times, 1))?,
            "miss" => difference(times, |times| gateway(&world, times, MANY))?,
            "bare" => difference(times, |times| bare(&world, times))?,
            name => difference(times, |times| mappings(&world, name, times))?,
        };
        writeln!(counted, "{name} {count}")?;
        if record {
            println!("{name}: {count} instructions");
            continue;
        }
        let before = known.get(name).and_then(|count| count.parse::<f64>().ok());
        let before = before.ok_or_else(|| format!("{KNOWN} has no number for {name}: `make instructions`"))?;
        println!("{name}: {count} instructions, {before} known, {:+.1} %", (count as f64 / before - 1.0) * 100.0);
        if count as f64 > before * TOLERANCE {
            grown.push(name);
        }
    }
    if record {
        fs::write(KNOWN, counted)?;
    }
    if !grown.is_empty() {
        let remedy = "find out why; if it is worth it, say so in the commit, with the new counts: `make instructions`";
        return Err(format!("{} takes over 10 % more instructions: {remedy}", grown.join(" and ")).into());
    }
    Ok(())
}

/// Maps and renders a document again and again: what runs under callgrind.
pub(crate) fn map(name: &str, times: u64) -> Outcome<()> {
    let document = match name {
        "periskope" => Document::periskope(),
        "rocketchat" => Document::rocketchat(),
        _ => return Err(format!("there is no document of {name}").into()),
    };
    let bytes: usize = (0..times).map(|_| document.render().len()).sum();
    println!("{bytes}");
    Ok(())
}

fn difference(times: u64, mut run: impl FnMut(u64) -> Outcome<u64>) -> Outcome<u64> {
    let (less, more) = (run(times)?, run(3 * times)?);
    Ok((more - less) / (2 * times))
}

/// The instructions of a gateway that is asked so many times for one of so many contacts.
fn gateway(world: &World, times: u64, contacts: u64) -> Outcome<u64> {
    let (file, port) = world.configuration(2, world.prompt())?;
    let log = world.folder.join("callgrind.log");
    let mut command = callgrind(&log, &world.program);
    command.args(["serve", "--config"]).arg(file);
    answers(world, &command, port, times, contacts)?;
    collected(&log)
}

/// Those of the bare handler: what of a hit's is the server's.
fn bare(world: &World, times: u64) -> Outcome<u64> {
    let (log, body, port) = (world.folder.join("callgrind.log"), world.folder.join("body"), free_port()?);
    fs::write(&body, Document::rocketchat().render())?;
    let mut command = callgrind(&log, &std::env::current_exe()?);
    command.args(["bare", &port.to_string(), &world.cores.measured.len().to_string()]).arg(body);
    answers(world, &command, port, times, 1)?;
    collected(&log)
}

/// Starts a program, asks it so many times for one of so many contacts, and stops it.
fn answers(world: &World, command: &Command, port: u16, times: u64, contacts: u64) -> Outcome<()> {
    let process = Process::start(command, &world.cores.measured, port)?;
    let one = contact("")?.over(contacts, 1);
    let one = |number: u64, to: &mut Vec<u8>| one.write(number, to);
    world.load(&process, &one, std::time::Duration::ZERO).once(times)?;
    Ok(process.interrupt()?)
}

fn mappings(world: &World, name: &str, times: u64) -> Outcome<u64> {
    let log = world.folder.join("callgrind.log");
    let mut command = callgrind(&log, &std::env::current_exe()?);
    let status = command.args(["map", name, &times.to_string()]).stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("the mapping of {name} fails: {status}").into());
    }
    collected(&log)
}

fn callgrind(log: &Path, program: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.env("GLIBC_TUNABLES", TUNABLES);
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(format!("--log-file={}", log.display())).arg(program);
    command
}

/// The sum that callgrind writes at its end.
fn collected(log: &Path) -> Outcome<u64> {
    let text = fs::read_to_string(log)?;
    let line = text.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = line.ok_or_else(|| format!("callgrind has counted nothing:\n{text}"))?;
    Ok(count.trim().parse()?)
}
