//! The program as it is called from a command line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use access::System;
use engine::Origin;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn call(&self, args: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_yorisou"))
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses early does not read its input.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn ok(&self, args: &[&str], input: &str) -> String {
        let output = self.call(args, input);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Does something with the place's database.
    fn with<T>(&self, work: impl AsyncFnOnce(&engine::Engine) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let url = format!("sqlite:{}", self.path().join("yorisou.db").display());
            let engine = engine::Engine::open(&url, engine::SystemClock, None).await.unwrap();
            let done = work(&engine).await;
            engine.close().await;
            done
        })
    }

    /// How many articles the only municipality can rest a sharing on.
    fn articles(&self) -> usize {
        self.with(async |engine| {
            let (at, _) = engine::check::municipalities(engine).await.unwrap().remove(0);
            let mut act = engine.system_act(System::Console, at, Origin::Console, "test", &()).await.unwrap();
            let today = act.now().day();
            register::legal_bases(&mut act.facts().unwrap(), at, today).await.unwrap().len()
        })
    }

    #[track_caller]
    fn refused(&self, args: &[&str], input: &str) -> String {
        let output = self.call(args, input);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }
}

#[test]
fn an_office_is_set_up_from_the_command_line() {
    let place = Place::new();
    assert!(place.refused(&["serve"], "").contains("yorisou migrate"));
    assert!(place.ok(&["migrate"], "").contains("steps"));
    assert!(place.ok(&["migrate"], "").contains("up to date"));
    assert!(place.refused(&["user", "list", "--config", "none.toml"], "").contains("none.toml"));

    let areas = concat!(env!("CARGO_MANIFEST_DIR"), "/../town/data/areas.csv");
    let town = ["--municipality", "藤沢市"];
    place.ok(&["import", "areas", areas, town[0], town[1], "--create", "142051"], "");
    assert!(place.ok(&["import", "areas", areas], "").contains("nothing new"));
    assert!(place.articles() >= 5, "a sharing can name its article from the first day");
    std::fs::write(place.path().join("bad.csv"), "system,code,name,note\n,01,x,\n").unwrap();
    assert!(place.refused(&["import", "areas", "bad.csv"], "").contains("nothing was stored"));

    place.ok(&["user", "add", "a0012", "--name", "木下 ひろみ"], "seven kites over enoshima\n");
    assert!(
        place
            .refused(&["user", "add", "a0012", "--name", "木下 ひろみ", "--generate"], "")
            .contains("使われています")
    );
    assert!(place.refused(&["user", "password", "a0012"], "short\n").contains("短すぎます"));
    let made = place.ok(&["user", "password", "a0012", "--generate"], "");
    assert!(made.starts_with("password: ") && made.len() > 20, "{made}");
    place.ok(&["user", "disable", "a0012"], "");
    assert!(place.ok(&["user", "list"], "").contains("disabled since"));
    place.ok(&["user", "unlock", "a0012"], "");
    assert!(place.ok(&["user", "list"], "").contains("木下 ひろみ"));
    assert!(place.refused(&["user", "unlock", "nobody"], "").contains("いません"));
}

#[test]
fn check_says_in_plain_sentences_what_is_wrong() {
    let place = Place::new();
    place.ok(&["migrate"], "");
    assert!(place.ok(&["check", "--write-head", "head.json"], "").contains("everything holds"));
    place.ok(&["check", "--head", "head.json"], "");
    std::fs::write(
        place.path().join("foreign.json"),
        r#"[{"municipality":"01890000-0000-7000-8000-000000000000","seq":3,"hash":"00"}]"#,
    )
    .unwrap();
    assert!(place.refused(&["check", "--head", "foreign.json"], "").contains("not in the database"));
    std::fs::write(place.path().join("yorisou.toml"), "[server]\nlisten_on = \"x\"\n").unwrap();
    assert!(place.refused(&["check"], "").contains("listen_on"));
}

/// A place whose database was left by an earlier program, the last of whose steps was `last`; it holds a town.
fn left_at(last: i64) -> Place {
    let place = Place::new();
    place.with(async |engine| {
        engine::migrate::run_until(engine, None, last).await.unwrap();
        let at = engine.new_id();
        engine::check::add_municipality(engine, at, "試験市").await.unwrap();
    });
    place
}

#[test]
fn a_database_of_every_earlier_step_opens_and_keeps_its_town() {
    let steps: Vec<i64> = engine::migrate::steps().collect();
    assert!(steps.is_sorted() && steps.len() >= 16, "{steps:?}");
    // Before the sixth step no program was ever given to anybody.
    for last in steps.iter().filter(|s| **s >= 6) {
        let place = left_at(*last);
        place.ok(&["migrate"], "");
        assert!(place.ok(&["check"], "").contains("1 municipalities"), "step {last}");
    }
}

#[test]
fn a_database_is_copied_before_its_schema_changes() {
    let place = Place::new();
    assert!(!place.ok(&["migrate"], "").contains("kept"), "a new database holds nothing to keep");
    assert!(!place.ok(&["migrate"], "").contains("kept"), "nothing changes");

    let mut steps = engine::migrate::steps();
    let (last, before) = (steps.next_back().unwrap(), steps.next_back().unwrap());
    let place = left_at(before);
    let kept = format!("yorisou.db.before-{last}.db");
    let said = place.ok(&["migrate"], "");
    assert!(said.contains(&kept) && said.contains("1 steps"), "{said}");
    std::fs::rename(place.path().join(&kept), place.path().join("yorisou.db")).unwrap();
    // Taken back with the files beside it, it is the database of before.
    for beside in ["yorisou.db-wal", "yorisou.db-shm"] {
        drop(std::fs::remove_file(place.path().join(beside)));
    }
    assert!(place.refused(&["check"], "").contains("1 steps behind"));
    assert!(place.ok(&["migrate"], "").contains(&kept));
    assert!(place.ok(&["check"], "").contains("1 municipalities"));
}

/// Starts the demonstration and answers with what it said before it listened.
fn demonstration(place: &Place) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_yorisou"))
        .args(["demo", "--data", ".", "--listen", "127.0.0.1:0"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said: Vec<String> = lines.take_while(|line| !line.contains("listens on")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    said.join("\n")
}

#[test]
fn a_demonstration_that_was_stopped_while_it_wrote_its_town_says_so_and_writes_it_anew() {
    let place = left_at(engine::migrate::steps().next_back().unwrap());
    let said = demonstration(&place);
    assert!(said.contains("書き終わる前に止まって") && said.contains("written anew"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(place.articles() >= 5, "the town is there, once");
    assert_eq!(demonstration(&place), "", "it is kept as it is");
}
