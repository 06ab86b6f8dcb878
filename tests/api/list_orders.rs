//! Lists go both ways, page by page.

use super::filled::{List, filled, items, lists, page_by_page};
use serde_json::{Value, json};

#[tokio::test]
async fn every_list_has_the_same_items_in_both_orders_page_by_page() {
    let (server, task) = filled().await;
    let lists = lists(&task);
    assert!(lists.len() > 25, "{}", lists.len());
    for List {
        path,
        orders,
        default,
    } in &lists
    {
        let page = server.get(&format!("{path}?limit=500&count=exact")).await;
        let page = page.answered(200);
        let usual = items(&page);
        assert!(usual.len() >= 2, "{path}: {page}");
        let count = &page["total"]["count"];
        assert_eq!(
            (count, &page["next"]),
            (&json!(usual.len()), &Value::Null),
            "{path}"
        );
        let mut other = usual.clone();
        other.reverse();
        for order in orders {
            let wanted = if order == default { &usual } else { &other };
            for limit in [1, 2] {
                let found = page_by_page(&server, &format!("{path}?order={order}"), limit).await;
                assert_eq!(&found, wanted, "{path} {order}");
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_of_the_other_order_leads_back_to_what_was_before_it() {
    let (server, task) = filled().await;
    for List {
        path,
        orders: [up, down],
        ..
    } in lists(&task)
    {
        for (order, back) in [(&up, &down), (&down, &up)] {
            let all = page_by_page(&server, &format!("{path}?order={order}"), 2).await;
            let page = server.get(&format!("{path}?order={order}&limit=2")).await;
            let page = page.answered(200);
            // Where there are two only, the cursor is that of the first.
            let (next, behind) = match page["next"].as_str() {
                Some(next) => (next.to_owned(), 1),
                None => {
                    let first = server.get(&format!("{path}?order={order}&limit=1")).await;
                    let first = first.answered(200);
                    (first["next"].as_str().unwrap().to_owned(), 0)
                }
            };
            let mut wanted = all[..behind].to_vec();
            wanted.reverse();
            let read = server
                .get(&format!("{path}?order={back}&after={next}"))
                .await;
            assert_eq!(items(&read.answered(200)), wanted, "{path} {order}");
        }
    }
}

#[tokio::test]
async fn an_order_that_a_list_has_not_is_refused_with_those_that_it_has() {
    let (server, task) = filled().await;
    for List {
        path,
        orders: [up, down],
        ..
    } in lists(&task)
    {
        for wrong in ["", "-", "upwards", "%2Bname"] {
            let refused = server.get(&format!("{path}?order={wrong}")).await;
            let detail = refused.refused(400, "invalid_parameter");
            let known = format!("use `{up}` or `{down}`");
            assert!(detail.ends_with(&known), "{path}: {detail}");
        }
        server
            .get(&format!("{path}?order={up}&order={up}"))
            .await
            .refused(400, "invalid_parameter");
    }
    // The feed goes on as things happen, and has no other end.
    server
        .get("/v1/events?order=-at")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn changes_before_an_id_are_listed_in_either_order() {
    let (server, _) = filled().await;
    let all = server.get("/v1/audit?limit=500").await.answered(200);
    let third = &all["items"][2]["id"];
    let mut older: Vec<Value> = items(&all)[3..].to_vec();
    let before = page_by_page(&server, &format!("/v1/audit?before={third}"), 7).await;
    assert_eq!(before, older);
    older.reverse();
    let up = page_by_page(&server, &format!("/v1/audit?before={third}&order=at"), 7).await;
    assert_eq!(up, older);
}
