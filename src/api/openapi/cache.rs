//! `DELETE /cache/{id}` and `DELETE /cache`.

use utoipa::openapi::{HttpMethod, Required, path::ParameterBuilder};

use super::{
    super::code::Code,
    Path,
    answer::answer,
    operation::{Operation, using},
    parameters,
};

pub(super) fn paths() -> Vec<Path> {
    let instance = parameters::provider("The instance to forget everything of.");
    let all = Operation::new(
        "Cache",
        "forgetInstance",
        "Forget everything of one instance",
        "Whoever asks next is answered by the provider.",
    )
    .asking([ParameterBuilder::from(instance).required(Required::True).build()])
    .answer(204, answer("It is forgotten.", &[]))
    .problems([Code::InvalidRequest, Code::UnknownProvider]);
    let one = Operation::new(
        "Cache",
        "forgetContact",
        "Forget one contact",
        "Under every id that it has. Whoever asks next is answered by the provider. What is not in memory is forgotten already.",
    )
    .asking([parameters::contact_id(), parameters::provider("The instance that a bare id belongs to.")])
    .answer(204, answer("It is forgotten.", &[]))
    .problems([Code::InvalidContactId, Code::InvalidRequest, Code::UnknownProvider]);
    vec![("/cache", using(HttpMethod::Delete, all)), ("/cache/{id}", using(HttpMethod::Delete, one))]
}
