//! A case from its first record to its end and back; what is known of people; texts corrected and taken back.

use crate::support::{Page, Person};

/// A case of 木下's desk about 浜田 よし子; its path.
pub async fn case(kinoshita: &mut Person) -> String {
    kinoshita.get("/consultations/new").await.is(200);
    let told = [
        ("channel", "counter"),
        ("route", "self"),
        ("urgency", "normal"),
        ("occurred", "R8.11.21"),
        ("words", "電気を止めると手紙が来た。"),
        ("words_cat", "money"),
        ("name", "浜田 よし子"),
        ("birth", "昭和33年"),
    ];
    let page = kinoshita.post("/consultations", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let at = page.location().split('?').next().unwrap().to_owned();
    kinoshita.follow().await.is(200);
    let promise = [("disposition", "own_support"), ("promise", "息子さんに手紙を書く"), ("due", "R8.11.27")];
    let page = kinoshita.post(&format!("{at}/dispose"), &promise).await;
    let case = page.location().split('?').next().unwrap().to_owned();
    assert!(case.starts_with("/cases/"), "{}", page.text());
    case
}

/// Writes a support record.
pub async fn write(person: &mut Person, case: &str, more: &[(&str, &str)]) -> Page {
    let at = format!("{case}/entries");
    person.get(&format!("{at}?write=1")).await.is(200);
    let mut fields = vec![("form", "visit"), ("occurred", "R8.11.20"), ("at", "14:20")];
    fields.retain(|(n, _)| !more.iter().any(|(m, _)| m == n));
    fields.extend(more);
    person.post(&at, &fields).await
}

/// The first link to something of this kind on the page.
pub fn first(page: &Page, kind: &str) -> String {
    let start = format!("href=\"/{kind}/");
    let rest = page.body.split(&start).nth(1).unwrap_or_else(|| panic!("no link to {kind}: {}", page.text()));
    format!("/{kind}/{}", rest.split(['"', '?', '#']).next().unwrap())
}

/// The page of the text with these words: its own link follows it in the timeline.
pub fn text(page: &Page, words: &str) -> String {
    let after = page.body.split(words).nth(1).unwrap_or_else(|| panic!("not there: {words}"));
    let rest = after.split("href=\"/entries/").nth(1).unwrap();
    format!("/entries/{}", rest.split('"').next().unwrap())
}

story!(what_happened_is_written_down_and_the_next_promise_made, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita
        .get(&case)
        .await
        .is(200)
        .see("浜田 よし子さんの世帯")
        .see("2026-00001")
        .see("息子さんに手紙を書く");
    kinoshita.page.see("見られる理由").see("じぶんの窓口の記録").see("昭和33年").see("67～68歳");
    // Everything wrong is said at once, and nothing typed is lost.
    let wrong =
        [("body", "玄関先で話した"), ("occurred", "R8.11.25"), ("promise", "また行く"), ("told_by", "phone")];
    let page = write(&mut kinoshita, &case, &wrong).await;
    page.is(422)
        .see("まだ来ていない日")
        .see("約束には日が要ります")
        .see("両方を選んで")
        .see("玄関先で話した");
    write(&mut kinoshita, &case, &[("body", "123456789018 と書いてあった")]).await.is(422).see("個人番号");
    // A slip of the year would put the case out of sight for as long.
    let slip = [("body", "玄関先で話した"), ("promise", "また行く"), ("due", "R80.1.1")];
    write(&mut kinoshita, &case, &slip).await.is(422).see("3年より先の日は書けません").see("R80.1.1");
    let right = [
        ("body", "玄関先で話した。ひざが痛いとのこと"),
        ("body_cat", "health"),
        ("promise", "通院の日を聞く"),
        ("due", "R8.12.1"),
    ];
    let page = write(&mut kinoshita, &case, &right).await;
    page.goes_to(&format!("{case}/entries?done=support_promised"));
    kinoshita.follow().await.see("次の約束ができています").see("玄関先で話した").see("健康・病気");
    kinoshita
        .page
        .see("木下 ひろみ（バックアップふじさわ社協・包括的相談支援の立場で）")
        .see("令和8年11月20日 14:20");
    // The old promise is kept, the new one stands.
    kinoshita.get(&case).await.see("通院の日を聞く").see("12月1日").not_see("11月27日");
    kinoshita.get(&format!("{case}/entries?kind=form:phone")).await.see("この条件の記録はありません");
    kinoshita
        .get(&format!("{case}/entries?kind=form:visit"))
        .await
        .see("玄関先で話した")
        .not_see("電気を止める");
    kinoshita.get("/cases").await.see("2026-00001").see("浜田 よし子さんの世帯").see("12月1日");
});

