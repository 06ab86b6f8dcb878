//! What decides which versions new tasks take, as hosts load it.

use super::suspend_steps::{digest, make_lock, quarantine};
use super::{Graph, Session, TestDatabase, engine};

/// Namespaces that are no part of a question.
const OTHERS: i32 = 2_000;

/// A template and a component, beside as many namespaces with one of each.
async fn populated() -> (TestDatabase, Session) {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    make_lock(&mut session, version, &[1]).await;
    session
        .run(&format!(
            "with n as (
               insert into tasker.namespace (name, revision, families_revision) select 'other-' || i, 7, 5 from generate_series(1, {OTHERS}) i
               returning namespace_id
             ), c as (
               insert into tasker.component (namespace_id, name, revision) select namespace_id, 'charge', 3 from n
               returning component_id
             ), t as (
               insert into tasker.template (namespace_id, name) select namespace_id, 'template' from n
               returning template_id
             ), v as (
               insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
               select component_id, '2.0.0', {digest}, 1, '{{}}' from c
             ), s as (
               insert into tasker.share (namespace_id, component, shared_with, created_by)
               select namespace_id, 'charge', 'default', 'ada' from n
             ), p as (
               insert into tasker.pin (namespace_id, kind, target, requirement)
               select namespace_id, 'component', 'charge', '2' from n
             )
             insert into tasker.template_version (template_id, version, digest, source, definition)
             select template_id, '2.0.0', {digest}, '', '{{}}' from t;
             analyze",
            digest = digest(1),
        ))
        .await;
    (database, session)
}

#[tokio::test]
async fn a_host_loads_the_rules_of_the_namespaces_that_it_names() {
    let (_database, mut session) = populated().await;
    let found: Vec<String> = session
        .all(
            "select namespace || ' ' || revision || ' ' || families_revision || ' ' || shared[1] || ' ' || shared_with[1] || ' '
                    || (pins -> 0 ->> 'requirement') || ' ' || cardinality(keys)
             from tasker.namespace_rules('{other-7, nowhere, other-8}') order by 1",
        )
        .await;
    assert_eq!(
        found,
        [
            "other-7 7 5 charge default 2 0",
            "other-8 7 5 charge default 2 0"
        ]
    );
}

#[tokio::test]
async fn a_host_loads_the_versions_of_the_components_and_templates_that_it_names() {
    let (_database, mut session) = populated().await;
    quarantine(&mut session, 1).await;
    let named = "'{other-7, other-8, nowhere}', '{charge, refund, charge}'";
    let found: Vec<String> = session
        .all(&format!(
            "select namespace || '/' || family || '@' || version || ' ' || status || ' ' || revision || ' '
                    || is_quarantined || ' ' || is_collected
             from tasker.component_families({named})"
        ))
        .await;
    assert_eq!(found, ["other-7/charge@2.0.0 active 3 true false"]);
    let found: Vec<String> = session
        .all(&format!(
            "select namespace || ' ' || families_revision || ' ' || component || ' ' || revision
             from tasker.component_revisions({named})"
        ))
        .await;
    assert_eq!(found, ["other-7 5 charge 3"]);
    let found: Vec<String> = session
        .all(
            "select namespace || '/' || family || '@' || version || ' ' || status
             from tasker.template_families('{other-7, other-8}', '{template, nothing}')",
        )
        .await;
    assert_eq!(found, ["other-7/template@2.0.0 active"]);
}

#[tokio::test]
async fn loading_what_is_named_scans_no_table() {
    const SCANS: &str = "select sum(seq_scan)::bigint from pg_stat_user_tables where schemaname = 'tasker'
         and relname in ('namespace', 'component', 'component_version', 'template', 'template_version', 'pin')";
    let (_database, mut session) = populated().await;
    session.run("select pg_stat_force_next_flush()").await;
    let before: i64 = session.one(SCANS).await;
    session
        .run(
            "select tasker.namespace_rules('{default, other-7}');
             select tasker.component_revisions('{other-7}', '{charge}');
             select tasker.component_families('{other-7}', '{charge}');
             select tasker.template_families('{other-7}', '{template}');
             select pg_stat_force_next_flush()",
        )
        .await;
    let after: i64 = session.one(SCANS).await;
    assert_eq!(after, before);
}
