//! `GET /contacts`: everybody, page by page or as one stream.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, LINK},
};
use tokio::time::Instant;

use super::{
    admission::Admitted,
    code::Code,
    identity::{RequestId, errand},
    lines::Lines,
    negotiation::negotiate,
    problem::{self, Problem},
    wanted::Wanted,
};
use crate::{
    forms::{self, Fields, Form},
    gateway::{Content, Failure, Gateway, Listed},
};

/// Answers with one page, or with everything.
pub(super) async fn read(request: HttpRequest, admitted: Admitted) -> HttpResponse {
    let id = RequestId::of(request.head());
    match respond(&request, admitted, &id).await {
        Ok(response) => response,
        Err(problem) => problem.respond(&id),
    }
}

async fn respond(request: &HttpRequest, admitted: Admitted, id: &RequestId) -> Result<HttpResponse, Problem> {
    let form = negotiate(request.head(), &[Form::Json, Form::Ndjson])
        .ok_or_else(|| Problem::new(Code::NotAcceptable, "Lists come as application/json or application/x-ndjson."))?;
    let wanted = Wanted::of(request, &admitted)?;
    let mut response = HttpResponse::Ok();
    response.insert_header(id.header());
    if form == Form::Ndjson {
        let (id, request) = (id.clone(), request.clone());
        return Ok(Lines::respond(response, async move |lines| {
            stream(lines, &admitted, wanted, &request, &id).await;
        }));
    }
    let Admitted { state, caller, .. } = &admitted;
    let Wanted { cursor, limit, fields } = wanted;
    let deadline = Instant::now() + state.gateway.deadline();
    let (query, errand) = (cursor.query(limit), errand(request.head(), id));
    let listed = state.gateway.list(&cursor.instance, &query, caller, caller.priority, deadline, &errand).await;
    let listed = listed.map_err(|failure| Problem::of(&failure))?;
    let next = cursor.after(&listed, state.gateway.listable(caller)).map(|next| state.seal.close(&next));
    let mut text = br#"{"contacts":["#.to_vec();
    for (place, body) in bodies(&listed, fields).enumerate() {
        if place > 0 {
            text.push(b',');
        }
        text.extend_from_slice(&body);
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

/// The contacts of a page, as far as they may be seen.
fn bodies(listed: &Listed, fields: Fields) -> impl Iterator<Item = Cow<'_, [u8]>> {
    listed.pages.iter().filter_map(move |page| match page.content() {
        // What was rendered can be rendered again.
        Content::Found(body) => forms::render(body, Form::Json, &fields).ok(),
        Content::Known(_) | Content::Absent => None,
    })
}

/// Everything from the cursor on, one contact a line. If it can't go on, the last line is `{ "problem", "cursor" }`, and the
/// connection is cut.
async fn stream(
    lines: Lines,
    Admitted { state, caller, .. }: &Admitted,
    wanted: Wanted,
    request: &HttpRequest,
    id: &RequestId,
) {
    let (mut cursor, gateway, errand) = (wanted.cursor, &state.gateway, errand(request.head(), id));
    loop {
        let waiting = |failure: &Failure| problem::log(failure, id, "a stream waits");
        let query = cursor.query(Gateway::WHOLE);
        match gateway.list_patiently(&cursor.instance, &query, caller, &errand, waiting).await {
            Ok(listed) => {
                let mut text = Vec::new();
                for body in bodies(&listed, wanted.fields) {
                    text.extend_from_slice(&body);
                    text.push(b'\n');
                }
                if !lines.send(text).await {
                    return;
                }
                match cursor.after(&listed, gateway.listable(caller)) {
                    Some(next) => cursor = next,
                    None => return,
                }
            }
            Err(failure) => {
                problem::log(&failure, id, "a stream can't go on");
                let mut last = br#"{"problem":"#.to_vec();
                last.extend_from_slice(&Problem::of(&failure).to_json(id));
                last.extend_from_slice(format!(",\"cursor\":\"{}\"}}\n", state.seal.close(&cursor)).as_bytes());
                return lines.cut(last).await;
            }
        }
    }
}
