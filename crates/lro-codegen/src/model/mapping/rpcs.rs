//! The RPCs about operations.

use super::Rpc;
use super::resolver::{Resolver, is_text};
use crate::diagnostics::shown;
use crate::diagnostics::suggest::nearest;
use crate::input::descriptor::Method;
use crate::input::details::{Field, Kind, MessageDetails};
use crate::model::field::{Place, Step};
use crate::operation_mapping::{Name, RpcKind, RpcMapping};

const DURATION: &str = "google.protobuf.Duration";

impl<'a> Resolver<'a, '_> {
    pub(super) fn rpc(&mut self, kind: RpcKind, names: &RpcMapping, operation: &str) -> Option<Rpc> {
        let RpcMapping { method: method_name, name, timeout } = names;
        let method = self.method(method_name)?;
        let returns = method.output_type.trim_start_matches('.');
        let (answers, streams) = match kind {
            RpcKind::Get | RpcKind::Wait => (true, false),
            RpcKind::Watch => (true, true),
            RpcKind::Cancel | RpcKind::Delete => (false, false),
        };
        if method.client_streaming || method.server_streaming != streams || (answers && returns != operation)
        {
            let wanted = match (answers, streams) {
                (true, true) => format!("a stream of {operation}"),
                (true, false) => format!("one {operation}"),
                (false, _) => "one message".to_owned(),
            };
            let message = format!("{} does not answer one request with {wanted}", method_name.text);
            return self.problem(&method_name.location, message, "name another method".to_owned());
        }
        let request = method.input_type.trim_start_matches('.').to_owned();
        let (_, message) = self.types.message(self.request, &request)?;
        let given = |name: &Option<Name>, default: &str| {
            name.clone()
                .unwrap_or_else(|| Name { text: default.to_owned(), location: method_name.location.clone() })
        };
        let field_name = given(name, "name");
        let field = self.field(&message, &request, &field_name, is_text, "is no text")?;
        let name = self.settable(&message, &request, field, &field_name)?;
        if let Some(timeout) = timeout.as_ref().filter(|_| kind != RpcKind::Wait) {
            let message = format!("{} is not the RPC that waits", method_name.text);
            return self.problem(&timeout.location, message, "leave out the field of its timeout".to_owned());
        }
        let timeout = if kind == RpcKind::Wait && (timeout.is_some() || message.field("timeout").is_some()) {
            let field_name = given(timeout, "timeout");
            let is_duration = |field: &Field| field.kind() == Kind::Message(DURATION);
            let field =
                self.field(&message, &request, &field_name, is_duration, "is no google.protobuf.Duration")?;
            Some(self.settable(&message, &request, field, &field_name)?)
        } else {
            None
        };
        let (service, rpc) = method_name.text.rsplit_once('.')?;
        Some(Rpc { kind, path: format!("/{service}/{rpc}"), request, name, timeout })
    }

    pub(super) fn method(&mut self, name: &Name) -> Option<&'a Method> {
        if let Some(method) = self.methods.get(&name.text) {
            return Some(method);
        }
        let help = match nearest(&name.text, self.methods.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant}?"),
            None => "write its full name; its file has to be among those of the run".to_owned(),
        };
        self.problem(&name.location, format!("there is no method {}", shown(&name.text)), help)
    }

    /// A field that generated code writes.
    pub(super) fn settable(
        &mut self,
        message: &MessageDetails<'_>,
        message_name: &str,
        field: &Field,
        name: &Name,
    ) -> Option<Step> {
        let step = self.step(message, message_name, field, name)?;
        if matches!(step.place, Place::Oneof { .. }) {
            return self.problem(
                &name.location,
                format!("the field `{}` of {message_name} is part of a oneof", field.name),
                "name another one".to_owned(),
            );
        }
        Some(step)
    }
}
