//! The form of an emulated server's answers.

use serde_json::{Value, json};

use crate::emulator::{Count, Response, respond, set};

pub(super) fn success(mut body: Value) -> Response {
    body["success"] = true.into();
    reply(200, &body)
}

pub(super) fn failure(status: u16, error: &str, error_type: Option<&str>) -> Response {
    let mut body = json!({ "success": false, "error": error });
    if let Some(error_type) = error_type {
        body["errorType"] = error_type.into();
    }
    reply(status, &body)
}

/// What the schema of a route refuses.
pub(super) fn invalid(problem: &str) -> Response {
    failure(400, &format!("{problem} [invalid-params]"), Some("invalid-params"))
}

pub(super) fn too_many(count: &Count) -> Response {
    let wait = count.left().as_secs() + 1;
    let words = format!(
        "Error, too many requests. Please slow down. You must wait {wait} seconds before trying this endpoint again. \
         [error-too-many-requests]"
    );
    failure(429, &words, None)
}

pub(super) fn reply(status: u16, body: &Value) -> Response {
    let mut response = respond(status, "application/json", body.to_string());
    set(&mut response, "cache-control", "no-store");
    set(&mut response, "pragma", "no-cache");
    response
}
