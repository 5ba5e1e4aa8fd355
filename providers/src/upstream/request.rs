//! What is asked of an upstream.

use http::Method;
use serde_json::Value;
use url::Url;

use super::Shape;
use crate::Rate;

/// One route of an upstream's API: the unit in which most upstreams count calls, and so the unit of the budget.
#[derive(Debug)]
pub struct Route {
    /// The path under the base URL; `{}` stands for one segment that the request fills in.
    pub path: &'static str,
    /// The route's own limit, where it is not the instance's.
    pub rate: Option<Rate>,
    /// Whether the credentials are sent.
    pub authenticated: bool,
    /// The name that all routes bear whose calls the upstream counts together; `None`: it counts this route's alone.
    pub pool: Option<&'static str>,
    /// What its successful answers look like.
    pub shape: Option<&'static Shape>,
}

impl Route {
    /// A route with the instance's limit, called with credentials.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self { path, rate: None, authenticated: true, pool: None, shape: None }
    }

    /// The same, called without credentials.
    #[must_use]
    pub const fn anonymous(path: &'static str) -> Self {
        Self { path, rate: None, authenticated: false, pool: None, shape: None }
    }

    /// The same, with a limit of its own.
    #[must_use]
    pub const fn limited(self, rate: Rate) -> Self {
        Self { rate: Some(rate), ..self }
    }

    /// The same, in one budget with all routes of this pool. They have one rate.
    #[must_use]
    pub const fn pooled(self, pool: &'static str) -> Self {
        Self { pool: Some(pool), ..self }
    }

    /// The same, whose successful answers are documented to look like this. Differences are counted, and change nothing else.
    #[must_use]
    pub const fn shaped(self, shape: &'static Shape) -> Self {
        Self { shape: Some(shape), ..self }
    }
}

/// One question, or one thing to do.
///
/// No `Debug`: it holds a contact's data.
#[expect(missing_debug_implementations, reason = "holds a contact's id, which may be a phone number")]
pub struct Request<'a> {
    pub(super) route: &'static Route,
    segment: Option<&'a str>,
    parameters: Vec<(&'static str, &'a str)>,
    pub(super) body: Option<&'a Value>,
}

impl<'a> Request<'a> {
    /// A GET of a route.
    #[must_use]
    pub fn get(route: &'static Route) -> Self {
        Self { route, segment: None, parameters: Vec::new(), body: None }
    }

    /// A POST of this document as JSON to a route.
    #[must_use]
    pub fn post(route: &'static Route, body: &'a Value) -> Self {
        Self { body: Some(body), ..Self::get(route) }
    }

    /// Fills the `{}` of the route's path. The text becomes exactly one segment, whatever it holds.
    #[must_use]
    pub fn segment(mut self, text: &'a str) -> Self {
        self.segment = Some(text);
        self
    }

    /// Adds a query parameter. The text becomes exactly one value, whatever it holds.
    #[must_use]
    pub fn parameter(mut self, name: &'static str, text: &'a str) -> Self {
        self.parameters.push((name, text));
        self
    }

    /// Every text that it tells the upstream, with the name that it has in the body.
    pub(super) fn texts(&self, hear: &mut impl FnMut(Option<&str>, &str)) {
        self.segment.into_iter().chain(self.parameters.iter().map(|(_, text)| *text)).for_each(|text| hear(None, text));
        if let Some(body) = self.body {
            leaves(None, body, hear);
        }
    }

    /// How it is asked.
    pub(super) fn method(&self) -> Method {
        if self.body.is_some() { Method::POST } else { Method::GET }
    }

    /// The URL under `base`. `None` where `base` can hold no path (`mailto:`), which the configuration refuses.
    pub(crate) fn url(&self, base: &Url) -> Option<Url> {
        let mut url = base.clone();
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        for part in self.route.path.split('/') {
            // `push` drops `.` and `..`; `LocalId` holds neither.
            path.push(if part == "{}" { self.segment.unwrap_or_default() } else { part });
        }
        drop(path);
        if !self.parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.parameters);
        }
        Some(url)
    }
}

fn leaves(name: Option<&str>, value: &Value, hear: &mut impl FnMut(Option<&str>, &str)) {
    match value {
        Value::String(text) => hear(name, text),
        Value::Array(values) => values.iter().for_each(|value| leaves(name, value, hear)),
        Value::Object(values) => values.iter().for_each(|(name, value)| leaves(Some(name), value, hear)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LocalId;
    use proptest::prelude::*;

    static BY_PATH: Route = Route::new("contacts/{}");
    static BY_QUERY: Route = Route::new("api/v1/contacts.get");

    fn base() -> Url {
        Url::parse("https://api.example.com/v1/").unwrap()
    }

    #[test]
    fn hostile_ids_stay_inside_their_segment() {
        let path = |id| Request::get(&BY_PATH).segment(id).url(&base()).unwrap().to_string();
        assert_eq!(path("../../admin"), "https://api.example.com/v1/contacts/..%2F..%2Fadmin");
        assert_eq!(path("%2e%2e"), "https://api.example.com/v1/contacts/%252e%252e");
        assert_eq!(path("a/b?c=d#e"), "https://api.example.com/v1/contacts/a%2Fb%3Fc=d%23e");
        assert_eq!(path("a\\b"), "https://api.example.com/v1/contacts/a%5Cb");
    }

    proptest! {
        #[test]
        fn any_legal_id_is_one_segment_or_one_value(id in any::<String>()) {
            let Ok(id) = LocalId::parse(&id) else { return Ok(()) };
            let url = Request::get(&BY_PATH).segment(id.as_str()).url(&base()).unwrap();
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            prop_assert!(url.query().is_none() && url.fragment().is_none());

            let url = Request::get(&BY_QUERY).parameter("contactId", id.as_str()).url(&base()).unwrap();
            prop_assert_eq!(url.path(), "/v1/api/v1/contacts.get");
            let pairs: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs, [("contactId".to_owned(), id.as_str().to_owned())]);
        }
    }
}
