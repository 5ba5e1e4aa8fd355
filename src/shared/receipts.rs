//! What was registered under which caller's key, and how far an export has come: for whichever gateway goes on with it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::{Shared, digest, micros, millis, scripts, store::HEARD};

/// For how long the position of an export is remembered.
const POSITIONS: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a caller's key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A wish that is this gateway's now.
    Own {
        /// What tells it from other wishes for the same.
        nonce: String,
        /// Whether the provider may have carried it out already.
        is_unsure: bool,
    },
    /// A wish that another gateway carries out.
    Others,
    /// A wish that was carried out: the contact, as JSON.
    Done(Bytes),
    /// Another wish.
    Other,
}

/// What has come of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// Nothing, surely.
    Open,
    /// Nobody knows.
    Unsure,
    /// The contact, as JSON.
    Done(Bytes),
}

impl Shared {
    /// Takes a caller's key for this gateway, for as long as it is there. `None`: Redis can't be asked.
    pub async fn claim(&self, key: &str, wish: &str, nonce: &str, remembered: Duration) -> Option<Claim> {
        let mut question = scripts::CLAIM.key(self.receipt(key));
        question.key(self.members.key("gateways")).arg(&self.members.gateway).arg(wish).arg(nonce);
        question.arg(millis(remembered)).arg(micros(HEARD));
        let mut answer = self.link.insist::<Vec<Bytes>>(&question).await?.into_iter();
        let state = answer.next()?;
        match &*state {
            b"busy" => Some(Claim::Others),
            b"other" => Some(Claim::Other),
            b"done" => answer.next().map(Claim::Done),
            state => {
                let nonce = String::from_utf8(answer.next()?.into()).ok()?;
                Some(Claim::Own { nonce, is_unsure: state != b"open" })
            }
        }
    }

    /// Says what has come of a wish that was this gateway's. Returns at once.
    pub fn close(self: &Arc<Self>, key: &str, close: Close) {
        let (state, contact) = match close {
            Close::Open => ("open", Bytes::new()),
            Close::Unsure => ("unsure", Bytes::new()),
            Close::Done(contact) => ("done", contact),
        };
        let mut question = scripts::CLOSE.key(self.receipt(key));
        question.arg(&self.members.gateway).arg(state).arg(&*contact);
        let shared = Arc::clone(self);
        self.runtime.spawn(async move { shared.link.insist::<()>(&question).await });
    }

    /// Remembers how far the export into this file has come; an empty text, that it is done.
    pub async fn note_position(&self, file: &str, text: &str) {
        let mut question = scripts::NOTE.key(self.position(file));
        question.arg(text).arg(millis(POSITIONS));
        let _ = self.link.insist::<()>(&question).await;
    }

    /// How far the export into this file has come, where that is known.
    pub async fn recall_position(&self, file: &str) -> Option<String> {
        let question = scripts::RECALL.key(self.position(file));
        self.link.insist::<String>(&question).await.filter(|text| !text.is_empty())
    }

    fn receipt(&self, key: &str) -> String {
        self.members.key(&format!("receipt:{}", digest([key])))
    }

    fn position(&self, file: &str) -> String {
        self.members.key(&format!("export:{}", digest([file])))
    }
}
