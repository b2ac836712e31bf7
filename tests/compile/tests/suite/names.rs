//! Methods with the names of generated ones arrive where they belong, on both sides and through the wire between them.

use compile_tests::methods::{Item, long_lro, plain_lro};
use lro::store::MemoryStore;
use lro::{Context, Engine};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

#[derive(Debug)]
struct Server;

/// Answers each method with the status message `{name}`, by which its caller knows it.
macro_rules! answer_with_their_names {
    (plain: $($plain:ident)* ; long: $($long:ident)*) => {
        impl plain_lro::PlainLro for Server {
            type BorrowStream = tokio_stream::Empty<Result<Item, Status>>;

            async fn borrow(&self, _: Request<Item>) -> Result<Response<Self::BorrowStream>, Status> {
                Err(Status::aborted("borrow"))
            }

            $(async fn $plain(&self, _: Request<Item>) -> Result<Response<Item>, Status> {
                Err(Status::aborted(stringify!($plain)))
            })*

            async fn import(&self, _: Item, _: Context<Item>) -> Result<Item, Status> {
                Err(Status::aborted("import"))
            }
        }

        impl long_lro::LongLro for Server {
            $(async fn $long(&self, _: Item, _: Context<Item>) -> Result<Item, Status> {
                Err(Status::aborted(stringify!($long)))
            })*
        }
    };
}

answer_with_their_names! {
    plain: connect new operation with_origin clone default into from call poll_ready from_arc serve serve_arc register inner import_operation start_import;
    long: connect new operation clone default into borrow new_operation s v1 serve_arc register_methods register_method stream_operation plain_start
}

#[tokio::test]
async fn plain_methods_arrive_under_their_own_names() {
    let engine = Engine::builder(MemoryStore::new()).build();
    let client =
        plain_lro::PlainLroClient::new(Routes::new(plain_lro::PlainLroServer::serve(Server, &engine)));
    let answers = [
        (client.connect_rpc(Item {}).await, "connect"),
        (client.new_rpc(Item {}).await, "new"),
        (client.operation_rpc(Item {}).await, "operation"),
        (client.with_origin(Item {}).await, "with_origin"),
        (client.clone_rpc(Item {}).await, "clone"),
        (client.default(Item {}).await, "default"),
        (client.into_rpc(Item {}).await, "into"),
        (client.from_rpc(Item {}).await, "from"),
        (client.call(Item {}).await, "call"),
        (client.poll_ready(Item {}).await, "poll_ready"),
        (client.from_arc(Item {}).await, "from_arc"),
        (client.serve(Item {}).await, "serve"),
        (client.serve_arc(Item {}).await, "serve_arc"),
        (client.register(Item {}).await, "register"),
        (client.inner(Item {}).await, "inner"),
        (client.import_operation(Item {}).await, "import_operation"),
        (client.start_import(Item {}).await, "start_import"),
    ];
    for (answer, name) in answers {
        assert_eq!(answer.unwrap_err().message(), name);
    }
    assert_eq!(client.borrow(Item {}).await.unwrap_err().message(), "borrow");
}

#[tokio::test]
async fn long_running_methods_arrive_under_their_own_names() {
    let engine = Engine::builder(MemoryStore::new()).build();
    let server = long_lro::LongLroServer::serve(Server, &engine);
    let client = long_lro::LongLroClient::new(Routes::new(server).add_service(engine.operations_server()));
    let operations = [
        (client.connect_rpc(Item {}).await, "connect"),
        (client.new_rpc(Item {}).await, "new"),
        (client.operation_rpc(Item {}).await, "operation"),
        (client.clone_rpc(Item {}).await, "clone"),
        (client.default(Item {}).await, "default"),
        (client.into_rpc(Item {}).await, "into"),
        (client.borrow(Item {}).await, "borrow"),
        (client.new_operation(Item {}).await, "new_operation"),
        (client.s(Item {}).await, "s"),
        (client.v1(Item {}).await, "v1"),
        (client.serve_arc(Item {}).await, "serve_arc"),
        (client.register_methods(Item {}).await, "register_methods"),
        (client.register_method(Item {}).await, "register_method"),
        (client.stream_operation(Item {}).await, "stream_operation"),
        (client.plain_start(Item {}).await, "plain_start"),
    ];
    for (operation, name) in operations {
        let error = operation.unwrap().wait().await.unwrap_err();
        assert_eq!(error.status().unwrap().message(), name);
    }
}
