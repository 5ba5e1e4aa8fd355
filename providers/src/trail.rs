//! For whom a call is made: its place in a trace, and what of that the upstream is told.

use std::fmt;

use http::HeaderMap;
use tracing::{Span, info_span};

/// The target of spans that are for traces only: a log that showed them would say everything twice.
pub const TRACE: &str = "trace";

/// The place of a call in its caller's trace.
#[derive(Clone)]
pub struct Trail {
    span: Span,
    given: HeaderMap,
    continued: fn(&Span) -> Option<HeaderMap>,
}

impl Trail {
    /// A call that is `span` in the trace. Its attempts tell the upstream what `continued` says of their own spans; where that
    /// is nothing, because nobody traces here, what the caller has `given`.
    #[must_use]
    pub fn new(span: Span, given: HeaderMap, continued: fn(&Span) -> Option<HeaderMap>) -> Self {
        Self { span, given, continued }
    }

    /// The call's own span.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The headers by which an attempt goes on in the trace.
    pub(crate) fn headers(&self, attempt: &Span) -> HeaderMap {
        (self.continued)(attempt).unwrap_or_else(|| self.given.clone())
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trail")
    }
}

/// Makes something of an upstream's answer, as a span of its own.
pub(crate) fn mapping<T>(map: impl FnOnce() -> T) -> T {
    info_span!(target: TRACE, "mapping").in_scope(map)
}
