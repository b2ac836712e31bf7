//! Server traits are implemented with plain async functions, whatever their messages and methods are called.

use compile_tests::hands::tests::left::v1::{Left, left, left_hand_lro};
use compile_tests::hands::tests::right::v1::{Right, right};
use compile_tests::keywords::tests::r#type::r#async::{Match, Self_, r#match, type_lro};
use compile_tests::{comments, deprecated, messages, server_only, shelf, silent, well_known};
use lro::store::MemoryStore;
use lro::{Any, Context, Engine, Start};
use tonic::{Request, Response, Status, Streaming};

/// Implements every service of this file.
struct Server;

type Answer<T> = Result<Response<T>, Status>;

fn unimplemented<T>() -> Result<T, Status> {
    Err(Status::unimplemented("this server is only compiled"))
}

impl left_hand_lro::LeftHandLro for Server {
    async fn look(&self, _: Request<Right>) -> Answer<right::Finger> {
        unimplemented()
    }

    async fn wave(&self, _: right::Finger, _: Context<left::finger::Nail>) -> Result<Right, Status> {
        Ok(Right { held: Some(Left {}) })
    }
}

impl well_known::well_known_lro::WellKnownLro for Server {
    type TimesStream = tokio_stream::Empty<Result<String, Status>>;

    async fn ping(&self, _: Request<()>) -> Answer<()> {
        Ok(Response::new(()))
    }

    async fn times(&self, _: Request<Streaming<prost_types::Timestamp>>) -> Answer<Self::TimesStream> {
        unimplemented()
    }

    async fn look(
        &self,
        _: Request<lro::google::longrunning::Operation>,
    ) -> Answer<lro::google::rpc::Status> {
        unimplemented()
    }

    async fn start_delete(&self, _: &Request<()>) -> Result<Start<()>, Status> {
        unimplemented()
    }

    async fn delete(&self, (): (), _: Context<()>) -> Result<(), Status> {
        Ok(())
    }

    async fn guess(&self, request: Any, _: Context<prost_types::Struct>) -> Result<Any, Status> {
        Ok(request)
    }

    async fn wrap(&self, request: String, _: Context<prost_types::Timestamp>) -> Result<Vec<u8>, Status> {
        Ok(request.into_bytes())
    }

    async fn check(
        &self,
        _: lro::google::longrunning::Operation,
        _: Context<bool>,
    ) -> Result<lro::google::rpc::Status, Status> {
        unimplemented()
    }
}

impl type_lro::TypeLro for Server {
    type SelfStream = tokio_stream::Empty<Result<Match, Status>>;

    async fn r#await(&self, request: Request<Self_>) -> Answer<Self_> {
        Ok(Response::new(Self_ { super_: "ordinary".to_owned(), ..request.into_inner() }))
    }

    async fn self_(&self, _: Request<Self_>) -> Answer<Self::SelfStream> {
        unimplemented()
    }

    async fn r#loop(&self, _: Self_, _: Context<r#match::Fn>) -> Result<Match, Status> {
        unimplemented()
    }

    async fn crate_(&self, request: r#match::Fn, _: Context<Self_>) -> Result<r#match::Fn, Status> {
        Ok(request)
    }
}

impl messages::transport_lro::TransportLro for Server {
    type FlowStream = tokio_stream::Empty<Result<messages::Result, Status>>;

    async fn get(&self, _: Request<messages::Request>) -> Answer<messages::Response> {
        unimplemented()
    }

    async fn flow(&self, _: Request<Streaming<messages::Stream>>) -> Answer<Self::FlowStream> {
        unimplemented()
    }

    async fn run(
        &self,
        _: messages::Request,
        _: Context<messages::Context>,
    ) -> Result<messages::Operation, Status> {
        unimplemented()
    }

    async fn walk(&self, _: messages::Option, _: Context<messages::Vec>) -> Result<messages::Result, Status> {
        unimplemented()
    }
}

impl messages::start_lro::StartLro for Server {
    async fn drive(
        &self,
        _: messages::Engine,
        _: Context<messages::Method>,
    ) -> Result<messages::Status, Status> {
        unimplemented()
    }
}

