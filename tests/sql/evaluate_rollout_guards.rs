//! What guards see and do, on attempts that a test writes down.

use super::{Session, engine};
use crate::harness::NEW_ID;

/// A component with two versions, a template that runs it, its two locks, and a pin on its way from
/// the one version to the other. The rollout began an hour ago, by the test's clock.
const ROLLOUT: &str = "
    insert into tasker.namespace (name) values ('shop');
    insert into tasker.component_blob (digest, bytes) values (sha256('a'), 'a');
    insert into tasker.component (namespace_id, name)
      select namespace_id, 'charge' from tasker.namespace where name = 'shop';
    insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
      select component_id, v, sha256('a'), 1, '{}'
      from tasker.component, (values ('1.4.2'), ('1.5.0')) x (v);
    insert into tasker.template (namespace_id, name)
      select namespace_id, 'order' from tasker.namespace where name = 'shop';
    insert into tasker.template_version (template_id, version, digest, source, definition)
      select template_id, '1.0.0', '', '', '{}' from tasker.template where name = 'order';
    insert into tasker.lock (template_version_id, fingerprint, rollouts)
      select v.template_version_id, sha256(r::text::bytea), r
      from tasker.template_version v join tasker.template t using (template_id),
           (values ('{}'::text[]), ('{component charge}')) x (r)
      where t.name = 'order';
    insert into tasker.pin (namespace_id, kind, target, requirement, rollout_requirement, rollout_percent,
                            rollout_state, rollout_started_at, guard)
      select namespace_id, 'component', 'charge', '=1.4.2', '=1.5.0', 12.34, 'running',
             tasker.clock() - interval '1 hour',
             '{\"window\": \"5m\", \"min_attempts\": 20, \"max_error_rate\": 0.05, \"max_trap_rate\": 0.01,
               \"max_p95_ratio\": 2, \"max_memory_ratio\": 2, \"max_cpu_ratio\": 2}'
      from tasker.namespace where name = 'shop'";

/// Attempts to be written down: by default good ones of a moment ago.
#[derive(Clone, Copy)]
struct Attempts {
    is_rollout: bool,
    count: i32,
    failure: Option<&'static str>,
    wall_ms: f32,
    cpu_ms: f32,
    memory_kib: i32,
    /// How long ago they ended, and how long before that their tasks were created.
    ago: &'static str,
    age: &'static str,
}

const OLD: Attempts = Attempts {
    is_rollout: false,
    count: 100,
    failure: None,
    wall_ms: 20.0,
    cpu_ms: 2.0,
    memory_kib: 2_000,
    ago: "1 s",
    age: "1 s",
};
const NEW: Attempts = Attempts {
    is_rollout: true,
    count: 50,
    ..OLD
};

impl Attempts {
    fn failed(self, kind: &'static str, count: i32) -> Self {
        Self {
            count,
            failure: Some(kind),
            ..self
        }
    }

    fn sql(self) -> String {
        let Self {
            is_rollout,
            count,
            wall_ms,
            cpu_ms,
            memory_kib,
            ago,
            age,
            ..
        } = self;
        let (state, kind) = match self.failure {
            Some(kind) => ("waiting_for_retry", kind),
            None => ("complete", ""),
        };
        format!(
            "with t as (
               insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id,
                                        created_at, correlation_id, input, remaining_sinks)
               select {NEW_ID}, t.namespace_id, t.template_id, l.template_version_id, l.lock_id,
                      tasker.clock() - interval '{ago}' - interval '{age}', '', '{{}}', 1
               from tasker.lock l join tasker.template_version using (template_version_id)
               join tasker.template t using (template_id), generate_series(1, {count})
               where t.name = 'order' and ('component charge' = any (l.rollouts)) = {is_rollout}
               returning task_id)
             insert into tasker.transition (at, task_id, step_no, attempt, to_state, detail,
                                            component_version_id, wall_ms, cpu_ms, memory_kib)
             select tasker.clock() - interval '{ago}', t.task_id, 0, 1, '{state}', json_build_object('kind', '{kind}'),
                    v.component_version_id, {wall_ms}, {cpu_ms}, {memory_kib}
             from t, tasker.component_version v
             where v.version = case when {is_rollout} then '1.5.0' else '1.4.2' end"
        )
    }
}

