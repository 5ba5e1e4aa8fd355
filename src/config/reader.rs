//! A table of the configuration that knows what was asked of it, and notes every mistake on the way.
//!
//! serde would stop at the first one, and know neither the key nor a remedy.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use config::{Value, ValueKind};

use super::{Mistake, layers, spelling};

/// A table that knows where it stands, and who has asked for what.
///
/// Every value that it hands out is taken from it. Whatever is left when it is [finished](Self::finish) is unknown.
/// `None` stands for "not there" and for "there, but mistaken", which has been noted.
pub(super) struct Table<'a> {
    path: String,
    values: HashMap<String, Value>,
    from_environment: BTreeSet<String>,
    asked: BTreeSet<String>,
    /// Something else stands in its place, which has been noted: what it lacks is no news.
    is_broken: bool,
    mistakes: &'a RefCell<Vec<Mistake>>,
}

impl<'a> Table<'a> {
    /// The table that holds all others.
    pub(super) fn root(values: HashMap<String, Value>, mistakes: &'a RefCell<Vec<Mistake>>) -> Self {
        Self::at(String::new(), values, mistakes)
    }

    fn at(path: String, values: HashMap<String, Value>, mistakes: &'a RefCell<Vec<Mistake>>) -> Self {
        let theirs = values.iter().filter(|(_, value)| layers::is_from_environment(value));
        let from_environment = theirs.map(|(key, _)| key.clone()).collect();
        Self { path, values, from_environment, asked: BTreeSet::new(), is_broken: false, mistakes }
    }

    /// The keys that are there and that nobody has asked for yet, sorted.
    pub(super) fn keys(&self) -> BTreeSet<String> {
        self.values.keys().cloned().collect()
    }

    /// Whether the key is there, and nobody has taken its value yet.
    pub(super) fn has(&mut self, key: &str) -> bool {
        self.asked.insert(key.to_owned());
        self.values.contains_key(key)
    }

    /// Notes a mistake about one of this table's keys.
    pub(super) fn mistake(&self, key: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        if self.is_broken {
            return;
        }
        let key_path = self.path_of(key);
        let mut problem = problem.into();
        if self.from_environment.contains(key) {
            problem = format!("{problem} (set by {})", layers::variable(&key_path));
        }
        self.mistakes.borrow_mut().push(Mistake { key: key_path, problem, remedy: remedy.into() });
    }

    /// Notes a mistake about this table as a whole.
    pub(super) fn is_wrong(&self, problem: &str, remedy: &str) {
        if self.is_broken {
            return;
        }
        let mistake = Mistake { key: self.path.clone(), problem: problem.into(), remedy: remedy.into() };
        self.mistakes.borrow_mut().push(mistake);
    }

    /// Notes that a key must be there, where it isn't. To be called before its value is taken.
    pub(super) fn require(&mut self, key: &str, remedy: &str) {
        if !self.has(key) {
            self.mistake(key, "is missing", remedy);
        }
    }

    /// The table at this key; an empty one where there is none.
    pub(super) fn table(&mut self, key: &str) -> Self {
        let path = self.path_of(key);
        match self.take(key).map(|value| value.kind) {
            Some(ValueKind::Table(values)) => Self::at(path, values, self.mistakes),
            None => Self { is_broken: self.is_broken, ..Self::at(path, HashMap::new(), self.mistakes) },
            Some(_) => {
                self.mistake(key, "must be a table", format!("write [{path}] and its keys below"));
                Self { is_broken: true, ..Self::at(path, HashMap::new(), self.mistakes) }
            }
        }
    }

    /// Notes every key that nobody has asked for.
    pub(super) fn finish(self) {
        for key in self.keys() {
            let remedy = match spelling::nearest(&key, self.asked.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if self.asked.is_empty() => "remove it".to_owned(),
                None => format!("the keys here are {}", Vec::from_iter(self.asked.clone()).join(", ")),
            };
            self.mistake(&key, "is unknown", remedy);
        }
    }

    /// A value as it was read, which stays where it is.
    pub(super) fn peek(&self, key: &str) -> Option<&ValueKind> {
        self.values.get(key).map(|value| &value.kind)
    }

    /// A value as it was read; asks for it and removes it.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.asked.insert(key.to_owned());
        self.values.remove(key)
    }

    fn path_of(&self, key: &str) -> String {
        let is_bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        let key = if is_bare { key.to_owned() } else { format!("{key:?}") };
        if self.path.is_empty() { key } else { format!("{}.{key}", self.path) }
    }
}
