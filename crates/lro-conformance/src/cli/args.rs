//! The arguments of the program.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::request::Request;
use crate::restart::Restart;
use crate::target::Target;
use crate::timeouts::Timeouts;

/// Test any google.longrunning server over the network.
///
/// A request is JSON, `{…}`, or `package.Service/Method {…}` if it goes to another method than --method, or `@FILE` for a file with
/// either. `{{id}}` in it becomes another id at each start.
#[derive(Debug, Parser)]
#[command(name = "lro-conformance", version)]
pub(super) struct Args {
    /// Where the server is, such as `http://127.0.0.1:50051`
    #[arg(required_unless_present = "list")]
    address: Option<String>,
    /// The method that starts operations, package.Service/Method
    #[arg(long)]
    method: Option<String>,
    /// Its request, for an operation that soon ends well
    #[arg(long, value_name = "REQUEST", required_unless_present = "list")]
    request: Option<String>,
    /// A request whose operation fails
    #[arg(long, value_name = "REQUEST")]
    failing_request: Option<String>,
    /// A request whose operation ends well after a few seconds
    #[arg(long, value_name = "REQUEST")]
    slow_request: Option<String>,
    /// A request whose operation runs for minutes, until it is cancelled
    #[arg(long, value_name = "REQUEST")]
    long_request: Option<String>,
    /// A request that is refused, so that no operation comes of it
    #[arg(long, value_name = "REQUEST")]
    refused_request: Option<String>,
    /// A serialized `FileDescriptorSet` with the methods and all that they import; otherwise the server's reflection is asked
    #[arg(long, value_name = "FILE")]
    descriptors: Option<PathBuf>,
    /// The `name` by which `ListOperations` lists the operations of all requests together; otherwise the parent in their names
    #[arg(long, value_name = "NAME")]
    list_name: Option<String>,
    /// The address of another replica
    #[arg(long, value_name = "ADDRESS")]
    replica: Option<String>,
    /// A command for the shell that restarts the server, which then listens at the same address
    #[arg(long, value_name = "COMMAND")]
    restart: Option<String>,
    /// Metadata of every call, such as 'authorization: Bearer …'; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Metadata of a second identity, which must not see the operations of the first; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    other_header: Vec<(String, String)>,
    /// The certificate (PEM) of the authority that signed those of the servers; otherwise the authorities of the web
    #[arg(long, value_name = "FILE")]
    ca_certificate: Option<PathBuf>,
    /// The deadline of calls, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    call_timeout: Duration,
    /// How long an operation may take to end, or to stop when it was cancelled, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    end_timeout: Duration,
    /// For how long `WaitOperation` is asked to wait for what does not end, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    wait_timeout: Duration,
    /// How late an answer may be that is to come at once, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    grace: Duration,
    /// How long the server may take to answer again after a restart, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    restart_timeout: Duration,
    /// Only these checks: an id, a group, or a beginning and a star; may be repeated
    #[arg(long, value_name = "CHECK")]
    pub(super) only: Vec<String>,
    /// Fail for a SHOULD as for a MUST
    #[arg(long)]
    pub(super) strict: bool,
    /// List all checks with their sources, and end
    #[arg(long)]
    pub(super) list: bool,
    /// Say on standard error which checks are done
    #[arg(long)]
    pub(super) progress: bool,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Write the report as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

impl Args {
    /// The server and how to start operations there.
    pub(super) fn target(&self) -> Result<Target, String> {
        let address = self.address.as_deref().unwrap_or_default();
        let request = self.request.as_ref().map(|text| self.read(text)).transpose()?;
        let mut target = Target::new(address, request.ok_or("give --request")?).timeouts(Timeouts {
            call: self.call_timeout,
            end: self.end_timeout,
            wait: self.wait_timeout,
            grace: self.grace,
            restart: self.restart_timeout,
        });
        let read = |text: &Option<String>| text.as_ref().map(|text| self.read(text)).transpose();
        target.failing = read(&self.failing_request)?;
        target.slow = read(&self.slow_request)?;
        target.long = read(&self.long_request)?;
        target.refused = read(&self.refused_request)?;
        target.descriptors = self.descriptors.as_ref().map(load).transpose()?;
        target.certificate = self.ca_certificate.as_ref().map(load).transpose()?;
        target.list_name.clone_from(&self.list_name);
        target.replica.clone_from(&self.replica);
        target.restart = self.restart.as_deref().map(Restart::command);
        target.headers.clone_from(&self.header);
        target.other_headers.clone_from(&self.other_header);
        Ok(target)
    }

    fn read(&self, text: &str) -> Result<Request, String> {
        let text = match text.strip_prefix('@') {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?
            }
            None => text.to_owned(),
        };
        Request::parse(&text, self.method.as_deref()).map_err(|error| error.to_string())
    }
}

fn load(path: &PathBuf) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is `name: value`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        use clap::CommandFactory as _;
        Args::command().debug_assert();
    }

    #[test]
    fn headers_and_seconds_are_read() {
        assert_eq!(
            header("Authorization: Bearer a:b"),
            Ok(("Authorization".to_owned(), "Bearer a:b".to_owned()))
        );
        assert!(header("authorization").is_err());
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert!(seconds("-1").is_err() && seconds("x").is_err());
    }
}
