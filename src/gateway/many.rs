//! Many contacts at once.

use std::{collections::HashMap, sync::Arc};

use futures_util::{Stream, StreamExt as _, stream};

use super::{
    Failure, Gateway, Served, Wish,
    resolve::{self, Target},
};

/// How many contacts of one batch are asked for at the same time. What is in memory takes no time.
const AT_ONCE: usize = 64;

/// The places of all spellings of one id, and what came of asking for it.
type Answer = (Vec<usize>, Result<Served, Failure>);

impl Gateway {
    /// Answers for many ids: at once what is in memory, each with its place in `ids`; and the others in the order in which the answers
    /// come, each with all places of its id, because several spellings of one id are one question.
    pub fn contacts<'a>(
        &'a self,
        ids: &'a [String],
        wish: Wish<'a>,
    ) -> (Vec<(usize, Served)>, impl Stream<Item = Answer> + 'a) {
        let (mut kept, mut questions) = (Vec::with_capacity(ids.len()), Questions::default());
        for (place, id) in ids.iter().enumerate() {
            let targets = resolve::resolve(&self.instances, wish.caller, id, wish.provider).ok();
            // A task for each of a thousand that are in memory would cost more than all of them.
            let served = match targets.as_deref() {
                Some([target]) if !wish.raw && !wish.linked => self.kept(target, &wish, |_| Some(())),
                _ => None,
            };
            match served {
                Some((served, ())) => kept.push((place, served)),
                None => questions.add(place, Meant::by(id, targets.as_deref())),
            }
        }
        let ask = move |places: Vec<usize>| async move {
            let id = places.first().map_or("", |place| &ids[*place]);
            let answer = self.contact(&Wish { id, ..wish }).await;
            (places, answer)
        };
        (kept, stream::iter(questions.places).map(ask).buffer_unordered(AT_ONCE))
    }
}

/// The different questions among many ids, in the order of the first places.
#[derive(Default)]
struct Questions<'a> {
    known: HashMap<Meant<'a>, usize>,
    /// Of each, the places of all spellings of its id.
    places: Vec<Vec<usize>>,
}

/// What tells one question from another.
#[derive(PartialEq, Eq, Hash)]
enum Meant<'a> {
    /// One of the contacts with these keys.
    Contact(Vec<Arc<str>>),
    /// What can't be resolved is a question of its own, with a failure for an answer.
    Unclear(&'a str),
}

impl<'a> Questions<'a> {
    fn add(&mut self, place: usize, meant: Meant<'a>) {
        let question = *self.known.entry(meant).or_insert(self.places.len());
        match self.places.get_mut(question) {
            Some(places) => places.push(place),
            None => self.places.push(vec![place]),
        }
    }
}

impl<'a> Meant<'a> {
    fn by(id: &'a str, targets: Option<&[Target]>) -> Self {
        let contact =
            |targets: &[Target]| Self::Contact(targets.iter().map(|target| Arc::clone(&target.key)).collect());
        targets.map_or(Self::Unclear(id), contact)
    }
}
