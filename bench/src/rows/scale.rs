//! What must not depend on how much there is: contacts in memory, connections, instances. And what a contact in memory costs.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::Bench;
use crate::{
    Outcome,
    answer::ask,
    contestant,
    load::Load,
    process::Process,
    questions::{batch, contact},
    round::Rounds,
    table::{Table, Target},
    world::{CONNECTIONS, World},
};

const FEW: u32 = 1000;
/// How many bodies are looked at to know how long all are together.
const SAMPLE: u32 = 1000;
/// Many connections.
const CROWD: usize = 1000;
/// How many instances, the one of Periskope included.
const INSTANCES: u32 = 50;
/// How long filling the memory may take. What is not there by then is left out.
const FILLING: Duration = Duration::from_secs(150);
/// How many thousands are asked for side by side.
const FILLERS: usize = 4;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let small = world.gateway(2, world.prompt())?;
    let large = world.gateway(2, world.prompt())?;
    let broad = world.gateway(INSTANCES, world.prompt())?;
    let contacts = fill(world, &large, bench.contacts)?;
    let (few, many) = (contact("")?.over(FEW.into(), 1), contact("")?.over(contacts.into(), 1));
    let kept = contact("Cache-Control: only-if-cached\r\n")?.over(contacts.into(), 1);
    let spread = contact("")?.over(FEW.into(), (INSTANCES - 1).into());
    let few = |number: u64, to: &mut Vec<u8>| few.write(number, to);
    let many = |number: u64, to: &mut Vec<u8>| many.write(number, to);
    let spread = |number: u64, to: &mut Vec<u8>| spread.write(number, to);
    world.load(&small, &few, bench.length).once(FEW.into())?;
    world.load(&broad, &spread, bench.length).once(FEW.into())?;

    // Before anything else is asked of it.
    let resident = large.resident() as f64;
    let bodies: usize = (0..SAMPLE)
        .map(|number| Ok(ask(large.address, &|_, to: &mut Vec<u8>| kept.write(number.into(), to))?.body().len()))
        .sum::<Outcome<_>>()?;
    let bodies = bodies as f64 / f64::from(SAMPLE) * f64::from(contacts);
    let memory = Rounds(vec![resident / bodies]);
    let length = bodies / f64::from(contacts);
    let name = format!("memory with {contacts} cached contacts of {length:.0} bytes : their bodies");
    table.add(&name, memory, "×", Target::AtMost(1.3));

    let bare = contestant::bare(world, &world.cores.measured, ask(small.address, &few)?.body())?;
    let load = |process, requests| world.load(process, requests, bench.length);
    let crowd = |process, requests| Load { connections: CROWD, ..load(process, requests) };
    let records = bench.alternate(&[
        (&small, load(&small, &few)),
        (&large, load(&large, &many)),
        (&small, crowd(&small, &few)),
        (&broad, load(&broad, &spread)),
        (&bare, load(&bare, &few)),
        (&bare, crowd(&bare, &few)),
    ])?;
    let names = [
        format!("throughput with {contacts} cached contacts : {FEW}"),
        format!("throughput over {CROWD} connections : {CONNECTIONS}"),
        format!("throughput with {INSTANCES} instances : 2"),
    ];
    for (name, record) in names.iter().zip(&records[1..]) {
        table.ratio(name, &record.throughput, &records[0].throughput, "/s", Target::AtLeast(0.9));
    }
    // What so many connections cost whoever answers them.
    let name = format!("bare handler: throughput over {CROWD} connections : {CONNECTIONS}");
    table.ratio(&name, &records[5].throughput, &records[4].throughput, "/s", None);
    Ok(())
}

/// Has contacts asked for, a thousand at a time, until all are there or the time is over. Returns how many are.
fn fill(world: &World, process: &Process, contacts: u32) -> Outcome<u32> {
    let lines = batch("application/x-ndjson", contacts)?;
    let lines = |number: u64, to: &mut Vec<u8>| lines.write(number, to);
    let (batches, next, until) = (contacts.div_ceil(1000), AtomicU32::new(0), Instant::now() + FILLING);
    let fill = || {
        while Instant::now() < until {
            let from = next.fetch_add(1, Ordering::Relaxed);
            if from >= batches {
                break;
            }
            Load { from: from.into(), ..world.load(process, &lines, Duration::ZERO) }.once(1)?;
        }
        Outcome::Ok(())
    };
    thread::scope(|scope| {
        let fillers: Vec<_> = (0..FILLERS).map(|_| scope.spawn(fill)).collect();
        fillers.into_iter().try_for_each(|filler| filler.join().map_err(|_| "a filler has panicked")?)
    })?;
    Ok((next.into_inner().min(batches) * 1000).min(contacts))
}
