//! The implementation plan: the tables are the register.

use register::import::{What, import};
use words::Day;

use crate::support::{App, Person};

/// The five tables of the city's plan.
const TABLES: &[u8] = include_bytes!("../../../town/data/programmes.csv");

pub async fn with_plan(app: &App) -> Person {
    let on = Day::new(2026, 11, 21).unwrap();
    let report =
        import(&app.engine, app.town.municipality, What::Programmes, TABLES, on, false).await.unwrap();
    assert_eq!(report.problems, []);
    app.sign_in("kanri").await
}

/// The address of the row whose edit link stands beside a name.
pub fn row(page: &crate::support::Page, name: &str) -> String {
    let link = format!("<span class=\"vh\"> {name}</span>");
    let before = page.body.split(&link).next().unwrap();
    before.rsplit("<a href=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Everything a form would send as it stands: what is typed, chosen and ticked.
pub fn as_filled(form: &crate::support::Form) -> Vec<(String, String)> {
    let mut fields = form.hidden.clone();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!(" {name}=\"")).nth(1).map(|v| v.split('"').next().unwrap().to_owned())
    };
    let unescaped = |text: &str| text.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">");
    for tag in form.html.split("<input").skip(1).map(|t| t.split('>').next().unwrap()) {
        let Some(name) = attribute(tag, "name") else { continue };
        let ticked = tag.contains(" checked");
        match attribute(tag, "type").as_deref() {
            Some("hidden") => {}
            Some("checkbox" | "radio") if !ticked => {}
            _ => fields.push((name, unescaped(&attribute(tag, "value").unwrap_or_default()))),
        }
    }
    for part in form.html.split("<select").skip(1) {
        let part = part.split("</select>").next().unwrap();
        let chosen =
            part.split("<option").skip(1).find(|o| o.split('>').next().unwrap().contains(" selected"));
        let value = chosen.and_then(|o| attribute(o.split('>').next().unwrap(), "value")).unwrap_or_default();
        fields.push((attribute(part, "name").unwrap(), value));
    }
    for part in form.html.split("<textarea").skip(1) {
        let name = attribute(part, "name").unwrap();
        let text = part.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
        fields.push((name, unescaped(text.trim_start_matches('\n'))));
    }
    fields
}

/// Sends a row's form with some fields changed.
pub async fn saves(person: &mut Person, path: &str, changed: &[(&str, &str)]) -> crate::support::Page {
    let page = person.get(path).await;
    let fields = as_filled(&page.form(path));
    sends(person, path, &fields, changed).await
}

async fn sends(
    person: &mut Person,
    path: &str,
    fields: &[(String, String)],
    changed: &[(&str, &str)],
) -> crate::support::Page {
    let kept = fields.iter().filter(|(n, _)| !changed.iter().any(|(c, _)| c == n));
    let all: Vec<(&str, &str)> =
        kept.map(|(n, v)| (n.as_str(), v.as_str())).chain(changed.iter().copied()).collect();
    person.post_exactly(path, &all).await
}

story!(the_plan_is_the_register, |app| async {
    let mut kanri = with_plan(app).await;
    let page = kanri.get("/plan").await;
    page.is(200)
        .see("相談支援機関（事業）")
        .see("本事業における主な役割")
        .see("いきいきサポートセンター 19か所")
        .see("（委託元・高齢者支援課）")
        .see("①と②は法定事業")
        .see("②は一部法定事業")
        .see("※藤沢公民館を除く")
        .see("※支援機関からの相談に対応")
        .see("上記と同様")
        .see("いまの17の機関を見る");
    assert_eq!(page.body.matches("rowspan=\"3\"").count(), 2, "合わせた欄");
    assert_eq!(page.body.matches("rowspan=\"10\"").count(), 1);

    // A change of April is loaded ahead: today's table stays.
    let path = row(&page, "いきいきサポートセンター");
    saves(&mut kanri, &path, &[("from", "R9.4.1"), ("item_count_0", "20")])
        .await
        .goes_to("/plan?done=plan_row_saved#comprehensive_consultation");
    kanri.get("/plan").await.see("センター 19か所").see("前もって入れてある変更").see("令和9年4月1日");
    let page = kanri.get("/plan?on=2027-04-01").await;
    page.see("センター 20か所");
    // The row of the multi-agency table is another one.
    assert_eq!(page.body.matches("センター 19か所").count(), 1);
    kanri.get("/plan/print?on=2027-04-01").await.is(200).see("令和9年4月1日現在").see("landscape");

    // Everybody reads, nobody else changes.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/plan").await.is(200).see("19か所").not_see("/plan/rows/");
    kinoshita.get(&path).await.is(404);
    kinoshita.get("/plan/import").await.is(404);
    kinoshita
        .get("/plan/framework")
        .await
        .see("利用者支援事業（こども家庭センター型）")
        .see("新規")
        .see("担う機関が決まっていません");
});

