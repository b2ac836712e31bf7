//! The rules that protos are held to, and how much each weighs.

/// What is done about the findings of a rule.
///
/// Only findings that leave code to be generated have a level. Where nothing can be generated, as for a response type that does not exist,
/// it is an error whatever the level of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is said.
    Allow,
    /// A warning; code is generated all the same.
    Warn,
    /// An error; nothing is generated.
    Deny,
}

/// A rule as documents show it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RuleSpec {
    /// The rule.
    pub rule: Rule,
    /// Its name, such as `core::0151::lro-response-type`.
    pub name: &'static str,
    /// Its level unless one is set. Absent where each of its findings keeps code from being generated, so that there is nothing to set.
    pub level: Option<Level>,
    /// What it asks for, in one line.
    pub help: &'static str,
}

macro_rules! rules {
    ($($rule:ident $name:literal $level:expr, $help:literal;)*) => {
        /// A rule that protos, and requests for code, are held to.
        ///
        /// Rules whose names begin with `core::` are those of the [API linter](https://linter.aip.dev/), as far as they concern methods that
        /// return `google.longrunning.Operation`; the others are this project's own. [`RULES`] has the default level of each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = concat!("`", $name, "`: ", $help, ".")] $rule,)*
        }

        /// Every rule there is, in the order of [`Rule`].
        ///
        #[doc = include_str!("../../RULES.md")]
        pub const RULES: &[RuleSpec] =
            &[$(RuleSpec { rule: Rule::$rule, name: $name, level: $level, help: $help },)*];
    };
}

const ALLOW: Option<Level> = Some(Level::Allow);
const WARN: Option<Level> = Some(Level::Warn);
const DENY: Option<Level> = Some(Level::Deny);
/// For rules whose findings always are errors.
const ALWAYS: Option<Level> = None;

rules! {
    OperationInfo "core::0151::operation-info" WARN,
        "a method that returns google.longrunning.Operation says what its operation holds, unless its request is one of google.longrunning; else it stays a plain method";
    ResponseType "core::0151::lro-response-type" ALLOW,
        "the response is a message of its own, not google.protobuf.Empty, unless the method deletes; one that is not set or does not exist is always an error";
    MetadataType "core::0151::lro-metadata-type" ALLOW,
        "the metadata is a message of its own, not google.protobuf.Empty; one that does not exist is always an error";
    ResponseReachable "core::0151::lro-response-reachable" WARN,
        "the file of the service imports the response type, directly or not";
    MetadataReachable "core::0151::lro-metadata-reachable" WARN,
        "the file of the service imports the metadata type, directly or not";
    ResponseUnary "core::0151::response-unary" WARN,
        "a method that returns google.longrunning.Operation does not stream; else it stays a plain streaming method";
    CreateResponse "core::0133::response-message-name" ALLOW,
        "the operation of a Create method holds the resource in the end";
    UpdateResponse "core::0134::response-message-name" ALLOW,
        "the operation of an Update method holds the resource in the end";
    DeleteResponse "core::0135::response-message-name" ALLOW,
        "the operation of a Delete method holds google.protobuf.Empty or the resource in the end";
    CreateLro "core::0133::response-lro" ALLOW,
        "a Create method of a declarative-friendly resource returns google.longrunning.Operation";
    UpdateLro "core::0134::response-lro" ALLOW,
        "an Update method of a declarative-friendly resource returns google.longrunning.Operation";
    DeleteLro "core::0135::response-lro" ALLOW,
        "a Delete method of a declarative-friendly resource returns google.longrunning.Operation";
    ValidateOnly "core::0163::declarative-friendly-required" ALLOW,
        "a request that starts an operation on a declarative-friendly resource has a field `bool validate_only`";
    ValidateOnlyName "core::0163::synonyms" ALLOW,
        "a request that starts an operation has no field `dry_run`, which goes by the name of `validate_only`";
    MetadataMissing "lro::metadata-missing" DENY,
        "what says which messages operations hold names their metadata too; else it is google.protobuf.Empty, `()` in Rust";
    RelativeType "lro::relative-type" WARN,
        "a message that operations hold is named in full if its name has dots; else one within the package is found";
    OutsideAnnotation "lro::outside-annotation" WARN,
        "what is said of a method's operations outside of its proto is for a method that returns operations, and says what the proto says if that does";
    OperationReturn "lro::operation-return" DENY,
        "only methods that return google.longrunning.Operation carry operation_info; else they stay plain methods";
    NameCollision "lro::name-collision" WARN,
        "no RPC has to be renamed in Rust, and what other generators write compiles beside this; two things of one run that would end up with one name are always an error";
    UnknownSelector "lro::unknown-selector" WARN,
        "the keys, methods and fields that a service config names exist, and are what its settings are for; it has some";
    UnheededSetting "lro::unheeded-setting" WARN,
        "what a gRPC service config says of methods that start operations is something that clients do: they hedge no calls, make none more than 5 times, let no pause be shorter than the one before, and have no timeout of no time";
    UnusedOption "lro::unused-option" WARN,
        "options have an effect, and paths in them match something that they are for";
    ModuleTree "lro::module-tree" WARN,
        "generated code finds what it names: packages that name each other have an include file, and code is asked for what they name";
    MethodType "lro::method-type" ALWAYS,
        "the request and response types of every method exist, and in Rust too";
    Routing "lro::routing" ALWAYS,
        "with routing_headers, the options google.api.routing and google.api.http name fields that exist, and templates that can be matched";
    Input "lro::input" ALWAYS,
        "the request itself is whole and consistent";
    Option "lro::option" ALWAYS,
        "options exist and have values of the right form";
    ServiceConfig "lro::service-config" ALWAYS,
        "service configs are YAML or JSON of the right form, with settings that make sense";
    Messages "lro::messages" ALWAYS,
        "prost-build and tonic-build can generate the messages and services";
}

impl Rule {
    /// The name that messages show, such as `core::0151::lro-response-type`.
    pub const fn name(self) -> &'static str {
        RULES[self as usize].name
    }

    /// Its level unless one is set; see [`RuleSpec::level`].
    pub const fn level(self) -> Option<Level> {
        RULES[self as usize].level
    }
}
