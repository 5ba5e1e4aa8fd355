//! The request's `Cache-Control`.

use crate::site::{Site, upstream};

const ID: &str = "/contacts/periskope:919537851844";

async fn cache_status(site: &Site, directives: &str) -> String {
    let answer = site.get_with(ID, "cache-control", directives).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("cache-status").to_owned()
}

#[tokio::test]
async fn no_cache_asks_the_provider_although_the_contact_is_fresh() {
    let site = Site::start().await;
    assert_eq!(cache_status(&site, "no-cache").await, "contact-gateway; fwd=uri-miss; stored");
    for asked in 2..4 {
        assert_eq!(cache_status(&site, "no-cache").await, "contact-gateway; fwd=request; stored");
        assert_eq!(site.calls("periskope"), asked);
    }
}

#[tokio::test]
async fn only_if_cached_asks_nobody() {
    let site = Site::start().await;
    let answer = site.get_with(ID, "cache-control", "only-if-cached").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (504, "not-cached"));
    let bare = site.get_with("/contacts/919537851844", "cache-control", "only-if-cached").await;
    assert_eq!(bare.problem(), "not-cached");
    assert_eq!(site.calls("periskope"), 0);
    site.get(ID).await;
    assert!(cache_status(&site, "only-if-cached").await.starts_with("contact-gateway; hit; ttl="));
    assert_eq!(site.calls("periskope"), 1);
}

#[tokio::test]
async fn only_if_cached_takes_what_is_stale_without_asking_for_more() {
    let stale = upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"1h\" }");
    let site = Site::over([stale], "").await;
    site.get(ID).await;
    for _ in 0..5 {
        assert!(cache_status(&site, "only-if-cached").await.starts_with("contact-gateway; hit; ttl=-"));
    }
    // A request for another contact has overtaken any question that might be on its way.
    site.get("/contacts/periskope:919876543210").await;
    assert_eq!(site.upstream("periskope").calls("919537851844"), 1);
}

#[tokio::test]
async fn max_age_sets_a_lower_age_than_the_configuration() {
    let site = Site::start().await;
    site.get(ID).await;
    assert!(cache_status(&site, "max-age=3600").await.starts_with("contact-gateway; hit"));
    assert_eq!(cache_status(&site, "max-age=0").await, "contact-gateway; fwd=request; stored");
    assert_eq!(cache_status(&site, "max-age=3600, max-age=0").await, "contact-gateway; fwd=request; stored");
    assert_eq!(site.calls("periskope"), 3);
}

#[tokio::test]
async fn max_stale_accepts_more_than_the_configuration_or_less() {
    let old = upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"0s\" }");
    let site = Site::over([old], "").await;
    site.get(ID).await;
    for more in ["max-stale=3600", "max-stale"] {
        assert!(cache_status(&site, more).await.starts_with("contact-gateway; hit; ttl=-"), "{more}");
    }
    let stale = upstream("periskope", "periskope").with("cache = { fresh = \"0s\", stale = \"1h\" }");
    let site = Site::over([stale], "").await;
    site.get(ID).await;
    assert_eq!(cache_status(&site, "max-stale=0").await, "contact-gateway; fwd=stale; stored");
}

#[tokio::test]
async fn a_value_that_is_no_number_is_refused_by_name() {
    let site = Site::start().await;
    for (wrong, name) in [("max-age=soon", "max-age"), ("max-age", "max-age"), ("no-cache, max-stale=-1", "max-stale")]
    {
        let answer = site.get_with(ID, "cache-control", wrong).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (400, "invalid-request"));
        assert!(answer.json()["detail"].as_str().unwrap().contains(name), "{answer:?}");
    }
    assert!(cache_status(&site, "stale-if-error=60, no-transform").await.starts_with("contact-gateway; fwd"));
}
