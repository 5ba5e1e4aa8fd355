//! How Rocket.Chat reports failures: a text that ends with a code in brackets, and perhaps the code once more.

use http::StatusCode;

use super::{
    answer::{Failed, invalid},
    envelope,
};
use crate::{Error, ErrorKind, Result, upstream::Answer};

/// Whether this answer to a question for some contact shows that the server has the route, whatever it says of the contact.
pub(super) fn knows_route(answer: &Answer) -> bool {
    let Ok(failure) = failure(answer) else { return false };
    match answer.status {
        _ if !answer.claims_json() => false,
        StatusCode::OK => true,
        StatusCode::NOT_FOUND => failure.success.0 == Some(false),
        StatusCode::BAD_REQUEST => !says(&failure, "error-not-allowed"),
        _ => false,
    }
}

/// What a 400 means for a question.
pub(super) fn refused(answer: &Answer, failure: &envelope::Failure) -> Failed {
    let words = failure.error.filled().unwrap_or_default();
    if says(failure, "error-not-allowed") {
        // 6.13 and 7.0 have the modern routes, for Rocket.Chat's own tests only.
        Failed::no_such_route()
    } else if words.contains("isNotEmpty") {
        Error::new(ErrorKind::InvalidId, "400: a blank id").into()
    } else {
        invalid(format!("400: {}", answer.quote(words))).into()
    }
}

pub(super) fn failure(answer: &Answer) -> Result<envelope::Failure> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| invalid(format!("status {} with broken JSON", answer.status.as_u16())))
}

/// Whether a failure has this code, as its `errorType` or in brackets at the end of its text.
pub(super) fn says(failure: &envelope::Failure, code: &str) -> bool {
    failure.error_type.filled() == Some(code)
        || failure.error.filled().is_some_and(|text| text.contains(&format!("[{code}]")))
}
