//! How far an export has come, in Redis: for a machine that has the file, and not what stands beside it.

use std::{path::Path, sync::Arc};

use super::checkpoint::Checkpoint;
use crate::{gateway::Gateway, shared::Shared};

/// Where checkpoints are kept beside the file's own. Whatever goes wrong there, the file's own is enough.
pub(super) struct Elsewhere(Option<(Arc<Shared>, String)>);

impl Elsewhere {
    /// For an export into this file.
    pub(super) fn new(gateway: &Gateway, file: Option<&Path>) -> Self {
        let file = file.and_then(|file| Some(std::path::absolute(file).ok()?.to_string_lossy().into_owned()));
        Self(gateway.shared().cloned().zip(file))
    }

    /// The checkpoint that was noted last.
    pub(super) async fn read(&self) -> Option<Checkpoint> {
        let (shared, file) = self.0.as_ref()?;
        serde_json::from_str(&shared.recall_position(file).await?).ok()
    }

    pub(super) async fn write(&self, checkpoint: &Checkpoint) {
        if let (Some((shared, file)), Ok(text)) = (&self.0, serde_json::to_string(checkpoint)) {
            shared.note_position(file, &text).await;
        }
    }

    /// There is nothing to resume any more.
    pub(super) async fn remove(&self) {
        if let Some((shared, file)) = &self.0 {
            shared.note_position(file, "").await;
        }
    }
}
