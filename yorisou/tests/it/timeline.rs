//! Everything that happened in a case on one line of time; the files of its texts; how it was judged over time.

use crate::casefile::{case, text, write};
use crate::caution::caution;
use crate::inquiry::ask;
use crate::referral::{case_of, send};
use crate::support::{Person, serve_scanning};
use site::scan::Scanner;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A file small enough to be one line.
const PDF: &[u8] = b"%PDF-1.4\nzqpaper\n%%EOF\n";

story!(everything_that_happened_stands_in_one_order, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let at = format!("{case}/timeline");
    write(
        &mut kinoshita,
        &case,
        &[("body", "玄関先で話した"), ("body_cat", "support"), ("form", "doorstep")],
    )
    .await
    .is(303);
    write(&mut kinoshita, &case, &[("body", "隣の人が知らせた"), ("body_cat", "informant")]).await.is(303);
    caution(&mut kinoshita, &case, "犬がいる-CAUTION", "support").await.is(303);
    let id = case.rsplit('/').next().unwrap().to_owned();
    send(&mut kinoshita, &id, &app.town.desk("ikiiki").to_string(), &[]).await;
    let promise = [("body", "約束した"), ("promise", "通院の日を聞く"), ("due", "R8.12.1")];
    write(&mut kinoshita, &case, &promise).await.is(303);
    let page = kinoshita.get(&at).await;
    page.is(200)
        .see("玄関先で話した")
        .see("バックアップふじさわ社協から辻堂東いきいきサポートセンターへ送った");
    page.see("主担当: バックアップふじさわ社協")
        .see("浜田 よし子さんの同意が書きとめられた")
        .see("約束をはたした");
    assert_eq!(page.body.matches("CAUTION").count(), 1, "above, not in the list");
    // Newest first: the visit of the day before is below the consultation.
    let at_body = |words: &str| page.body.rfind(words).unwrap();
    assert!(at_body("電気を止めると") < at_body("玄関先で話した"));
    // One kind, one desk, one person, some days.
    kinoshita
        .get(&format!("{at}?kind=referral"))
        .await
        .see("へ送った")
        .not_see("玄関先で話した")
        .not_see("主担当: ");
    kinoshita.get(&format!("{at}?kind=form:doorstep")).await.see("玄関先で話した").not_see("へ送った");
    kinoshita.get(&format!("{at}?kind=text")).await.see("玄関先で話した").not_see("へ送った");
    kinoshita.get(&format!("{at}?from=R8.11.22")).await.see("この条件の記録はありません");
    kinoshita.get(&format!("{at}?to=R8.11.20&kind=text")).await.see("玄関先で話した");
    let desk = app.town.desk("hokubu");
    kinoshita.get(&format!("{at}?desk={desk}")).await.see("玄関先で話した");
    let person = page.body.split("id=\"person\"").nth(1).unwrap().split("value=\"").nth(2).unwrap();
    let person = person.split('"').next().unwrap();
    kinoshita
        .get(&format!("{at}?person={person}"))
        .await
        .see("玄関先で話した")
        .see("同意が書きとめられた")
        .not_see("へ送った");
    // On paper: what the page shows, without what is on no paper.
    let print = kinoshita.get(&format!("{at}?print=1")).await;
    print.is(200).see("玄関先で話した").see("へ送った").not_see("CAUTION").not_see("隣の人").see("取扱注意");
    let pdf = crate::papers::same(&mut kinoshita, &format!("{at}?print=1")).await;
    pdf.see("玄関先で話した").see("へ送った").not_see("CAUTION").not_see("隣の人");
    // A spreadsheet of a paper is the same paper: who informed is not on it, either.
    for paper in [format!("{at}?print=1&as=xlsx"), format!("{case}/print?as=xlsx")] {
        let file = kinoshita.get(&paper).await;
        let rows = tabular::read(&file.bytes, &tabular::How::default(), &tabular::Limits::default()).unwrap();
        let cells: Vec<String> = rows.rows.into_iter().flat_map(|r| r.cells).collect();
        // Read as wide as the first row, the title: what happened and how stand in it.
        assert!(cells.iter().any(|c| c.contains("玄関先")), "{paper}: {cells:?}");
        assert!(!cells.iter().any(|c| c.contains("隣の人") || c.contains("CAUTION")), "{paper}: {cells:?}");
    }
    let mut sano = app.sign_in("sano").await;
    for query in ["", "?print=1", "?print=1&as=pdf", "?print=1&as=xlsx"] {
        sano.get(&format!("{at}{query}")).await.is(404);
    }
});

