//! Which problems an operation answers with, from the table in `code.rs`.

use std::collections::BTreeMap;

use providers::{Error, ErrorKind};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Responses, Schema, Type},
};

use super::{
    super::{code::Code, identity::RequestId, problem::Problem},
    answer::{answer, named, with},
    headers,
};
use crate::gateway::Failure;

impl ToSchema for Code {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProblemCode".into()
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let codes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Self::ALL.map(Self::name)));
        codes.description(Some("What is wrong. `/problems/{code}` explains it.")).into()
    }
}

/// Adds the answers that these codes are, to what else is answered with the same status.
pub(super) fn add(answers: &mut Responses, codes: &[Code]) {
    let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
    for code in codes {
        by_status.entry(code.entry().status.as_u16()).or_default().push(*code);
    }
    for (status, codes) in by_status {
        let titles: Vec<_> = codes.iter().map(|code| format!("`{}`: {}.", code.name(), code.entry().title)).collect();
        let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
        let mut problem = answer(&titles.join(" "), &["Cache-Control"]);
        if codes.iter().any(|code| code.entry().retryable) {
            headers::list(&mut problem, &["Retry-After"]);
        }
        for code in codes {
            headers::list(&mut problem, more(code));
        }
        let mut problem = with(problem, "application/problem+json", named("Problem"), &names);
        if let Some(RefOr::T(other)) = answers.responses.remove(&status.to_string()) {
            problem.description = format!("{} {}", problem.description, other.description);
            problem.headers.extend(other.headers);
            problem.content.extend(other.content);
        }
        answers.responses.insert(status.to_string(), RefOr::T(problem));
    }
}

/// The headers that a problem of this code has beyond the others.
fn more(code: Code) -> &'static [&'static str] {
    match code {
        Code::MethodNotAllowed => &["Allow"],
        Code::Unauthorized => &["WWW-Authenticate"],
        Code::ContactNotFound => &["Age", "Cache-Status"],
        _ => &[],
    }
}

/// A problem of this code, as callers get it.
pub(super) fn example(code: Code) -> Value {
    let of = |failure: &Failure| Problem::of(failure);
    let provider = |kind| of(&Failure::Provider { provider: "periskope".into(), error: Error::new(kind, "") });
    let problem = match code {
        Code::ContactNotFound => Problem::not_found(Some("periskope")),
        Code::UnknownProvider => of(&Failure::UnknownProvider { known: vec!["periskope".into(), "rocketchat".into()] }),
        Code::AmbiguousContactId => of(&Failure::Ambiguous {
            candidates: ["periskope", "whatsapp_sales"].map(|name| format!("{name}:919537851844@c.us")).to_vec(),
        }),
        Code::Overloaded => of(&Failure::Overloaded { provider: "periskope".into() }),
        Code::ShuttingDown => of(&Failure::ShuttingDown),
        Code::NotCached => of(&Failure::NotCached),
        Code::ProviderUnavailable => provider(ErrorKind::Unavailable),
        Code::ProviderTimeout => provider(ErrorKind::Timeout),
        Code::ProviderRejectedCredentials => provider(ErrorKind::RejectedCredentials),
        Code::ProviderRateLimited => provider(ErrorKind::RateLimited),
        Code::ProviderAnswerInvalid => provider(ErrorKind::InvalidAnswer),
        Code::UnsupportedByProvider => provider(ErrorKind::Unsupported),
        Code::RefusedByProvider => provider(ErrorKind::Refused),
        _ => Problem::new(code, code.entry().explanation),
    };
    serde_json::from_slice(&problem.to_json(&RequestId::example())).unwrap_or_default()
}
