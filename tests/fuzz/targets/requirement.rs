#![no_main]

#[path = "../checks/requirement.rs"]
mod requirement;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| requirement::check(text));
