//! Field numbers of `descriptor.proto` that locations' paths are made of.

pub(crate) const FILE_MESSAGE: i32 = 4;
pub(crate) const FILE_ENUM: i32 = 5;
pub(crate) const FILE_SERVICE: i32 = 6;
pub(crate) const MESSAGE_FIELD: i32 = 2;
pub(crate) const MESSAGE_NESTED: i32 = 3;
pub(crate) const MESSAGE_ENUM: i32 = 4;
pub(crate) const MESSAGE_ONEOF: i32 = 8;
pub(crate) const ENUM_VALUE: i32 = 2;
pub(crate) const SERVICE_METHOD: i32 = 2;
pub(crate) const METHOD_OPTIONS: i32 = 4;
pub(crate) const METHOD_INPUT: i32 = 2;
pub(crate) const METHOD_OUTPUT: i32 = 3;
pub(crate) const OPERATION_INFO: i32 = 1049;
pub(crate) const HTTP: i32 = 72_295_728;
pub(crate) const ROUTING: i32 = 72_295_729;
pub(crate) const RESPONSE_TYPE: i32 = 1;
pub(crate) const METADATA_TYPE: i32 = 2;
