//! What the fuzz targets reach of the inside. It exists under `cfg(fuzzing)` only, which cargo-fuzz sets.

use url::Url;

use crate::{
    LocalId,
    upstream::{Request, Route},
};
pub use crate::{periskope::meaning as periskope, rocketchat::meanings as rocketchat};

static BY_PATH: Route = Route::new("contacts/{}");
static BY_QUERY: Route = Route::new("contacts.get");

/// The URLs under `base` with the id as a segment of the path, and as the parameter `contactId`.
#[must_use]
pub fn urls(base: &Url, id: &LocalId) -> Option<[Url; 2]> {
    let by_path = Request::get(&BY_PATH).segment(id.as_str()).url(base)?;
    let by_query = Request::get(&BY_QUERY).parameter("contactId", id.as_str()).url(base)?;
    Some([by_path, by_query])
}
