//! What was approved stays what it was: who was there and when the next session is, on the page, on paper and in public, while it is corrected
//! and ever after; nobody is missing from the list, and nobody stands on paper whose item does not (decision 0035).

use crate::inquiry::partner;
use crate::minutes::{begun, held, office, write};
use crate::minutes_words::consented;
use crate::session::{december, id_of, plan};
use crate::sitting::note_with;
use crate::support::{App, Person};

/// At once, before anybody confirmed it: meant so.
const APPROVE: [(&str, &str); 3] = [("how", "session"), ("on", "R8.12.9"), ("note", "")];
const AGAIN: [(&str, &str); 3] = [("how", "session"), ("on", "R8.12.9"), ("note", "出席を直した")];
const CORRECTED: &str = "承認のあとで、出席の記録が直されました";

/// What a page says of attendance, without the pages of others around it.
async fn attendance(who: &mut Person, path: &str) -> String {
    let page = who.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    page.body.split("出席者</h2>").nth(1).unwrap().split("</section>").next().unwrap().to_owned()
}

/// Page, PDF and spreadsheet of a paper, as words without breaks.
async fn papers(who: &mut Person, path: &str) -> Vec<String> {
    let joined = |as_what: &str| format!("{path}{}as={as_what}", if path.contains('?') { '&' } else { '?' });
    let (page, pdf) = (who.get(path).await, who.get(&joined("pdf")).await);
    page.is(200);
    let sheet = who.get(&joined("xlsx")).await;
    assert_eq!(sheet.status, 200, "{path}");
    let rows = tabular::read(&sheet.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
    let cells: String = rows.rows.into_iter().flat_map(|r| r.cells).collect();
    [page.text(), pdf.body.clone(), cells]
        .iter()
        .map(|said| said.chars().filter(|c| !c.is_whitespace()).collect())
        .collect()
}

async fn correct(hase: &mut Person, session: &str) {
    office(hase, session, "correct", &[]).await.is(303);
    note_with(hase, session, ("木下 ひろみ", "absent"), &[]).await.is(303);
}

async fn whole(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

story!(what_was_approved_keeps_who_was_there_and_when_the_next_session_is, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    write(&mut hase, &h.session, id_of(&h.general), "・買い物にも使えるとよい。").await.is(303);
    held(app, &mut hase, &h).await;
    let minutes = format!("{}/minutes", h.session);
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    let approved = attendance(&mut kinoshita, &minutes).await;
    assert!(approved.contains("木下 ひろみ") && !approved.contains("欠席"), "{approved}");

    // It is opened again: somebody was not there after all, and one more session is planned.
    correct(&mut hase, &h.session).await;
    plan(&mut hase, &h.body, "第6回 重層的支援会議", "R8.12.21", &[]).await;
    let first = format!("{minutes}?edition=1");
    let said = attendance(&mut hase, &minutes).await;
    assert!(said.contains("欠席") && !said.contains(CORRECTED), "whoever corrects sees it: {said}");
    hase.get(&minutes).await.see("12月21日").see("訂正中");
    for path in [&minutes, &first] {
        let said = attendance(&mut kinoshita, path).await;
        assert!(said.starts_with(&approved), "{path}: {said}");
        assert!(said.contains(CORRECTED), "{path}: {said}");
        kinoshita.get(path).await.see("承認された会議録です").not_see("12月21日").not_see("第6回");
    }
    let said = attendance(&mut hase, &first).await;
    assert!(said.contains(CORRECTED), "{said}");
    hase.get(&first).await.not_see("12月21日").see("/minutes/print?edition=1");
    for said in papers(&mut kinoshita, &format!("{minutes}/print")).await {
        assert!(said.contains("第1版") && said.contains("（会場）") && said.contains(CORRECTED), "{said}");
        assert!(!said.contains("欠席") && !said.contains("12月21日"), "{said}");
    }
    for said in papers(&mut hase, &format!("{minutes}/print?edition=1")).await {
        assert!(said.contains("第1版") && !said.contains("（欠席）") && !said.contains("12月21日"), "{said}");
    }
    for said in papers(&mut hase, &format!("{minutes}/print")).await {
        assert!(!said.contains("第1版") && said.contains("（欠席）") && said.contains("12月21日"), "{said}");
    }
    let public = format!("{minutes}/public");
    hase.get(&public).await;
    hase.post(&format!("{minutes}/publish"), &[]).await.is(303);
    for said in papers(&mut kinoshita, &public).await {
        assert!(!said.contains("欠席") && !said.contains("12月21日") && !said.contains(CORRECTED), "{said}");
    }

    // Approved again it is as it was corrected; the first edition stays what it was, and so does what is out.
    office(&mut hase, &h.session, "approve", &AGAIN).await.is(303);
    let said = attendance(&mut kinoshita, &minutes).await;
    assert!(said.contains("欠席") && !said.contains(CORRECTED), "{said}");
    kinoshita.get(&minutes).await.see("12月21日").not_see("承認のあとで変わりました");
    kinoshita.get(&first).await.not_see("12月21日");
    assert!(attendance(&mut kinoshita, &first).await.contains(CORRECTED));
    for said in papers(&mut kinoshita, &public).await {
        assert!(said.contains("第1版") && !said.contains("欠席"), "{said}");
    }
    // The next session moves: the day that was approved stands, and that it changed is said.
    let next = hase.get(&minutes).await.link("第6回");
    hase.get(&format!("{next}/edit")).await.is(200);
    let moved = [
        ("title", "第6回 重層的支援会議"),
        ("on", "R8.12.22"),
        ("starts", "14:00"),
        ("ends", "15:30"),
        ("place", "本庁舎7階"),
        ("answer_by", "R8.12.15"),
    ];
    hase.post(&format!("{next}/edit"), &moved).await.is(303);
    kinoshita.get(&minutes).await.see("12月21日").see("承認のあとで変わりました").not_see("12月22日");

    // A correction that is not made takes nothing back of what was noted, and changes nothing of what was approved.
    office(&mut hase, &h.session, "correct", &[]).await.is(303);
    note_with(&mut hase, &h.session, ("木下 ひろみ", "online"), &[]).await.is(303);
    office(&mut hase, &h.session, "leave", &[]).await.is(303);
    let said = attendance(&mut hase, &minutes).await;
    assert!(said.contains("欠席") && said.contains(CORRECTED), "{said}");
    whole(app).await;
});

/// Runs a statement about everything of the municipality.
async fn stored(app: &App, sql: &'static str, whose: bool) -> u64 {
    let m = app.town.municipality;
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.stored", &sql).await.unwrap();
    let args = if whose { engine::args![m] } else { engine::args![] };
    let n = act.save(&access::Right::system(system)).unwrap().exec(sql, args).await.unwrap();
    act.commit("").await.unwrap();
    n
}

const FORGET: [&str; 3] = [
    "DELETE FROM minutes_edition_own WHERE municipality_id = $1",
    "DELETE FROM minutes_edition_attendance WHERE municipality_id = $1",
    "DELETE FROM minutes_edition_session WHERE municipality_id = $1",
];

/// The steps of the migration that fill what earlier programs did not keep.
fn filling() -> impl Iterator<Item = &'static str> {
    include_str!("../../../migrations/0176_minutes_attendance.sql")
        .split(";\n")
        .filter_map(|s| s.find("INSERT INTO").map(|at| &s[at..]))
}

