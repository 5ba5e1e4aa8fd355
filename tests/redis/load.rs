//! More requests than a provider allows, each for a contact of its own.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{Instant, interval},
};

use crate::fleet::Fleet;

/// What has become of the requests.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many the provider has answered.
    pub(crate) answered: usize,
    /// How many were told that there is no turn, or no answer, in time.
    pub(crate) refused: usize,
    /// Anything else.
    pub(crate) others: Vec<String>,
    /// How long the slowest took.
    pub(crate) slowest: Duration,
}

/// Waits until no other test loads the machine: what is measured under load is one test's alone.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static LOAD: Mutex<()> = Mutex::const_new(());
    LOAD.lock().await
}

/// An id that nobody has asked for.
pub(crate) fn fresh_path() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(10_000_000_000);
    format!("/contacts/periskope:{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

impl Fleet {
    /// Asks all gateways in turn, this often, for so long.
    pub(crate) async fn load(&self, pause: Duration, time: Duration) -> Outcome {
        let (mut asked, mut outcome) = (FuturesUnordered::new(), Outcome::default());
        let (mut ticks, end) = (interval(pause), Instant::now() + time);
        let mut gateways = self.gateways.iter().cycle();
        while Instant::now() < end {
            tokio::select! {
                _ = ticks.tick() => asked.push(self.ask(gateways.next().unwrap())),
                Some(one) = asked.next() => outcome.count(one),
            }
        }
        while let Some(one) = asked.next().await {
            outcome.count(one);
        }
        outcome
    }

    async fn ask(&self, gateway: &crate::gateway::Gateway) -> (u16, String, Duration) {
        let began = Instant::now();
        let answer = gateway.get(&fresh_path()).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let code = serde_json::from_str::<serde_json::Value>(&text).unwrap()["code"].as_str().unwrap().to_owned();
        (status, code, began.elapsed())
    }
}

impl Outcome {
    fn count(&mut self, (status, code, took): (u16, String, Duration)) {
        self.slowest = self.slowest.max(took);
        match (status, &*code) {
            (404, "contact-not-found") => self.answered += 1,
            (503, "provider-rate-limited") | (504, "provider-timeout") => self.refused += 1,
            _ => self.others.push(format!("{status} {code}")),
        }
    }
}
