//! A page, and what has to be asked for to find places in it.

use std::{cmp::Ordering, ops::Range};

use super::{
    super::{
        answer::Asked,
        generation::Generation,
        page::{Item, LastChange, Page},
        server::Server,
    },
    place::{Key, Order},
};
use crate::{Call, Listed};

/// A page in this order.
pub(super) struct View<'a> {
    pub(super) server: &'a Server,
    pub(super) generation: Generation,
    pub(super) call: &'a Call,
    pub(super) order: Order,
    pub(super) page: Page,
}

impl View<'_> {
    /// Whether the server has kept to the order, as far as the page shows.
    pub(super) fn is_sorted(&self) -> bool {
        let keys: Vec<_> = self.page.items.iter().filter_map(key).collect();
        let follows = |pair: &[Key]| match pair {
            [one, other] => self.order.compare(one, other) != Ordering::Greater,
            _ => true,
        };
        let is_shown = |item: &Item| self.order == Order::Id || item.changed != LastChange::Untold;
        let has_order = !matches!(self.order, Order::Own(_)) && self.page.items.iter().all(is_shown);
        !has_order || keys.windows(2).all(follows)
    }

    /// Where those begin that come behind the `last` one; `None` if the page begins too late to tell.
    pub(super) async fn behind(&mut self, last: &Key, is_beginning: bool) -> Asked<Option<usize>> {
        let order = self.order;
        let is_last =
            |changed: LastChange| matches!(changed, LastChange::Untold) || changed == LastChange::At(last.changed);
        let found = self.page.items.iter().position(|item| item.id.as_str() == last.id && is_last(item.changed));
        if let Some(found) = found {
            return Ok(Some(found + 1));
        }
        let is_given = |key: &Key| order.compare(key, last) != Ordering::Greater;
        if !is_beginning && !self.key(0).await?.is_some_and(|key| is_given(&key)) {
            return Ok(None);
        }
        self.split(0, is_given).await.map(Some)
    }

    /// The first contact from `begin` on to which this doesn't apply, where it applies to all before.
    ///
    /// Looks at each second, fourth, eighth, and when it is past the place, at the middle of what is left: where reading costs
    /// a call, a few new contacts cost few of them.
    pub(super) async fn split(&mut self, begin: usize, applies: impl Fn(&Key) -> bool) -> Asked<usize> {
        let (mut low, mut high) = (begin, self.page.items.len());
        let mut stride = Some(1);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = stride.map_or(middle, |stride| (low + stride - 1).min(high - 1));
            // One that has vanished since is no boundary.
            if self.key(at).await?.is_none_or(|key| applies(&key)) {
                low = at + 1;
                stride = stride.map(|stride| stride * 2);
            } else {
                high = at;
                stride = None;
            }
        }
        Ok(low)
    }

    /// What decides on the place of one contact; `None` if it has vanished since.
    pub(super) async fn key(&mut self, at: usize) -> Asked<Option<Key>> {
        let Some(item) = self.page.items.get_mut(at) else { return Ok(None) };
        if self.order == Order::Change && item.changed == LastChange::Untold {
            let found = self.server.contact(self.generation, &item.id, self.call).await?;
            item.contact = found.map(|found| found.contact);
            item.is_whole = true;
            item.changed = match &item.contact {
                Some(contact) => LastChange::at(contact.updated_at.as_ref()),
                None => LastChange::Gone,
            };
        }
        Ok(key(item))
    }

    /// How many contacts of the server's list are before the one behind this.
    pub(super) fn offset_behind(&self, from: usize, at: usize) -> usize {
        from + self.page.items.get(at).map_or(0, |item| item.at + 1)
    }

    /// The contacts in this part of the page that have changed at such a moment, or at a moment that the list doesn't tell.
    pub(super) fn take(self, part: Range<usize>, fits: impl Fn(Option<i64>) -> bool) -> Vec<Listed> {
        let items = self.page.items.into_iter().skip(part.start).take(part.len());
        items
            .filter(|item| match item.changed {
                LastChange::Untold => true,
                LastChange::At(moment) => fits(moment),
                LastChange::Gone => false,
            })
            .filter_map(|item| Some(Listed { contact: item.contact?, is_whole: item.is_whole }))
            .collect()
    }
}

fn key(item: &Item) -> Option<Key> {
    let changed = match item.changed {
        LastChange::At(changed) => changed,
        LastChange::Untold => None,
        LastChange::Gone => return None,
    };
    Some(Key { changed, id: item.id.as_str().to_owned() })
}
