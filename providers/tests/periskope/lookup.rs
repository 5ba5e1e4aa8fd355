//! Finding contacts by their phone number.

use providers::{Draft, ErrorKind, Handle};

use super::{
    people, start,
    support::{call, id},
};

async fn found(number: &str, known: &[&str]) -> (Vec<String>, usize) {
    let (server, provider) = start(people(5)).await;
    for known in known {
        let draft = Draft { name: "Somebody".into(), phones: vec![format!("+{known}")], ..Draft::default() };
        provider.register(&draft, &call()).await.unwrap();
    }
    let before = server.seen().len();
    let contacts = provider.find(&Handle::phone(number).unwrap(), &call()).await.unwrap();
    for contact in &contacts {
        let native_id = id(contact.native_id.as_deref().unwrap());
        assert!(provider.contact(&native_id, &call()).await.unwrap().unwrap().contact == *contact);
    }
    let ids = contacts.iter().map(|contact| contact.native_id.clone().unwrap());
    (ids.collect(), server.seen().len() - before - contacts.len())
}

#[tokio::test]
async fn a_number_is_found_in_one_call() {
    let (ids, calls) = found("+91 95378 51844", &[]).await;
    assert_eq!((ids, calls), (vec!["919537851844@c.us".to_owned()], 1));
    let (ids, calls) = found("+919537851845", &[]).await;
    assert_eq!((ids, calls), (vec![], 1));
}

#[tokio::test]
async fn a_number_that_whatsapp_writes_in_another_way_is_found_in_two() {
    for (one, other) in
        [("525512345678", "5215512345678"), ("541123456789", "5491123456789"), ("555199999999", "5551999999999")]
    {
        for (known, asked) in [(one, other), (other, one), (one, one), (other, other)] {
            let (ids, calls) = found(&format!("+{asked}"), &[known]).await;
            assert_eq!((ids, calls), (vec![format!("{known}@c.us")], 2), "{asked} where {known} is known");
        }
    }
}

#[tokio::test]
async fn an_address_is_asked_of_nobody() {
    let (server, provider) = start(people(1)).await;
    let error = provider.find(&Handle::email("mail@example.com").unwrap(), &call()).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Unsupported, 0));
}

#[tokio::test]
async fn a_failure_of_either_call_is_a_failure() {
    let (server, provider) = start(people(1)).await;
    server.set_fault(Some("html".parse().unwrap()));
    let error = provider.find(&Handle::phone("+525512345678").unwrap(), &call()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
}
