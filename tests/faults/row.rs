//! One row of the matrix: a fault, and what is right while it lasts.

use std::time::Duration;

use crate::{answer::FINE, fault::Fault, scene::Way};

/// A fault, and what is right while it lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// A sentence.
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    pub(crate) fault: Fault,
    /// The codes with which a contact that is not cached may be answered.
    pub(crate) codes: &'static [&'static str],
    /// How long the gateway may stay away from the upstream once it is well again.
    pub(crate) pause: Duration,
}

/// The fault is not noticed.
pub(crate) const UNNOTICED: &[&str] = &[FINE];
pub(crate) const UNAVAILABLE: &[&str] = &["provider-unavailable"];
/// The upstream keeps the gateway waiting, as long as that lets it.
pub(crate) const TIMEOUT: &[&str] = &["provider-timeout"];
pub(crate) const INVALID: &[&str] = &["provider-answer-invalid"];
pub(crate) const LIMITED: &[&str] = &["provider-rate-limited"];
pub(crate) const REJECTED: &[&str] = &["provider-rejected-credentials"];
/// It depends on which limit is met first: that of the time or that of the size.
pub(crate) const TOO_MUCH: &[&str] = &["provider-answer-invalid", "provider-unavailable", "provider-timeout"];
/// It depends on whether the system answers "no such name" in time.
pub(crate) const UNREACHABLE: &[&str] = &["provider-unavailable", "provider-timeout"];

/// A fault of an upstream that is spoken to in plain HTTP.
pub(crate) const fn row(name: &'static str, fault: Fault, codes: &'static [&'static str]) -> Row {
    Row { name, way: Way::Http, fault, codes, pause: Duration::from_secs(1) }
}

impl Row {
    /// The same, in another way.
    pub(crate) const fn by(self, way: Way) -> Self {
        Self { way, ..self }
    }

    /// The same, after which the gateway may stay away for so long.
    pub(crate) const fn paused(self, seconds: u64) -> Self {
        Self { pause: Duration::from_secs(seconds), ..self }
    }

    /// Whether a request hangs as long as the gateway lets it.
    pub(crate) fn hangs(&self) -> bool {
        self.codes == TIMEOUT
    }

    /// Whether the proxy can tell that somebody has met the fault.
    pub(crate) fn can_be_met(&self) -> bool {
        !matches!(self.fault, Fault::None | Fault::Refuse | Fault::Swallow)
    }

    /// Whether the fault is one for which the gateway leaves an upstream in peace.
    pub(crate) fn opens_the_breaker(&self) -> bool {
        [UNAVAILABLE, TIMEOUT, REJECTED].contains(&self.codes)
    }

    /// Whether an answer may have this code. A breaker that has opened says "unavailable" of what failed in time, too.
    pub(crate) fn allows(&self, code: &str) -> bool {
        self.codes.contains(&code) || (code == "provider-unavailable" && self.codes.contains(&"provider-timeout"))
    }
}
