//! How the operations of an API's own kind are read and asked for.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::call::{Value, field_ident};
use crate::model::{Done, Fields, OperationTypes, Place, Rpc, Service, Step};
use crate::service_config::RpcKind;

/// The mappings that methods of a service use, each once.
pub(super) fn used_mappings(service: &Service) -> Vec<usize> {
    let mappings = service.methods.iter().filter_map(|method| method.operation.as_ref()?.mapping);
    mappings.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Emitter<'_> {
    /// A constant for each mapping that a method of the service uses. They are within a type, whose name no RPC's constant can have.
    pub(super) fn rpcs(&self) -> Option<TokenStream> {
        let constants = self.used_mappings.iter().map(|index| {
            let (name, mapping) = (self.rpcs_name(*index), self.mappings.get(*index));
            let read = mapping.fields.as_ref().map(|fields| self.read(&mapping.message, fields));
            // Everybody's operations are asked for as usual, but for what the mapping says.
            let base = read.map_or_else(|| quote!(GOOGLE), |read| quote!(new(#read)));
            let rpcs = mapping.rpcs.iter().map(|rpc| self.rpc(rpc));
            quote! {
                const #name: OperationRpcs = OperationRpcs::#base #(#rpcs)*;
            }
        });
        let constants: Vec<_> = constants.collect();
        (!constants.is_empty()).then(|| {
            quote! {
                struct Rpcs;

                impl Rpcs {
                    #(#constants)*
                }
            }
        })
    }

    /// `.with_rpcs(…)` for a method whose operations are not asked for by `google.longrunning.Operations`.
    pub(super) fn with_rpcs(&self, operation: &OperationTypes) -> Option<TokenStream> {
        let name = self.rpcs_name(operation.mapping?);
        Some(quote!(.with_rpcs(&Rpcs::#name)))
    }

    fn rpcs_name(&self, index: usize) -> Ident {
        match self.used_mappings.iter().position(|used| *used == index) {
            None | Some(0) => format_ident!("OPERATION"),
            Some(position) => format_ident!("OPERATION_{}", position + 1),
        }
    }

    /// A function that decodes an answer with an operation of another kind.
    fn read(&self, message: &str, fields: &Fields) -> TokenStream {
        let message = self.rust_type(message);
        let Fields { name, done, metadata, error, response } = fields;
        let name = match self.operation_field(name) {
            Value::Place(place) => quote!(#place.clone()),
            Value::Option(option) => quote!(#option.cloned().unwrap_or_default()),
        };
        let done = match done {
            Done::Flag(step) => match self.operation_field(step) {
                Value::Place(place) => place,
                Value::Option(option) => quote!(#option.copied().unwrap_or_default()),
            },
            Done::Presence(step) => match self.operation_field(step) {
                Value::Place(_) => quote!(true),
                Value::Option(option) => quote!(#option.is_some()),
            },
        };
        let metadata = self.payload(metadata.as_ref());
        let response = self.payload(response.as_ref());
        let error = match error.as_ref().map(|step| self.operation_field(step)) {
            None => quote!(None),
            Some(value) => {
                let option = option_of(value);
                quote!(#option.map(|status| (status.code, status.message.clone(), status.details.clone())))
            }
        };
        quote! {
            |bytes| {
                let operation = <#message as prost::Message>::decode(bytes)?;
                Ok(operation_message(#name, #done, #metadata, #error, #response))
            }
        }
    }

    /// `Option<Any>`.
    fn payload(&self, step: Option<&Step>) -> TokenStream {
        match step.map(|step| self.operation_field(step)) {
            None => quote!(None),
            Some(value) => {
                let option = option_of(value);
                quote!(#option.cloned())
            }
        }
    }

    fn operation_field(&self, step: &Step) -> Value {
        self.step(Value::Place(quote!(operation)), step)
    }

    /// `.with_get(…)` and the like.
    fn rpc(&self, rpc: &Rpc) -> TokenStream {
        let Rpc { kind, path, request, name, timeout } = rpc;
        let with = match kind {
            RpcKind::Get => quote!(with_get),
            RpcKind::Wait => quote!(with_wait),
            RpcKind::Cancel => quote!(with_cancel),
            RpcKind::Delete => quote!(with_delete),
            RpcKind::Watch => quote!(with_watch),
        };
        let request = self.rust_type(request);
        let field = field_ident(&name.field);
        let value = match name.place {
            Place::Optional => quote!(Some(name)),
            Place::Plain | Place::Oneof { .. } => quote!(name),
        };
        let timeout_field = timeout.as_ref().map(|timeout| {
            let field = field_ident(&timeout.field);
            quote!(#field: timeout,)
        });
        let timeout_argument = (*kind == RpcKind::Wait).then(|| quote!(, timeout));
        quote! {
            .#with(#path, |name #timeout_argument| {
                prost::Message::encode_to_vec(&#request { #field: #value, #timeout_field ..Default::default() })
            })
        }
    }
}

/// `Option<&T>`.
fn option_of(value: Value) -> TokenStream {
    match value {
        Value::Place(place) => quote!(Some(&#place)),
        Value::Option(option) => quote!(#option),
    }
}
