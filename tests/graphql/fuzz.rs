//! Queries that nobody wrote, made from the schema: the host answers each, with a bounded number of statements and soon, and is
//! at fault for none.

use super::asking::Asks as _;
use super::statement_log::StatementLog;
use crate::api::server::Server;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

/// How many queries are made; another number for a long run.
const QUERIES: usize = 150;
const QUERIES_VARIABLE: &str = "TASKER_GRAPHQL_QUERIES";
/// The most statements that a query may cost, whatever it asks for: 20 fields of it are requests, and each of the levels below
/// costs a few.
const MAX_STATEMENTS: usize = 400;
/// The longest that a query of a long run may take.
const SOON: Duration = Duration::from_secs(1);

const INTROSPECTION: &str = "{__schema {types {
    kind name
    fields {name type {...T} args {name type {...T}}}
    inputFields {name type {...T}}
    enumValues {name}
    possibleTypes {name}
  }}}
  fragment T on __Type {kind name ofType {kind name ofType {kind name ofType {kind name}}}}";

/// Values that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn of<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

struct Maker {
    types: HashMap<String, Value>,
    random: Random,
    /// Texts that mean something to the host.
    known: Vec<String>,
    text: String,
}

impl Maker {
    fn query(&mut self) -> String {
        self.text.clear();
        let root = match self.random.below(10) {
            0..6 => "Query",
            6..9 => "Mutation",
            _ => "Subscription",
        };
        let _ = write!(self.text, "{} ", root.to_lowercase());
        if self.random.once_in(8) {
            self.text.push_str("($v: String = \"x\", $n: Int, $i: ID) ");
        }
        let depth = 1 + self.random.below(8);
        self.selection(root, depth);
        if self.random.once_in(12) {
            let at = self.random.below(self.text.len());
            let junk = *self
                .random
                .of(&["}", "{", "\"", "@", "...", "$", "#", "\u{0}", "é", "!"]);
            let at = (0..=at)
                .rev()
                .find(|at| self.text.is_char_boundary(*at))
                .unwrap();
            self.text.insert_str(at, junk);
        }
        self.text.clone()
    }

