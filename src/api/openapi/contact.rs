//! `GET /contacts/{id}`.

use super::{
    super::code::Code,
    Path,
    answer::{answer, named, with},
    operation::{Operation, reading},
    parameters, schemas,
};
use crate::forms::Form;

/// What any provider that is asked may fail with.
pub(super) const PROVIDERS: [Code; 8] = [
    Code::UnsupportedByProvider,
    Code::ProviderUnavailable,
    Code::ProviderRejectedCredentials,
    Code::ProviderAnswerInvalid,
    Code::ProviderRateLimited,
    Code::Overloaded,
    Code::ShuttingDown,
    Code::ProviderTimeout,
];

pub(super) fn paths() -> Vec<Path> {
    let caching = ["ETag", "Age", "Cache-Control", "Cache-Status", "Vary"];
    let contact = answer("The contact.", &caching);
    let examples = ["contact", "whatsapp-contact", "part-of-a-contact", "explained-contact"];
    let contact = with(contact, Form::Json.content_type(), schemas::contact(), &examples);
    let contact = with(contact, Form::JsContact.content_type(), named("JsContactCard"), &["jscontact"]);
    let contact = with(contact, Form::VCard.content_type(), schemas::text("A vCard 4.0 (RFC 6350)."), &["vcard"]);
    let provider = parameters::provider("The instance that a bare id belongs to.");
    let read = Operation::new(
        "Contacts",
        "readContact",
        "Read one contact",
        "Answers from memory where that is fresh enough, and asks the provider otherwise, within `server.deadline` whatever happens. \
         Whoever asks for the same contact at the same time shares one call.",
    )
    .asking([
        parameters::contact_id(),
        provider,
        parameters::linked(),
        parameters::fields(),
        parameters::include(),
        parameters::explain(),
        parameters::cache_control(),
        parameters::if_none_match(),
    ])
    .answer(200, contact)
    .answer(304, answer("The caller has these bytes already.", &caching))
    .problems([
        Code::InvalidContactId,
        Code::InvalidRequest,
        Code::ContactNotFound,
        Code::UnknownProvider,
        Code::NotAcceptable,
        Code::AmbiguousContactId,
        Code::NotCached,
    ])
    .problems(PROVIDERS);
    vec![("/contacts/{id}", reading(read))]
}
