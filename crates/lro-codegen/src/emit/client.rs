//! The typed client of a service.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use super::call::about_ids;
use super::{Emitter, gate};
use crate::model::{Method, OperationTypes};
use crate::names::MethodNames;

impl Emitter<'_> {
    pub(super) fn client(&self) -> TokenStream {
        let about = format!(
            "A client of the service `{}` whose long-running methods return an [`Operation`].",
            self.full_name
        );
        let docs = self.service_docs(&[
            &about,
            "Clones share one transport. Settings such as message sizes are those of [`Client`], which this is made `From`.",
        ]);
        let deprecated = super::docs::deprecated(self.service.deprecated);
        let name = &self.names.client;
        let methods = self.methods().map(|(method, names)| match &method.operation {
            Some(operation) => self.client_operation(method, operation, names),
            None => self.client_method(method, names),
        });
        let (public, gate) = (self.public(), gate(self.config.client_feature.as_ref()));
        quote! {
            #docs
            #gate
            #deprecated
            #[derive(Debug, Clone)]
            #public struct #name {
                inner: Client,
            }

            #gate
            impl #name {
                /// Connects to a server, such as `http://[::1]:50051`.
                ///
                /// # Errors
                ///
                /// The address is malformed, or nothing answers there.
                #public fn connect<D>(destination: D) -> BoxFuture<'static, Result<Self, transport::Error>>
                where
                    D: TryInto<transport::Endpoint>,
                    D::Error: Into<StdError>,
                {
                    connect(destination)
                }

                /// Uses a transport that exists already: a `Channel`, or one behind interceptors and layers.
                #public fn new(transport: impl Transport) -> Self {
                    Self { inner: Client::new(transport) }
                }

                /// Picks up an operation by its name, which may come from another process or another day.
                ///
                /// Asks the server nothing yet.
                #public fn operation<Req, Res, Meta>(
                    &self,
                    method: Method<Req, Res, Meta>,
                    name: impl Into<String>,
                ) -> Operation<Res, Meta> {
                    self.inner.operation(method, name)
                }

                /// The operations of the server, to list them and to ask for them by name.
                #public fn operations(&self) -> OperationsClient {
                    self.inner.operations()
                }

                #(#methods)*
            }

            #gate
            impl From<Client> for #name {
                fn from(inner: Client) -> Self {
                    Self { inner }
                }
            }
        }
    }

    /// A long-running method: one that starts an operation, and one that picks it up by its name.
    fn client_operation(
        &self,
        method: &Method,
        operation: &OperationTypes,
        names: &MethodNames,
    ) -> TokenStream {
        let (name, resume, public) = (&names.client, &names.resume, self.public());
        let ids = about_ids(&method.call);
        let (about, start) = if method.streaming.server {
            let about = "Returns once the operation exists; its handle waits for the result by the stream that the server answers with, \
                and asks when that has broken.";
            (about, quote!(start_streaming))
        } else {
            ("Returns once the operation exists; its handle waits for the result.", quote!(start))
        };
        let added = [about]
            .into_iter()
            .chain(ids.as_deref())
            .chain(["# Errors\n\nThe operation could not be started."]);
        let docs = self.method_docs(method, &added.collect::<Vec<_>>());
        let resume_docs = self.attributes([format!(
            "Picks up an operation of [`Self::{}`] by its name; asks the server nothing yet.",
            // In links, rustdoc wants raw identifiers without their mark.
            name.unraw()
        )]);
        let deprecated = super::docs::deprecated(method.deprecated);
        let constant = &names.constant;
        let input = self.rust_type(&method.input);
        let response = self.rust_type(&operation.response.full_name);
        let metadata = self.rust_type(&operation.metadata.full_name);
        let (fill, request) = self.prepare(method);
        quote! {
            #docs
            #public fn #name(
                &self,
                request: impl IntoRequest<#input>,
            ) -> Starting<#response, #metadata> {
                #fill
                self.inner.#start(#constant, #request)
            }

            #resume_docs
            #deprecated
            #public fn #resume(&self, name: impl Into<String>) -> Operation<#response, #metadata> {
                self.inner.operation(#constant, name)
            }
        }
    }

    /// A plain method, with the types of tonic's client.
    fn client_method(&self, method: &Method, names: &MethodNames) -> TokenStream {
        let (name, public) = (&names.client, self.public());
        let input = self.rust_type(&method.input);
        let ids = about_ids(&method.call);
        let errors = "# Errors\n\nThe status that the server answers with, or that the transport fails with.";
        let docs = self.method_docs(method, &ids.as_deref().into_iter().chain([errors]).collect::<Vec<_>>());
        let path = self.rpc_path(method);
        let output = self.rust_type(&method.output);
        let (request, (fill, sent)) = if method.streaming.client {
            let sent = (TokenStream::new(), quote!(request.into_streaming_request()));
            (quote!(IntoStreamingRequest<Message = #input>), sent)
        } else {
            (quote!(IntoRequest<#input>), self.prepare(method))
        };
        let output = if method.streaming.server { quote!(Streaming<#output>) } else { output };
        let call = match (method.streaming.client, method.streaming.server) {
            (false, false) => quote!(unary),
            (false, true) => quote!(server_streaming),
            (true, false) => quote!(client_streaming),
            (true, true) => quote!(streaming),
        };
        quote! {
            #docs
            #public fn #name(
                &self,
                request: impl #request,
            ) -> BoxFuture<'_, Result<Response<#output>, Status>> {
                #fill
                #call(&self.inner, #path, #sent)
            }
        }
    }
}
