//! What the gateway, the sandbox and the conformance suite need to know of each kind of provider.

use std::{fmt, sync::Arc, time::Duration};

use serde::Serialize;
use url::Url;

use crate::{ContactProvider, LocalId, Result, Settings, emulator::Emulation, settings::Setting, upstream::Ledgers};

/// Everything that is known of a kind of provider before one is connected. One `const` in each provider's folder.
pub struct Kind {
    /// The word for `kind = "…"` in the configuration.
    pub name: &'static str,
    /// The upstream's documented limit per API route, where the configuration names none.
    pub default_rate: Rate,
    /// What may stand under `[providers.X.settings]`.
    pub settings: &'static [Setting],
    /// Whether a bare id looks like one of this kind's. Decides where an id without an instance's name goes.
    pub recognises: fn(&LocalId) -> bool,
    /// The one spelling under which all spellings of an id share a cache entry, and which is sent upstream. Idempotent.
    pub canonical: fn(&LocalId) -> LocalId,
    /// Makes a provider. Asks nothing of the network.
    pub connect: fn(Instance, &Settings) -> Result<Arc<dyn ContactProvider>>,
    /// What a provider of this kind can do beside reading one contact.
    pub capabilities: Capabilities,
    /// The servers of this kind that can be emulated.
    pub emulations: &'static [Emulation],
}

/// What a provider can do beside reading one contact. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Capabilities {
    /// Finds contacts by phone number.
    pub find_by_phone: bool,
    /// Finds contacts by e-mail address.
    pub find_by_email: bool,
    /// Lists all contacts.
    pub list: bool,
    /// Registers contacts.
    pub register: bool,
    /// Tells of changes by webhooks.
    pub webhooks: bool,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One configured provider, as far as all kinds have the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Instance {
    /// The instance's name: `[a-z][a-z0-9_]*`.
    pub name: Arc<str>,
    /// Where the upstream is. Credentials go to this origin only.
    pub base_url: Url,
    /// How many calls per API route the upstream allows.
    pub rate: Rate,
    /// The longest one attempt may take.
    pub timeout: Duration,
    /// For phone numbers written without a country code: an ISO 3166-1 alpha-2 code, upper case.
    pub default_region: Option<String>,
    /// Where its calls are counted.
    pub ledgers: Ledgers,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("name", &self.name).finish_non_exhaustive()
    }
}

/// So many calls in any stretch of so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls; at least one. [`Rate::UNLIMITED`]: as many as anybody likes.
    pub calls: u32,
    /// In any stretch of this length.
    pub per: Duration,
}

impl Rate {
    /// As many calls as anybody likes, until the upstream says otherwise.
    pub const UNLIMITED: u32 = u32::MAX;

    /// So many calls per so many seconds.
    #[must_use]
    pub const fn per_seconds(calls: u32, seconds: u64) -> Self {
        Self { calls, per: Duration::from_secs(seconds) }
    }
}
