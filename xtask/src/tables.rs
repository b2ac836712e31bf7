//! Tables in the documents, made from the definitions in the code that they describe.

use lro_codegen::{Level, OPTIONS, OptionSpec, RULES, RuleSpec};

use crate::checked_in::Artifact;

/// Every table that is checked in.
pub(crate) fn artifacts() -> Vec<Artifact> {
    vec![options(), rules()]
}

/// The options of the plugin and of lro-build.
fn options() -> Artifact {
    let row = |option: &OptionSpec| {
        let methods = option.method.split(" or ").filter(|method| !method.is_empty());
        let method = methods.map(code).collect::<Vec<_>>().join(" or ");
        [code(&option.usage()), method, option.default.to_owned(), option.help.to_owned()]
    };
    document(
        "crates/lro-codegen/OPTIONS.md",
        "crates/lro-codegen/src/options/table.rs",
        "The plugin takes options separated by commas; a backslash keeps a comma inside a value, as in `type_attribute=.=#[derive(Eq\\, Hash)]`. \
         A switch can also be written `name=true` and `name=false`. The second column is the method of `lro_build::Builder` that does the same.",
        &table(["option", "build script", "default", "what it does"], OPTIONS.iter().map(row)),
    )
}

/// The rules that protos are held to.
fn rules() -> Artifact {
    let row = |spec: &RuleSpec| {
        let level = match spec.level {
            Some(Level::Allow) => "allow",
            Some(Level::Warn) => "warn",
            Some(Level::Deny) => "deny",
            None => "always an error",
        };
        [code(spec.name), level.to_owned(), spec.help.to_owned()]
    };
    document(
        "crates/lro-codegen/RULES.md",
        "crates/lro-codegen/src/diagnostics/rules.rs",
        "Each rule has a level: `allow`, `warn` or `deny`. The options of these names change it, for a rule or for a group such as `core::0151`, \
         `core` or `lro`. Rules in `core` are those of the [API linter](https://linter.aip.dev/), as far as they concern methods that return \
         `google.longrunning.Operation`.",
        &table(["rule", "level", "what it asks for"], RULES.iter().map(row)),
    )
}

/// A file with an introduction and a table, which says where it comes from.
fn document(path: &str, source: &str, introduction: &str, table: &str) -> Artifact {
    let contents = format!(
        "<!-- Made by `cargo xtask generate` from {source}. Do not edit. -->\n\n{introduction}\n\n{table}"
    );
    Artifact { path: path.into(), contents: contents.into_bytes() }
}

/// A Markdown table.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    // Cells end at a bar, in code too.
    let line =
        |cells: [String; N]| format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    let rule = [(); N].map(|()| "---".to_owned());
    [head.map(str::to_owned), rule].into_iter().chain(rows).map(line).collect()
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_does_not_end_a_cell() {
        let rows = [[code("emit=all|lro"), "which layers".to_owned()]];
        assert_eq!(
            table(["option", "what"], rows.into_iter()),
            "| option | what |\n| --- | --- |\n| `emit=all\\|lro` | which layers |\n"
        );
    }
}
