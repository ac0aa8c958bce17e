//! Packs what is embedded: assets as browsers take them, so that the server packs nothing again while somebody waits, and long texts that
//! are seldom wanted.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use compu::encoder::{BrotliC, BrotliOptions, BrotliQuality, EncodeOp, EncodeStatus, Encoder as _};
use sha2::{Digest as _, Sha256};

/// Below this length packing saves nothing that anybody would notice.
const SHORTEST: usize = 1_024;
/// What is text; fonts are packed already.
const TEXTS: [&str; 4] = ["css", "js", "svg", "txt"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("assets");
    let mut names = Vec::new();
    find(&root, &root, &mut names)?;
    names.sort();
    let (mut tree, mut table) = (Sha256::new(), String::new());
    for (number, name) in names.iter().enumerate() {
        let text = fs::read(root.join(name))?;
        let hash = Sha256::digest(&text);
        tree.update(name);
        tree.update(hash);
        let is_text = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| TEXTS.contains(&ending));
        let body = if is_text && text.len() >= SHORTEST {
            let kinds = [brotli(&text)?, zstd::bulk::compress(&text, 19)?, gzip(&text)?];
            let mut bodies = String::new();
            for (packed, ending) in kinds.iter().zip(["br", "zst", "gz"]) {
                let included = include(&out, &format!("{number}.{ending}"), packed)?;
                write!(bodies, "{included}, ")?;
            }
            format!("Body::Packed([{bodies}])")
        } else {
            let included = include(&out, &format!("{number}.plain"), &text)?;
            format!("Body::Plain({included})")
        };
        writeln!(
            table,
            "    Asset {{ name: {name:?}, hash: {:?}, body: {body} }},",
            hex(&hash)
        )?;
    }
    let tree = hex(&tree.finalize());
    fs::write(out.join("assets.rs"), format!("({tree:?}, [\n{table}])"))?;
    let description = fs::read_to_string("docs/openapi.json")?;
    embed(&out, "openapi.zst", "docs/openapi.json", description.trim_end())?;
    let list = "src/web/edge/public_suffix_list.dat";
    embed(
        &out,
        "public_suffixes.zst",
        list,
        &rules(&fs::read_to_string(list)?),
    )
}

/// Keeps `bytes` beside the table, which is all that it refers to: one directory of output may serve several copies of the source.
fn include(out: &Path, name: &str, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    fs::write(out.join(name), bytes)?;
    Ok(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))"))
}

/// Packs a text that is read from the file `from`.
fn embed(out: &Path, name: &str, from: &str, text: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={from}");
    fs::write(out.join(name), zstd::bulk::compress(text.as_bytes(), 19)?)?;
    Ok(())
}

/// The rules of the list of public suffixes, without what is said about them.
fn rules(list: &str) -> String {
    let lines = list.lines().filter_map(|line| line.split_whitespace().next());
    lines
        .filter(|line| !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first eight bytes in hexadecimal digits.
fn hex(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Every file below `directory`, by its name from `root` on.
fn find(root: &Path, directory: &Path, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            find(root, &path, names)?;
        } else {
            names.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// * `text`: not of a few bytes, over which the library would never come to an end.
fn brotli(text: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let options = BrotliOptions::new().quality(BrotliQuality::MAX);
    let mut encoder = BrotliC::new(options).ok_or("no room for brotli")?;
    let mut packed = Vec::new();
    let end = encoder.encode_vec_full(text, &mut packed, EncodeOp::Finish)?;
    if end.status != EncodeStatus::Finished {
        return Err("brotli did not come to an end".into());
    }
    Ok(packed)
}

fn gzip(text: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text)?;
    Ok(packer.finish()?)
}
