//! On whose behalf a provider is asked: for the log, and for whoever follows a trace through several programs.

use http::{HeaderMap, HeaderValue};
use providers::{Call, TRACE, Trail};
use tracing::{Instrument as _, Span, error_span, info_span};

use crate::telemetry;

/// The version, the trace, the parent and the flags (W3C Trace Context), each in so many hexadecimal digits.
const PARTS: [usize; 4] = [2, 32, 16, 2];
/// What every program must pass on at least, and so the most that is passed on here.
const LONGEST_STATE: usize = 512;

/// The request for which a provider is asked. The default is none: the gateway's own wish.
#[derive(Debug, Clone, Copy, Default)]
pub struct Errand<'a> {
    /// The request's id, as it stands in the log.
    pub request_id: Option<&'a str>,
    /// Where the request belongs in a trace: its header of this name.
    pub traceparent: Option<&'a str>,
    /// What programs before this one have noted of the trace: its header of this name.
    pub tracestate: Option<&'a str>,
}

impl<'a> Errand<'a> {
    /// Does something for the request: in its trace, and so that every line which that leaves in the log tells whose it is.
    /// `call` is what is done.
    pub(super) fn run<F: Future>(
        &self,
        call: &Call,
        provider: &str,
        task: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let span = info_span!(target: TRACE, "flight", otel.name = format!("ask {provider}"), provider);
        let line = self.request_id.map_or_else(Span::none, |request_id| {
            let trace_id = telemetry::trace_id(&span).or_else(|| self.trace_id().map(str::to_owned));
            // Where only errors are in the log, they need it, too.
            error_span!("request", request_id, trace_id)
        });
        call.belongs_to(Trail::new(span.clone(), self.given(), telemetry::continued));
        task.instrument(span).instrument(line)
    }

    /// The trace that the request's caller is following.
    #[must_use]
    pub fn trace_id(&self) -> Option<&'a str> {
        self.parent().map(|(trace, _)| trace)
    }

    /// What of the caller's headers is passed on.
    fn given(&self) -> HeaderMap {
        let mut given = HeaderMap::new();
        let Some((_, Ok(parent))) = self.parent().map(|(trace, parent)| (trace, HeaderValue::from_str(parent))) else {
            return given;
        };
        given.insert("traceparent", parent);
        let state = self.tracestate.filter(|state| (1..=LONGEST_STATE).contains(&state.len()));
        if let Some(state) = state.and_then(|state| HeaderValue::from_str(state).ok()) {
            given.insert("tracestate", state);
        }
        given
    }

    /// The id of the trace and the whole header, if it is one.
    fn parent(&self) -> Option<(&'a str, &'a str)> {
        let text = self.traceparent?;
        let parts: Vec<_> = text.split('-').collect();
        let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
        let fits = parts.len() >= PARTS.len()
            && parts.iter().zip(PARTS).all(|(part, length)| part.len() == length && is_hex(part));
        match parts[..] {
            // Later versions may have more parts.
            [version, trace, parent, ..] if fits && version != "ff" && !is_zero(trace) && !is_zero(parent) => {
                (version != "00" || parts.len() == PARTS.len()).then_some((trace, text))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn given(traceparent: &str, tracestate: &str) -> Vec<(String, String)> {
        let errand = Errand { traceparent: Some(traceparent), tracestate: Some(tracestate), ..Errand::default() };
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        errand.given().iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    #[test]
    fn a_trace_is_passed_on_as_it_came() {
        let both = [("traceparent", PARENT), ("tracestate", "a=1,b=2")];
        assert_eq!(given(PARENT, "a=1,b=2"), both.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(given(PARENT, "")[0].1, PARENT);
        let later = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more";
        assert_eq!(given(later, "")[0].1, later);
    }

    #[test]
    fn what_is_no_trace_goes_nowhere() {
        for wrong in [
            "",
            "+919537851844",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(given(wrong, "a=1").is_empty(), "{wrong}");
        }
    }
}
