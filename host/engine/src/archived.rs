//! What is kept of a finished task when it is archived: all that the database has of it, as JSON text.

use super::retention::DueTasks;
use sqlx::{Executor, FromRow, Postgres};
use tasker_database::DatabaseError;
use uuid::Uuid;

/// Parts that are read at once: each may have a payload.
const PAGE_PARTS: i64 = 128;

/// Which part of a task it is, in the order in which they are archived.
pub const TASK: i16 = 0;
pub const STEP: i16 = 1;
pub const TRANSITION: i16 = 2;
pub const ATTEMPT_LOG: i16 = 3;

/// A task itself, one of its steps, one row of its log, or lines that an attempt logged.
#[derive(Clone, Debug, FromRow)]
pub struct ArchivedPart {
    pub task_id: Uuid,
    /// [`TASK`], [`STEP`], [`TRANSITION`] or [`ATTEMPT_LOG`].
    pub kind: i16,
    /// Orders the parts of a kind.
    pub no: i64,
    /// Orders parts of one number: of what an attempt logged, the last line.
    pub line: i64,
    /// A JSON object whose members are those of the API, with whole payloads.
    pub json: String,
}

/// The day on which a task ended.
#[derive(Clone, Debug, FromRow)]
pub struct EndedOn {
    pub task_id: Uuid,
    /// In UTC, such as `2026-11-28`.
    pub day: String,
}

impl DueTasks {
    /// When each of the tasks ended, in the order of their ids.
    pub async fn ended_on(&mut self) -> Result<Vec<EndedOn>, DatabaseError> {
        let rows = sqlx::query_as(ENDED_ON)
            .bind(&self.task_ids)
            .fetch_all(&mut *self.transaction)
            .await?;
        Ok(rows)
    }

    /// Has the tasks read from the replica of the database, if it has one with all that is to be read: the
    /// tasks are locked, and nothing of them changes any more.
    pub async fn read_from_replica(&mut self) -> Result<(), DatabaseError> {
        let Some(replica) = self.database.for_replica() else {
            return Ok(());
        };
        let position = self.database.position().await?;
        self.replica = match self.database.replica_has(&position).await {
            true => Some(replica),
            false => None,
        };
        Ok(())
    }

    /// The next parts of these tasks behind `after`, by task, kind, number and line; empty at the end.
    pub async fn parts(
        &mut self,
        tasks: &[Uuid],
        after: Option<&ArchivedPart>,
    ) -> Result<Vec<ArchivedPart>, DatabaseError> {
        if let Some(replica) = &self.replica {
            match parts(replica.pool(), tasks, after).await {
                Ok(parts) => return Ok(parts),
                Err(error) => {
                    self.database.doubt_replica(&error);
                    self.replica = None;
                }
            }
        }
        Ok(parts(&mut *self.transaction, tasks, after).await?)
    }
}

async fn parts(
    from: impl Executor<'_, Database = Postgres>,
    tasks: &[Uuid],
    after: Option<&ArchivedPart>,
) -> Result<Vec<ArchivedPart>, sqlx::Error> {
    let after = after.map_or((Uuid::nil(), 0, 0, 0), |it| {
        (it.task_id, it.kind, it.no, it.line)
    });
    sqlx::query_as(PARTS)
        .bind(tasks)
        .bind(after.0)
        .bind(after.1)
        .bind(after.2)
        .bind(PAGE_PARTS)
        .bind(after.3)
        .fetch_all(from)
        .await
}

const ENDED_ON: &str = "
    select t.task_id, to_char(t.finished_at at time zone 'UTC', 'YYYY-MM-DD') as day
    from tasker.every_task t
    where t.task_id = any ($1)
    order by t.task_id";

