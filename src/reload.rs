//! SIGHUP: the configuration is read again, and takes effect without a stop.

use std::{fmt, io, sync::Arc};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::spawn_blocking,
};

use crate::{
    api::{Current, Metrics, State},
    app::{self, StartError},
    auth::Keys,
    config::{Changes, Config, Mistakes, Provider},
    gateway::{Gateway, Instance},
    telemetry,
};

/// What waits for the signal.
pub(crate) struct Reload {
    signal: Signal,
    read: Arc<dyn Fn() -> Result<Config, Mistakes> + Send + Sync>,
}

/// Why a new configuration can't take effect.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{0}")]
    Mistakes(#[from] Mistakes),
    #[error("{0}")]
    Provider(#[from] StartError),
    #[error(
        "auth.keys: there are none, and the gateway goes on listening on {0}, where strangers reach it; start it again to \
         listen elsewhere"
    )]
    Strangers(std::net::SocketAddr),
    #[error("it could not be read: a defect")]
    Defect,
}

impl Reload {
    /// Listens for the signal from now on.
    pub(crate) fn new(read: impl Fn() -> Result<Config, Mistakes> + Send + Sync + 'static) -> io::Result<Self> {
        Ok(Self { signal: signal(SignalKind::hangup())?, read: Arc::new(read) })
    }

    /// Reads the configuration again at each signal. One with a mistake changes nothing.
    pub(crate) async fn at_each_signal(mut self, mut config: Config, current: Arc<Current>, metrics: Arc<Metrics>) {
        while self.signal.recv().await.is_some() {
            let read = Arc::clone(&self.read);
            // Files may be on a disk that is slow.
            let next = spawn_blocking(move || read()).await.map_err(|_| Refused::Defect);
            let adopted = next.and_then(|next| adopt(&config, next?, &current));
            metrics.reloads.count(adopted.is_ok());
            match adopted {
                Ok(next) => config = next,
                Err(refused) => {
                    refused.to_string().lines().for_each(|line| tracing::error!("{line}"));
                    tracing::error!("the new configuration is refused: the one before stays in force");
                }
            }
        }
    }
}

/// Puts a configuration in the place of another one; returns what is in force from now on.
///
/// Nothing changes unless all of it can. Requests under way are answered with what they began with.
fn adopt(config: &Config, mut next: Config, current: &Current) -> Result<Config, Refused> {
    if !next.auth.allows(config.server.listen) {
        return Err(Refused::Strangers(config.server.listen));
    }
    let before = current.load_full();
    let instances = next.providers.iter().map(|provider| instance(config, provider, &before.gateway));
    let instances = instances.collect::<Result<Vec<_>, _>>()?;
    for (instance, configured) in instances.iter().zip(&next.providers) {
        instance.shelf.set_ages(configured.cache);
    }
    let gateway = Arc::new(before.gateway.succeeded_by(instances, next.server.deadline));
    let keys = Keys::new(&next.auth.keys, Some(&before.keys));
    let (seal, lines) = (app::seal(&next), next.log.lines);
    current.store(Arc::new(State { gateway: Arc::clone(&gateway), keys, seal, lines }));
    telemetry::change_level(next.log.level);
    tell(&config.changes(&next));
    tidy(&before.gateway, gateway, &next);
    next.server.listen = config.server.listen;
    next.server.workers = config.server.workers;
    next.cache.capacity = config.cache.capacity;
    (next.log.format, next.log.ids) = (config.log.format, config.log.ids);
    next.traces.clone_from(&config.traces);
    next.redis.clone_from(&config.redis);
    Ok(next)
}

/// The instance that there is, if it is asked in the same way: with what it knows of its server's limits and health, and with
/// its connections. Another one in its place would make calls that the server no longer allows.
fn instance(config: &Config, next: &Provider, gateway: &Gateway) -> Result<Arc<Instance>, StartError> {
    let name = &next.instance.name;
    let same = config.provider(name).is_some_and(|before| before.is_same_account(next));
    match gateway.instances().iter().find(|instance| same && instance.name == *name) {
        Some(instance) => Ok(Arc::clone(instance)),
        None => app::instance(next, gateway.shared()).map(Arc::new),
    }
}

/// What nobody waits for: new instances learn of their servers, and those that are gone leave memory.
fn tidy(before: &Gateway, gateway: Arc<Gateway>, next: &Config) {
    let is_new = |instance: &&Arc<Instance>| !before.instances().iter().any(|other| Arc::ptr_eq(other, instance));
    let new: Vec<_> = gateway.instances().iter().filter(is_new).cloned().collect();
    let deadline = next.server.deadline;
    tokio::spawn(async move { app::prepare(&new, deadline).await });
    spawn_blocking(move || gateway.forget_former_instances());
}

fn tell(changes: &Changes) {
    for key in &changes.at_the_next_start {
        tracing::warn!(key, "has changed, and takes effect at the next start");
    }
    let changed = Vec::from_iter(changes.now.iter().map(String::as_str)).join(", ");
    tracing::info!(changed, "the new configuration is in force");
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reload")
    }
}
