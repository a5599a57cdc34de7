//! Lists as files: made while nobody waits, fetched by who asked and nobody else, and only what may be seen then.

use engine::Engine;
use site::Languages;

use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

fn languages() -> Languages {
    yorisou::site::texts().unwrap()
}

/// Runs the job to its end.
async fn work(app: &App) {
    export::work(&app.engine, &languages(), || true).await.unwrap();
}

/// Asks for a list as a file; its page.
async fn ask(person: &mut Person, list: &str, format: &str) -> String {
    person.get(list).await.is(200).see("ファイルに出す");
    let page = person.post("/downloads", &[("format", format)]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let here = page.location().to_owned();
    person.follow().await.is(200).see("順番を待っています").see("data-live");
    here
}

async fn fetch(person: &mut Person, here: &str) -> Page {
    person.get(&format!("{here}/file")).await
}

async fn count(engine: &Engine, app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let begun =
        engine.system_act(access::System::Console, m, engine::Origin::Console, "story.look", &m).await;
    begun.unwrap().facts().unwrap().one(sql, engine::args![m]).await.unwrap().get("n").unwrap()
}

const READ: &str = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND channel = 'export' \
     AND record_kind = 'consultation'";
const FETCHED: &str = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND channel = 'export' \
     AND record_kind = 'export' AND basis = 'take_out'";

const KEPT: &str = "SELECT (SELECT COUNT(*) FROM export_part WHERE municipality_id = $1) + \
     (SELECT COUNT(*) FROM export_shown WHERE municipality_id = $1) AS n";
const STOPPED: &str = "SELECT COUNT(*) AS n FROM export WHERE municipality_id = $1 AND state = 'stopped' \
     AND reason = 'download.stopped_seat'";

async fn told(person: &mut Person, name: &str, words: &str) {
    person.get("/consultations/new").await.is(200);
    let told = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "urgent"),
        ("occurred", "R8.11.20"),
        ("words", words),
        ("name", name),
    ];
    person.post("/consultations", &told).await.is(303);
}

story!(a_list_is_made_while_nobody_waits_and_fetched_by_who_asked, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "=cmd|'/c calc'!A1", "式のような名前").await;
    told(&mut kinoshita, "戸髙 𠮷乃", "シフトJISにない字").await;
    told(&mut app.sign_in("noguchi").await, "よその人", "べつの窓口").await;
    let here = ask(&mut kinoshita, "/consultations?state=open&mine=1", "csv").await;
    fetch(&mut kinoshita, &here).await.goes_to(&here);
    let read = count(&app.engine, app, READ).await;
    work(app).await;
    assert_eq!(count(&app.engine, app, READ).await, read + 2, "every row is in the log as it is read");
    kinoshita.get(&here).await.is(200).see("2件のファイルができました").see("受けとる").not_see("data-live");
    assert_eq!(count(&app.engine, app, FETCHED).await, 0);
    let file = fetch(&mut kinoshita, &here).await;
    file.is(200);
    assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(count(&app.engine, app, FETCHED).await, 1, "and once more when the file leaves");
    let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{}", file.body);
    assert!(lines[0].starts_with("だれ") && lines[0].contains("対応を決める人"), "{}", lines[0]);
    assert!(file.body.contains("'=cmd|") && !file.body.contains(",=cmd") && !file.body.contains("\n=cmd"));
    assert!(
        file.body.contains("戸髙 𠮷乃") && file.body.contains("2026-11-20") && file.body.contains("急ぎ")
    );
    assert!(!file.body.contains("よその人"));
    kinoshita.get(&here).await.see("受けとりました");
    // Nobody else: not a colleague, not the lead, not the administrator.
    for login in ["oda", "imai", "noguchi"] {
        let mut other = app.sign_in(login).await;
        other.get(&here).await.is(404);
        fetch(&mut other, &here).await.is(404);
        other.post(&format!("{here}/discard"), &[]).await.is(404);
        other.get("/downloads").await.is(200).see("まだファイルはありません");
    }
    app.sign_in("kanri").await.get(&here).await.is(404);
    // Other kinds: what CP932 does not have is counted; a workbook is one.
    let cp932 = ask(&mut kinoshita, "/consultations", "csv_cp932").await;
    let xlsx = ask(&mut kinoshita, "/consultations", "xlsx").await;
    work(app).await;
    kinoshita.get(&cp932).await.see("シフトJISにない文字が1字");
    assert!(fetch(&mut kinoshita, &xlsx).await.is(200).body.starts_with("PK"));
    // The same form sent twice is one file.
    let page = kinoshita.get("/consultations").await;
    let form = page.forms().into_iter().find(|f| f.action == "/downloads").unwrap();
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let first = kinoshita.post_exactly("/downloads", &fields).await.location().to_owned();
    kinoshita.post_exactly("/downloads", &fields).await.goes_to(&first);
    // Thrown away before it is made: the job leaves it alone.
    kinoshita.get(&first).await;
    kinoshita.post(&format!("{first}/discard"), &[]).await.goes_to("/downloads?done=download_gone");
    work(app).await;
    kinoshita.get(&first).await.is(200).see("消しました");
    fetch(&mut kinoshita, &first).await.goes_to(&first);
});

