//! Reading what upstreams send: every value may be missing, `null`, or of another type than documented.
//!
//! Each type here reads any JSON value; what is not of its kind is unknown rather than an error. One odd field must not
//! cost the whole contact.

use std::{fmt, marker::PhantomData};

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor, value};
use serde_json::{Map, Value};

use crate::Time;

/// A text; a whole number counts as one.
#[derive(Default)]
pub(crate) struct Text(pub(crate) Option<String>);

impl Text {
    /// The text, unless it is missing or blank.
    pub(crate) fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| is_filled(text))
    }

    /// The same, to be kept.
    pub(crate) fn into_filled(self) -> Option<String> {
        self.0.filter(|text| is_filled(text))
    }

    pub(crate) fn time(&self) -> Option<Time> {
        self.filled().and_then(Time::parse)
    }
}

/// A boolean; `"true"` and `"false"` count as such.
#[derive(Default, Clone, Copy)]
pub(crate) struct Flag(pub(crate) Option<bool>);

/// A list; anything else is an empty one.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// An object, and if there is none, why.
#[derive(Default)]
pub(crate) enum Object<T> {
    #[default]
    Missing,
    Null,
    Other,
    Is(T),
}

impl<T> Object<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        match self {
            Self::Is(object) => Some(object),
            Self::Missing | Self::Null | Self::Other => None,
        }
    }

    pub(crate) fn into_option(self) -> Option<T> {
        match self {
            Self::Is(object) => Some(object),
            Self::Missing | Self::Null | Self::Other => None,
        }
    }
}

impl<T: Default> Object<T> {
    /// What it holds; nothing where it is not an object.
    pub(crate) fn or_empty(self) -> T {
        self.into_option().unwrap_or_default()
    }
}

/// Reads JSON. It is looked at as a text first: of what is known to be one, no single text need be looked at again.
pub(crate) fn from_json<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(json) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(json),
    }
}

/// Notes what is there under its own name; `null` says nothing.
pub(crate) fn keep(data: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let value = value.into();
    if !value.is_null() {
        data.insert(name.to_owned(), value);
    }
}

fn is_filled(text: &str) -> bool {
    !text.chars().all(char::is_whitespace)
}

macro_rules! any_value {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
    };
}

/// Says that values of these sorts are read, and thrown away.
macro_rules! otherwise {
    ($none:expr; $($sort:ident),*) => {$( otherwise!(@ $none, $sort); )*};
    (@ $none:expr, unit) => { fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($none) } };
    (@ $none:expr, bool) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok($none) } };
    (@ $none:expr, str) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok($none) } };
    (@ $none:expr, number) => {
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok($none) }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok($none) }
    };
    (@ $none:expr, float) => { fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok($none) } };
    (@ $none:expr, seq) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($none)
        }
    };
    (@ $none:expr, map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($none)
        }
    };
}
pub(crate) use {any_value, otherwise};

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Text;
            any_value!();
            otherwise!(Text(None); unit, bool, float, seq, map);
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Some(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Text, E> {
                Ok(Text(Some(text)))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }
        }
        deserializer.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Flag;
            any_value!();
            otherwise!(Flag(None); unit, number, float, seq, map);
            fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
                Ok(Flag(Some(flag)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
                Ok(Flag(text.parse().ok()))
            }
        }
        deserializer.deserialize_any(V)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for V<T> {
            type Value = List<T>;
            any_value!();
            otherwise!(List(Vec::new()); unit, bool, str, number, float, map);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
        }
        deserializer.deserialize_any(V(PhantomData))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for V<T> {
            type Value = Object<T>;
            any_value!();
            otherwise!(Object::Null; unit);
            otherwise!(Object::Other; bool, str, number, float, seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(value::MapAccessDeserializer::new(map)).map(Object::Is)
            }
        }
        deserializer.deserialize_any(V(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Document {
        text: Text,
        flag: Flag,
        list: List<Text>,
        object: Object<Map<String, Value>>,
    }

    #[test]
    fn a_value_of_any_type_is_read_everywhere() {
        for odd in ["null", "true", "\"x\"", "7", "-7", "1.5", "[]", "[null,1,{}]", "{}", "{\"a\":[1]}"] {
            let text = format!("{{\"text\":{odd},\"flag\":{odd},\"list\":{odd},\"object\":{odd},\"more\":{odd}}}");
            serde_json::from_str::<Document>(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
    }

    #[test]
    fn texts_of_booleans_are_booleans_and_numbers_are_texts() {
        let read: Document = serde_json::from_str(r#"{"text":42,"flag":"false","list":["a",null,3]}"#).unwrap();
        assert_eq!(read.text.filled(), Some("42"));
        assert_eq!(read.flag.0, Some(false));
        assert_eq!(read.list.0.iter().map(Text::filled).collect::<Vec<_>>(), [Some("a"), None, Some("3")]);
        assert!(matches!(read.object, Object::Missing));
    }

    #[test]
    fn a_number_is_the_same_to_its_last_digit() {
        for number in ["0.1", "122.416294033786585", "1.79769313486231523157e308", "12345678901234567890"] {
            let read: Document = serde_json::from_str(&format!(r#"{{"object":{{"n":{number}}}}}"#)).unwrap();
            assert_eq!(read.object.get().unwrap()["n"].as_f64(), number.parse().ok(), "{number}");
        }
    }
}
