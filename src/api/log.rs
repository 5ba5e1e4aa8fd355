//! A request's line in the log: whether it is worth one, and what that says.

use std::{cell::Cell, time::Duration};

use actix_web::dev::{RequestHead, ResponseHead};
use tracing::{Level, Span};

use super::{
    code::Code,
    identity::{self, errand},
    note::Note,
    operation::Operation,
    question::id_of,
    record::{cache, text},
    state::State,
};
use crate::{
    gateway::{Caller, Failure},
    telemetry::{self, Lines},
};

/// No answer from memory takes so long, unless the machine stands still.
const SLOW: Duration = Duration::from_millis(100);

/// A request that has been answered.
pub(super) struct Line<'a> {
    pub(super) request: &'a RequestHead,
    /// Whoever was admitted with it.
    pub(super) caller: Option<&'a Caller>,
    /// The state in which it was answered.
    pub(super) state: &'a State,
    pub(super) operation: Operation,
    pub(super) head: &'a ResponseHead,
    pub(super) note: Option<&'a Note>,
    pub(super) span: &'a Span,
    pub(super) took: Duration,
}

/// Why a request has a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// A provider could not answer, or the gateway could not.
    Failed,
    /// The gateway is stopping.
    Stopping,
    /// It took long.
    Slow,
    /// It is one of the sample.
    Sampled,
    /// Somebody wants to see every line.
    Verbose,
}

impl Line<'_> {
    /// Writes it, if the request is worth one. Most are not, and for them nothing is made that a line would need.
    pub(super) fn write_if_worth(&self) {
        if let Some(why) = self.why() {
            self.write(why);
        }
    }

    fn why(&self) -> Option<Why> {
        match self.note.and_then(|note| note.failure.as_ref()) {
            // What the breaker or the budget foresaw is no news for each request: it comes in thousands when it comes, and so do
            // those that are too many.
            Some(Failure::Provider { error, .. }) if !error.is_foreseen() => return Some(Why::Failed),
            Some(Failure::ShuttingDown) => return Some(Why::Stopping),
            None if self.head.status.is_server_error() => return Some(Why::Failed),
            _ => {}
        }
        let lines = self.state.lines;
        if self.took >= lines.slow {
            Some(Why::Slow)
        } else if is_in_sample(lines.sample) {
            Some(Why::Sampled)
        } else {
            tracing::enabled!(Level::DEBUG).then_some(Why::Verbose)
        }
    }

    /// `docs/logs.md` has what the fields mean: they stay as they are.
    fn write(&self, why: Why) {
        let headers = &self.head.headers;
        let error = self.note.and_then(|note| match &note.failure {
            Some(Failure::Provider { error, .. }) => Some(error),
            _ => None,
        });
        let spent = self.note.and_then(|note| note.spent);
        let trace_id = telemetry::trace_id(self.span);
        macro_rules! line {
            ($level:ident, $message:literal) => {
                tracing::$level!(
                    request_id = text(headers, &identity::HEADER),
                    trace_id = trace_id.as_deref().or_else(|| errand(self.request, None).trace_id()),
                    method = self.operation.method(),
                    route = self.operation.route(),
                    contact = self.contact(),
                    caller = self.caller.and_then(|caller| caller.name.as_deref()),
                    status = self.head.status.as_u16(),
                    code = self.note.and_then(|note| note.code).map(Code::name),
                    provider = self.note.and_then(|note| note.provider.as_deref()),
                    kind = error.map(|error| error.kind().name()),
                    detail = error.map(providers::Error::detail),
                    instead = self.note.and_then(|note| note.instead),
                    cache = cache(headers),
                    duration_ms = millis(self.took),
                    waited_ms = spent.map(|spent| millis(spent.waiting)),
                    upstream_ms = spent.map(|spent| millis(spent.upstream)),
                    $message
                )
            };
        }
        match why {
            Why::Failed if error.is_some() => line!(warn, "a provider could not answer"),
            Why::Failed => line!(warn, "failed"),
            Why::Stopping => line!(info, "refused while shutting down"),
            Why::Slow => line!(info, "slow"),
            Why::Sampled => line!(info, "answered"),
            Why::Verbose => line!(debug, "answered"),
        }
    }

    /// The contact that the path names, as the log may show it.
    fn contact(&self) -> Option<String> {
        let prefix = self.operation.route().strip_suffix("{id}")?;
        let id = id_of(self.request, prefix).ok()?;
        Some(self.state.gateway.shown(&id))
    }
}

/// Whether there may be a line of a request that was answered from memory.
pub(super) fn tells_of_all(lines: Lines) -> bool {
    lines.sample > 0.0 || lines.slow < SLOW || tracing::enabled!(Level::DEBUG)
}

/// True for this part of all calls, evenly spread.
fn is_in_sample(part: f64) -> bool {
    thread_local! {
        static SUM: Cell<f64> = const { Cell::new(0.0) };
    }
    if part <= 0.0 {
        return false;
    }
    SUM.with(|sum| {
        let next = sum.get() + part;
        sum.set(next.fract());
        next >= 1.0
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_as_large_as_it_should_be() {
        let taken = |part| (0..1000).filter(|_| is_in_sample(part)).count();
        assert_eq!((taken(0.0), taken(1.0)), (0, 1000));
        assert!((249..=251).contains(&taken(0.25)));
    }
}
