//! `contact-gateway key NAME`

use std::{io::Write as _, process::ExitCode, time::Duration};

use clap::builder::PossibleValuesParser;
use providers::Rate;

use super::fail;
use crate::{
    auth::{self, Digest, Quota},
    gateway::Instance,
};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// What the caller is called in the configuration and in the log: a-z, 0-9 and _
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Whether the caller's requests go before others ("live") or can wait ("batch")
    #[arg(long, default_value = "live", value_parser = PossibleValuesParser::new(["live", "batch"]))]
    priority: String,
    /// How many requests the caller may make in how much time, such as 600/60s; without it, any number
    #[arg(long, value_name = "CALLS/TIME", value_parser = rate)]
    rate: Option<Rate>,
}

/// Standard output has what is of use to programs: the key, an empty line, and the lines for the configuration.
pub(super) fn run(options: &Options) -> ExitCode {
    let key = match auth::generate() {
        Ok(key) => key,
        Err(error) => return fail(format_args!("the system has no random numbers: {error}")),
    };
    let Options { name, priority, rate } = options;
    let hash = Digest::of(key.as_bytes());
    let rate = rate.map_or_else(String::new, |Rate { calls, per }| {
        format!("rate = {{ calls = {calls}, per = \"{}s\" }}\n", per.as_secs())
    });
    let lines = format!("{key}\n\n[auth.keys.{name}]\nhash = \"{hash}\"\npriority = \"{priority}\"\n{rate}");
    if let Err(error) = std::io::stdout().lock().write_all(lines.as_bytes()) {
        return fail(error);
    }
    eprintln!(
        "\nThe first line is the key: give it to the caller. It is shown this once, and sent as `Authorization: Bearer KEY`.\n\
         The rest belongs into the configuration. A running gateway takes notice at SIGHUP."
    );
    ExitCode::SUCCESS
}

fn name(text: &str) -> Result<String, &'static str> {
    Instance::is_name(text).then(|| text.to_owned()).ok_or("use a-z, 0-9 and _, a letter first")
}

fn rate(text: &str) -> Result<Rate, &'static str> {
    let parse = |text: &str| {
        let (calls, per) = text.split_once('/')?;
        let per: Duration = humantime::parse_duration(per).ok()?;
        Some(Rate { calls: calls.parse().ok()?, per }).filter(|rate| Quota::is_possible(*rate))
    };
    parse(text).ok_or("write 1 to 1000000 requests and whole seconds, at most 24h, such as 600/60s")
}
