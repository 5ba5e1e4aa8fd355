//! The documents that Rocket.Chat sends, of both generations (rest-typings 8.8 and the documents of 3.x to 6.x), every field optional.

use std::fmt;

use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess},
};
use serde_json::{Map, Value};

use crate::wire::{Flag, List, Object, Text, any_value, otherwise};

/// A contact of 7.1 and later (`ILivechatContact`).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Contact {
    #[serde(rename = "_id")]
    pub(super) id: Text,
    pub(super) name: Text,
    /// Never there: it gives a visitor away.
    pub(super) username: Text,
    pub(super) phones: List<Item>,
    pub(super) emails: List<Item>,
    pub(super) contact_manager: Manager,
    pub(super) conflicting_fields: List<Object<Conflict>>,
    pub(super) custom_fields: Object<Map<String, Value>>,
    pub(super) channels: List<Object<Channel>>,
    pub(super) last_chat: Object<LastChat>,
    pub(super) created_at: Text,
    #[serde(rename = "_updatedAt")]
    pub(super) updated_at: Text,
    pub(super) enabled: Flag,
    pub(super) unknown: Flag,
    pub(super) pre_registration: Flag,
    pub(super) activity: Value,
    pub(super) import_ids: Value,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Channel {
    pub(super) name: Text,
    pub(super) verified: Flag,
    pub(super) blocked: Flag,
    pub(super) visitor: Object<Visited>,
    /// Where builds before 7.1 had the visitor's id.
    pub(super) visitor_id: Text,
    pub(super) value: Text,
    pub(super) details: Object<Details>,
    pub(super) last_chat: Object<LastChat>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Visited {
    pub(super) visitor_id: Text,
    pub(super) source: Object<Source>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Source {
    #[serde(rename = "type")]
    pub(super) source_type: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Details {
    #[serde(rename = "type")]
    pub(super) source_type: Text,
    pub(super) destination: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct LastChat {
    #[serde(rename = "_id")]
    pub(super) id: Text,
    pub(super) ts: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Conflict {
    pub(super) field: Text,
    pub(super) value: Value,
}

/// A visitor (`ILivechatVisitor`), which is what versions before 7.1 call a contact.
///
/// Its `token` is a credential for the visitor's chats, so it is not even read.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Guest {
    #[serde(rename = "_id")]
    pub(super) id: Text,
    pub(super) username: Text,
    pub(super) name: Text,
    pub(super) phone: List<Item>,
    pub(super) visitor_emails: List<Item>,
    pub(super) contact_manager: Manager,
    pub(super) livechat_data: Object<Map<String, Value>>,
    pub(super) last_chat: Object<LastChat>,
    pub(super) ts: Text,
    /// Never there: it gives a contact of 7.1 and later away.
    pub(super) created_at: Text,
    #[serde(rename = "_updatedAt")]
    pub(super) updated_at: Text,
    pub(super) enabled: Flag,
    pub(super) department: Value,
    pub(super) status: Value,
    pub(super) activity: Value,
    pub(super) external_ids: Value,
    pub(super) last_agent: Value,
    pub(super) user_agent: Value,
    pub(super) ip: Value,
    pub(super) host: Value,
}

/// One of `phones` or `emails`: an object with the text inside, or (before 7.1) the text itself.
#[derive(Default)]
pub(super) struct Item(pub(super) Text);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> de::Visitor<'de> for V {
            type Value = Item;
            any_value!();
            otherwise!(Item::default(); unit, bool, float, seq);
            fn visit_str<E>(self, text: &str) -> Result<Item, E> {
                Ok(Item(Text(Some(text.to_owned()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Item, E> {
                Ok(Item(Text(Some(number.to_string()))))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
                let mut item = Item::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "phoneNumber" || key == "address" {
                        item.0 = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(item)
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// The contact manager: a user's id (`contacts.get`), or an object (`contacts.search`: id, name, username; legacy: at
/// least the username).
#[derive(Default)]
pub(super) struct Manager {
    pub(super) id: Text,
    pub(super) username: Text,
    pub(super) name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ManagerObject {
    #[serde(rename = "_id")]
    id: Text,
    username: Text,
    name: Text,
}

impl<'de> Deserialize<'de> for Manager {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> de::Visitor<'de> for V {
            type Value = Manager;
            any_value!();
            otherwise!(Manager::default(); unit, bool, number, float, seq);
            fn visit_str<E>(self, id: &str) -> Result<Manager, E> {
                Ok(Manager { id: Text(Some(id.to_owned())), ..Manager::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Manager, A::Error> {
                let object = ManagerObject::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Manager { id: object.id, username: object.username, name: object.name })
            }
        }
        deserializer.deserialize_any(V)
    }
}
