//! Contacts that forms could stumble over.

use contact_gateway::forms::{Fields, Form, head, record, render};

use crate::{ALL, page, people, readable, written};

#[test]
fn awkward_contacts_as_vcards() {
    let contacts = [people::everybody(), people::nobody(), people::merged(), people::newsletter()];
    insta::assert_snapshot!(readable(&contacts, Form::VCard));
}

#[test]
fn awkward_contacts_as_jscontact() {
    let contacts = [people::everybody(), people::nobody(), people::merged(), people::newsletter()];
    insta::assert_snapshot!(readable(&contacts, Form::JsContact));
}

#[test]
fn a_long_name_is_folded_between_characters() {
    let mut contact = people::member();
    contact.chat_ids.truncate(3);
    insta::assert_snapshot!(readable(&[contact], Form::VCard));
}

#[test]
fn five_hundred_chats_are_all_there_in_every_form() {
    let contact = people::member();
    for form in ALL {
        let text = written(&contact, form, Fields::default()).replace("\r\n ", "");
        assert!(contact.chat_ids.iter().all(|chat| text.contains(chat)), "{form:?}");
    }
}

#[test]
fn all_of_a_page_as_json_is_the_page_itself() {
    let page = page(&people::everybody());
    let rendered = render(&page, Form::Json, &Fields::default()).unwrap();
    assert_eq!(rendered.as_ptr(), page.as_ptr());
    assert_eq!(*rendered, page);
}

#[test]
fn many_contacts_are_records_behind_a_head() {
    let (page, all) = (page(&people::everybody()), Fields::default());
    for form in [Form::Ndjson, Form::Json, Form::JsContact] {
        let line = record(&page, form, &all).unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "{form:?}");
        assert!(line.ends_with(b"\n") && head(form, &all).unwrap().is_empty(), "{form:?}");
    }
    let table = [head(Form::Csv, &all).unwrap(), record(&page, Form::Csv, &all).unwrap()].concat();
    assert_eq!(render(&page, Form::Csv, &all).unwrap(), table);
    assert_eq!(render(&page, Form::VCard, &all).unwrap(), record(&page, Form::VCard, &all).unwrap());
}

#[test]
fn what_is_no_contact_is_an_error_that_does_not_repeat_it() {
    for form in ALL {
        let error = render(b"{\"id\":919537851844}", form, &Fields::asked("id").unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the contact's page can't be read from its byte 18 on", "{form:?}");
    }
}

#[test]
fn only_an_address_is_a_picture() {
    let photo = |url: &str| {
        let mut contact = people::nobody();
        contact.avatar_url = Some(url.to_owned());
        let card: serde_json::Value =
            serde_json::from_str(&written(&contact, Form::JsContact, Fields::default())).unwrap();
        let (media, own) = (&card["media"]["m1"]["uri"], &card["contact-gateway.internal:avatar_url"]);
        assert!(media.is_null() || own.is_null());
        media.as_str().map(str::to_owned).ok_or_else(|| own.as_str().unwrap().to_owned())
    };
    for (url, uri) in [
        ("https://example.com", "https://example.com/"),
        ("https://[::1]:8080/a?b=%20#c", "https://[::1]:8080/a?b=%20#c"),
        ("HTTP://EXAMPLE.com/ü [x]|y", "http://example.com/%C3%BC%20%5Bx%5D%7Cy"),
    ] {
        assert_eq!(photo(url), Ok(uri.to_owned()));
    }
    for url in [
        "x.png",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "https://a/%zz",
        "https://u:p@a/",
        "https://a{b/",
    ] {
        assert_eq!(photo(url), Err(url.to_owned()));
    }
}
