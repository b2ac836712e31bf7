//! Every kind of call goes through the typed client, tonic's server and the adapter to the user's service, without a socket.

use compile_tests::streaming::talk_lro::{TalkLro, TalkLroClient, TalkLroServer};
use compile_tests::streaming::{Sound, Word};
use lro::store::MemoryStore;
use lro::{Context, Engine, Update};
use tokio_stream::StreamExt as _;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

#[derive(Debug)]
struct Echo;

fn sound(word: &str) -> Sound {
    Sound { samples: word.to_uppercase().into_bytes() }
}

fn word(text: &str) -> Word {
    Word { text: text.to_owned() }
}

impl TalkLro for Echo {
    type ListenStream = tokio_stream::Iter<std::vec::IntoIter<Result<Sound, Status>>>;
    type ChatStream =
        tokio_stream::adapters::Map<Streaming<Word>, fn(Result<Word, Status>) -> Result<Sound, Status>>;

    async fn unary(&self, request: Request<Word>) -> Result<Response<Word>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn listen(&self, request: Request<Word>) -> Result<Response<Self::ListenStream>, Status> {
        let word = request.into_inner().text;
        let letters: Vec<_> = word.chars().map(|letter| Ok(sound(&letter.to_string()))).collect();
        Ok(Response::new(tokio_stream::iter(letters)))
    }

    async fn tell(&self, request: Request<Streaming<Word>>) -> Result<Response<Sound>, Status> {
        let mut words = request.into_inner();
        let mut text = String::new();
        while let Some(word) = words.message().await? {
            text += &word.text;
        }
        Ok(Response::new(sound(&text)))
    }

    async fn chat(&self, request: Request<Streaming<Word>>) -> Result<Response<Self::ChatStream>, Status> {
        Ok(Response::new(request.into_inner().map(|word| Ok(sound(&word?.text)))))
    }

    async fn write(&self, request: Word, operation: Context<Word>) -> Result<Sound, Status> {
        operation.progress(word("half")).await?;
        Ok(sound(&request.text))
    }
}

fn client() -> TalkLroClient {
    let engine = Engine::builder(MemoryStore::new()).build();
    let server = TalkLroServer::serve(Echo, &engine);
    TalkLroClient::new(Routes::new(server).add_service(engine.operations_server()))
}

async fn all(sounds: Response<Streaming<Sound>>) -> Vec<Sound> {
    sounds.into_inner().map(Result::unwrap).collect().await
}

#[tokio::test]
async fn unary_calls_arrive() {
    assert_eq!(client().unary(word("hi")).await.unwrap().into_inner(), word("hi"));
}

#[tokio::test]
async fn server_streaming_calls_arrive() {
    assert_eq!(all(client().listen(word("hi")).await.unwrap()).await, [sound("h"), sound("i")]);
}

#[tokio::test]
async fn client_streaming_calls_arrive() {
    let words = tokio_stream::iter([word("h"), word("i")]);
    assert_eq!(client().tell(words).await.unwrap().into_inner(), sound("hi"));
}

#[tokio::test]
async fn calls_that_stream_both_ways_arrive() {
    let words = tokio_stream::iter([word("h"), word("i")]);
    assert_eq!(all(client().chat(words).await.unwrap()).await, [sound("h"), sound("i")]);
}

#[tokio::test]
async fn long_running_calls_end_with_their_response() {
    let operation = client().write(word("hi")).await.unwrap();
    let updates: Vec<_> = operation.updates().map(Result::unwrap).collect().await;
    assert!(matches!(updates.last(), Some(Update::Done(done)) if *done == sound("hi")), "{updates:?}");
}

#[tokio::test]
async fn an_operation_that_is_picked_up_by_its_name_is_the_same() {
    let client = client();
    let operation = client.write(word("hi")).await.unwrap();
    assert_eq!(client.write_operation(operation.name()).wait().await.unwrap(), sound("hi"));
}