    fn selection(&mut self, of: &str, depth: usize) {
        self.text.push('{');
        let fields = self.types[of]["fields"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for _ in 0..=self.random.below(4) {
            match self.random.below(40) {
                0 => self.text.push_str(" __typename"),
                1 => self.text.push_str(" nothing"),
                2 => {
                    let _ = write!(self.text, " ... on {of} ");
                    self.text.push_str("{__typename}");
                }
                _ if fields.is_empty() => self.text.push_str(" __typename"),
                _ => {
                    let field = self.random.of(&fields).clone();
                    self.field(&field, depth);
                }
            }
        }
        self.text.push('}');
    }

    fn field(&mut self, field: &Value, depth: usize) {
        let named = named(&field["type"]);
        let kind = self.types[named]["kind"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let is_object = ["OBJECT", "INTERFACE"].contains(&kind.as_str());
        if is_object && depth == 0 {
            return self.text.push_str(" __typename");
        }
        self.text.push(' ');
        if self.random.once_in(6) {
            let _ = write!(self.text, "a{}: ", self.random.0 % 7);
        }
        self.text.push_str(field["name"].as_str().unwrap());
        self.arguments(field);
        if self.random.once_in(30) {
            self.text.push_str(" @skip(if: false)");
        }
        let named = named.to_owned();
        if is_object != self.random.once_in(50) {
            self.selection(&named, depth.saturating_sub(1));
        }
    }

    fn arguments(&mut self, field: &Value) {
        let mut given = Vec::new();
        for argument in field["args"].as_array().into_iter().flatten() {
            let is_required = argument["type"]["kind"] == "NON_NULL";
            if is_required != self.random.once_in(if is_required { 40 } else { 4 }) {
                let value = self.value(&argument["type"], 3);
                given.push(format!("{}: {value}", argument["name"].as_str().unwrap()));
            }
        }
        if !given.is_empty() {
            let _ = write!(self.text, "({})", given.join(", "));
        }
    }

    fn value(&mut self, of: &Value, depth: usize) -> String {
        match self.random.below(60) {
            0 => return "null".to_owned(),
            1 => return "$v".to_owned(),
            2 => return "[1, {a: \"x\"}]".to_owned(),
            _ => {}
        }
        match of["kind"].as_str().unwrap_or_default() {
            "NON_NULL" => self.value(&of["ofType"], depth),
            "LIST" => {
                let items: Vec<String> = (0..self.random.below(3))
                    .map(|_| self.value(&of["ofType"], depth))
                    .collect();
                format!("[{}]", items.join(", "))
            }
            "ENUM" => {
                let values = self.types[named(of)]["enumValues"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                self.random.of(&values)["name"].as_str().unwrap().to_owned()
            }
            "INPUT_OBJECT" if depth > 0 => {
                let fields = self.types[named(of)]["inputFields"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let mut members = Vec::new();
                for field in fields {
                    if field["type"]["kind"] == "NON_NULL" || self.random.once_in(3) {
                        let value = self.value(&field["type"], depth - 1);
                        members.push(format!("{}: {value}", field["name"].as_str().unwrap()));
                    }
                }
                format!("{{{}}}", members.join(", "))
            }
            "INPUT_OBJECT" => "{}".to_owned(),
            _ => self.scalar(named(of)),
        }
    }

    fn scalar(&mut self, name: &str) -> String {
        let numbers = [
            "0",
            "1",
            "2",
            "50",
            "500",
            "501",
            "-1",
            "2147483647",
            "99999999999999999999",
        ];
        match name {
            "Int" | "Long" => (*self.random.of(&numbers)).to_owned(),
            "Float" => (*self.random.of(&["0.5", "1e300", "-0.0", "10"])).to_owned(),
            "Boolean" => (*self.random.of(&["true", "false"])).to_owned(),
            "JSON" => (*self
                .random
                .of(&["{a: [1, null]}", "1", "\"x\"", "[]", "null"]))
            .to_owned(),
            "DateTime" => (*self
                .random
                .of(&["\"2026-01-01T00:00:00Z\"", "\"x\"", "\"-1\""]))
            .to_owned(),
            _ => {
                let known = self.random.of(&self.known.clone()).clone();
                json!(known).to_string()
            }
        }
    }
}

fn named(of: &Value) -> &str {
    match of["name"].as_str() {
        Some(name) => name,
        None => named(&of["ofType"]),
    }
}

#[tokio::test]
async fn queries_that_nobody_wrote_find_no_fault_of_the_host() {
    let log = StatementLog::start();
    let server = Server::start().await;
    let steps =
        "steps: [{name: a, handler: guest/noop}, {name: b, handler: guest/noop, depends_on: [a]}]";
    server.publish("one", steps).await;
    let mut known: Vec<String> = [
        "shop",
        "one",
        "guest",
        "1.0.0",
        "a",
        "x",
        "",
        "é\u{0}",
        "*",
        "task.*",
        "shop/guest",
        "latest",
        "^1",
    ]
    .map(str::to_owned)
    .into();
    for _ in 0..20 {
        known.push(server.submit("one", json!({"n": 1})).await);
    }
    let types = server.ask(INTROSPECTION, json!({})).await.data();
    let types = types["__schema"]["types"].as_array().unwrap().iter();
    let types = types.map(|ty| (ty["name"].as_str().unwrap().to_owned(), ty.clone()));
    let mut maker = Maker {
        types: types.collect(),
        random: Random(0x9E37_79B9_7F4A_7C15),
        known,
        text: String::new(),
    };
    let long = std::env::var(QUERIES_VARIABLE)
        .ok()
        .map(|count| count.parse().unwrap());
    let (mut executed, mut slowest, mut most) = (0, Duration::ZERO, 0);
    log.statements();
    for _ in 0..long.unwrap_or(QUERIES) {
        let query = maker.query();
        let began = std::time::Instant::now();
        let answer = server.ask(&query, json!({"i": "x"})).await;
        let took = began.elapsed();
        assert_eq!(answer.status, 200, "{query}: {answer:?}");
        let errors = answer.json["errors"].as_array().into_iter().flatten();
        for error in errors {
            let (code, status) = (&error["extensions"]["code"], &error["extensions"]["status"]);
            assert!(code.is_string() && code != "internal", "{query}: {error}");
            assert!(
                status.as_u64().is_none_or(|status| status < 500),
                "{query}: {error}"
            );
            let message = error["message"].as_str().unwrap();
            assert!(!message.starts_with("internal"), "{query}: {error}");
        }
        let statements = log.statements();
        let cost = statements.len();
        assert!(cost <= MAX_STATEMENTS, "{cost}: {query}: {statements:#?}");
        most = most.max(cost);
        executed += usize::from(!answer.json["data"].is_null());
        assert!(long.is_none() || took < SOON, "{took:?}: {query}");
        slowest = slowest.max(took);
    }
    println!(
        "{executed} were executed; the slowest took {slowest:?}, and none cost more than {most} statements"
    );
    assert!(executed > 0);
}
