//! The pages of one account in Redis, behind those in memory: the same bytes, for as long as they would be kept there.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use providers::{Priority, Spent};
use redis::{FromRedisValue as _, RedisResult, ScriptInvocation, Value};
use tokio::{sync::broadcast, time::Instant};

use super::{
    Shared, digest, micros, millis,
    news::{Message, What},
    scripts,
};

/// Who has not been heard for so long asks no provider any more: the others need not wait for it.
pub(super) const HEARD: Duration = Duration::from_millis(500);
/// How often whoever waits for another gateway looks whether it is still there.
pub(crate) const GLANCE: Duration = Duration::from_millis(250);
/// How long a question can be under way, at the very most; so long, what is dropped is remembered.
const UNDER_WAY: Duration = Duration::from_secs(15 * 60);
/// What the pages look like. Another version's may look different.
const FORM: &str = env!("CARGO_PKG_VERSION");

/// The pages of one account. Ids are those behind the instance's name; keys hold nothing but digests of them.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    account: Arc<str>,
}

/// A page, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// What kind of page it is: the gateway's own word.
    pub kind: String,
    /// Its bytes.
    pub body: Bytes,
    /// How long ago the provider was asked for it.
    pub asked: Duration,
    /// How long ago it answered.
    pub age: Duration,
    /// What it took to ask.
    pub spent: Spent,
}

/// A wish to ask the provider.
#[derive(Debug, Clone, Copy)]
pub struct Intent {
    /// How urgent it is.
    pub priority: Priority,
    /// How long it may take.
    pub longest: Duration,
    /// A page that is fresh and no older than this will do instead.
    pub oldest: Duration,
}

/// What is known of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The page, fresh or not.
    pub page: Option<Stored>,
    /// Who asks for the next one. None: nobody does, as far as is known.
    pub lease: Option<Lease>,
}

/// Who asks the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// This gateway.
    Own,
    /// Another one, of which there will be news.
    Others,
}

impl Store {
    /// The pages of an account. The same text stands for the same account in every gateway. Pages in memory whose keys begin
    /// with `prefix` are copies of them.
    #[must_use]
    pub fn new(shared: &Arc<Shared>, account: &str, prefix: &str) -> Self {
        let account: Arc<str> = account.into();
        shared.copies.lock().push((Arc::clone(&account), prefix.into()));
        Self { shared: Arc::clone(shared), account }
    }

    /// What was read earlier may be outdated: news of it may not have been heard.
    #[must_use]
    pub fn heard_since(&self) -> Option<Instant> {
        self.shared.heard_since()
    }

    /// Looks for a page, and who asks for the next one. `None`: Redis does not answer now.
    pub async fn look(&self, id: &str, intent: Option<Intent>) -> Option<Look> {
        let key = self.key(id);
        let mut question = scripts::LOOK.key(&key);
        question.key(self.mark()).key(lease(&key)).key(self.shared.members.key("gateways"));
        question.arg(FORM).arg(&self.shared.members.gateway);
        match intent {
            None => question.arg("").arg(0).arg(0),
            Some(Intent { priority, longest, oldest }) => {
                let urgency = if priority == Priority::Live { "live" } else { "batch" };
                question.arg(urgency).arg(millis(longest).max(1)).arg(micros(oldest))
            }
        };
        question.arg(micros(HEARD));
        read(self.shared.link.ask(&question).await?).ok()
    }

    /// Keeps a page for so long, unless it is outdated. It is fresh for `fresh`. Returns at once.
    pub fn keep(&self, id: &str, page: Stored, fresh: Duration, time: Duration) {
        let key = self.key(id);
        let mut question = scripts::KEEP.key(&key);
        question.key(self.mark()).key(lease(&key)).key(self.shared.channel()).arg(&self.shared.members.gateway);
        question.arg(micros(page.asked)).arg(micros(page.age)).arg(millis(time).max(1)).arg(micros(fresh));
        question.arg(FORM).arg(page.kind).arg(&*page.body);
        let Spent { waiting, upstream, pausing } = page.spent;
        question.arg(format!("{} {} {}", waiting.as_micros(), upstream.as_micros(), pausing.as_micros()));
        question.arg(self.message(What::Newer, Some(id)).write());
        let (store, id) = (self.clone(), id.to_owned());
        self.shared.runtime.spawn(async move {
            if store.shared.link.ask::<()>(&question).await.is_none() {
                store.release(&id);
            }
        });
    }

