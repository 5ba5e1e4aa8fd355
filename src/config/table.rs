//! A table of the raw configuration that hands out checked values, and collects everything that is wrong with it.
//!
//! serde would stop at the first mistake; whoever writes a configuration wants to hear of all of them.

use std::{collections::HashMap, fmt::Display, fs, time::Duration};

use bytesize::ByteSize;
use config::{Value, ValueKind};

use super::Mistakes;

/// Beyond that, a suggestion is no help.
const FARTHEST: usize = 3;

/// A table, of which every entry must be asked for once; what is left at the end is unknown.
pub(super) struct Table {
    path: String,
    entries: HashMap<String, Value>,
    asked: Vec<&'static str>,
}

impl Table {
    /// The table at the root.
    pub(super) fn root(entries: HashMap<String, Value>) -> Self {
        Self { path: String::new(), entries, asked: Vec::new() }
    }

    /// The full name of a key in here.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The names in here, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.entries.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        self.entries.remove(name)
    }

    /// A table in here; an empty one if there is none.
    pub(super) fn table(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Self {
        self.asked.push(name);
        self.table_named(name, mistakes)
    }

    /// A table whose name is the user's own.
    pub(super) fn table_named(&mut self, name: &str, mistakes: &mut Mistakes) -> Self {
        let path = self.key(name);
        let entries = match self.entries.remove(name).map(|value| value.kind) {
            None => HashMap::new(),
            Some(ValueKind::Table(entries)) => entries.into_iter().collect(),
            Some(_) => {
                mistakes.add(&path, format!("must be a table: [{path}]"));
                HashMap::new()
            }
        };
        Self { path, entries, asked: Vec::new() }
    }

    /// A text, as it stands.
    pub(super) fn text(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Option<String> {
        match self.take(name)?.kind {
            ValueKind::String(text) => Some(text),
            _ => {
                mistakes.add(self.key(name), "must be a text in quotes");
                None
            }
        }
    }

    /// A text that `read` understands; the mistake quotes it.
    fn parsed<T, E: Display>(
        &mut self,
        name: &'static str,
        form: &str,
        mistakes: &mut Mistakes,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = match self.take(name)?.kind {
            ValueKind::String(text) => text,
            ValueKind::I64(number) => number.to_string(),
            _ => {
                mistakes.add(self.key(name), format!("must be {form}"));
                return None;
            }
        };
        read(&text).map_err(|_| mistakes.add(self.key(name), format!("must be {form}, not {text:?}"))).ok()
    }

    /// A duration with its unit.
    pub(super) fn duration(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Option<Duration> {
        let form = "a duration with its unit, such as \"500ms\", \"60s\", \"10m\" or \"24h\"";
        self.parsed(name, form, mistakes, |text| match text {
            // humantime takes a bare 0; a unit that one time is needed and another not is a trap.
            "0" => Err("no unit".to_owned()),
            text => humantime::parse_duration(text).map_err(|error| error.to_string()),
        })
    }

    /// A size with its unit, in bytes.
    pub(super) fn size(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Option<u64> {
        self.parsed(name, "a size with its unit, such as \"256MiB\"", mistakes, |text| {
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err("no unit".to_owned());
            }
            text.parse::<ByteSize>().map(|size| size.as_u64())
        })
    }

    /// A whole number; from the environment it comes as a text.
    pub(super) fn whole<T: std::str::FromStr>(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Option<T>
    where
        T::Err: Display,
    {
        self.parsed(name, "a whole number that is not negative and not too large", mistakes, str::parse::<T>)
    }

    /// A boolean; from the environment it comes as a text.
    pub(super) fn flag(&mut self, name: &'static str, mistakes: &mut Mistakes) -> Option<bool> {
        let value = self.take(name)?.kind;
        let flag = match &value {
            ValueKind::Boolean(flag) => Some(*flag),
            ValueKind::String(text) => text.parse().ok(),
            _ => None,
        };
        if flag.is_none() {
            mistakes.add(self.key(name), "must be true or false");
        }
        flag
    }

    /// A text that may be a secret: given here, or in the file that `<name>_file` names. Never quoted.
    pub(super) fn secret(&mut self, name: &'static str, file: &'static str, mistakes: &mut Mistakes) -> Option<String> {
        let here = self.text(name, mistakes);
        let path = self.text(file, mistakes);
        match (here, path) {
            (Some(_), Some(_)) => {
                mistakes.add(self.key(name), format!("is given twice: leave out this key or `{file}`"));
                None
            }
            (here, None) => here,
            (None, Some(path)) => match fs::read_to_string(&path) {
                Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => {
                    mistakes.add(self.key(file), format!("can't read {path:?}: {error}"));
                    None
                }
            },
        }
    }

    /// Reports what nobody has asked for.
    pub(super) fn finish(self, mistakes: &mut Mistakes) {
        for name in self.names() {
            let known = self.asked.iter().filter(|known| !known.ends_with("_file"));
            let nearest = known.map(|known| (strsim::damerau_levenshtein(known, &name), known)).min();
            let remedy = match nearest {
                Some((distance, near)) if distance <= FARTHEST => format!("did you mean `{near}`?"),
                _ => "remove it".to_owned(),
            };
            mistakes.add(self.key(&name), format!("is not a key that this version knows; {remedy}"));
        }
    }
}
