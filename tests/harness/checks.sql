-- What holds of each row of task and step. Tests run with these constraints; other databases do without, since each statement
-- that writes a row reads the text of all of them anew.

alter table tasker.task
  add constraint task_remaining_sinks_counts_down check (remaining_sinks >= 0),
  add constraint task_finishes_when_final check ((finished_at is null) = (state in ('pending', 'in_progress')));

alter table tasker.step
  add constraint step_remaining_deps_counts_down check (remaining_deps >= 0),
  add constraint step_waits_for_parents check (
    remaining_deps = 0 or state in ('waiting', 'cancelled', 'skipped', 'resolved_manually')),
  add constraint step_running_has_a_lease check (
    state <> 'running' or (worker_id is not null and deadline_at is not null)),
  -- A step that is ready is to be claimed, or suspended.
  add constraint step_is_claimable_when_ready check (
    state = 'ready' or (ready_at is not null) = (state = 'waiting_for_retry')),
  add constraint step_finishes_when_final check ((finished_at is null) = (state in
    ('waiting', 'ready', 'running', 'waiting_for_retry', 'waiting_for_event'))),
  add constraint step_complete_has_a_result check (state <> 'complete' or result is not null);
