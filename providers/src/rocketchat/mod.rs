//! Rocket.Chat's omnichannel contacts, in both generations of its API.

mod answer;
mod clean;
mod dialect;
mod emulator;
mod envelope;
mod event;
mod failure;
mod find;
mod generation;
mod list;
mod map;
mod mistakes;
mod origins;
mod page;
mod register;
mod server;
mod settings;
mod shape;
mod spellings;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;

pub use self::answer::meaning;
#[cfg(fuzzing)]
pub use self::answer::meanings;
use self::{generation::Generation, server::Server, settings::SETTINGS};
use crate::{
    Call, Capabilities, Contact, ContactProvider, Draft, Event, Found, Handle, Instance, Kind, Listing, LocalId,
    Mistake, Origin, Query, Rate, Result, Settings, Unheard,
    upstream::{Route, Upstream},
};

/// Rocket.Chat.
pub(crate) const KIND: Kind = Kind {
    name: "rocketchat",
    // API_Enable_Rate_Limiter_Limit_Calls_Default and _Time_Default.
    default_rate: Rate::per_seconds(10, 60),
    settings: SETTINGS,
    recognises: |id| map::is_native(id.as_str()),
    canonical: LocalId::clone,
    connect,
    capabilities: Capabilities { find_by_phone: true, find_by_email: true, list: true, register: true, webhooks: true },
    emulations: &[emulator::MODERN, emulator::LEGACY],
};

/// One account at one Rocket.Chat server, as a source of contacts.
#[derive(Debug)]
struct RocketChat {
    server: Server,
    hook: event::Hook,
}

fn connect(instance: Instance, settings: &Settings) -> Result<Arc<dyn ContactProvider>> {
    Ok(Arc::new(RocketChat { server: Server::new(instance, settings)?, hook: event::Hook::new(settings) }))
}

#[async_trait]
impl ContactProvider for RocketChat {
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Found>> {
        self.server.ask(call, |generation| self.server.contact(generation, id, call)).await
    }

    fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
        Some((&self.server.upstream, self.server.reading()))
    }

    async fn prepare(&self, call: &Call) -> Result<()> {
        self.server.generation(call).await.map(drop)
    }

    async fn check(&self, call: &Call) -> Result<()> {
        self.server.check(call).await
    }

    async fn find(&self, handle: &Handle, call: &Call) -> Result<Vec<Contact>> {
        self.server.ask(call, |generation| find::find(&self.server, generation, handle, call)).await
    }

    async fn list(&self, query: &Query, call: &Call) -> Result<Listing> {
        self.server.ask(call, |generation| list::list(&self.server, generation, query, call)).await
    }

    async fn count(&self, call: &Call) -> Result<Option<u64>> {
        self.server.ask(call, |generation| list::count(&self.server, generation, call)).await
    }

    fn mistakes(&self, draft: &Draft) -> Vec<Mistake> {
        mistakes::mistakes(self.server.known(), draft)
    }

    async fn register(&self, draft: &Draft, call: &Call) -> Result<Contact> {
        self.server.ask(call, |generation| register::register(&self.server, generation, draft, call)).await
    }

    fn event(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, Unheard> {
        self.hook.event(self.server.known(), headers, body)
    }

    fn hears(&self) -> bool {
        self.hook.hears()
    }

    fn origins(&self) -> &'static [Origin] {
        self.server.known().map_or(&[], origins::of)
    }

    fn generation(&self) -> Option<&'static str> {
        self.server.known().map(Generation::name)
    }
}
