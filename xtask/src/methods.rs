//! `cargo xtask methods FILE`: the long-running methods of a descriptor set, as the generator reads them.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use lro_codegen::{LroMethod, LroType};
use serde_json::Value;

use crate::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A serialized `FileDescriptorSet` with all imports, as `protoc --include_imports -o FILE` writes it.
    file: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let set =
        fs::read(&args.file).map_err(|error| format!("cannot read {}: {error}", args.file.display()))?;
    let mut output = io::stdout().lock();
    for method in lro_codegen::methods(set)? {
        writeln!(output, "{}", line(&method))?;
    }
    Ok(())
}

/// One method as a JSON object on one line, with a space after each colon and comma as Python's `json` writes it.
pub(crate) fn line(method: &LroMethod) -> String {
    let mut fields = vec![
        ("file", Value::from(method.file.as_str())),
        ("service", Value::from(method.service.as_str())),
        ("method", Value::from(method.method.as_str())),
        ("annotated", Value::from(method.types.is_some())),
    ];
    let (response, metadata) =
        method.types.as_ref().map_or((None, None), |(response, metadata)| (Some(response), Some(metadata)));
    type_fields(&mut fields, ["response_type", "response_type_unimported"], response);
    type_fields(&mut fields, ["metadata_type", "metadata_type_unimported"], metadata);
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

fn type_fields(
    fields: &mut Vec<(&'static str, Value)>,
    [name, unimported]: [&'static str; 2],
    lro_type: Option<&LroType>,
) {
    fields.push((name, lro_type.map_or(Value::Null, |lro_type| Value::from(lro_type.full_name.as_str()))));
    if let Some(file) = lro_type.and_then(|lro_type| lro_type.unimported.as_deref()) {
        fields.push((unimported, Value::from(file)));
    }
}
