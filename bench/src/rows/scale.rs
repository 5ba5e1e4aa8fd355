//! What must not depend on how much there is: contacts in memory, connections, instances. And what a contact in memory costs.

use super::Bench;
use crate::{
    Outcome,
    answer::ask,
    load::Load,
    process::Process,
    questions::{batch, contact},
    round::Rounds,
    table::{Table, Target},
    world::World,
};

const FEW: u32 = 1000;
/// How many bodies are looked at to know how long all are together.
const SAMPLE: u32 = 1000;
/// How many instances, the one of Periskope included.
const INSTANCES: u32 = 50;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let small = world.gateway(2, world.prompt())?;
    let large = world.gateway(2, world.prompt())?;
    let broad = world.gateway(INSTANCES, world.prompt())?;
    let (few, many) = (contact("")?.over(FEW.into(), 1), contact("")?.over(bench.contacts.into(), 1));
    let spread = contact("")?.over(FEW.into(), (INSTANCES - 1).into());
    let few = |number: u64, to: &mut Vec<u8>| few.write(number, to);
    let many = |number: u64, to: &mut Vec<u8>| many.write(number, to);
    let spread = |number: u64, to: &mut Vec<u8>| spread.write(number, to);
    world.load(&small, &few, bench.length).once(FEW.into())?;
    world.load(&broad, &spread, bench.length).once(FEW.into())?;
    fill(world, &large, bench.contacts)?;

    let bodies: usize = (0..SAMPLE)
        .map(|number| Ok(ask(large.address, &|_, to: &mut Vec<u8>| many(number.into(), to))?.body().len()))
        .sum::<Outcome<_>>()?;
    let bodies = bodies as f64 / f64::from(SAMPLE) * f64::from(bench.contacts);
    let memory = Rounds(vec![large.resident() as f64 / bodies]);
    let name = format!(
        "memory with {} cached contacts of {:.0} bytes : their bodies",
        bench.contacts,
        bodies / f64::from(bench.contacts)
    );
    table.add(&name, memory, "×", Target::AtMost(1.3));

    let load = |process, requests| world.load(process, requests, bench.length);
    let records = bench.alternate(&[
        (&small, load(&small, &few)),
        (&large, load(&large, &many)),
        (&small, Load { connections: 1000, ..load(&small, &few) }),
        (&broad, load(&broad, &spread)),
    ])?;
    let names = [
        format!("throughput with {} cached contacts : {FEW}", bench.contacts),
        "throughput over 1000 connections : 64".to_owned(),
        format!("throughput with {INSTANCES} instances : 2"),
    ];
    for (name, record) in names.iter().zip(&records[1..]) {
        table.ratio(name, &record.throughput, &records[0].throughput, "/s", Target::AtLeast(0.9));
    }
    Ok(())
}

/// Has all contacts asked for, a thousand at a time.
fn fill(world: &World, process: &Process, contacts: u32) -> Outcome<()> {
    let lines = batch("application/x-ndjson", contacts)?;
    let lines = |number: u64, to: &mut Vec<u8>| lines.write(number, to);
    let (batches, threads) = (u64::from(contacts).div_ceil(1000), 4);
    std::thread::scope(|scope| {
        let fillers: Vec<_> = (0..threads)
            .map(|thread| {
                let load =
                    Load { from: thread * batches / threads, ..world.load(process, &lines, std::time::Duration::ZERO) };
                scope.spawn(move || load.once((thread + 1) * batches / threads - load.from))
            })
            .collect();
        fillers.into_iter().try_for_each(|filler| filler.join().map_err(|_| "a filler has panicked")?)
    })
}
