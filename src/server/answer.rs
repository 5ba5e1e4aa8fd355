//! What an answer holds until it has been sent.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_http::Request;
use actix_web::{
    body::{BodySize, MessageBody},
    dev::Payload,
    error::PayloadError,
    web::Bytes,
};
use futures_util::Stream;

use super::turns::Turn;
use crate::api::InFlight;

/// A request's body of unknown length, which its handler may read, and which its answer holds.
///
/// What is left of such a body when the answer has been sent would be read to its end, however long it is, if it were
/// dropped before. Held until then, it ends the connection.
#[derive(Clone)]
pub(super) struct Body(Rc<RefCell<Payload>>);

impl Body {
    pub(super) fn keep(request: &mut Request) -> Self {
        let body = Self(Rc::new(RefCell::new(request.take_payload())));
        *request.payload() = Payload::Stream { payload: Box::pin(body.clone()) };
        body
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that holds its request's body, and is in flight, and its connection's turn, until it has been handed out.
#[expect(dead_code, reason = "held until it is dropped")]
pub(super) struct Holding<B> {
    pub(super) answer: B,
    pub(super) body: Option<Body>,
    pub(super) in_flight: Option<InFlight>,
    pub(super) turn: Option<Turn>,
}

impl<B: MessageBody + Unpin> MessageBody for Holding<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().answer).poll_next(context)
    }
}
