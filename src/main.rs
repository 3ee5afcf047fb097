//! The `reflector` program.

fn main() {}
