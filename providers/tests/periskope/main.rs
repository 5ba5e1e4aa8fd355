//! What Periskope's provider does beside reading one contact.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

mod listing;
mod lookup;
mod moving;
mod registration;
mod reordered;
mod scripted;
#[path = "../support/mod.rs"]
mod support;
mod webhooks;

use std::{sync::Arc, time::Duration};

use providers::{
    Contact, ContactProvider, Instance, KINDS, Kind, Position, Query, Rate, Time,
    emulator::{Emulated, Emulation, Emulator, Setup},
};
use support::call;

const FAST: Rate = Rate { calls: 100_000, per: Duration::from_secs(1) };

fn kind() -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == "periskope").unwrap()
}

fn emulation() -> &'static Emulation {
    &kind().emulations[0]
}

/// A server with so many made-up people beside the six documented contacts.
fn people(people: u32) -> Box<dyn Emulated> {
    (emulation().build)(Setup { rate: Some(FAST), people: Some(people) })
}

/// A provider that waits for long pages: the emulator makes them up on demand, and here without optimisation.
fn connect(server: &Emulator) -> Arc<dyn ContactProvider> {
    let instance = Instance {
        name: "here".into(),
        base_url: server.base_url(),
        rate: FAST,
        timeout: Duration::from_secs(4),
        default_region: None,
        ledgers: providers::Ledgers::default(),
    };
    let settings = emulation().settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    (kind().connect)(instance, &settings).unwrap()
}

async fn start(emulated: Box<dyn Emulated>) -> (Emulator, Arc<dyn ContactProvider>) {
    let server = support::start(emulated).await;
    let provider = connect(&server);
    (server, provider)
}

/// Reads a whole listing. `meanwhile` is told the number of each page that has come, before the next is asked for.
async fn read_all(
    provider: &dyn ContactProvider,
    limit: u16,
    since: Option<&Time>,
    mut meanwhile: impl FnMut(usize),
) -> Vec<Contact> {
    let (mut contacts, mut from) = (Vec::new(), None::<Position>);
    for page in 0.. {
        assert!(page < 2000, "the listing does not end");
        let query = Query { since: since.cloned(), limit, from };
        let listing = provider.list(&query, &call()).await.unwrap();
        assert!(listing.contacts.iter().all(|listed| !listed.is_whole));
        contacts.extend(listing.contacts.into_iter().map(|listed| listed.contact));
        from = listing.next;
        if from.is_none() {
            break;
        }
        meanwhile(page);
    }
    contacts
}

/// The ids in their own order.
fn sorted(contacts: &[Contact]) -> Vec<String> {
    let mut ids: Vec<_> = contacts.iter().map(|contact| contact.native_id.clone().unwrap()).collect();
    ids.sort_unstable();
    ids
}
