//! `POST /contacts`.

use utoipa::openapi::{HttpMethod, PathItem, Required, link::Link, request_body::RequestBodyBuilder};

use super::{
    super::code::Code,
    answer::{answer, content, named, with},
    contact::PROVIDERS,
    operation::{Operation, using},
    parameters, schemas,
};
use crate::forms::Form;

pub(super) fn item() -> PathItem {
    let body = RequestBodyBuilder::new()
        .description(Some("The new contact. One of `emails` and `phones` must have an entry."))
        .required(Some(Required::True))
        .content("application/json", content(named("NewContact"), &["new-contact"]));
    let created = answer("The contact, as the provider has registered it.", &["ETag", "Location", "Cache-Control"]);
    let mut created = with(created, Form::Json.content_type(), schemas::contact(), &["registered-contact"]);
    for (name, operation) in [("read", "readContact"), ("forget", "forgetContact")] {
        let link = Link::builder().operation_id(operation).parameter("id", "$response.body#/id");
        created.links.insert(name.to_owned(), link.description("The same contact, by its id.").build().into());
    }
    let register = Operation::new(
        "Contacts",
        "registerContact",
        "Register a contact",
        "Everything is checked before the provider is asked. What has an unknown outcome is not repeated blindly: asked again with \
         the same `Idempotency-Key`, the gateway first looks whether the contact is there.",
    )
    .asking([parameters::idempotency_key()])
    .sending(body.build())
    .answer(201, created)
    .problems([
        Code::InvalidRequest,
        Code::UnknownProvider,
        Code::NotAcceptable,
        Code::TooLarge,
        Code::UnsupportedMediaType,
        Code::RefusedByProvider,
    ])
    .problems(PROVIDERS);
    using(HttpMethod::Post, register)
}