story!(for_others_a_case_does_not_exist, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "見えてはいけない言葉")]).await.is(303);
    let timeline = kinoshita.get(&format!("{case}/entries")).await;
    let entry = text(&timeline, "見えてはいけない言葉");
    let overview = kinoshita.get(&case).await;
    let household = first(&overview, "households");
    let home = kinoshita.get(&household).await;
    let person = first(&home, "persons");
    let mut sano = app.sign_in("sano").await;
    let mut places = vec![entry, household.clone(), person.clone(), case.clone()];
    places.extend(["entries", "consents", "end", "print"].map(|tab| format!("{case}/{tab}")));
    for place in places {
        let page = sano.get(&place).await;
        page.is(404).not_see("浜田").not_see("見えてはいけない言葉");
        let mut parts: Vec<&str> = place.split('/').collect();
        parts[2] = "00000000-0000-7000-8000-000000000000";
        let nothing = sano.get(&parts.join("/")).await;
        assert_eq!(page.body, nothing.body, "{place} differs from absence");
    }
    sano.get("/cases").await.is(200).not_see("2026-00001");
    let fields = [("form", "visit"), ("occurred", "R8.11.20"), ("body", "よそから")];
    sano.post(&format!("{case}/entries"), &fields).await.is(404);
    sano.post(&format!("{household}/members"), &[("name", "よそ")]).await.is(404);
    sano.post(&person, &[("name", "よそ")]).await.is(404);
    sano.post(&format!("{case}/end"), &[("to", "closed")]).await.is(404);
});

story!(a_text_is_corrected_and_the_old_one_kept, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "受け取りが2日なし"), ("body_cat", "support")]).await.is(303);
    let timeline = kinoshita.get(&format!("{case}/entries")).await;
    let entry = text(&timeline, "受け取りが2日なし");
    // Two people have the same text open.
    let mut oda = app.sign_in("oda").await;
    oda.get(&entry).await.is(200).see("受け取りが2日なし");
    kinoshita.get(&entry).await.is(200);
    kinoshita
        .post(&entry, &[("body", "受け取りが2日なし"), ("body_cat", "support")])
        .await
        .is(422)
        .see("前と同じ");
    kinoshita.post(&entry, &[("body", "受け取りが3日なし"), ("body_cat", "support")]).await.is(303);
    kinoshita.follow().await.see("受け取りが3日なし").see("前の文も残っています").see("直す前の文");
    let page =
        oda.post(&entry, &[("body", "受け取りが2日なし。長女に電話した"), ("body_cat", "support")]).await;
    page.is(409).see("受け取りが3日なし").see("長女に電話した").see("消えていません");
    let newer = first(&page, "entries");
    oda.post(&newer, &[("body", "受け取りが3日なし。長女に電話した"), ("body_cat", "support")]).await.is(303);
    kinoshita.get(&format!("{case}/entries")).await.see("3日なし。長女に電話した").not_see("2日なし");
    kinoshita.get(&entry).await.is(200).see("2日なし").see("あとで直されました").not_see("直して保存する");
});

story!(a_record_under_the_wrong_day_is_corrected, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "母と会えた"), ("body_cat", "support")]).await.is(303);
    let entry = text(&kinoshita.get(&format!("{case}/entries")).await, "母と会えた");
    kinoshita.get(&entry).await.is(200).see("訪問").see("14:20");
    let same = [("body", "母と会えた"), ("body_cat", "support")];
    let with = |more: &[(&'static str, &'static str)]| [&same[..], more].concat();
    let wrong = with(&[("form", "phone"), ("occurred", "R80.1.1"), ("at", "25:00")]);
    kinoshita
        .post(&entry, &wrong)
        .await
        .is(422)
        .see("id=\"occurred-error\"")
        .see("id=\"at-error\"")
        .see("R80.1.1");
    let nothing = with(&[("form", "visit"), ("occurred", "R8.11.20"), ("at", "14:20")]);
    kinoshita.post(&entry, &nothing).await.is(422).see("前と同じ");
    let right = with(&[("form", "phone"), ("occurred", "R8.11.18"), ("at", "")]);
    kinoshita.post(&entry, &right).await.is(303);
    kinoshita.follow().await.see("電話").see("11月18日").not_see("14:20").see("直す前の文");
    // As it was first written, it is kept; and its author learns why it cannot be corrected twice.
    kinoshita.get(&entry).await.is(200).see("訪問").see("14:20").see("もう直されています");
});

