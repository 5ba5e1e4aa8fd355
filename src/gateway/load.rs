//! One question to a provider, from the asking to the keeping.

use std::sync::Arc;

use providers::{Call, Contact, Error, ErrorKind, LocalId};
use serde::Serialize;
use serde_json::Value;

use super::{
    Page, Pages,
    flights::Outcome,
    instance::Share,
    pages::Asked,
    resolve::{Question, Target},
};

/// One question to a provider.
pub(super) struct Load {
    pub(super) pages: Arc<Pages>,
    pub(super) target: Target,
    pub(super) call: Call,
    /// Held until the end.
    share: Share,
    asked: Asked,
    /// Whether an answer from before will not do, even if it is fresh.
    pub(super) insists: bool,
    is_in_background: bool,
}

impl Load {
    pub(super) fn new(pages: &Arc<Pages>, target: &Target, call: &Call, share: Share) -> Self {
        let (pages, target, call) = (Arc::clone(pages), target.clone(), call.clone());
        Self { pages, target, call, share, asked: Asked::now(), insists: false, is_in_background: false }
    }

    /// Only what the provider says from now on will do.
    pub(super) fn insisting(mut self, insists: bool) -> Self {
        self.insists = insists;
        self
    }

    /// Nobody waits for it, so a failure is logged here.
    pub(super) fn in_background(mut self) -> Self {
        self.is_in_background = true;
        self
    }

    /// Asks the provider and keeps what it said, unless another gateway does. That it could not answer is noted on the page
    /// that there is.
    pub(super) async fn run(mut self) -> Outcome {
        if let Some(page) = self.elsewhere().await {
            return Ok(page);
        }
        // Whatever was outdated until now, this question is not.
        self.asked = Asked::now();
        let key = &self.target.key;
        let outcome = self.ask().await;
        match &outcome {
            Ok(page) => self.pages.store(key, page, self.asked),
            Err(failure) => {
                self.release();
                self.pages.rest(key, failure);
            }
        }
        drop(self.share);
        outcome
    }

    async fn ask(&self) -> Outcome {
        let instance = &self.target.instance;
        let answer = match &self.target.question {
            Question::Contact(id) => self.contact(id).await,
            Question::Document(id) => self.document(id).await,
            Question::Find(handle) => self.contacts(instance.provider.find(handle, &self.call).await),
        };
        let page = answer.map_err(|error| {
            if self.is_in_background && !error.is_foreseen() {
                let (provider, kind, contact) = (&*instance.name, error.kind().name(), self.target.shown());
                tracing::warn!(provider, kind, detail = error.detail(), contact, "a contact could not be refreshed");
            }
            instance.failed(error)
        })?;
        Ok(page)
    }

    async fn contact(&self, id: &LocalId) -> Result<Page, Error> {
        let found = self.target.instance.provider.contact(id, &self.call).await?;
        if let Some(found) = &found {
            self.note(&self.target.key, &found.contact);
        }
        self.page(found.map(|found| found.contact).as_ref())
    }

    /// The contact with the provider's own document. The contact alone is kept, too.
    async fn document(&self, id: &LocalId) -> Result<Page, Error> {
        #[derive(Serialize)]
        struct WithRaw<'a> {
            #[serde(flatten)]
            contact: &'a Contact,
            raw: Value,
        }
        let Some(found) = self.target.instance.provider.contact(id, &self.call).await? else {
            return self.page::<Contact>(None);
        };
        self.keep(id, &found.contact)?;
        self.page(Some(&WithRaw { contact: &found.contact, raw: found.document.raw() }))
    }

    /// Keeps the contacts that were found, and says which they are.
    fn contacts(&self, found: Result<Vec<Contact>, Error>) -> Result<Page, Error> {
        let instance = &self.target.instance;
        let mut ids = Vec::new();
        for contact in found? {
            let Some(id) = contact.native_id.as_deref().and_then(|id| LocalId::parse(id).ok()) else { continue };
            self.keep(&id, &contact)?;
            ids.push(id);
        }
        Ok(Page::known(&ids, &instance.shelf, self.call.spent()))
    }

    /// Keeps a contact that came beside what was asked for.
    fn keep(&self, id: &LocalId, contact: &Contact) -> Result<(), Error> {
        let target = Target::new(&self.target.instance, id);
        self.pages.store(&target.key, &self.page(Some(contact))?, self.asked);
        self.note(&target.key, contact);
        Ok(())
    }

    fn note(&self, key: &Arc<str>, contact: &Contact) {
        let instance = &self.target.instance;
        if instance.provider.hears() {
            self.pages.note_channels(&instance.name, key, contact);
        }
    }

    fn page<T: Serialize>(&self, contact: Option<&T>) -> Result<Page, Error> {
        Page::new(contact, &self.target.instance.shelf, self.call.spent())
            .map_err(|_| Error::new(ErrorKind::InvalidAnswer, "the contact can't be rendered"))
    }
}
