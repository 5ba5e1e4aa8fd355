//! `contact-gateway sandbox`

use std::{net::SocketAddr, process::ExitCode};

use super::fail;
use crate::{sandbox::Sandbox, telemetry};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", env = "GATEWAY__SERVER__LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) async fn run(options: Options) -> ExitCode {
    telemetry::start("warn");
    let sandbox = match Sandbox::start(options.listen).await {
        Ok(sandbox) => sandbox,
        Err(error) => return fail(error),
    };
    print!("{}", sandbox.welcome());
    match sandbox.run_until_stopped().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
