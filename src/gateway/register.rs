//! Registering contacts, once each, however often a caller has to ask.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use parking_lot::Mutex;
use providers::{Call, Contact, Draft, Error, ErrorKind, Handle, LocalId, Mistake};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{Caller, Errand, Failure, Gateway, Instance, Page, pages::Asked, resolve::Target};
use crate::shared::{Claim, Close};

/// For how long a caller's key stands for what was registered under it.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How often whoever comes with a key that another gateway has looks what has come of it.
const GLANCE: Duration = Duration::from_millis(100);
/// How many keys are remembered.
const MOST: u64 = 100_000;

/// A wish to register a contact.
#[derive(Debug)]
pub struct Registration<'a> {
    /// With which instance.
    pub provider: &'a str,
    /// The contact.
    pub draft: Draft,
    /// What stands for this wish, however often the caller makes it.
    pub key: Option<String>,
    /// Who asks.
    pub caller: &'a Caller,
    /// The request whose wish it is.
    pub errand: Errand<'a>,
}

/// Why a contact was not registered.
#[derive(Debug)]
pub enum Unregistered {
    /// The draft is wrong for this provider; nobody was asked.
    Mistakes(Vec<Mistake>),
    /// The key stands for another contact.
    OtherDraft,
    /// The provider did not, or could not.
    Failure(Failure),
}

impl From<Failure> for Unregistered {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// What was registered under which key.
#[derive(Debug)]
pub(super) struct Receipts(Cache<String, Arc<Receipt>>);

/// One key's wish.
#[derive(Debug)]
struct Receipt {
    /// Of the provider and the draft.
    fingerprint: [u8; 32],
    nonce: String,
    state: tokio::sync::Mutex<State>,
    /// For the next one, who looks without waiting.
    done: Mutex<Option<Page>>,
}

/// How far a wish has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Nobody has been asked, or has surely done nothing.
    Open,
    /// The provider may have done it: it is looked up first.
    Unsure,
}

impl Default for Receipts {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(REMEMBERED).build())
    }
}

impl Receipts {
    fn of(&self, key: &str, fingerprint: [u8; 32]) -> Arc<Receipt> {
        self.0.get_with_by_ref(key, || Arc::new(Receipt::new(fingerprint)))
    }
}

impl Receipt {
    fn new(fingerprint: [u8; 32]) -> Self {
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        Self { fingerprint, nonce, state: tokio::sync::Mutex::new(State::Open), done: Mutex::default() }
    }
}

impl Gateway {
    /// Registers a contact, and returns its page. What was registered under a key is returned to whoever comes with the key
    /// again; and a wish whose outcome is not known is looked up before it is tried again.
    ///
    /// # Errors
    /// See [`Unregistered`].
    pub async fn register(&self, wish: Registration<'_>) -> Result<Page, Unregistered> {
        let instance = self.instance_for(wish.provider, wish.caller)?;
        let mistakes = instance.provider.mistakes(&wish.draft);
        if !mistakes.is_empty() {
            return Err(Unregistered::Mistakes(mistakes));
        }
        let fingerprint = fingerprint(&instance.name, &wish.draft);
        // One caller's keys are not another's.
        let key = |key: &String| format!("{}\n{key}", wish.caller.name.as_deref().unwrap_or_default());
        let key = wish.key.as_ref().map(key);
        let receipt = match &key {
            Some(key) => self.receipts.of(key, fingerprint),
            None => Arc::new(Receipt::new(fingerprint)),
        };
        if receipt.fingerprint != fingerprint {
            return Err(Unregistered::OtherDraft);
        }
        let call = Call::new(Instant::now() + self.deadline, wish.caller.priority);
        let late = |_| Failure::late(&instance.name, None);
        // Whoever comes with the same key meanwhile waits for what comes of it.
        let mut state = tokio::time::timeout_at(call.deadline, receipt.state.lock()).await.map_err(late)?;
        if let Some(page) = receipt.done.lock().clone() {
            return Ok(page);
        }
        let claim = match &key {
            Some(key) => self.claim(key, &receipt, &call).await,
            None => None,
        };
        let (nonce, others) = match claim {
            Some(Claim::Own { nonce, is_unsure }) => (nonce, if is_unsure { State::Unsure } else { State::Open }),
            Some(Claim::Done(contact)) => {
                let page = Page::registered(&contact, &instance.shelf);
                *receipt.done.lock() = Some(page.clone());
                return Ok(page);
            }
            Some(Claim::Other) => return Err(Unregistered::OtherDraft),
            Some(Claim::Others) => return Err(Failure::late(&instance.name, None).into()),
            None => (receipt.nonce.clone(), State::Open),
        };
        let draft = Draft { nonce, ..wish.draft };
        // Should this task end here, the outcome is not known.
        let before = std::mem::replace(&mut *state, State::Unsure).max(others);
        let registered = self.register_with(instance, &draft, &call, before);
        let registered = wish.errand.run(&call, &instance.name, registered).await;
        match registered {
            Ok(contact) => {
                let page = self.keep_registered(instance, &contact, &call)?;
                *receipt.done.lock() = Some(page.clone());
                self.close(key.as_deref(), Close::Done(page.body()));
                Ok(page)
            }
            Err(error) => {
                if !error.is_unsure() {
                    *state = before;
                }
                self.close(key.as_deref(), if *state == State::Open { Close::Open } else { Close::Unsure });
                Err(instance.failed(error).into())
            }
        }
    }

