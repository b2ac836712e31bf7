//! Puts tokens onto calls.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Request, Response};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::Service;

use super::Tokens;
use crate::BoxError;

/// Which project the calls count for, where the caller's account belongs to none.
const USER_PROJECT: HeaderName = HeaderName::from_static("x-goog-user-project");

/// A transport that adds an access token to each call, and the project that calls count for.
///
/// An interceptor could not do it, because getting a token takes time, and interceptors are not async. A token that is refused is forgotten; the client makes the
/// call once more, and that gets another.
#[derive(Debug, Clone)]
pub struct Authorized<S> {
    inner: S,
    tokens: Tokens,
    project: Option<HeaderValue>,
}

impl<S> Authorized<S> {
    /// Adds tokens, and the project if there is one, to the calls of `inner`.
    pub fn new(inner: S, tokens: Tokens, project: Option<HeaderValue>) -> Self {
        Self { inner, tokens, project }
    }
}

impl<S> Service<Request<Body>> for Authorized<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // What is ready makes the call, and a clone takes its place.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let Self { tokens, project, .. } = self.clone();
        Box::pin(async move {
            // A status is an answer to the client. After any other error it would take the connection for lost, and go on asking.
            let token = tokens.header().await.map_err(|error| Status::unauthenticated(error.to_string()))?;
            request.headers_mut().insert(AUTHORIZATION, token.clone());
            if let Some(project) = project {
                request.headers_mut().insert(USER_PROJECT, project);
            }
            let response = inner.call(request).await.map_err(Into::into)?;
            if is_refused(&response) {
                tokens.forget(&token).await;
            }
            Ok(response)
        })
    }
}

/// Whether the server does not take the token. Such an answer has no message, so that its status is in the header.
fn is_refused(response: &Response<Body>) -> bool {
    response.status() == http::StatusCode::UNAUTHORIZED
        || Status::from_header_map(response.headers())
            .is_some_and(|status| status.code() == Code::Unauthenticated)
}
