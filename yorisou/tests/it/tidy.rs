//! What types cannot say about the tree, said here: pure rules, private SQL, one opening of sealed records.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below `folder` with this ending.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            if path.is_dir() {
                if !name.ends_with("target") && !name.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "{folder}: no {ending}");
    found
}

/// A file without its comments and tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn rules_do_no_io() {
    let mut seen = 0;
    for (name, text) in files("concepts", ".rs") {
        if !name.ends_with("/rules.rs") {
            continue;
        }
        seen += 1;
        let code = code(&text);
        for word in code.split(|c: char| !c.is_alphanumeric() && c != '_') {
            let does = ["async", "await", "sqlx", "axum", "tokio", "Conn", "Act", "Look", "SystemTime"]
                .contains(&word);
            assert!(!does, "{name} has {word}: rules decide, they do not do");
        }
    }
    assert!(seen >= 5, "only {seen} files of rules");
}

#[test]
fn records_are_opened_in_one_place() {
    for (name, text) in files("concepts", ".rs").into_iter().chain(files("yorisou/src", ".rs")) {
        let code = code(&text);
        assert!(!code.contains("access::decide"), "{name} decides by itself: use Look::disclose");
        assert!(!code.contains(".open(&permit"), "{name} opens a record by itself: use Look::disclose");
    }
}

#[test]
fn what_is_looked_up_can_be_looked_up_behind_the_wall() {
    // Behind the second wall PostgreSQL uses an index for a comparison only when it knows that the comparison tells nothing;
    // of COALESCE it does not, and reads the whole table. A CASE says the same.
    for (name, text) in files("concepts", ".rs") {
        for (at, found) in text.match_indices(".id = COALESCE(") {
            let next = text[at + found.len()..].chars().next();
            assert!(!next.is_some_and(char::is_alphabetic), "{name} looks up by COALESCE: use CASE");
        }
    }
}

#[test]
fn personal_content_has_no_way_round_its_seal() {
    // Whoever selects a body or a name selects it into something sealed: few files may.
    let allowed = [
        "concepts/household/src/entry/read.rs",
        "concepts/household/src/entry/write.rs",
        "concepts/household/src/person.rs",
        "concepts/household/src/findable.rs",
        // What is said about nobody, checked before it is stored; the words of a case are entries there, too.
        "concepts/minutes/src/sql/section.rs",
        "concepts/minutes/src/sql/comment.rs",
        "concepts/session/src/sql/minuted.rs",
    ];
    for (name, text) in files("concepts", ".rs").into_iter().chain(files("yorisou/src", ".rs")) {
        let code = code(&text);
        let reads = code.contains("get(\"body\")") || code.contains("get::<String>(\"body\")");
        let draft = name.starts_with("concepts/draft/src/");
        assert!(!reads || draft || allowed.contains(&name.as_str()), "{name} reads a text past its seal");
    }
}

#[test]
fn templates_have_no_inline_script_or_style() {
    let templates = ["ground", "concepts", "yorisou"].into_iter().flat_map(|f| files(f, ".html"));
    for (name, text) in templates {
        let inline = text.contains("<style") || text.contains(" style=") || text.contains(" onclick=");
        assert!(!inline, "{name} has inline style or script: the policy of the site refuses them");
        assert!(!text.contains("|safe"), "{name} switches escaping off");
    }
}

#[test]
fn no_japanese_outside_sentences_and_data() {
    // Comments name Japanese terms; code and templates do not: sentences live in text files.
    let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    for (name, text) in files("concepts", ".html").into_iter().chain(files("yorisou/templates", ".html")) {
        let bare: String = text.split("{#").map(|p| p.split_once("#}").map_or(p, |(_, rest)| rest)).collect();
        assert!(!bare.chars().any(japanese), "{name} has Japanese text: put it into text/ja.toml");
    }
    // Words that are read, not shown: what a password may not hold, and how days are written.
    let data = [
        "concepts/account/src/rules.rs",
        "ground/site/src/show.rs",
        "concepts/household/src/find.rs",
        // Marks, titles and outcomes by which minutes are read.
        "concepts/minutes/src/vocabulary.rs",
        // How other systems' files put it.
        "concepts/import/src/line.rs",
        "concepts/register/src/import/open_data.rs",
    ];
    for folder in ["concepts", "ground/site/src", "ground/engine/src", "ground/access/src", "yorisou/src"] {
        for (name, text) in files(folder, ".rs") {
            let test = name.contains("/tests/") || name.ends_with("_test.rs") || name.ends_with("/tests.rs");
            if test || data.contains(&name.as_str()) {
                continue;
            }
            for line in code(&text).lines() {
                let said = line.split(" // ").next().unwrap_or_default();
                assert!(!said.chars().any(japanese), "{name}: {line}: put it into text/ja.toml");
            }
        }
    }
}

#[test]
fn files_stay_small() {
    for folder in ["ground", "concepts", "yorisou/src", "town/src", "demo"] {
        for (name, text) in files(folder, ".rs") {
            // The invented town's model and its table of agencies are lists, read from top to bottom.
            if name == "town/src/model.rs" || name == "town/src/lines.rs" {
                continue;
            }
            let lines = text.lines().count();
            assert!(lines <= 680, "{name} has {lines} lines: split it by what it is about");
        }
    }
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |folder: &str| {
        let mut names: Vec<String> = files(folder, ".sql")
            .into_iter()
            .map(|(n, _)| n.rsplit('/').next().unwrap_or_default().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
}

#[test]
fn tests_named_in_the_disclosure_document_exist() {
    let text = std::fs::read_to_string(root().join("docs/disclosure.md")).unwrap();
    let table = text.split("## 9.").nth(1).expect("the section about defects");
    let mut named = 0;
    for name in table.split('`').skip(1).step_by(2) {
        let Some((file, test)) = name.split_once("::") else { continue };
        named += 1;
        let places = ["yorisou/tests/it", "ground/access/tests/reference"]
            .map(|folder| root().join(folder).join(format!("{file}.rs")));
        let there = places
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .any(|code| code.contains(&format!("fn {test}(")) || code.contains(&format!("story!({test},")));
        assert!(there, "docs/disclosure.md names the test {name}, which does not exist");
    }
    assert!(named > 20, "only {named} tests are named");
}
