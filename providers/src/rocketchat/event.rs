//! What Rocket.Chat's omnichannel webhook tells: which visitor is in a conversation, and never a contact's id.

use std::fmt;

use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::{envelope, generation::Generation};
use crate::{Changed, Event, LocalId, Settings, Unheard, wire::Object};

/// The plain secret, not a signature (`sendToCRM.ts`).
const TOKEN: &str = "x-rocketchat-livechat-token";

/// Every `type` that the server sends.
const NAMES: &[&str] = &[
    "LivechatSessionStart",
    "LivechatSessionQueued",
    "LivechatSessionTaken",
    "LivechatSessionForwarded",
    "LivechatSession",
    "LivechatEdit",
    "Message",
    "LeadCapture",
    "LivechatOfflineMessage",
];

/// Who may tell of events: whoever knows the token.
pub(super) struct Hook(Option<SecretString>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}

impl Hook {
    pub(super) fn new(settings: &Settings) -> Self {
        Self(settings.text("webhook_token").map(SecretString::from))
    }

    pub(super) fn hears(&self) -> bool {
        self.0.is_some()
    }

    /// What a message says, to an instance whose server speaks this generation.
    pub(super) fn event(
        &self,
        generation: Option<Generation>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Event, Unheard> {
        let token = self.0.as_ref().ok_or(Unheard::NotConfigured)?.expose_secret();
        let shown = headers.get(TOKEN).ok_or(Unheard::Unverified)?;
        if !bool::from(shown.as_bytes().ct_eq(token.as_bytes())) {
            return Err(Unheard::Unverified);
        }
        let message: Object<envelope::Message> = serde_json::from_slice(body).map_err(|_| Unheard::Unreadable)?;
        let message = message.get().ok_or(Unheard::Unreadable)?;
        let name = NAMES.iter().copied().find(|name| message.kind.filled() == Some(name)).unwrap_or("other");
        // Offline messages come from whoever left an address: there is no visitor yet.
        let visitor = message.visitor.get().and_then(|visitor| visitor.id.filled());
        Ok(Event { name, changed: visitor.map_or_else(Vec::new, |id| changed(generation, id)) })
    }
}

/// A visitor is the contact itself to a server before 7.1, and a contact's channel since.
fn changed(generation: Option<Generation>, visitor: &str) -> Vec<Changed> {
    let contact = LocalId::parse(visitor).ok().map(Changed::Contact);
    let channel = Some(Changed::Channel(visitor.to_owned()));
    let both = match generation {
        Some(Generation::Modern) => [None, channel],
        Some(Generation::Legacy) => [contact, None],
        None => [contact, channel],
    };
    both.into_iter().flatten().collect()
}
