//! The schemas of what is sent and answered, from the types themselves.

use providers::{Channel, Conflict, Contact, ContactType, Email, Origin, Owner, Phone, Unreachable};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        ComponentsBuilder, KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
        schema::{AdditionalProperties, AnyOfBuilder},
    },
};

use super::{
    super::{
        batch::{Batch, MOST},
        code::Code,
        explain::Explanation,
        health::Health,
        problem,
        problems::Explained,
        register::Body,
    },
    answer::named,
    batch, list,
};

/// Adds every schema.
pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    let components = derived::<Contact>(components);
    let components = derived::<Explanation>(components);
    let components = derived::<problem::Document>(components);
    let components = derived::<Explained>(components);
    let components = derived::<Health>(components);
    let components = derived::<Body>(components);
    let components = derived::<Batch>(components);
    batch::schemas(list::schemas(components)).schema("JsContactCard", js_contact_card())
}

fn derived<T: ToSchema>(components: ComponentsBuilder) -> ComponentsBuilder {
    let mut others = Vec::new();
    T::schemas(&mut others);
    components.schema(T::name(), T::schema()).schemas_from_iter(others)
}

/// A contact, or those of its keys that were asked for, or that the caller's key may see.
pub(super) fn contact() -> RefOr<Schema> {
    RefOr::T(AnyOfBuilder::new().item(named("Contact")).item(named("PartialContact")).into())
}

/// The keys of a contact.
pub(super) fn contact_keys() -> Vec<String> {
    match Contact::schema() {
        RefOr::T(Schema::Object(contact)) => contact.properties.into_keys().collect(),
        _ => Vec::new(),
    }
}

pub(super) fn time() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::DateTime)
}

/// Any object at all.
pub(super) fn object() -> ObjectBuilder {
    let free = AdditionalProperties::FreeForm(true);
    ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(free))
}

/// A body that is no JSON.
pub(super) fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn js_contact_card() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .description(Some(
            "A card of JSContact (RFC 9553). What the standard has no place for is in properties whose names begin with \
             `contact-gateway.`.",
        ))
        .property("@type", text().enum_values(Some(["Card"])))
        .property("version", text().enum_values(Some(["1.0"])))
        .property("uid", text())
        .required("@type")
        .required("version")
        .required("uid")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

/// Says which keys are always there, and which are never null: those of a value of which nothing is known are written. The
/// derived schemas know neither.
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
fn least() -> [(&'static str, Value); 10] {
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
        ("Problem", super::problems::example(Code::NotFound)),
        ("Explanation", value(serde_json::to_value(Explanation::default()))),
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
