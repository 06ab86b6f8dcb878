-- Who installed the functions, so that a host of an older release leaves those of a newer one, and hosts
-- of two releases run on one database while it is upgraded.
alter table tasker.functions
  -- The number of the last migration that this host knew.
  add column schema_version bigint not null default 0,
  -- The release of the host.
  add column host_version text not null default '0.0.0',
  -- The oldest release whose hosts work beside it.
  add column oldest_host text not null default '0.0.0';
