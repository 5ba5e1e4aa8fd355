//! Contacts in memory: throughput and processor time beside the others, and the time that nearly all take under half the load.

use std::time::Duration;

use super::Bench;
use crate::{
    Outcome,
    answer::ask,
    contestant,
    load::Load,
    process::Process,
    questions::{contact, head, keyless},
    requests::Template,
    table::{Table, Target},
};

/// How many contacts are asked for.
const CONTACTS: u64 = 1000;

pub(super) fn measure(bench: &Bench<'_>, table: &mut Table) -> Outcome<()> {
    let world = bench.world;
    let hit = contact("")?.over(CONTACTS, 1);
    let hit = |number: u64, to: &mut Vec<u8>| hit.write(number, to);
    let gateway = world.gateway(2, world.prompt())?;

    let first = ask(gateway.address, &hit)?;
    let bare = contestant::bare(world, &world.cores.measured, first.body())?;
    let origin = contestant::bare(world, &world.cores.others, first.body())?;
    let nginx = contestant::nginx(world, origin.address.port(), world.slow())?;
    let haproxy = contestant::haproxy(world, origin.address.port(), world.slow())?;
    let node = world.node.as_deref().map(|folder| contestant::node(world, folder, world.prompt())).transpose()?;

    let others: Vec<_> = [("bare handler", &bare), ("nginx proxy_cache", &nginx), ("HAProxy cache", &haproxy)]
        .into_iter()
        .chain(node.as_ref().map(|node| ("Node adapter", node)))
        .collect();
    // The others want no key. HAProxy's cache would not even look at a request that has one.
    let open = keyless()?.over(CONTACTS, 1);
    let open = |number: u64, to: &mut Vec<u8>| open.write(number, to);
    let load = |process: &Process| {
        let is_ours = process.address == gateway.address;
        world.load(process, if is_ours { &hit } else { &open }, bench.length)
    };
    for process in others.iter().map(|(_, process)| *process).chain([&gateway]) {
        load(process).once(CONTACTS)?;
        // Each worker of Node has a memory of its own, and a compiler to be convinced.
        Load { length: Duration::from_secs(1), ..load(process) }.run()?;
    }

    // Whoever has not kept it, has no answer from now on.
    drop(origin);

    let (etag, absent) = (first.header("etag").ok_or("a contact without a tag")?, crate::upstream::emulation()?.absent);
    let seen = contact(&format!("If-None-Match: {etag}\r\n"))?;
    let seen = |number: u64, to: &mut Vec<u8>| seen.write(number, to);
    let absent = Template::new(&format!("GET /contacts/rocketchat_00:{absent} HTTP/1.1\r\n{}\r\n", head()));
    let absent = |number: u64, to: &mut Vec<u8>| absent.write(number, to);
    let mut loads = vec![
        (&gateway, load(&gateway)),
        (&gateway, Load { requests: &seen, status: 304, ..load(&gateway) }),
        (&gateway, Load { requests: &absent, status: 404, ..load(&gateway) }),
    ];
    loads.extend(others.iter().map(|(_, process)| (*process, load(process))));
    let records = bench.alternate(&loads)?;

    let [ours, not_modified, not_found, others_records @ ..] = &records[..] else {
        return Err("nothing measured".into());
    };
    for ((name, _), theirs) in others.iter().zip(others_records) {
        let (least, most) = match *name {
            "bare handler" => (Some(Target::AtLeast(0.85)), Some(Target::AtMost(1.15))),
            "nginx proxy_cache" => (Some(Target::AtLeast(1.35)), None),
            "HAProxy cache" => (Some(Target::AtLeast(0.85)), None),
            _ => (None, None),
        };
        table.ratio(&format!("hit: throughput, gateway : {name}"), &ours.throughput, &theirs.throughput, "/s", least);
        table.ratio(&format!("hit: CPU per request, gateway : {name}"), &ours.cost, &theirs.cost, " µs", most);
    }
    table.ratio("304 : hit, throughput", &not_modified.throughput, &ours.throughput, "/s", Target::AtLeast(1.0));
    table.ratio("cached 404 : hit, throughput", &not_found.throughput, &ours.throughput, "/s", Target::AtLeast(1.0));

    // At half of the load that both can carry.
    let rate = others_records[1].throughput.median().min(ours.throughput.median()) / 2.0;
    let load = |process| Load { rate: Some(rate), ..load(process) };
    let records = bench.alternate(&[(&gateway, load(&gateway)), (&nginx, load(&nginx))])?;
    let name = format!("hit: p99 at {rate:.0}/s (half of what both can), gateway : nginx");
    table.ratio(&name, &records[0].p99, &records[1].p99, " µs", Target::AtMost(1.0));
    Ok(())
}
