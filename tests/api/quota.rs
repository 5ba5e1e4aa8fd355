//! How often a key may be used, and what its caller is told of that.

use std::time::{Duration, Instant};

use crate::site::{Site, key, upstream};

const ID: &str = "/contacts/periskope:919537851844";

async fn site(keys: &[String]) -> Site {
    Site::over([upstream("periskope", "periskope")], &keys.concat()).await
}

#[tokio::test]
async fn every_answer_tells_what_is_left_of_the_quota() {
    let site = site(&[key("crm", "rate = { calls = 5, per = \"1h\" }")]).await;
    let paths = [ID, ID, "/contacts/periskope:10000000001", "/nothing", "/providers"];
    for (left, path) in (0..5).rev().zip(paths) {
        let answer = site.get_as("key-of-crm", path).await;
        assert_eq!(answer.header("ratelimit-policy"), "\"crm\";q=5;w=3600", "{path}");
        assert_eq!(answer.header("ratelimit"), format!("\"crm\";r={left};t=720"), "{path}");
    }
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_with_the_time_until_there_is_more() {
    let site = site(&[key("crm", "rate = { calls = 1, per = \"1h\" }"), key("other", "")]).await;
    assert_eq!(site.get_as("key-of-crm", ID).await.status, 200);
    let refused = site.get_as("key-of-crm", ID).await;
    assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (429, "too-many-requests"));
    assert_eq!(
        (refused.json()["retryable"].as_bool(), refused.json()["origin"].as_str()),
        (Some(true), Some("gateway"))
    );
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((3590..=3600).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"crm\";r=0;t={wait}"));
    assert_eq!(refused.header("ratelimit-policy"), "\"crm\";q=1;w=3600");

    let other = site.get_as("key-of-other", ID).await;
    assert_eq!((other.status.as_u16(), other.header("ratelimit")), (200, ""), "one's quota is not another's");
    assert_eq!(site.get("/health/live").await.status, 200);
    assert_eq!(site.get_as("key-of-nobody", ID).await.status, 401, "who is not known learns nothing of quotas");
}

#[tokio::test]
async fn whoever_waits_as_long_as_told_is_let_in_again() {
    let site = site(&[key("crm", "rate = { calls = 2, per = \"2s\" }")]).await;
    let (start, mut admitted, mut refused, mut admitted_by) = (Instant::now(), 0, 0, None::<Instant>);
    while admitted < 4 {
        let asked = Instant::now();
        let answer = site.get_as("key-of-crm", ID).await;
        if answer.status == 429 {
            refused += 1;
            assert!(admitted_by.is_none_or(|by| asked < by), "who was told to come then is refused");
            let by = Instant::now() + Duration::from_secs(answer.header("retry-after").parse().unwrap());
            admitted_by = Some(admitted_by.map_or(by, |before| before.min(by)));
        } else {
            assert_eq!(answer.status, 200);
            (admitted, admitted_by) = (admitted + 1, None);
        }
    }
    // Two at once, and one a second after that.
    assert!(start.elapsed() >= Duration::from_secs(2) && refused > 0, "{refused} {:?}", start.elapsed());
}
