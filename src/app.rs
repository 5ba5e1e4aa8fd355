//! Wiring: from a checked configuration to a server that listens.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_server::Server;
use actix_web::web;
use providers::{Call, Ledgers, TRACE};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tracing::{Instrument as _, info_span};

use crate::{
    api::{Current, Metrics, Readiness, Seal, State},
    auth::Keys,
    config::{Config, Mistakes, Provider},
    gateway::{Gateway, Instance},
    reload::Reload,
    server,
    shared::Shared,
};

/// A server that is bound to its address.
#[expect(missing_debug_implementations, reason = "actix-web's Server has none")]
pub struct Application {
    address: SocketAddr,
    server: Server,
    current: Arc<Current>,
    readiness: Readiness,
    metrics: web::Data<Metrics>,
    config: Config,
    reload: Option<Reload>,
}

/// Why no server came about.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("server.listen: can't listen on {address}: {error}")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// The system's words.
        error: io::Error,
    },
    /// A provider can't be set up.
    #[error("providers.{name}: {error}")]
    Provider {
        /// The instance.
        name: String,
        /// Why.
        error: providers::Error,
    },
    /// There is no way to such a Redis: a file that TLS needs is missing, or can't be read.
    #[error("redis.url: {0}")]
    Redis(&'static str),
}

impl Application {
    /// Sets up the providers and binds the address; asks nobody anything yet.
    ///
    /// Must be called inside a tokio runtime: upstream calls run there.
    ///
    /// # Errors
    /// If a provider can't be set up or the address is taken.
    pub fn build(config: Config) -> Result<Self, StartError> {
        let keys = Keys::new(&config.auth.keys, None);
        let (gateway, seal, lines) = (Arc::new(gateway(&config)?), seal(&config), config.log.lines);
        let current = Arc::new(Current::from_pointee(State { gateway, keys, seal, lines }));
        let (readiness, metrics) = (Readiness::default(), web::Data::new(Metrics::default()));
        let data = web::Data::from(Arc::clone(&current));
        let (address, server) = server::bind(&config.server, data, &readiness, metrics.clone())
            .map_err(|error| StartError::Listen { address: config.server.listen, error })?;
        Ok(Self { address, server, current, readiness, metrics, config, reload: None })
    }

    /// Reads the configuration again at each SIGHUP from now on, which would end the program otherwise.
    ///
    /// # Errors
    /// If the system has no such signal.
    pub fn reloaded_by(
        mut self,
        read: impl Fn() -> Result<Config, Mistakes> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        self.reload = Some(Reload::new(read)?);
        Ok(self)
    }

    /// Where it listens: the real port, where the configuration says 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is told to stop (SIGTERM, SIGINT, or [`stop`](Self::handle)), and finishes what is in flight.
    ///
    /// # Errors
    /// If the system has no such signals, or a worker can't go on.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let Self { server, current, readiness, metrics, config, reload, .. } = self;
        let (gateway, deadline) = (Arc::clone(&current.load().gateway), config.server.deadline);
        tokio::spawn(server::stop_on_signal(server.handle(), readiness.clone())?);
        tokio::spawn({
            let gateway = Arc::clone(&gateway);
            async move {
                gateway.join().await;
                prepare(gateway.instances(), deadline).await;
                readiness.start();
                tracing::info!("ready");
            }
        });
        if let Some(reload) = reload {
            tokio::spawn(reload.at_each_signal(config, current, metrics.into_inner()));
        }
        let stopped = server.await;
        gateway.leave().await;
        stopped
    }

    /// Stops the server from elsewhere.
    #[must_use]
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }
}

/// The gateway that a configuration describes.
///
/// # Errors
/// If a provider can't be set up.
pub fn gateway(config: &Config) -> Result<Gateway, StartError> {
    let shared = config.redis.as_ref().map(|redis| Shared::start(redis, &Handle::current())).transpose();
    let shared =
        shared.map_err(|_| StartError::Redis("TLS can't be set up: are there certificates of authorities?"))?;
    let instance = |provider| instance(provider, shared.as_ref());
    let instances = config.providers.iter().map(instance).collect::<Result<_, _>>()?;
    let gateway = Gateway::new(instances, config.cache.capacity, config.server.deadline, Handle::current());
    Ok(gateway.sharing(shared))
}

/// The seal of the cursors: the same in every gateway, and after every restart, with these providers; and secret, because it is
/// made of secrets.
pub(crate) fn seal(config: &Config) -> Seal {
    let mut key = Sha256::new();
    config.providers.iter().flat_map(telling).for_each(|text| key.update(Sha256::digest(text)));
    Seal::new(key.finalize().into())
}

/// A name of an account, whose contacts look alike in every gateway that has the same one. No secret can be told from it.
fn account(provider: &Provider) -> String {
    let mut key = Sha256::new();
    let region = provider.instance.default_region.as_deref().unwrap_or_default();
    telling(provider).chain([region]).for_each(|text| key.update(Sha256::digest(text)));
    key.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What tells one account from another, secrets included.
fn telling(provider: &Provider) -> impl Iterator<Item = &str> {
    let Provider { kind, instance, settings, .. } = provider;
    let settings = kind.settings.iter().map(|setting| settings.text(setting.name).unwrap_or_default());
    [&*instance.name, kind.name, instance.base_url.as_str()].into_iter().chain(settings)
}

pub(crate) fn instance(configured: &Provider, shared: Option<&Arc<Shared>>) -> Result<Instance, StartError> {
    let Provider { kind, instance, cache, settings } = configured;
    let name = Arc::clone(&instance.name);
    let ledgers = shared.map_or_else(Ledgers::default, |shared| Ledgers::shared(Arc::clone(shared) as _));
    let provider = (kind.connect)(providers::Instance { ledgers, ..instance.clone() }, settings)
        .map_err(|error| StartError::Provider { name: name.to_string(), error })?;
    let new = Instance::new(name, kind, provider, *cache, instance.timeout);
    Ok(match shared {
        Some(shared) => new.sharing(shared, &account(configured)),
        None => new,
    })
}

/// Lets providers learn what they need to know of their servers. One that is down does not keep the others waiting longer
/// than a request would.
pub(crate) async fn prepare(instances: &[Arc<Instance>], deadline: Duration) {
    let call = Call::within(deadline);
    let prepared = instances.iter().map(|instance| async {
        let provider = &*instance.name;
        let span = info_span!(target: TRACE, "prepare", otel.name = format!("prepare {provider}"), provider);
        if let Err(error) = instance.provider.prepare(&call).instrument(span).await {
            let kind = error.kind().name();
            tracing::warn!(provider, kind, detail = error.detail(), "not prepared; the first request will try again");
            instance.failed(error);
        }
    });
    futures_util::future::join_all(prepared).await;
}
