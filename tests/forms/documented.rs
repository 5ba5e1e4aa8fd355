//! The contacts of the providers' own documentation, in every form.

use std::time::Duration;

use contact_gateway::forms::Form;
use providers::{
    Call, Contact, Instance, KINDS, LocalId, Settings,
    emulator::{Emulator, Setup},
};

use crate::readable;

const DOCUMENTED: [(&str, &str); 3] = [
    ("periskope", "919537851844"),
    ("rocketchat", "673c76df47a6c9b89dd263d8"),
    ("rocketchat_legacy", "653f9ce1a2f73c7460e18e82"),
];

async fn fetch(name: &str, id: &str) -> Contact {
    let mut all = KINDS.iter().flat_map(|kind| kind.emulations.iter().map(move |emulation| (kind, emulation)));
    let (kind, emulation) = all.find(|(_, emulation)| emulation.instance == name).expect("there is such an emulation");
    let emulator = Emulator::start((emulation.build)(Setup::default())).await.expect("loopback has a free port");
    let instance = Instance {
        name: name.into(),
        base_url: emulator.base_url(),
        rate: kind.default_rate,
        timeout: Duration::from_secs(5),
        default_region: None,
        ledgers: providers::Ledgers::default(),
    };
    let settings: Settings = emulation.settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let provider = (kind.connect)(instance, &settings).unwrap();
    let call = Call::within(Duration::from_secs(5));
    provider.contact(&LocalId::parse(id).unwrap(), &call).await.unwrap().expect("it is documented").contact
}

async fn documented() -> Vec<Contact> {
    let mut contacts = Vec::new();
    for (name, id) in DOCUMENTED {
        contacts.push(fetch(name, id).await);
    }
    contacts
}

#[tokio::test]
async fn the_documented_contacts_as_vcards() {
    insta::assert_snapshot!(readable(&documented().await, Form::VCard));
}

#[tokio::test]
async fn the_documented_contacts_as_jscontact() {
    insta::assert_snapshot!(readable(&documented().await, Form::JsContact));
}

#[tokio::test]
async fn the_documented_contacts_as_tables() {
    insta::assert_snapshot!(readable(&documented().await, Form::Csv));
}
