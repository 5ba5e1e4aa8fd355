//! What a caller of `GET /contacts/{id}` wants.

use std::borrow::Cow;

use actix_web::dev::RequestHead;
use percent_encoding::percent_decode_str;
use providers::Handle;

use super::{cache_control, code::Code, head::Head, problem::Problem, query::Query, told};
use crate::{
    forms::{Fields, Form},
    gateway::{Caller, Demand, Wish},
};

/// What a caller wants to have.
pub(super) struct Question<'a> {
    id: Cow<'a, str>,
    provider: Option<String>,
    demand: Demand,
    linked: bool,
    pub(super) form: Form,
    pub(super) fields: Fields,
    /// The provider's own document, too.
    pub(super) raw: bool,
    /// Where each value comes from, too.
    pub(super) explain: bool,
}

impl<'a> Question<'a> {
    /// Reads the path, the query and the headers.
    ///
    /// # Errors
    /// What of them can't be used.
    pub(super) fn of(request: &'a RequestHead, form: Form, caller: &Caller) -> Result<Self, Problem> {
        let id = id_of(request, "/contacts/")?;
        let demand = cache_control::demand(request)?;
        let mut query = Query::of(request, &["provider", "linked", "fields", "include", "explain"])?;
        let question = Self {
            provider: query.text("provider"),
            linked: query.flag("linked")?,
            fields: query.fields(caller)?,
            raw: query.word("include", "raw")?,
            explain: query.flag("explain")?,
            id,
            demand,
            form,
        };
        if question.raw && (question.linked || Handle::parse(&question.id).is_some()) {
            return Err(invalid("`include=raw` is for one contact: a merged one has no document of its own."));
        }
        if question.raw && !question.fields.allows_everything() {
            let detail = "This key may not see every field, and `include=raw` would show them.";
            return Err(Problem::new(Code::Forbidden, detail));
        }
        if form != Form::Json && (question.raw || question.explain) {
            return Err(invalid("`include` and `explain` are for answers as application/json."));
        }
        Ok(question)
    }

    pub(super) fn wish<'b>(&'b self, caller: &'b Caller) -> Wish<'b> {
        let (provider, demand) = (self.provider.as_deref(), self.demand);
        Wish { provider, demand, linked: self.linked, raw: self.raw, ..Wish::new(&self.id, caller, told) }
    }

    /// Whether a page's own bytes are the answer.
    pub(super) fn is_plain(&self) -> bool {
        self.form == Form::Json && self.fields.is_all() && !self.explain
    }
}

/// The id behind this prefix.
pub(super) fn id_of<'a>(request: &'a impl Head, prefix: &str) -> Result<Cow<'a, str>, Problem> {
    // Decoded here, once, from the raw path: a router that decodes `%2F` or `%25` first would make another id of it.
    let raw = request.path().strip_prefix(prefix).unwrap_or_default();
    if !raw.as_bytes().contains(&b'%') {
        // Nearly every one, and it takes a tenth of the time.
        return Ok(raw.into());
    }
    let id = percent_decode_str(raw).decode_utf8();
    id.map_err(|_| Problem::new(Code::InvalidContactId, "The contact id can't be used: it is not UTF-8."))
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}
