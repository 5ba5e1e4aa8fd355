//! Where a value of the common schema comes from.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a key of the common schema gets its value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Origin {
    /// The key of the common schema.
    pub key: &'static str,
    /// The upstream's field, as a path in its document: `channels[].visitor.visitorId`.
    pub field: &'static str,
    /// The rule by which the value was made, in a few words.
    pub rule: &'static str,
}