story!(a_long_case_is_read_page_by_page, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    for n in 0..55 {
        let body = format!("記録その{n:02}");
        let hour = format!("{}:{:02}", 8 + n / 10, n % 10);
        write(&mut kinoshita, &case, &[("body", &body), ("at", &hour)]).await.is(303);
    }
    let at = format!("{case}/timeline");
    let first = kinoshita.get(&at).await;
    first.see("記録その54").not_see("記録その03").see("もっと前へ").see("主担当: ");
    let next = first.link("もっと前へ");
    let second = kinoshita.get(&next).await;
    second.is(200).see("記録その03").not_see("記録その54").see("新しいものへ");
    let lines = |body: &str| body.matches("記録その").count();
    assert_eq!(lines(&first.body) + lines(&second.body), 55, "each once");
});

story!(what_is_not_ones_own_is_on_no_line, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-SECRETTEXT").await;
    let at = format!("/cases/{id}");
    write(&mut sano, &at, &[("body", "殴られたと聞いた-SECRETHIT"), ("body_cat", "violence")]).await.is(303);
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    for query in ["", "?print=1", "?kind=text", "?kind=matter", "?kind=field:words", "?kind=inquiry"] {
        kinoshita.get(&format!("{at}/timeline{query}")).await.is(200).not_see("SECRET");
    }
    kinoshita.get(&format!("{at}/timeline")).await.see("バックアップふじさわ社協");
});

story!(what_runs_between_others_is_told_to_no_other_part, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let id = case.rsplit('/').next().unwrap().to_owned();
    // One desk joins by the consent of one of the family.
    let to = app.town.desk("ikiiki").to_string();
    let joined =
        send(&mut kinoshita, &id, &to, &[("kind", "join"), ("share_cat", "basic"), ("summary_cat", "basic")])
            .await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&joined).await;
    noguchi.post(&format!("{joined}/accept"), &[]).await.is(303);
    // Others are asked and called in, which is about whomever it is about.
    let north = app.town.desk("hokubu").to_string();
    let asked = ask(&mut kinoshita, &id, &north, &[]).await;
    send(&mut kinoshita, &id, &north, &[("kind", "join")]).await;
    let promise = [
        ("body", "約束した"),
        ("body_cat", "health"),
        ("promise", "児相に電話する-SECRET"),
        ("due", "R8.12.1"),
    ];
    write(&mut kinoshita, &case, &promise).await.is(303);
    let pages = ["", "/timeline", "/timeline?print=1", "/print", "/inquiries", "/referrals", "/access"];
    for page in pages {
        let page = format!("{case}{page}");
        let mine = kinoshita.get(&page).await;
        let theirs = noguchi.get(&page).await;
        theirs.is(200).not_see("北部福祉").not_see("SECRET").not_see("照会に答える");
        if page.ends_with("/inquiries") || page.ends_with("/timeline") {
            mine.see("北部福祉");
        }
    }
    // What runs between themselves and another they go on being told.
    noguchi.get(&format!("{case}/timeline")).await.see("辻堂東いきいきサポートセンターへ送った");
    noguchi.get(&format!("{case}/referrals")).await.see("辻堂東いきいき");
    let mut sano = app.sign_in("sano").await;
    sano.get(&asked).await.is(200).see("バックアップふじさわ社協");
});

/// Writes an assessment of a day.
async fn assess(who: &mut Person, case: &str, day: &str, health: &str, cat: &str) {
    let sheet = format!("{case}/sheets/assessment");
    who.get(&sheet).await.is(200);
    let answers = [
        ("occurred", day),
        ("a-problems", "illness"),
        ("m-problems_cat", cat),
        ("a-view", "通院を支える"),
        ("m-view_cat", "opinion"),
        ("a-health", health),
        ("m-health_cat", cat),
        ("a-money", "some"),
        ("m-money_cat", "money"),
        ("a-strength", "字がきれい-STRONG"),
        ("m-strength_cat", "support"),
        ("a-problem_words", "眠れない-HARD"),
        ("m-problem_words_cat", cat),
    ];
    let page = who.post(&sheet, &answers).await;
    assert!(page.location().starts_with("/filled/"), "{}", page.text());
}

story!(an_assessment_is_seen_over_time, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    let at = format!("{case}/assessment");
    sano.get(&at).await.is(200).see("まだありません");
    assess(&mut sano, &case, "R8.10.1", "much", "health").await;
    assess(&mut sano, &case, "R8.11.10", "some", "health").await;
    // That it was written stands on the timeline, and leads to it.
    let page = sano.get(&format!("{case}/timeline?kind=sheet")).await;
    page.is(200).see("アセスメントシートが書かれた");
    assert_eq!(page.body.matches("href=\"/filled/").count(), 2);
    let page = sano.get(&at).await;
    page.is(200).see("10月1日（木） とても困っている").see("少し困っている").see("HARD").see("STRONG");
    assert!(page.body.contains("<polyline") && page.body.contains("<title"), "a drawing with its words");
    assert!(!page.body.contains("style="), "classes only");
    // Whoever may see money sees money's line, and nothing of health.
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&at).await.is(404);
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&at).await.is(200).not_see("とても困っている").not_see("HARD");
});

