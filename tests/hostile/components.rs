//! Components that are made to harm, as text or bytes.

/// A component around the fields of one core module, of which one instance is made.
pub fn around(module: &str) -> Vec<u8> {
    bytes(&format!(
        "(component (core module $m {module}) (core instance (instantiate $m)))"
    ))
}

/// The same, but it exports a handler, so that it is started to describe itself.
pub fn handler_around(module: &str) -> Vec<u8> {
    bytes(&format!(
        r#"(component
            (core module $m (func (export "f")) {module})
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (instance $h (export "execute" (func $f)))
            (export "tasker:step/handler@1.0.0" (instance $h)))"#
    ))
}

pub fn bytes(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

pub fn many_memories() -> Vec<u8> {
    around(&"(memory 1)".repeat(5_000))
}

pub fn many_instances() -> Vec<u8> {
    let instances = "(core instance (instantiate $m))".repeat(2_000);
    bytes(&format!("(component (core module $m) {instances})"))
}

pub fn more_instances_than_the_pool_has() -> Vec<u8> {
    let instances = "(core instance (instantiate $m))".repeat(100);
    bytes(&format!("(component (core module $m) {instances})"))
}

/// Each component makes ten instances of the one in it: a hundred million in the end.
pub fn exponential_instances() -> Vec<u8> {
    let ten = "(core instance (instantiate $m))".repeat(10);
    let innermost = format!("(component $c (core module $m) {ten})");
    let around = |inner: String, _| {
        let ten = "(instance (instantiate $c))".repeat(10);
        format!("(component $c {inner} {ten})")
    };
    bytes(&(0..8).fold(innermost, around))
}

pub fn deep_components() -> Vec<u8> {
    let around = |inner: String, _| format!("(component {inner})");
    bytes(&(0..100).fold(String::new(), around))
}

pub fn deep_types() -> Vec<u8> {
    let lists: String = (0..20_000)
        .map(|at| format!("(type $t{} (list $t{at}))", at + 1))
        .collect();
    bytes(&format!("(component (type $t0 string) {lists})"))
}

/// Each type holds the one before it twice.
pub fn exponential_types() -> Vec<u8> {
    let tuples: String = (0..60)
        .map(|at| format!("(type $t{} (tuple $t{at} $t{at}))", at + 1))
        .collect();
    bytes(&format!("(component (type $t0 string) {tuples})"))
}

pub fn huge_table() -> Vec<u8> {
    handler_around("(table 10000000 funcref)")
}

pub fn huge_memory() -> Vec<u8> {
    handler_around("(memory 65536)")
}

pub fn huge_jump_table() -> Vec<u8> {
    let targets = "0 ".repeat(1_000_000);
    around(&format!("(func (block i32.const 0 br_table {targets} 0))"))
}

pub fn many_functions() -> Vec<u8> {
    around(&"(func)".repeat(100_000))
}

pub fn too_many_functions() -> Vec<u8> {
    around(&"(func)".repeat(300_000))
}

pub fn many_locals() -> Vec<u8> {
    around(&format!("(func (local {}))", "i64 ".repeat(50_001)))
}

/// Loops in loops, all of which change what the others read.
pub fn nested_loops() -> Vec<u8> {
    const DEPTH: usize = 10_000;
    let opens: String = (0..DEPTH)
        .map(|at| {
            let (read, written) = ((at * 7 + 1) % DEPTH, (at * 13 + 2) % DEPTH);
            format!(
                "loop local.get {at} local.get {read} i64.add local.set {written} \
                 local.get {at} i32.wrap_i64 br_if 0 "
            )
        })
        .collect();
    let (locals, ends) = ("i64 ".repeat(DEPTH), "end ".repeat(DEPTH));
    around(&format!("(func (local {locals}) {opens} {ends})"))
}

pub fn endless_start() -> Vec<u8> {
    handler_around("(func $forever (loop (br 0))) (start $forever)")
}

pub fn data_outside_of_the_memory() -> Vec<u8> {
    handler_around(r#"(memory 1) (data (i32.const 65536) "outside")"#)
}

/// An export whose name is not UTF-8.
pub fn name_that_is_no_text() -> Vec<u8> {
    let mut bytes = around(r#"(func (export "a name"))"#);
    let at = bytes.windows(6).position(|six| six == b"a name").unwrap();
    bytes[at] = 0xff;
    bytes
}

/// A section whose head says that four billion functions follow.
pub fn lying_count() -> Vec<u8> {
    let module = b"\0asm\x01\0\0\0\x03\x05\xff\xff\xff\xff\x0f";
    let length = u8::try_from(module.len()).unwrap();
    [b"\0asm\x0d\0\x01\0\x01", [length].as_slice(), module].concat()
}
