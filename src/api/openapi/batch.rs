//! `POST /contacts/batch/read`.

use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, HttpMethod, ObjectBuilder, Required, Type, request_body::RequestBodyBuilder,
    schema::OneOfBuilder,
};

use super::{
    super::code::Code,
    Path,
    answer::{answer, content, named, with},
    operation::{Operation, using},
    parameters, schemas,
};
use crate::forms::Form;

pub(super) fn paths() -> Vec<Path> {
    let body = RequestBodyBuilder::new()
        .description(Some("The ids, in any of the forms that `/contacts/{id}` takes."))
        .required(Some(Required::True))
        .content("application/json", content(named("BatchRequest"), &["ids"]));
    let results = answer(
        "One result for each id: in the order asked for, or, as NDJSON, in the order in which they come.",
        &["Cache-Control", "Vary"],
    );
    let results = with(results, Form::Json.content_type(), named("BatchResults"), &["results"]);
    let lines = schemas::text("One result a line, each a `BatchResult`.");
    let results = with(results, Form::Ndjson.content_type(), lines, &["result-lines"]);
    let read = Operation::new(
        "Contacts",
        "readContacts",
        "Read many contacts",
        "Whatever can't be answered is a problem in its own place, and fails nothing else. Each different id is asked for once, behind \
         callers who wait for a single contact.",
    )
    .asking([
        parameters::provider("The instance that bare ids belong to."),
        parameters::fields(),
        parameters::cache_control(),
    ])
    .sending(body.build())
    .answer(200, results)
    .problems([Code::InvalidRequest, Code::NotAcceptable, Code::TooLarge, Code::UnsupportedMediaType]);
    vec![("/contacts/batch/read", using(HttpMethod::Post, read))]
}

pub(super) fn schemas(components: ComponentsBuilder) -> ComponentsBuilder {
    let id = || ObjectBuilder::new().schema_type(Type::String).description(Some("As it was asked for."));
    let found = ObjectBuilder::new()
        .description(Some("An id whose contact was found."))
        .property("id", id())
        .property("contact", schemas::contact())
        .required("id")
        .required("contact");
    let failed = ObjectBuilder::new()
        .description(Some("An id that can't be answered, or whose contact there is not."))
        .property("id", id())
        .property("problem", named("Problem"))
        .required("id")
        .required("problem");
    let either = OneOfBuilder::new().item(named("BatchContact")).item(named("BatchProblem"));
    let results =
        ObjectBuilder::new().property("results", ArrayBuilder::new().items(named("BatchResult"))).required("results");
    components
        .schema("BatchContact", found)
        .schema("BatchProblem", failed)
        .schema("BatchResult", either.description(Some("The answer for one id.")))
        .schema("BatchResults", results.description(Some("One result for each id, in the order asked for.")))
}
