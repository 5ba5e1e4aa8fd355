//! What makes pages outdated: a caller's word, a provider's word.

use std::sync::Arc;

use http::HeaderMap;
use providers::{Changed, Contact, Handle, LocalId, Unheard};

use super::{
    Caller, Content, Failure, Flights, Gateway, Instance, Page, Pages, resolve,
    resolve::{Target, handle_id},
};
use crate::shared::What;

/// Why a provider's message changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// No instance has this name.
    #[error("no such instance")]
    UnknownProvider,
    /// The message is not believed, or not understood.
    #[error(transparent)]
    Unheard(#[from] Unheard),
}

impl Gateway {
    /// Forgets whatever this id means, so that the next one who asks is answered by the provider.
    ///
    /// # Errors
    /// An id that can't be, or an instance that there is not.
    pub fn forget(&self, id: &str, provider: Option<&str>, caller: &Caller) -> Result<(), Failure> {
        if let Some(handle) = Handle::parse(id) {
            let handle = handle?;
            for instance in self.open_to(caller) {
                self.forget_handle(instance, &handle);
            }
            return Ok(());
        }
        for target in resolve::resolve(&self.instances, caller, id, provider)? {
            self.forget_contact(&target);
        }
        Ok(())
    }

    /// Forgets everything of one instance.
    ///
    /// # Errors
    /// If there is no such instance, or the caller may not ask it.
    pub fn forget_all(&self, provider: &str, caller: &Caller) -> Result<(), Failure> {
        let instance = self.instance_for(provider, caller)?;
        drop_instance(&self.pages, &self.flights, instance.prefix());
        if let Some(store) = instance.shelf.store() {
            store.forget(None);
        }
        Ok(())
    }

    /// Hears a message that a provider has sent of its own accord, and forgets what it makes outdated. Returns what kind of
    /// message it was.
    ///
    /// # Errors
    /// See [`Unmoved`].
    pub fn hear(&self, provider: &str, headers: &HeaderMap, body: &[u8]) -> Result<&'static str, Unmoved> {
        let instance = self.instance(provider).ok_or(Unmoved::UnknownProvider)?;
        let event = instance.provider.event(headers, body)?;
        for changed in &event.changed {
            match changed {
                Changed::Contact(id) => self.forget_contact(&Target::new(instance, id)),
                Changed::Channel(channel) => {
                    let known = self.pages.with_channel(&instance.name, channel);
                    if let Some(id) = known.and_then(|id| LocalId::parse(&id).ok()) {
                        self.forget_contact(&Target::new(instance, &id));
                    }
                    if let Some(store) = instance.shelf.store() {
                        store.forget_channel(channel);
                    }
                }
            }
        }
        Ok(event.name)
    }

    /// Forgets a contact, and who was found by its numbers and addresses.
    pub(super) fn forget_contact(&self, target: &Target) {
        for handle in handles(&self.pages, &target.key) {
            self.drop_page(&Target::having(&target.instance, &handle));
        }
        self.drop_page(target);
        self.drop_page(&target.clone().with_document());
    }

    fn forget_handle(&self, instance: &Arc<Instance>, handle: &Handle) {
        let target = Target::having(instance, handle);
        if let Some(Content::Known(ids)) = self.pages.get(&target.key).as_ref().map(Page::content) {
            for id in ids {
                self.forget_contact(&Target::new(instance, &id));
            }
        }
        self.drop_page(&target);
    }

    /// Forgets who was found by this number or address, in one instance.
    pub(super) fn drop_handle(&self, instance: &Arc<Instance>, handle: &Handle) {
        self.drop_page(&Target::having(instance, handle));
    }

    fn drop_page(&self, target: &Target) {
        drop_page(&self.pages, &self.flights, &target.key);
        let Target { instance, key, .. } = target;
        if let (Some(store), Some(id)) = (instance.shelf.store(), instance.id_in(key)) {
            store.forget(Some(id));
        }
    }
}

/// What another gateway has to say about pages whose keys begin like this. Returns the ids of what is outdated, too, as only this
/// gateway knows.
pub(super) fn heed(pages: &Pages, flights: &Flights, prefix: &str, what: What, id: Option<&str>) -> Vec<String> {
    let mut also = Vec::new();
    match (what, id) {
        (What::Outdated, None) => drop_instance(pages, flights, prefix),
        (What::Outdated, Some(id)) => {
            let key: Arc<str> = format!("{prefix}{id}").into();
            also.extend(handles(pages, &key).map(|handle| handle_id(&handle)));
            drop_page(pages, flights, &key);
        }
        (What::Newer, Some(id)) => pages.outdate(&format!("{prefix}{id}")),
        (What::Channel, Some(channel)) => {
            let instance = prefix.split('#').next().unwrap_or_default();
            also.extend(pages.with_channel(instance, channel).map(String::from));
        }
        (What::Newer | What::Channel, None) | (What::Released, _) => {}
    }
    also.iter().for_each(|id| drop_page(pages, flights, &format!("{prefix}{id}").into()));
    also
}

/// The numbers and addresses of a contact in memory.
fn handles(pages: &Pages, key: &str) -> impl Iterator<Item = Handle> + use<> {
    let known = pages.get(key);
    let contact = match known.as_ref().map(Page::content) {
        Some(Content::Found(body)) => serde_json::from_slice::<Contact>(body).ok(),
        _ => None,
    };
    contact.iter().flat_map(Handle::all_of).collect::<Vec<_>>().into_iter()
}

fn drop_instance(pages: &Pages, flights: &Flights, prefix: &str) {
    pages.drop_instance(prefix);
    flights.outdate_all(|key| key.starts_with(prefix));
}

fn drop_page(pages: &Pages, flights: &Flights, key: &Arc<str>) {
    // First, so that nobody boards what is outdated.
    flights.outdate(key);
    pages.drop_page(key);
}
