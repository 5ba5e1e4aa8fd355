//! The routes of an emulated server.

use http::Method;
use serde_json::json;
use url::form_urlencoded;

use super::{
    Era, Server, registration,
    reply::{failure, invalid, success},
    search,
};
use crate::emulator::{Request, Response};

/// How a route answers whoever is admitted.
pub(super) type Answering = fn(&Server, &Request) -> Response;

/// The route with this path.
pub(super) fn route(path: &str, era: Era) -> Option<(Method, Answering)> {
    let route: (Method, Answering) = match (path.strip_prefix("/api/v1/")?, era) {
        ("omnichannel/contacts.get", Era::Modern) => (Method::GET, contact),
        ("omnichannel/contacts.search", Era::Modern) => {
            (Method::GET, |server, request| search::contacts(&server.contacts, &parameters(request)))
        }
        ("omnichannel/contacts", Era::Modern) => {
            (Method::POST, |server, request| registration::contact(&server.contacts, request.body()))
        }
        ("omnichannel/contact", _) => (Method::GET, visitor),
        ("omnichannel/contact.search", _) => {
            (Method::GET, |server, request| search::visitor(&server.visitors, &parameters(request)))
        }
        ("livechat/visitors.search", _) => {
            (Method::GET, |server, request| search::visitors(&server.visitors, &parameters(request)))
        }
        ("livechat/visitor", _) => {
            (Method::POST, |server, request| registration::visitor(&server.visitors, request.body()))
        }
        _ => return None,
    };
    Some(route)
}

fn contact(server: &Server, request: &Request) -> Response {
    let id = match modern_parameter(request) {
        Ok(id) => id,
        Err(problem) => return invalid(problem),
    };
    match server.contacts.get(&id) {
        Some(contact) => success(json!({ "contact": contact })),
        None => failure(404, "Resource not found", None),
    }
}

fn visitor(server: &Server, request: &Request) -> Response {
    let mut id = None;
    for (name, value) in parameters(request) {
        if name != "contactId" {
            return failure(400, &format!("Match error: Unknown key in field {name}"), None);
        }
        id = Some(value);
    }
    match id {
        None => failure(400, "Match error: Missing key 'contactId'", None),
        // Also for the empty id.
        Some(id) => success(json!({ "contact": server.visitors.get(&id) })),
    }
}

/// The one parameter of contacts.get, checked as the server's schema does.
fn modern_parameter(request: &Request) -> Result<String, &'static str> {
    let (known, unknown): (Vec<_>, Vec<_>) = parameters(request).into_iter().partition(|(name, _)| name == "contactId");
    match known.as_slice() {
        [] => Err("must have required property 'contactId'"),
        _ if !unknown.is_empty() => Err("must NOT have additional properties"),
        [(_, id)] if id.trim().is_empty() => Err("must pass \"isNotEmpty\" keyword validation"),
        [(_, id)] => Ok(id.clone()),
        _ => Err("must be string"),
    }
}

fn parameters(request: &Request) -> Vec<(String, String)> {
    form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}
