//! Contacts of which no provider's documentation speaks.

use providers::{Channel, Conflict, Contact, ContactType, Owner, Time, Unreachable};
use serde_json::json;

/// Nothing is known.
pub(crate) fn nobody() -> Contact {
    Contact::new("periskope", "120363231636311517@g.us", ContactType::Unknown)
}

/// Everything is known, and nothing of it is simple.
pub(crate) fn everybody() -> Contact {
    let mut contact = Contact::new("rocketchat", "673c76df47a6c9b89dd263d8", ContactType::Business);
    contact.name = Some("Doe; John, \"Joe\" \\ Söhne\r\nBEGIN:VCARD".to_owned());
    contact.username = Some("guest-4".to_owned());
    contact.add_email("joe@example.com");
    contact.add_email("not an address");
    contact.add_phone("51 5555-5555", Some("+555155555555".to_owned()));
    contact.add_phone("+4930123456", Some("+4930123456".to_owned()));
    contact.add_phone("ext. 12;13", None);
    contact.channels = vec![
        channel("whatsapp", Some("4930123456@c.us"), Some("+4930123456")),
        channel("sms", None, Some("+4930123456")),
        channel("livechat", Some("gAoxwhBGgEh8cyKx4"), None),
        Channel::default(),
    ];
    contact.add_chats(["ixnGsLNT8rTL9eYY3", "a;b"]);
    contact.labels = ["VIP", "a,b;c", "VIP", "", "שלום"].map(str::to_owned).to_vec();
    contact.custom_fields = serde_json::from_value(json!({
        "zip-code": "123456-099", "größe/~": [1, 2.5, null], "nested": { "a": "=1+1", "b": "x\ny" },
    }))
    .unwrap();
    contact.owner = Some(Owner { id: Some("cbTgcixmLxYSdFmmZ".to_owned()), username: None, name: None });
    contact.avatar_url = Some("https://example.com/a b/ü.png?x=1,2;3&y={z}|\\".to_owned());
    contact.conflicts = vec![Conflict { field: "name".to_owned(), value: json!("Johnny"), source: None }];
    contact.created_at = Time::parse("2024-11-19T11:30:39.710Z");
    contact.updated_at = Time::parse("2024-11-19T11:33:55.000Z");
    contact.last_active_at = Time::parse("2024-11-19T11:30:39Z");
    contact.provider_data = serde_json::from_value(json!({ "unknown": false })).unwrap();
    contact
}

/// Made from two, one of which could not be asked.
pub(crate) fn merged() -> Contact {
    let mut contact = Contact::new("tel", "+4930123456", ContactType::Person);
    (contact.provider, contact.native_id) = (None, None);
    contact.sources = vec!["rocketchat:673c76df47a6c9b89dd263d8".to_owned()];
    contact.name = Some("علي بن محمد".to_owned());
    contact.add_phone("+4930123456", Some("+4930123456".to_owned()));
    contact.phones[0].source = Some(contact.sources[0].clone());
    contact.unreachable =
        Some(vec![Unreachable { provider: "periskope".to_owned(), code: "provider-timeout".to_owned() }]);
    contact
}

/// A member of very many groups, with a long name of characters of several bytes.
pub(crate) fn member() -> Contact {
    let mut contact = Contact::new("periskope", "919537851844", ContactType::Person);
    contact.name = Some("👩‍👩‍👧‍👦 ünïcode ".repeat(12));
    contact.add_phone("919537851844", Some("+919537851844".to_owned()));
    let chats: Vec<_> = (0..500).map(|number| format!("{:018}@g.us", 120_363_000_000_000_000_u64 + number)).collect();
    contact.add_chats(chats.iter().map(String::as_str));
    contact
}

/// A WhatsApp channel, which is neither a person nor a group.
pub(crate) fn newsletter() -> Contact {
    let mut contact = Contact::new("periskope", "120363144038483540@newsletter", ContactType::Newsletter);
    contact.avatar_url = Some("no link".to_owned());
    contact
}

fn channel(channel_type: &str, id: Option<&str>, address: Option<&str>) -> Channel {
    Channel {
        channel_type: Some(channel_type.to_owned()),
        id: id.map(str::to_owned),
        address: address.map(str::to_owned),
        ..Channel::default()
    }
}
