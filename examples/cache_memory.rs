//! What a cached contact costs in memory, beside its own bytes: `cargo run --release --example cache_memory [CONTACTS]`.
//!
//! Asks a gateway for many made-up contacts of about 1 kB and compares the growth of the process with the sum of the
//! bodies. Linux only: it reads `/proc/self/status`.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use contact_gateway::gateway::{Ages, Caller, Content, Gateway, Instance, Wish};
use providers::{
    Call, Contact, ContactProvider, ContactType, Found, KINDS, LocalId, Result,
    upstream::{Route, Upstream},
};
use tokio::runtime::Handle;

/// Has every contact.
struct Everybody;

impl fmt::Debug for Everybody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Everybody")
    }
}

#[async_trait]
impl ContactProvider for Everybody {
    async fn contact(&self, id: &LocalId, _: &Call) -> Result<Option<Found>> {
        let mut contact = Contact::new("here", id.as_str(), ContactType::Person);
        contact.add_chats((0..20).map(|_| "").chain([id.as_str()]));
        contact.name = Some("x".repeat(600));
        Ok(Some(contact.into()))
    }

    fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
        None
    }

    async fn check(&self, _: &Call) -> Result<()> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let contacts: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200_000);
    let hour = Duration::from_secs(3600);
    let ages = Ages { fresh: hour, stale: hour, stale_if_error: hour, absent: hour };
    let instance = Instance::new("here".into(), &KINDS[0], Arc::new(Everybody), ages, Duration::from_secs(5));
    let gateway = Gateway::new(vec![instance], contacts * 4096, hour, Handle::current());

    let (mut bodies, before) = (0, resident());
    for number in 0..contacts {
        let id = format!("here:{}", 10_000_000_000 + number);
        if let Ok(served) = gateway.contact(&Wish::new(&id, &Caller::default(), |_| "")).await
            && let Content::Found(body) = served.page.content()
        {
            bodies += body.len() as u64;
        }
    }
    let grown = resident() - before;
    println!("{contacts} contacts, {} bytes of body each", bodies / contacts);
    println!(
        "{} bytes each beside the body; in all {:.2} times the bodies",
        (grown - bodies) / contacts,
        grown as f64 / bodies as f64
    );
}

/// Bytes of memory that the process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or_default() * 1024
}
