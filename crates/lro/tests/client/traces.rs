//! What the client tells of its calls.

use std::io;
use std::sync::{Arc, Mutex};

use tonic::Status;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::scripted_service::{NAME, ScriptedService, after, at_once, response, running, succeeded};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn each_wait_is_a_span_and_each_call_an_event_in_it() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .without_time()
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let service = ScriptedService::new([
        at_once(Err(Status::unavailable("draining"))),
        after(20, Ok(running(1))),
        after(1, Ok(succeeded(1))),
    ]);
    assert_eq!(service.started().wait().await.unwrap(), response());
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("lro::client")).collect();
    assert_eq!(lines.len(), 3, "one line for each call: {text}");
    for (line, (attempt, what)) in
        lines.iter().zip([(1, "status_code=14"), (2, "longrunning.done=false"), (3, "longrunning.done=true")])
    {
        for part in [
            "LRO Wait{",
            &format!("gcp.resource.destination.id=\"{NAME}\""),
            &format!("poll_attempt_count={attempt} "),
            what,
            "rpc.method=\"google.longrunning.Operations/WaitOperation\"",
        ] {
            assert!(line.contains(part), "`{part}` is not in: {line}");
        }
    }
    assert!(lines[0].contains("error=\"draining\"") && lines[0].contains("pause=500ms"), "{}", lines[0]);
    assert!(lines[1].contains("took=20s pause=0ns"), "{}", lines[1]);
}
