//! `contact-gateway check`

use std::process::ExitCode;

use providers::{Call, ErrorKind};

use tracing_subscriber::filter::LevelFilter;

use super::{ConfigFile, fail};
use crate::{app, config::Config, gateway::Instance, telemetry};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    config: ConfigFile,
    /// Also ask each provider whether the credentials work and which API generation answers, and Redis whether it can be used
    #[arg(long)]
    connect: bool,
}

pub(super) async fn run(options: Options) -> ExitCode {
    telemetry::start_log(LevelFilter::ERROR);
    let config = match options.config.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let count = config.providers.len();
    println!("The configuration is good: {count} provider{}.", if count == 1 { "" } else { "s" });
    if options.connect { connect(config).await } else { ExitCode::SUCCESS }
}

async fn connect(config: Config) -> ExitCode {
    let deadline = config.server.deadline;
    let gateway = match app::gateway(&config) {
        Ok(gateway) => gateway,
        Err(error) => return fail(error),
    };
    let mut code = ExitCode::SUCCESS;
    gateway.join().await;
    if let Some(shared) = gateway.shared() {
        match shared.check().await {
            Ok(()) => println!("redis: works"),
            Err(error) => {
                code = ExitCode::FAILURE;
                eprintln!("redis.url: {error}. Look at its address, user and password, and whether it runs.");
            }
        }
    }
    for instance in gateway.instances() {
        match instance.provider.check(&Call::within(deadline)).await {
            Ok(()) => println!("providers.{}: works{}", instance.name, generation(instance)),
            Err(error) => {
                code = ExitCode::FAILURE;
                let (name, detail) = (&instance.name, error.detail());
                eprintln!("providers.{name}: {detail}. {}", remedy(error.kind()));
            }
        }
    }
    gateway.leave().await;
    code
}

fn generation(instance: &Instance) -> String {
    instance.provider.generation().map_or_else(String::new, |generation| format!(" ({generation} API)"))
}

fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::RejectedCredentials => {
            "Look at the settings: the credentials are wrong, expired, or may not read contacts."
        }
        ErrorKind::Unavailable => "Look at base_url, and whether the server runs and can be reached from here.",
        ErrorKind::Timeout => "The server does not answer in time: look at base_url and timeout.",
        ErrorKind::RateLimited => "The rate limit is used up: try again later.",
        ErrorKind::InvalidAnswer | ErrorKind::InvalidId | ErrorKind::Unsupported | ErrorKind::Refused => {
            "Look at base_url: what answers there is not this provider's API."
        }
    }
}
