//! `POST /contacts/batch/read`.

use std::convert::Infallible;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{MessageBody, SizedStream},
    web::{self, Bytes},
};
use futures_util::{StreamExt as _, stream};
use providers::Priority;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    admission::Admitted,
    body, cache_control,
    code::Code,
    identity::{RequestId, errand},
    lines::Lines,
    negotiation::negotiate,
    problem::{self, Problem},
    query::Query,
    told,
};
use crate::{
    forms::{self, Fields, Form},
    gateway::{Content, Failure, Served, Wish},
};

/// How many ids one request may have.
pub(super) const MOST: usize = 1000;
/// Enough for as many ids of the greatest length, every character escaped.
const LARGEST: usize = 2 << 20;
/// What is sent in one piece. It stays in the processor's caches until it has been copied to the connection.
const PIECE: usize = 64 << 10;
/// How many results that come at the same time are sent together.
const TOGETHER: usize = 64;
/// What stands around the id and the contact of a result.
const FRAME: usize = 32;

/// Which contacts are wanted.
#[derive(Deserialize, ToSchema)]
#[schema(as = BatchRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// In any of the forms that `/contacts/{id}` takes.
    ids: Vec<String>,
}

/// Answers with one result for each id, in the order asked for; as NDJSON in the order in which they come.
pub(super) async fn read(request: HttpRequest, payload: web::Payload, admitted: Admitted) -> HttpResponse {
    let id = RequestId::of(request.head());
    match respond(&request, payload, admitted, &id).await {
        Ok(response) => response,
        Err(problem) => problem.respond(&id),
    }
}

async fn respond(
    request: &HttpRequest,
    payload: web::Payload,
    Admitted { state, caller, .. }: Admitted,
    id: &RequestId,
) -> Result<HttpResponse, Problem> {
    let form = negotiate(request.head(), &[Form::Json, Form::Ndjson]).ok_or_else(|| {
        Problem::new(Code::NotAcceptable, "Batches come as application/json or application/x-ndjson.")
    })?;
    let mut query = Query::of(request.head(), &["provider", "fields"])?;
    let (provider, fields) = (query.text("provider"), query.fields(&caller)?);
    let demand = cache_control::demand(request.head())?;
    let Batch { ids } = body::json(request, payload, LARGEST).await?;
    if !(1..=MOST).contains(&ids.len()) {
        return Err(Problem::new(
            Code::InvalidRequest,
            format!("`ids` must have 1 to {MOST} entries; it has {}.", ids.len()),
        ));
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(id.header());
    if form == Form::Ndjson {
        let (id, request) = (id.clone(), request.clone());
        return Ok(Lines::respond(response, async move |lines| {
            let wish = Wish {
                provider: provider.as_deref(),
                demand,
                priority: Priority::Batch,
                errand: errand(request.head(), &id),
                ..Wish::new("", &caller, told)
            };
            let (kept, asked) = state.gateway.contacts(&ids, wish);
            let mut text = Vec::with_capacity(PIECE);
            for (place, served) in &kept {
                line(&mut text, &ids[*place], Ok(served), fields, &id);
                if text.len() >= PIECE && !lines.send(std::mem::replace(&mut text, Vec::with_capacity(PIECE))).await {
                    return;
                }
            }
            if !lines.send(text).await {
                return;
            }
            let mut asked = std::pin::pin!(asked.ready_chunks(TOGETHER));
            while let Some(chunk) = asked.next().await {
                let mut text = Vec::new();
                for (places, answer) in chunk {
                    note(&answer, &id);
                    for place in places {
                        line(&mut text, &ids[place], answer.as_ref(), fields, &id);
                    }
                }
                if !lines.send(text).await {
                    return;
                }
            }
        }));
    }
    let deadline = Some(tokio::time::Instant::now() + state.gateway.deadline());
    let wish = Wish {
        provider: provider.as_deref(),
        demand,
        deadline,
        priority: Priority::Batch,
        errand: errand(request.head(), id),
        ..Wish::new("", &caller, told)
    };
    let (kept, asked) = state.gateway.contacts(&ids, wish);
    let mut given = Vec::new();
    let mut asked = std::pin::pin!(asked);
    while let Some((places, answer)) = asked.next().await {
        note(&answer, id);
        given.push((places, answer));
    }
    let mut answers = vec![None; ids.len()];
    kept.iter().for_each(|(place, served)| answers[*place] = Some(Ok(served)));
    for (places, answer) in &given {
        places.iter().for_each(|place| answers[*place] = Some(answer.as_ref()));
    }
    let length = answers.iter().flatten().map(|answer| answer.map_or(0, |served| served.page.length())).sum::<usize>();
    let mut text = Vec::with_capacity(length + ids.iter().map(|id| id.len() + FRAME).sum::<usize>());
    text.extend_from_slice(br#"{"results":["#);
    for (place, (id_asked, answer)) in ids.iter().zip(answers).enumerate() {
        if place > 0 {
            text.push(b',');
        }
        if let Some(answer) = answer {
            result(&mut text, id_asked, answer, fields, id);
        }
    }
    text.extend_from_slice(b"]}");
    Ok(response.content_type("application/json").insert_header(("cache-control", "no-store")).body(pieces(text)))
}

/// A body that the connection takes piece by piece: it would copy all of it otherwise, and keep the room.
fn pieces(text: Vec<u8>) -> impl MessageBody {
    let text = Bytes::from(text);
    let all = (0..text.len()).step_by(PIECE).map({
        let text = text.clone();
        move |begin| Ok::<_, Infallible>(text.slice(begin..text.len().min(begin + PIECE)))
    });
    SizedStream::new(text.len() as u64, stream::iter(all))
}

/// A result on a line of its own.
fn line(text: &mut Vec<u8>, id: &str, answer: Result<&Served, &Failure>, fields: Fields, request: &RequestId) {
    result(text, id, answer, fields, request);
    text.push(b'\n');
}

/// `{ "id", "contact" }` or `{ "id", "problem" }`.
fn result(text: &mut Vec<u8>, id: &str, answer: Result<&Served, &Failure>, fields: Fields, request: &RequestId) {
    text.extend_from_slice(br#"{"id":"#);
    // Writing to memory can't fail.
    let _ = serde_json::to_writer(&mut *text, id);
    let problem = match answer {
        Ok(served) => match served.page.content() {
            Content::Found(body) => match forms::render(body, Form::Json, &fields) {
                Ok(contact) => {
                    text.extend_from_slice(br#","contact":"#);
                    text.extend_from_slice(&contact);
                    None
                }
                Err(_) => Some(Problem::new(Code::ProviderAnswerInvalid, "The contact can't be written.")),
            },
            Content::Known(_) | Content::Absent => Some(Problem::not_found(served.provider.as_deref())),
        },
        Err(failure) => Some(Problem::of(failure)),
    };
    if let Some(problem) = problem {
        text.extend_from_slice(br#","problem":"#);
        text.extend_from_slice(&problem.to_json(request));
    }
    text.push(b'}');
}

fn note(answer: &Result<Served, Failure>, id: &RequestId) {
    if let Err(failure) = answer {
        problem::log(failure, id, "a contact of a batch could not be had");
    }
}
