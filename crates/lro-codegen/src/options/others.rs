//! Options of other generators that people may try, and what they do here instead.

/// The advice for an option of prost-build, tonic-build or one of their plugins.
pub(super) fn advice(name: &str) -> Option<&'static str> {
    OTHERS.iter().find(|(names, _)| names.contains(&name)).map(|(_, advice)| *advice)
}

const OTHERS: &[(&[&str], &str)] = &[
    (&["no_client", "build_client"], "use client=false to leave clients out"),
    (&["no_server", "build_server"], "use server=false to leave servers out"),
    (
        &["no_transport", "build_transport"],
        "typed clients connect through tonic's transport; use client=false, or client_feature=NAME to compile clients with a Cargo feature only",
    ),
    (
        &["disable_package_emission", "emit_package"],
        "methods and operations are found by their full name, so the package cannot be left out of it",
    ),
    (
        &["gen_crate", "package_separator"],
        "use include_file=FILE for the module tree, and write the Cargo.toml of the crate by hand",
    ),
    (&["no_features"], "there are no features but those that client_feature and server_feature name"),
    (
        &["out_dir", "file_descriptor_set_path"],
        "a plugin writes nothing but code: the folder is that of --rust-lro_out, and protoc has --descriptor_set_out; for a constant, use file_descriptor_set",
    ),
    (
        &["protoc_arg", "protoc_executable", "skip_protoc_run", "include", "includes"],
        "that is between you and protoc or buf, which runs this plugin",
    ),
    (
        &["generate_default_stubs", "use_arc_self"],
        "it changes the trait of tonic's server, which typed servers implement as it is",
    ),
    (
        &["codec_path", "prost_path", "prost_types_path", "skip_source_info", "type_name_domain"],
        "only build scripts can set it, through the methods `prost` and `tonic` of lro_build::Builder",
    ),
];
