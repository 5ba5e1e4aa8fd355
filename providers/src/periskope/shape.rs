//! What Periskope's answers look like (`reference`: the object page, the published types, and the one body that is known to
//! the byte).

use crate::upstream::{Field, Shape};

/// A contact. The first thirteen fields are on the wire always; `chat_ids` is left out of lists, and the others are in the
/// published types only.
pub(super) static CONTACT: Shape = Shape::Object(&[
    Field::always("org_id", &Shape::Text),
    Field::new("chat_ids", &Shape::List(&Shape::Text)),
    Field::new("label_ids", &Shape::Map),
    Field::always("labels", &Shape::List(&Shape::Text)),
    Field::always("contact_id", &Shape::Text),
    Field::always("updated_at", &Shape::Text),
    Field::new("is_imported", &Shape::Flag),
    Field::new("is_internal", &Shape::Flag),
    Field::always("contact_name", &Shape::Text),
    Field::always("contact_type", &Shape::Text),
    Field::new("contact_color", &Shape::Text),
    Field::always("contact_image", &Shape::Text),
    Field::new("is_my_contact", &Shape::Flag),
    Field::new("is_wa_contact", &Shape::Flag),
    Field::new("contact_lid", &Shape::Text),
    Field::new("name", &Shape::Text),
    Field::new("short_name", &Shape::Text),
    Field::new("pushname", &Shape::Text),
    Field::new("verified_name", &Shape::Text),
    Field::new("periskope_name", &Shape::Text),
    Field::new("number", &Shape::Text),
    Field::new("id", &Shape::Any),
    Field::new("business_profile", &Shape::Any),
    Field::new("is_blocked", &Shape::Flag),
    Field::new("is_business", &Shape::Flag),
    Field::new("is_enterprise", &Shape::Flag),
    Field::new("is_group", &Shape::Flag),
    Field::new("is_me", &Shape::Flag),
    Field::new("is_user", &Shape::Flag),
    Field::new("verified_level", &Shape::Number),
    Field::new("chats", &Shape::Any),
]);

/// A page of the list.
pub(super) static PAGE: Shape = Shape::Object(&[
    Field::always("contacts", &Shape::List(&CONTACT)),
    Field::new("count", &Shape::Number),
    Field::new("from", &Shape::Number),
    Field::new("to", &Shape::Number),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_documented_is_as_documented() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/periskope/fixtures");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let shape = if name.starts_with("contact-list") { &PAGE } else { &CONTACT };
            if name.starts_with("contact-") {
                assert_eq!(shape.differences(&std::fs::read(&path).unwrap()), [], "{name}");
            }
        }
    }
}
