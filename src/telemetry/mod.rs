//! What the program tells of itself while it runs: lines of a log, and traces.

mod collector;
mod export;
mod ids;
mod json;
mod log;
mod traces;

use tracing_subscriber::{
    Layer, Registry, filter::LevelFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use self::export::Export;
pub use self::{
    export::spans,
    ids::{Ids, shown},
    log::{Format, Lines, Log, change_level},
    traces::{Traces, continued, join, trace_id},
};

/// What must come to an end with the program.
#[derive(Debug, Default)]
#[must_use]
pub struct Telemetry {
    export: Option<Export>,
}

/// Sends the log to standard error, and traces where they are wanted. What the variable `RUST_LOG` says of the level goes
/// before the configuration.
///
/// Must be called inside a tokio runtime where there are traces: they are sent from there.
pub fn start(log: &Log, traces: Option<&Traces>) -> Telemetry {
    ids::choose(log.ids);
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![log.layer()];
    let mut telemetry = Telemetry::default();
    if let Some(traces) = traces {
        let (layer, export) = traces.layer();
        layers.push(layer);
        telemetry.export = Some(export);
    }
    // A second start, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    telemetry
}

/// The same for a command that ends by itself: text, from this level on.
pub fn start_log(level: LevelFilter) {
    // There is nothing to finish.
    let _ = start(&Log { level, ..Log::default() }, None);
}

impl Telemetry {
    /// Sends what has not been sent yet, and waits for that a little.
    pub async fn finish(self) {
        if let Some(export) = self.export {
            export.finish().await;
        }
    }
}
