//! What makes pages outdated: a caller's word, a provider's word.

use std::sync::Arc;

use http::HeaderMap;
use providers::{Changed, Contact, Handle, Unheard};

use super::{Caller, Content, Failure, Gateway, Instance, resolve, resolve::Target};

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
        self.pages.drop_instance(instance.prefix());
        self.flights.outdate_all(|key| instance.owns(key));
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
                    if let Some(key) = self.pages.with_channel(&instance.name, channel)
                        && let Some(target) = Target::of_key(instance, &key)
                    {
                        self.forget_contact(&target);
                    }
                }
            }
        }
        Ok(event.name)
    }

    /// Forgets a contact, and who was found by its numbers and addresses.
    pub(super) fn forget_contact(&self, target: &Target) {
        let known = self.pages.get(&target.key);
        if let Some(Content::Found { body, .. }) = known.as_deref().map(super::Page::content)
            && let Ok(contact) = serde_json::from_slice::<Contact>(body)
        {
            for handle in Handle::all_of(&contact) {
                self.drop_page(&Target::having(&target.instance, &handle).key);
            }
        }
        self.drop_page(&target.key);
        self.drop_page(&target.clone().with_document().key);
    }

    fn forget_handle(&self, instance: &Arc<Instance>, handle: &Handle) {
        let key = Target::having(instance, handle).key;
        if let Some(Content::Known(ids)) = self.pages.get(&key).as_deref().map(super::Page::content) {
            for id in ids {
                self.forget_contact(&Target::new(instance, id));
            }
        }
        self.drop_page(&key);
    }

    /// Forgets who was found by this number or address, in one instance.
    pub(super) fn drop_handle(&self, instance: &Arc<Instance>, handle: &Handle) {
        self.drop_page(&Target::having(instance, handle).key);
    }

    fn drop_page(&self, key: &Arc<str>) {
        // First, so that nobody boards what is outdated.
        self.flights.outdate(key);
        self.pages.drop_page(key);
    }
}
