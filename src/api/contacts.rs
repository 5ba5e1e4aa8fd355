//! `GET /contacts/{id}`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, VARY},
    },
    web::Bytes,
};

use super::{
    admission::Admitted,
    caching,
    code::Code,
    explain::explain,
    identity::{RequestId, errand},
    negotiation::negotiate,
    not_allowed,
    note::Note,
    problem::Problem,
    question::Question,
};
use crate::{
    forms::{self, Form},
    gateway::{Content, Gateway, Served, Wish, etag},
};

const ACCEPT: HeaderValue = HeaderValue::from_static("Accept");
const FORMS: &[Form] = &[Form::Json, Form::JsContact, Form::VCard];

/// Answers with one contact.
pub(super) async fn read(request: HttpRequest, Admitted { state, caller }: Admitted) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return not_allowed(&request, "GET, HEAD");
    }
    let id = RequestId::of(&request);
    let Some(form) = negotiate(&request, FORMS) else {
        let detail = "Contacts come as application/json, application/jscontact+json or text/vcard.";
        return Problem::new(Code::NotAcceptable, detail).respond(&id);
    };
    let question = match Question::of(&request, form, &caller) {
        Ok(question) => question,
        Err(problem) => return problem.respond(&id),
    };
    let wish = Wish { errand: errand(&request, &id), ..question.wish(&caller) };
    match state.gateway.contact(&wish).await {
        Ok(served) => {
            let mut response = respond(&request, &question, &served, &state.gateway, &id);
            if let Some(note) = Note::of(&served) {
                note.leave(&mut response);
            }
            response
        }
        Err(failure) => Problem::of(&failure).respond(&id),
    }
}

fn respond(
    request: &HttpRequest,
    question: &Question,
    served: &Served,
    gateway: &Gateway,
    id: &RequestId,
) -> HttpResponse {
    let Content::Found { body, etag } = served.page.content() else {
        // "No such contact" holds for a while, as a contact does.
        return Problem::not_found(served.provider.as_deref())
            .respond_with(id, |response| caching::describe(response, served));
    };
    if question.is_plain() {
        return whole(request, question.form, served, etag, id, || served.page.body());
    }
    match written(question, body) {
        Ok(written) if question.explain => {
            let mut response = HttpResponse::Ok();
            caching::describe(&mut response, served);
            // It tells of this one answer.
            response
                .insert_header((CACHE_CONTROL, "no-store"))
                .insert_header(id.header())
                .insert_header((VARY, "Accept"));
            response.content_type(question.form.content_type()).body(explain(written, body, served, gateway))
        }
        Ok(written) => whole(request, question.form, served, &self::etag(&written), id, || written.into()),
        Err(error) => {
            tracing::error!(request_id = id.as_str(), %error, "a contact can't be written");
            Problem::new(Code::ProviderAnswerInvalid, "The contact can't be written in this form.").respond(id)
        }
    }
}

/// The contact as it is wanted.
fn written(question: &Question, body: &[u8]) -> Result<Vec<u8>, forms::FormError> {
    let written = forms::render(body, question.form, &question.fields)?;
    if question.raw && !question.fields.is_all() {
        let mut document: serde_json::Value = serde_json::from_slice(body)?;
        return Ok(forms::with(&written, "raw", &document["raw"].take())?);
    }
    Ok(written.into_owned())
}

fn whole(
    request: &HttpRequest,
    form: Form,
    served: &Served,
    etag: &str,
    id: &RequestId,
    body: impl FnOnce() -> Bytes,
) -> HttpResponse {
    let seen = caching::has_already(request, etag);
    let mut response = if seen { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    caching::describe(&mut response, served);
    response.insert_header(id.header()).insert_header((ETAG, etag)).insert_header((VARY, ACCEPT));
    if seen {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static(form.content_type())));
    response.body(body())
}
