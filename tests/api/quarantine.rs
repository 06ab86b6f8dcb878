//! The list of code in quarantine.

use super::withdrawals::{component, two_versions};
use serde_json::json;

#[tokio::test]
async fn code_in_quarantine_is_listed_page_by_page_the_newest_first() {
    let server = two_versions().await;
    // Of those that were quarantined at the same moment, none is left out between two pages.
    sqlx::query(
        "insert into tasker.quarantine (digest, at, actor, reason)
         select sha256(number::text::bytea), now() - number / 3 * interval '1 microsecond', 'admin', number::text
         from generate_series(0, 6) number",
    )
    .execute(server.pool())
    .await
    .unwrap();
    let path = component("1.1.0", "quarantine");
    server.post(&path, &json!({})).await.answered(200);

    let (mut reasons, mut names, mut query) = (Vec::new(), Vec::new(), "limit=2".to_owned());
    loop {
        let page = server.get(&format!("/v1/quarantine?{query}")).await;
        let page = page.answered(200);
        let items = page["items"].as_array().unwrap();
        assert!((1..=2).contains(&items.len()), "{page}");
        reasons.extend(
            items
                .iter()
                .map(|it| it["reason"].as_str().unwrap().to_owned()),
        );
        names.extend(items.iter().map(|it| it["names"].as_array().unwrap().len()));
        match page["next"].as_str() {
            Some(next) => query = format!("limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, [1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!((reasons[0].as_str(), reasons[7].as_str()), ("", "6"));
    reasons[1..4].sort_unstable();
    reasons[4..7].sort_unstable();
    assert_eq!(reasons.concat(), "0123456");
    for wrong in ["after=one", "after=1/ab", "limit=0"] {
        let path = format!("/v1/quarantine?{wrong}");
        server.get(&path).await.refused(400, "invalid_parameter");
    }
}
