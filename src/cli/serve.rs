//! `contact-gateway serve`

use std::process::ExitCode;

use super::{ConfigFile, fail};
use crate::{app::Application, telemetry};

pub(super) async fn run(file: ConfigFile) -> ExitCode {
    let config = match file.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let telemetry = telemetry::start(&config.log, config.traces.as_ref());
    let application = match Application::build(config) {
        Ok(application) => application,
        Err(error) => return fail(error),
    };
    let application = match application.reloaded_by(move || file.read()) {
        Ok(application) => application,
        Err(error) => return fail(error),
    };
    tracing::info!(address = %application.address(), "listening");
    let stopped = application.run_until_stopped().await;
    telemetry.finish().await;
    match stopped {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error),
    }
}
