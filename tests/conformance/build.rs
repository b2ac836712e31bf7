//! Generates the service whose operations do as they are told.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let descriptors = std::path::PathBuf::from(std::env::var("OUT_DIR")?).join("jobs.binpb");
    lro_build::configure()
        .file_descriptor_set_path(descriptors)
        .compile(&["proto/jobs.proto"], &["proto"])?;
    Ok(())
}
