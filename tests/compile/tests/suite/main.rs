//! Uses generated code the way users do: what it is called, which types it has, and that it runs.

mod calls;
mod clients;
mod cloud;
mod constants;
mod jobs;
mod names;
mod options;
mod reflection;
mod registration;
mod routing;
mod servers;
mod testing;
