//! Where a list begins, and what of it is wanted.

use actix_web::HttpRequest;
use providers::Time;

use super::{admission::Admitted, code::Code, cursor::Cursor, problem::Problem, query::Query};
use crate::forms::Fields;

pub(super) const LIMIT: u16 = 100;
pub(super) const LARGEST_LIMIT: u16 = 2000;

/// What a caller of `GET /contacts` wants.
pub(super) struct Wanted {
    pub(super) cursor: Cursor,
    /// How long a page is, about.
    pub(super) limit: u16,
    pub(super) fields: Fields,
}

impl Wanted {
    /// Reads the query.
    ///
    /// # Errors
    /// What of it can't be used, or may not be.
    pub(super) fn of(request: &HttpRequest, Admitted { state, caller, .. }: &Admitted) -> Result<Self, Problem> {
        let mut query = Query::of(request.head(), &["provider", "limit", "cursor", "updated_since", "fields"])?;
        let limit = query.number("limit", 1..=LARGEST_LIMIT)?.unwrap_or(LIMIT);
        let fields = query.fields(caller)?;
        let since = query.text("updated_since").map(|text| Time::parse(&text).ok_or_else(no_time)).transpose()?;
        let (provider, given) = (query.text("provider"), query.text("cursor"));
        let cursor = if let Some(text) = given {
            let cursor = state.seal.open(&text).ok_or_else(no_cursor)?;
            if provider.is_some_and(|provider| provider != cursor.instance)
                || since.is_some_and(|since| cursor.since != Some(since))
            {
                return Err(invalid(
                    "`cursor` belongs to another list: repeat the parameters with which it was given, or leave them out.",
                ));
            }
            cursor
        } else {
            let first = match &provider {
                Some(name) => Some(state.gateway.instance_for(name, caller).map_err(|failure| Problem::of(&failure))?),
                None => state.gateway.listable(caller).next(),
            };
            let first = first.filter(|instance| instance.kind.capabilities.list);
            let first = first.ok_or_else(|| {
                Problem::new(Code::UnsupportedByProvider, "There is nobody whose contacts can be listed.")
            })?;
            Cursor::new(&first.name, None, provider.is_none(), since)
        };
        // A cursor may have been another caller's.
        state.gateway.instance_for(&cursor.instance, caller).map_err(|failure| Problem::of(&failure))?;
        Ok(Self { cursor, limit, fields })
    }
}

fn no_time() -> Problem {
    invalid("The parameter `updated_since` must be a time with its zone, such as `2025-01-22T05:41:15Z`.")
}

fn no_cursor() -> Problem {
    invalid("The parameter `cursor` is none that this gateway has given, or it is too old. Begin without it.")
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}