story!(a_text_entered_in_error_is_kept_and_struck, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "よその世帯のこと"), ("body_cat", "support")]).await.is(303);
    let timeline = kinoshita.get(&format!("{case}/entries")).await;
    let entry = text(&timeline, "よその世帯のこと");
    kinoshita.get(&format!("{case}/print")).await.see("よその世帯のこと");
    kinoshita.get(&entry).await;
    kinoshita.post(&format!("{entry}/error"), &[]).await.is(303);
    kinoshita.follow().await.see("取り消しました");
    kinoshita.get(&format!("{case}/entries")).await.see("よその世帯のこと").see("誤って書いた記録");
    kinoshita.get(&format!("{case}/print")).await.not_see("よその世帯のこと");
    kinoshita.search("よその世帯").await.not_see("よその世帯のこと");
});

story!(paper_holds_nothing_of_who_told_and_nothing_unmarked, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    write(&mut kinoshita, &case, &[("body", "隣の田中さんが知らせた"), ("body_cat", "informant")])
        .await
        .is(303);
    write(&mut kinoshita, &case, &[("body", "分類のない文")]).await.is(303);
    write(&mut kinoshita, &case, &[("body", "印刷してよい文"), ("body_cat", "support")]).await.is(303);
    kinoshita
        .get(&format!("{case}/entries"))
        .await
        .see("隣の田中さん")
        .see("分類のない文")
        .see("印刷してよい文");
    // Nor does the page itself when its reader prints it.
    let page = kinoshita.page.clone();
    let line =
        |words: &str| page.body.split("<li class=\"entry").find(|l| l.contains(words)).unwrap().to_owned();
    assert!(line("隣の田中さん").starts_with(" no-print") && line("分類のない文").starts_with(" no-print"));
    assert!(!line("印刷してよい文").starts_with(" no-print"));
    let print = kinoshita.get(&format!("{case}/print")).await;
    print.is(200).see("印刷してよい文").not_see("隣の田中さん").not_see("分類のない文").see("取扱注意");
    print.not_see("電気を止めると、").see("浜田 よし子");
});

story!(what_is_known_of_a_person_is_written_by_two_without_loss, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let overview = kinoshita.get(&case).await;
    let household = first(&overview, "households");
    kinoshita.get(&household).await.is(200).see("2026-00001").see("の相談");
    let bad = [("name", "浜田 誠"), ("birth", "昭和99年13月")];
    kinoshita.post(&format!("{household}/members"), &bad).await.is(422).see("浜田 誠");
    let son = [("name", "浜田 誠"), ("relation", "長男"), ("birth", "S63"), ("lives_together", "1")];
    kinoshita.post(&format!("{household}/members"), &son).await.is(303);
    kinoshita.follow().await.see("浜田 誠").see("長男").see("昭和63年").see("世帯に書きたしました");
    let person = first(&kinoshita.page.clone(), "persons");
    let mut oda = app.sign_in("oda").await;
    oda.get(&person).await.is(200).see("浜田 よし子");
    kinoshita.get(&person).await.is(200);
    let mine = [("name", "浜田 よし子"), ("phone", "0466-00-0001"), ("birth", "昭和33年5月")];
    kinoshita.post(&person, &mine).await.is(303);
    let late = [("name", "濱田 よし子"), ("phone", ""), ("birth", "昭和33年")];
    let page = oda.post(&person, &late).await;
    page.is(409).see("0466-00-0001").see("濱田 よし子").see("昭和33年5月").see("消えていません");
    let both = [("name", "濱田 よし子"), ("phone", "0466-00-0001"), ("birth", "昭和33年5月")];
    oda.post(&person, &both).await.is(303);
    oda.follow().await.see("濱田 よし子").see("0466-00-0001").see("昭和33年5月");
});

