//! The README's proto, in both ways of use.

use crate::support::{check_generated, library};

#[test]
fn the_layer_alone() {
    check_generated("library_emit_lro", &[library()], "emit=lro");
}

#[test]
fn messages_services_and_the_layer() {
    check_generated("library_emit_all", &[library()], "emit=all");
}
