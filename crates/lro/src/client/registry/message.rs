//! A message whose type is only known at run time.

use std::any::Any;
use std::fmt;

/// A message whose type is only known at run time: its full name says which, and [`downcast`](Self::downcast) gives it its Rust type.
///
/// As [`Debug`](fmt::Debug) it prints as the message does.
///
/// ```
/// # use lro::{Method, MethodRegistry, State, payload::pack};
/// # use lro::google::longrunning::{Operation, operation};
/// # use prost_types::{Duration, Timestamp};
/// # const METHOD: Method<(), Timestamp, Duration> =
/// #     Method::new("/l.L/Import", "google.protobuf.Empty", "google.protobuf.Timestamp", "google.protobuf.Duration");
/// # let metadata = Some(pack("google.protobuf.Duration", &Duration { seconds: 3, nanos: 0 }));
/// # let operation = Operation { metadata, ..Operation::default() };
/// # let decoded = MethodRegistry::new().with(METHOD).decode_message(operation).unwrap();
/// # let message = decoded.metadata().unwrap();
/// assert_eq!(message.type_name(), "google.protobuf.Duration");
/// assert_eq!(message.downcast_ref::<Duration>().map(|duration| duration.seconds), Some(3));
/// assert_eq!(message.downcast_ref::<Timestamp>(), None);
/// ```
pub struct BoxedMessage {
    type_name: String,
    message: Box<dyn Any + Send + Sync>,
    /// Prints the message, whose type is known here.
    debug: fn(&dyn Any, &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl BoxedMessage {
    pub(super) fn new<T>(type_name: &str, message: T) -> Self
    where
        T: fmt::Debug + Send + Sync + 'static,
    {
        Self {
            type_name: type_name.to_owned(),
            message: Box::new(message),
            debug: |message, f| message.downcast_ref::<T>().map_or(Ok(()), |message| message.fmt(f)),
        }
    }

    /// The full name of the message, as its type URL has it.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Whether the message is a `T`.
    pub fn is<T: 'static>(&self) -> bool {
        self.message.is::<T>()
    }

    /// The message, if it is a `T`.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.message.downcast_ref()
    }

    /// The message by value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// The message as it was, if it is of another type.
    pub fn downcast<T: 'static>(self) -> Result<T, Self> {
        match self.message.downcast::<T>() {
            Ok(message) => Ok(*message),
            Err(message) => Err(Self { message, ..self }),
        }
    }
}

impl fmt::Debug for BoxedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.debug)(&*self.message, f)
    }
}
