//! One question to a provider, from the asking to the keeping.

use std::sync::Arc;

use providers::{Call, Error, ErrorKind};

use super::{Failure, Page, Pages, flights::Outcome, instance::Share, resolve::Target};

/// One question to a provider.
pub(super) struct Load {
    pages: Arc<Pages>,
    target: Target,
    call: Call,
    /// Held until the end.
    share: Share,
    is_in_background: bool,
}

impl Load {
    pub(super) fn new(pages: &Arc<Pages>, target: &Target, call: &Call, share: Share) -> Self {
        let (pages, target, call) = (Arc::clone(pages), target.clone(), call.clone());
        Self { pages, target, call, share, is_in_background: false }
    }

    /// Nobody waits for it, so a failure is logged here.
    pub(super) fn in_background(mut self) -> Self {
        self.is_in_background = true;
        self
    }

    /// Asks the provider and keeps what it said. That it could not answer is noted on the page that there is.
    pub(super) async fn run(self) -> Outcome {
        let key = &self.target.key;
        let outcome = self.ask().await;
        match &outcome {
            Ok(page) => self.pages.store(key, page),
            Err(failure) => {
                if let Some(page) = self.pages.get(key) {
                    page.rest(failure);
                }
            }
        }
        drop(self.share);
        outcome
    }

    async fn ask(&self) -> Outcome {
        let instance = &self.target.instance;
        let failed = |error: Error| {
            if self.is_in_background && !error.is_foreseen() {
                let (provider, kind) = (&*instance.name, error.kind());
                tracing::warn!(provider, %kind, detail = error.detail(), "a contact could not be refreshed");
            }
            Failure::Provider { provider: Arc::clone(&instance.name), error }
        };
        let contact = instance.provider.contact(&self.target.id, &self.call).await.map_err(failed)?;
        let page = Page::new(contact.as_ref(), &instance.ages)
            .map_err(|_| failed(Error::new(ErrorKind::InvalidAnswer, "the contact can't be rendered")))?;
        Ok(Arc::new(page))
    }
}
