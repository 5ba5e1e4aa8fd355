//! What the right answers are: every emulated contact, as an undisturbed gateway renders it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use contact_gateway::{
    app,
    config::Config,
    gateway::{Caller, Content, Gateway, Wish},
};
use providers::{KINDS, Rate};

use crate::{
    Outcome,
    dice::Dice,
    world::{self, configuration},
};

/// A rate that nothing reaches.
const PLENTY: Rate = Rate::per_seconds(100_000, 1);

/// How many of an upstream's contacts everybody asks for.
const POPULAR: usize = 8;
/// How many are asked for now and then, so that their pages get as old as they may.
const REGULAR: usize = 40;

/// The contacts of all upstreams.
pub(crate) struct Catalogue(pub(crate) Vec<Shelf>);

/// The contacts of one upstream.
pub(crate) struct Shelf {
    pub(crate) instance: &'static str,
    pub(crate) found: Vec<Arc<Known>>,
    /// Those of them that everybody asks for.
    pub(crate) popular: Vec<Arc<Known>>,
    regular: Vec<Arc<Known>>,
    /// Ids of erased contacts, and the one that never existed.
    pub(crate) gone: Vec<String>,
}

/// A contact, and what is answered with.
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) body: Bytes,
    pub(crate) etag: String,
    /// Asked for so often that nothing else takes its place in memory.
    pub(crate) is_popular: bool,
    /// The last moment at which the provider is known to have told it; kept for popular ones only.
    told: Mutex<Option<Instant>>,
}

/// What was known of a contact's page at some moment: when the provider had told it, at the earliest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry(Option<Instant>);

impl Entry {
    /// Whether the page is younger than this even now, and so was all the time.
    pub(crate) fn is_younger(self, limit: Duration) -> bool {
        self.0.is_some_and(|told| told.elapsed() < limit)
    }
}

impl Known {
    /// What is known of the page by now.
    pub(crate) fn entry(&self) -> Entry {
        Entry(*self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes note of an answer that is so many whole seconds old, and less than one more.
    pub(crate) fn note(&self, age: u64) {
        let told = Instant::now().checked_sub(Duration::from_secs(age + 1));
        if self.is_popular {
            let mut known = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            *known = (*known).max(told);
        }
    }
}

impl Catalogue {
    /// Asks for everything twice, from servers of their own: what is not the same twice can't be checked.
    pub(crate) async fn learn() -> Outcome<Self> {
        let (first, second) = (Self::look().await?, Self::look().await?);
        for (one, other) in first.0.iter().zip(&second.0) {
            let same = |(a, b): (&Arc<Known>, &Arc<Known>)| a.id == b.id && a.body == b.body && a.etag == b.etag;
            if one.found.len() != other.found.len() || !one.found.iter().zip(&other.found).all(same) {
                return Err(format!("{} makes up other contacts every time", one.instance).into());
            }
        }
        Ok(first)
    }

    async fn look() -> Outcome<Self> {
        let upstreams = world::upstreams(PLENTY).await?;
        let file = std::env::temp_dir().join(format!("contact-gateway-catalogue-{}.toml", std::process::id()));
        std::fs::write(&file, configuration(&upstreams, "", ""))?;
        let config = Config::load(Some(&file), None::<(String, String)>, KINDS);
        std::fs::remove_file(&file)?;
        let gateway = app::gateway(&config.map_err(|mistakes| mistakes.to_string())?)?;
        let mut shelves = Vec::new();
        for upstream in &upstreams {
            let (instance, emulation) = (upstream.name, upstream.emulation);
            let documented = emulation.documented.iter().map(|id| (*id).to_owned());
            let ids = documented.chain((emulation.made_up)()).chain([emulation.absent.to_owned()]);
            shelves.push(Shelf::look(&gateway, instance, ids).await?);
        }
        Ok(Self(shelves))
    }

    /// Any upstream's contacts.
    pub(crate) fn shelf(&self, dice: &mut Dice) -> &Shelf {
        dice.pick(&self.0)
    }
}

impl Shelf {
    async fn look(gateway: &Gateway, instance: &'static str, ids: impl Iterator<Item = String>) -> Outcome<Self> {
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for id in ids {
            let served = gateway.contact(&Wish::new(&format!("{instance}:{id}"), &Caller::default(), |_| "")).await?;
            match served.page.content() {
                Content::Found(body) => {
                    let says = serde_json::from_slice::<serde_json::Value>(body)?;
                    let told = says["id"].as_str().unwrap_or_default();
                    if told.split_once(':').is_none_or(|(name, local)| name != instance || !local.contains(&id)) {
                        return Err(format!("{instance}:{id} is answered with {told:?}").into());
                    }
                    let (body, etag, told) = (served.page.body(), served.page.etag().to_string(), Mutex::default());
                    found.push(Known { id, body, etag, is_popular: false, told });
                }
                Content::Known(_) | Content::Absent => gone.push(id),
            }
        }
        // Spread over the made-up people, so that every form of a contact is among them.
        let step = (found.len() / POPULAR).max(1);
        found.iter_mut().step_by(step).take(POPULAR).for_each(|known| known.is_popular = true);
        let found: Vec<_> = found.into_iter().map(Arc::new).collect();
        let popular = found.iter().filter(|known| known.is_popular).cloned().collect();
        let others = found.iter().filter(|known| !known.is_popular);
        let regular = others.step_by((found.len() / REGULAR).max(1)).take(REGULAR).cloned().collect();
        Ok(Self { instance, found, popular, regular, gone })
    }

    /// One of the few that everybody asks for.
    pub(crate) fn popular(&self, dice: &mut Dice) -> &Arc<Known> {
        dice.pick(&self.popular)
    }

    /// One of those that somebody asks for every few seconds.
    pub(crate) fn regular(&self, dice: &mut Dice) -> &Arc<Known> {
        dice.pick(&self.regular)
    }

    /// Any of them.
    pub(crate) fn any(&self, dice: &mut Dice) -> &Arc<Known> {
        dice.pick(&self.found)
    }
}
