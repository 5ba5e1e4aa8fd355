//! Forms and parameters.

use crate::site::Site;

const ID: &str = "/contacts/periskope:919537851844";

#[tokio::test]
async fn contacts_come_as_json_and_as_nothing_else_yet() {
    let site = Site::start().await;
    for accepted in ["application/json", "*/*", "text/vcard;q=0.5, application/json"] {
        assert_eq!(site.get_with(ID, "accept", accepted).await.status, 200, "{accepted}");
    }
    for refused in ["text/html", "text/vcard", "application/json;q=0"] {
        let answer = site.get_with(ID, "accept", refused).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (406, "not-acceptable"), "{refused}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_or_given_twice_is_refused() {
    let site = Site::start().await;
    for query in ["provder=periskope", "provider=periskope&provider=rocketchat", "x"] {
        let answer = site.get(&format!("{ID}?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "invalid-request"), "{query}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("`provider`"));
    }
    assert_eq!(site.get(&format!("{ID}?")).await.status, 200);
}
