//! How answers with operations of an API's own kind are read.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use super::call::Value;
use crate::model::{Done, Fields, Payload, Step};

impl Emitter<'_> {
    /// A function that decodes an answer with an operation of another kind.
    pub(super) fn read(&self, message: &str, fields: &Fields) -> TokenStream {
        let rust_type = self.rust_type(message);
        let operation = self.as_everybodys(message, fields);
        quote! {
            |bytes| {
                let operation = &<#rust_type as prost::Message>::decode(bytes)?;
                Ok(#operation)
            }
        }
    }

    /// `operation`, a reference to a message of the API's own, as everybody's.
    ///
    /// Its `Any` and its status may be of the API's own too, so they are read by their fields.
    pub(super) fn as_everybodys(&self, message: &str, fields: &Fields) -> TokenStream {
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
            Done::Values(step, numbers) => match self.operation_field(step) {
                Value::Place(place) => quote!(matches!(#place, #(#numbers)|*)),
                Value::Option(option) => quote!(matches!(#option, #(Some(#numbers))|*)),
            },
        };
        let metadata = self.payload(message, metadata.as_ref());
        let response = self.payload(message, response.as_ref());
        let error = match error.as_ref().map(|step| self.operation_field(step)) {
            None => quote!(None),
            Some(value) => {
                let option = option_of(value);
                quote!(#option.map(|status| {
                    let details = status.details.iter().map(|any| any_of(&any.type_url, &any.value)).collect();
                    (status.code, status.message.clone(), details)
                }))
            }
        };
        quote!(operation_message(#name, #done, #metadata, #error, #response))
    }

    /// `Option<Any>`.
    fn payload(&self, message: &str, payload: Option<&Payload>) -> TokenStream {
        match payload {
            None => quote!(None),
            Some(Payload::Operation) => quote!(Some(pack(#message, operation))),
            Some(Payload::Field(step)) => {
                let option = option_of(self.operation_field(step));
                quote!(#option.map(|any| any_of(&any.type_url, &any.value)))
            }
        }
    }

    fn operation_field(&self, step: &Step) -> Value {
        self.step(Value::Place(quote!(operation)), step)
    }
}

/// `Option<&T>`.
fn option_of(value: Value) -> TokenStream {
    match value {
        Value::Place(place) => quote!(Some(&#place)),
        Value::Option(option) => quote!(#option),
    }
}
