//! Whether an answer is one that the API's description has: its status, its headers, its form and its schema.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::site::Answer;

/// Of HTTP itself, on any answer.
const PLAIN: [&str; 5] = ["connection", "content-length", "content-type", "date", "transfer-encoding"];

/// The description. Objects that it names have no other keys than it says: what nobody has described is found.
pub(crate) static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let mut document = contact_gateway::api::openapi::document();
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["properties"].is_object() && schema["additionalProperties"].is_null() {
            schema["additionalProperties"] = json!(false);
        }
    }
    document
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The schema at this place (a JSON pointer) of the description.
pub(crate) fn validator(place: &str) -> Arc<Validator> {
    let build = || {
        let mut schema = DESCRIPTION.pointer(place).unwrap_or_else(|| panic!("{place} leads nowhere")).clone();
        // What references lead to.
        schema["components"] = json!({ "schemas": DESCRIPTION["components"]["schemas"] });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&schema).unwrap_or_else(|error| panic!("{place}: {error}")))
    };
    VALIDATORS.lock().entry(place.to_owned()).or_insert_with(build).clone()
}

/// What of a value the schema at this place doesn't admit.
pub(crate) fn mistakes(place: &str, value: &Value) -> Vec<String> {
    validator(place).iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Fails unless some operation of the path may give this answer. A `whole` contact has every key.
pub(crate) fn check(path: &str, whole: bool, answer: &Answer) {
    let Some((template, item)) = item(path) else {
        // Who has no key does not learn what there is.
        assert!(["not-found", "unauthorized"].contains(&answer.problem().as_str()), "{path}: {answer:?}");
        return;
    };
    let tried = item.iter().map(|(method, operation)| (method, wrong(template, method, operation, whole, answer)));
    let tried: Vec<_> = tried.collect();
    assert!(tried.iter().any(|(_, wrong)| wrong.is_empty()), "{path}: {tried:#?}\n{answer:?}");
}

/// The path of the description that this path is, and what it can be used for.
fn item(path: &str) -> Option<(&'static str, &'static Map<String, Value>)> {
    let literal = |template: &str| template.split('{').next().unwrap_or_default().len();
    let is = |template: &str| match template.split_once('{') {
        Some((prefix, _)) => path.starts_with(prefix),
        None => path == template,
    };
    let paths = DESCRIPTION["paths"].as_object().unwrap().iter();
    let found = paths.filter(|(template, _)| is(template)).max_by_key(|(template, _)| literal(template));
    found.map(|(template, item)| (template.as_str(), item.as_object().unwrap()))
}

/// Why an operation does not give this answer.
fn wrong(template: &str, method: &str, operation: &Value, whole: bool, answer: &Answer) -> Vec<String> {
    let status = answer.status.as_u16();
    let described = &operation["responses"][status.to_string()];
    if described.is_null() {
        return vec![format!("no status {status}")];
    }
    let mut wrong = Vec::new();
    let headers: HashMap<_, _> =
        described["headers"].as_object().unwrap().keys().map(|name| (name.to_lowercase(), name)).collect();
    for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
        if !PLAIN.contains(&name) && !headers.contains_key(name) {
            wrong.push(format!("no header {name}"));
        }
    }
    for (lower, name) in headers {
        let header = &DESCRIPTION["components"]["headers"][name];
        match answer.header(&lower) {
            "" if header["required"] == true => wrong.push(format!("the header {name} is missing")),
            "" => {}
            value if header["schema"]["type"] == "integer" && value.parse::<u64>().is_err() => {
                wrong.push(format!("the header {name} is no number"));
            }
            _ => {}
        }
    }
    let form = answer.header("content-type").split(';').next().unwrap_or_default();
    let content = &described["content"][form];
    if content.is_null() {
        if !(answer.text.is_empty() && described["content"].is_null()) {
            wrong.push(format!("no body, or none as {form}"));
        }
        return wrong;
    }
    if answer.text.is_empty() {
        // HEAD, at a path that has none: the length is that of the body that isn't sent.
        if matches!(answer.header("content-length"), "" | "0") {
            wrong.push("no body".to_owned());
        }
        return wrong;
    }
    let escape = |text: &str| text.replace('~', "~0").replace('/', "~1");
    let place = format!("/paths/{}/{method}/responses/{status}/content/{}/schema", escape(template), escape(form));
    match (form, operation["operationId"].as_str().unwrap()) {
        // Only who asks for a part gets a part.
        ("application/json", "readContact") if whole && status == 200 => {
            wrong.extend(mistakes("/components/schemas/Contact", &answer.json()));
        }
        ("application/x-ndjson", operation) => {
            let schema = match operation {
                "listContacts" if whole => "Contact",
                "listContacts" => "PartialContact",
                _ => "BatchResult",
            };
            for line in answer.text.lines() {
                wrong.extend(mistakes(&format!("/components/schemas/{schema}"), &serde_json::from_str(line).unwrap()));
            }
        }
        _ if form.ends_with("json") => wrong.extend(mistakes(&place, &answer.json())),
        _ => wrong.extend(mistakes(&place, &json!(answer.text))),
    }
    wrong
}
