//! Contacts that the upstream is asked for: what is added to the time that it takes itself.

use super::Bench;
use crate::{
    Outcome, contestant,
    load::Load,
    questions::{contact, document},
    round::Rounds,
    table::{Table, Target, number},
};

/// No contact is asked for twice.
const CONTACTS: u64 = 10_000_019;
/// What the gateway may take beyond nginx, in microseconds, for parsing, mapping and rendering.
const ALLOWANCE: f64 = 50.0;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let (ours, theirs) = (contact("")?.over(CONTACTS, 1), document()?.over(CONTACTS, 1));
    let ours = |number: u64, to: &mut Vec<u8>| ours.write(number, to);
    let theirs = |number: u64, to: &mut Vec<u8>| theirs.write(number, to);
    let gateway = world.gateway(2, world.slow())?;
    let nginx = contestant::nginx(world, world.slow(), world.slow())?;
    let haproxy = contestant::haproxy(world, world.slow(), world.slow())?;
    let node = world.node.as_deref().map(|folder| contestant::node(world, folder, world.slow())).transpose()?;

    let load = |process, requests| Load { connections: 8, ..world.load(process, requests, bench.length) };
    let mut loads = vec![
        (world.slow_process(), load(world.slow_process(), &theirs)),
        (&nginx, load(&nginx, &theirs)),
        (&haproxy, load(&haproxy, &theirs)),
        (&gateway, load(&gateway, &ours)),
    ];
    loads.extend(node.as_ref().map(|node| (node, load(node, &ours))));
    // Connections to the upstream, and what the gateway wants to know of it first.
    for (process, load) in &loads {
        Load { from: 9_000_000, length: bench.length / 2, ..*load }
            .run()
            .map_err(|error| format!("{}: {error}", process.address))?;
    }
    let records = bench.alternate(&loads)?;

    let added: Vec<Rounds> = records.iter().map(|record| record.median.beyond(&records[0].median)).collect();
    let [_, nginx, haproxy, gateway, node @ ..] = &added[..] else { return Err("nothing measured".into()) };
    let values = |theirs: &Rounds| format!("{} µs : {} µs", number(gateway.median()), number(theirs.median()));
    table.compare(
        "miss: added median latency, gateway − nginx",
        values(nginx),
        gateway.beyond(nginx),
        " µs",
        Target::AtMost(ALLOWANCE),
    );
    table.compare(
        "miss: added median latency, gateway − HAProxy",
        values(haproxy),
        gateway.beyond(haproxy),
        " µs",
        None,
    );
    // What the time goes to, where all cores have little to do.
    let name = "miss: CPU per request, gateway : nginx";
    table.ratio(name, &records[3].cost, &records[1].cost, " µs", None);
    for node in node {
        table.compare(
            "miss: added median latency, gateway − Node adapter",
            values(node),
            gateway.beyond(node),
            " µs",
            None,
        );
    }
    Ok(())
}
