use std::future::Future;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, PgPool};

/// How long a test waits for what must come, before it fails.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Looks again and again until `look` finds something, and fails the test with `what` if that does
/// not come within a minute.
pub async fn wait_until<T, F, L>(what: &str, look: F) -> T
where
    F: FnMut() -> L,
    L: Future<Output = Option<T>>,
{
    wait_up_to(PATIENCE, what, look).await
}

/// The same for what takes longer.
pub async fn wait_up_to<T, F, L>(patience: Duration, what: &str, mut look: F) -> T
where
    F: FnMut() -> L,
    L: Future<Output = Option<T>>,
{
    let give_up = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            Instant::now() < give_up,
            "waited {patience:?} in vain until {what}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until a query, which yields one boolean, yields true.
pub async fn wait_until_sql(pool: &PgPool, query: &str) {
    wait_until(query, || async {
        let holds: bool = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(pool)
            .await
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        holds.then_some(())
    })
    .await;
}
