//! The command line.

mod check;
mod export;
mod get;
mod health;
mod key;
mod openapi;
mod sandbox;
mod serve;

use std::{fmt::Display, path::PathBuf, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use providers::KINDS;

use crate::{
    app,
    config::{Config, Mistakes},
    gateway::Gateway,
};

const SEEN: &str = "\
The log goes to standard error; [log] in the configuration says what stands in it, and RUST_LOG=debug shows more.
[traces] sends traces to an OpenTelemetry collector. SIGHUP reads the configuration again.";

/// One normalized contact endpoint over Rocket.Chat and Periskope.
#[derive(Debug, Parser)]
#[command(name = "contact-gateway", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway
    #[command(after_help = SEEN)]
    Serve(ConfigFile),
    /// Run the gateway over emulated upstreams on loopback: no account, no network
    Sandbox(sandbox::Options),
    /// Report every mistake in the configuration
    Check(check::Options),
    /// Print one contact, by the same way as the server, without a server
    Get(get::Options),
    /// Write every contact of one instance to a file, or to standard output
    Export(export::Options),
    /// Print a new key for a caller, and the configuration's lines that admit it
    Key(key::Options),
    /// Ask a running gateway whether it is ready, and exit 0 or 1
    Health(health::Options),
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
struct ConfigFile {
    /// The configuration file (TOML); variables GATEWAY__A__B=… go before it
    #[arg(long, value_name = "FILE", env = "GATEWAY_CONFIG")]
    config: Option<PathBuf>,
}

impl ConfigFile {
    /// Loads it, or says every mistake on standard error.
    fn load(&self) -> Result<Config, ExitCode> {
        self.read().map_err(|mistakes| {
            eprintln!("{mistakes}");
            ExitCode::FAILURE
        })
    }

    /// The gateway that it describes, without a server; or says on standard error why there is none.
    fn gateway(&self) -> Result<Gateway, ExitCode> {
        app::gateway(&self.load()?).map_err(fail)
    }

    fn read(&self) -> Result<Config, Mistakes> {
        Config::load(self.config.as_deref(), std::env::vars_os(), KINDS)
    }
}

/// Parses the arguments and does what they say. Exit codes: 0 done, 1 not done, 2 wrong arguments.
#[must_use]
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(config) => in_runtime(serve::run(config)),
        Command::Sandbox(options) => in_runtime(sandbox::run(options)),
        Command::Check(options) => in_runtime(check::run(options)),
        Command::Get(options) => in_runtime(get::run(options)),
        Command::Export(options) => in_runtime(export::run(options)),
        Command::Key(options) => key::run(&options),
        Command::Health(options) => in_runtime(health::run(options)),
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "contact-gateway", &mut std::io::stdout());
            ExitCode::SUCCESS
        }
    }
}

fn in_runtime(task: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(task),
        Err(error) => fail(format_args!("can't start: {error}")),
    }
}

/// Says why on standard error.
fn fail(why: impl Display) -> ExitCode {
    eprintln!("contact-gateway: {why}");
    ExitCode::FAILURE
}
