//! The private PostgreSQL, as real processes.

use crate::harness::TestDatabase;

#[tokio::test]
async fn a_test_has_a_database_with_all_migrations() {
    let database = TestDatabase::new().await;
    let tables: i64 =
        sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'tasker'")
            .fetch_one(database.pool())
            .await
            .unwrap();
    assert!(tables > 0);
}
