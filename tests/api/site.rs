//! A gateway with emulated upstreams behind it, and a client in front.

use std::{collections::HashMap, fmt::Write as _, net::SocketAddr, thread::JoinHandle};

use actix_web::dev::ServerHandle;
use contact_gateway::{app::Application, config::Config};
use providers::{
    KINDS, Rate,
    emulator::{Emulated, Emulation, Emulator, Setup},
};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

use crate::described;

/// The gateway closes idle connections after some five seconds: whoever asks just then would have no answer.
const IDLE: std::time::Duration = std::time::Duration::from_secs(2);

/// A rate that no test reaches.
pub(crate) const PLENTY: Rate = Rate::per_seconds(100_000, 1);

/// A gateway that runs until it is dropped.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    upstreams: HashMap<&'static str, Emulator>,
    client: Client,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// One upstream of a site.
pub(crate) struct Upstream {
    name: &'static str,
    emulation: &'static Emulation,
    kind: &'static str,
    emulated: Box<dyn Emulated>,
    lines: String,
    elsewhere: Option<String>,
    setting: String,
}

/// An instance of this name, over the emulation of that name, with any rate.
pub(crate) fn upstream(name: &'static str, emulation: &str) -> Upstream {
    let all = KINDS.iter().flat_map(|kind| kind.emulations.iter().map(move |emulation| (kind, emulation)));
    let (kind, emulation) = all.into_iter().find(|(_, e)| e.instance == emulation).expect("there is such an emulation");
    Upstream {
        name,
        emulation,
        kind: kind.name,
        emulated: (emulation.build)(Setup::limited(PLENTY)),
        lines: "rate = { calls = 100000, per = \"1s\" }\n".to_owned(),
        elsewhere: None,
        setting: String::new(),
    }
}

impl Upstream {
    /// With this server instead.
    pub(crate) fn server(mut self, emulated: impl Emulated + 'static) -> Self {
        self.emulated = Box::new(emulated);
        self
    }

    /// With so many made-up people.
    pub(crate) fn people(mut self, people: u32) -> Self {
        self.emulated = (self.emulation.build)(Setup { rate: Some(PLENTY), people: Some(people) });
        self
    }

    /// With this limit, in the server and in the configuration.
    pub(crate) fn rate(mut self, calls: u32, milliseconds: u64) -> Self {
        let rate = Rate { calls, per: std::time::Duration::from_millis(milliseconds) };
        self.emulated = (self.emulation.build)(Setup::limited(rate));
        self.lines = format!("rate = {{ calls = {calls}, per = \"{milliseconds}ms\" }}\n");
        self
    }

    /// Without any limit, in the server and in the configuration.
    pub(crate) fn unlimited(mut self) -> Self {
        let rate = Rate { calls: Rate::UNLIMITED, ..PLENTY };
        self.emulated = (self.emulation.build)(Setup::limited(rate));
        "rate = \"unlimited\"\n".clone_into(&mut self.lines);
        self
    }

    /// With this base URL instead of its server's.
    pub(crate) fn at(mut self, url: String) -> Self {
        self.elsewhere = Some(url);
        self
    }

    /// With this line among its settings.
    pub(crate) fn setting(mut self, line: &str) -> Self {
        line.clone_into(&mut self.setting);
        self
    }

    /// With this line in its table.
    pub(crate) fn with(mut self, line: &str) -> Self {
        self.lines += line;
        self.lines.push('\n');
        self
    }
}

impl Site {
    /// A gateway over all three emulations, under their own names.
    pub(crate) async fn start() -> Self {
        let names = ["rocketchat", "rocketchat_legacy", "periskope"];
        Self::over(names.map(|name| upstream(name, name)), "").await
    }

