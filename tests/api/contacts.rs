//! The contact itself.

use crate::site::{Site, upstream};

#[tokio::test]
async fn a_modern_contact_is_answered_in_the_common_schema() {
    let site = Site::start().await;
    let answer = site.get("/contacts/rocketchat:673c76df47a6c9b89dd263d8").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn a_legacy_contact_is_answered_in_the_common_schema_without_its_token() {
    let site = Site::start().await;
    let answer = site.get("/contacts/rocketchat_legacy:653f9ce1a2f73c7460e18e82").await;
    insta::assert_json_snapshot!(answer.json());
    assert!(!answer.text.contains("434lxd7iss8yh8c4m80wh"));
}

#[tokio::test]
async fn a_whatsapp_contact_is_answered_in_the_common_schema() {
    let site = Site::start().await;
    insta::assert_json_snapshot!(site.get("/contacts/periskope:919537851844").await.json());
}

#[tokio::test]
async fn numbers_without_a_country_code_get_the_default_region() {
    let brazil = upstream("brazil", "rocketchat").with("default_region = \"BR\"");
    let site = Site::over([brazil], "").await;
    let contact = site.get("/contacts/brazil:123?provider=brazil").await.json();
    let phone = serde_json::json!([{ "number": "1-658-751-2622", "e164": "+5516587512622" }]);
    assert_eq!(contact["phones"], phone);
}

#[tokio::test]
async fn an_erased_contact_is_not_there() {
    let site = Site::start().await;
    assert_eq!(site.get("/contacts/rocketchat:67a0c4f2b3d1e45f8a9c0eee").await.problem(), "contact-not-found");
}