story!(a_shared_role_changes_for_all_or_for_one, |app| async {
    let mut kanri = with_plan(app).await;
    let page = kanri.get("/plan").await;
    let path = row(&page, "基幹型地域包括支援センター");
    let shared = "みんなで受け止め、みんなでつなぐ";
    saves(&mut kanri, &path, &[("role", shared)]).await.is(303);
    let page = kanri.get("/plan").await;
    assert_eq!(page.body.matches(shared).count(), 1, "one cell for three rows");
    assert_eq!(page.body.matches("rowspan=\"3\"").count(), 2);
    saves(&mut kanri, &path, &[("role", "この行だけのことば"), ("role_scope", "own")]).await.is(303);
    let page = kanri.get("/plan").await;
    page.see("この行だけのことば").see(shared);
    assert_eq!(page.body.matches("rowspan=\"3\"").count(), 1, "three are two now");
});

story!(a_stale_row_shows_both_and_loses_nothing, |app| async {
    let mut kanri = with_plan(app).await;
    let page = kanri.get("/plan").await;
    let path = row(&page, "保育コンシェルジュ");
    let opened = as_filled(&kanri.get(&path).await.form(&path));
    saves(&mut kanri, &path, &[("note", "南と北の窓口")]).await.is(303);
    let page = sends(&mut kanri, &path, &opened, &[("note", "市役所の窓口")]).await;
    page.is(409).see("南と北の窓口").see("市役所の窓口").see("ほかの人がこの行を書きかえました");
    let again = as_filled(&page.form(&path));
    sends(&mut kanri, &path, &again, &[]).await.is(303);
    kanri.get(&path).await.see("市役所の窓口").see("南と北の窓口").see("管 りえ");
    kanri.get("/plan").await.see("（市役所の窓口）").not_see("南と北の窓口");
    // Every problem at once, beside its field, with what was typed.
    let wrong = [("name", ""), ("sections", ""), ("item_count_0", "十"), ("delivery", "commissioned")];
    saves(&mut kanri, &path, &wrong)
        .await
        .is(422)
        .see("ここは必ず書いてください")
        .see("0以上の数で")
        .see("value=\"十\"");
    // Who commissions does not carry it out.
    let wrong = [("delivery", "commissioned"), ("contractor", "保育課")];
    saves(&mut kanri, &path, &wrong).await.is(422).see("委託元と実施者が同じです");
});

story!(what_was_published_stays_and_what_changed_is_a_table, |app| async {
    let mut kanri = with_plan(app).await;
    kanri.get("/plan/publications").await.see("まだありません");
    let fields = [("title", "実施計画 初版"), ("published_on", "R8.4.1"), ("as_of", "R8.4.1")];
    kanri.post("/plan/publications", &fields).await.goes_to("/plan/publications?done=plan_published");
    let page = kanri.follow().await;
    page.see("実施計画 初版").see("管 りえ");
    let kept = page.link("実施計画 初版");
    kanri.get("/plan").await.see("「実施計画 初版」で公表したとおりです");

    let page = kanri.get("/plan").await;
    let path = row(&page, "いきいきサポートセンター");
    saves(&mut kanri, &path, &[("item_count_0", "20")]).await.is(303);
    let gone = row(&page, "おくすり相談薬局");
    kanri.get(&gone).await;
    kanri.post(&format!("{gone}/end"), &[("end_from", "2026-11-21")]).await.is(303);
    let path = "/plan/rows/new?programme=outreach";
    let page = kanri.get(path).await;
    let fields = as_filled(&page.form("/plan/rows/new"));
    let new = [("name", "夜間の見守り"), ("delivery", "direct"), ("role", "夜に戸をたたく")];
    sends(&mut kanri, "/plan/rows/new", &fields, &new).await.goes_to("/plan?done=plan_row_saved#outreach");

    kanri.get("/plan").await.see("3行が変わっています").see("夜間の見守り");
    let page = kanri.get("/plan/changes").await;
    page.see("加わった行 1、なくなった行 1、変わった行 1").see("19か所").see("20か所").see("夜に戸をたたく");
    kanri.get(&kept).await.see("19か所").see("おくすり相談薬局").not_see("夜間の見守り");
    // The set stands for one fewer.
    kanri.get("/plan").await.see("いまの16の機関を見る");
});