    /// Says that this gateway asks the provider no more. Returns at once.
    pub fn release(&self, id: &str) {
        let mut question = scripts::RELEASE.key(lease(&self.key(id)));
        question.key(self.shared.channel()).arg(&self.shared.members.gateway);
        question.arg(self.message(What::Released, Some(id)).write());
        let shared = Arc::clone(&self.shared);
        self.shared.runtime.spawn(async move { shared.link.insist::<()>(&question).await });
    }

    /// Forgets a page, everywhere, and whatever has been asked of the provider by now. Without an id: all pages. Returns at once.
    pub fn forget(&self, id: Option<&str>) {
        self.shared.tell(self.message(What::Outdated, id));
    }

    /// The contact that has this channel is outdated, and some gateway may know which. Returns at once.
    pub fn forget_channel(&self, channel: &str) {
        self.shared.tell(self.message(What::Channel, Some(channel)));
    }

    /// Hears of changes from now on.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear(self.shared.moved.subscribe())
    }

    /// Returns once there is news of this page.
    pub async fn moved(&self, id: &str, ear: &mut Ear) {
        let key = self.key(id);
        // Who has missed something looks again; nobody sends any more only at the very end.
        while ear.0.recv().await.is_ok_and(|moved| *moved != *key) {}
    }

    fn message(&self, what: What, id: Option<&str>) -> Message {
        let (from, account) = (self.shared.members.gateway.clone(), self.account.to_string());
        Message { from, what, account, id: id.map(str::to_owned) }
    }

    fn key(&self, id: &str) -> String {
        self.shared.page_key(&self.account, Some(id))
    }

    fn mark(&self) -> String {
        self.shared.page_key(&self.account, None)
    }
}

impl Shared {
    /// What makes a message take effect in Redis, and for everybody.
    pub(super) fn effect(&self, message: &Message) -> ScriptInvocation<'static> {
        let is_mark = message.id.is_none();
        let mut question = scripts::DROP.key(self.page_key(&message.account, message.id.as_deref()));
        question.key(self.channel()).arg(millis(UNDER_WAY)).arg(message.write()).arg(u8::from(is_mark));
        question
    }

    /// The key of a page; without an id, of the account's mark.
    pub(super) fn page_key(&self, account: &str, id: Option<&str>) -> String {
        match id {
            Some(id) => self.members.key(&format!("page:{}", digest([account, id]))),
            None => self.members.key(&format!("mark:{account}")),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("account", &self.account).finish_non_exhaustive()
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("kind", &self.kind).field("age", &self.age).finish_non_exhaustive()
    }
}

/// Hears of changes.
#[derive(Debug)]
pub struct Ear(broadcast::Receiver<Arc<str>>);

fn lease(key: &str) -> String {
    format!("{key}:lease")
}

fn read(answer: Vec<Value>) -> RedisResult<Look> {
    let mut answer = answer.into_iter();
    let mut next = || answer.next().unwrap_or(Value::Nil);
    let lease = match &*String::from_redis_value(next())? {
        "lead" => Some(Lease::Own),
        "follow" => Some(Lease::Others),
        _ => None,
    };
    let asked = next();
    if asked == Value::Nil {
        return Ok(Look { page: None, lease });
    }
    // A clock that was set back makes nothing younger than new.
    let time = |value: Value| i64::from_redis_value(value).map(|us| Duration::from_micros(us.max(0).unsigned_abs()));
    let (asked, age) = (time(asked)?, time(next())?);
    let (kind, body) = (String::from_redis_value(next())?, Bytes::from(Vec::<u8>::from_redis_value(next())?));
    let spent = String::from_redis_value(next())?;
    let mut spent = spent.split(' ').map(|us| Duration::from_micros(us.parse().unwrap_or(0)));
    let mut part = || spent.next().unwrap_or_default();
    let spent = Spent { waiting: part(), upstream: part(), pausing: part() };
    Ok(Look { page: Some(Stored { kind, body, asked, age, spent }), lease })
}
