//! `GET /contacts`; and `POST`, because one path has both.

use utoipa::openapi::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Type, link::Link, schema::SchemaType};

use super::{
    super::code::Code,
    Path,
    answer::{answer, named, with},
    contact::PROVIDERS,
    operation::{Operation, reading},
    parameters, registration, schemas,
};
use crate::forms::Form;

pub(super) fn paths() -> Vec<Path> {
    let page = answer("One page; or, as NDJSON, everything from `cursor` on.", &["Cache-Control", "Link", "Vary"]);
    let mut page = with(page, Form::Json.content_type(), named("ContactPage"), &["page"]);
    let next = Link::builder().operation_id("listContacts").parameter("cursor", "$response.body#/next_cursor");
    page.links.insert("next".to_owned(), next.description("The page after this one.").build().into());
    let lines = "One contact a line, each a `Contact`. If the list can't go on, the last line has `problem` and the `cursor` with \
                 which to go on, and the connection is cut.";
    let page = with(page, Form::Ndjson.content_type(), schemas::text(lines), &["lines"]);
    let list = Operation::new(
        "Contacts",
        "listContacts",
        "List contacts",
        "Page by page, or as one stream of lines. Without `provider`, every instance that can list comes in turn. Whoever was there \
         all along is listed; somebody who changes meanwhile may come twice.",
    )
    .asking([
        parameters::provider("The instance to list; without it, all of them."),
        parameters::limit(),
        parameters::cursor(),
        parameters::updated_since(),
        parameters::fields(),
    ])
    .answer(200, page)
    .problems([Code::InvalidRequest, Code::UnknownProvider, Code::NotAcceptable])
    .problems(PROVIDERS);
    let mut item = reading(list);
    item.merge_operations(registration::item());
    vec![("/contacts", item)]
}

pub(super) fn schemas(components: ComponentsBuilder) -> ComponentsBuilder {
    let cursor = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
    let cursor = cursor.description(Some("Where the list goes on; null at its end."));
    let page = ObjectBuilder::new()
        .description(Some("One page of a list."))
        .property("contacts", ArrayBuilder::new().items(schemas::contact()))
        .property("next_cursor", cursor)
        .required("contacts")
        .required("next_cursor");
    components.schema("ContactPage", page)
}
