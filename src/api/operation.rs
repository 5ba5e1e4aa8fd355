//! What a request wants to do, without anything that callers put into it: a method and a route.

use actix_web::http::Method;

/// What no route and no method has foreseen may be anything.
const OTHER: &str = "_OTHER";
const ROUTES: [&str; 12] = [
    "/contacts/{id}",
    "/contacts",
    "/contacts/batch/read",
    "/providers",
    "/cache",
    "/cache/{id}",
    "/webhooks/{instance}",
    "/problems/{code}",
    "/openapi.json",
    "/docs",
    "/",
    OTHER,
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", OTHER];
/// What is asked all the time and is nobody's request.
const IGNORED: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// A method and the part of a path that is the same for all contacts: one of [`ALL`](Self::all).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation {
    route: usize,
    method: usize,
}

impl Operation {
    /// How many there are.
    pub(super) const COUNT: usize = ROUTES.len() * METHODS.len();

    /// What a request wants to do; `None` if it only asks how the gateway is.
    pub(super) fn of(method: &Method, path: &str) -> Option<Self> {
        if IGNORED.contains(&path) {
            return None;
        }
        let last = METHODS.len() - 1;
        let method = METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(last);
        Some(Self { route: route(path), method })
    }

    /// Every one.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(|number| Self { route: number / METHODS.len(), method: number % METHODS.len() })
    }

    /// Its place among all.
    pub(super) fn number(self) -> usize {
        self.route * METHODS.len() + self.method
    }

    /// Whether it asks for one contact.
    pub(super) fn is_reading_a_contact(self) -> bool {
        self.route == 0 && self.method < 2
    }

    pub(super) fn route(self) -> &'static str {
        ROUTES[self.route]
    }

    pub(super) fn method(self) -> &'static str {
        METHODS[self.method]
    }
}

fn route(path: &str) -> usize {
    let whole = ROUTES.iter().position(|route| *route == path);
    // What has a place to fill in begins with what stands before that.
    let begins = |route: &str| route.split_once('{').is_some_and(|(beginning, _)| path.starts_with(beginning));
    whole.or_else(|| ROUTES.iter().position(|route| begins(route))).unwrap_or(ROUTES.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> &'static str {
        Operation::of(&Method::GET, path).map_or("", Operation::route)
    }

    #[test]
    fn no_route_has_anything_of_an_id() {
        for path in
            ["/contacts/919537851844", "/contacts/a/b", "/cache/tel:+919537851844", "/+919537851844", "/contactsx"]
        {
            assert!(!of(path).contains(|digit: char| digit.is_ascii_digit()), "{path}");
        }
        assert_eq!((of("/contacts/919537851844"), of("/contacts/batch/read")), (ROUTES[0], "/contacts/batch/read"));
        assert_eq!((of("/contactsx"), of("/contacts/{id}"), of("/health/ready")), (OTHER, ROUTES[0], ""));
    }

    #[test]
    fn only_the_very_paths_that_ask_how_the_gateway_is_are_ignored() {
        assert_eq!(["/metrics", "/health/live", "/health/ready"].map(of), [""; 3]);
        assert_eq!(["/metricsX1", "/metrics/", "/health/", "/health/liver"].map(of), [OTHER; 4]);
    }

    #[test]
    fn every_path_of_the_description_has_a_route() {
        let document = crate::api::openapi::document();
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(IGNORED.contains(&path.as_str()) || of(path) == path, "{path}");
        }
    }

    #[test]
    fn each_has_a_place_of_its_own() {
        assert!(Operation::all().enumerate().all(|(number, operation)| operation.number() == number));
        let odd = Operation::of(&Method::from_bytes(b"BREW").unwrap(), "/contacts").unwrap();
        assert_eq!((odd.method(), odd.route()), (OTHER, "/contacts"));
    }
}
