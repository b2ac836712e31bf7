//! Methods by their paths and by the types of their messages, for what is only known at run time.

mod decoded;
mod message;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use prost::{DecodeError, Message};
use prost_types::Any;
use tonic::Status;

pub use self::decoded::DecodedOperation;
pub use self::message::BoxedMessage;

use super::Client;
use super::failure::Kind;
use super::operation::snapshot::{self, State};
use super::operation::{OperationError, RawOperation};
use super::reference::OperationRef;
use crate::google::longrunning;
use crate::{Method, payload};

/// A declared type of this name takes any payload, and one of the other says little.
const ANY: &str = "google.protobuf.Any";
const EMPTY: &str = "google.protobuf.Empty";

/// Methods of differing types in one place: it reads operations of which only the run of the program tells what they hold.
///
/// A console that shows all operations of a server is one use:
///
/// ```no_run
/// # type Imported = (); type Exported = ();
/// # const IMPORT_BOOKS: lro::Method<(), Imported, ()> = lro::Method::new("", "", "", "");
/// # const EXPORT_BOOKS: lro::Method<(), Exported, ()> = lro::Method::new("", "", "", "");
/// # async fn example(client: lro::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use lro::{MethodRegistry, State};
///
/// let registry = MethodRegistry::new().with(IMPORT_BOOKS).with(EXPORT_BOOKS);
/// let mut operations = client.operations().list("");
/// while let Some(operation) = operations.next().await {
///     let Some(operation) = registry.decode(&operation?)? else { continue };
///     match operation.state() {
///         State::Running => println!("{}: {:?}", operation.name(), operation.metadata()),
///         State::Succeeded(response) if response.is::<Imported>() => println!("an import is done"),
///         other => println!("{} of {:?}: {other:?}", operation.name(), operation.method()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Messages are read by the names in their type URLs. One whose type no registered method declares, or whose bytes do not decode as that type,
/// is kept as it came, as an [`Any`].
#[derive(Clone, Default)]
pub struct MethodRegistry {
    methods: Vec<Registered>,
    decoders: HashMap<&'static str, Decoder>,
}

#[derive(Clone)]
struct Registered {
    path: &'static str,
    response_type: &'static str,
    metadata_type: &'static str,
    resume: Resume,
}

type Resume = Arc<dyn Fn(&Client, &OperationRef) -> RawOperation + Send + Sync>;
type Decoder = fn(&str, &[u8]) -> Result<BoxedMessage, DecodeError>;

impl MethodRegistry {
    /// A registry of no method.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers `method`, in the place of one with the same path if there is one.
    ///
    /// If methods declare one message by different Rust types, the first registered type counts.
    #[must_use]
    pub fn with<Req, Res, Meta>(mut self, method: Method<Req, Res, Meta>) -> Self
    where
        Req: 'static,
        Res: Message + Default + fmt::Debug + 'static,
        Meta: Message + Default + fmt::Debug + 'static,
    {
        self.methods.retain(|known| known.path != method.path());
        self.methods.push(Registered {
            path: method.path(),
            response_type: method.response_type(),
            metadata_type: method.metadata_type(),
            resume: Arc::new(move |client, reference| {
                let operation = client.raw_operation(reference.name()).typed(method);
                operation.started_with(reference.request_id()).untyped()
            }),
        });
        self.decoders.entry(method.response_type()).or_insert(decode::<Res>);
        self.decoders.entry(method.metadata_type()).or_insert(decode::<Meta>);
        self
    }

