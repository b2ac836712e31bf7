//! What names, types and options are chosen from.

/// The word of a number, whatever the number is.
pub(crate) fn pick<'a>(all: &[&'a str], number: u8) -> &'a str {
    all[usize::from(number) % all.len()]
}

/// Names that mean something in Rust, to prost, to tonic or to us, beside such as mean nothing.
pub(crate) const NAMES: &[&str] = &[
    "A",
    "Book",
    "book",
    "BOOK",
    "Operation",
    "Option",
    "Result",
    "Vec",
    "String",
    "Box",
    "Self",
    "self",
    "super",
    "crate",
    "type",
    "Status",
    "Request",
    "Response",
    "Context",
    "Send",
    "Connect",
    "New",
    "Clone",
    "Inner",
    "Progress",
    "Await",
    "Start",
    "StartBook",
    "GetBook",
    "get_book",
    "BookLro",
    "BookClient",
    "BookServer",
    "Lro",
    "_1",
    "a1",
    "std",
    "core",
    "google",
    "longrunning",
    "protobuf",
    "Empty",
    "Any",
    "request_id",
    "validate_only",
    "name",
    "parent",
    "lro",
    "tonic",
    "prost",
    "S",
    "Stream",
];

/// Packages of one segment and of several, with keywords, and those of others.
pub(crate) const PACKAGES: &[&str] = &[
    "",
    "a",
    "a.b",
    "a.b.c",
    "example.v1",
    "google.longrunning",
    "google.protobuf",
    "google.rpc",
    "type.async",
    "self.crate",
    "std",
    "lro",
    "tonic",
    "A.B",
    "a.book_lro",
];

/// Path templates, some of them wrong.
pub(crate) const TEMPLATES: &[&str] = &[
    "",
    "**",
    "{name=**}",
    "{a=b/*}/c",
    "{a=b/*/c/**}",
    "a/{b}",
    "{",
    "}",
    "{a=*}{b=*}",
    "/v1/{parent=a/*}/b:c",
];

/// Options that are on or off.
pub(crate) const SWITCHES: &[&str] = &[
    "client",
    "server",
    "flat_output_dir",
    "no_include",
    "compile_well_known_types",
    "enable_type_names",
    "retain_enum_prefix",
    "routing_headers",
    "file_descriptor_set",
];
/// Options with an element of the protos, or a file, as their value.
pub(crate) const PATHS: &[&str] = &["disable_comments", "bytes", "btree_map", "boxed", "include_file"];
