//! Both front doors have the same options.

use lro_codegen::OPTIONS;

#[test]
fn every_option_names_a_method_of_the_builder() {
    let builder = include_str!("../../src/builder.rs");
    for option in OPTIONS.iter().filter(|option| !option.method.is_empty()) {
        let name = option.method.split('(').next().unwrap();
        assert!(builder.contains(&format!("pub fn {name}(mut self, ")), "there is no `{}`", option.method);
    }
    // The one that is about another plugin's files.
    let without: Vec<_> =
        OPTIONS.iter().filter(|option| option.method.is_empty()).map(|option| option.name).collect();
    assert_eq!(without, ["no_include"]);
}
