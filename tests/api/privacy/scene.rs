//! A gateway over every emulation, which is watched in all that it says.

use std::fmt::Write as _;

use futures_util::future::join_all;
use providers::{
    KINDS,
    emulator::{Emulation, Emulator, Fault, Setup},
};
use reqwest::{Client, Method, RequestBuilder};

use super::needles::normal;
use crate::{
    collector::Collector,
    program::Program,
    site::{PLENTY, key},
};

const COLLECTORS: &str = "collectors-s3cret";
/// A deadline that is met on a busy machine, too, in milliseconds.
pub(super) const PATIENT: usize = 10_000;
/// A credential that no provider accepts.
const WRONG: &str = "s3cret-that-is-wrong";

pub(super) struct Scene {
    program: Option<Program>,
    collector: Collector,
    pub(super) upstreams: Vec<(&'static Emulation, Emulator)>,
    client: Client,
    lines: String,
    answered: String,
}

/// What a caller got.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Scene {
    /// With these lines at the top of its configuration, and these variables.
    pub(super) async fn start(lines: &str, environment: &[(&str, &str)]) -> Self {
        let collector = Collector::start().await;
        let mut upstreams = Vec::new();
        for emulation in KINDS.iter().flat_map(|kind| kind.emulations) {
            let server = (emulation.build)(Setup { rate: Some(PLENTY), people: Some(40) });
            upstreams.push((emulation, Emulator::start(server).await.unwrap()));
        }
        let lines = format!("{lines}\n{}\ntraces.headers.authorization = \"Bearer {COLLECTORS}\"", collector.line());
        let text = configuration(&lines, &upstreams, PATIENT);
        let program = Some(Program::start_with(&text, environment).await);
        Self { program, collector, upstreams, client: Client::new(), lines, answered: String::new() }
    }

    fn program(&mut self) -> &mut Program {
        self.program.as_mut().unwrap()
    }

    pub(super) fn configuration(&self) -> &str {
        self.program.as_ref().and_then(|program| program.configuration().to_str()).unwrap()
    }

    /// A request of somebody with a key.
    pub(super) fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder {
        self.stranger(method, path).bearer_auth("key-of-crm")
    }

    /// A request of somebody without one.
    pub(super) fn stranger(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder {
        self.client.request(method, self.program.as_ref().unwrap().url(path.as_ref()))
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.ask([request]).await.remove(0)
    }

    /// Sends requests side by side.
    pub(super) async fn ask(&mut self, requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
        let answers = join_all(requests.into_iter().map(|request| async {
            let answer = request.send().await.unwrap();
            Answer { status: answer.status().as_u16(), text: answer.text().await.unwrap() }
        }));
        let answers = answers.await;
        answers.iter().for_each(|answer| self.answered += &answer.text);
        answers
    }

    /// From now on, all providers are spoiled in this way. With a deadline that they have not had before (in milliseconds), nothing
    /// is known of them that would spare them a call.
    pub(super) async fn spoil(&mut self, fault: Option<&Fault>, deadline: usize) {
        self.upstreams.iter().for_each(|(_, upstream)| upstream.set_fault(fault.cloned()));
        let text = configuration(&self.lines, &self.upstreams, deadline);
        self.program().reload(&text);
        self.program().says("the new configuration is in force").await;
    }

    /// Tries to change its configuration to one with a mistake.
    pub(super) async fn mistake(&mut self, lines: &str) {
        let text = format!("{lines}\n{}", configuration(&self.lines, &self.upstreams, PATIENT));
        self.program().reload(&text);
        self.program().says("the new configuration is refused").await;
    }

    /// All that callers got.
    pub(super) fn answered(&self) -> &str {
        &self.answered
    }

    /// All that was sent to providers and to the collector, apart from bodies.
    pub(super) fn sent(&self) -> String {
        let upstreams = self.upstreams.iter().map(|(_, upstream)| upstream).chain([self.collector.emulator()]);
        upstreams.fold(String::new(), |all, upstream| all + &format!("{:?}", upstream.seen()))
    }

    /// What is sent to show who it is.
    pub(super) fn credentials(&self) -> Vec<String> {
        let settings = self.upstreams.iter().flat_map(|(emulation, _)| emulation.settings);
        let sent = settings.filter(|(name, _)| !name.starts_with("webhook")).map(|(_, value)| *value);
        sent.chain([COLLECTORS, WRONG]).map(str::to_owned).collect()
    }

    /// What is known to both sides, or to callers only.
    pub(super) fn secrets(&self) -> Vec<String> {
        let settings = self.upstreams.iter().flat_map(|(emulation, _)| emulation.settings);
        let hooks = settings.filter(|(name, _)| name.starts_with("webhook")).map(|(_, value)| *value);
        hooks.chain(["key-of-", "sha256:"]).map(normal).collect()
    }

    /// Ends it, and returns its log and its spans.
    pub(super) async fn end(&mut self) -> (String, String) {
        (self.program.take().unwrap().end().await, self.collector.everything())
    }
}

/// Each provider twice: once with credentials that it rejects.
fn configuration(lines: &str, upstreams: &[(&Emulation, Emulator)], deadline: usize) -> String {
    let mut text =
        format!("server = {{ listen = \"127.0.0.1:0\", workers = 2, deadline = \"{deadline}ms\" }}\n{lines}\n");
    text += &(key("crm", "") + &key("poor", "fields = [\"name\"]\nrate = { calls = 1, per = \"1h\" }"));
    for (emulation, upstream) in upstreams {
        let is_this = |kind: &&providers::Kind| kind.emulations.iter().any(|one| one.instance == emulation.instance);
        let kind = KINDS.iter().find(is_this).unwrap().name;
        for suffix in ["", "_wrong"] {
            let (name, url) = (format!("{}{suffix}", emulation.instance), upstream.base_url());
            let _ = writeln!(text, "[providers.{name}]\nkind = \"{kind}\"\nbase_url = \"{url}\"\nrate = \"unlimited\"");
            let _ = writeln!(text, "timeout = \"{deadline}ms\"\n[providers.{name}.settings]");
            for (setting, value) in emulation.settings {
                let is_wrong = suffix == "_wrong" && matches!(*setting, "api_key" | "auth_token");
                let _ = writeln!(text, "{setting} = \"{}\"", if is_wrong { WRONG } else { value });
            }
        }
    }
    text
}