story!(a_file_of_a_text_is_as_closed_as_the_text, |app| async {
    let mut sano = app.sign_in("sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    write(&mut sano, &case, &[("body", "請求書を見た"), ("body_cat", "money")]).await.is(303);
    let entry = text(&sano.get(&format!("{case}/entries")).await, "請求書を見た");
    let files = format!("{entry}/files");
    sano.get(&files).await.is(200).see("ファイルはありません").see("ウイルスの検査はしていません");
    sano.attach(&files, "a.exe", b"MZ").await.is(422).see("PDF・JPEG・PNG");
    sano.get(&files).await;
    sano.attach(&files, "請求書-SECRETFILE.pdf", PDF).await.is(303);
    let page = sano.follow().await;
    page.see("請求書-SECRETFILE");
    let file = page.body.split("href=\"/attachments/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = format!("/attachments/{file}");
    sano.get(&file).await.is(200);
    // Another desk with a consent to money has it, until the text is marked more narrowly.
    let to = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &id, &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    for path in [&files, &file] {
        kinoshita.get(path).await.is(404);
    }
    kinoshita.get(&referral).await;
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&files).await.is(200).see("SECRETFILE").not_see("ファイルを付ける");
    kinoshita.get(&file).await.is(200);
    sano.get(&entry).await;
    let corrected =
        sano.post(&entry, &[("body", "請求書を見た。暴力もある"), ("body_cat", "violence")]).await;
    let newer = corrected.is(303).location().split('?').next().unwrap().to_owned();
    kinoshita.get(&file).await.is(404);
    kinoshita.get(&files).await.not_see("SECRETFILE");
    // The newer text has the file as well.
    sano.get(&format!("{newer}/files")).await.is(200).see("SECRETFILE");
    // Taken out of sight.
    let form = sano.page.form("/files/remove");
    let id = form.value("file_id");
    sano.post(&format!("{newer}/files/remove"), &[("file_id", &id)]).await.is(303);
    sano.follow().await.not_see("SECRETFILE");
    sano.get(&file).await.is(404);
});

/// A scanner that finds something in whatever holds `EICAR`, for so many files; then nobody answers any more.
async fn scanner(files: usize) -> Scanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        for _ in 0..files {
            let (mut from, _) = listener.accept().await.unwrap();
            let mut said = Vec::new();
            while !said.ends_with(&[0; 4]) {
                from.read_buf(&mut said).await.unwrap();
            }
            let found = said.windows(5).any(|w| w == b"EICAR");
            let answer: &[u8] = if found { b"stream: Test FOUND\0" } else { b"stream: OK\0" };
            from.write_all(answer).await.unwrap();
        }
    });
    Scanner::at(&at)
}

story!(a_file_is_taken_when_the_towns_scanner_has_passed_it, |app| async {
    let at = serve_scanning(&app.engine, true, scanner(2).await).await;
    let mut sano = app.sign_in_at(at, "sano").await;
    let id = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let case = format!("/cases/{id}");
    write(&mut sano, &case, &[("body", "請求書を見た"), ("body_cat", "money")]).await.is(303);
    let files = format!("{}/files", text(&sano.get(&format!("{case}/entries")).await, "請求書を見た"));
    sano.get(&files).await.see("ウイルスの検査もします").not_see("していません");
    let page = sano.attach(&files, "a.pdf", b"%PDF-1.4\nEICAR\n%%EOF\n").await;
    page.is(422).see("あぶないファイル").not_see("a.pdf");
    sano.get(&files).await;
    sano.attach(&files, "b.pdf", PDF).await.is(303);
    sano.follow().await.see("b.pdf");
    // What nobody could look at is not taken either.
    sano.attach(&files, "c.pdf", PDF).await.is(422).see("いまウイルスの検査ができない").not_see("c.pdf");
});

story!(a_record_starts_with_the_towns_own_sentence, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let page = kinoshita.get(&format!("{case}/entries?start=absent")).await;
    page.is(200).see("外から見たようす");
    assert!(page.body.contains("value=\"absent\" checked"), "its way is chosen");
    kinoshita.get(&format!("{case}/entries?start=nonsense")).await.is(200).not_see("外から見たようす");
});
