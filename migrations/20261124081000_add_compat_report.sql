-- What a version changed: {level, against, changes: [{level, path, what}]}, as the host found when it
-- was published; null if no version lay below it.

alter table tasker.component_version add column compat_report jsonb;
alter table tasker.template_version add column compat_report jsonb;
