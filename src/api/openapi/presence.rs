//! What the derived schemas don't know: which keys are always there, and which are never null.

use providers::{Channel, Conflict, Contact, ContactType, Email, Origin, Owner, Phone, Unreachable};
use serde_json::{Value, json};

use super::{
    super::{batch::MOST, code::Code, explain::Explanation, status},
    problems,
};

/// Says so: the keys that are always there are those of a value of which nothing is known, as it is written.
pub(super) fn settle(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    for (name, least) in least() {
        let (Value::Object(least), schema) = (least, &mut schemas[name]) else { continue };
        schema["required"] = least.keys().cloned().collect();
        for (key, property) in schema["properties"].as_object_mut().into_iter().flatten() {
            if !least.contains_key(key) {
                without_null(property);
            }
        }
    }
    let ids = &mut schemas["BatchRequest"]["properties"]["ids"];
    (ids["minItems"], ids["maxItems"]) = (json!(1), json!(MOST));
    let contact = &mut schemas["Contact"];
    contact["properties"]["raw"] = json!({ "type": "object", "additionalProperties": true, "description": "The provider's own document, where `include=raw` asks for it." });
    contact["properties"]["explain"] = json!({ "$ref": "#/components/schemas/Explanation" });
    let mut part = contact.clone();
    part["description"] = json!("Those keys of a contact that `fields` asks for, or that the caller's key may see.");
    part["required"] = json!(["id"]);
    schemas["PartialContact"] = part;
}

/// Values of which nothing is known, each as it is written.
fn least() -> [(&'static str, Value); 21] {
    let value = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let email = Email { address: String::new(), source: None };
    let phone = Phone { number: String::new(), e164: None, source: None };
    let conflict = Conflict { field: String::new(), value: Value::Null, source: None };
    let unreachable = Unreachable { provider: String::new(), code: String::new() };
    [
        ("Contact", value(serde_json::to_value(Contact::new("", "", ContactType::Unknown)))),
        ("Email", value(serde_json::to_value(email))),
        ("Phone", value(serde_json::to_value(phone))),
        ("Channel", value(serde_json::to_value(Channel::default()))),
        ("Owner", value(serde_json::to_value(Owner { id: None, username: None, name: None }))),
        ("Conflict", value(serde_json::to_value(conflict))),
        ("Unreachable", value(serde_json::to_value(unreachable))),
        ("Problem", problems::example(Code::NotFound)),
        ("Explanation", value(serde_json::to_value(Explanation::default()))),
        ("Providers", value(serde_json::to_value(status::Document::default()))),
        ("Provider", value(serde_json::to_value(status::Provider::default()))),
        ("ProviderCache", value(serde_json::to_value(status::Cache::default()))),
        ("ProviderError", value(serde_json::to_value(status::LastError::default()))),
        ("ProviderRoute", value(serde_json::to_value(status::Route::default()))),
        ("ProviderHistory", value(serde_json::to_value(status::History::default()))),
        ("ProviderStep", value(serde_json::to_value(status::Step::default()))),
        ("Breaker", value(serde_json::to_value(status::Breaker::default()))),
        ("Budget", value(serde_json::to_value(status::Budget::default()))),
        ("Waiting", value(serde_json::to_value(status::Waiting::default()))),
        ("Latency", value(serde_json::to_value(status::Latency::default()))),
        ("Origin", value(serde_json::to_value(Origin { key: "", field: "", rule: "" }))),
    ]
}

fn without_null(property: &mut Value) {
    if let Value::Array(types) = &mut property["type"] {
        types.retain(|name| name != "null");
        if let [one] = &types[..] {
            property["type"] = one.clone();
        }
    }
}
