//! What Rocket.Chat's documents come in, and what has no documents in it, every field optional.

use serde::Deserialize;

use super::wire;
use crate::wire::{Flag, Object, Text};

/// The envelope of `contacts.get` and of the legacy `contact`.
#[derive(Deserialize)]
#[serde(bound = "T: serde::de::DeserializeOwned")]
pub(super) struct Envelope<T> {
    #[serde(default)]
    pub(super) success: Flag,
    #[serde(default = "missing")]
    pub(super) contact: Object<T>,
}

fn missing<T>() -> Object<T> {
    Object::Missing
}

/// The envelope of every failure.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Failure {
    pub(super) success: Flag,
    pub(super) error: Text,
    pub(super) error_type: Text,
}

/// What `POST omnichannel/contacts` answers.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Created {
    pub(super) success: Flag,
    pub(super) contact_id: Text,
}

/// What `POST livechat/visitor` answers.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Visit {
    pub(super) success: Flag,
    pub(super) visitor: Object<wire::Guest>,
}

/// What the server sends to a webhook: as much of it as says whom it is about. The rest may be a whole conversation.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message {
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) visitor: Object<Visitor>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Visitor {
    #[serde(rename = "_id")]
    pub(super) id: Text,
}

/// `GET /api/info`: the version at the top (4.0 and later) or inside `info`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Info {
    pub(super) version: Text,
    pub(super) info: Object<InnerInfo>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct InnerInfo {
    pub(super) version: Text,
}
