//! The services that answer for blobs and for results.

use lro::google::rpc;
use tonic::{Request, Response, Status};

use crate::action_cache::ActionCache;
use crate::cas::Blobs;
use crate::digest;
use crate::pb::action_cache_server;
use crate::pb::content_addressable_storage_server::ContentAddressableStorage;
use crate::pb::{
    ActionResult, BatchReadBlobsRequest, BatchReadBlobsResponse, BatchUpdateBlobsRequest,
    BatchUpdateBlobsResponse, Digest, FindMissingBlobsRequest, FindMissingBlobsResponse,
    GetActionResultRequest, batch_read_blobs_response, batch_update_blobs_request,
    batch_update_blobs_response,
};
use crate::problem::{self, blocking};

/// The two services, over their folders.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The blobs.
    pub blobs: Blobs,
    /// The results.
    pub cache: ActionCache,
}

#[tonic::async_trait]
impl ContentAddressableStorage for Storage {
    async fn find_missing_blobs(
        &self,
        request: Request<FindMissingBlobsRequest>,
    ) -> Result<Response<FindMissingBlobsResponse>, Status> {
        let (blobs, mut digests) = (self.blobs.clone(), request.into_inner().blob_digests);
        blocking(move || {
            digests.iter().try_for_each(|digest| digest::check("blob_digests", digest))?;
            digests.retain(|digest| !blobs.has(digest));
            Ok(Response::new(FindMissingBlobsResponse { missing_blob_digests: digests }))
        })
        .await
    }

    async fn batch_update_blobs(
        &self,
        request: Request<BatchUpdateBlobsRequest>,
    ) -> Result<Response<BatchUpdateBlobsResponse>, Status> {
        let (blobs, requests) = (self.blobs.clone(), request.into_inner().requests);
        blocking(move || {
            let responses = requests.into_iter().map(|request| update(&blobs, request)).collect();
            Ok(Response::new(BatchUpdateBlobsResponse { responses }))
        })
        .await
    }

    async fn batch_read_blobs(
        &self,
        request: Request<BatchReadBlobsRequest>,
    ) -> Result<Response<BatchReadBlobsResponse>, Status> {
        let (blobs, digests) = (self.blobs.clone(), request.into_inner().digests);
        blocking(move || {
            let responses = digests.into_iter().map(|digest| read(&blobs, digest)).collect();
            Ok(Response::new(BatchReadBlobsResponse { responses }))
        })
        .await
    }
}

#[tonic::async_trait]
impl action_cache_server::ActionCache for Storage {
    async fn get_action_result(
        &self,
        request: Request<GetActionResultRequest>,
    ) -> Result<Response<ActionResult>, Status> {
        let (cache, action) = (self.cache.clone(), request.into_inner().action_digest.unwrap_or_default());
        blocking(move || {
            digest::check("action_digest", &action)?;
            let result = cache.get(&action).map_err(|error| problem::own(&error))?;
            result.map(Response::new).ok_or_else(|| Status::not_found("there is no result of this action"))
        })
        .await
    }
}

fn update(
    blobs: &Blobs,
    request: batch_update_blobs_request::Request,
) -> batch_update_blobs_response::Response {
    let digest = request.digest.unwrap_or_default();
    let taken = digest::check("digest", &digest).and_then(|()| {
        let is = digest::of(&request.data);
        if is != digest {
            return Err(problem::invalid("digest", format!("the data has {}", digest::text(&is))));
        }
        blobs.add(&request.data).map_err(|error| problem::own(&error))
    });
    let status = taken.err().map(|status| problem::to_message(&status)).unwrap_or_default();
    batch_update_blobs_response::Response { digest: Some(digest), status: Some(status) }
}

fn read(blobs: &Blobs, digest: Digest) -> batch_read_blobs_response::Response {
    let found = digest::check("digest", &digest).and_then(|()| {
        let found = blobs.get(&digest).map_err(|error| problem::own(&error))?;
        found.ok_or_else(|| Status::not_found("there is no such blob"))
    });
    let (data, status) = match found {
        Ok(data) => (data, rpc::Status::default()),
        Err(status) => (Vec::new(), problem::to_message(&status)),
    };
    batch_read_blobs_response::Response { digest: Some(digest), data, status: Some(status) }
}
