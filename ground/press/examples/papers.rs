//! Writes the invented papers into a folder, to look at: `cargo run -p press --example papers -- FOLDER`.

#[path = "papers/mod.rs"]
mod papers;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for (name, document) in papers::all() {
        std::fs::write(format!("{folder}/{name}.pdf"), press::pdf(&document)?)?;
    }
    Ok(())
}
