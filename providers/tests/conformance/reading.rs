//! One contact by its id.

use providers::{KINDS, Kind, LocalId};

use crate::{
    subject::{Subject, ask},
    support::{call, id},
};

promises! { |_| true;
    "documented contacts are found, under an id that finds them again" => documented_contacts_are_found,
    "an unknown id is absent, not an error" => an_unknown_id_is_absent,
    "documented ids are recognised and foreign ones are not" => ids_are_recognised,
    "canonical ids are canonical" => canonical_ids_are_canonical,
    "a hostile id reaches the server as one segment or value" => hostile_ids_stay_whole,
    "its calls are counted, those that read a contact on the route that it names" => calls_are_counted,
    "nothing secret or personal is in Debug" => debug_shows_nothing,
}

async fn documented_contacts_are_found(subject: Subject) {
    for documented in subject.emulation.documented {
        let contact = ask(&subject, documented).await.unwrap().unwrap_or_else(|| panic!("{documented} is absent"));
        let native_id = contact.native_id.clone().unwrap();
        assert_eq!(contact.id, format!("here:{native_id}"));
        assert_eq!(contact.provider.as_deref(), Some("here"));
        assert_eq!(contact.sources, std::slice::from_ref(&contact.id));
        let again = ask(&subject, &native_id).await.unwrap();
        assert!(again.is_some_and(|again| again == contact), "{documented} is another contact the second time");

        let json = serde_json::to_string(&contact).unwrap();
        assert!(!json.contains("token") && !json.contains("credential"), "{json}");
    }
}

async fn calls_are_counted(subject: Subject) {
    let (upstream, route) = subject.provider.upstream().expect("it has an upstream");
    assert_eq!(upstream.route(route).calls.count(), 0);
    for documented in subject.emulation.documented {
        ask(&subject, documented).await.unwrap();
    }
    let (_, route) = subject.provider.upstream().unwrap();
    let calls = usize::try_from(upstream.route(route).calls.count()).unwrap();
    assert!(calls >= subject.emulation.documented.len(), "{calls}");
    let all: u64 = upstream.routes().iter().map(|route| route.calls.count()).sum();
    assert_eq!(usize::try_from(all).unwrap(), subject.server.seen().len());
}

async fn an_unknown_id_is_absent(subject: Subject) {
    assert!(ask(&subject, subject.emulation.absent).await.unwrap().is_none());
}

async fn ids_are_recognised(subject: Subject) {
    let recognises = |kind: &Kind, text: &str| (kind.recognises)(&id(text));
    for documented in subject.emulation.documented.iter().chain([&subject.emulation.absent]) {
        assert!(recognises(subject.kind, documented), "{documented}");
        for other in KINDS.iter().filter(|other| other.name != subject.kind.name) {
            assert!(!recognises(other, documented), "{documented} by {}", other.name);
        }
    }
    for foreign in ["x", "a/b", "hello world", "☎", "12"] {
        assert!(!recognises(subject.kind, foreign), "{foreign}");
    }
}

async fn canonical_ids_are_canonical(subject: Subject) {
    let canonical = subject.kind.canonical;
    for text in subject.emulation.documented.iter().chain(HOSTILE) {
        let once: LocalId = canonical(&id(text));
        assert_eq!(canonical(&once), once);
    }
}

const HOSTILE: &[&str] = &[
    "../../admin",
    "%2e%2e",
    "a/b?c=d#e",
    "a\\b",
    "a&contactId=b",
    "a;b",
    " a ",
    "a+b",
    "\u{202e}abc\u{200f}",
    "ünï😀",
    "'\"<>`{}|^",
    "labels",
];

async fn hostile_ids_stay_whole(subject: Subject) {
    // Learns the server's generation, so that only the calls for contacts are looked at.
    subject.provider.prepare(&call()).await.unwrap();
    for text in HOSTILE {
        let before = subject.server.seen().len();
        let answer = ask(&subject, text).await;
        assert!(matches!(answer, Ok(None)), "{text:?}: {answer:?}");
        let seen = subject.server.seen();
        assert_eq!(seen.len(), before + 1, "{text:?}");
        let url = subject.server.base_url().join(&seen[before].target).unwrap();
        let in_query: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let last = url.path_segments().unwrap().next_back().unwrap().to_owned();
        let in_path = percent_encoding::percent_decode_str(&last).decode_utf8().unwrap().into_owned();
        assert!(
            in_query == [*text] || (in_query.is_empty() && in_path == *text),
            "{text:?} became {}",
            seen[before].target
        );
    }
}

async fn debug_shows_nothing(subject: Subject) {
    let contact = ask(&subject, subject.emulation.documented[0]).await.unwrap().unwrap();
    let shown = format!("{:#?} {contact:#?} {:?}", subject.provider, id(subject.emulation.documented[0]));
    for (name, value) in subject.emulation.settings {
        assert!(!shown.contains(value), "{name} is in {shown}");
    }
    assert!(!shown.contains(&contact.native_id.unwrap()) && !shown.contains("example.com"), "{shown}");
}
