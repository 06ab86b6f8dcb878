//! Every page in both themes and on a narrow screen: accessible, without errors, and small.

use super::browser::drive;
use super::seeds::{open_host, populate};
use crate::harness::TestDatabase;

#[tokio::test]
async fn every_page_is_accessible_in_both_themes_and_fits_a_narrow_screen() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    let given = populate(&host).await;
    drive("pages.mjs", &host.host.url(), &given).await;
}
