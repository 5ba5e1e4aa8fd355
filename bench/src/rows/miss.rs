//! Contacts that the upstream is asked for: what is added to the time that it takes itself.

use super::{Bench, Record};
use crate::{
    Outcome, contestant,
    load::Load,
    questions::{contact, document},
    requests::Requests,
    table::{Table, Target, number},
};

/// No contact is asked for twice.
const CONTACTS: u64 = 10_000_019;
/// What the gateway may take beyond nginx, in microseconds, for parsing, mapping and rendering.
const ALLOWANCE: f64 = 50.0;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let (ours, theirs) = (contact("")?.over(CONTACTS, 1), document()?.over(CONTACTS, 1));
    let ours = |number: u64, to: &mut Vec<u8>| ours.write(number, to);
    let theirs = |number: u64, to: &mut Vec<u8>| theirs.write(number, to);
    with_time(bench, &ours, &theirs, table)?;
    without_time(bench, &ours, &theirs, table)
}

/// Where the upstream takes its time, and processors have little to do.
fn with_time(bench: &Bench<'_>, ours: Requests<'_>, theirs: Requests<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let gateway = world.gateway(2, world.slow())?;
    let nginx = contestant::nginx(world, world.slow(), world.slow())?;
    let haproxy = contestant::haproxy(world, world.slow(), world.slow())?;
    let node = world.node.as_deref().map(|folder| contestant::node(world, folder, world.slow())).transpose()?;

    let load = |process, requests| Load { connections: 8, ..world.load(process, requests, bench.length) };
    let mut loads = vec![
        (world.slow_process(), load(world.slow_process(), theirs)),
        (&nginx, load(&nginx, theirs)),
        (&haproxy, load(&haproxy, theirs)),
        (&gateway, load(&gateway, ours)),
    ];
    loads.extend(node.as_ref().map(|node| (node, load(node, ours))));
    // Connections to the upstream, and what the gateway wants to know of it first.
    for (process, load) in &loads {
        Load { from: 9_000_000, length: bench.length / 2, ..*load }
            .run()
            .map_err(|error| format!("{}: {error}", process.address))?;
    }
    let records = bench.alternate(&loads)?;

    let [direct, nginx, haproxy, gateway, node @ ..] = &records[..] else { return Err("nothing measured".into()) };
    let added = |record: &Record| record.median.beyond(&direct.median);
    let mut compare = |name: &str, theirs: &Record, target: Option<Target>| {
        let (ours, theirs) = (added(gateway), added(theirs));
        let values = format!("{} µs : {} µs", number(ours.median()), number(theirs.median()));
        let name = format!("miss: added median latency, gateway − {name}");
        table.compare(&name, values, ours.beyond(&theirs), " µs", target);
    };
    compare("nginx", nginx, Some(Target::AtMost(ALLOWANCE)));
    compare("HAProxy", haproxy, None);
    for node in node {
        compare("Node adapter", node, None);
    }
    // What the time goes to, where all cores have little to do.
    table.ratio("miss: CPU per request, gateway : nginx", &gateway.cost, &nginx.cost, " µs", None);
    Ok(())
}

/// Where it answers at once, and processors are all that is waited for: what a miss takes of one that does nothing else.
fn without_time(bench: &Bench<'_>, ours: Requests<'_>, theirs: Requests<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let gateway = world.gateway(2, world.prompt())?;
    let nginx = contestant::nginx(world, world.prompt(), world.prompt())?;
    let loads =
        [(&nginx, world.load(&nginx, theirs, bench.length)), (&gateway, world.load(&gateway, ours, bench.length))];
    for (_, load) in &loads {
        Load { from: 9_000_000, length: bench.length / 2, ..*load }.run()?;
    }
    let records = bench.alternate(&loads)?;
    let [nginx, gateway] = &records[..] else { return Err("nothing measured".into()) };
    let name = |what| format!("miss, answered at once: {what}, gateway : nginx");
    table.ratio(&name("throughput"), &gateway.throughput, &nginx.throughput, "/s", None);
    table.ratio(&name("CPU per request"), &gateway.cost, &nginx.cost, " µs", None);
    Ok(())
}