story!(an_edition_of_before_says_that_its_attendance_was_not_kept, |app| async {
    let h = begun(app, &[]).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    held(app, &mut hase, &h).await;
    let minutes = format!("{}/minutes", h.session);
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    let approved = attendance(&mut kinoshita, &minutes).await;
    for sql in FORGET {
        stored(app, sql, true).await;
    }
    let lost = "出席を版ごとに残すようになる前に承認されました";
    for path in [minutes.clone(), format!("{minutes}/print")] {
        kinoshita.get(&path).await.see("木下 ひろみ").see(lost);
    }
    hase.get(&format!("{minutes}/public")).await.is(200).see("（会場）").not_see(lost);
    // While it stands as approved nobody has corrected it: the migration keeps what stands.
    assert_eq!(filling().count(), 3);
    for sql in filling() {
        stored(app, sql, false).await;
    }
    assert_eq!(attendance(&mut kinoshita, &minutes).await, approved);
    correct(&mut hase, &h.session).await;
    let said = attendance(&mut kinoshita, &minutes).await;
    assert!(said.contains(CORRECTED) && !said.contains("欠席"), "{said}");
    // Of what was being corrected when it came nobody can say any more.
    for sql in FORGET {
        stored(app, sql, true).await;
    }
    for sql in filling() {
        stored(app, sql, false).await;
    }
    let said = attendance(&mut kinoshita, &minutes).await;
    assert!(said.contains(lost) && said.contains("欠席"), "{said}");
    whole(app).await;
});

story!(nobody_is_missing_from_the_list_and_paper_names_whoever_its_items_name, |app| async {
    let pharmacy = partner(app).await;
    let h = consented(app, &pharmacy).await;
    app.clock.set(december(9, 15));
    let (mut hase, mut kinoshita) = (app.sign_in("hase").await, app.sign_in("kinoshita").await);
    write(&mut hase, &h.session, id_of(&h.item), "○佐野さん: 木曜に訪ねます。MARK-MIN").await.is(303);
    held(app, &mut hase, &h).await;
    let minutes = format!("{}/minutes", h.session);
    // Of a partner nothing was noted: they stand there all the same, and whoever approves hears it.
    let sql =
        "UPDATE invitee SET attendance = '' WHERE municipality_id = $1 AND name <> '' AND item_id IS NULL";
    assert_eq!(stored(app, sql, true).await, 1);
    let said = attendance(&mut hase, &minutes).await;
    assert!(said.contains("出欠の記録なし") && said.contains("白石"), "{said}");
    hase.get(&minutes).await.see("出欠を書きとめていない人がいます");
    hase.post(&format!("{minutes}/approve"), &APPROVE).await.is(422).see("それでも、いま承認を書きとめる");
    office(&mut hase, &h.session, "approve", &APPROVE).await.is(303);
    // Who came to the item alone stands on paper with it, and says so.
    for said in papers(&mut hase, &format!("{minutes}/print")).await {
        assert!(
            said.contains("MARK-MIN") && said.contains("佐野健（") && said.contains("〔議題1〕"),
            "{said}"
        );
        assert!(said.contains("出欠の記録なし") && said.contains("白石"), "{said}");
    }
    kinoshita.get(&minutes).await.see("MARK-MIN");
    // In public nobody learns who came to it.
    for said in papers(&mut hase, &format!("{minutes}/public")).await {
        assert!(!said.contains("佐野") && !said.contains("〔議題") && !said.contains("白石"), "{said}");
    }
    whole(app).await;
});
