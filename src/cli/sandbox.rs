//! `contact-gateway sandbox`

use std::{net::SocketAddr, process::ExitCode};

use tracing_subscriber::filter::LevelFilter;

use super::fail;
use crate::{sandbox::Sandbox, telemetry};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", env = "GATEWAY__SERVER__LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Listen beyond loopback all the same, although callers need no key
    #[arg(long, env = "GATEWAY__AUTH__OPEN")]
    open: bool,
    /// How many made-up contacts each provider has
    #[arg(long, value_name = "NUMBER", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    contacts: u32,
    /// Without the real providers' rate limits
    #[arg(long)]
    unlimited: bool,
}

pub(super) async fn run(options: Options) -> ExitCode {
    telemetry::start_log(LevelFilter::WARN);
    if !options.listen.ip().is_loopback() && !options.open {
        return fail(format_args!(
            "{} can be reached from other machines; say --open if that is meant",
            options.listen
        ));
    }
    let sandbox = match Sandbox::start(options.listen, options.contacts, options.unlimited).await {
        Ok(sandbox) => sandbox,
        Err(error) => return fail(error),
    };
    print!("{}", sandbox.welcome());
    match sandbox.run_until_stopped().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
