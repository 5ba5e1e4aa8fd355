//! Three gateways over one Redis and two providers.

use std::time::Duration;

use futures_util::future::join_all;
use providers::{
    KINDS, Rate,
    emulator::{Emulation, Emulator, Setup},
};

use crate::{gateway::Gateway, load::fresh_path};

/// Three gateways over a provider with a limit, and another one without.
pub(crate) struct Fleet {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) provider: Emulator,
    pub(crate) chat: Emulator,
    pub(crate) rate: Rate,
    pub(crate) configuration: String,
}

/// A rate that no test reaches.
pub(crate) const PLENTY: Rate = Rate::per_seconds(10_000, 1);

/// How many made-up people each provider knows.
const PEOPLE: u32 = 9_000;

impl Fleet {
    /// Starts them, over a provider that allows so much.
    pub(crate) async fn start(redis: &str, rate: Rate) -> Self {
        Self::with(redis, rate, "").await
    }

    /// The same, with more lines at the top of the configuration.
    pub(crate) async fn with(redis: &str, rate: Rate, lines: &str) -> Self {
        Self::believing(rate, redis, rate, lines).await
    }

    /// The same, with a configuration that says something else of the provider's rate.
    pub(crate) async fn believing(believed: Rate, redis: &str, rate: Rate, lines: &str) -> Self {
        let mut configuration = format!(
            "server.listen = \"127.0.0.1:0\"\nserver.workers = 1\n{lines}\nredis = {{ url = {redis:?}, gateways = 3 }}\n"
        );
        let provider = emulator("periskope", rate, believed, &mut configuration).await;
        let chat = emulator("rocketchat", PLENTY, PLENTY, &mut configuration).await;
        let gateways = join_all((0..3).map(|_| Gateway::start(&configuration))).await;
        Self { gateways, provider, chat, rate, configuration }
    }

    /// Waits until all of them have found Redis so many times.
    pub(crate) async fn connected(&self, times: usize) {
        join_all(self.gateways.iter().map(|gateway| gateway.says_times("connected to Redis", times))).await;
    }

    /// Waits until all of them have lost Redis.
    pub(crate) async fn lost(&self) {
        join_all(self.gateways.iter().map(|gateway| gateway.says("the connection to Redis is lost"))).await;
    }

    /// Waits until all of them ask the provider again, each by its share.
    pub(crate) async fn goes_on(&self) {
        join_all(self.gateways.iter().map(async |gateway| while gateway.get(&fresh_path()).await.status() != 404 {}))
            .await;
    }

    /// How many calls the provider has answered with 429.
    pub(crate) fn refused(&self) -> usize {
        self.provider.seen().iter().filter(|seen| seen.status == 429).count()
    }

    /// The most calls that have come in any stretch of one window.
    pub(crate) fn most_in_a_window(&self) -> usize {
        let mut times: Vec<_> = self.provider.seen().iter().map(|seen| seen.at).collect();
        times.sort_unstable();
        let within = |start: usize| times[start..].partition_point(|at| *at < times[start] + self.rate.per);
        (0..times.len()).map(within).max().unwrap_or(0)
    }

    /// How many calls have come in this time after the first.
    pub(crate) fn calls_within(&self, time: Duration) -> usize {
        let seen = self.provider.seen();
        let first = seen.iter().map(|seen| seen.at).min().unwrap();
        seen.iter().filter(|seen| seen.at < first + time).count()
    }

    /// Fails if the provider has ever got more than it allows.
    pub(crate) fn assert_within_the_limit(&self) {
        let (most, limit) = (self.most_in_a_window(), self.rate.calls as usize);
        assert!(most <= limit, "{most} calls in a window that has {limit}");
        assert_eq!(self.refused(), 0);
    }
}

/// An emulated provider, and its lines in the configuration.
async fn emulator(name: &str, rate: Rate, believed: Rate, configuration: &mut String) -> Emulator {
    let emulation = emulation(name);
    let emulator = Emulator::start((emulation.build)(Setup { rate: Some(rate), people: Some(PEOPLE) })).await.unwrap();
    let (url, calls, per) = (emulator.base_url(), believed.calls, believed.per.as_millis());
    *configuration += &format!(
        "[providers.{name}]\nkind = {name:?}\nbase_url = \"{url}\"\ntimeout = \"1s\"\n\
         rate = {{ calls = {calls}, per = \"{per}ms\" }}\n[providers.{name}.settings]\n"
    );
    for (setting, value) in emulation.settings {
        *configuration += &format!("{setting} = {value:?}\n");
    }
    emulator
}

/// The emulation of this name.
pub(crate) fn emulation(name: &str) -> &'static Emulation {
    let mut emulations = KINDS.iter().flat_map(|kind| kind.emulations);
    emulations.find(|emulation| emulation.instance == name).unwrap()
}