async fn evaluated(attempts: &[Attempts]) -> (Session, i32, crate::harness::TestDatabase) {
    let (database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    for some in attempts {
        session.run(&some.sql()).await;
    }
    let evaluated = session.one("select tasker.evaluate_rollout_guards()").await;
    (session, evaluated, database)
}

async fn pin(session: &mut Session) -> String {
    session
        .one("select concat_ws(' ', requirement, rollout_requirement, rollout_percent, rollout_state) from tasker.pin")
        .await
}

async fn left_alone(attempts: &[Attempts]) {
    let (mut session, evaluated, _database) = evaluated(attempts).await;
    assert_eq!(evaluated, 0);
    assert_eq!(pin(&mut session).await, "=1.4.2 =1.5.0 12.34 running");
}

/// The action and the reason of what was done.
async fn done(attempts: &[Attempts]) -> (String, String) {
    let (mut session, evaluated, _database) = evaluated(attempts).await;
    assert_eq!(evaluated, 1);
    let audit = "from tasker.audit where actor = 'host' and namespace = 'shop' and subject = 'pin component charge'";
    let action: String = session.one(&format!("select action {audit}")).await;
    let expected = match action.as_str() {
        "pin.rollback" => "=1.4.2",
        _ => "=1.4.2 =1.5.0 12.34 paused",
    };
    assert_eq!(pin(&mut session).await, expected);
    let generation: i64 = session
        .one("select generation from tasker.registry_generation")
        .await;
    assert_eq!(generation, 1, "every host resolves anew");
    assert_eq!(
        session
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        0
    );
    let detail: String = session
        .one(&format!("select concat_ws(' ', detail->'rollout_from', detail->'figures'->'rollout'->>'attempts') {audit}"))
        .await;
    assert!(
        detail.contains("12.34") && detail.ends_with(" 50"),
        "{detail}"
    );
    (action, session.one(&format!("select reason {audit}")).await)
}

#[tokio::test]
async fn a_rollout_that_fails_more_often_is_rolled_back_and_the_reason_has_the_numbers() {
    let some = [OLD, NEW.failed("failed", 19), Attempts { count: 31, ..NEW }];
    assert_eq!(
        done(&some).await,
        (
            "pin.rollback".to_owned(),
            "38.0 % of 50 attempts on =1.5.0 failed, against 0.0 % of 100 on =1.4.2; the guard allows 5 points more"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn a_rollout_that_traps_is_rolled_back_sooner_and_without_others_to_compare_with() {
    let some = [NEW.failed("trapped", 1), Attempts { count: 49, ..NEW }];
    let (action, reason) = done(&some).await;
    assert_eq!(action, "pin.rollback");
    assert!(
        reason.starts_with("2.0 % of 50 attempts on =1.5.0 trapped"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_rollout_that_costs_too_much_is_paused() {
    let slow = Attempts {
        wall_ms: 50.0,
        ..NEW
    };
    let (action, reason) = done(&[OLD, slow]).await;
    assert_eq!(action, "pin.pause");
    assert!(
        reason.contains("end within 50.0 ms, against 20.0 ms on =1.4.2"),
        "{reason}"
    );
    let fat = Attempts {
        memory_kib: 9_000,
        ..NEW
    };
    assert!(
        done(&[OLD, fat])
            .await
            .1
            .contains("within 9000 KiB of memory, against 2000 KiB")
    );
    let busy = Attempts {
        cpu_ms: 15.0,
        ..NEW
    };
    assert!(
        done(&[OLD, busy])
            .await
            .1
            .contains("15.0 ms of processor time, against 2.0 ms")
    );
}

#[tokio::test]
async fn a_rollout_that_is_as_good_is_left_alone() {
    left_alone(&[OLD, NEW]).await;
    // As bad as before is no reason.
    left_alone(&[OLD.failed("failed", 50), OLD, NEW.failed("failed", 19), NEW]).await;
    // More than twice as slow, but of next to nothing.
    let quick = Attempts {
        wall_ms: 1.0,
        cpu_ms: 0.1,
        memory_kib: 100,
        ..OLD
    };
    let less_quick = Attempts {
        is_rollout: true,
        count: 50,
        wall_ms: 9.0,
        cpu_ms: 4.0,
        memory_kib: 900,
        ..quick
    };
    left_alone(&[quick, less_quick]).await;
}

#[tokio::test]
async fn what_says_nothing_of_the_version_is_not_counted() {
    // Too few; not the handler's fault; before the window; of tasks from before the rollout.
    left_alone(&[OLD, NEW.failed("trapped", 19)]).await;
    left_alone(&[OLD, NEW, NEW.failed("host", 50)]).await;
    let late = Attempts {
        ago: "301 s",
        ..NEW
    };
    left_alone(&[OLD, late.failed("trapped", 50)]).await;
    let aged = Attempts {
        age: "61 min",
        ..NEW
    };
    left_alone(&[OLD, aged.failed("trapped", 50)]).await;
    // Slow, but nothing to compare with.
    left_alone(&[Attempts {
        wall_ms: 900.0,
        ..NEW
    }])
    .await;
}

#[tokio::test]
async fn a_guard_does_its_action_and_leaves_paused_rollouts_alone() {
    let (_database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    session
        .run("update tasker.pin set guard = guard || '{\"action\": \"pause\"}'")
        .await;
    session.run(&NEW.failed("trapped", 50).sql()).await;
    assert_eq!(
        session
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        1
    );
    assert_eq!(pin(&mut session).await, "=1.4.2 =1.5.0 12.34 paused");
    assert_eq!(
        session
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        0
    );
}

#[tokio::test]
async fn a_template_is_evaluated_by_the_attempts_of_its_tasks() {
    let (_database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    session
        .run(
            "update tasker.pin set kind = 'template', target = 'order';
             update tasker.lock set rollouts = '{component charge, template order}' where cardinality(rollouts) = 1",
        )
        .await;
    session.run(&OLD.sql()).await;
    session.run(&NEW.failed("timed_out", 50).sql()).await;
    assert_eq!(
        session
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        1
    );
    assert_eq!(pin(&mut session).await, "=1.4.2");
}

#[tokio::test]
async fn what_a_guard_compares_can_be_read_of_any_rollout() {
    let (_database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    let of_pin = "select string_agg(concat_ws(' ', f.is_rollout, f.attempts, round(f.failed_percent, 1), round(f.trapped_percent, 1),
                                              f.wall_ms, f.cpu_ms, f.memory_kib), '; ' order by f.is_rollout)
                  from tasker.pin p cross join lateral tasker.guard_figures(p.namespace_id, p.kind, p.target) f";
    let figures: String = session.one(of_pin).await;
    assert_eq!(figures, "f 0; t 0");
    for some in [
        OLD,
        NEW,
        NEW.failed("trapped", 10),
        NEW.failed("failed", 20),
        NEW.failed("host", 50),
    ] {
        session.run(&some.sql()).await;
    }
    let both = "f 100 0.0 0.0 20 2 2000; t 80 37.5 12.5 20 2 2000";
    let watched = "select count(*) from tasker.guard_figures()";
    assert_eq!(session.one::<String>(of_pin).await, both);
    assert_eq!(session.one::<i64>(watched).await, 2);
    session
        .run("update tasker.pin set rollout_state = 'paused', paused_because = 'a look', guard = null")
        .await;
    assert_eq!(session.one::<String>(of_pin).await, both);
    assert_eq!(session.one::<i64>(watched).await, 0);
    session.run("delete from tasker.pin").await;
    assert_eq!(session.one::<Option<String>>(of_pin).await, None);
}

#[tokio::test]
async fn one_evaluates_at_a_time() {
    let (database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    session.run(&NEW.failed("trapped", 50).sql()).await;
    let mut other = Session::new(&database).await;
    session.begin().await;
    assert_eq!(
        session
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        1
    );
    assert_eq!(
        other
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        0
    );
    session.commit().await;
    assert_eq!(
        other
            .one::<i32>("select tasker.evaluate_rollout_guards()")
            .await,
        0
    );
}

#[tokio::test]
async fn of_several_pins_the_lower_one_is_locked_first() {
    let (database, mut session, _) = engine().await;
    session.run(ROLLOUT).await;
    session
        .run(
            "update tasker.lock set rollouts = rollouts || '{template order}' where rollouts <> '{}';
             insert into tasker.pin (namespace_id, kind, target, requirement, rollout_requirement, rollout_percent,
                                     rollout_state, rollout_started_at, guard)
             select namespace_id, 'template', 'order', requirement, rollout_requirement, rollout_percent, rollout_state,
                    rollout_started_at, guard
             from tasker.pin",
        )
        .await;
    for some in [OLD, NEW.failed("trapped", 50)] {
        session.run(&some.sql()).await;
    }
    let mut blocker = Session::new(&database).await;
    let row = |kind: &str| format!("select from tasker.pin where kind = '{kind}' for update");
    blocker.begin().await;
    blocker.run(&row("template")).await;
    let pid = session.pid();
    let check = async {
        blocker.wait_until_awaited_by(pid).await;
        blocker.run(&format!("{} nowait", row("component"))).await;
        blocker.commit().await;
    };
    let (evaluated, ()) = tokio::join!(
        session.one::<i32>("select tasker.evaluate_rollout_guards()"),
        check
    );
    assert_eq!(evaluated, 2);
}
