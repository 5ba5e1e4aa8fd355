//! One operation: what is asked, and every answer that it gets.

use utoipa::openapi::{
    HttpMethod, PathItem, RefOr, Response,
    path::{self, Parameter},
    request_body::RequestBody,
    security::SecurityRequirement,
};

use super::{super::code::Code, headers, parameters, problems};

/// One operation. Unless it is [`open`](Self::open), it is for callers who have been admitted.
pub(super) struct Operation {
    inner: path::Operation,
    codes: Vec<Code>,
    is_open: bool,
}

impl Operation {
    pub(super) fn new(tag: &str, id: &str, summary: &str, description: &str) -> Self {
        let mut inner = path::Operation::new();
        inner.tags = Some(vec![tag.to_owned()]);
        inner.operation_id = Some(id.to_owned());
        inner.summary = Some(summary.to_owned());
        inner.description = Some(description.to_owned());
        inner.parameters = Some(vec![parameters::request_id().into()]);
        // Every path can be asked for in a way in which it can't be used.
        Self { inner, codes: vec![Code::MethodNotAllowed], is_open: false }
    }

    /// For everybody: no key is wanted.
    pub(super) fn open(mut self) -> Self {
        self.is_open = true;
        self.inner.security = Some(Vec::<SecurityRequirement>::new());
        self
    }

    pub(super) fn asking(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.inner.parameters.get_or_insert_default().splice(0..0, parameters.into_iter().map(RefOr::T));
        self
    }

    pub(super) fn sending(mut self, body: RequestBody) -> Self {
        self.inner.request_body = Some(body.into());
        self
    }

    pub(super) fn answer(mut self, status: u16, answer: impl Into<Response>) -> Self {
        self.inner.responses.responses.insert(status.to_string(), RefOr::T(answer.into()));
        self
    }

    /// What can go wrong.
    pub(super) fn problems(mut self, codes: impl IntoIterator<Item = Code>) -> Self {
        self.codes.extend(codes);
        self
    }

    fn done(mut self) -> path::Operation {
        if !self.is_open {
            self.codes.extend([Code::Unauthorized, Code::Forbidden, Code::TooManyRequests]);
        }
        problems::add(&mut self.inner.responses, &self.codes);
        for (status, answer) in &mut self.inner.responses.responses {
            let RefOr::T(answer) = answer else { continue };
            headers::list(answer, &["X-Request-Id"]);
            if !self.is_open && status != "401" {
                headers::list(answer, &["RateLimit", "RateLimit-Policy"]);
            }
        }
        self.inner
    }
}

/// A path that can be read: with GET, and with HEAD for the same without a body.
pub(super) fn reading(get: Operation) -> PathItem {
    let get = get.done();
    let mut head = get.clone();
    head.operation_id = get.operation_id.as_deref().map(|id| format!("{id}Head"));
    head.summary = get.summary.as_deref().map(|summary| format!("{summary}: the head alone"));
    head.description = Some("The status and the headers that GET would answer with, and no body.".to_owned());
    for answer in head.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer {
            answer.content.clear();
            answer.links.clear();
        }
    }
    let mut item = PathItem::new(HttpMethod::Get, get);
    item.head = Some(head);
    item
}

/// A path that can be used with this method.
pub(super) fn using(method: HttpMethod, operation: Operation) -> PathItem {
    PathItem::new(method, operation.done())
}
