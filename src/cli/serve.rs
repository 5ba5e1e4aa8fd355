//! `contact-gateway serve`

use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

use super::{ConfigFile, fail};
use crate::{app::Application, telemetry};

pub(super) async fn run(file: ConfigFile) -> ExitCode {
    telemetry::start(LevelFilter::INFO);
    let config = match file.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let application = match Application::build(config) {
        Ok(application) => application,
        Err(error) => return fail(error),
    };
    let application = match application.reloaded_by(move || file.read()) {
        Ok(application) => application,
        Err(error) => return fail(error),
    };
    tracing::info!(address = %application.address(), "listening");
    match application.run_until_stopped().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
