//! `contact-gateway get ID`

use std::{io::Write as _, process::ExitCode};

use tracing_subscriber::filter::LevelFilter;

use super::{ConfigFile, fail};
use crate::{
    api,
    gateway::{Caller, Content, Failure, Gateway, Wish},
    telemetry,
};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The contact's id, as behind /contacts/; or tel:+919537851844, mailto:mail@example.com
    #[arg(value_name = "ID")]
    id: String,
    /// The instance to which a bare id belongs
    #[arg(long, value_name = "INSTANCE")]
    provider: Option<String>,
    /// Merge the same person's contacts in the other instances
    #[arg(long)]
    linked: bool,
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) async fn run(options: Options) -> ExitCode {
    telemetry::start_log(LevelFilter::ERROR);
    let gateway = match options.config.gateway() {
        Ok(gateway) => gateway,
        Err(code) => return code,
    };
    gateway.join().await;
    let code = get(&gateway, &options).await;
    gateway.leave().await;
    code
}

async fn get(gateway: &Gateway, options: &Options) -> ExitCode {
    let caller = Caller::default();
    let wish = Wish {
        provider: options.provider.as_deref(),
        linked: options.linked,
        ..Wish::new(&options.id, &caller, api::told)
    };
    match gateway.contact(&wish).await {
        Ok(served) => match served.page.content() {
            Content::Found(body) => print(body),
            Content::Known(_) | Content::Absent => {
                fail("contact-not-found: no provider that could have it has a contact with this id")
            }
        },
        Err(failure) => {
            let why: &dyn std::fmt::Display = match &failure {
                // For the operator at the terminal, the provider's own words help.
                Failure::Provider { error, .. } => error,
                other => other,
            };
            fail(format_args!("{}: {why}", api::code_of(&failure).name()))
        }
    }
}

fn print(body: &[u8]) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(body).and_then(|()| out.write_all(b"\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
