//! Every concept's pages and sentences, one line each.

use std::sync::Arc;

use axum::Router;
use engine::{Broken, Engine};
use site::{Page, Site, T, Texts};

/// The pages of every concept.
pub fn pages() -> Vec<Page> {
    [
        register::pages(),
        account::pages(),
        household::pages(),
        casefile::pages(),
        feedback::pages(),
        intake::pages(),
        referral::pages(),
        crate::desk::pages(),
    ]
    .concat()
}

/// The sentences of every concept.
const TEXTS: &[&str] = &[
    site::TEXT,
    register::TEXT,
    account::TEXT,
    household::TEXT,
    task::TEXT,
    consent::TEXT,
    casefile::TEXT,
    feedback::TEXT,
    intake::TEXT,
    referral::TEXT,
    crate::desk::TEXT,
];

/// The sentences.
pub fn texts() -> Result<T, Broken> {
    Texts::read(TEXTS).map(|texts| T::new(Arc::new(texts))).map_err(Broken::Outside)
}

/// The whole site. `demo`: sign-in without a password; `secure`: cookies over TLS only.
pub fn build(engine: Engine, demo: bool, secure: bool) -> Result<Router, Broken> {
    let site = Site { engine, text: texts()?, demo, secure_cookies: secure, hooks: account::hooks() };
    Ok(site::router(Arc::new(site), pages()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_sentence_is_given_once() {
        texts().unwrap();
    }

    #[test]
    fn no_two_pages_have_one_address() {
        let mut seen = BTreeSet::new();
        for page in pages() {
            assert!(seen.insert((page.method, page.path)), "{} twice", page.path);
        }
    }

    #[test]
    fn every_sentence_a_template_asks_for_exists() {
        let texts = Texts::read(TEXTS).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut folders = vec![root.join("ground/site/templates"), root.join("concepts")];
        let mut asked = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "html") {
                    let html = std::fs::read_to_string(&path).unwrap();
                    for call in [".s(\"", ".f(\""] {
                        for part in html.split(call).skip(1) {
                            let key = part.split('"').next().unwrap();
                            assert!(texts.has(key), "{}: no sentence {key}", path.display());
                            asked += 1;
                        }
                    }
                }
            }
        }
        assert!(asked > 50);
    }
}
