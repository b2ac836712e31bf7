//! Which types the crates have whose packages are named as a whole.
//!
//! prost-build takes all of `google.protobuf` for types of prost-types, which are those of an older `descriptor.proto`; and newer files
//! of `google.longrunning` may have more than the runtime.

macro_rules! types {
    ($($name:literal $rust:ty,)*) => {
        /// The messages and enums of `google.protobuf` that prost-types has, without those that prost maps to something else; sorted.
        const PROST_TYPES: &[&str] = &[$($name),*];

        /// The same with their Rust paths, which have to exist.
        #[cfg(test)]
        pub(super) fn prost_types() -> Vec<(&'static str, &'static str)> {
            $(let _: Option<$rust> = None;)*
            vec![$(($name, stringify!($rust))),*]
        }
    };
}

types! {
    "Any" prost_types::Any,
    "Api" prost_types::Api,
    "DescriptorProto" prost_types::DescriptorProto,
    "DescriptorProto.ExtensionRange" prost_types::descriptor_proto::ExtensionRange,
    "DescriptorProto.ReservedRange" prost_types::descriptor_proto::ReservedRange,
    "Duration" prost_types::Duration,
    "Enum" prost_types::Enum,
    "EnumDescriptorProto" prost_types::EnumDescriptorProto,
    "EnumDescriptorProto.EnumReservedRange" prost_types::enum_descriptor_proto::EnumReservedRange,
    "EnumOptions" prost_types::EnumOptions,
    "EnumValue" prost_types::EnumValue,
    "EnumValueDescriptorProto" prost_types::EnumValueDescriptorProto,
    "EnumValueOptions" prost_types::EnumValueOptions,
    "ExtensionRangeOptions" prost_types::ExtensionRangeOptions,
    "Field" prost_types::Field,
    "Field.Cardinality" prost_types::field::Cardinality,
    "Field.Kind" prost_types::field::Kind,
    "FieldDescriptorProto" prost_types::FieldDescriptorProto,
    "FieldDescriptorProto.Label" prost_types::field_descriptor_proto::Label,
    "FieldDescriptorProto.Type" prost_types::field_descriptor_proto::Type,
    "FieldMask" prost_types::FieldMask,
    "FieldOptions" prost_types::FieldOptions,
    "FieldOptions.CType" prost_types::field_options::CType,
    "FieldOptions.JSType" prost_types::field_options::JsType,
    "FileDescriptorProto" prost_types::FileDescriptorProto,
    "FileDescriptorSet" prost_types::FileDescriptorSet,
    "FileOptions" prost_types::FileOptions,
    "FileOptions.OptimizeMode" prost_types::file_options::OptimizeMode,
    "GeneratedCodeInfo" prost_types::GeneratedCodeInfo,
    "GeneratedCodeInfo.Annotation" prost_types::generated_code_info::Annotation,
    "ListValue" prost_types::ListValue,
    "MessageOptions" prost_types::MessageOptions,
    "Method" prost_types::Method,
    "MethodDescriptorProto" prost_types::MethodDescriptorProto,
    "MethodOptions" prost_types::MethodOptions,
    "MethodOptions.IdempotencyLevel" prost_types::method_options::IdempotencyLevel,
    "Mixin" prost_types::Mixin,
    "NullValue" prost_types::NullValue,
    "OneofDescriptorProto" prost_types::OneofDescriptorProto,
    "OneofOptions" prost_types::OneofOptions,
    "Option" prost_types::Option,
    "ServiceDescriptorProto" prost_types::ServiceDescriptorProto,
    "ServiceOptions" prost_types::ServiceOptions,
    "SourceCodeInfo" prost_types::SourceCodeInfo,
    "SourceCodeInfo.Location" prost_types::source_code_info::Location,
    "SourceContext" prost_types::SourceContext,
    "Struct" prost_types::Struct,
    "Syntax" prost_types::Syntax,
    "Timestamp" prost_types::Timestamp,
    "Type" prost_types::Type,
    "UninterpretedOption" prost_types::UninterpretedOption,
    "UninterpretedOption.NamePart" prost_types::uninterpreted_option::NamePart,
    "Value" prost_types::Value,
    "compiler.CodeGeneratorRequest" prost_types::compiler::CodeGeneratorRequest,
    "compiler.CodeGeneratorResponse" prost_types::compiler::CodeGeneratorResponse,
    "compiler.CodeGeneratorResponse.Feature" prost_types::compiler::code_generator_response::Feature,
    "compiler.CodeGeneratorResponse.File" prost_types::compiler::code_generator_response::File,
    "compiler.Version" prost_types::compiler::Version,
}

/// The messages of `google.longrunning` that the runtime has; sorted.
const RUNTIME: &[&str] = &[
    "CancelOperationRequest",
    "DeleteOperationRequest",
    "GetOperationRequest",
    "ListOperationsRequest",
    "ListOperationsResponse",
    "Operation",
    "OperationInfo",
    "WaitOperationRequest",
];

/// The packages that are named as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Where it is in the runtime crate.
    pub(super) path: &'static str,
    /// The crate that has it, as messages call it.
    pub(crate) holder: &'static str,
    types: &'static [&'static str],
}

const PACKAGES: [Package; 2] = [
    Package {
        name: "google.protobuf",
        path: "codegen::prost_types",
        holder: "prost-types",
        types: PROST_TYPES,
    },
    Package {
        name: "google.longrunning",
        path: "google::longrunning",
        holder: "the runtime",
        types: RUNTIME,
    },
];

/// The package whose crate ought to have a type, by the type's name, and does not.
pub(super) fn package_without(full_name: &str) -> Option<Package> {
    PACKAGES.into_iter().find(|package| {
        let within = full_name.strip_prefix(package.name).and_then(|rest| rest.strip_prefix('.'));
        within.is_some_and(|within| package.types.binary_search(&within).is_err())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        for package in PACKAGES {
            assert!(package.types.is_sorted(), "{}", package.name);
        }
    }
}
