//! The schemas of what is sent and answered, from the types themselves.

use providers::Contact;
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        ComponentsBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type,
        schema::{AdditionalProperties, AnyOfBuilder},
    },
};

use super::{
    super::{batch::Batch, explain::Explanation, health::Health, problem, problems::Explained, register::Body, status},
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
    let components = derived::<status::Document>(components);
    batch::schemas(list::schemas(components))
        .schema("JsContactCard", js_contact_card())
        .schema("AnyContact", any_contact())
}

fn derived<T: ToSchema>(components: ComponentsBuilder) -> ComponentsBuilder {
    let mut others = Vec::new();
    T::schemas(&mut others);
    components.schema(T::name(), T::schema()).schemas_from_iter(others)
}

/// What answers have as a contact.
pub(super) fn contact() -> Ref {
    named("AnyContact")
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

fn any_contact() -> AnyOfBuilder {
    let either = AnyOfBuilder::new().item(named("Contact")).item(named("PartialContact"));
    either.description(Some("A whole contact; or a part of one, where `fields` or the caller's key leaves keys out."))
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