    /// The paths of the registered methods, in the order in which they were registered.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.methods.iter().map(|method| method.path)
    }

    /// Reads what `operation` last saw ([`latest`](super::Operation::latest)). Sends nothing; `None` if the handle has received no answer yet.
    ///
    /// # Errors
    ///
    /// [`is_malformed`](OperationError::is_malformed).
    pub fn decode(&self, operation: &RawOperation) -> Result<Option<DecodedOperation>, OperationError> {
        let Some(latest) = operation.shared.latest() else { return Ok(None) };
        let accepts_missing = operation.settings.accepts_missing_result;
        let decoded = self.read(operation.method(), latest, accepts_missing);
        decoded.map(Some).map_err(|kind| OperationError::new(kind, operation))
    }

    /// Reads a message that came in another way than through a handle.
    ///
    /// # Errors
    ///
    /// INTERNAL, if the operation has ended with neither a response nor an error.
    pub fn decode_message(&self, operation: longrunning::Operation) -> Result<DecodedOperation, Status> {
        let name = operation.name.clone();
        self.read("", operation, false).map_err(|_| {
            let why = "it has ended with neither a response nor an error";
            Status::internal(format!("operation `{name}` is malformed: {why}"))
        })
    }

    /// Makes the handle of an operation again whose method only the reference knows. The handle has no types, and otherwise it is that of the
    /// method: it asks by the same RPCs, with the same headers and pauses. Sends nothing.
    ///
    /// `None` if the method is not registered.
    pub fn resume(&self, client: &Client, reference: &OperationRef) -> Option<RawOperation> {
        let method = self.methods.iter().find(|method| method.path == reference.method())?;
        Some((method.resume)(client, reference))
    }

    fn read(
        &self,
        known: &'static str,
        mut operation: longrunning::Operation,
        accepts_missing: bool,
    ) -> Result<DecodedOperation, Kind> {
        let name = std::mem::take(&mut operation.name);
        let method = if known.is_empty() { self.only_one(&operation) } else { Some(known) };
        let declared = self.methods.iter().find(|registered| Some(registered.path) == method);
        if operation.done && declared.is_some_and(|method| method.response_type == EMPTY) {
            fill_in_empty(&mut operation.result);
        }
        let snapshot = snapshot::read::<Any, Any>(operation, ANY, ANY, accepts_missing)?;
        let metadata = snapshot.raw_metadata().map(|payload| self.message(payload));
        let state = match snapshot.into_state() {
            State::Running => State::Running,
            State::Succeeded(response) => State::Succeeded(self.message(&response)),
            State::Failed(status) => State::Failed(status),
            State::Cancelled(status) => State::Cancelled(status),
        };
        Ok(DecodedOperation { name, method, state, metadata })
    }

    /// The only method whose operations hold such messages.
    fn only_one(&self, operation: &longrunning::Operation) -> Option<&'static str> {
        let response = match &operation.result {
            Some(longrunning::operation::Result::Response(response)) if operation.done => Some(response),
            _ => None,
        };
        let mut fitting =
            self.methods.iter().filter(|method| method.fits(response, operation.metadata.as_ref()));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first.path)
    }

    fn message(&self, payload: &Any) -> BoxedMessage {
        let type_name = payload::type_name_of(payload);
        let decoded = self.decoders.get(type_name).and_then(|decode| decode(type_name, &payload.value).ok());
        decoded.unwrap_or_else(|| BoxedMessage::new(type_name, payload.clone()))
    }
}

impl Registered {
    /// Whether what is there is of the declared types, and tells something.
    fn fits(&self, response: Option<&Any>, metadata: Option<&Any>) -> bool {
        let pairs = [(self.response_type, response), (self.metadata_type, metadata)];
        let mut found = pairs.iter().filter_map(|(declared, payload)| {
            payload.map(|payload| (*declared, payload::type_name_of(payload)))
        });
        let tells = found.clone().any(|(declared, found)| declared == found && declared != EMPTY);
        tells && found.all(|(declared, found)| declared == found || declared == ANY)
    }
}

/// Gives an operation its response that some services leave out, whole or the name of its type, because it has no content.
fn fill_in_empty(result: &mut Option<longrunning::operation::Result>) {
    use longrunning::operation::Result::Response;

    let is_left_out = match result {
        None => true,
        Some(Response(response)) => *response == Any::default(),
        Some(_) => false,
    };
    if is_left_out {
        *result = Some(Response(payload::pack(EMPTY, &())));
    }
}

fn decode<M>(type_name: &str, bytes: &[u8]) -> Result<BoxedMessage, DecodeError>
where
    M: Message + Default + fmt::Debug + 'static,
{
    M::decode(bytes).map(|message| BoxedMessage::new(type_name, message))
}

impl fmt::Debug for MethodRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.paths()).finish()
    }
}
