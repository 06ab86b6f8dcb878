use super::*;
use serde_json::json;

mod effort;
mod inputs;
