//! Consultations from files: told through HTTP, with the job run by hand.

use std::fmt::Write;

use engine::args;
use words::id::ConsultationId;

use crate::support::{App, Page, Person};

/// What a form service exports: another order, other names, numbering, remarks.
const HEAD: &str = "受付番号,回答日時,Q1. お名前（必須）,お名前（フリガナ）,生年月日,日中の連絡先,Q2. ご相談内容（必須）,分類,同意する\n";

/// A line of it.
fn line(n: usize, name: &str, birth: &str, words: &str) -> String {
    format!(
        "R-{n:05},2026/11/{:02} 10:{:02}:05,{name},,{birth},0466-{n:06},\"{words}\",生活費、ペット,はい\n",
        n % 20 + 1,
        n % 60
    )
}

/// Runs the job to its end.
async fn work(app: &App) {
    let words = yorisou::site::own_texts().unwrap();
    import::work(&app.engine, &words, || true).await.unwrap();
}

async fn count(app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.look", &m).await;
    begun.unwrap().facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

async fn consultations(app: &App) -> i64 {
    count(app, "SELECT COUNT(*) AS n FROM consultation WHERE municipality_id = $1 AND state = 'open'").await
}

/// Brings a file, confirms the proposed columns, and lets the job look at it; where it is.
async fn bring(app: &App, who: &mut Person, name: &str, file: &[u8]) -> String {
    let here = upload(who, name, file).await;
    confirm(who, &here, &[]).await;
    work(app).await;
    who.get(&here).await.is(200);
    here
}

/// Brings a file; the page of its columns.
async fn upload(who: &mut Person, name: &str, file: &[u8]) -> String {
    who.get("/imports").await.is(200);
    let page = who.attach("/imports", name, file).await;
    assert_eq!(page.status, 303, "{}", page.text());
    who.follow().await.is(200).see("列をたしかめる");
    page.location().split('?').next().unwrap().to_owned()
}

/// Sends the form of the columns as proposed, but for some.
async fn confirm(who: &mut Person, here: &str, but: &[(&str, &str)]) -> Page {
    let form = who.page.form("/map");
    let mut fields = chosen(&form.html);
    fields.retain(|(n, _)| !but.iter().any(|(b, _)| b == n));
    fields.extend(but.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    who.post(&form.action, &fields).await;
    who.get(here).await
}

/// Asks for a step and lets the job do it; the page after that.
async fn step(app: &App, who: &mut Person, here: &str, fields: &[(&str, &str)]) -> Page {
    let page = who.post(&format!("{here}/step"), fields).await;
    if page.status != 303 {
        return page;
    }
    work(app).await;
    who.get(here).await
}

/// What a browser would send of the lists on a form.
fn chosen(html: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for select in html.split("<select ").skip(1) {
        let name = select.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        let body = select.split("</select>").next().unwrap();
        let value = body
            .split("<option value=\"")
            .skip(1)
            .find(|o| o.split('>').next().unwrap().contains(" selected"));
        let value = value.map_or("", |o| o.split('"').next().unwrap());
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

/// So many lines, some of them broken in one of several ways.
fn file(lines: usize, broken: usize) -> String {
    let every = lines / broken;
    let mut text = HEAD.to_owned();
    for n in 0..lines {
        if n % every != every - 1 {
            text += &line(n, &format!("取込{n:05}郎"), "S30.4.1", &format!("困りごと{n:05}\nと書いた"));
            continue;
        }
        match (n / every) % 4 {
            0 => text += &line(n, "浜田", "むかし", "生年月日が読めない"),
            1 => writeln!(text, "R-{n:05},きのう,だれか,,,,日が読めない,,").unwrap(),
            2 => text += &line(n, "番号", "S30.4.1", "番号は 1234 5678 9018 です"),
            _ => text += &line(n, "だれか", "", "まだ来ない日").replace("2026/", "2027/"),
        }
    }
    text
}

story!(a_file_with_broken_lines_brings_in_the_good_ones, |app| async {
    let mut imai = app.sign_in("imai").await;
    let text = file(400, 12);
    let here = bring(app, &mut imai, "7月.csv", &tabular::encode_cp932(&text).bytes).await;
    // The check writes nothing.
    assert_eq!(consultations(app).await, 0);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1").await, 0);
    imai.page
        .see("たしかめました")
        .see("388件を記録する")
        .see("生年月日")
        .see("Q2. ご相談内容（必須）")
        .not_see("9018");
    let csv = imai.get(&format!("{here}/broken/csv")).await;
    csv.is(200).see("行,列,理由,受付番号").not_see("9018");
    assert_eq!(csv.body.matches("R-00").count(), 12, "{}", csv.body);
    assert!(csv.header("content-disposition").unwrap().starts_with("attachment"));
    let xlsx = imai.get(&format!("{here}/broken/xlsx")).await;
    assert!(xlsx.body.starts_with("PK"), "a workbook");
    // A cell with a line break makes two lines of the file: 32 whole records of two lines stand before the first
    // broken one, below the header.
    csv.see("\n66,生年月日,");

    imai.get(&here).await;
    let page = step(app, &mut imai, &here, &[("step", "write")]).await;
    page.is(200).see("記録しました");
    assert_eq!(consultations(app).await, 388);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1").await, 388);
    let tasks =
        "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND state = 'open' AND kind = 'dispose'";
    assert_eq!(count(app, tasks).await, 388);
    let log = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND basis = 'write_consultation' \
               AND record_kind = 'consultation'";
    assert_eq!(count(app, log).await, 388, "each is in the log");
    // They are consultations like any other.
    imai.get("/search").await.is(200);
    imai.post("/search", &[("q", "取込00007郎")]).await.is(200).see("取込00007郎");
    let first = newest(app).await;
    imai.get(&site::link::consultation(first)).await.is(200).see("と書いた").see("ペット").see("生活費");

    // The same file again gives nothing new; corrected lines come in. A cell with a number of a person came back
    // empty: that line is good now without it.
    let here = bring(app, &mut imai, "7月.csv", text.as_bytes()).await;
    imai.page.see("もう記録してある行").not_see("を記録する");
    step(app, &mut imai, &here, &[("step", "drop")]).await;
    let fixed = csv.body.replace("むかし", "S31.5.5").replace("きのう", "2026/11/19");
    let here = bring(app, &mut imai, "直した.csv", fixed.as_bytes()).await;
    imai.page.see("9件を記録する");
    step(app, &mut imai, &here, &[("step", "write")]).await.see("記録しました");
    assert_eq!(consultations(app).await, 397);
});

async fn newest(app: &App) -> ConsultationId {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.look", &m).await;
    let sql = "SELECT id FROM consultation WHERE municipality_id = $1 ORDER BY id DESC LIMIT 1";
    begun.unwrap().facts().unwrap().one(sql, args![m]).await.unwrap().get("id").unwrap()
}

story!(a_whole_import_is_taken_back_unless_somebody_worked_on_it, |app| async {
    let mut imai = app.sign_in("imai").await;
    let text = file(6, 1).lines().take(11).collect::<Vec<_>>().join("\n");
    let here = bring(app, &mut imai, "a.csv", text.as_bytes()).await;
    step(app, &mut imai, &here, &[("step", "write")]).await.see("まとめて取り消す");
    assert_eq!(consultations(app).await, 5);

    // A reason is asked for.
    step(app, &mut imai, &here, &[("step", "undo"), ("reason", "")]).await.is(422);
    // One of them was decided on meanwhile: nothing is taken back, and it says which.
    let one = newest(app).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&site::link::consultation(one)).await.is(200);
    let dispose = site::link::consultation_dispose(one);
    kinoshita
        .post(&dispose, &[("disposition", "information_given"), ("words", "伝えた"), ("told", "伝えた")])
        .await;
    assert_eq!(consultations(app).await, 4);
    let page = step(app, &mut imai, &here, &[("step", "undo"), ("reason", "ファイルをまちがえた")]).await;
    page.is(422).see("手をつけた").see(&site::link::consultation(one));
    assert_eq!(consultations(app).await, 4);

    // Another file is taken back whole, and may come again.
    let other = text.replace("R-0", "S-0");
    let here = bring(app, &mut imai, "b.csv", other.as_bytes()).await;
    imai.page.see("同じ名前の人がいる行").see("生年月日か電話も同じ");
    step(app, &mut imai, &here, &[("step", "write"), ("alike", "new")]).await;
    assert_eq!(consultations(app).await, 9);
    let page = step(app, &mut imai, &here, &[("step", "undo"), ("reason", "ファイルをまちがえた")]).await;
    page.is(200).see("取り消しました").see("ファイルをまちがえた");
    assert_eq!(consultations(app).await, 4);
    let open = "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND state = 'open'";
    assert_eq!(count(app, open).await, 4);
    let here = bring(app, &mut imai, "b.csv", other.as_bytes()).await;
    step(app, &mut imai, &here, &[("step", "write"), ("alike", "leave")]).await.see("とばした行");
    assert_eq!(consultations(app).await, 4);
});

story!(people_known_already_are_joined_when_sure, |app| async {
    let mut imai = app.sign_in("imai").await;
    let first = format!("{HEAD}{}", line(1, "戸髙　花子", "S30.4.1", "はじめの話"));
    let here = bring(app, &mut imai, "a.csv", first.as_bytes()).await;
    step(app, &mut imai, &here, &[("step", "write")]).await;
    // The same person in another spelling; another person of that name; and one of whom only the name is known.
    let lines = [
        line(2, "戸高花子", "1955-04-01", "次の話"),
        line(3, "戸高花子", "S40.1.1", "別の人"),
        line(4, "戸高花子", "", "だれか"),
    ];
    let here = bring(app, &mut imai, "b.csv", format!("{HEAD}{}", lines.concat()).as_bytes()).await;
    imai.page.see("戸髙　花子").see("名前だけ同じ").see("生年月日か電話も同じ");
    step(app, &mut imai, &here, &[("step", "write"), ("alike", "join")]).await;
    assert_eq!(consultations(app).await, 4);
    assert_eq!(count(app, "SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1").await, 3);

    // Somebody at another desk learns nothing of them from a hint.
    let mut mieda = app.sign_in("mieda").await;
    bring(
        app,
        &mut mieda,
        "c.csv",
        format!("{HEAD}{}", line(9, "戸高花子", "S30.4.1", "よその窓口")).as_bytes(),
    )
    .await;
    mieda.page.see("1件を記録する").not_see("戸髙").not_see("同じか").not_see("名前だけ同じ");
});

story!(columns_are_chosen_and_remembered_and_the_letters_too, |app| async {
    let mut imai = app.sign_in("imai").await;
    let text = "なにか,いつ,メモ\n戸髙,2026-11-20,こまった\n";
    let here = upload(&mut imai, "x.csv", text.as_bytes()).await;
    confirm(&mut imai, &here, &[]).await;
    imai.post(&format!("{here}/map"), &[("channel", "online"), ("route", "self"), ("urgency", "normal")])
        .await
        .is(422)
        .see("相談のあった日の列を選んでください");
    imai.get(&here).await;
    confirm(&mut imai, &here, &[("c0", "name"), ("c1", "occurred"), ("c2", "words")]).await;
    work(app).await;
    imai.get(&here).await.see("1件を記録する");
    step(app, &mut imai, &here, &[("step", "drop")]).await;
    imai.get(&here).await.is(404);
    // The next file with these headers is proposed so.
    let here = upload(&mut imai, "y.csv", &tabular::encode_cp932(text).bytes).await;
    imai.page.see("シフトJIS");
    confirm(&mut imai, &here, &[]).await;
    work(app).await;
    imai.get(&here).await.see("1件を記録する");
    // Another person, even a lead, sees nothing of it; nor does somebody who is no lead.
    for other in ["mieda", "oda", "kanri"] {
        app.sign_in(other).await.get(&here).await.is(404);
    }
    // Files that are no tables say what to do.
    imai.get("/imports").await;
    imai.attach("/imports", "x.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
        .await
        .is(422)
        .see("xlsxで保存");
    imai.attach("/imports", "x.csv", "a,b\n1,\"2\n".as_bytes()).await.is(422).see("2行目で始まる引用符");
    imai.attach("/imports", "x.csv", b"").await.is(422).see("2行目から1行に1件");
    imai.attach("/imports", "x.csv", "回答日時,お名前\r\n".as_bytes()).await.is(422).see("2行目から1行に1件");
    imai.attach("/imports", "x.csv", b"%PDF-1.7\n1 0 obj\n").await.is(422).see("文字の表として読めません");
    let image = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
    imai.attach("/imports", "写真.csv", image).await.is(422).see("文字の表として読めません");
});

story!(a_restart_goes_on_and_a_lost_seat_stops, |app| async {
    let mut imai = app.sign_in("imai").await;
    let text = file(900, 9);
    let here = bring(app, &mut imai, "a.csv", text.as_bytes()).await;
    imai.post(&format!("{here}/step"), &[("step", "write")]).await;
    // The program ends after the first lines.
    let words = yorisou::site::own_texts().unwrap();
    let mut steps = 0;
    let once = || {
        steps += 1;
        steps <= 1
    };
    assert_eq!(import::work(&app.engine, &words, once).await.unwrap(), import::Worked::Interrupted);
    let part = consultations(app).await;
    assert!(part > 0 && part < 891, "{part}");
    let page = imai.get(&here).await;
    assert_eq!(page.is(200).see("進めています").header("refresh"), Some("2"));
    // The next start goes on, and nothing is there twice.
    work(app).await;
    assert_eq!(consultations(app).await, 891);
    imai.get(&here).await.see("記録しました");

    // Whose appointment ends before the work is done does not go on writing.
    let more = file(900, 9).replace("R-0", "T-0").replace("取込", "後込");
    let here = bring(app, &mut imai, "b.csv", more.as_bytes()).await;
    imai.post(&format!("{here}/step"), &[("step", "write")]).await;
    let today = words::Day::new(2026, 11, 20).unwrap();
    app.town.transfer(&app.engine, "imai", "shakyo", "hokubu", today).await;
    work(app).await;
    assert_eq!(consultations(app).await, 891);
    let stopped = "SELECT COUNT(*) AS n FROM import WHERE municipality_id = $1 AND state = 'stopped'";
    assert_eq!(count(app, stopped).await, 1);
    imai.get(&here).await.is(404);

    // Whoever leads the desk now sees the numbers, not the file, and can take it back.
    let mut mieda = app.sign_in("mieda").await;
    mieda.get(&here).await.is(404);
    app.town.appoint(&app.engine, "mieda", "shakyo", access::Role::AgencyLead, today).await;
    mieda.get("/imports").await.see("a.csv");
    let first = mieda.page.link("a.csv");
    mieda.get(&first).await.is(200).see("今井 まこと").see("891").not_see("生年月日").not_see("/broken/");
    mieda.get(&format!("{first}/broken/csv")).await.is(404);
    mieda.get(&first).await;
    let page = step(app, &mut mieda, &first, &[("step", "undo"), ("reason", "前の人がまちがえた")]).await;
    page.is(200).see("取り消しました").see("前の人がまちがえた");
    assert_eq!(consultations(app).await, 0);
});

/// Two services of one house, and a house in another town.
const SERVICES: &str = "都道府県コード又は市区町村コード,指定機関名,法人の名称,サービス種別,事業所の名称,事業所住所（市区町村）,事業所住所（番地以降）,事業所電話番号\n\
    14000,神奈川県,社会福祉法人つくり会,就労移行支援,つくりの里,神奈川県藤沢市,つくり1-4,0466-00-0002\n\
    14000,神奈川県,社会福祉法人つくり会,行動援護,つくりの里,神奈川県藤沢市,つくり1-4,0466-00-0002\n\
    14000,神奈川県,社会福祉法人つくり会,行動援護,鎌倉の里,神奈川県鎌倉市,よそ3,0467-00-0004\n";

story!(agencies_come_from_open_data_after_a_look, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    let agencies = "SELECT COUNT(*) AS n FROM agency WHERE municipality_id = $1";
    let before = count(app, agencies).await;
    kanri.get("/admin/open-data").await.is(200);
    kanri
        .attach("/admin/open-data", "x.csv", "名称,電話番号\n,でんわ\n".as_bytes())
        .await
        .is(422)
        .see("2行目");
    kanri.get("/admin/open-data").await;
    kanri
        .attach("/admin/open-data", "wam.csv", SERVICES.as_bytes())
        .await
        .is(200)
        .see("2の機関が見つかりました");
    assert_eq!(count(app, agencies).await, before, "a look changes nothing");
    let list = kanri.page.form("/admin/open-data/load").value("list");
    kanri.post("/admin/open-data/load", &[("list", &list)]).await.is(303);
    assert_eq!(count(app, agencies).await, before + 2);
    // The same list again: everything is there.
    kanri.get("/admin/open-data").await;
    kanri.attach("/admin/open-data", "wam.csv", SERVICES.as_bytes()).await.see("すべて登録ずみです");
    // Nobody but an administrator.
    app.sign_in("imai").await.get("/admin/open-data").await.is(404);
});

story!(the_town_s_own_words_are_read_too, |app| async {
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/labels/edit?key=channel.phone&language=ja").await.is(200);
    let own = [("wording", "お電話にて"), ("step", "save")];
    assert_eq!(kanri.post("/admin/labels/edit", &own).await.status, 303);
    let mut imai = app.sign_in("imai").await;
    let text = "相談日,方法,相談内容\n2026-11-20,お電話にて,こまった\n";
    bring(app, &mut imai, "x.csv", text.as_bytes()).await;
    imai.page.see("1件を記録する").see("直すところがある行");
});
