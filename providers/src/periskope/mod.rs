//! Periskope: contacts of a WhatsApp account.

mod answer;
mod emulator;
mod jid;
mod listing;
mod map;
mod message;
mod origins;
mod registration;
mod shape;
mod spelling;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret as _, SecretString};

pub use self::answer::meaning;
use self::answer::{DIALECT, is_ours, read};
use crate::{
    Call, Capabilities, Contact, ContactProvider, Draft, Error, ErrorKind, Event, Found, Handle, Instance, Kind,
    Listing, LocalId, Mistake, Origin, Query, Rate, Result, Setting, Settings, Unheard, header_text, phone,
    trail::mapping,
    upstream::{Request, Route, Upstream},
};

/// Periskope.
pub(crate) const KIND: Kind = Kind {
    name: "periskope",
    // The limit of January 2025, from the documented headers. Newer documents say 100 per second.
    default_rate: Rate::per_seconds(10, 1),
    settings: SETTINGS,
    recognises: jid::recognises,
    canonical: jid::canonical,
    connect,
    capabilities: Capabilities {
        find_by_phone: true,
        // Periskope keeps none.
        find_by_email: false,
        list: true,
        register: true,
        webhooks: true,
    },
    emulations: &[emulator::EMULATION],
};

const SETTINGS: &[Setting] = &[
    Setting {
        name: "api_key",
        required: true,
        secret: true,
        about: "the API key of the organisation; sent as a bearer token",
        check: header_text,
    },
    Setting {
        name: "phone",
        required: false,
        secret: false,
        about: "the connected phone, digits only, or its phone_id; sent as x-phone, and then limits what is seen to it",
        check: header_text,
    },
    Setting {
        name: "webhook_key",
        required: false,
        secret: true,
        about: "the signing key of the organisation's webhooks",
        check: header_text,
    },
];

// Whether calls are counted by key, phone or address is not documented; in any case for all routes together.
static CONTACT: Route = Route::new("contacts/{}").pooled("account").shaped(&shape::CONTACT);
static LIST: Route = Route::new("contacts").pooled("account").shaped(&shape::PAGE);
static CREATE: Route = Route::new("contacts/create").pooled("account").shaped(&shape::CONTACT);

/// A number in the range that WhatsApp gives to nobody: asked for to see whether the credentials work.
const PROBE: &str = "10000000000";

/// One organisation's account, perhaps limited to one of its phones.
#[derive(Debug)]
struct Periskope {
    upstream: Upstream,
    webhook_key: Option<SecretString>,
    order: listing::Order,
}

fn connect(instance: Instance, settings: &Settings) -> Result<Arc<dyn ContactProvider>> {
    let mut credentials = HeaderMap::new();
    let key = format!("Bearer {}", settings.text("api_key").unwrap_or_default());
    credentials.insert(AUTHORIZATION, header(&key)?);
    if let Some(phone) = settings.text("phone") {
        credentials.insert("x-phone", header(phone)?);
    }
    Ok(Arc::new(Periskope {
        upstream: Upstream::new(instance, &DIALECT, credentials)?,
        webhook_key: settings.text("webhook_key").map(SecretString::from),
        order: listing::Order::default(),
    }))
}

fn header(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::new(ErrorKind::RejectedCredentials, "a setting can't stand in a header"))
}

impl Periskope {
    /// Asks for one of the ids that stand for a contact.
    async fn ask(&self, id: &LocalId, all: &[LocalId], call: &Call) -> Result<Option<Found>> {
        let answer = self.upstream.send(call, &Request::get(&CONTACT).segment(id.as_str())).await?;
        mapping(|| read(&answer, all, self.upstream.instance()))
    }

    /// The contacts that have one of these ids, of which there are two at most.
    async fn ask_all(&self, ids: &[LocalId], call: &Call) -> Result<Vec<Contact>> {
        let (first, second) = (ids.first(), ids.get(1));
        let ask = async |id: Option<&LocalId>| match id {
            Some(id) => self.ask(id, ids, call).await,
            None => Ok(None),
        };
        let (first, second) = tokio::try_join!(ask(first), ask(second))?;
        let mut contacts: Vec<Contact> = Vec::new();
        for Found { contact, .. } in first.into_iter().chain(second) {
            let is_phone = contact.native_id.as_deref().and_then(jid::digits).is_some();
            if is_phone && contacts.iter().all(|known| known.id != contact.id) {
                contacts.push(contact);
            }
        }
        Ok(contacts)
    }
}

#[async_trait]
impl ContactProvider for Periskope {
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Found>> {
        let id = jid::canonical(id);
        self.ask(&id, std::slice::from_ref(&id), call).await
    }

    fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
        Some((&self.upstream, &CONTACT))
    }

    async fn check(&self, call: &Call) -> Result<()> {
        let answer = self.upstream.send(call, &Request::get(&CONTACT).segment(PROBE)).await?;
        if is_ours(&answer) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::InvalidAnswer, "no such route: the base URL is wrong"))
        }
    }
    async fn find(&self, handle: &Handle, call: &Call) -> Result<Vec<Contact>> {
        match handle {
            Handle::Phone(number) => self.ask_all(&spelling::ids(number), call).await,
            Handle::Email(_) => Err(Error::new(ErrorKind::Unsupported, "Periskope keeps no e-mail addresses")),
        }
    }

    async fn list(&self, query: &Query, call: &Call) -> Result<Listing> {
        let reader = listing::Reader { upstream: &self.upstream, route: &LIST, order: &self.order, call };
        reader.page(query).await
    }

    fn mistakes(&self, draft: &Draft) -> Vec<Mistake> {
        registration::mistakes(draft, self.upstream.instance().default_region.as_deref())
    }

    async fn register(&self, draft: &Draft, call: &Call) -> Result<Contact> {
        let instance = self.upstream.instance();
        let number = draft.phones.first().and_then(|number| phone::e164(number, instance.default_region.as_deref()));
        let ids = number.as_deref().map(spelling::ids).unwrap_or_default();
        let Some(id) = ids.first() else {
            return Err(Error::new(ErrorKind::Refused, "the draft has no phone number"));
        };
        // What Periskope does with one that is there already is not documented: it might write over it.
        if let Some(known) = self.ask_all(&ids, call).await?.into_iter().next() {
            return Ok(known);
        }
        let document = registration::document(draft, id);
        let answer = self.upstream.send(call, &Request::post(&CREATE, &document)).await?;
        mapping(|| registration::read(&answer, &ids, instance))
    }

    fn event(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, Unheard> {
        let key = self.webhook_key.as_ref().ok_or(Unheard::NotConfigured)?;
        message::read(key.expose_secret(), headers, body)
    }

    fn hears(&self) -> bool {
        self.webhook_key.is_some()
    }

    fn origins(&self) -> &'static [Origin] {
        origins::ORIGINS
    }
}
