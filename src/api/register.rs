//! `POST /contacts`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, HeaderName, LOCATION},
    web,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use providers::Draft;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    admission::Admitted,
    body,
    code::Code,
    identity::{RequestId, errand},
    negotiation::negotiate,
    problem::Problem,
    query::{Query, fields_of},
};
use crate::{
    forms::{self, Form},
    gateway::{Content, EntityTag, Registration, Unregistered},
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const LONGEST_KEY: usize = 255;
const LARGEST: usize = 64 << 10;
/// What needs no encoding in a path (RFC 3986, 3.3), as far as ids have it.
const IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b':').remove(b'@').remove(b'-').remove(b'_').remove(b'.').remove(b'+');

/// A contact to register.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewContact)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    /// The instance that it is for.
    provider: String,
    /// Not blank, and without control characters.
    #[schema(min_length = 1, pattern = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$")]
    name: String,
    /// E-mail addresses.
    #[serde(default)]
    emails: Vec<String>,
    /// Phone numbers with their country code, or such as the instance's `default_region` completes.
    #[serde(default)]
    phones: Vec<String>,
    /// What else the provider should keep, under the names that it knows.
    #[serde(default)]
    custom_fields: Map<String, Value>,
}

/// Registers a contact.
pub(super) async fn register(request: HttpRequest, payload: web::Payload, admitted: Admitted) -> HttpResponse {
    let id = RequestId::of(request.head());
    match respond(&request, payload, &admitted, &id).await {
        Ok(response) => response,
        Err(problem) => problem.respond(&id),
    }
}

async fn respond(
    request: &HttpRequest,
    payload: web::Payload,
    Admitted { state, caller, .. }: &Admitted,
    id: &RequestId,
) -> Result<HttpResponse, Problem> {
    if negotiate(request.head(), &[Form::Json]).is_none() {
        return Err(Problem::new(Code::NotAcceptable, "What was registered comes as application/json."));
    }
    Query::of(request.head(), &[])?;
    let key = idempotency_key(request)?;
    let body: Body = body::json(request, payload, LARGEST).await?;
    check(&body)?;
    let draft = Draft {
        name: body.name,
        emails: body.emails,
        phones: body.phones,
        custom_fields: body.custom_fields,
        ..Draft::default()
    };
    let wish = Registration { provider: &body.provider, draft, key, caller, errand: errand(request.head(), id) };
    let page = state.gateway.register(wish).await.map_err(refused)?;
    let Content::Found(body) = page.content() else {
        return Err(Problem::new(Code::ProviderAnswerInvalid, "The provider registered no contact."));
    };
    let unwritten = |_| Problem::new(Code::ProviderAnswerInvalid, "The contact can't be written.");
    let shown = forms::render(body, Form::Json, &fields_of(caller)?).map_err(unwritten)?;
    let mut response = HttpResponse::Created();
    response
        .insert_header(id.header())
        .insert_header((ETAG, EntityTag::of(&shown).to_string()))
        .insert_header((CACHE_CONTROL, "no-store"));
    if let Some(contact) = contact_id(body) {
        response.insert_header((LOCATION, format!("/contacts/{}", utf8_percent_encode(&contact, IN_A_PATH))));
    }
    Ok(response.content_type("application/json").body(shown.into_owned()))
}

/// What is wrong whichever provider it is for.
fn check(body: &Body) -> Result<(), Problem> {
    let wrong = |detail: &'static str| Err(Problem::new(Code::InvalidRequest, detail));
    if body.name.trim().is_empty() {
        return wrong("`name` must not be blank.");
    }
    if body.name.chars().any(char::is_control) {
        return wrong("`name` must not have control characters.");
    }
    if body.emails.is_empty() && body.phones.is_empty() {
        return wrong(
            "One of `emails` and `phones` must have an entry: a contact that can't be reached can't be found again.",
        );
    }
    Ok(())
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let wrong = "The header `Idempotency-Key` must be given once, with 1 to 255 visible characters.";
    let wrong = || Problem::new(Code::InvalidRequest, wrong);
    let mut given = request.headers().get_all(&IDEMPOTENCY_KEY);
    let Some(key) = given.next() else { return Ok(None) };
    let key = key.to_str().map_err(|_| wrong())?;
    let is_fit =
        (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if is_fit && given.next().is_none() { Ok(Some(key.to_owned())) } else { Err(wrong()) }
}

fn refused(why: Unregistered) -> Problem {
    match why {
        Unregistered::Mistakes(mistakes) => {
            let mistakes: Vec<_> =
                mistakes.iter().map(|mistake| format!("`{}` {}", mistake.field, mistake.problem)).collect();
            Problem::new(Code::InvalidRequest, format!("{}.", mistakes.join("; ")))
        }
        Unregistered::OtherDraft => Problem::new(
            Code::InvalidRequest,
            "This `Idempotency-Key` was used for another contact. Use a new one for this.",
        ),
        Unregistered::Failure(failure) => Problem::of(&failure),
    }
}

fn contact_id(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_slice::<Id>(body).ok().map(|contact| contact.id)
}
