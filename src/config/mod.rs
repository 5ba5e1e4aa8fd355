//! The configuration: read in layers, checked as a whole, every mistake reported at once.

mod mistake;
mod provider;
mod table;

use std::{collections::HashMap, net::SocketAddr, path::Path, time::Duration};

use config::{Environment, File, FileFormat};
use providers::Kind;

use self::table::Table;
pub use self::{
    mistake::{Mistake, Mistakes},
    provider::Provider,
};

/// What applies where nothing else is said. This file *is* the default.
const DEFAULT: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "GATEWAY";
const SEPARATOR: &str = "__";
const LONGEST_DEADLINE: Duration = Duration::from_secs(600);
const MOST_WORKERS: usize = 1024;
const SMALLEST_CACHE: u64 = 1 << 20;

/// A checked configuration. `Debug` shows no secret.
#[derive(Debug)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[cache]`
    pub cache: Cache,
    /// `[providers.X]`, sorted by name.
    pub providers: Vec<Provider>,
}

/// `[server]`
#[derive(Debug)]
pub struct Server {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// How many threads speak HTTP; 0 is one per core.
    pub workers: usize,
    /// The longest that `GET /contacts/{id}` may take, whatever happens upstream.
    pub deadline: Duration,
}

/// `[cache]`
#[derive(Debug)]
pub struct Cache {
    /// How many bytes the cached contacts may take, everything counted.
    pub capacity: u64,
}

impl Config {
    /// Reads the embedded defaults, `file`, and the environment's `GATEWAY__A__B=…`, of which the later win.
    ///
    /// # Errors
    /// Every mistake, each with its key.
    pub fn load(file: Option<&Path>, kinds: &'static [Kind]) -> Result<Self, Mistakes> {
        // A variable that is not UTF-8 can't be one of ours.
        let ours = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self::load_with(file, std::env::vars_os().filter_map(ours).collect(), kinds)
    }

    /// As [`load`](Self::load), with this environment.
    ///
    /// # Errors
    /// Every mistake, each with its key.
    pub fn load_with(
        file: Option<&Path>,
        environment: HashMap<String, String>,
        kinds: &'static [Kind],
    ) -> Result<Self, Mistakes> {
        let mut layers = config::Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        // `GATEWAY_CONFIG` names the file; it is no part of it.
        let environment = environment.into_iter().filter(|(name, _)| name.starts_with("GATEWAY__")).collect();
        let environment =
            Environment::with_prefix(PREFIX).prefix_separator(SEPARATOR).separator(SEPARATOR).source(Some(environment));
        let mut mistakes = Mistakes::default();
        let raw = layers.add_source(environment).build().and_then(|layers| layers.cache.into_table());
        match raw {
            Ok(raw) => check(Table::root(raw.into_iter().collect()), kinds, mistakes),
            Err(error) => {
                mistakes.add("", first_line(&error.to_string()));
                Err(mistakes)
            }
        }
    }

    /// The defaults, with no provider yet.
    #[must_use]
    pub fn bare(listen: SocketAddr) -> Self {
        Self {
            server: Server { listen, workers: 0, deadline: Duration::from_secs(10) },
            cache: Cache { capacity: 256 << 20 },
            providers: Vec::new(),
        }
    }
}

fn check(mut root: Table, kinds: &'static [Kind], mut mistakes: Mistakes) -> Result<Config, Mistakes> {
    let found = &mut mistakes;
    let bare = Config::bare(SocketAddr::from(([127, 0, 0, 1], 8080)));

    let mut auth = root.table("auth", found);
    let open = auth.flag("open", found).unwrap_or(false);
    auth.finish(found);

    let mut server = root.table("server", found);
    let config = Config {
        server: Server {
            listen: listen(&mut server, open, found).unwrap_or(bare.server.listen),
            workers: workers(&mut server, found),
            deadline: deadline(&mut server, found).unwrap_or(bare.server.deadline),
        },
        cache: Cache { capacity: capacity(&mut root, found).unwrap_or(bare.cache.capacity) },
        providers: provider::read(root.table("providers", found), kinds, found),
    };
    server.finish(found);
    root.finish(found);
    if mistakes.0.is_empty() { Ok(config) } else { Err(mistakes) }
}

fn listen(server: &mut Table, open: bool, mistakes: &mut Mistakes) -> Option<SocketAddr> {
    let key = server.key("listen");
    let text = server.text("listen", mistakes)?;
    let Ok(address) = text.parse::<SocketAddr>() else {
        mistakes.add(key, format!("must be an IP address and a port, such as \"127.0.0.1:8080\", not {text:?}"));
        return None;
    };
    if !address.ip().is_loopback() && !open {
        mistakes.add(
            key,
            format!(
                "{address} can be reached from other machines, and callers need no key. Listen on 127.0.0.1, or set \
                 auth.open = true if something in front of the gateway keeps strangers out"
            ),
        );
        return None;
    }
    Some(address)
}

fn workers(server: &mut Table, mistakes: &mut Mistakes) -> usize {
    let workers = server.whole("workers", mistakes).unwrap_or(0);
    if workers > MOST_WORKERS {
        mistakes.add(server.key("workers"), format!("must be at most {MOST_WORKERS}; 0 is one per core"));
    }
    workers
}

fn deadline(server: &mut Table, mistakes: &mut Mistakes) -> Option<Duration> {
    let deadline = server.duration("deadline", mistakes)?;
    if deadline.is_zero() || deadline > LONGEST_DEADLINE {
        mistakes.add(server.key("deadline"), "must be longer than nothing and at most \"10m\"");
    }
    Some(deadline)
}

fn capacity(root: &mut Table, mistakes: &mut Mistakes) -> Option<u64> {
    let mut cache = root.table("cache", mistakes);
    let capacity = cache.size("capacity", mistakes);
    if capacity.is_some_and(|bytes| bytes < SMALLEST_CACHE) {
        mistakes.add(cache.key("capacity"), "must be at least \"1MiB\"");
    }
    cache.finish(mistakes);
    capacity
}

/// A syntax error's first line has the place; the lines after it quote the file, which may hold secrets.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
