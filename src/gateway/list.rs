//! All contacts of an instance, page by page.

use std::{sync::Arc, time::Duration};

use providers::{Call, LocalId, Position, Priority, Query};
use tokio::{sync::SemaphorePermit, time::Instant};

use super::{Caller, Errand, Failure, Gateway, Instance, Page, instance::Share, pages::Asked, resolve::Target};

/// How long somebody who has time waits for one page: others go first, and providers allow as little as ten pages a minute.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often such a one asks for a page, and how long the pause between is at least; it grows.
const ATTEMPTS: u32 = 6;
const PAUSE: Duration = Duration::from_secs(1);

/// One page of a list.
#[derive(Debug)]
pub struct Listed {
    /// The contacts, rendered.
    pub pages: Vec<Page>,
    /// Where the next page begins; `None` if this was the last.
    pub next: Option<Position>,
}

impl Gateway {
    /// Pages as long as any provider's own are: for whoever wants everything.
    pub const WHOLE: u16 = 2000;

    /// The instances whose contacts the caller can list, in the order of their names.
    pub fn listable<'a>(&'a self, caller: &'a Caller) -> impl Iterator<Item = &'a Arc<Instance>> + 'a {
        self.open_to(caller).filter(|instance| instance.kind.capabilities.list)
    }

    /// One page of an instance's contacts. Those that are whole are kept, as if each had been asked for.
    ///
    /// # Errors
    /// As [`contact`](Self::contact), by `deadline`.
    pub async fn list(
        &self,
        provider: &str,
        query: &Query,
        caller: &Caller,
        priority: Priority,
        deadline: Instant,
        errand: &Errand<'_>,
    ) -> Result<Listed, Failure> {
        let instance = self.instance_for(provider, caller)?;
        let _right = right(instance)?;
        let (call, asked) = (Call::new(deadline, priority), Asked::now());
        let failed = |error| instance.failed(error);
        let listing = errand.run(&call, &instance.name, instance.provider.list(query, &call)).await.map_err(failed)?;
        let mut pages = Vec::with_capacity(listing.contacts.len());
        for listed in &listing.contacts {
            let contact = &listed.contact;
            // None that was read from JSON fails to be written.
            let Ok(page) = Page::new(Some(contact), &instance.shelf, call.spent()) else { continue };
            if listed.is_whole
                && let Some(id) = contact.native_id.as_deref().and_then(|id| LocalId::parse(id).ok())
            {
                let key = Target::new(instance, &id).key;
                self.pages.store(&key, &page, asked);
                if instance.provider.hears() {
                    self.pages.note_channels(&instance.name, &key, contact);
                }
            }
            pages.push(page);
        }
        Ok(Listed { pages, next: listing.next })
    }

    /// About how many contacts an instance has, where its provider tells.
    ///
    /// # Errors
    /// As [`contact`](Self::contact), by `deadline`.
    pub async fn count(&self, provider: &str, caller: &Caller, deadline: Instant) -> Result<Option<u64>, Failure> {
        let instance = self.instance_for(provider, caller)?;
        let _right = right(instance)?;
        let failed = |error| Failure::Provider { provider: Arc::clone(&instance.name), error };
        instance.provider.count(&Call::new(deadline, Priority::Batch)).await.map_err(failed)
    }

    /// The same for somebody who has time, and goes last where calls must wait. `waiting` hears of each failure after which it
    /// is tried again.
    ///
    /// # Errors
    /// As [`list`](Self::list), once it has failed often enough, or in a way that won't pass.
    pub async fn list_patiently(
        &self,
        provider: &str,
        query: &Query,
        caller: &Caller,
        errand: &Errand<'_>,
        waiting: impl Fn(&Failure),
    ) -> Result<Listed, Failure> {
        let mut attempt = 1;
        loop {
            let until = Instant::now() + PATIENCE;
            let failure = match self.list(provider, query, caller, Priority::Batch, until, errand).await {
                Ok(listed) => return Ok(listed),
                Err(failure) if attempt == ATTEMPTS || !failure.is_retryable() => return Err(failure),
                Err(failure) => failure,
            };
            waiting(&failure);
            tokio::time::sleep(failure.retry_after().unwrap_or_default().max(PAUSE * attempt * attempt)).await;
            attempt += 1;
        }
    }
}

/// The right to ask for something, as long as it is held.
fn right(instance: &Instance) -> Result<(SemaphorePermit<'_>, Share), Failure> {
    let right = instance.wait().zip(instance.load());
    right.ok_or_else(|| Failure::Overloaded { provider: Arc::clone(&instance.name) })
}
