//! Which keys there are in the messages that are read, so that a misspelt one can be told from one that is for others.

/// The keys of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    /// Those that are read here.
    pub(super) read: &'static [&'static str],
    /// The rest of the message's fields, which other programs read.
    pub(super) others: &'static [&'static str],
}

impl Keys {
    pub(super) fn all(self) -> impl Iterator<Item = &'static str> {
        self.read.iter().chain(self.others).copied()
    }
}

/// Whether a key stands for a field: by the field's name in the proto, or by its name in JSON, `longRunning` for `long_running`.
pub(super) fn is_name_of(key: &str, field: &str) -> bool {
    key == field || key.chars().eq(json_name(field))
}

/// The name that protobuf gives a field in JSON.
pub(super) fn json_name(field: &str) -> impl Iterator<Item = char> {
    let mut upper = false;
    field.chars().filter_map(move |letter| {
        let letter = if std::mem::take(&mut upper) { letter.to_ascii_uppercase() } else { letter };
        upper = letter == '_';
        (!upper).then_some(letter)
    })
}

/// `google.api.Service`.
pub(super) const SERVICE: Keys = Keys {
    read: &["type", "apis", "http", "publishing"],
    others: &[
        "name",
        "title",
        "producer_project_id",
        "id",
        "types",
        "enums",
        "documentation",
        "backend",
        "quota",
        "authentication",
        "context",
        "usage",
        "endpoints",
        "control",
        "logs",
        "metrics",
        "monitored_resources",
        "billing",
        "logging",
        "monitoring",
        "system_parameters",
        "source_info",
        "config_version",
    ],
};

/// `google.protobuf.Api`.
pub(super) const API: Keys = Keys {
    read: &["name"],
    others: &["methods", "options", "version", "source_context", "mixins", "syntax", "edition"],
};

/// `google.api.Http`.
pub(super) const HTTP: Keys = Keys { read: &["rules"], others: &["fully_decode_reserved_expansion"] };

/// `google.api.HttpRule`.
pub(super) const HTTP_RULE: Keys = Keys {
    read: &["selector", "get", "put", "post", "delete", "patch", "custom", "additional_bindings"],
    others: &["body", "response_body"],
};

/// `google.api.Publishing`.
pub(super) const PUBLISHING: Keys = Keys {
    read: &["method_settings"],
    others: &[
        "new_issue_uri",
        "documentation_uri",
        "api_short_name",
        "github_label",
        "codeowner_github_teams",
        "doc_tag_prefix",
        "organization",
        "library_settings",
        "proto_reference_documentation_uri",
        "rest_reference_documentation_uri",
    ],
};

/// `google.api.MethodSettings`.
pub(super) const METHOD_SETTINGS: Keys =
    Keys { read: &["selector", "long_running", "auto_populated_fields"], others: &["batching"] };

/// `com.google.api.codegen.ConfigProto`.
pub(super) const GAPIC: Keys = Keys {
    read: &["type", "interfaces"],
    others: &["config_schema_version", "language_settings", "license_header", "collections", "enum_values"],
};

/// `com.google.api.codegen.InterfaceConfigProto`.
pub(super) const GAPIC_INTERFACE: Keys = Keys {
    read: &["name", "methods"],
    others: &[
        "collections",
        "required_constructor_params",
        "retry_codes_def",
        "retry_params_def",
        "smoke_test",
    ],
};

/// `com.google.api.codegen.MethodConfigProto`.
pub(super) const GAPIC_METHOD: Keys = Keys {
    read: &["name", "long_running"],
    others: &[
        "timeout_millis",
        "page_streaming",
        "batching",
        "grpc_streaming",
        "flattening",
        "surface_treatments",
    ],
};

/// `grpc.service_config.ServiceConfig`.
pub(super) const GRPC: Keys = Keys {
    read: &["method_config"],
    others: &[
        "load_balancing_policy",
        "load_balancing_config",
        "retry_throttling",
        "health_check_config",
        "connection_scaling",
    ],
};

/// `grpc.service_config.MethodConfig`.
pub(super) const METHOD_CONFIG: Keys = Keys {
    read: &["name", "timeout", "retry_policy", "hedging_policy"],
    others: &["wait_for_ready", "max_request_message_bytes", "max_response_message_bytes"],
};

/// `grpc.service_config.MethodConfig.Name`.
pub(super) const METHOD_NAME: &[&str] = &["service", "method"];

/// `grpc.service_config.MethodConfig.RetryPolicy`, and a key that gRPC for Java has besides.
pub(super) const RETRY_POLICY: &[&str] = &[
    "max_attempts",
    "initial_backoff",
    "max_backoff",
    "backoff_multiplier",
    "retryable_status_codes",
    "per_attempt_recv_timeout",
];

/// `lro.OperationMapping`, which is described in MAPPINGS.md and has no proto.
pub(super) const MAPPING: &[&str] = &["type", "operations", "methods"];
pub(super) const OPERATION: &[&str] = &[
    "message",
    "services",
    "fields",
    "response_type",
    "metadata_type",
    "annotation",
    "get",
    "wait",
    "cancel",
    "delete",
    "watch",
    "list",
];
pub(super) const FIELDS: &[&str] = &["name", "done", "metadata", "error", "response"];
pub(super) const DONE: &[&str] = &["field", "values"];
pub(super) const ANNOTATION: &[&str] = &["extension", "response", "metadata"];
pub(super) const RPC: &[&str] = &["method", "name"];
pub(super) const WAIT_RPC: &[&str] = &["method", "name", "timeout"];
pub(super) const LIST_RPC: &[&str] =
    &["method", "parent", "filter", "page_size", "page_token", "operations", "next_page_token"];
pub(super) const MAPPED_METHOD: &[&str] = &["selector", "response_type", "metadata_type"];
