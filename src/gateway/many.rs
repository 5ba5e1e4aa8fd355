//! Many contacts at once.

use std::{collections::HashMap, sync::Arc};

use futures_util::{Stream, StreamExt as _, stream};

use super::{
    Failure, Gateway, Served, Wish,
    resolve::{self, Target},
};

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
        let (mut ready, mut open) = (Vec::with_capacity(ids.len()), Vec::new());
        for Asked { targets, places } in self.questions(ids, &wish) {
            // A task for each of a thousand that are in memory would cost more than all of them.
            let served = match targets.as_deref() {
                Some([target]) if !wish.raw && !wish.linked => self.kept(target, &wish),
                _ => None,
            };
            match served {
                Some(served) => ready.push((places, Ok(served))),
                None => open.push(places),
            }
        }
        let ask = move |places: Vec<usize>| async move {
            let id = places.first().map_or("", |place| &ids[*place]);
            let answer = self.contact(&Wish { id, ..wish }).await;
            (places, answer)
        };
        stream::iter(ready).chain(stream::iter(open).map(ask).buffer_unordered(AT_ONCE))
    }

    /// The different questions, in the order of the first places.
    fn questions(&self, ids: &[String], wish: &Wish<'_>) -> Vec<Asked> {
        let mut known = HashMap::with_capacity(ids.len());
        let mut questions: Vec<Asked> = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            // What can't be resolved is a question of its own, with a failure for an answer.
            let targets = resolve::resolve(&self.instances, wish.caller, id, wish.provider).ok();
            let meant = match targets.as_deref() {
                Some([target]) => Meant::One(Arc::clone(&target.key)),
                Some(targets) => Meant::Any(targets.iter().map(|target| Arc::clone(&target.key)).collect()),
                None => Meant::Unclear(id),
            };
            let question = *known.entry(meant).or_insert(questions.len());
            match questions.get_mut(question) {
                Some(question) => question.places.push(place),
                None => questions.push(Asked { targets, places: vec![place] }),
            }
        }
        questions
    }
}

/// One question, and the places of all spellings of its id.
struct Asked {
    /// None if the id can't be resolved.
    targets: Option<Vec<Target>>,
    places: Vec<usize>,
}

/// What tells one question from another.
#[derive(PartialEq, Eq, Hash)]
enum Meant<'a> {
    /// The contact with this key.
    One(Arc<str>),
    /// One of those with these.
    Any(Vec<Arc<str>>),
    /// What can't be resolved.
    Unclear(&'a str),
}
