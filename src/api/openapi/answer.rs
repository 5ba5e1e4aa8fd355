//! What an answer's body is.

use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, Schema, example::Example};

use super::headers;

/// An answer with these headers, and no body.
pub(super) fn answer(description: &str, headers: &[&str]) -> Response {
    let mut answer = Response::new(description);
    headers::list(&mut answer, headers);
    answer
}

/// An answer that has a body in this form, too. The examples are named.
pub(super) fn with(
    mut answer: Response,
    media_type: &str,
    schema: impl Into<RefOr<Schema>>,
    examples: &[&str],
) -> Response {
    // Parameters such as `charset` are no part of the name.
    let name = media_type.split(';').next().unwrap_or_default();
    answer.content.insert(name.to_owned(), RefOr::T(content(schema, examples)));
    answer
}

/// A body of this schema. The examples are named.
pub(super) fn content(schema: impl Into<RefOr<Schema>>, examples: &[&str]) -> Content {
    let examples = examples.iter().map(|name| {
        let reference = Ref::new(format!("#/components/examples/{name}"));
        ((*name).to_owned(), RefOr::<Example>::Ref(reference))
    });
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}

/// The schema of this name.
pub(super) fn named(name: &str) -> Ref {
    Ref::from_schema_name(name)
}
