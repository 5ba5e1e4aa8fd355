//! What a check is given, and what a promise is.

use std::{pin::Pin, sync::Arc, time::Duration};

use providers::{
    Capabilities, Contact, ContactProvider, Kind, Rate, Result,
    emulator::{Change, Emulation, Emulator, Setup},
};

use crate::support::{call, connect, id, start};

/// Any number of calls.
pub(crate) const OFTEN: Rate = Rate { calls: 100_000, per: Duration::from_secs(1) };

/// A running server, and a provider for it.
pub(crate) struct Subject {
    pub(crate) kind: &'static Kind,
    pub(crate) emulation: &'static Emulation,
    pub(crate) server: Emulator,
    pub(crate) provider: Arc<dyn ContactProvider>,
}

/// What providers with certain capabilities promise.
pub(crate) struct Promise {
    pub(crate) words: &'static str,
    pub(crate) concerns: fn(&Capabilities) -> bool,
    pub(crate) check: Check,
}

pub(crate) type Check = Box<dyn Fn(Subject) -> Pin<Box<dyn Future<Output = ()>>> + Send + Sync>;

/// The promises of one file: whom they concern, and each in words with the function that checks it.
macro_rules! promises {
    (|$capabilities:pat_param| $concerns:expr; $($words:literal => $check:expr),* $(,)?) => {
        pub(crate) fn promises() -> Vec<$crate::subject::Promise> {
            vec![$($crate::subject::Promise {
                words: $words,
                concerns: |$capabilities: &providers::Capabilities| $concerns,
                check: Box::new(|subject| Box::pin($check(subject))),
            }),*]
        }
    };
}

impl Subject {
    /// A server with the usual people.
    pub(crate) async fn new(kind: &'static Kind, emulation: &'static Emulation) -> Self {
        let (server, provider) = unlimited(kind, emulation).await;
        Self { kind, emulation, server, provider }
    }

    /// A server of the same kind with so many people.
    pub(crate) async fn with_people(&self, people: u32) -> Self {
        let setup = Setup { people: Some(people), ..Setup::limited(OFTEN) };
        let server = start((self.emulation.build)(setup)).await;
        let provider = connect(self.kind, &server, self.emulation.settings, OFTEN);
        Self { server, provider, ..*self }
    }

    /// The ids of made-up people, by asking a server of the same kind that then is of no more use.
    pub(crate) fn ids(&self, people: u32) -> Vec<String> {
        let other = (self.emulation.build)(Setup { people: Some(people), ..Setup::default() });
        (0..people).map(|number| other.change(Change::Touch(number))).collect()
    }

    /// The contact with this id.
    pub(crate) async fn contact(&self, text: &str) -> Option<Contact> {
        ask(self, text).await.unwrap()
    }
}

/// Starts an emulation that allows any number of calls, and a provider for it.
pub(crate) async fn unlimited(kind: &Kind, emulation: &Emulation) -> (Emulator, Arc<dyn ContactProvider>) {
    let server = start((emulation.build)(Setup::limited(OFTEN))).await;
    let provider = connect(kind, &server, emulation.settings, OFTEN);
    (server, provider)
}

pub(crate) async fn ask(subject: &Subject, text: &str) -> Result<Option<Contact>> {
    Ok(subject.provider.contact(&id(text), &call()).await?.map(|found| found.contact))
}
