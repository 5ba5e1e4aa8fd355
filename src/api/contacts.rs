//! `GET /contacts/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    body::{self, BoxBody},
    dev::RequestHead,
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, VARY},
    },
    web::Bytes,
};

use super::{
    admission::Admitted,
    caching,
    code::Code,
    explain::explain,
    header::Headers,
    identity::{RequestId, errand},
    negotiation::negotiate,
    not_allowed,
    note::Note,
    problem::Problem,
    question::Question,
};
use crate::{
    forms::{self, Form},
    gateway::{Caller, Content, EntityTag, Gateway, Served, Wish},
};

/// By which header's value contacts differ.
pub(super) const VARIES: &str = "Accept";
/// The forms in which there are contacts.
pub(super) const FORMS: &[Form] = &[Form::Json, Form::JsContact, Form::VCard];

/// Answers with one contact.
pub(super) async fn read(request: HttpRequest, admitted: Admitted) -> HttpResponse {
    let request = request.head();
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return not_allowed(request, "GET, HEAD");
    }
    let (id, Admitted { state, caller, .. }) = (RequestId::of(request), &admitted);
    let question = match question(request, caller) {
        Ok(question) => question,
        Err(problem) => return problem.respond(&id),
    };
    let wish = Wish { errand: errand(request, &id), ..question.wish(caller) };
    match state.gateway.contact(&wish).await {
        Ok(served) => respond(request, &question, &served, &state.gateway, &id),
        Err(failure) => Problem::of(&failure).respond(&id),
    }
}

/// What is wanted.
fn question<'a>(request: &'a RequestHead, caller: &Caller) -> Result<Question<'a>, Problem> {
    let detail = "Contacts come as application/json, application/jscontact+json or text/vcard.";
    let form = negotiate(request, FORMS).ok_or_else(|| Problem::new(Code::NotAcceptable, detail))?;
    Question::of(request, form, caller)
}

fn respond(
    request: &RequestHead,
    question: &Question<'_>,
    served: &Served,
    gateway: &Gateway,
    id: &RequestId,
) -> HttpResponse {
    let mut response = written(request, question, served, gateway, id);
    if let Some(note) = Note::of(served) {
        note.leave(&mut response);
    }
    response
}

fn written(
    request: &RequestHead,
    question: &Question<'_>,
    served: &Served,
    gateway: &Gateway,
    id: &RequestId,
) -> HttpResponse {
    let Content::Found(body) = served.page.content() else {
        // "No such contact" holds for a while, as a contact does.
        return Problem::not_found(served.provider.as_deref())
            .respond_with(id, |headers| caching::describe(headers, served));
    };
    if question.is_plain() {
        return whole(request, question.form, served, served.page.etag(), id, || served.page.body());
    }
    match content(question, body) {
        Ok(written) if question.explain => {
            let explained = explain(written, body, served, gateway);
            let mut response = described(StatusCode::OK, BoxBody::new(explained), served, id);
            let headers = response.headers_mut();
            // It tells of this one answer.
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(question.form.content_type()));
            response
        }
        Ok(written) => whole(request, question.form, served, EntityTag::of(&written), id, || written.into()),
        Err(error) => {
            tracing::error!(request_id = id.as_str(), %error, "a contact can't be written");
            Problem::new(Code::ProviderAnswerInvalid, "The contact can't be written in this form.").respond(id)
        }
    }
}

/// The contact as it is wanted.
fn content(question: &Question<'_>, body: &[u8]) -> Result<Vec<u8>, forms::FormError> {
    let written = forms::render(body, question.form, &question.fields)?;
    if question.raw && !question.fields.is_all() {
        let mut document: serde_json::Value = serde_json::from_slice(body)?;
        return Ok(forms::with(&written, "raw", &document["raw"].take())?);
    }
    Ok(written.into_owned())
}

fn whole(
    request: &RequestHead,
    form: Form,
    served: &Served,
    etag: EntityTag,
    id: &RequestId,
    body: impl FnOnce() -> Bytes,
) -> HttpResponse {
    let seen = caching::has_already(request, etag);
    let mut response = if seen {
        described(StatusCode::NOT_MODIFIED, BoxBody::new(body::None::new()), served, id)
    } else {
        described(StatusCode::OK, BoxBody::new(body()), served, id)
    };
    let headers = response.headers_mut();
    headers.put(ETAG, |text| text.ascii(&etag.to_ascii()));
    if !seen {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    }
    response
}

/// With what every answer about a contact says.
fn described(status: StatusCode, body: BoxBody, served: &Served, id: &RequestId) -> HttpResponse {
    let mut response = HttpResponse::with_body(status, body);
    describe(response.headers_mut(), served, id);
    response
}

/// Says what every answer about a contact says.
fn describe(headers: &mut impl Headers, served: &Served, id: &RequestId) {
    caching::describe(headers, served);
    id.tell(headers);
    headers.put(VARY, |text| text.push(VARIES));
}
