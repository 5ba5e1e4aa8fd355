//! `POST /webhooks/{instance}`: what providers tell of their own accord.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use providers::Unheard;

use super::{body, code::Code, identity::RequestId, problem::Problem, state::Current};
use crate::gateway::Unmoved;

/// A message about a chat with many others has some hundred kilobytes.
const LARGEST: usize = 4 << 20;

/// Hears one message.
pub(super) async fn hear(
    request: HttpRequest,
    instance: web::Path<String>,
    payload: web::Payload,
    current: web::Data<Current>,
) -> HttpResponse {
    let (id, gateway) = (RequestId::of(request.head()), Arc::clone(&current.load().gateway));
    let body = match body::bytes(payload, LARGEST).await {
        Ok(body) => body,
        Err(problem) => return problem.respond(&id),
    };
    let problem = match gateway.hear(&instance, &headers(&request), &body) {
        Ok(event) => {
            tracing::debug!(request_id = id.as_str(), provider = %instance, event, "heard");
            return HttpResponse::NoContent().insert_header(id.header()).finish();
        }
        Err(Unmoved::UnknownProvider) => Problem::new(Code::UnknownProvider, "No instance has this name."),
        Err(Unmoved::Unheard(why)) => {
            tracing::warn!(request_id = id.as_str(), provider = %instance, %why, "a webhook's message was not heard");
            match why {
                Unheard::NotConfigured | Unheard::Unverified => {
                    Problem::new(Code::Unauthorized, "The message's signature or token is missing or wrong.")
                }
                Unheard::Unreadable => {
                    Problem::new(Code::InvalidRequest, "The body is no message that this provider sends.")
                }
            }
        }
    };
    problem.respond(&id)
}

/// The headers in the providers' types.
fn headers(request: &HttpRequest) -> http::HeaderMap {
    let pairs = request.headers().iter().filter_map(|(name, value)| {
        let name = http::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    pairs.collect()
}
