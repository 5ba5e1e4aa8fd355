//! The configuration: read in layers, checked as a whole, and every mistake in it told at once.

mod auth;
mod base_url;
mod changes;
mod keys;
mod layers;
mod list;
mod log;
mod mistake;
mod provider;
mod reader;
mod redis;
mod secret;
mod settings;
mod spelling;
mod traces;
mod values;

use std::{cell::RefCell, ffi::OsString, net::SocketAddr, path::Path, time::Duration};

use providers::Kind;

use self::reader::Table;
pub use self::{
    auth::Auth,
    changes::Changes,
    mistake::{Mistake, Mistakes},
    provider::Provider,
    redis::Redis,
};
use crate::telemetry::{Log, Traces};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST_DEADLINE: Duration = Duration::from_secs(10 * 60);
const MOST_WORKERS: u64 = 1024;
const SMALLEST_CACHE: u64 = 1 << 20;

/// A configuration that has been checked. `Debug` shows no secret.
#[derive(Debug)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[cache]`
    pub cache: Cache,
    /// `[auth]`
    pub auth: Auth,
    /// `[redis]`; `None`: everything stays in this process.
    pub redis: Option<Redis>,
    /// `[log]`
    pub log: Log,
    /// `[traces]`; none where no collector is named.
    pub traces: Option<Traces>,
    /// `[providers.*]`, at least one, sorted by name.
    pub providers: Vec<Provider>,
}

/// How the gateway serves.
#[derive(Debug)]
pub struct Server {
    /// The address to listen on. One that [`Auth::allows`].
    pub listen: SocketAddr,
    /// How many threads answer requests, at most 1024; 0 is one per core.
    pub workers: usize,
    /// The longest that one request for a contact may take: 1 ms to 10 minutes.
    pub deadline: Duration,
}

/// What all instances share of the cache.
#[derive(Debug)]
pub struct Cache {
    /// In bytes; at least 1 MiB.
    pub capacity: u64,
}

impl Config {
    /// The defaults, with no provider yet: for a sandbox, whose providers nobody configures.
    #[must_use]
    pub fn bare(listen: SocketAddr) -> Self {
        Self {
            server: Server { listen, workers: 0, deadline: Duration::from_secs(10) },
            cache: Cache { capacity: 256 << 20 },
            auth: Auth::default(),
            redis: None,
            log: Log::default(),
            traces: None,
            providers: Vec::new(),
        }
    }

    /// The instance with this name.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| *provider.instance.name == *name)
    }

    /// Reads the embedded defaults, `file`, and those variables of `environment` whose names begin with `GATEWAY__`,
    /// the later winning over the earlier. `kinds` says which kinds of provider there are and what each wants to know.
    ///
    /// In a program, `environment` is [`std::env::vars_os`]. Reads the files that `*_file` keys name, too.
    ///
    /// # Errors
    /// Every mistake there is, not only the first. A file that is no TOML hides the mistakes in its values.
    pub fn load<K, V>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (K, V)>,
        kinds: &'static [Kind],
    ) -> Result<Self, Mistakes>
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let mistakes = RefCell::default();
        let variables = environment.into_iter().map(|(name, value)| (name.into(), value.into()));
        let config =
            layers::read(file, variables, &mistakes).and_then(|values| read(Table::root(values, &mistakes), kinds));
        match (config, mistakes.into_inner()) {
            (Some(config), mistakes) if mistakes.is_empty() => Ok(config),
            (_, mistakes) => Err(Mistakes::new(mistakes)),
        }
    }
}

fn read(mut root: Table<'_>, kinds: &'static [Kind]) -> Option<Config> {
    let providers = root.table("providers");
    let auth = auth::read(root.table("auth"), &providers.keys());
    let server = server(root.table("server"), auth.as_ref());
    let cache = cache(root.table("cache"));
    let log = log::read(root.table("log"));
    let traces = traces::read(root.table("traces"));
    let providers = provider::all(providers, kinds);
    let redis = redis::read(root.table("redis"));
    root.finish();
    Some(Config { server: server?, cache: cache?, auth: auth?, redis, log: log?, traces: traces?, providers })
}

fn server(mut table: Table<'_>, auth: Option<&Auth>) -> Option<Server> {
    let example = "write an IP address and a port, such as \"127.0.0.1:8080\"";
    table.require("listen", example);
    let listen = table.parsed("listen", "is not an address to listen on", example, |text| text.parse().ok());
    // Where `auth` is itself mistaken, nobody knows whether this is one.
    if let (Some(listen), Some(auth)) = (listen, auth) {
        refuse_strangers(&table, listen, auth);
    }
    table.require("workers", "write 0 for one per core");
    let workers = table.integer("workers", 0..=MOST_WORKERS).and_then(|workers| usize::try_from(workers).ok());
    table.require("deadline", "write a duration such as \"10s\"");
    let deadline = table.duration("deadline", SHORTEST..=LONGEST_DEADLINE);
    table.finish();
    Some(Server { listen: listen?, workers: workers?, deadline: deadline? })
}

fn refuse_strangers(table: &Table<'_>, listen: SocketAddr, auth: &Auth) {
    if !auth.allows(listen) {
        table.mistake(
            "listen",
            format!("\"{listen}\" can be reached from other machines, and there are no keys that callers must have"),
            "listen on 127.0.0.1 or [::1], or add a key (`contact-gateway key NAME` makes one), or set auth.open = true if something else keeps strangers away",
        );
    }
}

fn cache(mut table: Table<'_>) -> Option<Cache> {
    table.require("capacity", "write a size such as \"256MiB\"");
    let capacity = table.size("capacity", SMALLEST_CACHE);
    table.finish();
    Some(Cache { capacity: capacity? })
}