    /// Takes the key for this gateway, once no other one carries its wish out. `None`: there are no others, as far as is known.
    async fn claim(&self, key: &str, receipt: &Receipt, call: &Call) -> Option<Claim> {
        let shared = self.shared.as_ref()?;
        let wish: String = receipt.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        loop {
            match shared.claim(key, &wish, &receipt.nonce, REMEMBERED).await {
                Some(Claim::Others) if Instant::now() + GLANCE < call.deadline => tokio::time::sleep(GLANCE).await,
                claim => return claim,
            }
        }
    }

    fn close(&self, key: Option<&str>, close: Close) {
        if let (Some(shared), Some(key)) = (&self.shared, key) {
            shared.close(key, close);
        }
    }

    async fn register_with(
        &self,
        instance: &Arc<Instance>,
        draft: &Draft,
        call: &Call,
        state: State,
    ) -> providers::Result<Contact> {
        if state == State::Unsure
            && let Some(contact) = look(instance, draft, call).await?
        {
            return Ok(contact);
        }
        instance.provider.register(draft, call).await
    }

    /// Keeps the new contact's page, and forgets that nobody had its numbers and addresses.
    fn keep_registered(&self, instance: &Arc<Instance>, contact: &Contact, call: &Call) -> Result<Page, Failure> {
        let page = Page::new(Some(contact), &instance.shelf, call.spent()).map_err(|_| Failure::NotCached)?;
        for handle in Handle::all_of(contact) {
            self.drop_handle(instance, &handle);
        }
        if let Some(id) = contact.native_id.as_deref().and_then(|id| LocalId::parse(id).ok()) {
            let target = Target::new(instance, &id);
            self.forget_contact(&target);
            self.pages.store(&target.key, &page, Asked::now());
        }
        Ok(page)
    }
}

/// The contact that an attempt before may have registered: it has all that the draft says.
async fn look(instance: &Arc<Instance>, draft: &Draft, call: &Call) -> providers::Result<Option<Contact>> {
    let emails = draft.emails.iter().filter_map(|email| Handle::email(email));
    let phones = draft.phones.iter().filter_map(|phone| Handle::phone(phone));
    let capabilities = &instance.kind.capabilities;
    let handle =
        phones.filter(|_| capabilities.find_by_phone).chain(emails.filter(|_| capabilities.find_by_email)).next();
    let Some(handle) = handle else {
        let detail = "whether it is registered is not known, and it has nothing by which it could be looked up";
        return Err(Error::new(ErrorKind::Unavailable, detail).unsure());
    };
    let found = instance.provider.find(&handle, call).await?;
    Ok(found.into_iter().find(|contact| contact.name.as_deref() == Some(&*draft.name)))
}

fn fingerprint(provider: &str, draft: &Draft) -> [u8; 32] {
    let text = serde_json::json!([provider, draft.name, draft.emails, draft.phones, draft.custom_fields]).to_string();
    Sha256::digest(text).into()
}
