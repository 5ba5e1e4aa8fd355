//! The JSON body of a request.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::CONTENT_TYPE,
    web::{Bytes, BytesMut, Payload},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::{code::Code, problem::Problem};

/// A body must be there within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a body of at most so many bytes as JSON.
///
/// # Errors
/// A body in another form, that is too large, or that is not what is wanted; with the path of what is wrong.
pub(super) async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    most: usize,
) -> Result<T, Problem> {
    if !is_json(request) {
        return Err(Problem::new(
            Code::UnsupportedMediaType,
            "The body must be JSON, with `Content-Type: application/json`.",
        ));
    }
    let body = bytes(payload, most).await?;
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let wrong = |error: serde_path_to_error::Error<serde_json::Error>| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        let place = if path == "." { String::new() } else { format!(" at `{path}`") };
        Problem::new(Code::InvalidRequest, format!("The body is not what is wanted{place}: {error}."))
    };
    let value = serde_path_to_error::deserialize(&mut reader).map_err(wrong)?;
    reader
        .end()
        .map_err(|error| Problem::new(Code::InvalidRequest, format!("The body has more than one value: {error}.")))?;
    Ok(value)
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// One that is too large, or that does not come.
pub(super) async fn bytes(mut payload: Payload, most: usize) -> Result<Bytes, Problem> {
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::new(Code::InvalidRequest, "The body broke off."))?;
            if body.len() + chunk.len() > most {
                return Err(Problem::new(Code::TooLarge, format!("The body may have {most} bytes.")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    let late = |_| Problem::new(Code::InvalidRequest, "The body did not come in time.");
    tokio::time::timeout(PATIENCE, read).await.map_err(late)?
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
