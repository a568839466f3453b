//! The `fastdeck` binary.
fn main() {}
