//! Where each sentence is used, read off the templates: so that who renames one sees which pages it stands on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Templates that stand around every page.
const FRAME: &str = "site.every_page";

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in [root.join("ground/site/templates"), root.join("concepts"), root.join("yorisou/templates")]
    {
        walk(&folder, &mut uses);
    }
    let mut out = String::from("&[\n");
    for (key, titles) in uses {
        let titles: Vec<String> = titles.iter().map(|t| format!("{t:?}")).collect();
        out.extend(["(", &format!("{key:?}"), ", &[", &titles.join(", "), "]),\n"]);
    }
    out.push(']');
    let to = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("uses.rs");
    if let Err(e) = std::fs::write(&to, out) {
        println!("cargo::error={}: {e}", to.display());
    }
}

fn walk(folder: &Path, uses: &mut BTreeMap<String, BTreeSet<String>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
        if path.is_dir() {
            if path.ends_with("templates") {
                println!("cargo::rerun-if-changed={}", path.display());
            }
            if !path.ends_with("target") {
                walk(&path, uses);
            }
        } else if path.extension().is_some_and(|e| e == "html")
            && let Ok(html) = std::fs::read_to_string(&path)
        {
            template(&path, &html, uses);
        }
    }
}

fn template(path: &Path, html: &str, uses: &mut BTreeMap<String, BTreeSet<String>>) {
    let title = html
        .split("{% block title %}")
        .nth(1)
        .and_then(|rest| rest.split("{% endblock %}").next())
        // The mark of an error may stand in front: the last sentence is the title.
        .and_then(|title| keys(title).pop());
    let title = match title {
        Some(title) => title,
        None if path.ends_with("base.html") => FRAME.to_owned(),
        None => return,
    };
    for key in keys(html) {
        uses.entry(key).or_default().insert(title.clone());
    }
    // The words of a closed list: every one of the list may stand there.
    for part in html.split(".code(\"").skip(1) {
        if let Some((list, _)) = part.split_once('"') {
            uses.entry(format!("{list}.*")).or_default().insert(title.clone());
        }
    }
}

/// What looks like the key of a sentence between quotation marks.
fn keys(html: &str) -> Vec<String> {
    let key = |s: &&str| {
        s.split_once('.').is_some_and(|(section, key)| {
            let word = |w: &str| {
                !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            };
            word(section) && word(key)
        })
    };
    html.split('"').filter(key).map(str::to_owned).collect()
}
