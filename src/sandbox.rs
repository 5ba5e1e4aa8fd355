//! The gateway over emulated upstreams on loopback: to try it, and to build against it, without an account.

use std::{fmt::Write as _, io, net::SocketAddr, time::Duration};

use providers::{
    Instance, KINDS, Rate, Settings,
    emulator::{Emulator, Setup},
};

use crate::{
    app::{Application, StartError},
    config::{Config, Provider},
    gateway::Ages,
};

/// A gateway and the emulated upstreams behind it.
#[expect(missing_debug_implementations, reason = "actix-web's Server has none")]
pub struct Sandbox {
    application: Application,
    upstreams: Vec<Upstream>,
    unlimited: bool,
}

struct Upstream {
    instance: &'static str,
    documented: &'static str,
    emulator: Emulator,
}

/// Why no sandbox came about.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// An emulated upstream can't listen.
    #[error("an emulated upstream can't listen on loopback: {0}")]
    Emulator(#[from] io::Error),
    /// The gateway can't start.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Sandbox {
    /// Starts every emulation of every kind, each with so many made-up people, and the gateway over them.
    ///
    /// # Errors
    /// If an address is taken.
    pub async fn start(listen: SocketAddr, people: u32, unlimited: bool) -> Result<Self, SandboxError> {
        let rate = unlimited.then_some(Rate { calls: Rate::UNLIMITED, per: Duration::from_secs(1) });
        let setup = Setup { rate, people: Some(people) };
        let mut config = Config::bare(listen);
        let mut upstreams = Vec::new();
        for kind in KINDS {
            for emulation in kind.emulations {
                let emulator = Emulator::start((emulation.build)(setup)).await?;
                let settings: Settings =
                    emulation.settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
                let instance = Instance {
                    name: emulation.instance.into(),
                    base_url: emulator.base_url(),
                    rate: rate.unwrap_or(kind.default_rate),
                    timeout: Provider::DEFAULT_TIMEOUT,
                    default_region: None,
                    ledgers: providers::Ledgers::default(),
                };
                config.providers.push(Provider { kind, instance, cache: Ages::default(), settings });
                let documented = emulation.documented.first().copied().unwrap_or_default();
                upstreams.push(Upstream { instance: emulation.instance, documented, emulator });
            }
        }
        config.providers.sort_by(|a, b| a.instance.name.cmp(&b.instance.name));
        Ok(Self { application: Application::build(config)?, upstreams, unlimited })
    }

    /// Where the gateway listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.application.address()
    }

    /// What there is to try.
    #[must_use]
    pub fn welcome(&self) -> String {
        let mut address = self.address();
        if address.ip().is_unspecified() {
            // "All addresses" can be listened on but not be called.
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let mut text = format!("The sandbox gateway listens on http://{address}\n\nTry:\n");
        for upstream in &self.upstreams {
            let (instance, id) = (upstream.instance, upstream.documented);
            let _ = writeln!(text, "  curl http://{address}/contacts/{instance}:{id}");
        }
        let _ =
            write!(text, "\nOr in a browser: the dashboard at http://{address}/, the API at http://{address}/docs\n");
        let limits = if self.unlimited { "without" } else { "with" };
        let _ = write!(text, "\nThe emulated upstreams, {limits} the real ones' limits:\n");
        for upstream in &self.upstreams {
            let _ = writeln!(text, "  {:<18} {}", upstream.instance, upstream.emulator.base_url());
        }
        text.push_str(
            "\nAn id such as `periskope:fault-status-503` or `periskope:fault-delay-3s` provokes that fault.\n",
        );
        text.push_str("Ctrl-C stops it.\n");
        text
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// If a worker can't go on.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let result = self.application.run_until_stopped().await;
        drop(self.upstreams);
        result
    }
}
