//! Many contacts at once.

use std::collections::HashMap;

use futures_util::{Stream, StreamExt as _, stream};

use super::{Failure, Gateway, Served, Wish, resolve};

/// How many contacts of one batch are asked for at the same time. What is in memory takes no time.
const AT_ONCE: usize = 64;

impl Gateway {
    /// Answers for many ids, in the order in which the answers come: each with the places that its id has in `ids`, because
    /// several spellings of one id are one question.
    pub fn contacts<'a>(
        &'a self,
        ids: &'a [String],
        wish: Wish<'a>,
    ) -> impl Stream<Item = (Vec<usize>, Result<Served, Failure>)> + 'a {
        let questions = self.questions(ids, &wish);
        let ask = move |places: Vec<usize>| async move {
            let id = places.first().map_or("", |place| &ids[*place]);
            let answer = self.contact(&Wish { id, ..wish }).await;
            (places, answer)
        };
        stream::iter(questions).map(ask).buffer_unordered(AT_ONCE)
    }

    /// The places of each different question, in the order of the first.
    fn questions(&self, ids: &[String], wish: &Wish<'_>) -> Vec<Vec<usize>> {
        let mut known = HashMap::with_capacity(ids.len());
        let mut questions: Vec<Vec<usize>> = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            // What can't be resolved is a question of its own, with a failure for an answer.
            let keys = resolve::resolve(&self.instances, wish.caller, id, wish.provider).ok();
            let meant = keys.map_or_else(
                || vec![id.as_str().into()],
                |targets| targets.into_iter().map(|target| target.key).collect::<Vec<_>>(),
            );
            let question = *known.entry(meant).or_insert(questions.len());
            match questions.get_mut(question) {
                Some(places) => places.push(place),
                None => questions.push(vec![place]),
            }
        }
        questions
    }
}
