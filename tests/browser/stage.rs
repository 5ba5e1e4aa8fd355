//! The real program with emulated upstreams behind it.

use std::fmt::Display;

use contact_gateway::auth::Digest;
use providers::{
    KINDS, Rate,
    emulator::{Canned, Emulated, Emulation, Emulator, Setup},
};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    gateway::{Configuration, Gateway},
};

/// A contact that the emulated Periskope has; also with this number.
pub(crate) const BK: &str = "periskope:919537851844@c.us";

/// A rate that no test reaches.
const PLENTY: Rate = Rate::per_seconds(100_000, 1);
const RATE: &str = "rate = { calls = 100000, per = \"1s\" }";

/// A gateway, and the upstreams that it asks.
pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    pub(crate) upstreams: Vec<Emulator>,
}

/// A gateway in the making.
pub(crate) struct Plan {
    configuration: Configuration,
    upstreams: Vec<Emulator>,
}

impl Plan {
    pub(crate) fn new(lines: &str) -> Self {
        Self { configuration: Configuration::new(lines), upstreams: Vec::new() }
    }

    /// With the emulation of this name as the instance of that name, and these lines in the instance's table.
    pub(crate) async fn with(self, name: &str, of: &str, lines: &str) -> Self {
        let server = (emulation(of).1.build)(Setup { rate: Some(PLENTY), people: Some(20) });
        self.over(name, of, &format!("{RATE}\n{lines}"), server).await
    }

    /// With a Periskope of this name that allows so many calls a minute, and says so.
    pub(crate) async fn with_limit(self, name: &str, calls: u32) -> Self {
        let server = (emulation("periskope").1.build)(Setup::limited(Rate::per_seconds(calls, 60)));
        let rate = format!("rate = {{ calls = {calls}, per = \"60s\" }}\ntimeout = \"1s\"");
        self.over(name, "periskope", &rate, server).await
    }

    /// With a Periskope of this name that counts nobody's calls.
    pub(crate) async fn with_unlimited(self, name: &str) -> Self {
        let server = (emulation("periskope").1.build)(Setup::limited(PLENTY));
        self.over(name, "periskope", "rate = \"unlimited\"", server).await
    }

    /// With a Periskope that knows this one document.
    pub(crate) async fn with_document(self, document: &Value) -> Self {
        let server = Canned::new("/v1", 200, "application/json", document.to_string());
        self.over("periskope", "periskope", RATE, Box::new(server)).await
    }

    async fn over(mut self, name: &str, of: &str, lines: &str, server: Box<dyn Emulated>) -> Self {
        let (kind, emulation) = emulation(of);
        let upstream = Emulator::start(server).await.unwrap();
        let url = upstream.base_url().to_string();
        self.configuration = self.configuration.instance(name, kind, &url, lines, emulation.settings);
        self.upstreams.push(upstream);
        self
    }

    pub(crate) async fn start(self) -> Stage {
        let gateway = Gateway::start(&self.configuration.write(), "debug", None).await;
        Stage { gateway, upstreams: self.upstreams }
    }
}

impl Stage {
    /// Both providers, and no key.
    pub(crate) async fn start() -> Self {
        let plan = Plan::new("").with("periskope", "periskope", "").await;
        plan.with("rocketchat", "rocketchat", "").await.start().await
    }

    /// A Periskope with one contact, which is like this.
    pub(crate) async fn with_contact(change: impl FnOnce(&mut Value)) -> Self {
        let mut document = json!({
            "contact_id": "919537851844@c.us", "contact_name": "Somebody", "contact_type": "user", "is_blocked": false,
            "chat_ids": [], "labels": [], "updated_at": "2025-01-22T05:41:15.000Z",
        });
        change(&mut document);
        Plan::new("").with_document(&document).await.start().await
    }

    /// A browser with the page at this path.
    pub(crate) async fn browse(&self, path: &str) -> Browser {
        Browser::open(self.gateway.address, path).await
    }
}

/// The lines that admit whoever has the key `key-of-NAME`.
pub(crate) fn key(name: &str, lines: impl Display) -> String {
    format!("[auth.keys.{name}]\nhash = \"{}\"\n{lines}\n", Digest::of(format!("key-of-{name}").as_bytes()))
}

fn emulation(name: &str) -> (&'static str, &'static Emulation) {
    let all = KINDS.iter().flat_map(|kind| kind.emulations.iter().map(move |emulation| (kind.name, emulation)));
    all.into_iter().find(|(_, emulation)| emulation.instance == name).expect("there is such an emulation")
}
