//! What the line and the span of a request tell, and the answer's head doesn't: left with the answer by whoever made it.

use actix_web::HttpResponse;
use providers::Spent;

use super::code::Code;
use crate::gateway::{Failure, Served, Via};

/// What an answer's head doesn't tell.
#[derive(Debug, Clone, Default)]
pub(super) struct Note {
    pub(super) code: Option<Code>,
    pub(super) provider: Option<String>,
    pub(super) failure: Option<Failure>,
    /// What the caller got, where that was not the failure itself.
    pub(super) instead: Option<&'static str>,
    pub(super) spent: Option<Spent>,
    /// Whether nobody else has a part in what was spent.
    pub(super) is_own: bool,
}

impl Note {
    /// Where an answer came from that is no problem. What was in memory leaves no note.
    pub(super) fn of(served: &Served) -> Option<Self> {
        let is_from_memory = served.via == Via::Memory;
        if is_from_memory && served.is_own {
            return None;
        }
        let note = Self {
            code: (!served.page.is_found()).then_some(Code::ContactNotFound),
            provider: served.provider.as_deref().map(str::to_owned),
            spent: (!is_from_memory).then(|| served.page.spent()),
            is_own: served.is_own,
            ..Self::default()
        };
        Some(match &served.failure {
            Some(failure) if !is_from_memory => Self { instead: Some("the cached contact"), ..note.with(failure) },
            _ => note,
        })
    }

    /// A problem's note.
    pub(super) fn of_problem(code: Code, provider: Option<&str>, failure: Option<&Failure>) -> Self {
        let provider = provider.map(str::to_owned);
        Self { code: Some(code), provider, failure: failure.cloned(), ..Self::default() }
    }

    /// Leaves it with the answer.
    pub(super) fn leave(self, response: &mut HttpResponse) {
        response.extensions_mut().insert(self);
    }

    fn with(self, failure: &Failure) -> Self {
        Self { failure: Some(failure.clone()), code: Some(super::code_of(failure)), ..self }
    }
}
