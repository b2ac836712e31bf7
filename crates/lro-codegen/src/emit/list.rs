//! How an API's operations are listed.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::call::field_ident;
use crate::model::{List, Mapping, Place, Step};

impl Emitter<'_> {
    /// `.with_list(…)`.
    pub(super) fn list(&self, mapping: &Mapping, list: &List) -> TokenStream {
        let List { path, parent, filter, page_size, page_token, next_page_token, .. } = list;
        let (request, response) = (self.rust_type(&list.request), self.rust_type(&list.response));
        let text = |step: &Option<Step>, field: TokenStream| {
            let step = step.as_ref()?;
            Some(set_unless_default(step, &quote!(take(&mut query.#field)), &quote!(|text| !text.is_empty())))
        };
        let parent = text(parent, quote!(parent));
        let filter = text(filter, quote!(filter));
        let page_token = text(page_token, quote!(page_token));
        let page_size = page_size.as_ref().map(|step| {
            let size = quote!(query.page_size.try_into().unwrap_or_default());
            set_unless_default(step, &size, &quote!(|size| *size != 0))
        });
        let operations = field_ident(&list.operations);
        let operations = match &mapping.fields {
            None => quote!(page.#operations),
            Some(fields) => {
                let operation = self.as_everybodys(&mapping.message, fields);
                quote!(page.#operations.iter().map(|operation| #operation).collect())
            }
        };
        let next_page_token = match next_page_token {
            None => quote!(String::new()),
            Some(step) => {
                let field = field_ident(&step.field);
                match step.place {
                    Place::Optional => quote!(page.#field.unwrap_or_default()),
                    Place::Plain | Place::Oneof { .. } => quote!(page.#field),
                }
            }
        };
        quote! {
            .with_list(
                #path,
                |query| prost::Message::encode_to_vec(&#request {
                    #parent #filter #page_size #page_token ..Default::default()
                }),
                |bytes| {
                    let page = <#response as prost::Message>::decode(bytes)?;
                    Ok(OperationPage { operations: #operations, next_page_token: #next_page_token })
                },
            )
        }
    }
}

/// A field of a request that is given a value. One that can be absent is, rather than to say what is so without it.
fn set_unless_default(step: &Step, value: &TokenStream, says_something: &TokenStream) -> TokenStream {
    let field = field_ident(&step.field);
    match step.place {
        Place::Optional => quote!(#field: Some(#value).filter(#says_something),),
        Place::Plain | Place::Oneof { .. } => quote!(#field: #value,),
    }
}
