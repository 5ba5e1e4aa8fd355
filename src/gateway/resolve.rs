//! From the text of an id to the contacts that it may mean.

use std::sync::Arc;

use providers::{Handle, InvalidId, LocalId};

use super::{Caller, Failure, Instance};
use crate::telemetry;

/// Something that one instance can be asked for.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) instance: Arc<Instance>,
    pub(super) question: Question,
    /// Under which the answer is kept, see [`Instance::key`]. All spellings of one id share it.
    pub(super) key: Arc<str>,
}

/// What an instance is asked.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// For the contact with this id, in the provider's canonical spelling.
    Contact(LocalId),
    /// For the same, with the provider's own document.
    Document(LocalId),
    /// Which contacts have this number or address.
    Find(Handle),
}

/// Parts a key that is no contact's: no id has it.
const MARK: char = '\u{1}';

/// Finds the contacts that `text` may mean: at least one. The instances stand in the order of their names.
///
/// An instance's name before the first colon decides. Else, the id is bare: it goes to `provider`, or to those instances
/// whose kind recognises its shape, or to all, of those that the caller may ask.
pub(super) fn resolve(
    instances: &[Arc<Instance>],
    caller: &Caller,
    text: &str,
    provider: Option<&str>,
) -> Result<Vec<Target>, Failure> {
    let targets = candidates(instances, caller, text, provider)?;
    // Whichever way led to them.
    match targets.iter().find(|target| !caller.may_ask(&target.instance.name)) {
        Some(target) => Err(Failure::Forbidden { provider: Arc::clone(&target.instance.name) }),
        None => Ok(targets),
    }
}

fn candidates(
    instances: &[Arc<Instance>],
    caller: &Caller,
    text: &str,
    provider: Option<&str>,
) -> Result<Vec<Target>, Failure> {
    // The name of an instance is no part of its contact's id, which may be as long as any.
    let whole = || LocalId::parse(text);
    let named = |name: &str| Instance::named(instances, name);
    let open = || instances.iter().filter(|instance| caller.may_ask(&instance.name));
    let unknown = || Failure::UnknownProvider { known: open().map(|i| i.name.to_string()).collect() };
    // Found among bytes, which for so short a text takes a fifth of the time of looking for a character.
    let colon = text.bytes().position(|byte| byte == b':');
    let prefix = colon.map(|colon| (&text[..colon], &text[colon + 1..]));
    let prefix = prefix.map(|(prefix, rest)| (prefix, rest, named(prefix)));

    match (prefix, provider) {
        (Some((_, rest, Some(instance))), None) => Ok(vec![qualified(instance, rest)?]),
        (Some((prefix, rest, Some(instance))), Some(provider)) => match named(provider) {
            Some(_) if provider == prefix => Ok(vec![qualified(instance, rest)?]),
            Some(_) => Err(Failure::TwoProviders),
            None => Err(unknown()),
        },
        (_, Some(provider)) => {
            let whole = whole()?;
            named(provider).map(|instance| vec![Target::new(instance, &whole)]).ok_or_else(unknown)
        }
        (Some((prefix, _, None)), None) if Instance::RESERVED.contains(&prefix) => Err(Failure::NoLookup),
        (prefix, None) => {
            let whole = whole()?;
            let recognising: Vec<_> = open().filter(|i| (i.kind.recognises)(&whole)).collect();
            if !recognising.is_empty() {
                return Ok(recognising.into_iter().map(|instance| Target::new(instance, &whole)).collect());
            }
            match prefix {
                Some((prefix, _, _)) if Instance::is_name(prefix) => Err(unknown()),
                _ => Ok(open().map(|instance| Target::new(instance, &whole)).collect()),
            }
        }
    }
}

fn qualified(instance: &Arc<Instance>, rest: &str) -> Result<Target, InvalidId> {
    Ok(Target::new(instance, &LocalId::parse(rest)?))
}

impl Target {
    /// The contact with this id.
    pub(super) fn new(instance: &Arc<Instance>, id: &LocalId) -> Self {
        let id = (instance.kind.canonical)(id);
        let key = instance.key(id.as_str());
        Self { instance: Arc::clone(instance), question: Question::Contact(id), key }
    }

    /// The contacts that have this number or address.
    pub(super) fn having(instance: &Arc<Instance>, handle: &Handle) -> Self {
        let key = instance.key(&handle_id(handle));
        Self { instance: Arc::clone(instance), question: Question::Find(handle.clone()), key }
    }

    /// `instance:id`, as callers write it.
    pub(super) fn qualified(&self) -> String {
        format!("{}:{}", self.instance.name, self.instance.id_in(&self.key).unwrap_or_default())
    }

    /// As the log may show it: in one way, whatever led to it.
    pub(super) fn shown(&self) -> String {
        match &self.question {
            Question::Find(handle) => telemetry::shown(&handle.uri()),
            Question::Contact(id) | Question::Document(id) => {
                telemetry::shown(&format!("{}:{}", self.instance.name, id.as_str()))
            }
        }
    }

    /// The same contact, with the provider's own document.
    pub(super) fn with_document(self) -> Self {
        match self.question {
            Question::Contact(id) => {
                let key = format!("{}{MARK}document", self.key).into();
                Self { question: Question::Document(id), key, ..self }
            }
            question => Self { question, ..self },
        }
    }
}

/// What stands for a number or address in the place of an id.
pub(super) fn handle_id(handle: &Handle) -> String {
    format!("{MARK}{}", handle.uri())
}

/// What a fuzz target sees of [`resolve`]: the contacts' ids.
#[cfg(fuzzing)]
pub fn meanings(instances: &[Arc<Instance>], text: &str, provider: Option<&str>) -> Result<Vec<String>, Failure> {
    let targets = resolve(instances, &Caller::default(), text, provider)?;
    Ok(targets.iter().map(Target::qualified).collect())
}
