-- Versions of components that nothing needs lose their bytes; their metadata is kept.

alter table tasker.component_version
  drop constraint component_version_digest_fkey,
  -- It was collected and uploaded again then; its age counts from here.
  add column restored_at timestamptz;

create index component_version_by_digest on tasker.component_version (digest);

-- It names a version that was collected: no task is created with it any more.
alter table tasker.lock add column is_stale boolean not null default false;
