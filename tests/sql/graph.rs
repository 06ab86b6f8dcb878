use super::session::Session;

/// A template to be: edges between numbered steps, and one retry policy for all of them.
#[derive(Clone, Debug)]
pub struct Graph {
    steps: i16,
    edges: Vec<(i16, i16)>,
    max_attempts: i32,
    backoff: &'static str,
    base_ms: i32,
    max_ms: i32,
    jitter: f32,
    timeout_ms: i32,
}

impl Graph {
    /// Steps from 0, each edge from a lower to a higher one.
    pub fn new(steps: i16, edges: &[(i16, i16)]) -> Self {
        Self {
            steps,
            edges: edges.to_vec(),
            max_attempts: 3,
            backoff: "exponential",
            base_ms: 1_000,
            max_ms: 60_000,
            jitter: 0.0,
            timeout_ms: 30_000,
        }
    }

    pub fn single() -> Self {
        Self::new(1, &[])
    }

    pub fn chain(steps: i16) -> Self {
        let edges: Vec<_> = (1..steps).map(|to| (to - 1, to)).collect();
        Self::new(steps, &edges)
    }

    /// 0 before 1 and 2, both before 3.
    pub fn diamond() -> Self {
        Self::new(4, &[(0, 1), (0, 2), (1, 3), (2, 3)])
    }

    /// 0 before 1 to `children`.
    pub fn fan_out(children: i16) -> Self {
        let edges: Vec<_> = (1..=children).map(|to| (0, to)).collect();
        Self::new(children + 1, &edges)
    }

    /// 0 to `parents - 1` before the last.
    pub fn fan_in(parents: i16) -> Self {
        let edges: Vec<_> = (0..parents).map(|from| (from, parents)).collect();
        Self::new(parents + 1, &edges)
    }

    pub fn max_attempts(mut self, max_attempts: i32) -> Self {
        self.max_attempts = max_attempts;
        self
    }

    pub fn backoff(mut self, backoff: &'static str, base_ms: i32, max_ms: i32) -> Self {
        (self.backoff, self.base_ms, self.max_ms) = (backoff, base_ms, max_ms);
        self
    }

    pub fn jitter(mut self, share: f32) -> Self {
        self.jitter = share;
        self
    }

    pub fn timeout_ms(mut self, timeout_ms: i32) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }

    pub fn parents(&self, of: i16) -> i16 {
        let parents = self.edges.iter().filter(|(_, to)| *to == of).count();
        i16::try_from(parents).unwrap()
    }

    /// Publishes the template under a name of its own, and tells its version's id.
    pub async fn publish(&self, session: &mut Session) -> i32 {
        let version: i32 = session
            .one(
                "with n as (insert into tasker.namespace (name) values ('n' || gen_random_uuid()) returning namespace_id),
                      t as (insert into tasker.template (namespace_id, name)
                            select namespace_id, 'template' from n returning template_id)
                 insert into tasker.template_version (template_id, version, digest, source, definition)
                 select template_id, '1.0.0', '\\x00', '', '{}' from t returning template_version_id",
            )
            .await;
        session.run(&self.steps_sql(version)).await;
        if !self.edges.is_empty() {
            session.run(&self.edges_sql(version)).await;
        }
        version
    }

    fn steps_sql(&self, version: i32) -> String {
        let row = |step: i16| {
            let is_sink = !self.edges.iter().any(|(from, _)| *from == step);
            format!(
                "({version}, {step}, 's{step}', {}, {is_sink}, {}, '{}', {}, {}, {}, {})",
                self.parents(step),
                self.max_attempts,
                self.backoff,
                self.base_ms,
                self.max_ms,
                self.jitter,
                self.timeout_ms
            )
        };
        let rows: Vec<_> = (0..self.steps).map(row).collect();
        format!(
            "insert into tasker.step_template values {}",
            rows.join(", ")
        )
    }

    fn edges_sql(&self, version: i32) -> String {
        let row = |(from, to): &(i16, i16)| format!("({version}, {from}, {to})");
        let rows: Vec<_> = self.edges.iter().map(row).collect();
        format!("insert into tasker.dependency values {}", rows.join(", "))
    }
}
