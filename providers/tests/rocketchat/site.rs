//! Servers of both generations, and servers that are somewhat odd.

use std::sync::Arc;

use providers::{
    ContactProvider, KINDS, Kind, Rate,
    emulator::{Change, Emulated, Emulator, Request, Response, Setup},
};
use serde_json::Value;

use crate::support::{connect, start};

pub(crate) const FULL: &str = "673c76df47a6c9b89dd263d8";
pub(crate) const VISITOR: &str = "653f9ce1a2f73c7460e18e82";
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("user_id", "rbAXPnMktTFbNpwtJ"),
    ("auth_token", "emulated-token-of-no-use-elsewhere"),
    ("webhook_token", "emulated-webhook-token-of-no-use-elsewhere"),
];
pub(crate) const MODERN: usize = 0;
pub(crate) const LEGACY: usize = 1;

pub(crate) fn kind() -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == "rocketchat").unwrap()
}

pub(crate) fn era(index: usize) -> Box<dyn Emulated> {
    people(index, 1200)
}

/// A server that knows so many people.
pub(crate) fn people(index: usize, people: u32) -> Box<dyn Emulated> {
    let setup = Setup { people: Some(people), ..Setup::limited(Rate::per_seconds(10_000, 1)) };
    (kind().emulations[index].build)(setup)
}

pub(crate) fn provider(server: &Emulator) -> Arc<dyn ContactProvider> {
    connect(kind(), server, SETTINGS, Rate::per_seconds(10_000, 1))
}

/// Starts a server, and a provider for it.
pub(crate) async fn serve(emulated: Box<dyn Emulated>) -> (Emulator, Arc<dyn ContactProvider>) {
    let server = start(emulated).await;
    let provider = provider(&server);
    (server, provider)
}

/// What becomes of a path with its query.
pub(crate) type Question = fn(&str) -> String;
/// What becomes of the body of the answer to a path with its query.
pub(crate) type Answer = fn(&str, Value) -> Value;

/// A server that reads another question than it is asked, and gives another answer than it has.
pub(crate) struct Odd {
    pub(crate) server: Box<dyn Emulated>,
    pub(crate) question: Question,
    pub(crate) answer: Answer,
}

impl Odd {
    pub(crate) fn new(server: Box<dyn Emulated>) -> Self {
        Self { server, question: str::to_owned, answer: |_, body| body }
    }
}

impl std::fmt::Debug for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Odd").finish_non_exhaustive()
    }
}

impl Emulated for Odd {
    fn answer(&self, request: &Request) -> Response {
        let target = request.uri().to_string();
        let mut question = request.clone();
        *question.uri_mut() = (self.question)(&target).parse().unwrap();
        self.server.answer(&question).map(|body| match serde_json::from_slice(&body) {
            Ok(json) => (self.answer)(&target, json).to_string().into(),
            Err(_) => body,
        })
    }

    fn change(&self, change: Change) -> String {
        self.server.change(change)
    }
}
