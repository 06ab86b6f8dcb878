use super::super::Session;
use sqlx::types::Uuid;

/// What a query of GraphQL asks for: the parts of fifty finished tasks and of fifty open ones, and of all namespaces.
pub async fn call(session: &mut Session) {
    let finished = "select t.task_id from tasker.every_task t where t.task_id < 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                    order by t.task_id desc limit 50";
    let open = "select t.task_id from tasker.task t where t.finished_at is null order by t.task_id desc limit 50";
    for tasks in [finished, open] {
        let tasks: Vec<Uuid> = session.all(tasks).await;
        let many = tasks.len();
        let tasks = tasks.iter().map(|task| format!("'{task}'"));
        let tasks = format!("array[{}]::uuid[]", tasks.collect::<Vec<_>>().join(", "));
        session.run(&of_tasks(&tasks, many)).await;
    }
    session.run(OF_NAMESPACES).await;
}

fn of_tasks(tasks: &str, many: usize) -> String {
    let names = format!(
        "select array_agg(t.task_id) as tasks, array_agg(st.name) as names, array_agg(0) as after, array_agg(6) as items
         from unnest({tasks}) a (task_id)
         cross join lateral (select e.* from tasker.every_task e where e.task_id = a.task_id) t
         join tasker.step_template st using (template_version_id)"
    );
    format!(
        "select count(*) from tasker.steps_of_tasks(
           {tasks}, array_fill(null::smallint, array[{many}]), array_fill(21, array[{many}]), 100, 4096);
         select count(*) from ({names}) n, tasker.log_of_steps(n.tasks, n.names, n.after, n.items);
         select count(*) from ({names}) n, tasker.reasons_of_steps(n.tasks, n.names);
         select count(*) from tasker.tasks_by_id({tasks});
         select count(*) from tasker.inputs_of_tasks({tasks}, 65536);
         select count(*) from tasker.locks_of_tasks({tasks}, 100);
         select count(*) from tasker.sinks_of_tasks({tasks}, 100, 65536)"
    )
}

const OF_NAMESPACES: &str = "
    with named as (
      select array_agg(n.name) as names, array_agg(null::text) as after, array_agg(null::uuid) as after_task,
             array_agg(51) as items
      from tasker.namespace n
    )
    select (select count(*) from tasker.tasks_of_namespaces(k.names, k.after_task, k.items)),
           (select count(*) from tasker.components_of_namespaces(k.names, k.after, k.items)),
           (select count(*) from tasker.templates_of_namespaces(k.names, k.after, k.items)),
           (select count(*) from tasker.pins_of_namespaces(k.names, k.after, k.after, k.items))
    from named k;
    with version as (
      select array_agg(f.namespace) as namespaces, array_agg(f.family) as names, array_agg(f.version) as versions
      from tasker.component_family f
    )
    select (select count(*) from tasker.component_versions_named(v.namespaces, v.names, v.versions)),
           (select count(*) from tasker.template_versions_named(v.namespaces, v.names, v.versions)),
           (select count(*) from tasker.components_named(v.namespaces, v.names)),
           (select count(*) from tasker.templates_named(v.namespaces, v.names))
    from version v";
