//! One person in several instances: look-ups by phone or e-mail, and whoever else has a contact's numbers and addresses.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use providers::{Capabilities, Contact, Handle, Unreachable};
use tokio::time::Instant;

use super::{Content, Demand, Failure, Gateway, Instance, Page, Served, Via, Wish, merge::merge, resolve::Target};

/// By how many numbers and addresses of a contact the others are looked for. Each may cost a provider several calls.
const MOST_HANDLES: usize = 4;
/// What is kept of the deadline to put together what has been found.
const MERGING: Duration = Duration::from_millis(100);

/// What several instances have said of one person.
#[derive(Default)]
struct Findings {
    contacts: Vec<Contact>,
    /// The answers of those that have none.
    absent: Option<Served>,
    /// Every answer that is part of the whole.
    parts: Vec<Served>,
    unreachable: Vec<(Arc<str>, Failure)>,
}

impl Gateway {
    /// The person with this number or address, merged from all instances that can look that up.
    pub(super) async fn look_up(&self, handle: &Handle, wish: &Wish<'_>, deadline: Instant) -> Result<Served, Failure> {
        let instances =
            self.open_to(wish.caller).filter(|instance| wish.provider.is_none_or(|name| *instance.name == *name));
        let able: Vec<_> = instances.filter(|instance| can_find(&instance.kind.capabilities, handle)).collect();
        if able.is_empty() {
            // Whom the caller may not ask, or nobody knows, is told apart from who can't look it up.
            wish.provider.map_or(Ok(()), |name| self.instance_for(name, wish.caller).map(drop))?;
            return Err(Failure::NoLookup);
        }
        let targets = able.into_iter().map(|instance| Target::having(instance, handle)).collect();
        self.find(targets, wish, deadline).await.person(&handle.uri(), wish)
    }

    /// The one contact among these that there is, merged with the same person's contacts in the other instances.
    pub(super) async fn linked(
        &self,
        targets: &[Target],
        wish: &Wish<'_>,
        deadline: Instant,
    ) -> Result<Served, Failure> {
        let first = self.one(targets, wish, deadline).await?;
        let Some(contact) = contact_of(&first) else { return Ok(first) };
        let others = |instance: &&Arc<Instance>| contact.provider.as_deref() != Some(&instance.name);
        let handles: Vec<_> = Handle::all_of(&contact).take(MOST_HANDLES).collect();
        let able = self.open_to(wish.caller).filter(others).flat_map(|instance| {
            let handles = handles.iter().filter(|handle| can_find(&instance.kind.capabilities, handle));
            handles.map(|handle| Target::having(instance, handle))
        });
        let mut findings = self.find(able.collect(), wish, deadline).await;
        let id = contact.id.clone();
        findings.parts.push(first);
        findings.contacts.push(contact);
        findings.person(&id, wish)
    }

    /// Asks all of these side by side, and reads the contacts that they know of.
    async fn find(&self, targets: Vec<Target>, wish: &Wish<'_>, deadline: Instant) -> Findings {
        let until = deadline.checked_sub(MERGING).unwrap_or(deadline);
        let asked = join_all(targets.iter().map(async |target| (target, self.page(target, wish, until).await))).await;
        let mut findings = Findings::default();
        for (target, outcome) in asked {
            match outcome {
                Err(failure) => findings.unreachable.push((Arc::clone(&target.instance.name), failure)),
                Ok(served) => {
                    if let Content::Known(ids) = served.page.content() {
                        let contacts = ids.iter().map(|id| Target::new(&target.instance, id)).collect::<Vec<_>>();
                        self.read(&contacts, wish, deadline, &mut findings).await;
                    } else {
                        findings.absent = Some(match findings.absent.take() {
                            Some(other) => other.sooner(served.clone()),
                            None => served.clone(),
                        });
                    }
                    findings.parts.push(served);
                }
            }
        }
        findings
    }

    /// Reads contacts that have just been found, and so are in memory, as a rule.
    async fn read(&self, targets: &[Target], wish: &Wish<'_>, deadline: Instant, findings: &mut Findings) {
        let wish = Wish { demand: Demand { no_cache: false, ..wish.demand }, ..*wish };
        for target in targets {
            match self.page(target, &wish, deadline).await {
                Ok(served) => {
                    if let Some(contact) = contact_of(&served) {
                        findings.parts.push(served);
                        findings.contacts.push(contact);
                    }
                }
                Err(failure) => findings.unreachable.push((Arc::clone(&target.instance.name), failure)),
            }
        }
    }
}

impl Findings {
    /// Merges what was found.
    fn person(self, id: &str, wish: &Wish<'_>) -> Result<Served, Failure> {
        if self.contacts.is_empty() {
            // That there is nobody is only said if everybody has said so.
            return match (self.unreachable.into_iter().next(), self.absent) {
                (Some((_, failure)), _) => Err(failure),
                (None, Some(absent)) => Ok(Served { provider: None, is_own: false, ..absent }),
                (None, None) => Err(Failure::NoLookup),
            };
        }
        let told = |(provider, failure): &(Arc<str>, Failure)| Unreachable {
            provider: provider.to_string(),
            code: (wish.told)(failure).to_owned(),
        };
        let unreachable = self.unreachable.iter().map(told).collect();
        let merged = merge(id, self.contacts, unreachable);
        let pages: Vec<_> = self.parts.iter().map(|part| part.page.clone()).collect();
        let page = Page::made_of(&merged, &pages).map_err(|_| Failure::NoLookup)?;
        let at = Instant::now();
        Ok(Served {
            left: page.time_to_live(at),
            page,
            at,
            via: self.parts.iter().map(|part| part.via).reduce(Via::and).unwrap_or(Via::Memory),
            failure: self.parts.iter().find_map(|part| part.failure.clone()),
            provider: None,
            is_own: false,
        })
    }
}

/// The contact on a page.
fn contact_of(served: &Served) -> Option<Contact> {
    match served.page.content() {
        Content::Found(body) => serde_json::from_slice(body).ok(),
        Content::Known(_) | Content::Absent => None,
    }
}

fn can_find(capabilities: &Capabilities, handle: &Handle) -> bool {
    match handle {
        Handle::Phone(_) => capabilities.find_by_phone,
        Handle::Email(_) => capabilities.find_by_email,
    }
}