story!(a_file_has_the_columns_of_the_list_and_lives_a_week, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "浜田 よし子", "電気が止まる").await;
    kinoshita.get("/consultations").await;
    kinoshita.post("/habits/columns", &[("show", "col_when")]).await.is(303);
    let here = ask(&mut kinoshita, "/consultations", "csv").await;
    work(app).await;
    let file = fetch(&mut kinoshita, &here).await;
    assert_eq!(
        file.is(200).body.lines().next().unwrap().trim_start_matches('\u{feff}').trim(),
        "だれ,急ぎ,受けた日"
    );
    app.clock.forward_minutes(60 * 24 * 6);
    let mut kinoshita = app.sign_in("kinoshita").await;
    fetch(&mut kinoshita, &here).await.is(200);
    app.clock.forward_minutes(60 * 24 + 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    // Over on its day, also before the job has come to forget it.
    fetch(&mut kinoshita, &here).await.goes_to(&here);
    work(app).await;
    assert_eq!(count(&app.engine, app, KEPT).await, 0, "nothing of the file is left");
    kinoshita.get(&here).await.is(200).see("日数が過ぎた").see("もう一度作る");
    kinoshita.post(&format!("{here}/again"), &[]).await.goes_to(&here);
    work(app).await;
    assert!(fetch(&mut kinoshita, &here).await.is(200).body.contains("浜田"));
});

story!(after_the_appointment_ends_the_file_is_absent, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "浜田 よし子", "電気が止まる").await;
    let ready = ask(&mut kinoshita, "/consultations", "csv").await;
    work(app).await;
    let waiting = ask(&mut kinoshita, "/consultations", "csv").await;
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/staff").await.is(200);
    let end = format!("/admin/appointments/{}/end", app.town.appointment("kinoshita", "shakyo"));
    kanri.post(&end, &[("last", "R8.11.20"), ("seen", "1")]).await.is(303);
    for here in [&ready, &waiting] {
        kinoshita.get(here).await.is(404);
        fetch(&mut kinoshita, here).await.is(404);
        kinoshita.get("/downloads").await.is(404);
    }
    // What was still to be made stops, and says so in the record.
    work(app).await;
    assert_eq!(count(&app.engine, app, STOPPED).await, 1);
});

story!(after_a_withdrawal_the_name_is_in_no_file, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get("/cases").await.see("青木 ハル");
    let ready = ask(&mut kinoshita, "/cases", "csv").await;
    work(app).await;
    assert!(fetch(&mut kinoshita, &ready).await.is(200).body.contains("青木 ハル"));
    let waiting = ask(&mut kinoshita, "/cases", "csv").await;
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    let path = page.link("撤回を書きとめる");
    sano.get(&path).await.is(200);
    sano.post(&path, &[("told_by", "self"), ("way", "signed")]).await.is(303);
    // The file that is there already is not handed out: it is made anew.
    let fetched = fetch(&mut kinoshita, &ready).await;
    fetched.goes_to(&format!("{ready}?done=download_remade"));
    kinoshita.follow().await.see("作り直しています");
    work(app).await;
    for here in [&ready, &waiting] {
        let file = fetch(&mut kinoshita, here).await;
        assert!(!file.is(200).body.contains("青木") && file.body.contains("2026-00001"), "{}", file.body);
    }
    // What was recorded since, or what changed in words, does not make a file anew: it is of its day.
    told(&mut kinoshita, "浜田 よし子", "電気が止まる").await;
    fetch(&mut kinoshita, &ready).await.is(200);
});

story!(whom_one_is_kept_out_of_is_in_no_file, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    let mut oda = app.sign_in("oda").await;
    let mut files = Vec::new();
    for list in ["/consultations", "/cases"] {
        files.push(ask(&mut oda, list, "csv").await);
    }
    work(app).await;
    for here in &files {
        assert!(fetch(&mut oda, here).await.is(200).body.contains("浜田"));
    }
    let mut imai = app.sign_in("imai").await;
    imai.get(&format!("{case}/consents")).await.is(200);
    let user = app.town.user("oda").to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    for here in &files {
        fetch(&mut oda, here).await.goes_to(&format!("{here}?done=download_remade"));
    }
    work(app).await;
    for here in &files {
        let file = fetch(&mut oda, here).await;
        assert_eq!(file.is(200).body.lines().count(), 1, "the header only: {}", file.body);
        oda.get(here).await.see("0件のファイル");
    }
});

story!(work_goes_on_after_a_restart_and_is_not_tried_for_ever, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    told(&mut kinoshita, "浜田 よし子", "電気が止まる").await;
    let here = ask(&mut kinoshita, "/consultations", "xlsx").await;
    // The program is told to stop in the middle.
    let worked = export::work(&app.engine, &languages(), || false).await.unwrap();
    assert_eq!(worked, export::Worked::Interrupted);
    kinoshita.get(&here).await.see("順番を待っています");
    // It ended badly while making it: the next start makes it anew, a few times.
    let m = app.town.municipality;
    for (tries, ready) in [(2, true), (3, false)] {
        let mut act = app
            .engine
            .system_act(access::System::Console, m, engine::Origin::Console, "story.crash", &tries)
            .await
            .unwrap();
        act.save(&access::Right::system(access::System::Console))
            .unwrap()
            .exec(
                "UPDATE export SET state = 'making', kept_until = NULL, tries = $2 WHERE municipality_id = $1",
                engine::args![m, tries],
            )
            .await
            .unwrap();
        act.commit("").await.unwrap();
        work(app).await;
        let page = kinoshita.get(&here).await;
        if ready {
            page.see("1件のファイルができました")
        } else {
            page.see("何度も途中で止まりました")
        };
    }
    kinoshita.post(&format!("{here}/again"), &[]).await.is(303);
    work(app).await;
    fetch(&mut kinoshita, &here).await.is(200);
    // Not more than a few at once.
    for _ in 0..5 {
        ask(&mut kinoshita, "/consultations", "csv").await;
    }
    kinoshita.get("/consultations").await;
    kinoshita.post("/downloads", &[("format", "csv")]).await.is(422).see("作りかけが5件");
});
