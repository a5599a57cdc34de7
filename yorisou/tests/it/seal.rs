//! The seal of the access log, as an office finds out: `yorisou check` against a head that was kept elsewhere.

use std::process::Command;

use engine::{Engine, args};

use crate::support::App;

/// What `yorisou check` says, and whether it is content.
fn check(app: &App, args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_yorisou"))
        .arg("check")
        .args(args)
        .current_dir(app.folder())
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// Does what only the owner of the database could do.
async fn tamper(app: &App, sql: &'static str) {
    let url = match std::env::var("YORISOU_TEST_POSTGRES") {
        Ok(owner) if app.url.starts_with("postgres") => {
            format!("{}/{}", owner.rsplit_once('/').unwrap().0, app.url.rsplit_once('/').unwrap().1)
        }
        _ => app.url.clone(),
    };
    let owner = Engine::open(&url, app.clock.clone(), None).await.unwrap();
    let m = app.town.municipality;
    engine::check::without_append_only(&owner, m, async |conn| conn.exec(sql, args![m]).await.map(|_| ()))
        .await
        .unwrap();
    owner.close().await;
}

story!(check_finds_what_was_edited_removed_or_cut_off_the_log, |app| async {
    std::fs::write(app.folder().join("yorisou.toml"), format!("[database]\nurl = \"{}\"\n", app.url))
        .unwrap();
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/consultations/new").await.is(200);
    let day = app.engine.now().day().to_string();
    let fields = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", day.as_str()),
        ("words", "家賃が払えない"),
    ];
    let written = kinoshita.post("/consultations", &fields).await;
    for _ in 0..9 {
        kinoshita.get(written.location()).await.is(200);
    }
    assert!(engine::seal::seal(&app.engine, engine::seal::Reach::Recent).await.unwrap() > 8);
    let (content, said) = check(app, &["--write-head", "head.json"]);
    assert!(content, "{said}");
    let (content, said) = check(app, &["--head", "head.json"]);
    assert!(content && said.contains("everything holds"), "{said}");

    tamper(
        app,
        "UPDATE access_log SET basis = 'consent' WHERE municipality_id = $1 AND id = (SELECT log_id FROM access_seal \
         WHERE municipality_id = $1 AND seq = 3)",
    )
    .await;
    let (content, said) = check(app, &["--head", "head.json"]);
    assert!(!content && said.contains("row 3 of the access log was changed after it was sealed"), "{said}");

    tamper(
        app,
        "DELETE FROM access_log WHERE municipality_id = $1 AND id = (SELECT log_id FROM access_seal \
         WHERE municipality_id = $1 AND seq = 5)",
    )
    .await;
    let (content, said) = check(app, &["--head", "head.json"]);
    assert!(!content && said.contains("row 5 of the access log is gone"), "{said}");

    // The end cut off, rows and links together: only the head shows it.
    tamper(
        app,
        "DELETE FROM access_log WHERE municipality_id = $1 AND id IN (SELECT log_id FROM access_seal \
         WHERE municipality_id = $1 AND seq > 7)",
    )
    .await;
    tamper(app, "DELETE FROM access_seal WHERE municipality_id = $1 AND seq > 7").await;
    let (content, said) = check(app, &["--head", "head.json"]);
    assert!(!content && said.contains("the access log has 7 sealed rows, but had"), "{said}");
    assert!(!check(app, &[]).1.contains("sealed rows"), "without the head it cannot be known");
});
