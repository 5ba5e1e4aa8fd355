//! An id from outside, as text: a legal one finds its contacts, and stays inside its place in a URL.
#![no_main]

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use contact_gateway::gateway::{Ages, Instance, meanings};
use contact_gateway_fuzz::INSTANCE;
use libfuzzer_sys::{Corpus, fuzz_target};
use providers::{
    Call, ContactProvider, Error, ErrorKind, Found, KINDS, LocalId,
    fuzzing::urls,
    upstream::{Route, Upstream},
};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(input) else { return Corpus::Reject };
    finds_its_contacts(text);
    let Ok(id) = LocalId::parse(text) else { return Corpus::Keep };
    assert_eq!(id.as_str(), text);
    stays_in_its_place(&id);
    for kind in KINDS {
        let canonical = (kind.canonical)(&id);
        assert_eq!(LocalId::parse(canonical.as_str()).as_ref(), Ok(&canonical), "{}: not a legal id", kind.name);
        assert_eq!((kind.canonical)(&canonical), canonical, "{}: not canonical", kind.name);
        assert_eq!((kind.recognises)(&canonical), (kind.recognises)(&id), "{}: a spelling is not known", kind.name);
        stays_in_its_place(&canonical);
    }
    Corpus::Keep
});

/// What a text may mean is one contact each, which its own id means and nothing else.
fn finds_its_contacts(text: &str) {
    for provider in [None, Some("modern")] {
        for id in meanings(&INSTANCES, text, provider).into_iter().flatten() {
            let again = meanings(&INSTANCES, &id, None).expect("an id that was told finds its contact");
            assert_eq!(again, [id]);
        }
    }
}

fn stays_in_its_place(id: &LocalId) {
    let [by_path, by_query] = urls(&INSTANCE.base_url, id).expect("the base URL can hold a path");

    let segments: Vec<_> = by_path.path_segments().expect("a path").collect();
    assert_eq!(segments.len(), 3, "{by_path}");
    assert!(segments.starts_with(&["v1", "contacts"]), "{by_path}");
    assert!(by_path.query().is_none() && by_path.fragment().is_none(), "{by_path}");

    assert_eq!(by_query.path(), "/v1/contacts.get");
    let pairs: Vec<_> = by_query.query_pairs().collect();
    assert_eq!(pairs, [("contactId".into(), id.as_str().into())]);
    assert!(by_query.fragment().is_none(), "{by_query}");

    for url in [&by_path, &by_query] {
        assert_eq!(url.origin(), INSTANCE.base_url.origin());
        // What is sent is read again on the other side.
        assert_eq!(url.as_str().parse().as_ref(), Ok(url));
    }
}

/// One instance of each kind, and a second one of Rocket.Chat.
static INSTANCES: LazyLock<Vec<Arc<Instance>>> = LazyLock::new(|| {
    let instance = |name: &str, kind: &str| {
        let kind = KINDS.iter().find(|known| known.name == kind).expect("a kind");
        Arc::new(Instance::new(name.into(), kind, Arc::new(Silent), Ages::default(), INSTANCE.timeout))
    };
    vec![instance("modern", "rocketchat"), instance("old", "rocketchat"), instance("periskope", "periskope")]
});

/// Nobody asks it.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl ContactProvider for Silent {
    async fn contact(&self, _: &LocalId, _: &Call) -> providers::Result<Option<Found>> {
        Err(Error::new(ErrorKind::Unsupported, "silent"))
    }

    fn upstream(&self) -> Option<(&Upstream, &'static Route)> {
        None
    }

    async fn check(&self, _: &Call) -> providers::Result<()> {
        Err(Error::new(ErrorKind::Unsupported, "silent"))
    }
}
