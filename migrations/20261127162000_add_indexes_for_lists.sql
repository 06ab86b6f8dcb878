-- What lists of changes are asked for, so that a page costs a page however much there is.

drop index tasker.audit_by_subject;
create index audit_by_subject on tasker.audit (subject, namespace, audit_id);
create index audit_by_namespace on tasker.audit (namespace, audit_id);
create index audit_by_action on tasker.audit (action, audit_id);
create index audit_by_namespace_action on tasker.audit (namespace, action, audit_id);
