//! The code was generated for a newer runtime than this one.

const _: () = ::lro::codegen::V2;

fn main() {}
