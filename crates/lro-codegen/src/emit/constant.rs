//! The typed constant of each long-running method.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emitter, method_config, polling};
use crate::model::Method;
use crate::names::MethodNames;

impl Emitter<'_> {
    /// `pub const IMPORT_BOOKS: Method<…>`, or nothing for a plain method.
    pub(super) fn constant(&self, method: &Method, names: &MethodNames) -> Option<TokenStream> {
        let operation = method.operation.as_ref()?;
        let about = format!(
            "The long-running method `{}.{}`; its operations hold a `{}` and report progress as `{}`.",
            self.full_name, method.name, operation.response.full_name, operation.metadata.full_name
        );
        let config = method.starting.as_ref();
        let starting =
            config.and_then(|config| method_config::in_words(config, method.call.request_id.is_some()));
        let waiting = method.polling.as_ref().map(polling::in_words);
        let more = starting.into_iter().chain(waiting).flat_map(|line| [String::new(), line]);
        let docs = self.attributes([about].into_iter().chain(more));
        let deprecated = super::docs::deprecated(method.deprecated);
        let polling = method.polling.as_ref().map(|settings| {
            let polling = polling::tokens(settings);
            quote!(.with_polling(#polling))
        });
        let config = config.map(method_config::tokens);
        let name = &names.constant;
        let types = [&method.input, &operation.response.full_name, &operation.metadata.full_name];
        let [request, response, metadata] = types.map(|full_name| self.rust_type(full_name));
        let path = self.rpc_path(method);
        let rpcs = self.with_rpcs(operation);
        let settings = self.request_settings(&method.call, &request);
        let public = self.public();
        Some(quote! {
            #docs
            #deprecated
            #public const #name: Method<#request, #response, #metadata> = Method::new(#path, #(#types),*)#polling #config #rpcs #settings;
        })
    }
}
