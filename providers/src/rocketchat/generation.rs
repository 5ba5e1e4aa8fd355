//! Which of the two APIs a server speaks. Both say "contact", and mean different things with different ids.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{sync::Mutex as Turn, time::Instant};

use super::envelope;
use crate::{Call, Error, ErrorKind, Result, upstream::Answer};

/// Servers get upgraded: what was learned is asked again after this time.
const LEARNED_FOR: Duration = Duration::from_secs(4 * 3600);
/// A server that insists on its generation, and still answers like the other one, is not asked more often than this.
const SHORTEST_BETWEEN: Duration = Duration::from_secs(60);

/// The two generations of the contact API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Generation {
    /// `omnichannel/contacts.get`: contacts, usable since 7.1.
    Modern,
    /// `omnichannel/contact`: visitors.
    Legacy,
}

impl Generation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Legacy => "legacy",
        }
    }

    /// What `GET /api/info` tells: major and minor are enough, and all that anonymous callers get.
    pub(super) fn from_info(answer: &Answer) -> Option<Self> {
        let info: envelope::Info =
            if answer.claims_json() { serde_json::from_slice(&answer.body).ok()? } else { return None };
        let inner = info.info.get().and_then(|info| info.version.filled());
        info.version.filled().or(inner).and_then(Self::from_version)
    }

    fn from_version(version: &str) -> Option<Self> {
        let mut numbers = version.trim_start_matches('v').split(['.', '-']).map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(if (major, minor) >= (7, 1) { Self::Modern } else { Self::Legacy })
    }
}

/// The generation of one server: configured, or learned and remembered.
#[derive(Debug)]
pub(super) struct Generations {
    fixed: Option<Generation>,
    learned: Mutex<Option<Learned>>,
    /// Held by whoever is asking, so that many requests ask once.
    asking: Turn<()>,
}

#[derive(Debug, Clone, Copy)]
struct Learned {
    generation: Generation,
    at: Instant,
    /// When it was found to be still the same.
    insisted: Option<Instant>,
}

impl Generations {
    /// `None` learns it from the server.
    pub(super) fn new(fixed: Option<Generation>) -> Self {
        Self { fixed, learned: Mutex::new(None), asking: Turn::new(()) }
    }

    /// Reads the setting `generation`; `None` is `auto`.
    pub(super) fn parse(setting: &str) -> Result<Option<Generation>, &'static str> {
        match setting {
            "auto" => Ok(None),
            "modern" => Ok(Some(Generation::Modern)),
            "legacy" => Ok(Some(Generation::Legacy)),
            _ => Err("must be \"modern\", \"legacy\" or \"auto\""),
        }
    }

    /// The generation, if it is known by now.
    pub(super) fn known(&self) -> Option<Generation> {
        self.fixed.or_else(|| self.learned().map(|learned| learned.generation))
    }

    /// The generation to ask with. `ask` finds it out; it is called when nothing is known, or that was long ago.
    pub(super) async fn current(
        &self,
        call: &Call,
        ask: impl AsyncFnOnce() -> Result<Generation>,
    ) -> Result<Generation> {
        self.settle(|learned| learned.at.elapsed() < LEARNED_FOR, call, ask).await
    }

    /// The generation, after an answer to `assumed` that only a server of the other one gives. Found out anew, but not
    /// over and over where the server insists.
    pub(super) async fn again(
        &self,
        assumed: Generation,
        call: &Call,
        ask: impl AsyncFnOnce() -> Result<Generation>,
    ) -> Result<Generation> {
        let recent = |at: Instant| at.elapsed() < SHORTEST_BETWEEN;
        let settled = |learned: &Learned| learned.generation != assumed || learned.insisted.is_some_and(recent);
        self.settle(settled, call, ask).await
    }

    /// What was learned, if it is good enough, else what `ask` finds out.
    async fn settle(
        &self,
        good: impl Fn(&Learned) -> bool,
        call: &Call,
        ask: impl AsyncFnOnce() -> Result<Generation>,
    ) -> Result<Generation> {
        let known = || self.learned().filter(|learned| good(learned)).map(|learned| learned.generation);
        if let Some(known) = self.fixed.or_else(known) {
            return Ok(known);
        }
        let turn = tokio::time::timeout_at(call.deadline, self.asking.lock()).await;
        let _turn = turn.map_err(|_| Error::new(ErrorKind::Timeout, "the API generation is still being asked for"))?;
        if let Some(known) = known() {
            return Ok(known);
        }
        let before = self.learned().map(|learned| learned.generation);
        let generation = match (ask().await, before) {
            (Ok(generation), _) => generation,
            // Better what was true hours ago than no answer.
            (Err(_), Some(before)) => before,
            (Err(error), None) => return Err(error),
        };
        let now = Instant::now();
        let learned = Learned { generation, at: now, insisted: (before == Some(generation)).then_some(now) };
        *self.learned.lock().unwrap_or_else(PoisonError::into_inner) = Some(learned);
        Ok(generation)
    }

    fn learned(&self) -> Option<Learned> {
        *self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_modern_from_7_1_on() {
        for modern in ["7.1", "7.1.0", "7.1.0-rc.1", "7.10", "8.8", "8.8.1", "9.0.0-develop", "10.0", "v7.2"] {
            assert_eq!(Generation::from_version(modern), Some(Generation::Modern), "{modern}");
        }
        for legacy in ["7.0", "7.0.9", "7", "6.13.1", "4.0", "3.18.2", "0.74.3"] {
            assert_eq!(Generation::from_version(legacy), Some(Generation::Legacy), "{legacy}");
        }
        for nothing in ["", "x.y", "develop"] {
            assert_eq!(Generation::from_version(nothing), None, "{nothing}");
        }
    }
}
