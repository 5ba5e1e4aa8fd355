//! What a new configuration changes, by the names of its keys.

use std::collections::BTreeSet;

use super::Config;

/// What a new configuration changes. No part of it holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The keys whose values are other ones, such as `server.deadline` or `providers.rocketchat`.
    pub now: BTreeSet<String>,
    /// Those of which the program can take notice only when it starts.
    pub at_the_next_start: BTreeSet<String>,
}

impl Config {
    /// What changes from this configuration to the next one.
    #[must_use]
    pub fn changes(&self, next: &Self) -> Changes {
        let mut changes = Changes::default();
        let later = &mut changes.at_the_next_start;
        note(later, "server.listen", self.server.listen != next.server.listen);
        note(later, "server.workers", self.server.workers != next.server.workers);
        note(later, "cache.capacity", self.cache.capacity != next.cache.capacity);
        note(later, "redis", self.redis != next.redis);
        note(later, "log.format", self.log.format != next.log.format);
        note(later, "log.ids", self.log.ids != next.log.ids);
        note(later, "traces", self.traces != next.traces);
        let now = &mut changes.now;
        note(now, "log.level", self.log.level != next.log.level);
        note(now, "log.slow", self.log.lines.slow != next.log.lines.slow);
        note(now, "log.sample", self.log.lines.sample != next.log.lines.sample);
        note(now, "server.deadline", self.server.deadline != next.server.deadline);
        note(now, "auth.open", self.auth.open != next.auth.open);
        for name in self.auth.keys.iter().chain(&next.auth.keys).map(|key| &key.name) {
            let find = |config: &'_ Self| config.auth.keys.iter().find(|key| key.name == *name).cloned();
            note(now, &format!("auth.keys.{name}"), find(self) != find(next));
        }
        for name in self.providers.iter().chain(&next.providers).map(|provider| &provider.instance.name) {
            match (self.provider(name), next.provider(name)) {
                (Some(old), Some(new)) if old.is_same_account(new) => {
                    note(now, &format!("providers.{name}.cache"), old.cache != new.cache);
                }
                _ => note(now, &format!("providers.{name}"), true),
            }
        }
        changes
    }
}

fn note(changes: &mut BTreeSet<String>, key: &str, is_changed: bool) {
    if is_changed {
        changes.insert(key.to_owned());
    }
}
