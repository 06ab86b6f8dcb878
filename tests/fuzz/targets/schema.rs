#![no_main]

#[path = "../checks/schema.rs"]
mod schema;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|pair: schema::Pair| schema::check(pair));
