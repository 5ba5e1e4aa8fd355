//! From one place in a list to the next, by one page of the server's.

use super::{
    super::{
        answer::{Asked, invalid},
        page::{Asking, LARGEST, page},
        server::Server,
    },
    place::{Order, Place},
    view::View,
};
use crate::{Call, Listed};

/// What a step gives, and where the next begins.
type Step = (Vec<Listed>, Option<Place>);

/// Takes one page of the server's, of about this size.
pub(super) async fn step(server: &Server, place: Place, limit: u16, call: &Call) -> Asked<Step> {
    // One more than wanted: the first is the last of the page before.
    let count = usize::from(limit).saturating_add(1).clamp(2, LARGEST);
    let from = place.from();
    let (generation, order) = (place.generation, place.order);
    let asking = Asking { text: "", unknown: place.unknown, sort: order.sort(), offset: from, count };
    let page = page(server, generation, &asking, call).await?;
    if page.items.is_empty() && page.length > 0 {
        return Err(invalid("a page without a single contact that has an id").into());
    }
    let mut view = View { server, generation, call, order, page };
    if !view.is_sorted() {
        return Ok((Vec::new(), Some(place.anew()?)));
    }
    let begin = match (&place.last, order) {
        (None, _) => Some(0),
        (Some(last), Order::Own(_)) => {
            view.page.items.first().is_some_and(|item| item.id.as_str() == last.id).then_some(1)
        }
        (Some(last), Order::Id | Order::Change) => view.behind(last, from == 0).await?,
    };
    match (begin, order) {
        (Some(begin), Order::Change) => changed(view, place, from, begin).await,
        (Some(begin), Order::Id | Order::Own(_)) => all(view, place, from, begin).await,
        (None, Order::Id | Order::Change) => Ok((Vec::new(), Some(place.further_back()))),
        // Without an order nothing tells what is missing. As long as what is there keeps its places, this loses nothing.
        (None, Order::Own(_)) => Ok((Vec::new(), Some(place.anew()?))),
    }
}

/// Gives everything from `begin` on.
async fn all(mut view: View<'_>, place: Place, from: usize, begin: usize) -> Asked<Step> {
    let length = view.page.items.len();
    let next = if has_ended(&view, begin) {
        place.clone().next_list()
    } else {
        let at = length.saturating_sub(1);
        Some(place.clone().behind(view.key(at).await?, view.offset_behind(from, at)))
    };
    let fits = |changed: Option<i64>| place.since.is_none_or(|since| changed.is_some_and(|changed| changed >= since));
    Ok((view.take(begin..length, fits), next))
}

/// Gives what has changed within the round's bounds, from `begin` on.
async fn changed(mut view: View<'_>, place: Place, from: usize, begin: usize) -> Asked<Step> {
    let length = view.page.items.len();
    let (floor, mark) = (place.floor.unwrap_or(i64::MIN), place.mark.unwrap_or(i64::MAX));
    let is_new = |moment: Option<i64>| moment.is_some_and(|moment| moment >= mark);
    let is_old = |moment: Option<i64>| moment.is_none_or(|moment| moment < floor);

    let mut begin = begin;
    // Behind a contact that is older than the mark, all are.
    if place.mark.is_some() && place.last.as_ref().is_none_or(|last| is_new(last.changed)) {
        begin = view.split(begin, |key| is_new(key.changed)).await?;
    }
    // In the middle of a round, most pages have no end.
    let goes_on =
        place.mark.is_some() && begin < length && view.key(length - 1).await?.is_some_and(|key| !is_old(key.changed));
    let end = if goes_on { length } else { view.split(begin, |key| !is_old(key.changed)).await? };

    let next = if end < length || has_ended(&view, begin) {
        place.next_round()
    } else if place.mark.is_none() {
        // More than a page. What has changed until now is the mark, and it must be known before the pages are asked for.
        let newest = newest(&mut view).await?;
        return Ok((Vec::new(), Some(place.marked(newest))));
    } else {
        // The last that is where the list had it: one that is new by now has changed since.
        let mut at = length.saturating_sub(1);
        let mut last = view.key(at).await?;
        while at > begin && last.as_ref().is_none_or(|key| is_new(key.changed)) {
            at -= 1;
            last = view.key(at).await?;
        }
        Some(place.behind(last, view.offset_behind(from, at)))
    };
    Ok((view.take(begin..end, |moment| !is_new(moment) && !is_old(moment)), next))
}

/// When the newest contact has changed. One that has vanished since doesn't tell.
async fn newest(view: &mut View<'_>) -> Asked<i64> {
    for at in 0..view.page.items.len() {
        if let Some(newest) = view.key(at).await?.and_then(|key| key.changed) {
            return Ok(newest);
        }
    }
    Ok(i64::MIN)
}

/// Whether nothing follows: the server has no more, or no more than what was given last.
fn has_ended(view: &View<'_>, begin: usize) -> bool {
    let length = view.page.items.len();
    !view.page.may_go_on || (begin >= length && length <= 1)
}
