//! What other gateways know of a page, and whether one of them asks for it already.

use std::{sync::Arc, time::Duration};

use providers::Priority;
use tokio::time::{Instant, sleep};

use super::{Page, Pages, load::Load, pages::Asked, resolve::Target};
use crate::shared::{GLANCE, Intent, Lease, Stored};

impl Target {
    /// The page that another gateway has made, which is in memory from now on.
    pub(super) async fn look(&self, pages: &Arc<Pages>) -> Option<Page> {
        let store = self.instance.shelf.store()?;
        let look = store.look(self.instance.id_in(&self.key)?, None).await?;
        self.take(pages, &look.page?)
    }

    fn take(&self, pages: &Arc<Pages>, stored: &Stored) -> Option<Page> {
        let page = Page::restored(stored, &self.instance.shelf)?;
        let asked = Asked::now().checked_sub(stored.asked)?;
        pages.take(&self.key, page, asked)
    }
}

impl Load {
    /// Waits for the page that another gateway asks for, if one does. `None`: this one has to ask.
    pub(super) async fn elsewhere(&self) -> Option<Page> {
        if self.insists {
            return None;
        }
        let Target { instance, key, .. } = &self.target;
        let (store, id) = (instance.shelf.store()?, instance.id_in(key)?);
        loop {
            let mut ear = store.listen();
            let oldest = store.heard_since().map_or(Duration::MAX, |since| since.elapsed());
            let (priority, longest) = (self.call.priority(), self.call.remaining());
            let look = store.look(id, Some(Intent { priority, longest, oldest })).await?;
            let page = look.page.and_then(|page| self.target.take(&self.pages, &page));
            if let Some(page) = page.filter(|page| page.is_fresh(Instant::now())) {
                return Some(page);
            }
            if look.lease != Some(Lease::Others) || Instant::now() >= self.call.deadline {
                return None;
            }
            tokio::select! {
                () = store.moved(id, &mut ear) => {}
                // It may be gone.
                () = sleep(GLANCE.min(longest)) => {}
                () = self.call.raised(), if priority == Priority::Batch => {}
            }
        }
    }

    /// Says that this gateway asks no more, where the answer does not say it.
    pub(super) fn release(&self) {
        if let (Some(store), Some(id)) =
            (self.target.instance.shelf.store(), self.target.instance.id_in(&self.target.key))
        {
            store.release(id);
        }
    }
}
