//! The server trait of a service, and the adapter that makes tonic serve it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use super::{Emitter, gate};
use crate::model::{Method, OperationTypes};
use crate::names::MethodNames;
use crate::output::descriptor_set;

impl Emitter<'_> {
    pub(super) fn server(&self) -> TokenStream {
        let server_trait = self.server_trait();
        let adapter = self.adapter();
        let tonic_impl = self.tonic_impl();
        quote! {
            #server_trait
            #adapter
            #tonic_impl
        }
    }

    fn server_gate(&self) -> Option<TokenStream> {
        gate(self.config.server_feature.as_ref())
    }

    /// `pub trait LibraryServiceLro`, what the user implements.
    fn server_trait(&self) -> TokenStream {
        let about =
            format!("What a server of `{}` does. Serve it with [`{}`].", self.full_name, self.names.server);
        let docs = self.service_docs(&[
            &about,
            "Its methods are `async fn` as they stand, so the implementation has no `#[tonic::async_trait]`.",
        ]);
        let name = &self.names.server_trait;
        let methods = self.methods().map(|(method, names)| match method.served_operation() {
            Some(operation) => self.trait_operation(method, operation, names),
            None => self.trait_method(method, names),
        });
        let (public, gate) = (self.public(), self.server_gate());
        quote! {
            #docs
            #gate
            #public trait #name: Send + Sync + 'static {
                #(#methods)*
            }
        }
    }

    /// A plain method, with tonic's own signature.
    fn trait_method(&self, method: &Method, names: &MethodNames) -> TokenStream {
        let docs = self.method_docs(method, &[]);
        let name = &names.server;
        let (request, response) = self.tonic_signature(method, names);
        let stream = method.streaming.server.then(|| {
            let docs = self.attributes([format!("The responses of `{}`.", method.name)]);
            let stream = &names.stream;
            let item = self.rust_type(&method.output);
            quote! {
                #docs
                type #stream: Stream<Item = Result<#item, Status>>
                    + Send
                    + 'static;
            }
        });
        quote! {
            #stream
            #docs
            fn #name(
                &self,
                request: #request,
            ) -> impl Future<Output = Result<#response, Status>>
                + Send;
        }
    }

    /// A long-running method: the hook that runs before the operation exists, and the work.
    fn trait_operation(
        &self,
        method: &Method,
        operation: &OperationTypes,
        names: &MethodNames,
    ) -> TokenStream {
        let (name, start) = (&names.server, &names.start);
        let about_start = format!(
            "Runs before an operation of [`Self::{}`] exists; an error is the error of the RPC itself (AIP-151, Errors).",
            // In links, rustdoc wants raw identifiers without their mark.
            name.unraw()
        );
        let start_docs = self.attributes([
            about_start.as_str(),
            "",
            "Says where the operation belongs and what it excludes. Does nothing unless it is implemented.",
        ]);
        let deprecated = super::docs::deprecated(method.deprecated);
        let docs = self.method_docs(
            method,
            &["The work of the operation; its result is the operation's result. Runs again from the same request if the process that runs it dies."],
        );
        let input = self.rust_type(&method.input);
        let response = self.rust_type(&operation.response.full_name);
        let metadata = self.rust_type(&operation.metadata.full_name);
        quote! {
            #start_docs
            #deprecated
            fn #start(
                &self,
                request: &Request<#input>,
            ) -> impl Future<Output = Result<Start<#metadata>, Status>>
                + Send
            {
                plain_start()
            }

            #docs
            fn #name(
                &self,
                request: #input,
                operation: Context<#metadata>,
            ) -> impl Future<Output = Result<#response, Status>>
                + Send;
        }
    }

    /// `pub struct LibraryServiceLroServer`, which registers the work with the engine.
    fn adapter(&self) -> TokenStream {
        let about = format!("Serves an implementation of [`{}`] with tonic.", self.names.server_trait);
        let docs = self.attributes([about]);
        let (name, server_trait) = (&self.names.server, &self.names.server_trait);
        let (tonic_module, tonic_server) = (&self.names.tonic_server_module, &self.names.tonic_server);
        let served = self.methods().filter(|(method, _)| method.served_operation().is_some());
        // A variable, because the names of methods become those of constants.
        let set = descriptor_set::tokens(&self.descriptors);
        let registrations = served.map(|(_, names)| {
            let (constant, method) = (&names.constant, &names.server);
            quote! {
                register_method(serving, #constant, descriptors, <S as #server_trait>::#method);
            }
        });
        let (public, gate) = (self.public(), self.server_gate());
        quote! {
            #docs
            #gate
            #[derive(Debug)]
            #public struct #name<S> {
                serving: Serving<S>,
            }

            #gate
            impl<S: #server_trait> #name<S> {
                /// Registers the long-running methods with the engine, which runs them, and returns tonic's own server type with all its settings.
                #[must_use]
                #public fn serve(service: S, engine: &Engine) -> super::#tonic_module::#tonic_server<Self> {
                    Self::serve_arc(Arc::new(service), engine)
                }

                /// Like [`serve`](Self::serve), for a service that is shared already.
                #[must_use]
                #public fn serve_arc(
                    service: Arc<S>,
                    engine: &Engine,
                ) -> super::#tonic_module::#tonic_server<Self> {
                    let serving = Serving::new(service, engine);
                    Self::register_methods(&serving);
                    super::#tonic_module::#tonic_server::new(Self { serving })
                }

                /// Registers the long-running methods with the engine and serves nothing, for a process that only works.
                /// The methods are registered for as long as the [`Registration`] lives.
                #public fn register(service: S, engine: &Engine) -> Registration {
                    let serving = Serving::new(Arc::new(service), engine);
                    Self::register_methods(&serving);
                    serving.into_registration()
                }

                fn register_methods(serving: &Serving<S>) {
                    let descriptors = #set;
                    #(#registrations)*
                }
            }
        }
    }

    /// tonic's trait, each method handed on to the user's service or to the engine.
    ///
    /// The signatures are those that `async_trait` gives the trait, written out: a block of `async` code per method, which it needs, is
    /// what makes code slow to compile.
    fn tonic_impl(&self) -> TokenStream {
        let (name, server_trait) = (&self.names.server, &self.names.server_trait);
        let (tonic_module, tonic_trait) = (&self.names.tonic_server_module, &self.names.tonic_trait);
        let methods = self.methods().map(|(method, names)| {
            let rpc = &names.server;
            let (request, response) = self.tonic_signature(method, names);
            let stream = &names.stream;
            let (body, stream_type) = if method.served_operation().is_some() {
                let accept =
                    if method.streaming.server { quote!(stream_operation) } else { quote!(start_operation) };
                let (constant, start) = (&names.constant, &names.start);
                let body = quote!(#accept(&self.serving, #constant, request, <S as #server_trait>::#start));
                (body, quote!(OperationStream))
            } else {
                let body = quote!(boxed(<S as #server_trait>::#rpc(&self.serving, request)));
                (body, quote!(<S as #server_trait>::#stream))
            };
            let stream = method.streaming.server.then(|| quote!(type #stream = #stream_type;));
            quote! {
                #stream
                fn #rpc<'a, 'f>(
                    &'a self,
                    request: #request,
                ) -> BoxFuture<'f, Result<#response, Status>>
                where
                    'a: 'f,
                {
                    #body
                }
            }
        });
        let gate = self.server_gate();
        quote! {
            #gate
            impl<S: #server_trait> super::#tonic_module::#tonic_trait for #name<S> {
                #(#methods)*
            }
        }
    }

    /// The request and response types of a method as tonic's server trait has them.
    fn tonic_signature(&self, method: &Method, names: &MethodNames) -> (TokenStream, TokenStream) {
        let input = self.rust_type(&method.input);
        let request = if method.streaming.client { quote!(Streaming<#input>) } else { input };
        let response = if method.streaming.server {
            let stream = &names.stream;
            quote!(Self::#stream)
        } else {
            self.rust_type(&method.output)
        };
        (quote!(Request<#request>), quote!(Response<#response>))
    }
}
