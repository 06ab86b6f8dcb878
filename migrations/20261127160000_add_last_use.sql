-- When versions were last used, so that nothing has to look through the log for it.

create table tasker.last_use (
  kind tasker.pin_kind not null,
  -- Of a component or a template, as `kind` says.
  version_id int not null,
  -- When an attempt of the component's version began or ended, or a task of the template's version was
  -- created; to within a minute or two.
  used_at timestamptz not null,
  primary key (kind, version_id)
) with (fillfactor = 50);

-- Earlier uses are only in the log, which may be long: existing versions count as used now.
insert into tasker.last_use (kind, version_id, used_at)
select 'component'::tasker.pin_kind, v.component_version_id, now() from tasker.component_version v
union all
select 'template', v.template_version_id, now() from tasker.template_version v;

-- They have other arguments or results from now on.
drop function if exists tasker.collectable_versions(interval, int[], int[]);
drop function if exists tasker.collect_versions(interval, int[], int, text);
drop function if exists tasker.ensure_partitions();
