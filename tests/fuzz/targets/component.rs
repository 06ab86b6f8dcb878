#![no_main]

#[path = "../checks/component.rs"]
mod component;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| component::check(bytes));
