//! The methods of typed clients have the types of their RPCs. Nothing here is called: that it compiles is the test.

use compile_tests::keywords::tests::r#type::r#async::{Match, Self_, r#match, type_lro};
use compile_tests::streaming::{Sound, Word, talk_lro};
use compile_tests::{client_only, deprecated, library, messages, methods, well_known};
use lro::google::longrunning;
use lro::{Any, Client, Operation, OperationList, OperationsClient};
use tonic::{Response, Status, Streaming};

type Answer<T> = Result<Response<T>, Status>;

#[expect(dead_code, reason = "compiling it is the test")]
async fn every_kind_of_call(client: talk_lro::TalkLroClient, word: Word) -> Result<(), Status> {
    let _: Answer<Sound> = client.tell(tokio_stream::iter([word.clone()])).await;
    let _: Answer<Streaming<Sound>> = client.listen(word.clone()).await;
    let _: Answer<Streaming<Sound>> = client.chat(tokio_stream::iter([word.clone()])).await;
    let _: Answer<Word> = client.unary(tonic::Request::new(word.clone())).await;
    let operation: Operation<Sound, Word> = client.write(word).await?;
    let _: Result<Sound, lro::OperationError> = operation.wait().await;
    let _: Operation<Sound, Word> = client.operation(talk_lro::WRITE, operation.name());
    let _: Operation<Sound, Word> = client.write_operation(operation.name());
    let operations: OperationsClient = client.operations();
    let _: OperationList<Any, Any> = operations.list("").page_size(10);
    let _: OperationList<Sound, Word> = operations.list("talks/1").filter("done = true").of(talk_lro::WRITE);
    Ok(())
}

#[expect(dead_code, reason = "compiling it is the test")]
async fn well_known_types(client: well_known::well_known_lro::WellKnownLroClient) -> Result<(), Status> {
    let _: Answer<()> = client.ping(()).await;
    let _: Answer<Streaming<String>> = client.times(tokio_stream::empty()).await;
    let _: Answer<lro::google::rpc::Status> = client.look(longrunning::Operation::default()).await;
    let _: Operation<(), ()> = client.delete(()).await?;
    let _: Operation<Any, prost_types::Struct> = client.guess(Any::default()).await?;
    let _: Operation<Vec<u8>, prost_types::Timestamp> = client.wrap(String::new()).await?;
    let _: Operation<lro::google::rpc::Status, bool> =
        client.check(longrunning::Operation::default()).await?;
    Ok(())
}

#[expect(dead_code, reason = "compiling it is the test")]
async fn renamed_methods(client: methods::plain_lro::PlainLroClient) -> Result<(), Status> {
    use methods::Item;

    let copy: methods::plain_lro::PlainLroClient = Clone::clone(&client);
    let _: Answer<Item> = copy.connect_rpc(Item {}).await;
    let _: Answer<Item> = copy.new_rpc(Item {}).await;
    let _: Answer<Item> = copy.operation_rpc(Item {}).await;
    let _: Answer<Item> = copy.with_origin(Item {}).await;
    let _: Answer<Item> = copy.clone_rpc(Item {}).await;
    let _: Answer<Item> = copy.default(Item {}).await;
    let _: Answer<Item> = copy.into_rpc(Item {}).await;
    let _: Answer<Streaming<Item>> = copy.borrow(Item {}).await;
    let _: Operation<Item, Item> = copy.import(Item {}).await?;
    let _: Operation<Item, Item> = copy.operation(methods::plain_lro::IMPORT, "operations/1");
    let _: Answer<Item> = copy.import_operation(Item {}).await;
    let _: Operation<Item, Item> = copy.import_operation_by_name("operations/1");
    Ok(())
}

#[expect(dead_code, reason = "compiling it is the test")]
async fn shadowing_messages(client: messages::transport_lro::TransportLroClient) {
    let _: Answer<messages::Response> = client.get(messages::Request::default()).await;
    let _: Answer<Streaming<messages::Result>> = client.flow(tokio_stream::empty()).await;
    let _: Result<Operation<messages::Operation, messages::Context>, Status> =
        client.run(messages::Request::default()).await;
    let _: Result<Operation<messages::Result, messages::Vec>, Status> =
        client.walk(messages::Option::default()).await;
}

#[expect(dead_code, reason = "compiling it is the test")]
fn what_picks_up_operations_of_methods_with_odd_names(
    clients: (type_lro::TypeLroClient, methods::long_lro::LongLroClient),
) {
    use methods::Item;

    let (keywords, long) = clients;
    let _: Operation<Match, r#match::Fn> = keywords.loop_operation("operations/1");
    let _: Operation<r#match::Fn, Self_> = keywords.crate_operation("operations/1".to_owned());
    let _: Operation<Item, Item> = long.operation_operation("operations/1");
    let _: Operation<Item, Item> = long.new_operation_by_name("operations/1");
    let _: Operation<Item, Item> = long.new_operation_operation("operations/1");
}

#[expect(dead_code, reason = "compiling it is the test")]
#[expect(deprecated, reason = "the compiler is to say so")]
async fn deprecated_methods(client: deprecated::old_lro::OldLroClient) {
    let request = deprecated::OldRequest::default();
    let _ = client.import(request).await;
    let _ = client.import_operation("operations/1");
}

#[expect(dead_code, reason = "compiling it is the test")]
async fn tonics_own_clients_stay(channel: tonic::transport::Channel) -> Result<(), Status> {
    let mut plain = methods::plain_client::PlainClient::new(channel.clone());
    let _: Answer<methods::Item> = plain.connect_rpc(methods::Item {}).await;
    let mut library = library::library_service_client::LibraryServiceClient::new(channel);
    let started: Response<longrunning::Operation> =
        library.import_books(library::ImportBooksRequest::default()).await?;
    drop(started);
    Ok(())
}

#[tokio::test]
async fn a_client_is_made_from_a_transport_or_from_a_client_with_settings() {
    let channel = tonic::transport::Endpoint::from_static("http://[::1]:50051").connect_lazy();
    let client = client_only::library_service_lro::LibraryServiceLroClient::new(channel.clone());
    let configured: client_only::library_service_lro::LibraryServiceLroClient =
        Client::new(channel).max_decoding_message_size(1 << 20).into();
    for client in [client, configured] {
        let operation: Operation<client_only::ImportBooksResponse, client_only::ImportBooksMetadata> =
            client.operation(client_only::library_service_lro::IMPORT_BOOKS, "shelves/1/operations/1");
        assert_eq!(operation.name(), "shelves/1/operations/1");
        assert_eq!(client.import_books_operation(operation.name()).name(), operation.name());
    }
}
