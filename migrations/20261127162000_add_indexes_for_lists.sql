-- What lists of tasks and of changes are asked for, so that a page costs a page however much there is.

-- Tasks that failed or were cancelled; `error` is set with `finished_at`, so this costs others nothing.
create index task_failed on tasker.task
  ((case when error ->> 'step' is null then 'cancelled' else 'error' end), task_id) where error is not null;
create index task_failed_of_template on tasker.task
  (template_id, (case when error ->> 'step' is null then 'cancelled' else 'error' end), task_id) where error is not null;

drop index tasker.audit_by_subject;
create index audit_by_subject on tasker.audit (subject, namespace, audit_id);
create index audit_by_namespace on tasker.audit (namespace, audit_id);
create index audit_by_action on tasker.audit (action, audit_id);
create index audit_by_namespace_action on tasker.audit (namespace, action, audit_id);
