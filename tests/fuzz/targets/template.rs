#![no_main]

#[path = "../checks/template.rs"]
mod template;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| template::check(source));
