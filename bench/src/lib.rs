//! What is measured alone: documents, and how one becomes a contact's page.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use providers::{Contact, Instance, Ledgers, LocalId, Rate, Result, meaning, upstream::Answer};

/// An upstream's answer, and what makes a contact of it.
pub struct Document {
    answer: Answer,
    id: LocalId,
    instance: Instance,
    meaning: Meaning,
}

type Meaning = fn(&Answer, &LocalId, &Instance) -> Result<Option<Contact>>;

impl Document {
    /// A contact of Periskope, about 1.5 kB long.
    #[must_use]
    pub fn periskope() -> Self {
        Self::new(include_str!("../documents/periskope.json").into(), "919537851844", meaning::periskope)
    }

    /// A contact of Rocket.Chat, about 1.5 kB long.
    #[must_use]
    pub fn rocketchat() -> Self {
        Self::new(include_str!("../documents/rocketchat.json").into(), "673c76df47a6c9b89dd263d8", meaning::rocketchat)
    }

    /// A contact of Periskope that is in so many chats.
    #[must_use]
    pub fn in_chats(chats: u32) -> Self {
        let ids: Vec<_> = (0..chats).map(|chat| format!("\"1203633{chat:011}@g.us\"")).collect();
        let text = format!(r#"{{"contact_id":"919537851844@c.us","chat_ids":[{}]}}"#, ids.join(","));
        Self::new(text, "919537851844", meaning::periskope)
    }

    /// From the upstream's bytes to ours.
    ///
    /// # Panics
    /// If it is no contact.
    #[must_use]
    #[expect(clippy::expect_used, reason = "these documents are contacts")]
    pub fn render(&self) -> Vec<u8> {
        let contact = (self.meaning)(&self.answer, &self.id, &self.instance).expect("the document can be read");
        serde_json::to_vec(&contact.expect("the document is a contact's")).expect("a contact can be written")
    }

    #[expect(clippy::expect_used, reason = "these are a URL and an id")]
    fn new(text: String, id: &str, meaning: Meaning) -> Self {
        let instance = Instance {
            name: "measured".into(),
            base_url: "https://api.example.com/v1".parse().expect("a URL"),
            rate: Rate::per_seconds(10, 60),
            timeout: Duration::from_secs(5),
            default_region: None,
            ledgers: Ledgers::default(),
        };
        let answer = Answer::new(StatusCode::OK, HeaderMap::new(), Bytes::from(text));
        Self { answer, id: LocalId::parse(id).expect("an id"), instance, meaning }
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("bytes", &self.answer.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_a_contact_of_its_size() {
        let length = |document: &Document| (document.answer.body.len(), document.render().len());
        for document in [Document::periskope(), Document::rocketchat()] {
            let (from, to) = length(&document);
            assert!((1400..1600).contains(&from) && to > 1000, "{from} {to}");
        }
        assert!(length(&Document::in_chats(5000)).1 > 5000 * 25);
    }
}
