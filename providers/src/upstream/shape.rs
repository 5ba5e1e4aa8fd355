//! What a route's answers look like as far as is documented, so that a change of the upstream's is noticed.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::drift::{Deviation, Difference};

/// The most undocumented fields that are told of one document: more than are told apart, so that the others can be counted.
const MOST_UNKNOWN: usize = super::drift::MOST_UNKNOWN + 1;

/// A documented value. `null` is one everywhere: upstreams have it for whatever they don't know.
#[derive(Debug)]
pub enum Shape {
    /// Anything: what the gateway passes on as it is, or does not read.
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of such values.
    List(&'static Shape),
    /// An object with keys of somebody's own making.
    Map,
    /// An object with these fields.
    Object(&'static [Field]),
    /// One of several, told apart by their JSON types.
    Either(&'static [Shape]),
}

/// A documented field of an object.
#[derive(Debug)]
pub struct Field {
    name: &'static str,
    shape: &'static Shape,
    is_always_there: bool,
}

impl Field {
    /// A field that may be left out.
    #[must_use]
    pub const fn new(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, is_always_there: false }
    }

    /// A field that every such object has, be it `null`.
    #[must_use]
    pub const fn always(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, is_always_there: true }
    }
}

/// The type of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    Flag,
    List,
    Object,
}

impl Shape {
    /// Where a JSON text differs from this shape, each place once; of fields that nobody has documented, the first
    /// few dozen: more would cost time, and tell nothing. Nothing of a text that is no JSON.
    #[must_use]
    pub fn differences(&'static self, json: &[u8]) -> Vec<Difference> {
        // Of what is known to be a text as a whole, no single text need be looked at again.
        match std::str::from_utf8(json) {
            Ok(text) => self.differences_of(&mut serde_json::Deserializer::from_str(text)),
            Err(_) => self.differences_of(&mut serde_json::Deserializer::from_slice(json)),
        }
    }

    fn differences_of<'de>(&'static self, json: impl Deserializer<'de>) -> Vec<Difference> {
        let mut found = Found::default();
        let look = Look { shape: self, place: &Place::Root, found: &mut found };
        if look.deserialize(json).is_err() { Vec::new() } else { found.differences }
    }

    /// What this shape says of values of a type, if it knows any.
    fn of(&'static self, sort: Type) -> Option<&'static Self> {
        let known = match self {
            Self::Either(shapes) => return shapes.iter().find_map(|shape| shape.of(sort)),
            Self::Any => true,
            Self::Text => sort == Type::Text,
            Self::Number => sort == Type::Number,
            Self::Flag => sort == Type::Flag,
            Self::List(_) => sort == Type::List,
            Self::Map | Self::Object(_) => sort == Type::Object,
        };
        known.then_some(self)
    }
}

/// Where in the document we are, from the inside out.
enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'static str),
    Item(&'a Place<'a>),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("(root)"),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(object, name) => write!(f, "{object}.{name}"),
            Self::Item(Self::Root) => f.write_str("[]"),
            Self::Item(list) => write!(f, "{list}[]"),
        }
    }
}

/// One value that is read as it comes, and kept by nobody.
struct Look<'a> {
    shape: &'static Shape,
    place: &'a Place<'a>,
    found: &'a mut Found,
}

/// What has been found so far: little enough to be searched from end to end.
#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
    unknown: usize,
}

impl Found {
    fn note(&mut self, deviation: Deviation, field: String) {
        let difference = Difference { field, deviation };
        if !self.differences.contains(&difference) {
            self.unknown += usize::from(deviation == Deviation::Unknown);
            self.differences.push(difference);
        }
    }

    fn note_unknown(&mut self, object: &Place<'_>, name: &str) {
        if self.unknown < MOST_UNKNOWN {
            self.note(Deviation::Unknown, within(object, name));
        }
    }
}

