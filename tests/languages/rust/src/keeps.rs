//! Operations on entries.

use tasker_sdk::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Operation {
    op: Op,
    key: String,
    #[serde(default)]
    value: Value,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Op {
    Get,
    Set,
    Replace,
    Stale,
    Remove,
    Keys,
}

pub fn keeps(ctx: &Context, operations: Vec<Operation>) -> Result<Vec<Value>, Failure> {
    let operations = operations.into_iter();
    operations
        .map(|operation| operate(ctx, operation))
        .collect()
}

fn operate(ctx: &Context, Operation { op, key, value }: Operation) -> Result<Value, Failure> {
    let counters = ctx.kv("counters");
    match op {
        Op::Get => Ok(counters
            .get::<Value>(&key)?
            .into_value()
            .unwrap_or_default()),
        Op::Keys => Ok(json!(counters.keys(&key, 10)?)),
        Op::Set => counters.set(&key, &value).map(|()| Value::Null),
        Op::Remove => counters.remove(&key).map(|()| Value::Null),
        Op::Replace => {
            let found = counters.get::<Value>(&key)?;
            counters.replace(&key, &found, &value).map(|()| Value::Null)
        }
        Op::Stale => {
            let nothing = counters.get::<Value>("nothing")?;
            counters
                .replace(&key, &nothing, &value)
                .map(|()| Value::Null)
        }
    }
}
