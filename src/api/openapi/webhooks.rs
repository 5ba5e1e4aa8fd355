//! `POST /webhooks/{instance}`.

use utoipa::openapi::{HttpMethod, Required, request_body::RequestBodyBuilder};

use super::{
    super::code::Code,
    Path,
    answer::{answer, content},
    operation::{Operation, using},
    parameters, schemas,
};

pub(super) fn paths() -> Vec<Path> {
    let body = RequestBodyBuilder::new()
        .description(Some("The message, byte for byte as the provider has signed it."))
        .required(Some(Required::True))
        .content("application/json", content(schemas::object(), &["webhook"]));
    let hear = Operation::new(
        "Webhooks",
        "hearProvider",
        "Hear a provider's message",
        "For providers, not for callers: the message's own signature or token admits it. Contacts that it makes outdated are \
         forgotten. The same message twice does no harm.",
    )
    .open()
    .asking([
        parameters::instance(),
        parameters::signature("X-RocketChat-Livechat-Token", "Rocket.Chat: the secret token, as configured."),
        parameters::signature("X-Periskope-Signature", "Periskope: the HMAC-SHA256 of the body, in hexadecimal digits."),
    ])
    .sending(body.build())
    .answer(204, answer("It was heard.", &[]))
    .problems([Code::InvalidRequest, Code::Unauthorized, Code::UnknownProvider, Code::TooLarge]);
    vec![("/webhooks/{instance}", using(HttpMethod::Post, hear))]
}