impl Look<'_> {
    fn meets(self, sort: Type) {
        if self.shape.of(sort).is_none() {
            self.found.note(Deviation::Type, self.place.to_string());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.shape {
            Shape::Any => IgnoredAny::deserialize(deserializer).map(drop),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.meets(Type::Flag);
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.meets(Type::Number);
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.meets(Type::Number);
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.meets(Type::Number);
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.meets(Type::Text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some(Shape::List(shape)) = self.shape.of(Type::List) else {
            self.meets(Type::List);
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let place = Place::Item(self.place);
        while items.next_element_seed(Look { shape, place: &place, found: &mut *self.found })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some(Shape::Object(fields)) = self.shape.of(Type::Object) else {
            self.meets(Type::Object);
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        // A bit for each field; no object is documented to have more of them.
        let mut seen = 0_u64;
        while let Some(key) = entries.next_key_seed(Key)? {
            let Some(number) = fields.iter().position(|field| field.name == key) else {
                entries.next_value::<IgnoredAny>()?;
                self.found.note_unknown(self.place, &key);
                continue;
            };
            seen |= 1 << number;
            let Field { name, shape, .. } = &fields[number];
            let place = Place::Field(self.place, name);
            entries.next_value_seed(Look { shape, place: &place, found: &mut *self.found })?;
        }
        for (number, field) in fields.iter().enumerate() {
            if field.is_always_there && seen & (1 << number) == 0 {
                self.found.note(Deviation::Missing, within(self.place, field.name));
            }
        }
        Ok(())
    }
}

fn within(object: &Place<'_>, name: &str) -> String {
    match object {
        Place::Root => name.to_owned(),
        object => format!("{object}.{name}"),
    }
}

/// A key, copied only where it has escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CHAT: Shape = Shape::Object(&[Field::always("id", &Shape::Text), Field::new("at", &Shape::Text)]);
    static CONTACT: Shape = Shape::Object(&[
        Field::always("name", &Shape::Text),
        Field::new("owner", &Shape::Either(&[Shape::Text, CHAT_OR_NOT])),
        Field::new("chats", &Shape::List(&CHAT)),
        Field::new("fields", &Shape::Map),
        Field::new("rest", &Shape::Any),
    ]);
    const CHAT_OR_NOT: Shape = Shape::Object(&[Field::always("id", &Shape::Text)]);

    fn differences(json: &str) -> Vec<String> {
        let found = CONTACT.differences(json.as_bytes());
        found.into_iter().map(|Difference { field, deviation }| format!("{} {field}", deviation.name())).collect()
    }

    #[test]
    fn what_is_documented_and_what_is_null_is_no_difference() {
        for json in [
            r#"{"name":"A"}"#,
            r#"{"name":null,"owner":null,"chats":null,"fields":null,"rest":null}"#,
            r#"{"name":"A","owner":"u","chats":[],"fields":{"any":[1]},"rest":[{}]}"#,
            r#"{"name":"A","owner":{"id":"u"},"chats":[{"id":"c"},null],"rest":1}"#,
            "null",
        ] {
            assert_eq!(differences(json), [""; 0], "{json}");
        }
    }

    #[test]
    fn each_difference_is_told_once_with_its_place() {
        let json = r#"{"title":"A","owner":7,"chats":[{"id":1},{"id":2},{"at":"now","by":{}}],"fields":[]}"#;
        let expected = [
            "unknown title",
            "type owner",
            "type chats[].id",
            "unknown chats[].by",
            "missing chats[].id",
            "type fields",
            "missing name",
        ];
        assert_eq!(differences(json), expected);
        assert_eq!(differences("[]"), ["type (root)"]);
        assert_eq!(differences(r#"{"name":"A","owner":{"id":[]}}"#), ["type owner.id"]);
        assert_eq!(differences("{\"na\\u006de\":\"A\"}"), [""; 0], "an escaped key is the same key");
    }

    #[test]
    fn a_document_of_many_undocumented_fields_is_read_to_its_end_and_told_of_in_part() {
        let many: String = (0..100_000).map(|number| format!(r#""key{number}":1,"#)).collect();
        let differences = differences(&format!(r#"{{{many}"name":7}}"#));
        assert_eq!(differences.len(), MOST_UNKNOWN + 1);
        assert_eq!(differences.last().unwrap(), "type name");
    }

    #[test]
    fn what_is_no_json_has_no_differences() {
        for text in ["", "<html>", r#"{"title":"#] {
            assert_eq!(differences(text), [""; 0], "{text}");
        }
    }
}
