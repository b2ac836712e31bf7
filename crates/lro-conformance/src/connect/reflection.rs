//! Descriptors by gRPC server reflection, version 1 and where a server has only that, version 1alpha.

use std::time::Duration;

use bytes::Bytes;
use prost::Message as _;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::connection::Connection;
use super::file_set::FileSet;
use crate::error::Error;
use crate::wire::{Answer, Question, ServerReflectionRequest, ServerReflectionResponse};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// The method in both versions, which differ in nothing else.
const VERSIONS: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// The names of the services that a server says it has.
pub(crate) async fn services(connection: &Connection) -> Result<Vec<String>, Status> {
    match ask(connection, Question::ListServices(String::new())).await? {
        Answer::Services(list) => Ok(list.service.into_iter().map(|service| service.name).collect()),
        Answer::Error(error) => Err(Status::new(error.error_code.into(), error.error_message)),
        Answer::Files(_) => Err(Status::internal("files are no list of services")),
    }
}

/// The files that define `symbol`, with all that they import, added to `set`.
///
/// Whether the server knows the symbol.
pub(super) async fn add_symbol(
    connection: &Connection,
    set: &mut FileSet,
    symbol: &str,
) -> Result<bool, Error> {
    let question = Question::FileContainingSymbol(symbol.to_owned());
    if !add(set, ask(connection, question).await.map_err(|status| failed(&status))?)? {
        return Ok(false);
    }
    // Servers may answer with the one file alone.
    let mut missing = set.missing();
    while !missing.is_empty() {
        for name in missing {
            let question = Question::FileByFilename(name.clone());
            if !add(set, ask(connection, question).await.map_err(|status| failed(&status))?)?
                || !set.has(&name)
            {
                let message = format!("the server's reflection does not know the import {name}");
                return Err(Error::descriptors(message));
            }
        }
        missing = set.missing();
    }
    Ok(true)
}

fn add(set: &mut FileSet, answer: Answer) -> Result<bool, Error> {
    let Answer::Files(files) = answer else { return Ok(false) };
    files.file_descriptor_proto.into_iter().try_for_each(|file| set.add(file))?;
    Ok(true)
}

fn failed(status: &Status) -> Error {
    let why = match status.code() {
        Code::Unimplemented => "the server has no reflection".to_owned(),
        code => format!("reflection failed with {code:?}: {}", status.message()),
    };
    Error::descriptors(format!("{why}; give the descriptors of the methods as a file instead"))
}

/// One question on a stream of its own: what is asked is little, and no stream is left open.
async fn ask(connection: &Connection, question: Question) -> Result<Answer, Status> {
    let question: Bytes = ServerReflectionRequest { question: Some(question) }.encode_to_vec().into();
    let mut lacking = Status::unimplemented("");
    for version in VERSIONS {
        let answer = timeout(ANSWER, connection.ask(version, question.clone())).await;
        match answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("the server does not answer"))) {
            Ok(answer) => {
                let answer = ServerReflectionResponse::decode(answer)
                    .map_err(|error| Status::internal(format!("its answer cannot be read: {error}")))?;
                return answer.answer.ok_or_else(|| Status::internal("its answer is empty"));
            }
            Err(status) if status.code() == Code::Unimplemented => lacking = status,
            Err(status) => return Err(status),
        }
    }
    Err(lacking)
}