story!(a_death_is_a_task_and_not_a_blackout, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let overview = kinoshita.get(&case).await;
    let household = first(&overview, "households");
    let home = kinoshita.get(&household).await;
    let person = first(&home, "persons");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R9.1")]).await.is(422).see("まだ来ていない日");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.11")]).await.is(303);
    kinoshita.follow().await.see("亡くなった（令和8年11月）").not_see("亡くなったことを書く");
    kinoshita.get(&case).await.see("同意と記録を見直す").see("浜田 よし子").see("電気を止める");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/left"), &[("left", "R8.11.21")]).await.is(303);
    kinoshita.get(&household).await.is(200).see("前にいた人").see("いまは、だれもいません");
    // The texts about them are still there, also for whoever looks at the case.
    kinoshita.get(&format!("{case}/entries")).await.see("電気を止める");
});

story!(a_wrong_death_or_departure_is_taken_back_and_kept, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let overview = kinoshita.get(&case).await;
    let household = first(&overview, "households");
    let person = first(&kinoshita.get(&household).await, "persons");
    kinoshita.get(&person).await.not_see("誤りを直す");
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.11")]).await.is(303);
    kinoshita.get(&case).await.see("同意と記録を見直す");
    kinoshita.get(&person).await.see("亡くなったことの誤りを直す");
    kinoshita.post(&format!("{person}/died/undo"), &[]).await.is(422).see("選んで");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died/undo"), &[("undo_died", "wrong_person")]).await.is(303);
    kinoshita
        .follow()
        .await
        .not_see("亡くなった（")
        .see("亡くなったこと（令和8年11月）は誤りでした（人ちがい）")
        .see("木下 ひろみが書き")
        .see("亡くなったことを書く");
    // What it made is gone; the case still has its promise.
    kinoshita.get(&case).await.not_see("同意と記録を見直す").see("息子さんに手紙を書く");

    // A departure asks every desk with open work to look, and proposes a hand-over.
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/left"), &[("left", "R8.11.20")]).await.is(303);
    let overview = kinoshita.get(&case).await;
    overview.see("同意と記録を見直す");
    kinoshita.get("/").await.see("同意と記録を見直す");
    let task = review_task(&mut kinoshita).await;
    kinoshita.get(&task).await.see("引き継ぎのつなぎを書く");
    kinoshita.post(&format!("{task}/done"), &[]).await.is(303);
    kinoshita.get(&case).await.not_see("同意と記録を見直す");
    // It was wrong after all: what was decided by the review is looked at again.
    kinoshita.get(&household).await.see("前にいた人");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/left/undo"), &[("undo_left", "misheard")]).await.is(303);
    kinoshita
        .follow()
        .await
        .see("世帯を離れたこと（令和8年11月20日）は誤りでした")
        .see("世帯を離れたことを書く");
    kinoshita.get(&household).await.not_see("前にいた人").see("浜田 よし子");
    kinoshita.get(&case).await.see("同意と記録を見直す");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/left/undo"), &[("undo_left", "misheard")]).await.is(422);
});

/// The review among today's tasks.
async fn review_task(person: &mut Person) -> String {
    let today = person.get("/").await;
    for part in today.body.split("href=\"/tasks/").skip(1) {
        let task = format!("/tasks/{}", part.split(['"', '?', '#']).next().unwrap());
        if person.get(&task).await.body.contains("引き継ぎのつなぎを書く") {
            return task;
        }
    }
    panic!("no review among today's tasks: {}", today.text());
}