story!(a_file_is_looked_at_before_it_is_taken, |app| async {
    let mut kanri = with_plan(app).await;
    let csv = kanri.get("/plan/tables.csv").await;
    assert!(csv.header("content-disposition").unwrap().starts_with("attachment"));
    let text = csv.body.trim_start_matches('\u{feff}').to_owned();
    // The same file changes nothing, and a second one is the same.
    kanri.get("/plan/import").await;
    kanri
        .post("/plan/import", &[("from", "2026-11-21"), ("list", &text)])
        .await
        .is(200)
        .see("登録と同じです");
    assert_eq!(kanri.get("/plan/tables.csv").await.body, csv.body);

    let changed = text.replacen(",19,か所", ",21,か所", 1);
    kanri.get("/plan/import").await;
    let page = kanri.post("/plan/import", &[("from", "R9.4.1"), ("list", &changed)]).await;
    page.is(200).see("1行が変わります").see("19か所").see("21か所");
    kanri.get("/plan").await.see("19か所");
    // Somebody changes the register between the look and the step.
    let fields = as_filled(&page.form("/plan/import"));
    let tables = kanri.get("/plan").await;
    let path = row(&tables, "保育コンシェルジュ");
    saves(&mut kanri, &path, &[("note", "窓口")]).await.is(303);
    let page = sends(&mut kanri, "/plan/import", &fields, &[]).await;
    page.is(409).see("ほかの人が登録を変えました");
    kanri.get("/plan?on=2027-04-01").await.not_see("21か所");
    let fields = as_filled(&page.form("/plan/import"));
    sends(&mut kanri, "/plan/import", &fields, &[]).await.goes_to("/plan?on=2027-04-01&done=plan_taken");
    kanri.get("/plan?on=2027-04-01").await.see("21か所");
    kanri.get("/plan").await.see("19か所");

    kanri.get("/plan/import").await;
    let wrong = text.replacen("直営", "直轄", 1);
    let page = kanri.post("/plan/import", &[("from", "R9.4.1"), ("list", &wrong)]).await;
    page.is(422).see("2行目「実施方式」: 「直轄」は選べることばではありません").see("直轄");
});

story!(a_workbook_goes_out_and_comes_in, |app| async {
    let mut kanri = with_plan(app).await;
    let book = kanri.get("/plan/tables.xlsx").await.bytes;
    assert!(book.starts_with(b"PK"));
    assert_eq!(kanri.get("/plan/tables.xlsx").await.bytes, book, "the same rows give the same bytes");
    // As it went out it changes nothing.
    kanri.get("/plan/import").await;
    let from = [("from", "R9.4.1"), ("list", "")];
    let page = kanri.attach_with("/plan/import", &from, "実施計画.xlsx", &book).await;
    page.is(200).see("登録と同じです");

    // Somebody changes one cell in the spreadsheet program, where a count is a number.
    let table = tabular::read(&book, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    let changed = |word: &str, other: &str| {
        use tabular::{Cell, Out};
        let mut out = tabular::XlsxOut::new("実施計画").unwrap();
        out.row(&table.header.iter().map(Cell::from).collect::<Vec<_>>()).unwrap();
        let mut left = 1;
        for row in &table.rows {
            let cells = row.cells.iter().map(|cell| {
                if cell == word && left > 0 {
                    left -= 1;
                    return other.parse().map_or(Cell::Text(other), Cell::Whole);
                }
                Cell::from(cell)
            });
            out.row(&cells.collect::<Vec<_>>()).unwrap();
        }
        out.finish().unwrap()
    };
    kanri.get("/plan/import").await;
    let page = kanri.attach_with("/plan/import", &from, "実施計画.xlsx", &changed("19", "22")).await;
    page.is(200).see("1行が変わります").see("19か所").see("22か所");
    kanri.get("/plan?on=2027-04-01").await.not_see("22か所");
    let fields = as_filled(&page.form("/plan/import"));
    sends(&mut kanri, "/plan/import", &fields, &[]).await.goes_to("/plan?on=2027-04-01&done=plan_taken");
    kanri.get("/plan?on=2027-04-01").await.see("22か所");
    kanri.get("/plan").await.see("19か所");
    assert_eq!(kanri.get("/plan/tables.xlsx").await.bytes, book, "today is as it was");

    // What is wrong is said with line and column; nothing is taken.
    kanri.get("/plan/import").await;
    let page = kanri.attach_with("/plan/import", &from, "x.xlsx", &changed("直営", "直轄")).await;
    page.is(422).see("2行目「実施方式」").see("直轄");
    // An image that is called a table, and a workbook that is none: one word about the file, what was pasted stays.
    for (name, bytes) in
        [("x.csv", &b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"[..]), ("x.xlsx", b"PK\x03\x04zzzz")]
    {
        kanri.get("/plan/import").await;
        let typed = [("from", "R9.4.1"), ("list", "貼りつけた表")];
        let page = kanri.attach_with("/plan/import", &typed, name, bytes).await;
        page.is(422).see("貼りつけた表").not_see("ここは必ず書いてください");
    }
});
