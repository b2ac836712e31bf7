//! The service: what becomes of a file is in its name.

use std::collections::HashMap;
use std::sync::Arc;

use lro::google::rpc;
use lro::{Context, Start};
use prost::Message as _;
use speech_to_text::pb::batch_recognize_file_metadata::AudioSource;
use speech_to_text::pb::batch_recognize_file_result::Result as FileResult;
use speech_to_text::pb::speech_lro::SpeechLro;
use speech_to_text::pb::{
    BatchRecognizeFileResult, BatchRecognizeRequest, BatchRecognizeResponse, BatchRecognizeResults,
    InlineResult, OperationMetadata, SpeechRecognitionAlternative, SpeechRecognitionResult,
};
use tokio::sync::Semaphore;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// What is said in every recording.
pub(crate) const TEXT: &str = "how old is the Brooklyn Bridge";

/// A file whose transcription takes until the test lets it end.
pub(crate) const LONG: &str = "gs://audio/long.flac";
/// A file that is transcribed at once.
pub(crate) const SHORT: &str = "gs://audio/short.flac";
/// A file that is not there, which is told in the response.
pub(crate) const MISSING: &str = "gs://audio/missing.flac";
/// A file for which the operation fails.
pub(crate) const OVER_QUOTA: &str = "gs://audio/over-quota.flac";

/// The service.
pub(crate) struct Recognizer {
    /// One permit lets one long transcription end.
    pub(crate) gate: Arc<Semaphore>,
}

impl SpeechLro for Recognizer {
    async fn start_batch_recognize(
        &self,
        request: &Request<BatchRecognizeRequest>,
    ) -> Result<Start<OperationMetadata>, Status> {
        let uri = uri(request.get_ref());
        if !uri.starts_with("gs://") {
            let details = ErrorDetails::with_bad_request_violation("files[0].uri", "is not in Cloud Storage");
            return Err(Status::with_error_details(Code::InvalidArgument, "Invalid request.", details));
        }
        let parent = request.get_ref().recognizer.strip_suffix("/recognizers/_");
        Ok(Start::new().parent(parent.ok_or_else(|| Status::invalid_argument("recognizer"))?))
    }

    async fn batch_recognize(
        &self,
        request: BatchRecognizeRequest,
        operation: Context<OperationMetadata>,
    ) -> Result<BatchRecognizeResponse, Status> {
        let uri = uri(&request);
        operation.progress(OperationMetadata { progress_percent: 40, ..Default::default() }).await?;
        let result = match uri {
            LONG => {
                tokio::select! {
                    permit = self.gate.acquire() => permit.unwrap().forget(),
                    () = operation.cancelled() => return Err(Status::cancelled("stopped half-way")),
                }
                transcript()
            }
            MISSING => {
                let details =
                    ErrorDetails::with_error_info("OBJECT_MISSING", "speech.googleapis.com", HashMap::new());
                let status = Status::with_error_details(Code::NotFound, "no such object", details);
                let error = rpc::Status::decode(status.details()).unwrap();
                BatchRecognizeFileResult { error: Some(error), result: None }
            }
            OVER_QUOTA => {
                let labels = HashMap::from([("quota_limit_value".to_owned(), "5".to_owned())]);
                let mut details =
                    ErrorDetails::with_error_info("RATE_LIMIT_EXCEEDED", "googleapis.com", labels);
                details.add_help_link("Raise it", "https://cloud.google.com/docs/quotas");
                return Err(Status::with_error_details(Code::ResourceExhausted, "Quota exceeded", details));
            }
            _ => transcript(),
        };
        Ok(BatchRecognizeResponse {
            results: HashMap::from([(uri.to_owned(), result)]),
            ..Default::default()
        })
    }
}

fn uri(request: &BatchRecognizeRequest) -> &str {
    match request.files.first().and_then(|file| file.audio_source.as_ref()) {
        Some(AudioSource::Uri(uri)) => uri,
        None => "",
    }
}

fn transcript() -> BatchRecognizeFileResult {
    let part = |words: &str| SpeechRecognitionResult {
        alternatives: vec![
            SpeechRecognitionAlternative { transcript: words.to_owned(), confidence: 0.9 },
            SpeechRecognitionAlternative { transcript: "something else".to_owned(), confidence: 0.1 },
        ],
    };
    let results = vec![part("how old is"), part(" the Brooklyn Bridge")];
    let transcript = Some(BatchRecognizeResults { results });
    BatchRecognizeFileResult {
        error: None,
        result: Some(FileResult::InlineResult(InlineResult { transcript })),
    }
}
