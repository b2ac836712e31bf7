//! How prost and tonic turn proto names into Rust identifiers.
//!
//! Generated code names types and modules that prost-build and tonic-build define, so these rules are theirs, to the letter;
//! a test compares them with prost-build itself.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

/// A message, enum or service in Rust style.
pub(crate) fn type_name(proto: &str) -> String {
    escape(if is_camel(proto) { proto.to_owned() } else { proto.to_upper_camel_case() })
}

/// The enum of a oneof, by the rule of prost-build: a type of that name which the message declares has it be called otherwise.
pub(crate) fn oneof_type<'a>(oneof: &str, declared: impl IntoIterator<Item = &'a str>) -> String {
    let name = type_name(oneof);
    if declared.into_iter().any(|declared| type_name(declared) == name) { name + "OneOf" } else { name }
}

/// A package segment, a message's module or a method in Rust style.
pub(crate) fn snake(proto: &str) -> String {
    escape(if is_snake(proto) { proto.to_owned() } else { proto.to_snake_case() })
}

/// Whether a name is in upper camel case without doubt, as most are that should be: each word a capital letter and small ones.
fn is_camel(name: &str) -> bool {
    let mut after_capital = true;
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && !name.ends_with(|last: char| last.is_ascii_uppercase())
        && name.bytes().skip(1).all(|letter| {
            let is_apart = !after_capital || !letter.is_ascii_uppercase();
            after_capital = letter.is_ascii_uppercase();
            is_apart && letter.is_ascii_alphabetic()
        })
}

/// Whether a name is in snake case without doubt.
fn is_snake(name: &str) -> bool {
    let mut after_underscore = true;
    let is_snake = name.bytes().all(|letter| {
        let is_apart = letter == b'_' && !after_underscore;
        after_underscore = letter == b'_';
        is_apart || letter.is_ascii_lowercase() || letter.is_ascii_digit()
    });
    is_snake && !after_underscore
}

/// A constant in Rust style.
pub(crate) fn constant(proto: &str) -> String {
    let name = proto.to_shouty_snake_case();
    if name.starts_with(|first: char| first.is_numeric()) { format!("_{name}") } else { name }
}

/// The stem of the modules that tonic puts a service's client and server in. Unlike [`snake`], it splits before every capital letter.
pub(crate) fn tonic_module(service_type: &str) -> String {
    let mut stem = String::with_capacity(service_type.len() + 8);
    let mut letters = service_type.chars().peekable();
    while let Some(letter) = letters.next() {
        stem.push(letter.to_ascii_lowercase());
        if letters.peek().is_some_and(|next| next.is_uppercase()) {
            stem.push('_');
        }
    }
    stem
}

/// Makes an identifier of a word that Rust reserves: raw where Rust allows it, with an underscore where it does not.
pub(crate) fn escape(word: String) -> String {
    match word.as_str() {
        "_" | "super" | "self" | "Self" | "extern" | "crate" => format!("{word}_"),
        "abstract" | "as" | "async" | "await" | "become" | "box" | "break" | "const" | "continue" | "do"
        | "dyn" | "else" | "enum" | "false" | "final" | "fn" | "for" | "gen" | "if" | "impl" | "in"
        | "let" | "loop" | "macro" | "match" | "mod" | "move" | "mut" | "override" | "priv" | "pub"
        | "ref" | "return" | "static" | "struct" | "trait" | "true" | "try" | "type" | "typeof"
        | "unsafe" | "unsized" | "use" | "virtual" | "where" | "while" | "yield" => format!("r#{word}"),
        _ if word.starts_with(|first: char| first.is_numeric()) => format!("_{word}"),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_escaped_as_prost_does() {
        assert_eq!(snake("Await"), "r#await");
        assert_eq!(snake("Self"), "self_");
        assert_eq!(type_name("self"), "Self_");
        assert_eq!(snake("ImportBooks"), "import_books");
        assert_eq!(constant("ImportBooks"), "IMPORT_BOOKS");
    }

    #[test]
    fn what_is_taken_as_it_is_would_not_be_changed() {
        let letters = ["a", "B", "1", "_", "É", ""];
        for number in 0..letters.len().pow(6) {
            let letter = |place: u32| letters[number / letters.len().pow(place) % letters.len()];
            let name: String = (0..6).map(letter).collect();
            assert!(!is_camel(&name) || name.to_upper_camel_case() == name, "{name}");
            assert!(!is_snake(&name) || name.to_snake_case() == name, "{name}");
        }
        for (name, expected) in
            [("ImportBooks", [true, false]), ("shelf_2", [false, true]), ("APIKey", [false; 2])]
        {
            assert_eq!([is_camel(name), is_snake(name)], expected, "{name}");
        }
    }

    #[test]
    fn fields_are_called_as_prost_calls_them() {
        let names = [
            "name",
            "type",
            "self",
            "Self",
            "camelCase",
            "HTTPPath",
            "a1_b2",
            "_under",
            "x__y",
            "_1",
            "async",
            "crate",
            "gen",
        ];
        let field = |name: &str| prost_types::FieldDescriptorProto {
            name: Some(name.to_owned()),
            number: Some(1),
            label: Some(1),
            r#type: Some(9),
            ..Default::default()
        };
        for name in names {
            let message = prost_types::DescriptorProto {
                name: Some("Message".to_owned()),
                field: vec![field(name)],
                ..Default::default()
            };
            let file = prost_types::FileDescriptorProto {
                message_type: vec![message],
                syntax: Some("proto3".to_owned()),
                ..Default::default()
            };
            let module = prost_build::Module::from_protobuf_package_name("example");
            let code = prost_build::Config::new().generate(vec![(module.clone(), file)]).unwrap();
            let expected = format!("pub {}:", snake(name));
            assert!(code[&module].contains(&expected), "{expected} is not in {}", code[&module]);
        }
    }

    #[test]
    fn tonic_calls_services_as_we_expect() {
        for name in [
            "LibraryService",
            "library_service",
            "IAMPolicy",
            "type",
            "Self",
            "Grpc2Http",
            "V1",
            "_1",
            "_Odd__Name_",
        ] {
            let service = prost_build::Service {
                name: type_name(name),
                proto_name: name.to_owned(),
                package: "example".to_owned(),
                comments: prost_build::Comments::default(),
                methods: Vec::new(),
                options: prost_types::ServiceOptions::default(),
            };
            let mut code = String::new();
            tonic_prost_build::configure().service_generator().generate(service, &mut code);
            let (module, name) = (tonic_module(&type_name(name)), type_name(name));
            for item in
                [format!("mod {module}_server "), format!("mod {module}_client "), format!("trait {name}:")]
            {
                assert!(code.contains(&item), "{item} is not in {code}");
            }
            assert!(code.contains(&format!("struct {name}Server")), "{name}Server");
        }
    }
}
