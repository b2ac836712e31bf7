//! The RPC that lists operations.

use super::List;
use super::resolver::{Resolver, is_text};
use crate::input::details::{Field, Kind, MessageDetails, Presence};
use crate::model::field::Step;
use crate::operation_mapping::{ListMapping, Name};

impl Resolver<'_, '_> {
    pub(super) fn list(&mut self, names: &ListMapping, operation: &str) -> Option<List> {
        let method = self.method(&names.method)?;
        if method.client_streaming || method.server_streaming {
            let message = format!("{} does not answer one request with one message", names.method.text);
            return self.problem(&names.method.location, message, "name another method".to_owned());
        }
        let request_name = method.input_type.trim_start_matches('.');
        let response_name = method.output_type.trim_start_matches('.');
        let (_, request) = self.types.message(self.request, request_name)?;
        let (_, response) = self.types.message(self.request, response_name)?;
        let of = |name: &'static str| (request_name, &request, names.method.clone(), name);

        let is_size = |field: &Field| field.is_integer();
        let parent = match names.parent {
            None if request.field("parent").is_some_and(is_text) => {
                self.given(of("parent"), None, is_text, "")
            }
            _ => self.given(of("name"), names.parent.as_ref(), is_text, "is no text"),
        };
        let filter = self.given(of("filter"), names.filter.as_ref(), is_text, "is no text");
        let page_size = self.given(of("page_size"), names.page_size.as_ref(), is_size, "is no whole number");
        let page_token = self.given(of("page_token"), names.page_token.as_ref(), is_text, "is no text");
        let answer = (response_name, &response, names.method.clone(), "next_page_token");
        let next_page_token = self.given(answer, names.next_page_token.as_ref(), is_text, "is no text");
        let operations = self.operations(names, response_name, &response, operation)?;
        if page_token.is_some() != next_page_token.is_some() {
            let (has, lacks) = match page_token {
                Some(_) => ("a field for where to go on", "no field that says where that is"),
                None => ("a field that says where to go on", "no field to ask for that"),
            };
            let message = format!("the method {} has {has}, and {lacks}", names.method.text);
            let help = "name both under `page_token` and `next_page_token`".to_owned();
            return self.problem(&names.method.location, message, help);
        }
        let (service, rpc) = names.method.text.rsplit_once('.')?;
        Some(List {
            path: format!("/{service}/{rpc}"),
            request: request_name.to_owned(),
            response: response_name.to_owned(),
            parent,
            filter,
            page_size,
            page_token,
            operations,
            next_page_token,
        })
    }

    /// The field that is named, or the one of the usual name if it is there and will do.
    fn given(
        &mut self,
        (message_name, message, method, usual): (&str, &MessageDetails<'_>, Name, &'static str),
        name: Option<&Name>,
        is_it: impl Fn(&Field) -> bool,
        what: &str,
    ) -> Option<Step> {
        if name.is_none() && !message.field(usual).is_some_and(&is_it) {
            return None;
        }
        let name = name.cloned().unwrap_or(Name { text: usual.to_owned(), location: method.location });
        let field = self.field(message, message_name, &name, is_it, what)?;
        self.settable(message, message_name, field, &name)
    }

    /// The field of a page that has the operations.
    fn operations(
        &mut self,
        names: &ListMapping,
        page_name: &str,
        page: &MessageDetails<'_>,
        operation: &str,
    ) -> Option<String> {
        let is_it = |field: &&Field| {
            field.kind() == Kind::Message(operation) && page.presence(field) == Presence::Repeated
        };
        let Some(name) = &names.operations else {
            let mut found = page.fields().iter().filter(is_it);
            if let (Some(field), None) = (found.next(), found.next()) {
                return Some(field.name.clone());
            }
            let message = format!("nothing says which field of {page_name} has the operations");
            let help = format!("name the one with repeated {operation} under `operations`");
            return self.problem(&names.method.location, message, help);
        };
        let Some(field) = page.field(&name.text) else {
            return self.no_field(page, page_name, name);
        };
        if is_it(&field) {
            return Some(field.name.clone());
        }
        let message = format!("the field `{}` of {page_name} is no repeated {operation}", field.name);
        self.problem(&name.location, message, "name another one".to_owned())
    }
}
