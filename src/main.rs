//! The `fastdeck` binary: it hands over to `cli`.
fn main() {}
