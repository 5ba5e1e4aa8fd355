//! `GET /contacts/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_TYPE, ETAG, VARY},
    web,
};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::{
    cache_control, caching,
    code::Code,
    identity::RequestId,
    negotiation::accepts_json,
    problem::{self, Problem},
};
use crate::gateway::{Content, Demand, Gateway, Served, Via};

const PREFIX: &str = "/contacts/";

/// Answers with one contact.
pub(super) async fn read(request: HttpRequest, gateway: web::Data<Gateway>) -> HttpResponse {
    let id = RequestId::of(&request);
    if !accepts_json(&request) {
        return Problem::new(Code::NotAcceptable, "Contacts come as application/json.").respond(&id);
    }
    let question = match Question::of(&request) {
        Ok(question) => question,
        Err(problem) => return problem.respond(&id),
    };
    match gateway.contact(&question.id, question.provider.as_deref(), &question.demand).await {
        Ok(served) => {
            // A page that only rests has told why already.
            if let (Some(failure), Via::Provider { .. }) = (&served.failure, served.via) {
                problem::log(failure, &id, "the cached contact");
            }
            respond(&request, &served, &id)
        }
        Err(failure) => {
            problem::log(&failure, &id, "a problem");
            Problem::of(&failure).respond(&id)
        }
    }
}

/// What the caller asks for.
struct Question {
    id: String,
    provider: Option<String>,
    demand: Demand,
}

impl Question {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        // Decoded here, once, from the raw path: a router that decodes `%2F` or `%25` first would make another id of it.
        let raw = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
        let id = percent_decode_str(raw)
            .decode_utf8()
            .map_err(|_| Problem::new(Code::InvalidContactId, "The contact id can't be used: it is not UTF-8."))?
            .into_owned();
        let mut question = Self { id, provider: None, demand: cache_control::demand(request)? };
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            match &*name {
                "provider" if question.provider.is_none() => question.provider = Some(value.into_owned()),
                "provider" => return Err(invalid("The parameter `provider` is given more than once.")),
                _ => return Err(invalid("There is a parameter that is not known. Known is: `provider`.")),
            }
        }
        Ok(question)
    }
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}

fn respond(request: &HttpRequest, served: &Served, id: &RequestId) -> HttpResponse {
    let Content::Found { body, etag } = served.page.content() else {
        // "No such contact" holds for a while, as a contact does.
        return Problem::not_found(served.provider.as_deref())
            .respond_with(id, |response| caching::describe(response, served));
    };
    let seen = caching::has_already(request, etag);
    let mut response = if seen { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    caching::describe(&mut response, served);
    response.insert_header(id.header()).insert_header((ETAG, &**etag)).insert_header((VARY, "Accept"));
    if seen {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, "application/json"));
    response.body(body.clone())
}