impl comments::hostile_lro::HostileLro for Server {
    type StreamStream = tokio_stream::Empty<Result<comments::Record, Status>>;

    async fn plain(&self, request: Request<comments::Record>) -> Answer<comments::Record> {
        Ok(Response::new(request.into_inner()))
    }

    async fn stream(&self, _: Request<Streaming<comments::Record>>) -> Answer<Self::StreamStream> {
        unimplemented()
    }

    async fn run(
        &self,
        _: comments::Record,
        _: Context<comments::record::Part>,
    ) -> Result<comments::Record, Status> {
        unimplemented()
    }

    async fn tabs(
        &self,
        _: comments::Record,
        _: Context<comments::Record>,
    ) -> Result<comments::Record, Status> {
        unimplemented()
    }
}

impl silent::silent_lro::SilentLro for Server {
    type WatchStream = tokio_stream::Empty<Result<silent::Thing, Status>>;

    async fn get(&self, _: Request<silent::Thing>) -> Answer<silent::Thing> {
        unimplemented()
    }

    async fn watch(&self, _: Request<silent::Thing>) -> Answer<Self::WatchStream> {
        unimplemented()
    }

    async fn make(&self, _: silent::Thing, _: Context<silent::thing::Part>) -> Result<silent::Thing, Status> {
        unimplemented()
    }
}

impl deprecated::old_lro::OldLro for Server {
    type WatchStream = tokio_stream::Empty<Result<deprecated::OldResponse, Status>>;

    async fn get(&self, _: Request<deprecated::OldRequest>) -> Answer<deprecated::OldResponse> {
        unimplemented()
    }

    async fn watch(&self, _: Request<deprecated::OldRequest>) -> Answer<Self::WatchStream> {
        unimplemented()
    }

    async fn import(
        &self,
        _: deprecated::OldRequest,
        _: Context<deprecated::OldMetadata>,
    ) -> Result<deprecated::OldResponse, Status> {
        unimplemented()
    }

    async fn export(
        &self,
        _: deprecated::OldRequest,
        _: Context<deprecated::OldMetadata>,
    ) -> Result<deprecated::OldResponse, Status> {
        unimplemented()
    }
}

impl shelf::shelf_lro::ShelfLro for Server {
    async fn put(
        &self,
        request: Request<compile_tests::library::Book>,
    ) -> Answer<compile_tests::library::Book> {
        Ok(Response::new(request.into_inner()))
    }

    async fn sort(
        &self,
        request: shelf::Books,
        _: Context<compile_tests::library::ImportBooksMetadata>,
    ) -> Result<shelf::Books, Status> {
        Ok(request)
    }
}

impl server_only::library_service_lro::LibraryServiceLro for Server {
    async fn get_book(&self, _: Request<server_only::GetBookRequest>) -> Answer<server_only::Book> {
        unimplemented()
    }

    async fn import_books(
        &self,
        _: server_only::ImportBooksRequest,
        _: Context<server_only::ImportBooksMetadata>,
    ) -> Result<server_only::ImportBooksResponse, Status> {
        unimplemented()
    }
}

#[tokio::test]
async fn one_engine_and_one_router_serve_them_all() {
    let engine = Engine::builder(MemoryStore::new()).build();
    tonic::service::Routes::new(left_hand_lro::LeftHandLroServer::serve(Server, &engine))
        .add_service(well_known::well_known_lro::WellKnownLroServer::serve(Server, &engine))
        .add_service(type_lro::TypeLroServer::serve(Server, &engine))
        .add_service(messages::transport_lro::TransportLroServer::serve(Server, &engine))
        .add_service(messages::start_lro::StartLroServer::serve(Server, &engine))
        .add_service(comments::hostile_lro::HostileLroServer::serve(Server, &engine))
        .add_service(silent::silent_lro::SilentLroServer::serve(Server, &engine))
        .add_service(deprecated::old_lro::OldLroServer::serve(Server, &engine))
        .add_service(shelf::shelf_lro::ShelfLroServer::serve(Server, &engine))
        .add_service(server_only::library_service_lro::LibraryServiceLroServer::serve(Server, &engine))
        .add_service(engine.operations_server());
}
