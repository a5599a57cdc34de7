//! Every concept's pages and sentences, one line each.

use std::sync::{Arc, OnceLock};

use axum::Router;
use engine::{Broken, Engine};
use site::paper::Press;
use site::scan::Scanner;
use site::{Languages, Page, Site, Text};

/// The pages of every concept.
pub fn pages() -> Vec<Page> {
    [
        register::pages(),
        account::pages(),
        household::pages(),
        casefile::pages(),
        board::pages(),
        attachment::pages(),
        agreement::pages(),
        sheets::pages(),
        feedback::pages(),
        draft::pages(),
        intake::pages(),
        referral::pages(),
        inquiry::pages(),
        overlap::pages(),
        same::pages(),
        finding::pages(),
        conference::pages(),
        decision::pages(),
        support_plan::pages(),
        participation::pages(),
        session::pages(),
        minutes::pages(),
        room::pages(),
        capacity::pages(),
        advice::pages(),
        workload::pages(),
        life_stage::pages(),
        hand_over::pages(),
        learning::pages(),
        implementation_plan::pages(),
        label::pages(),
        import::pages(),
        export::pages(),
        triage::pages(),
        urgent::pages(),
        oversight::pages(),
        statistics::pages(),
        retention::pages(),
        crate::desk::pages(),
    ]
    .concat()
}

/// The sentences of every concept.
pub const TEXTS: &[Text] = &[
    site::TEXT,
    register::TEXT,
    account::TEXT,
    household::TEXT,
    task::TEXT,
    consent::TEXT,
    casefile::TEXT,
    board::TEXT,
    attachment::TEXT,
    agreement::TEXT,
    sheets::TEXT,
    feedback::TEXT,
    draft::TEXT,
    intake::TEXT,
    referral::TEXT,
    inquiry::TEXT,
    overlap::TEXT,
    same::TEXT,
    finding::TEXT,
    conference::TEXT,
    decision::TEXT,
    support_plan::TEXT,
    participation::TEXT,
    session::TEXT,
    minutes::TEXT,
    room::TEXT,
    capacity::TEXT,
    advice::TEXT,
    workload::TEXT,
    life_stage::TEXT,
    hand_over::TEXT,
    learning::TEXT,
    implementation_plan::TEXT,
    label::TEXT,
    import::TEXT,
    export::TEXT,
    triage::TEXT,
    urgent::TEXT,
    oversight::TEXT,
    statistics::TEXT,
    retention::TEXT,
    crate::desk::TEXT,
];

/// The sentences, in every language; read once.
pub fn texts() -> Result<Languages, Broken> {
    static READ: OnceLock<Languages> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(read.clone());
    }
    let read = Languages::read(TEXTS).map_err(Broken::Outside)?;
    Ok(READ.get_or_init(|| read).clone())
}

/// The sentences with every municipality's own words beside them.
pub fn own_texts() -> Result<Languages, Broken> {
    Ok(texts()?.with_own(label::wording))
}

/// The whole site. `demo`: sign-in without a password; `secure`: cookies over TLS only.
pub fn build(engine: Engine, demo: bool, secure: bool) -> Result<Router, Broken> {
    build_with(engine, demo, secure, Scanner::None)
}

/// The same with a virus scanner that is asked about every file.
pub fn build_with(engine: Engine, demo: bool, secure: bool, scanner: Scanner) -> Result<Router, Broken> {
    let texts = own_texts()?;
    let press = Press {
        pdf: |document| press::pdf(document).map_err(|e| e.to_string()),
        xlsx: |document, sheet| press::xlsx(document, sheet).map_err(|e| e.to_string()),
    };
    let (hooks, recall) = (account::hooks(), site::Recall::default());
    let site = Site { engine, texts, demo, secure_cookies: secure, hooks, press, scanner, recall };
    Ok(site::router(Arc::new(site), pages()))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use site::{Language, Texts};

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
        let texts = Texts::read(Language::Japanese, TEXTS).unwrap();
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

    /// The `{…}` places of a sentence, in alphabetical order.
    fn places(sentence: &str) -> Vec<&str> {
        let mut places: Vec<&str> = sentence
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn english_says_everything_that_japanese_says() {
        let ja = Texts::read(Language::Japanese, TEXTS).unwrap();
        let en = Texts::read(Language::English, TEXTS).unwrap();
        let english: BTreeMap<&str, &str> = en.sentences().collect();
        let japanese: BTreeMap<&str, &str> = ja.sentences().collect();
        let missing: Vec<_> = japanese.keys().filter(|key| !english.contains_key(*key)).collect();
        let left_over: Vec<_> = english.keys().filter(|key| !japanese.contains_key(*key)).collect();
        assert!(missing.is_empty() && left_over.is_empty(), "missing {missing:?}, left over {left_over:?}");
        for (key, sentence) in &japanese {
            if *key == "transfers.word" {
                // An English list names the codes too: they are what an English file holds.
                continue;
            }
            let mut wanted = places(sentence);
            // A counter is said where its word is; both languages have the same places.
            wanted.dedup();
            let mut has = places(english[key]);
            has.dedup();
            assert_eq!(has, wanted, "{key}: {sentence} / {}", english[key]);
        }
    }

    #[test]
    fn english_holds_no_japanese() {
        let en = Texts::read(Language::English, TEXTS).unwrap();
        // A language is named in itself; agencies of the example are found by their Japanese names.
        let named = [
            "site.other_language",
            "transfers.example_move",
            "transfers.example_joins",
            "transfers.example_leaves",
        ];
        let japanese = |c: char| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
        let wrong: Vec<_> = en
            .sentences()
            .filter(|(key, sentence)| !named.contains(key) && sentence.chars().any(japanese))
            .map(|(key, _)| key)
            .collect();
        assert!(wrong.is_empty(), "{} sentences still have Japanese: {wrong:?}", wrong.len());
    }
}
