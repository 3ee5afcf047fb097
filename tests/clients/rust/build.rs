//! Makes a client of the document that REFLECTOR_OPENAPI names, by progenitor.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::var("REFLECTOR_OPENAPI")?;
    println!("cargo:rerun-if-changed={path}");
    println!("cargo:rerun-if-env-changed=REFLECTOR_OPENAPI");
    let mut document: openapiv3::OpenAPI = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    // Uploads are for programs that speak tus: progenitor knows neither its content type nor its method OPTIONS.
    document.paths.paths.retain(|path, _| !path.starts_with("/v1/recordings/uploads"));
    let client = progenitor_impl::Generator::default().generate_tokens(&document)?;
    let client = prettyplease::unparse(&syn::parse2(client)?);
    Ok(std::fs::write(format!("{}/client.rs", std::env::var("OUT_DIR")?), client)?)
}
