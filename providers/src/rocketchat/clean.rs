//! A contact as the server sent it, fit to be shown.

use serde_json::Value;

/// The contact without its envelope, and without the token with which anybody could read a visitor's chats.
pub(super) fn clean(mut envelope: Value) -> Value {
    let mut contact = envelope["contact"].take();
    remove_tokens(&mut contact);
    contact
}

fn remove_tokens(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.eq_ignore_ascii_case("token"));
            fields.values_mut().for_each(remove_tokens);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_tokens),
        _ => {}
    }
}
