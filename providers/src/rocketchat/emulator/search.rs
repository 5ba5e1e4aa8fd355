//! The routes that search and list.

use std::ops::Range;

use serde_json::{Value, json};

use super::{
    order::Order,
    reply::{failure, invalid, success},
    store::Store,
};
use crate::emulator::Response;

/// `API_Upper_Count_Limit` and `API_Default_Count`.
const MOST: usize = 100;
const USUAL: usize = 50;

/// `GET omnichannel/contacts.search`.
pub(super) fn contacts(store: &Store, parameters: &[(String, String)]) -> Response {
    let known = ["searchText", "unknown", "count", "offset", "sort"];
    if parameters.iter().any(|(name, _)| !known.contains(&name.as_str())) {
        return invalid("must NOT have additional properties");
    }
    let unknown = match value(parameters, "unknown") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return invalid("must be boolean"),
    };
    let (order, range) = match paging(parameters, r#"{"name":1}"#) {
        Ok(paging) => paging,
        Err((words, code)) => return failure(400, &format!("{words} [{code}]"), Some(code)),
    };
    let text = value(parameters, "searchText").unwrap_or_default();
    let (mut contacts, total) = store.list(unknown, text, &order, range.clone());
    for contact in &mut contacts {
        // Joined with the users; a user's id in `contacts.get`.
        if let Value::String(id) = contact["contactManager"].take() {
            contact["contactManager"] = json!({ "_id": id, "name": "Kim Jane", "username": "kim.jane" });
        } else if let Some(contact) = contact.as_object_mut() {
            contact.shift_remove("contactManager");
        }
    }
    // The count is what was asked for.
    success(json!({ "contacts": contacts, "count": range.len(), "offset": range.start, "total": total }))
}

/// `GET livechat/visitors.search`, without what it searches for: an empty term lists all.
pub(super) fn visitors(store: &Store, parameters: &[(String, String)]) -> Response {
    const SHOWN: &[&str] = &["_id", "username", "name", "phone", "livechatData", "visitorEmails", "lastChat"];
    let (order, range) = match paging(parameters, r#"{"ts":-1}"#) {
        Ok(paging) => paging,
        Err((words, code)) => return failure(400, &format!("{words} [{code}]"), Some(code)),
    };
    if value(parameters, "term").is_none() {
        return failure(400, "Match error: Missing key 'term'", None);
    }
    let (mut visitors, total) = store.list(false, "", &order, range.clone());
    for visitor in visitors.iter_mut().filter_map(Value::as_object_mut) {
        visitor.retain(|name, _| SHOWN.contains(&name.as_str()));
    }
    success(json!({ "count": visitors.len(), "visitors": visitors, "offset": range.start, "total": total }))
}

/// `GET omnichannel/contact.search`: one visitor by a whole text, as it is stored.
pub(super) fn visitor(store: &Store, parameters: &[(String, String)]) -> Response {
    let [(name, text)] = parameters else {
        return failure(400, "The parameters are invalid [error-invalid-params]", Some("error-invalid-params"));
    };
    success(json!({ "contact": holder(store, name, text) }))
}

/// The first visitor with this `email` or `phone`.
pub(super) fn holder(store: &Store, name: &str, text: &str) -> Option<Value> {
    let (list, item) = match name {
        "email" => ("visitorEmails", json!({ "address": text })),
        "phone" => ("phone", json!({ "phoneNumber": text })),
        _ => return None,
    };
    store.find(text, |visitor| visitor[list].as_array().is_some_and(|items| items.contains(&item)))
}

/// The order and the part of the list that are wanted, or the words and the code of a refusal.
fn paging(parameters: &[(String, String)], usual: &str) -> Result<(Order, Range<usize>), (&'static str, &'static str)> {
    let number = |name, usual| match value(parameters, name) {
        None => Ok(usual),
        Some(text) => text.parse::<usize>().map_err(|_| ("must be number", "invalid-params")),
    };
    let (count, offset) = (number("count", USUAL)?, number("offset", 0)?);
    // Zero is "all in one answer" (`API_Allow_Infinite_Count`).
    let count = if count == 0 { usize::MAX - offset } else { count.min(MOST) };
    let order = Order::parse(value(parameters, "sort").unwrap_or(usual));
    let order = order.ok_or(("Invalid sort parameter provided", "error-invalid-sort"))?;
    Ok((order, offset..offset + count))
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