// The page is made of keys first, so that no payload is read but those of the page. A row of the log is found
// again by its place, since no index has its number. What attempts logged is read by its key, a page at a time: there may be
// many chunks. The number of a chunk has its step and its attempt.
const PARTS: &str = "
    with page as materialized (
      select p.*
      from (
        select u.task_id, 0::int2 as kind, 0::int8 as no, 0::int8 as line, null::oid as partition, null::tid as place
        from unnest($1::uuid[]) as u (task_id)
        union all
        select s.task_id, 1::int2, s.step_no::int8, 0, null, null from tasker.every_step s where s.task_id = any ($1)
        union all
        select r.task_id, 2::int2, r.seq, 0, r.partition, r.place from tasker.every_transition r where r.task_id = any ($1)
        union all
        (select l.task_id, 3::int2, (l.step_no::int8 << 32) | l.attempt, l.last_line::int8, null, null
         from tasker.attempt_log l
         where l.task_id = any ($1)
           and (l.task_id, l.step_no, l.attempt, l.last_line)
               > ($2, case when $3 = 3 then ($4 >> 32)::int2 else -1::int2 end,
                  case when $3 = 3 then ($4 & 4294967295)::int4 else 0 end, case when $3 = 3 then $6::int4 else 0 end)
         order by l.task_id, l.step_no, l.attempt, l.last_line
         limit $5)
      ) p
      where (p.task_id, p.kind, p.no, p.line) > ($2, $3, $4, $6)
      order by p.task_id, p.kind, p.no, p.line
      limit $5
    ), ran as materialized (
      select distinct on (r.task_id, r.step_no) r.task_id, r.step_no, r.component_version_id
      from tasker.every_transition r
      where r.task_id = any (array(select g.task_id from page g where g.kind = 1))
        and r.component_version_id is not null
      order by r.task_id, r.step_no, r.seq desc
    )
    select g.task_id, g.kind, g.no, g.line, (case g.kind
      when 0 then (
        select json_build_object(
                 'id', t.task_id, 'namespace', n.name, 'template', p.name, 'version', v.version, 'state', t.state,
                 'created_at', t.created_at, 'finished_at', t.finished_at, 'correlation_id', t.correlation_id,
                 'tags', coalesce(to_json(t.tags), '[]'),
                 'identity_key', t.identity_key, 'error', t.error, 'input', t.input,
                 'input_bytes', octet_length(t.input::text),
                 'lock', coalesce((
                   select json_agg(json_build_object('component', k.component, 'version', k.version,
                                                     'digest', k.digest, 'steps', k.steps) order by k.first_no)
                   from (select ln.name || '/' || lc.name as component, cv.version,
                                encode(cv.digest, 'hex') as digest, count(*) as steps, min(e.step_no) as first_no
                         from tasker.lock_entry e
                         join tasker.component_version cv using (component_version_id)
                         join tasker.component lc using (component_id)
                         join tasker.namespace ln on ln.namespace_id = lc.namespace_id
                         where e.lock_id = t.lock_id
                         group by ln.name, lc.name, cv.version, cv.digest) k
                 ), '[]'))
        from tasker.every_task t
        join tasker.namespace n using (namespace_id)
        join tasker.template p using (template_id)
        join tasker.template_version v using (template_version_id)
        where t.task_id = g.task_id)
      when 1 then (
        select json_build_object(
                 'name', st.name, 'state', s.state, 'attempts', s.attempt,
                 'counted_attempts', s.attempt - s.free_attempts, 'max_attempts', st.max_attempts,
                 'depends_on', array(select pst.name
                                     from tasker.dependency d
                                     join tasker.step_template pst
                                       on pst.template_version_id = d.template_version_id and pst.step_no = d.from_no
                                     where d.template_version_id = t.template_version_id and d.to_no = s.step_no
                                     order by d.from_no),
                 'ready_at', null, 'started_at', s.started_at, 'finished_at', s.finished_at,
                 'duration_ms', (extract(epoch from s.finished_at - s.started_at) * 1000)::float8,
                 'component', n.name || '/' || c.name, 'version', cv.version, 'digest', encode(cv.digest, 'hex'),
                 'handler', e.handler, 'is_sink', s.is_sink,
                 'result', s.result, 'result_bytes', octet_length(s.result::text),
                 'checkpoint', s.checkpoint, 'checkpoint_bytes', octet_length(s.checkpoint::text),
                 'error', s.error, 'error_bytes', octet_length(s.error::text))
        from tasker.every_step s
        join tasker.every_task t using (task_id)
        join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = s.step_no
        join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = s.step_no
        left join ran on ran.task_id = s.task_id and ran.step_no = s.step_no
        join tasker.component_version cv
          on cv.component_version_id = coalesce(ran.component_version_id, e.component_version_id)
        join tasker.component c using (component_id)
        join tasker.namespace n on n.namespace_id = c.namespace_id
        where s.task_id = g.task_id and s.step_no = g.no::int2)
      when 2 then (
        select json_build_object(
                 'seq', r.seq, 'at', r.at, 'step', st.name, 'attempt', r.attempt, 'worker_id', r.worker_id,
                 'host', (select w.host_name from tasker.worker w where w.worker_id = r.worker_id),
                 'to_state', r.to_state, 'event', r.event, 'detail', r.detail,
                 'detail_bytes', octet_length(r.detail::text), 'wall_ms', r.wall_ms, 'cpu_ms', r.cpu_ms,
                 'host_ms', r.host_ms, 'memory_kib', r.memory_kib, 'in_bytes', r.in_bytes,
                 'out_bytes', r.out_bytes, 'http_requests', r.http_requests)
        from tasker.every_transition r
        join tasker.every_task t using (task_id)
        left join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = r.step_no
        where r.task_id = g.task_id and r.place = g.place and r.partition = g.partition)
      else (
        select json_build_object('step', st.name, 'attempt', l.attempt, 'last_line', l.last_line, 'lines', l.lines)
        from tasker.attempt_log l
        join tasker.every_task t using (task_id)
        join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = l.step_no
        where l.task_id = g.task_id and l.step_no = (g.no >> 32)::int2
          and l.attempt = (g.no & 4294967295)::int4 and l.last_line = g.line::int4)
      end)::text as json
    from page g
    order by g.task_id, g.kind, g.no, g.line";
