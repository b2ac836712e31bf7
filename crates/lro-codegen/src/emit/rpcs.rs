//! How the operations of an API's own kind are read and asked for.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Emitter;
use super::call::field_ident;
use crate::model::{OperationTypes, Place, Rpc, Service, Step};
use crate::operation_mapping::RpcKind;

const DURATION: &str = "google.protobuf.Duration";

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
            let list = mapping.list.as_ref().map(|list| self.list(mapping, list));
            quote! {
                const #name: OperationRpcs = OperationRpcs::#base #(#rpcs)* #list;
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
        let name = set(name, &quote!(name));
        // It may be a type of the API's own, but it has these two fields.
        let timeout_field = timeout.as_ref().map(|timeout| {
            let (field, duration) = (field_ident(&timeout.field), self.rust_type(DURATION));
            quote!(#field: timeout.map(|timeout| #duration { seconds: timeout.seconds, nanos: timeout.nanos }),)
        });
        let timeout_argument = (*kind == RpcKind::Wait).then(|| quote!(, timeout));
        quote! {
            .#with(#path, |name #timeout_argument| {
                prost::Message::encode_to_vec(&#request { #name #timeout_field ..Default::default() })
            })
        }
    }
}

/// A field of a request that is given a value.
fn set(step: &Step, value: &TokenStream) -> TokenStream {
    let field = field_ident(&step.field);
    match step.place {
        Place::Optional => quote!(#field: Some(#value),),
        Place::Plain | Place::Oneof { .. } if value.to_string() == step.field => quote!(#field,),
        Place::Plain | Place::Oneof { .. } => quote!(#field: #value,),
    }
}
