//! `contact-gateway export`: every contact of one instance.

mod checkpoint;
mod elsewhere;
mod output;
mod progress;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::ValueEnum;
use providers::{Query, Time};
use tokio::time::Instant;
use tracing_subscriber::filter::LevelFilter;

use self::{checkpoint::Checkpoint, elsewhere::Elsewhere, output::Output, progress::Progress};
use super::{ConfigFile, fail};
use crate::{
    api,
    forms::{self, Fields, Form},
    gateway::{Caller, Content, Errand, Failure, Gateway, Listed},
    telemetry,
};

/// How long an export waits for the number of contacts.
const COUNTING: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The instance whose contacts are wanted
    #[arg(long, value_name = "INSTANCE")]
    provider: String,
    /// The form of the contacts
    #[arg(long, value_enum, default_value_t = Format::Ndjson)]
    format: Format,
    /// Where to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Go on with an export into FILE that was interrupted: nothing is lost, and nothing comes twice
    #[arg(long, requires = "output")]
    resume: bool,
    /// Only contacts that have changed since this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    updated_since: Option<Time>,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The common schema, one contact a line
    Ndjson,
    /// A table with a header
    Csv,
    /// vCard 4.0
    Vcard,
    /// JSContact, one card a line
    Jscontact,
}

impl Format {
    fn form(self) -> Form {
        match self {
            Self::Ndjson => Form::Ndjson,
            Self::Csv => Form::Csv,
            Self::Vcard => Form::VCard,
            Self::Jscontact => Form::JsContact,
        }
    }
}

fn time(text: &str) -> Result<Time, &'static str> {
    Time::parse(text).ok_or("must be a time with its zone, such as 2025-01-22T05:41:15Z")
}

pub(super) async fn run(options: Options) -> ExitCode {
    telemetry::start_log(LevelFilter::ERROR);
    let gateway = match options.config.gateway() {
        Ok(gateway) => gateway,
        Err(code) => return code,
    };
    gateway.join().await;
    let exported = export(&gateway, &options).await;
    gateway.leave().await;
    match exported {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => fail(why),
    }
}

async fn export(gateway: &Gateway, options: &Options) -> Result<(), String> {
    let caller = Caller::default();
    let instance = gateway.instance(&options.provider).ok_or_else(|| {
        let known: Vec<_> = gateway.listable(&caller).map(|instance| &*instance.name).collect();
        format!("no instance is called {:?}; there are: {}", options.provider, known.join(", "))
    })?;
    if !instance.kind.capabilities.list {
        return Err(format!("the contacts of {:?} can't be listed", options.provider));
    }
    let (form, fields) = (options.format.form(), Fields::default());
    let fresh = Checkpoint::new(&options.provider, form, options.updated_since.clone());
    let elsewhere = Elsewhere::new(gateway, options.output.as_deref());
    let noted = if options.resume { elsewhere.read().await } else { None };
    let mut output = Output::open(options.output.as_deref(), fresh, noted, options.resume)?;
    let total = count(gateway, options, &caller).await;
    let progress = Progress::start(output.checkpoint().written, total);
    if output.checkpoint().written == 0 && output.checkpoint().position.is_none() {
        output.write(&forms::head(form, &fields).map_err(|error| error.to_string())?)?;
    }
    loop {
        let query = Query {
            since: options.updated_since.clone(),
            limit: Gateway::WHOLE,
            from: output.checkpoint().position.clone(),
        };
        let errand = Errand::default();
        let waiting = |failure: &Failure| progress.say(&format!("{}; it is tried again", failure_text(failure)));
        let listed = tokio::select! {
            listed = gateway.list_patiently(&options.provider, &query, &caller, &errand, waiting) => listed,
            _ = tokio::signal::ctrl_c() => return Err(interrupted(options)),
        };
        let listed = listed.map_err(|failure| format!("{}{}", failure_text(&failure), how_to_go_on(options)))?;
        let (text, count) = page(&listed, form, fields)?;
        output.write(&text)?;
        progress.add(count);
        match listed.next {
            Some(next) => {
                output.mark(next, count)?;
                elsewhere.write(output.checkpoint()).await;
            }
            None => {
                progress.finish();
                elsewhere.remove().await;
                return output.finish();
            }
        }
    }
}

/// How many contacts there will be, for whoever watches. An export is worth more than knowing it.
async fn count(gateway: &Gateway, options: &Options, caller: &Caller) -> Option<u64> {
    if options.updated_since.is_some() || !Progress::is_watched() {
        return None;
    }
    gateway.count(&options.provider, caller, Instant::now() + COUNTING).await.ok().flatten()
}

/// The contacts of one page, and how many they are.
fn page(listed: &Listed, form: Form, fields: Fields) -> Result<(Vec<u8>, u64), String> {
    let (mut text, mut count) = (Vec::new(), 0);
    for page in &listed.pages {
        if let Content::Found(body) = page.content() {
            text.extend_from_slice(&forms::record(body, form, &fields).map_err(|error| error.to_string())?);
            count += 1;
        }
    }
    Ok((text, count))
}

/// For the operator at the terminal, the provider's own words help.
fn failure_text(failure: &Failure) -> String {
    match failure {
        Failure::Provider { error, .. } => format!("{}: {error}", api::told(failure)),
        other => format!("{}: {other}", api::told(failure)),
    }
}

fn interrupted(options: &Options) -> String {
    format!("interrupted{}", how_to_go_on(options))
}

fn how_to_go_on(options: &Options) -> &'static str {
    if options.output.is_some() { "; the same command with --resume goes on from here" } else { "" }
}