story!(a_case_ends_and_begins_again_under_its_number, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let end = format!("{case}/end");
    kinoshita.get(&end).await.is(200);
    kinoshita
        .post(&end, &[("to", "closed"), ("words", "電気は止まらなかった")])
        .await
        .is(422)
        .see("どれかを選んで");
    kinoshita.page.see("電気は止まらなかった");
    let mut oda = app.sign_in("oda").await;
    oda.get(&end).await.is(200);
    let fields = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "電気は止まらなかった"),
        ("words_cat", "money"),
        ("watch", "民生委員の佐藤さん"),
        ("ends", "yes"),
        ("follow_up", "R9.1.15"),
    ];
    kinoshita.post(&end, &fields).await.goes_to(&format!("{case}?done=case_closed"));
    kinoshita.follow().await.see("終結").see("そのあとの様子をみる").not_see("11月27日（");
    // What stands beside the day is what is to be done, not why the case ended.
    kinoshita.page.see("1月15日（金） そのあとの様子をみる");
    kinoshita.get(&format!("{case}/entries")).await.see("民生委員の佐藤さん").see("これからの見守り");
    // Somebody else was writing an ending at the same time: both texts, nothing lost.
    let theirs = [
        ("to", "interrupted"),
        ("reason", "unreachable"),
        ("words", "3回たずねたが会えない"),
        ("watch", "CSW"),
        ("ends", "yes"),
    ];
    oda.post(&end, &theirs).await.is(409).see("3回たずねたが会えない").see("電気は止まらなかった");
    // Closed, it has no promises; what happens after all is still written down.
    let after = [("body", "あとで電話があった"), ("due", "R8.12.1")];
    write(&mut kinoshita, &case, &after).await.is(422).see("先に再開");
    write(&mut kinoshita, &case, &[("body", "あとで電話があった")]).await.is(303);
    kinoshita.get(&end).await.is(200).see("再開する");
    kinoshita.post(&format!("{case}/reopen"), &[("promise", "たずねる")]).await.is(422);
    let again = [("promise", "たずねる"), ("due", "R8.11.30")];
    kinoshita.get(&end).await;
    kinoshita.post(&format!("{case}/reopen"), &again).await.goes_to(&format!("{case}?done=case_reopened"));
    kinoshita.follow().await.see("2026-00001").see("支援中").see("たずねる").see("11月30日");
    kinoshita.get(&format!("{case}/consents")).await.see("再開した").see("ケースをはじめた");
});

story!(somebody_close_to_the_case_is_kept_out, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&case).await.is(200);
    let overview = oda.get(&case).await;
    let household = first(&overview, "households");
    let consents = format!("{case}/consents");
    kinoshita.get(&consents).await.is(200).see("見せない人を決めるのは").not_see("見せない人を決める</a>");
    kinoshita
        .post(
            &format!("{case}/exclusions"),
            &[("user", &app.town.user("oda").to_string()), ("reason", "relative")],
        )
        .await
        .is(422);
    let mut imai = app.sign_in("imai").await;
    imai.get(&consents).await.is(200).see("このケースを見せない人");
    let user = app.town.user("oda").to_string();
    imai.post(&format!("{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    imai.follow().await.see("小田 りか").see("見せないことにしました");
    for place in [case.clone(), household, format!("{case}/entries"), consents.clone()] {
        oda.get(&place).await.is(404);
    }
    oda.get("/cases").await.not_see("2026-00001");
    let ended = imai.post(&format!("{case}/exclusions/end"), &[("user", &user)]).await;
    ended.is(303);
    oda.get(&case).await.is(200);
    // A second click: it is done already, and the list says so.
    imai.get(&consents).await;
    imai.post(&format!("{case}/exclusions/end"), &[("user", &user)]).await.is(303);
    imai.follow().await.is(200).see("もう見せてよいことになっています");
});

story!(hidden_texts_leave_no_gap, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    for n in 0..53 {
        let body = format!("記録{n:02}番");
        write(&mut kinoshita, &case, &[("body", &body), ("at", "10:00")]).await.is(303);
    }
    let page = kinoshita.get(&format!("{case}/entries")).await;
    assert_eq!(page.body.matches("<li class=\"entry").count(), 50);
    let next = page.link("もっと前へ");
    let older = kinoshita.get(&next.replace("&amp;", "&").replace("&#38;", "&")).await;
    // 53 written, the words of the consultation and its promise.
    let rest = older.body.matches("<li class=\"entry").count();
    assert_eq!(rest, 5, "{}", older.text());
    older.not_see("もっと前へ");
});

