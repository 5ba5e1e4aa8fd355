//! Answers that come line by line (NDJSON), as fast as the caller takes them and no faster.

use std::io;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY},
    web::Bytes,
};
use futures_util::stream;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use crate::forms::Form;

/// How many pieces may wait for the caller.
const WAITING: usize = 4;

/// Where the lines come from.
pub(super) struct Lines(mpsc::Sender<io::Result<Bytes>>);

impl Lines {
    /// An answer that sends whatever `write` writes. `write` ends early if the caller leaves.
    pub(super) fn respond<F>(mut response: HttpResponseBuilder, write: impl FnOnce(Self) -> F) -> HttpResponse
    where
        F: Future<Output = ()> + 'static,
    {
        let (sender, mut receiver) = mpsc::channel(WAITING);
        // It goes on after the request's handler has answered.
        actix_web::rt::spawn(write(Self(sender)).in_current_span());
        response.insert_header((CONTENT_TYPE, Form::Ndjson.content_type())).insert_header((CACHE_CONTROL, "no-store"));
        response.insert_header((VARY, "Accept"));
        response.streaming(stream::poll_fn(move |context| receiver.poll_recv(context)))
    }

    /// Sends whole lines, once the caller has taken enough of those before. False if the caller has left.
    pub(super) async fn send(&self, lines: Vec<u8>) -> bool {
        lines.is_empty() || self.0.send(Ok(lines.into())).await.is_ok()
    }

    /// Ends the answer so that the caller can't take it for a whole one: the connection is cut.
    pub(super) async fn cut(self, last: Vec<u8>) {
        // Once everything before has been taken: what the server has not written out when it is cut, is lost.
        if self.send(last).await && self.0.reserve_many(WAITING).await.is_ok() {
            let _ = self.0.send(Err(io::Error::other("the answer is not complete"))).await;
        }
    }
}
