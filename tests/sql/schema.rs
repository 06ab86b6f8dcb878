//! The schema that all migrations together make, in one file that a reviewer can read.

use std::path::Path;

use super::{Session, engine};

/// Set to anything, it makes the test write the file instead of comparing.
const RENEW: &str = "TASKER_RENEW_SCHEMA";

const DUMP: &str = r#"
with relation as (
  select c.oid, c.relname::text as name, c.relkind
  from pg_class c
  where c.relnamespace = 'tasker'::regnamespace and c.relname !~ '^((task|step|transition|attempt_log)_([0-9]|carried)|migration)'
), line as (
  select 1 as part, null::text as relation, null::int as position, 'type ' || t.typname || ' enum ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) as line
  from pg_type t join pg_enum e on e.enumtypid = t.oid
  where t.typnamespace = 'tasker'::regnamespace group by t.typname
  union all
  select 1, null, null, 'type ' || r.name || ' ' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
  from relation r join pg_attribute a on a.attrelid = r.oid where r.relkind = 'c' group by r.name
  union all
  select 2, null, null, 'sequence ' || r.name from relation r
  where r.relkind = 'S' and not exists (select from pg_depend d where d.objid = r.oid and d.deptype = 'i')
  union all
  select 3, r.name, a.attnum, r.name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case when a.attidentity <> '' then ' identity' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  where r.relkind in ('r', 'p')
  union all
  select 4, null, null, 'constraint ' || r.name || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
  from relation r join pg_constraint c on c.conrelid = r.oid and c.contype in ('c', 'f', 'p', 'u')
  union all
  select 5, null, null, 'index ' || pg_get_indexdef(i.indexrelid)
  from relation r join pg_index i on i.indrelid = r.oid
  where not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
  union all
  select 6, null, null, 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
  from pg_proc p where p.pronamespace = 'tasker'::regnamespace
)
select line from line order by part, relation collate "C", position, line collate "C""#;

async fn dump(session: &mut Session) -> String {
    // Without a search path, every name comes with its schema, whoever asks.
    session.run("set search_path = ''").await;
    let lines: Vec<String> = session.all(DUMP).await;
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn the_schema_is_the_one_that_is_written_down() {
    let (_database, mut session, _) = engine().await;
    let found = dump(&mut session).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/schema.txt");
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let missing: Vec<_> = written
        .lines()
        .filter(|line| !found.lines().any(|other| other == *line))
        .collect();
    let new: Vec<_> = found
        .lines()
        .filter(|line| !written.lines().any(|other| other == *line))
        .collect();
    assert!(
        missing.is_empty() && new.is_empty() && written == found,
        "tests/sql/schema.txt differs from the schema; if it is meant to, renew it with {RENEW}=1\n\
         no longer there: {missing:#?}\nnot written down: {new:#?}"
    );
}

#[tokio::test]
async fn every_function_names_its_search_path() {
    let (_database, mut session, _) = engine().await;
    let without: Vec<String> = session
        .all(
            "select proname::text from pg_proc
             where pronamespace = 'tasker'::regnamespace
               and not coalesce('search_path=\"\"' = any (proconfig), false)",
        )
        .await;
    assert_eq!(without, [""; 0]);
}
