//! Transcriptions, which are long-running operations.

use lro::{Operation, OperationError};
use tonic::Status;

use crate::pb::batch_recognize_file_metadata::AudioSource;
use crate::pb::batch_recognize_file_result::Result as FileResult;
use crate::pb::recognition_config::DecodingConfig;
use crate::pb::recognition_output_config::Output;
use crate::pb::speech_lro::SpeechLroClient;
use crate::pb::{
    AutoDetectDecodingConfig, BatchRecognizeFileMetadata, BatchRecognizeRequest, BatchRecognizeResponse,
    BatchRecognizeResults, InlineOutputConfig, OperationMetadata, RecognitionConfig, RecognitionOutputConfig,
};

/// The handle of a transcription.
pub type Transcription = Operation<BatchRecognizeResponse, OperationMetadata>;

/// What to transcribe.
#[derive(Debug)]
pub struct Audio {
    /// `projects/{project}/locations/{location}/recognizers/{recognizer}`.
    pub recognizer: String,
    /// An object in Cloud Storage, such as `gs://bucket/object`.
    pub uri: String,
    /// The language that is spoken, such as `en-US`.
    pub language: String,
    /// The model, such as `long`.
    pub model: String,
}

/// Starts a transcription.
///
/// # Errors
///
/// The server refuses to start it.
pub async fn start(client: &SpeechLroClient, audio: Audio) -> Result<Transcription, Status> {
    client
        .batch_recognize(BatchRecognizeRequest {
            recognizer: audio.recognizer,
            files: vec![BatchRecognizeFileMetadata { audio_source: Some(AudioSource::Uri(audio.uri)) }],
            config: Some(RecognitionConfig {
                model: audio.model,
                language_codes: vec![audio.language],
                decoding_config: Some(DecodingConfig::AutoDecodingConfig(AutoDetectDecodingConfig {})),
            }),
            recognition_output_config: Some(RecognitionOutputConfig {
                output: Some(Output::InlineResponseConfig(InlineOutputConfig {})),
            }),
        })
        .await
}

/// Picks up a transcription by its name, in this process or another. Asks the server nothing yet.
pub fn resume(client: &SpeechLroClient, name: &str) -> Transcription {
    client.batch_recognize_operation(name)
}

/// Follows a transcription until it has ended, and shows how far it is. When `stop` is ready, the transcription is cancelled; what becomes of it
/// is the outcome: the server may have finished all the same.
///
/// Dropping the future leaves the transcription to the server.
///
/// # Errors
///
/// The transcription failed or was cancelled, or the server cannot be asked.
pub async fn follow(
    transcription: &Transcription,
    stop: impl Future<Output = ()>,
    show: impl FnMut(OperationMetadata),
) -> Result<BatchRecognizeResponse, OperationError> {
    tokio::select! {
        // Whoever wants to stop is listened to before anything is shown.
        biased;
        () = stop => {
            transcription.cancel_and_wait().await?;
            // The result is at hand, so this asks nobody.
            transcription.wait().await
        }
        outcome = transcription.wait_with(show) => outcome,
    }
}

/// The text of each file, or why there is none, by the URI of the file.
pub fn texts(response: BatchRecognizeResponse) -> impl Iterator<Item = (String, Result<String, Status>)> {
    response.results.into_iter().map(|(uri, result)| {
        let text = match (result.error, result.result) {
            (Some(error), _) => Err(Status::from(error)),
            (None, Some(FileResult::InlineResult(inline))) => {
                Ok(joined(inline.transcript.unwrap_or_default()))
            }
            (None, None) => Ok(String::new()),
        };
        (uri, text)
    })
}

/// The likeliest words of each part.
fn joined(transcript: BatchRecognizeResults) -> String {
    let parts = transcript.results.into_iter().filter_map(|part| part.alternatives.into_iter().next());
    parts.map(|likeliest| likeliest.transcript.trim().to_owned()).collect::<Vec<_>>().join(" ")
}
