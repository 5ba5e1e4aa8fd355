//! `GET /contacts`: everybody, page by page or as one stream.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, LINK},
    web,
};
use providers::{Position, Priority, Query as Wanted, Time};
use tokio::time::Instant;

use super::{
    code::Code,
    cursor::{Cursor, Seal},
    identity::RequestId,
    lines::Lines,
    negotiation::negotiate,
    problem::{self, Problem},
    query::Query,
};
use crate::{
    forms::Form,
    gateway::{Content, Failure, Gateway, Listed},
};

const LIMIT: u16 = 100;
const LARGEST_LIMIT: u16 = 2000;

/// Answers with one page, or with everything.
pub(super) async fn read(request: HttpRequest, gateway: web::Data<Gateway>, seal: web::Data<Seal>) -> HttpResponse {
    let id = RequestId::of(&request);
    match respond(&request, gateway, seal, &id).await {
        Ok(response) => response,
        Err(problem) => problem.respond(&id),
    }
}

async fn respond(
    request: &HttpRequest,
    gateway: web::Data<Gateway>,
    seal: web::Data<Seal>,
    id: &RequestId,
) -> Result<HttpResponse, Problem> {
    let form = negotiate(request, &[Form::Json, Form::Ndjson])
        .ok_or_else(|| Problem::new(Code::NotAcceptable, "Lists come as application/json or application/x-ndjson."))?;
    let (cursor, limit) = wanted(request, &gateway, &seal)?;
    let mut response = HttpResponse::Ok();
    response.insert_header(id.header());
    if form == Form::Ndjson {
        let id = id.clone();
        return Ok(Lines::respond(response, async move |lines| stream(lines, &gateway, &seal, cursor, &id).await));
    }
    let deadline = Instant::now() + gateway.deadline();
    let query = Wanted { since: cursor.since.clone(), limit, from: cursor.position.clone().map(Position) };
    let listed = gateway.list(&cursor.instance, &query, Priority::Live, deadline).await.map_err(|failure| {
        problem::log(&failure, id, "a problem");
        Problem::of(&failure)
    })?;
    let next = after(&gateway, &cursor, &listed).map(|next| seal.close(&next));
    let mut text = br#"{"contacts":["#.to_vec();
    for (place, body) in bodies(&listed).enumerate() {
        if place > 0 {
            text.push(b',');
        }
        text.extend_from_slice(body);
    }
    text.extend_from_slice(br#"],"next_cursor":"#);
    // Writing to memory can't fail.
    let _ = serde_json::to_writer(&mut text, &next);
    text.push(b'}');
    if let Some(next) = next {
        response.insert_header((LINK, format!("</contacts?limit={limit}&cursor={next}>; rel=\"next\"")));
    }
    response.insert_header((CACHE_CONTROL, "no-store"));
    Ok(response.content_type("application/json").body(text))
}

/// Where the list begins, and how long its pages are.
fn wanted(request: &HttpRequest, gateway: &Gateway, seal: &Seal) -> Result<(Cursor, u16), Problem> {
    let mut query = Query::of(request, &["provider", "limit", "cursor", "updated_since"])?;
    let limit = query.number("limit", 1..=LARGEST_LIMIT)?.unwrap_or(LIMIT);
    let since = match query.text("updated_since") {
        None => None,
        Some(text) => Some(Time::parse(&text).ok_or_else(|| {
            invalid("The parameter `updated_since` must be a time with its zone, such as `2025-01-22T05:41:15Z`.")
        })?),
    };
    let provider = query.text("provider");
    if let Some(text) = query.text("cursor") {
        let cursor = seal.open(&text).ok_or_else(|| {
            invalid("The parameter `cursor` is none that this gateway has given, or it is too old. Begin without it.")
        })?;
        if provider.is_some_and(|provider| provider != cursor.instance)
            || since.is_some_and(|since| cursor.since != Some(since))
        {
            return Err(invalid(
                "`cursor` belongs to another list: repeat the parameters with which it was given, or leave them out.",
            ));
        }
        return Ok((cursor, limit));
    }
    match provider {
        Some(name) => {
            let instance = gateway.instance(&name).ok_or_else(|| Problem::of(&gateway.unknown_provider()))?;
            if !instance.kind.capabilities.list {
                return Err(Problem::new(Code::UnsupportedByProvider, "This provider's contacts can't be listed."));
            }
            Ok((Cursor::new(&name, None, false, since), limit))
        }
        None => {
            let first = gateway.listable().next();
            let first = first
                .ok_or_else(|| Problem::new(Code::UnsupportedByProvider, "No provider's contacts can be listed."))?;
            Ok((Cursor::new(&first.name, None, true, since), limit))
        }
    }
}

/// Where the list goes on after this page; `None` at its end.
fn after(gateway: &Gateway, cursor: &Cursor, listed: &Listed) -> Option<Cursor> {
    let since = cursor.since.clone();
    if let Some(next) = &listed.next {
        return Some(Cursor::new(&cursor.instance, Some(next.clone()), cursor.all, since));
    }
    let others = gateway.listable().map(|instance| &instance.name).filter(|name| ***name > *cursor.instance);
    others.min().filter(|_| cursor.all).map(|next| Cursor::new(next, None, true, since))
}

fn bodies(listed: &Listed) -> impl Iterator<Item = &web::Bytes> {
    listed.pages.iter().filter_map(|page| match page.content() {
        Content::Found { body, .. } => Some(body),
        Content::Known(_) | Content::Absent => None,
    })
}

/// Everything from the cursor on, one contact a line. If it can't go on, the last line is `{ "problem", "cursor" }`, and the
/// connection is cut.
async fn stream(lines: Lines, gateway: &Arc<Gateway>, seal: &Seal, mut cursor: Cursor, id: &RequestId) {
    loop {
        let query =
            Wanted { since: cursor.since.clone(), limit: Gateway::WHOLE, from: cursor.position.clone().map(Position) };
        let waiting = |failure: &Failure| problem::log(failure, id, "a stream that waits");
        match gateway.list_patiently(&cursor.instance, &query, waiting).await {
            Ok(listed) => {
                let mut text = Vec::new();
                for body in bodies(&listed) {
                    text.extend_from_slice(body);
                    text.push(b'\n');
                }
                if !lines.send(text).await {
                    return;
                }
                match after(gateway, &cursor, &listed) {
                    Some(next) => cursor = next,
                    None => return,
                }
            }
            Err(failure) => {
                let mut last = br#"{"problem":"#.to_vec();
                last.extend_from_slice(&Problem::of(&failure).to_json(id));
                last.extend_from_slice(format!(",\"cursor\":\"{}\"}}\n", seal.close(&cursor)).as_bytes());
                return lines.cut(last).await;
            }
        }
    }
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::InvalidRequest, detail)
}
