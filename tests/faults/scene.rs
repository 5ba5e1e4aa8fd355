//! A gateway between an ailing upstream and a well one.
//!
//! ```text
//!           ┌─ ailing  ─┬─ proxy ── emulated Periskope
//! gateway ──┼─ expired ─┤
//!           ├─ patient ─┘
//!           └─ well ─────────────── emulated Rocket.Chat
//! ```
//!
//! `expired` and `patient` are the same upstream under other names: one keeps contacts only for when it fails, the other has so
//! long a time limit that only the request's deadline ends its calls.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use providers::{
    KINDS, Rate,
    emulator::{Emulation, Emulator, Setup},
};
use reqwest::Client;
use tokio::net::TcpListener;

use crate::{
    answer::Answer,
    certificates::{Certificates, HOST},
    fault::Places,
    gateway::{Configuration, Gateway},
    proxy::Proxy,
};

/// The longest that one attempt may take, in each scene.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(600);
/// The longest that one request may take.
pub(crate) const DEADLINE: Duration = Duration::from_millis(1500);
/// A rate that no test reaches.
const PLENTY: Rate = Rate::per_seconds(100_000, 1);

/// How the gateway reaches the ailing upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Http,
    Https,
    /// Under a name that nobody has.
    Nowhere,
}

/// Everything of one test.
pub(crate) struct Scene {
    pub(crate) proxy: Proxy,
    pub(crate) gateway: Gateway,
    elsewhere: Arc<AtomicUsize>,
    client: Client,
    ailing: Emulator,
    _well: Emulator,
}

/// The emulation with this name, and the kind that it is of.
pub(crate) fn emulation(name: &str) -> (&'static str, &'static Emulation) {
    let all = KINDS.iter().flat_map(|kind| kind.emulations.iter().map(move |emulation| (kind.name, emulation)));
    all.into_iter().find(|(_, emulation)| emulation.instance == name).expect("there is such an emulation")
}

impl Scene {
    /// One whose gateway logs as much as it ever says of its own: what is not in this log is in none.
    pub(crate) async fn start(way: Way) -> Self {
        Self::logged(way, "debug").await
    }

    /// One whose gateway logs what it does by default. Only so does it answer from memory before its server reads a request.
    pub(crate) async fn quiet() -> Self {
        Self::logged(Way::Http, "info").await
    }

    async fn logged(way: Way, log: &str) -> Self {
        let (_, sick) = emulation("periskope");
        let (_, sound) = emulation("rocketchat");
        let ailing = Emulator::start((sick.build)(Setup::limited(PLENTY))).await.unwrap();
        let well = Emulator::start((sound.build)(Setup::limited(PLENTY))).await.unwrap();

        let certificates = (way == Way::Https).then(|| Arc::new(Certificates::issue()));
        let (elsewhere, places) = elsewhere().await;
        let proxy = Proxy::start(authority(&ailing), certificates.clone(), places);

        let url = match way {
            Way::Http => format!("http://{}/v1", proxy.address),
            Way::Https => format!("https://{HOST}:{}/v1", proxy.address.port()),
            // RFC 2606 keeps this name from everybody.
            Way::Nowhere => "https://does-not-exist.invalid/v1".to_owned(),
        };
        let lines = format!("timeout = \"{}ms\"\nrate = {{ calls = 100000, per = \"1s\" }}", TIMEOUT.as_millis());
        let expired = format!("{lines}\ncache = {{ fresh = \"0s\", stale = \"0s\", stale_if_error = \"1h\" }}");
        let patient = lines.replace(&format!("{}ms", TIMEOUT.as_millis()), "1m");
        let configuration = Configuration::new(&format!("server.deadline = \"{}ms\"", DEADLINE.as_millis()))
            .instance("ailing", "periskope", &url, &lines, sick.settings)
            .instance("expired", "periskope", &url, &expired, sick.settings)
            .instance("patient", "periskope", &url, &patient, sick.settings)
            .instance("well", "rocketchat", well.base_url().as_str(), &lines, sound.settings);
        let authority = certificates.as_ref().map(|certificates| &*certificates.authority);
        let gateway = Gateway::start(&configuration.write(), log, authority).await;
        Self { proxy, gateway, elsewhere, client: client(), ailing, _well: well }
    }

    /// Asks the gateway for a contact.
    pub(crate) async fn contact(&self, id: impl AsRef<str>) -> Answer {
        Answer::to(self.client.get(self.url(id.as_ref()))).await
    }

    /// Asks the gateway for a contact, and not for an old one.
    pub(crate) async fn contact_anew(&self, id: impl AsRef<str>) -> Answer {
        Answer::to(self.client.get(self.url(id.as_ref())).header("cache-control", "no-cache")).await
    }

    /// How often the host that nobody has a reason to contact was contacted.
    pub(crate) fn contacted_elsewhere(&self) -> usize {
        self.elsewhere.load(Ordering::Relaxed)
    }

    /// Every text of which nothing may be in a log.
    pub(crate) fn secrets(&self) -> Vec<&'static str> {
        let settings = ["periskope", "rocketchat"].iter().flat_map(|name| emulation(name).1.settings);
        settings.filter(|(name, _)| name.ends_with("key") || name.ends_with("token")).map(|(_, value)| *value).collect()
    }

    /// The ailing upstream itself.
    pub(crate) fn ailing(&self) -> &Emulator {
        &self.ailing
    }

    fn url(&self, id: &str) -> String {
        format!("http://{}/contacts/{id}", self.gateway.address)
    }
}

/// Where an emulator listens.
pub(crate) fn authority(emulator: &Emulator) -> SocketAddr {
    emulator.base_url().socket_addrs(|| None).unwrap()[0]
}

/// A host that only counts who comes.
async fn elsewhere() -> (Arc<AtomicUsize>, Places) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let places = Places { elsewhere: listener.local_addr().unwrap() };
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counting.fetch_add(1, Ordering::Relaxed);
        }
    });
    (count, places)
}

/// The gateway closes idle connections after some five seconds: whoever asks just then would have no answer.
fn client() -> Client {
    Client::builder().pool_idle_timeout(Duration::from_secs(2)).build().unwrap()
}