story!(a_consent_is_withdrawn_and_the_receiver_sees_nothing_more, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let body = [("body", "ひざの手術を待っている-MARK-H"), ("body_cat", "money")];
    write(&mut kinoshita, &case, &body).await.is(303);
    let id = case.trim_start_matches("/cases/").to_owned();
    let to = app.town.desk("ikiiki").to_string();
    let join = [("kind", "join")];
    let referral = crate::referral::send(&mut kinoshita, &id, &to, &join).await;
    // Nobody is left waiting for ever.
    kinoshita
        .get(&format!("{case}/end"))
        .await
        .see("返事まち・対応中のつなぎや照会、「受けられますか」が1件")
        .see("辻堂東いきいきサポートセンター");
    let end =
        [("to", "closed"), ("reason", "settled"), ("words", "終わり"), ("watch", "だれか"), ("ends", "yes")];
    kinoshita.post(&format!("{case}/end"), &end).await.is(422).see("先に終えるか取り下げて");
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&case).await.is(404);
    noguchi.get(&referral).await.is(200);
    noguchi.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    noguchi.get(&case).await.is(200).see("浜田 よし子").see("本人の同意").see("MARK-H");
    noguchi.get("/cases").await.see("2026-00001").see("浜田 よし子さんの世帯");
    // What the receiver writes is its own; it does not decide about the case.
    write(&mut noguchi, &case, &[("body", "よその窓口の見立て-MARK-N")]).await.is(303);
    kinoshita.get(&format!("{case}/entries")).await.not_see("MARK-N");
    noguchi.get(&format!("{case}/end")).await.see("主担当（バックアップふじさわ社協）が決めます");
    let entry = text(&noguchi.get(&format!("{case}/entries")).await, "MARK-H");
    noguchi.get(&entry).await.is(200).see("書いた窓口だけが直せます").not_see("直して保存する");
    noguchi.post(&entry, &[("body", "書きかえ")]).await.is(404);
    // The person is told who holds what, then it is written down.
    let consents = kinoshita.get(&format!("{case}/consents")).await;
    consents.see("浜田 よし子さんの同意").see("辻堂東いきいきサポートセンター").see("同意あり");
    let withdraw = consents.link("撤回を書きとめる");
    noguchi.get(&withdraw).await.is(422);
    kinoshita
        .get(&withdraw)
        .await
        .is(200)
        .see("いま見ている窓口")
        .see("お金・くらし")
        .see("もとにもどすには");
    kinoshita.post(&withdraw, &[]).await.is(422).see("どれかを選んで");
    kinoshita
        .post(&withdraw, &[("told_by", "self"), ("way", "oral")])
        .await
        .goes_to(&format!("{case}/consents?done=consent_withdrawn"));
    kinoshita.follow().await.see("に撤回").not_see(&withdraw);
    // From the next request on: the header, and its own texts; nothing of the person.
    for place in [case.clone(), format!("{case}/entries"), format!("{case}/print"), "/cases".to_owned()] {
        noguchi.get(&place).await.is(200).not_see("浜田").not_see("MARK-H");
    }
    noguchi.get(&entry).await.is(404);
    noguchi.get(&format!("{case}/entries")).await.see("MARK-N");
});

story!(a_record_half_written_waits_for_its_author, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    let page = kinoshita.get(&format!("{case}/entries?write=1")).await;
    let form = page.form("/entries");
    let (draft, command) = (form.value("draft"), form.value("command"));
    let mut fields = vec![
        ("form", "visit"),
        ("body", "途中まで書いた"),
        ("draft_kind", "support"),
        ("draft", draft.as_str()),
    ];
    fields.extend([("draft_about", case.trim_start_matches("/cases/")), ("command", command.as_str())]);
    kinoshita.post(&format!("/drafts/{draft}"), &fields).await.is(303);
    kinoshita.get("/drafts").await.see("途中まで書いた");
    let mut oda = app.sign_in("oda").await;
    oda.get(&format!("{case}/entries?draft={draft}")).await.is(200).not_see("途中まで書いた");
    kinoshita.get(&format!("{case}/entries?draft={draft}")).await.is(200).see("途中まで書いた");
    let whole = [("form", "visit"), ("occurred", "R8.11.20"), ("body", "おわりまで書いた")];
    kinoshita.post(&format!("{case}/entries"), &whole).await.is(303);
    kinoshita.follow().await.see("おわりまで書いた");
    kinoshita.get("/drafts").await.not_see("途中まで書いた");
});
