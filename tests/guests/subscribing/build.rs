//! Links with a small stack, as the SDK does: an instance then fits into the memory that the host
//! keeps at hand.

fn main() {
    println!("cargo:rustc-cdylib-link-arg=-zstack-size=65536");
    println!("cargo:rerun-if-changed=../../../wit");
}
