//! What Rocket.Chat won't register.

use serde_json::Value;

use super::generation::Generation;
use crate::{Draft, Handle, Mistake};

/// What is wrong with a draft. As long as the generation is not known, only what is wrong for both.
pub(super) fn mistakes(generation: Option<Generation>, draft: &Draft) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    if draft.name.trim().is_empty() {
        mistakes.push(Mistake::new("name", "must be there: Rocket.Chat registers nobody without a name"));
    }
    for (at, address) in draft.emails.iter().enumerate() {
        if Handle::email(address).is_none() {
            mistakes.push(Mistake::new(format!("emails[{at}]"), "must be one e-mail address, as in mail@example.com"));
        }
    }
    for (at, number) in draft.phones.iter().enumerate() {
        if !number.contains(|c: char| c.is_numeric()) {
            mistakes.push(Mistake::new(format!("phones[{at}]"), "must be a phone number"));
        }
    }
    if generation == Some(Generation::Legacy) {
        mistakes.extend(legacy(draft));
    }
    mistakes
}

/// `livechat/visitor` takes single values, and texts.
fn legacy(draft: &Draft) -> Vec<Mistake> {
    let second = [
        ("emails[1]", &draft.emails, "must not be there: Rocket.Chat before 7.1 takes one e-mail address"),
        ("phones[1]", &draft.phones, "must not be there: Rocket.Chat before 7.1 takes one phone number"),
    ];
    let too_many = second.into_iter().filter(|(_, values, _)| values.len() > 1);
    let not_plain = draft
        .custom_fields
        .iter()
        .filter(|(_, value)| matches!(value, Value::Null | Value::Array(_) | Value::Object(_)));
    let problem = "must be a text, a number or a boolean: Rocket.Chat before 7.1 takes nothing else";
    too_many
        .map(|(field, _, problem)| Mistake::new(field, problem))
        .chain(not_plain.map(|(key, _)| Mistake::new(format!("custom_fields.{key}"), problem)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn has(generation: Option<Generation>, draft: &Draft, expected: &[&str]) {
        let mistakes = mistakes(generation, draft);
        assert_eq!(mistakes.iter().map(|mistake| mistake.field.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_neither_generation_takes_is_known_before_the_generation_is() {
        let draft = Draft {
            name: " ".into(),
            emails: vec!["mail@example.com".into(), "mail".into(), String::new()],
            phones: vec!["55 51 5555-5555".into(), " ".into()],
            ..Draft::default()
        };
        has(None, &draft, &["name", "emails[1]", "emails[2]", "phones[1]"]);
    }

    #[test]
    fn a_visitor_has_single_values_and_plain_fields() {
        let fields = json!({ "plan": "gold", "seats": 3, "vip": true, "tags": ["a"], "none": null });
        let draft = Draft {
            name: "Ana".into(),
            emails: vec!["a@example.com".into(), "b@example.com".into()],
            phones: vec!["1".into(), "2".into()],
            custom_fields: fields.as_object().unwrap().clone(),
            ..Draft::default()
        };
        has(None, &draft, &[]);
        has(Some(Generation::Modern), &draft, &[]);
        has(Some(Generation::Legacy), &draft, &["emails[1]", "phones[1]", "custom_fields.tags", "custom_fields.none"]);
    }
}