    /// A gateway over these upstreams, with these lines at the top of its configuration.
    pub(crate) async fn over(upstreams: impl IntoIterator<Item = Upstream>, lines: &str) -> Self {
        let mut text = format!("server.listen = \"127.0.0.1:0\"\nserver.workers = 2\n{lines}\n");
        let mut running = HashMap::new();
        for Upstream { name, emulation, kind, emulated, lines, elsewhere, setting: more } in upstreams {
            let emulator = Emulator::start(emulated).await.expect("loopback has a free port");
            let url = elsewhere.unwrap_or_else(|| emulator.base_url().to_string());
            let _ = write!(text, "[providers.{name}]\nkind = {kind:?}\nbase_url = {url:?}\n{lines}");
            let _ = writeln!(text, "[providers.{name}.settings]\n{more}");
            for (setting, value) in emulation.settings {
                let _ = writeln!(text, "{setting} = {value:?}");
            }
            running.insert(name, emulator);
        }
        Self::configured(&text, running)
    }

    fn configured(text: &str, upstreams: HashMap<&'static str, Emulator>) -> Self {
        let file = temporary_file("site.toml", text);
        let config =
            Config::load(Some(&file), None::<(String, String)>, KINDS).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        // A runtime of its own, as in the program.
        let (send, receive) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let application = Application::build(config).unwrap();
                send.send((application.address(), application.handle())).unwrap();
                application.run_until_stopped().await.unwrap();
            });
        });
        let (address, server) = receive.recv().expect("the gateway starts");
        let client = Client::builder().pool_idle_timeout(IDLE).build().expect("a client without TLS");
        Self { address, upstreams, client, server, thread: Some(thread) }
    }

    /// The upstream of this instance.
    pub(crate) fn upstream(&self, name: &str) -> &Emulator {
        &self.upstreams[name]
    }

    /// How many calls for contacts this upstream has seen.
    pub(crate) fn calls(&self, name: &str) -> usize {
        self.upstream(name).calls("contact")
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    /// GETs a path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// GETs a path with a key.
    pub(crate) async fn get_as(&self, key: &str, path: &str) -> Answer {
        self.get_with(path, "authorization", &format!("Bearer {key}")).await
    }

    /// GETs a path with a header.
    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).header(header, value).send().await.unwrap()).await
    }
}

impl Site {
    /// POSTs a document as JSON.
    pub(crate) async fn post(&self, path: &str, document: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        Answer::of(request.body(document.to_string()).send().await.unwrap()).await
    }

    /// DELETEs a path.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path).send().await.unwrap()).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Stopping begins with the call; its future only waits for the end.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A message of an emulation's webhook, which says that this contact has changed.
pub(crate) fn message(emulation: &str, id: &str) -> providers::emulator::Message {
    let emulations = KINDS.iter().flat_map(|kind| kind.emulations);
    let emulation = emulations.into_iter().find(|e| e.instance == emulation).expect("there is such an emulation");
    (emulation.webhook.expect("it has webhooks"))(id)
}

/// A whole answer, which is one that the API's description has.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let whole = !response.url().query().unwrap_or_default().contains("fields=");
        Self::described(response, whole).await
    }

    /// For a caller whose key may not see every field.
    pub(crate) async fn of_part(response: Response) -> Self {
        Self::described(response, false).await
    }

    async fn described(response: Response, whole: bool) -> Self {
        let (status, headers, url) = (response.status(), response.headers().clone(), response.url().clone());
        let answer = Self { status, headers, text: response.text().await.unwrap() };
        described::check(url.path(), whole, &answer);
        answer
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem's code, once everything has been checked that every problem has.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem = self.json();
        for key in ["type", "title", "detail", "instance", "code", "origin", "request_id"] {
            assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {problem}");
        }
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert!(problem["retryable"].is_boolean() && problem.as_object().unwrap().contains_key("provider"));
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// The lines that admit whoever has the key `key-of-NAME`.
pub(crate) fn key(name: &str, lines: &str) -> String {
    let hash = contact_gateway::auth::Digest::of(format!("key-of-{name}").as_bytes());
    format!("[auth.keys.{name}]\nhash = \"{hash}\"\n{lines}\n")
}

/// Writes a file that no other test writes.
pub(crate) fn temporary_file(name: &str, text: &str) -> std::path::PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}
