//! Many cached contacts at once: the batch, and the stream.

use super::Bench;
use crate::{
    Outcome,
    load::Load,
    questions::batch,
    table::{Table, Target},
};

/// How many contacts are cached.
const CONTACTS: u32 = 10_000;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let gateway = world.gateway(2, world.prompt())?;
    let (json, lines) = (batch("application/json", CONTACTS)?, batch("application/x-ndjson", CONTACTS)?);
    let (json, lines) = (
        |number: u64, to: &mut Vec<u8>| json.write(number, to),
        |number: u64, to: &mut Vec<u8>| lines.write(number, to),
    );
    world.load(&gateway, &lines, bench.length).once(u64::from(CONTACTS) / 1000)?;

    let one = Load { connections: 1, threads: 1, ..world.load(&gateway, &json, bench.length) };
    let stream = Load { connections: 8, ..world.load(&gateway, &lines, bench.length) };
    let records = bench.alternate(&[(&gateway, one), (&gateway, stream)])?;
    let millis = crate::round::Rounds(records[0].median.0.iter().map(|micros| micros / 1000.0).collect());
    table.add("batch read of 1,000 cached ids: median latency", millis, " ms", Target::AtMost(3.0));
    let cores = world.cores.measured.len();
    let name = format!("NDJSON stream of cached contacts, on {cores} core(s)");
    table.add(&name, records[1].volume.clone(), " MB/s", Target::AtLeast(150.0 * cores as f64));
    Ok(())
}
