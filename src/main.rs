//! The contact gateway.
fn main() {}
