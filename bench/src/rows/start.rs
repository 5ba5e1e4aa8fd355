//! What it takes to have one: the time to the first answer, memory without work, and the program's size.

use std::{fs, time::Duration};

use super::Bench;
use crate::{
    Outcome,
    answer::ask,
    questions::contact,
    requests::Template,
    round::Rounds,
    table::{Table, Target},
};

/// In which everything that is begun at the start is done.
const SETTLING: Duration = Duration::from_millis(500);

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let one: Template = contact("")?;
    let one = |number: u64, to: &mut Vec<u8>| one.write(number, to);
    let (mut first, mut unasked, mut idle) = (Rounds::default(), Rounds::default(), Rounds::default());
    for _ in 0..bench.rounds {
        let gateway = world.gateway(2, world.prompt())?;
        ask(gateway.address, &one)?;
        first.0.push(gateway.started.elapsed().as_secs_f64() * 1e3);
        // What was asked for nothing yet has no tables of phone numbers.
        let other = world.gateway(2, world.prompt())?;
        std::thread::sleep(SETTLING);
        idle.0.push(gateway.resident() as f64 / 1e6);
        unasked.0.push(other.resident() as f64 / 1e6);
    }
    table.add("start to the first contact", first, " ms", Target::AtMost(50.0));
    table.add("memory when idle, two providers", unasked, " MB", Target::AtMost(20.0));
    table.add("memory when idle after the first contact", idle, " MB", Target::AtMost(20.0));
    let size = fs::metadata(&world.program)?.len() as f64 / 1e6;
    table.add("size of the program", Rounds(vec![size]), " MB", Target::AtMost(25.0));
    Ok(())
}
