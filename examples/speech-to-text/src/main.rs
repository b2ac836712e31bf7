//! `speech-to-text --project PROJECT gs://bucket/object`, and `speech-to-text --resume NAME` to go on with it later.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use speech_to_text::auth::{METADATA_HOST, Source, Token, Tokens};
use speech_to_text::connect::{self, Target, connect};
use speech_to_text::transcribe::{self, Audio};
use speech_to_text::{BoxError, explain};

/// A token for this program. Without it, `--credentials` says where tokens come from.
const TOKEN: &str = "GOOGLE_OAUTH_ACCESS_TOKEN";

#[derive(Debug, Parser)]
#[command(about = "Transcribes an audio file with Google's Speech-to-Text API; Ctrl-C cancels")]
struct Cli {
    /// The audio file, such as `gs://cloud-samples-data/speech/brooklyn_bridge.flac`.
    #[arg(required_unless_present = "resume")]
    uri: Option<String>,
    /// Go on with a transcription that was started before.
    #[arg(long, value_name = "NAME", conflicts_with = "uri")]
    resume: Option<String>,
    /// The project that transcribes.
    #[arg(long, required_unless_present = "resume")]
    project: Option<String>,
    /// The location that transcribes.
    #[arg(long, default_value = "global")]
    location: String,
    /// The language that is spoken.
    #[arg(long, default_value = "en-US")]
    language: String,
    /// The model.
    #[arg(long, default_value = "long")]
    model: String,
    /// Where access tokens come from, unless `GOOGLE_OAUTH_ACCESS_TOKEN` is set.
    #[arg(long, value_enum, default_value_t = Credentials::Gcloud)]
    credentials: Credentials,
    /// The project that calls count for, which tokens of gcloud need.
    #[arg(long)]
    quota_project: Option<String>,
    /// Another place of the API.
    #[arg(long)]
    endpoint: Option<String>,
    /// A file with a certificate authority to trust besides those of the web.
    #[arg(long)]
    ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Credentials {
    /// The program gcloud.
    Gcloud,
    /// The metadata server of a machine in Google's cloud.
    Metadata,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("speech-to-text: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let other = |error: BoxError| explain::other(&*error);
    let source = source(cli.credentials).map_err(other)?;
    let target = Target {
        endpoint: cli.endpoint.clone().unwrap_or_else(|| connect::endpoint(&cli.location)),
        ca: cli.ca.as_ref().map(std::fs::read).transpose().map_err(|error| format!("--ca: {error}"))?,
        quota_project: cli.quota_project.clone(),
    };
    let client = connect(target, Tokens::new(source)).await.map_err(other)?;

    let transcription = if let Some(name) = &cli.resume {
        transcribe::resume(&client, name)
    } else {
        let started = transcribe::start(&client, audio(cli)).await;
        let transcription = started.map_err(|status| explain::status(&status))?;
        eprintln!("started; to go on in another process: --resume {transcription}");
        transcription
    };
    let show = |metadata: speech_to_text::pb::OperationMetadata| eprintln!("{} %", metadata.progress_percent);
    let response = transcribe::follow(&transcription, interrupted(), show).await;
    for (uri, text) in transcribe::texts(response.map_err(|error| explain::operation(&error))?) {
        println!("{}", text.map_err(|status| format!("{uri}: {}", explain::status(&status)))?);
    }
    Ok(())
}

fn audio(cli: Cli) -> Audio {
    let (project, location) = (cli.project.unwrap_or_default(), cli.location);
    Audio {
        recognizer: format!("projects/{project}/locations/{location}/recognizers/_"),
        uri: cli.uri.unwrap_or_default(),
        language: cli.language,
        model: cli.model,
    }
}

fn source(credentials: Credentials) -> Result<Source, BoxError> {
    match std::env::var(TOKEN) {
        Ok(token) => Ok(Source::Fixed(Token::new(&token, None)?)),
        Err(std::env::VarError::NotPresent) => Ok(match credentials {
            Credentials::Gcloud => Source::Gcloud("gcloud".into()),
            Credentials::Metadata => Source::Metadata(METADATA_HOST.to_owned()),
        }),
        Err(error) => Err(format!("{TOKEN}: {error}").into()),
    }
}

/// Is ready at the first Ctrl-C. The second ends this program, and leaves the transcription to the server.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // The system does not tell of it.
        std::future::pending::<()>().await;
    }
    eprintln!("cancelling; Ctrl-C ends this program at once");
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
}
