//! `FILE_DESCRIPTOR_SET`: the descriptors of a package, for server reflection.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bytes::Bytes;
use prost::Message as _;
use prost::encoding::{DecodeContext, decode_key, skip_field};

use crate::config::Config;
use crate::input::descriptor::FileDescriptorSet;
use crate::input::request::Request;

/// The field of a `FileDescriptorProto` with its comments and positions, most of its bytes, which no program wants at run time.
const SOURCE_CODE_INFO: u32 = 9;
/// How long a line of code gets.
const WIDTH: usize = 100;

/// The constant of each package to generate, if constants are wanted.
///
/// As in protoc-gen-prost, it holds all files of its package that the compiler passed on, and of no other package. They are taken over as bytes, so
/// that custom options stay.
pub(crate) fn constants(config: &Config, request: &Request) -> BTreeMap<String, String> {
    if !config.file_descriptor_set {
        return BTreeMap::new();
    }
    let packages: BTreeSet<&str> = request.targets().map(|file| file.package.as_str()).collect();
    let constant = |package: &str| {
        let files = request.files.iter().zip(&request.encoded).filter(|(file, _)| file.package == package);
        let file = files.map(|(_, encoded)| without_source_info(encoded)).collect();
        render(package, &FileDescriptorSet { file }.encode_to_vec())
    };
    packages.into_iter().map(|package| (package.to_owned(), constant(package))).collect()
}

fn render(package: &str, set: &[u8]) -> String {
    let of = if package.is_empty() {
        "the files without a package".to_owned()
    } else {
        format!("the package `{package}`")
    };
    format!(
        "/// The serialized `google.protobuf.FileDescriptorSet` of {of}, without comments.\n\
         pub const FILE_DESCRIPTOR_SET: &[u8] = b\"\\\n{}\";\n",
        literal(set)
    )
}

/// Bytes as a literal.
pub(crate) fn tokens(bytes: &[u8]) -> proc_macro2::Literal {
    let start = if bytes.is_empty() { "" } else { "\\\n" };
    let text = format!("b\"{start}{}\"", literal(bytes));
    text.parse().expect("a literal of bytes is one token")
}

/// The inside of a byte string literal, in lines that end with a backslash.
fn literal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    let mut line = 0;
    for &byte in bytes {
        let start = text.len();
        match byte {
            // A space at the start of a line would be taken for indentation.
            b' ' if line == 0 => text.push_str("\\x20"),
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b'\n' => text.push_str("\\n"),
            b' '..=b'~' => text.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
        line += text.len() - start;
        if line >= WIDTH {
            text.push_str("\\\n");
            line = 0;
        }
    }
    text
}

/// A file without its source info. What cannot be read stays as it is.
fn without_source_info(file: &Bytes) -> Bytes {
    let mut kept = Vec::with_capacity(file.len());
    let mut rest = file.clone();
    while !rest.is_empty() {
        let field = rest.clone();
        let skipped = decode_key(&mut rest)
            .and_then(|(tag, wire)| skip_field(wire, tag, &mut rest, DecodeContext::default()).map(|()| tag));
        match skipped {
            Ok(SOURCE_CODE_INFO) => {}
            Ok(_) => kept.extend_from_slice(&field[..field.len() - rest.len()]),
            Err(_) => return file.clone(),
        }
    }
    kept.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_means_its_bytes() {
        let bytes: Vec<u8> = (0..=255).chain(b" ".repeat(300)).collect();
        let parsed: syn::LitByteStr = syn::parse_str(&format!("b\"\\\n{}\"", literal(&bytes))).unwrap();
        assert_eq!(parsed.value(), bytes);
    }

    #[test]
    fn source_info_goes_and_all_else_stays() {
        let file = prost_types::FileDescriptorProto {
            name: Some("a.proto".to_owned()),
            source_code_info: Some(prost_types::SourceCodeInfo::default()),
            syntax: Some("proto3".to_owned()),
            ..Default::default()
        };
        let without = without_source_info(&file.encode_to_vec().into());
        let expected = prost_types::FileDescriptorProto { source_code_info: None, ..file };
        assert_eq!(without, expected.encode_to_vec());
        let broken = Bytes::from_static(&[0x0a, 0x7f]);
        assert_eq!(without_source_info(&broken), broken);
    }
}
