//! What requests may have in their path, query and head.

use serde_json::{Value, json};
use utoipa::openapi::{
    ObjectBuilder, RefOr, Required, Schema, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use super::{
    super::{code::Code, register, wanted},
    answer::named,
    schemas,
};

/// A header that every operation reads.
pub(super) fn request_id() -> Parameter {
    header(
        "X-Request-Id",
        "The request's id in the gateway's log, of up to 128 letters, digits and `-_.:/+=`. It comes back; where it is missing, or \
         can't be used, a new one does.",
        text(),
        json!("crm-7f3a"),
    )
}

pub(super) fn contact_id() -> Parameter {
    // No control character, not blank, no direction in a path. A limit of bytes can't be said but as one of characters.
    let schema = text()
        .min_length(Some(1))
        .max_length(Some(providers::MAX_ID_BYTES))
        .pattern(Some(r"^(?!\.{1,2}$)(?=.*\S)[^\u0000-\u001f\u007f-\u009f]+$"));
    let said = "Qualified (`rocketchat:673c76df47a6c9b89dd263d8`), the provider's own, or `tel:` with a number or `mailto:` with an \
                address. Everything behind the prefix of the path is the id; what a URL needs percent-encoded, is encoded once. At \
                most 256 bytes.";
    in_path("id", said, schema, json!("rocketchat:673c76df47a6c9b89dd263d8"))
}

pub(super) fn instance() -> Parameter {
    in_path("instance", "The instance, as the configuration names it.", text().min_length(Some(1)), json!("periskope"))
}

pub(super) fn code() -> Parameter {
    parameter("code", ParameterIn::Path, "The problem's code.", named("ProblemCode"), json!(Code::NotCached.name()))
}

pub(super) fn provider(description: &str) -> Parameter {
    query("provider", description, text(), Value::Null)
}

pub(super) fn linked() -> Parameter {
    let said = "Merge whoever shares a phone number or an e-mail address with this contact in the other instances.";
    query("linked", said, flag(), Value::Null)
}

pub(super) fn fields() -> Parameter {
    let keys = schemas::contact_keys().join("|");
    let said = format!(
        "The keys that are wanted, separated by commas. `id` is always there. Keys are `{}`.",
        keys.replace('|', "`, `")
    );
    // Not a list: the usual clients would repeat the parameter, whatever `explode` says.
    let schema = text().pattern(Some(format!("^({keys})(,({keys}))*$")));
    query("fields", &said, schema, json!("name,phones"))
}

pub(super) fn include() -> Parameter {
    let said =
        "`raw` adds the provider's own document, without its credentials. For one contact as `application/json` only.";
    query("include", said, text().enum_values(Some(["raw"])), Value::Null)
}

pub(super) fn explain() -> Parameter {
    let said = "Adds where each value comes from and what it took. For `application/json` only.";
    query("explain", said, flag(), Value::Null)
}

pub(super) fn limit() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(wanted::LARGEST_LIMIT))
        .default(Some(json!(wanted::LIMIT)));
    query("limit", "The most contacts that the page may have. It may have fewer, and even none.", schema, Value::Null)
}

pub(super) fn cursor() -> Parameter {
    let said = "Where the list goes on: `next_cursor` of the page before. Only what this gateway has given in the last 48 hours. It \
                holds `provider` and `updated_since`, which may be repeated.";
    query("cursor", said, text(), Value::Null)
}

pub(super) fn updated_since() -> Parameter {
    let said = "Only contacts that were changed at this time or later.";
    query("updated_since", said, text().format(Some(schemas::time())), Value::Null)
}

pub(super) fn cache_control() -> Parameter {
    let said = "What the caller accepts from the cache (RFC 9111): `no-cache` asks the provider now, `only-if-cached` never does, \
                `max-age=N` and `max-stale=N` set limits. Other directives mean nothing here.";
    header("Cache-Control", said, text(), json!("max-age=30"))
}

pub(super) fn if_none_match() -> Parameter {
    let said = "Entity tags of what the caller has already: 304 if it is the same.";
    header("If-None-Match", said, text(), json!("\"0f343b0931126a20f133d67c2b018a3b\""))
}

pub(super) fn idempotency_key() -> Parameter {
    let schema = text().min_length(Some(1)).max_length(Some(register::LONGEST_KEY)).pattern(Some("^[ -~]*$"));
    let said = "Of visible characters. The same key with the same body registers one contact, however often it is sent within 24 hours.";
    header("Idempotency-Key", said, schema, json!("7c9e6679-7425-40de-944b-e07fc1f90ae7"))
}

pub(super) fn signature(name: &str, description: &str) -> Parameter {
    header(name, description, text(), Value::Null)
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean).default(Some(json!(false)))
}

fn in_path(name: &str, description: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Parameter {
    parameter(name, ParameterIn::Path, description, schema, example)
}

fn query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Parameter {
    parameter(name, ParameterIn::Query, description, schema, example)
}

fn header(name: &str, description: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> Parameter {
    parameter(name, ParameterIn::Header, description, schema, example)
}

fn parameter(
    name: &str,
    place: ParameterIn,
    description: &str,
    schema: impl Into<RefOr<Schema>>,
    example: Value,
) -> Parameter {
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .example(Some(example).filter(|example| !example.is_null()))
        .build()
}
