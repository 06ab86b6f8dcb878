use crate::harness::{TestDatabase, wait_until_sql};

#[tokio::test]
async fn a_test_has_a_database_of_its_own_with_all_migrations() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    sqlx::query("create table note (text text)")
        .execute(&mut one.session().await)
        .await
        .unwrap();
    let migrated = "select to_regclass('tasker.task') is not null";
    wait_until_sql(one.pool(), migrated).await;
    wait_until_sql(other.pool(), migrated).await;
    wait_until_sql(other.pool(), "select to_regclass('note') is null").await;
    let empty = TestDatabase::empty().await;
    wait_until_sql(empty.pool(), "select to_regclass('tasker.task') is null").await;
}
