//! Wiring: from a checked configuration to a server that listens.

use std::{io, net::SocketAddr, time::Duration};

use actix_web::{App, HttpServer, dev::Server, web};
use providers::Call;
use tokio::runtime::Handle;

use crate::{
    api::{self, Readiness},
    config::{Config, Provider},
    gateway::{Gateway, Instance},
};

/// Beyond the request's own deadline: to write the answer out.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// A server that is bound to its address.
#[expect(missing_debug_implementations, reason = "actix-web's Server has none")]
pub struct Application {
    address: SocketAddr,
    server: Server,
    gateway: web::Data<Gateway>,
    readiness: Readiness,
    deadline: Duration,
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
}

impl Application {
    /// Sets up the providers and binds the address; asks nobody anything yet.
    ///
    /// Must be called inside a tokio runtime: upstream calls run there.
    ///
    /// # Errors
    /// If a provider can't be set up or the address is taken.
    pub fn build(config: Config) -> Result<Self, StartError> {
        let address = config.server.listen;
        let (workers, deadline) = (config.server.workers, config.server.deadline);
        let gateway = web::Data::new(gateway(config)?);
        let readiness = Readiness::default();
        let app = {
            let (gateway, readiness) = (gateway.clone(), web::Data::new(readiness.clone()));
            move || App::new().app_data(gateway.clone()).app_data(readiness.clone()).configure(api::routes)
        };
        let mut server = HttpServer::new(app).shutdown_timeout((deadline + SHUTDOWN_GRACE).as_secs());
        if workers > 0 {
            server = server.workers(workers);
        }
        let server = server.bind(address).map_err(|error| StartError::Listen { address, error })?;
        let address = server.addrs().first().copied().unwrap_or(address);
        Ok(Self { address, server: server.run(), gateway, readiness, deadline })
    }

    /// Where it listens: the real port, where the configuration says 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is told to stop (SIGTERM, SIGINT, or [`stop`](Self::handle)), and finishes what is in flight.
    ///
    /// # Errors
    /// If a worker can't go on.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        tokio::spawn(prepare(self.gateway, self.deadline, self.readiness));
        self.server.await
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
pub fn gateway(config: Config) -> Result<Gateway, StartError> {
    let instances = config.providers.into_iter().map(instance).collect::<Result<_, _>>()?;
    Ok(Gateway::new(instances, config.cache.capacity, config.server.deadline, Handle::current()))
}

fn instance(provider: Provider) -> Result<Instance, StartError> {
    let Provider { kind, instance, cache, settings } = provider;
    let (name, timeout) = (instance.name.clone(), instance.timeout);
    let provider =
        (kind.connect)(instance, &settings).map_err(|error| StartError::Provider { name: name.to_string(), error })?;
    Ok(Instance::new(name, kind, provider, cache, timeout))
}

/// Lets every provider learn what it needs to know of its server. One that is down does not keep the others waiting
/// longer than a request would.
async fn prepare(gateway: web::Data<Gateway>, deadline: Duration, readiness: Readiness) {
    let call = Call::within(deadline);
    let prepared = gateway.instances().iter().map(|instance| async {
        if let Err(error) = instance.provider.prepare(&call).await {
            let (provider, kind) = (&*instance.name, error.kind());
            tracing::warn!(provider, %kind, detail = error.detail(), "not prepared; the first request will try again");
        }
    });
    futures_util::future::join_all(prepared).await;
    readiness.set(true);
    tracing::info!("ready");
}
