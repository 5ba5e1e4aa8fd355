//! The headers of answers.

use serde_json::{Value, json};
use utoipa::openapi::{ComponentsBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, Type};

/// A header, whether every answer has it that may have it, what it says, and an example.
struct Known(&'static str, Presence, &'static str, &'static str);

#[derive(PartialEq)]
enum Presence {
    Always,
    Sometimes,
}
use Presence::{Always, Sometimes};

const KNOWN: [Known; 16] = [
    Known("Age", Sometimes, "How old the contact is, in seconds since the provider's answer.", "12"),
    Known("Allow", Always, "The methods that the path can be used with.", "GET, HEAD"),
    Known("Cache-Control", Always, "For how long the answer may be kept, and by whom.", "private, max-age=48"),
    Known(
        "Cache-Status",
        Sometimes,
        "How the contact was come by (RFC 9211): `hit`, with the seconds that are left, or `fwd` with why the provider was \
         asked. `detail` is the code of the problem for which there is no newer one.",
        "contact-gateway; hit; ttl=48",
    ),
    Known(
        "Content-Security-Policy",
        Sometimes,
        "What a page may run and load: its own script and style, and what the gateway answers.",
        "default-src 'none'",
    ),
    Known(
        "ETag",
        Sometimes,
        "Of these very bytes. `If-None-Match` gives it back.",
        "\"0f343b0931126a20f133d67c2b018a3b\"",
    ),
    Known("Link", Sometimes, "Where the list goes on.", "</contacts?limit=100&cursor=Zm9v>; rel=\"next\""),
    Known("Location", Always, "Where the contact is.", "/contacts/periskope:5511912340000@c.us"),
    Known(
        "RateLimit",
        Sometimes,
        "What is left of the quota of the caller's key: `r` requests, and another one in `t` seconds.",
        "\"crm\";r=599;t=1",
    ),
    Known(
        "RateLimit-Policy",
        Sometimes,
        "The quota of the caller's key: `q` requests in `w` seconds.",
        "\"crm\";q=600;w=60",
    ),
    Known(
        "Referrer-Policy",
        Sometimes,
        "Of a page: whoever it links to does not learn where the link stood.",
        "no-referrer",
    ),
    Known("Retry-After", Sometimes, "In how many seconds asking again makes sense.", "3"),
    Known("Vary", Sometimes, "The request's headers that the answer depends on.", "Accept"),
    Known("WWW-Authenticate", Sometimes, "How a key is sent.", "Bearer"),
    Known("X-Content-Type-Options", Sometimes, "Of a page: it is what it says it is.", "nosniff"),
    Known("X-Request-Id", Always, "The request's id in the gateway's log.", "0e6f2b8f5d0c4d3c9a7e1f3b5c7d9e0f"),
];

/// Says that an answer may have these headers.
pub(super) fn list(answer: &mut Response, names: &[&str]) {
    for name in names {
        let reference = Ref::new(format!("#/components/headers/{name}"));
        answer.headers.insert((*name).to_owned(), RefOr::Ref(reference));
    }
}

/// Adds their descriptions.
pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    KNOWN.iter().fold(components, |components, Known(name, _, description, example)| {
        let (schema, example) = match example.parse::<u64>() {
            Ok(number) => (ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)), Value::from(number)),
            Err(_) => (ObjectBuilder::new().schema_type(Type::String), Value::from(*example)),
        };
        let header = HeaderBuilder::new().description(Some(*description)).schema(Some(schema)).example(Some(example));
        components.header(*name, header.build())
    })
}

/// Says which of them are always there: the library's type for a header can't.
pub(super) fn settle(document: &mut Value) {
    for Known(name, ..) in KNOWN.iter().filter(|Known(_, presence, ..)| *presence == Always) {
        document["components"]["headers"][name]["required"] = json!(true);
    }
}
