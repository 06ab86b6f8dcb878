-- Attempts under way when their task was moved to another lock: what they still run. A row whose
-- attempt has ended means nothing any more.
create table tasker.superseded_attempt (
  task_id uuid not null,
  step_no smallint not null,
  attempt smallint not null,
  component_version_id int not null,
  primary key (task_id, step_no)
);
