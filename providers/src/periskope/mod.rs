//! Periskope: contacts of a WhatsApp account.

mod answer;
mod emulator;
mod jid;
mod map;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

#[cfg(fuzzing)]
pub use self::answer::meaning;
use self::answer::{DIALECT, is_ours, read};
use crate::{
    Call, Contact, ContactProvider, Error, ErrorKind, Instance, Kind, LocalId, Rate, Result, Setting, Settings,
    header_text,
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

static CONTACT: Route = Route::new("contacts/{}");

/// A number in the range that WhatsApp gives to nobody: asked for to see whether the credentials work.
const PROBE: &str = "10000000000";

/// One organisation's account, perhaps limited to one of its phones.
#[derive(Debug)]
struct Periskope {
    upstream: Upstream,
}

fn connect(instance: Instance, settings: &Settings) -> Result<Arc<dyn ContactProvider>> {
    let mut credentials = HeaderMap::new();
    let key = format!("Bearer {}", settings.text("api_key").unwrap_or_default());
    credentials.insert(AUTHORIZATION, header(&key)?);
    if let Some(phone) = settings.text("phone") {
        credentials.insert("x-phone", header(phone)?);
    }
    Ok(Arc::new(Periskope { upstream: Upstream::new(instance, &DIALECT, credentials)? }))
}

fn header(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::new(ErrorKind::RejectedCredentials, "a setting can't stand in a header"))
}

#[async_trait]
impl ContactProvider for Periskope {
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Contact>> {
        let id = jid::canonical(id);
        let answer = self.upstream.get(call, &Request::get(&CONTACT).segment(id.as_str())).await?;
        read(&answer, &id, self.upstream.instance())
    }

    async fn check(&self, call: &Call) -> Result<()> {
        let answer = self.upstream.get(call, &Request::get(&CONTACT).segment(PROBE)).await?;
        if is_ours(&answer) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::InvalidAnswer, "no such route: the base URL is wrong"))
        }
    }
}
