//! A review says what happened, an end what ends with it, a list what to do next; and nobody learns more for it.

use crate::agreed_to::also;
use crate::agreement::{give, terms};
use crate::casefile::first;
use crate::referral::{case_of, first_radio, send};
use crate::support::{App, Page, Person};

async fn sound(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

/// The household of a case and its first person: their paths.
async fn home(who: &mut Person, case: &str) -> (String, String) {
    let household = first(&who.get(&format!("/cases/{case}")).await, "households");
    let person = first(&who.get(&household).await, "persons");
    who.get(&person).await.is(200);
    (household, person)
}

/// The review among today's tasks that says this.
async fn review(who: &mut Person, says: &str) -> String {
    let today = who.get("/").await;
    for part in today.body.split("href=\"/tasks/").skip(1) {
        let (task, rest) = part.split_once('"').unwrap();
        let words = rest.split("</a>").next().unwrap();
        if words.contains("同意と記録を見直す") && words.contains(says) {
            return format!("/tasks/{task}");
        }
    }
    panic!("no review of {says:?} among today's tasks: {}", today.text());
}

story!(a_review_says_what_happened_to_whom_and_on_which_day, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let (household, haru) = home(&mut kinoshita, &case).await;
    let son = also(&mut kinoshita, &case, "青木 太郎", "child").await;
    kinoshita.get(&haru).await.is(200);
    kinoshita.post(&format!("{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    kinoshita.follow().await.see("受け持つ窓口に、見直すやることができました");
    kinoshita.get(&format!("/persons/{son}")).await.is(200);
    kinoshita.post(&format!("/persons/{son}/left"), &[("left", "R8.11.19")]).await.is(303);
    // Each is told apart, with words that are true for it.
    let page = kinoshita.get(&format!("/cases/{case}")).await;
    page.see("青木 ハルさんが令和8年11月20日に亡くなりました");
    page.see("青木 太郎さんが令和8年11月19日に世帯を離れました");
    let death = review(&mut kinoshita, "亡くなりました").await;
    let page = kinoshita.get(&death).await;
    page.see("亡くなった人の同意と").not_see("引き継ぎのつなぎを書く").see("見られる理由");
    // Whoever wrote it down is proposed, and takes it with one press.
    page.see("担当はまだ決まっていません。書いた木下 ひろみさんを提案します");
    let me = app.town.user("kinoshita").to_string();
    assert!(page.body.contains(&format!("<option value=\"{me}\" selected>")), "{}", page.text());
    kinoshita.post(&format!("{death}/assign"), &[("assignee", &me)]).await.is(303);
    kinoshita.get(&death).await.not_see("さんを提案します");
    let departure = review(&mut kinoshita, "世帯を離れました").await;
    kinoshita.get(&departure).await.see("世帯を離れた人の").see("引き継ぎのつなぎを書く");
    // A colleague who does not give work is not offered to give it to another.
    let mut oda = app.sign_in("oda").await;
    oda.get(&departure).await.is(200).see("青木 太郎さん").not_see("さんを提案します");
    // It was wrong: what is to be looked at again says so.
    kinoshita.get(&departure).await;
    kinoshita.post(&format!("{departure}/done"), &[]).await.is(303);
    kinoshita.get(&format!("/persons/{son}")).await;
    kinoshita.post(&format!("/persons/{son}/left/undo"), &[("undo_left", "misheard")]).await.is(303);
    let again = review(&mut kinoshita, "は取り消されました").await;
    kinoshita.get(&again).await.see("もう一度見直してください").not_see("引き継ぎのつなぎを書く");
    // A move of both, in one review.
    kinoshita.get(&household).await;
    let id = haru.trim_start_matches("/persons/");
    let moved = [
        ("moved", "R8.11.20"),
        ("moved_address", "茅ヶ崎市東海岸1-2-3"),
        ("moved_who", &*son),
        ("moved_who", id),
    ];
    kinoshita.post(&format!("{household}/moved"), &moved).await.is(303);
    let moving = review(&mut kinoshita, "引っ越しました").await;
    kinoshita
        .get(&moving)
        .await
        .see("青木 太郎さん")
        .see("令和8年11月20日に引っ越しました")
        .see("移った先の窓口");
    sound(app).await;
});

story!(whoever_answers_for_a_case_without_a_basis_reads_that_something_changed_and_no_more, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    let (_, haru) = home(&mut kinoshita, &case).await;
    let to = app.town.desk("hokubu").to_string();
    let referral = send(&mut kinoshita, &case, &to, &[("basis", "preview")]).await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    kinoshita.get(&haru).await;
    kinoshita.post(&format!("{haru}/died"), &[("died", "R8.11.17")]).await.is(303);
    let task = review(&mut sano, "").await;
    for at in ["/".to_owned(), task.clone(), format!("/cases/{case}")] {
        let page = sano.get(&at).await;
        page.is(200)
            .see("同意と記録を見直す")
            .not_see("青木")
            .not_see("亡くなりました")
            .not_see("令和8年11月17日");
    }
    sano.get(&task).await.see("何があったかは、この窓口では見られません").not_see("さんを提案します");
    sound(app).await;
});

/// What a form of the page would send for a hidden field.
fn seen(page: &Page, path: &str) -> usize {
    page.form(path).hidden.iter().filter(|(n, _)| n == "ends_seen").count()
}

story!(an_end_lists_what_ends_with_it_and_writes_it_down, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let (_, haru) = home(&mut kinoshita, &case).await;
    kinoshita.post(&format!("{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    let end = format!("/cases/{case}/end");
    let page = kinoshita.get(&end).await;
    page.see("終わりにすると、なくなるやること").see("次の約束").see("同意と記録を見直す");
    assert_eq!(seen(&page, &end), 2);
    // Nobody is left: nobody has to keep an eye. But what ends has to be seen.
    let over = [("to", "closed"), ("reason", "died"), ("words", "見送った"), ("words_cat", "support")];
    kinoshita
        .post(&end, &over)
        .await
        .is(422)
        .see("しるしを付けてください")
        .see("id=\"ends-error\"")
        .see("見送った");
    kinoshita.page.not_see("id=\"watch-error\"");
    let watched = [("to", "closed"), ("reason", "settled"), ("words", "見送った"), ("ends", "1")];
    kinoshita.post(&end, &watched).await.is(422).see("id=\"watch-error\"");
    // Promised meanwhile by a colleague: not seen yet.
    let stale = kinoshita.get(&end).await;
    let mut oda = app.sign_in("oda").await;
    let (_, haru_again) = home(&mut oda, &case).await;
    oda.post(&format!("{haru_again}/died/undo"), &[("undo_died", "misheard")]).await.is(303);
    oda.get(&haru_again).await;
    oda.post(&format!("{haru_again}/died"), &[("died", "R8.11.19")]).await.is(303);
    kinoshita.page = stale;
    let agreed = [
        ("to", "closed"),
        ("reason", "died"),
        ("words", "見送った"),
        ("words_cat", "support"),
        ("ends", "1"),
    ];
    kinoshita.post(&end, &agreed).await.is(422).see("そのあいだに、やることがふえました").see("見送った");
    kinoshita.post(&end, &agreed).await.is(303);
    let entries = kinoshita.get(&format!("/cases/{case}/entries")).await;
    entries.see("取りやめたやること").see("次の約束（令和8年11月27日まで、バックアップふじさわ社協）");
    entries.see("・同意と記録を見直す").not_see("これからの見守り");
    sound(app).await;
});

story!(what_happens_after_the_end_asks_nobody_and_says_so, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let (household, haru) = home(&mut kinoshita, &case).await;
    let end = format!("/cases/{case}/end");
    kinoshita.get(&end).await;
    let over = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "1"),
    ];
    kinoshita.post(&end, &over).await.is(303);
    let id = haru.trim_start_matches("/persons/").to_owned();
    let nothing = "見直すやることはありません";
    kinoshita.get(&household).await;
    let moved = [("moved", "R8.11.20"), ("moved_address", "茅ヶ崎市東海岸1-2-3"), ("moved_who", &*id)];
    kinoshita.post(&format!("{household}/moved"), &moved).await.is(303);
    kinoshita.follow().await.see(nothing).not_see("やることができました");
    for (what, fields) in [
        ("left", vec![("left", "R8.11.20")]),
        ("joined", vec![("joined", "R8.11.21")]),
        ("died", vec![("died", "R8.11.21")]),
    ] {
        kinoshita.get(&haru).await;
        kinoshita.post(&format!("{haru}/{what}"), &fields).await.is(303);
        kinoshita.follow().await.see(nothing).not_see("やることができました");
    }
    kinoshita.get("/").await.not_see("同意と記録を見直す");
    sound(app).await;
});

story!(whoever_knows_a_case_without_a_consent_finds_the_way_to_a_conference, |app| async {
    let mut sano = app.sign_in("sano").await;
    let first_case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    also(&mut sano, &first_case, "青木 太郎", "child").await;
    let second = case_of(app, &mut sano, "三浦 ナツ", "仕事がない").await;
    // One line for each case, with its people, and how many there are.
    let page = sano.get("/consents/missing").await;
    page.is(200).see("3人").see("2件のケース").see("青木 ハル").see("青木 太郎").see("三浦 ナツ");
    let ask = format!("/sessions/propose?case={first_case}");
    assert_eq!(page.body.matches(&ask).count(), 1, "{}", page.text());
    sano.get(&ask).await.is(200).see("事案をひらくよう頼む");
    // Narrowed by number and by desk; who is passed over was not looked at.
    let page = sano.get("/consents/missing?number=R8-2").await;
    page.see("三浦 ナツ").not_see("青木").see("1人").see("1件のケース");
    let desk = app.town.desk("hokubu");
    sano.get(&format!("/consents/missing?desk={desk}")).await.see("青木 ハル");
    let other = app.town.desk("shakyo");
    sano.get(&format!("/consents/missing?desk={other}")).await.see("この条件にあう人はいません");
    sano.get("/consents/missing?number=2026-00077").await.see("この条件にあう人はいません");
    // Whom a consent covers is not among them.
    let form = sano.get(&format!("/cases/{second}/consents/new")).await;
    let person = first_radio(&form.body, "person");
    give(&mut sano, &second, &terms(&person, &[("to_desk", &other.to_string())])).await;
    sano.get("/consents/missing").await.see("2人").see("1件のケース").not_see("三浦");
    // Another desk has nothing of it.
    app.sign_in("noguchi").await.get("/consents/missing").await.is(200).not_see("青木").not_see("MARK");
});

/// Begins the hand-over of somebody's work; its page.
async fn pack(app: &App, who: &mut Person, whose: &str) -> Page {
    who.get("/handovers").await.is(200);
    let value = format!("{}.{}", app.town.desk("shakyo"), app.town.user(whose));
    who.post("/handovers", &[("whose", &value), ("last", "R9.3.31")]).await
}

story!(one_begins_ones_own_hand_over_and_the_lead_that_of_others, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let mut oda = app.sign_in("oda").await;
    oda.get("/handovers").await.is(200).not_see("木下 ひろみ（");
    pack(app, &mut oda, "kinoshita").await.is(422);
    let mut imai = app.sign_in("imai").await;
    imai.get("/handovers").await.see("木下 ひろみ（");
    pack(app, &mut imai, "kinoshita").await.is(303);
    // Neither does a colleague correct its last day.
    let page = imai.follow().await;
    let at = page.form("/last").action;
    oda.get(at.trim_end_matches("/last")).await.is(200).not_see("最後の日を直す");
    let fields = [("last", "R9.3.30"), ("base_version", "1")];
    oda.post(&at, &fields).await.is(422).see("推進員に頼んでください");
    sound(app).await;
});

story!(several_cases_go_to_one_receiver_and_a_receipt_by_mistake_is_taken_back, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let mut cases = Vec::new();
    for name in ["青木 ハル", "三浦 ナツ", "岡本 アキ"] {
        cases.push(case_of(app, &mut kinoshita, name, &format!("{name}のこと")).await);
    }
    pack(app, &mut kinoshita, "kinoshita").await.is(303);
    let at = kinoshita.page.location().split('?').next().unwrap().to_owned();
    // The last day is corrected, within the same bounds.
    kinoshita.get(&at).await.see("3月31日");
    let last = format!("{at}/last");
    kinoshita.post(&last, &[("last", "R1.5.1")]).await.is(422).see("この窓口に来る前の日です").see("R1.5.1");
    kinoshita.get(&at).await;
    kinoshita.post(&last, &[("last", "R9.3.25")]).await.is(303);
    kinoshita.get(&at).await.see("3月25日");
    // Two of three at once; the third is anybody's.
    let oda_id = app.town.user("oda").to_string();
    let give = format!("{at}/give");
    kinoshita.post(&give, &[("many_to", &oda_id)]).await.is(422).see("ひとつ以上えらんでください");
    let page = kinoshita.get(&at).await;
    let picks: Vec<String> = page
        .body
        .split("name=\"case\" value=\"")
        .skip(1)
        .map(|p| p.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(picks.len(), 3, "{}", page.text());
    let chosen = [("many_to", &*oda_id), ("case", &*picks[0]), ("case", &*picks[1])];
    kinoshita.post(&give, &chosen).await.is(303);
    kinoshita.get(&at).await;
    kinoshita.post(&give, &chosen).await.is(409).see("この引きつぎがかわりました");
    let mut oda = app.sign_in("oda").await;
    let page = oda.get(&at).await;
    page.see("受け取りました").see("押すと、受けとる人はあなたになります");
    // The one nobody was named for: the receiver is named by the receipt, and it is taken back.
    let third = &cases[2];
    let form = page.form(&format!("{third}/received"));
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    oda.post_exactly(&form.action, &fields).await.is(303);
    let page = oda.get(&at).await;
    page.see("小田 りかさんが受けとった").not_see("まだ決まっていない");
    oda.get(&format!("/cases/{third}")).await.see("小田 りか");
    kinoshita.get("/handovers").await.see("2").see("全3件");
    let undo = format!("{at}/cases/{third}/not-mine");
    let mut imai = app.sign_in("imai").await;
    imai.get(&at).await.not_see("受けとりを取り消す");
    let page = oda.get(&at).await;
    let form = page.form("/not-mine");
    assert_eq!(form.action, undo);
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    oda.post_exactly(&undo, &fields).await.is(303);
    oda.get(&at).await.not_see("小田 りかさんが受けとった");
    kinoshita.get(&format!("/cases/{third}")).await.see("木下 ひろみ").not_see("小田 りか");
    // Dropped halfway: it says how many moved and how many stay.
    let page = oda.get(&at).await;
    let form = page.form(&format!("{}/received", cases[0]));
    let fields: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    oda.post_exactly(&form.action, &fields).await.is(303);
    let page = kinoshita.get(&at).await;
    page.see("やめると、2件はいままでの担当のままです").see("受けとった1件は");
    kinoshita.post(&format!("{at}/withdraw"), &[]).await.is(303);
    kinoshita.follow().await.see("いままでの担当のまま: 2件").see("受けとった人の担当にかわった: 1件");
    kinoshita.get("/handovers").await.see("受けとった1件").see("全3件");
    sound(app).await;
});

story!(the_page_of_loads_proposes_whom_to_ask_next, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    for name in ["青木 ハル", "三浦 ナツ"] {
        case_of(app, &mut kinoshita, name, &format!("{name}のこと")).await;
    }
    let mut imai = app.sign_in("imai").await;
    imai.get("/load").await.see("次のケースをだれに頼むか").see("提案: 小田 りかさん（受け持ち 0件");
    // Where only one works, there is no choice.
    let day = words::Day::new(2026, 11, 20).unwrap();
    app.town.transfer(&app.engine, "oda", "shakyo", "ikiiki", day).await;
    imai.get("/load").await.see("木下 ひろみ").not_see("提案:");
});

story!(a_name_among_what_is_late_stands_with_its_reason, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない-MARK").await;
    app.clock.forward_minutes(60 * 24 * 14);
    let mut imai = app.sign_in("imai").await;
    let page = imai.get("/nobody").await;
    page.is(200).see("青木 ハル").see("あなたに見られる理由があるケースだけ").see("見られる理由");
    let mut hase = app.sign_in("hase").await;
    hase.get("/nobody").await.see("2026-00001").not_see("青木").not_see("見られる理由").not_see("MARK");
});

story!(a_case_shows_what_lies_ahead_of_its_people_and_what_was, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "見守り-MARK").await;
    let at = format!("/cases/{case}");
    kinoshita.get(&at).await.is(200).not_see("すべての節目");
    let new = format!("/stages/new?case={case}");
    let page = kinoshita.get(&new).await;
    let person = first_radio(&page.body, "person");
    let stage = [("case", &*case), ("person", &*person), ("stage", "protection_ends"), ("on", "R9.3.31")];
    kinoshita.post("/stages/new", &stage).await.is(303);
    let page = kinoshita.get(&at).await;
    page.see("令和9年3月31日").see("青木 ハル 要対協の見守りが終わる");
    let all = page.link("すべての節目");
    kinoshita.get(&all).await.is(200).see("ケース 2026-00001 の節目").see("令和9年3月31日");
    // Once it is over it is what was.
    app.clock.forward_minutes(60 * 24 * 140);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&at).await.see("これまでの節目").see("いま近づいている節目はありません");
    kinoshita.get(&all).await.see("令和9年3月31日");
    // Another desk with a part in the case learns nothing of what one desk wrote down.
    let to = app.town.desk("hokubu").to_string();
    let referral = send(&mut kinoshita, &case, &to, &[("kind", "join"), ("basis", "preview")]).await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[("promise", "R9.4.20")]).await;
    sano.get(&at).await.not_see("見守りが終わる").not_see("すべての節目");
});

story!(nothing_is_taken_on_by_the_word_of_somebody_who_has_died, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    let (_, haru) = home(&mut sano, &case).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    sano.get(&referral).await.see("相手の返事を待っています");
    sano.get(&haru).await.is(200);
    sano.post(&format!("{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    // Whoever sent it is told what to do; whoever was asked learns no more than whom to ask.
    sano.get(&referral).await.see("相手は受けられません").see("取り下げます");
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get(&referral).await;
    page.see("送った窓口に確かめてください")
        .see("「受けられない」と返します")
        .not_see("亡くなった")
        .not_see("青木");
    // No form for what cannot be done; one for what can.
    assert!(!page.body.contains(&format!("{referral}/accept")), "{}", page.text());
    assert!(page.body.contains(&format!("{referral}/refuse")), "{}", page.text());
    // A tab from before loses nothing of what was typed.
    let said = [("words", "月曜に訪ねます-MARK-K")];
    let page = kinoshita.post(&format!("{referral}/accept"), &said).await;
    page.is(422).see("送った窓口に確かめてください").see("MARK-K").see("受けられない");
    kinoshita.get(&referral).await.not_see("青木").not_see("MARK-S");
    kinoshita.get(&format!("/cases/{case}")).await.is(404);
    // Once the death turns out to be a mistake, it goes on as if nothing had been.
    sano.get(&haru).await.is(200);
    sano.post(&format!("{haru}/died/undo"), &[("undo_died", "misheard")]).await.is(303);
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.see("青木 ハル").see("MARK-S");
    sound(app).await;
});

story!(what_was_asked_anew_while_a_referral_waits_carries_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    let (_, haru) = home(&mut sano, &case).await;
    let haru = haru.trim_start_matches("/persons/").to_owned();
    let shakyo = app.town.desk("shakyo").to_string();
    let referral = send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    // The consent it waits with is renewed: its terms change, the desk stays.
    let list = format!("/cases/{case}/consents");
    let page = sano.get(&list).await;
    let under = format!("{list}/");
    let mut ids = page.body.split(&under).skip(1).map(|rest| rest.split(['"', '?', '#']).next().unwrap());
    let consent = ids.find(|id| id.len() == 36).unwrap();
    let renew = sano.get(&format!("{under}{consent}")).await.link("聞きなおして");
    sano.get(&renew).await.is(200);
    sano.post(&format!("{list}/new"), &terms(&haru, &[("to_desk", &shakyo)])).await.is(303);
    sano.get(&referral).await.see("相手の返事を待っています").not_see("相手は受けられません");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200).not_see("送った窓口に確かめてください");
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.see("青木 ハル");
    sound(app).await;
});

story!(what_one_of_two_agreed_to_before_their_death_is_handed_over_no_more, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    let (_, haru) = home(&mut sano, &case).await;
    let son = also(&mut sano, &case, "青木 太郎", "child").await;
    let haru_id = haru.trim_start_matches("/persons/").to_owned();
    let both = [("kind", "join"), ("consenting", haru_id.as_str()), ("consenting", son.as_str())];
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &both).await;
    sano.get(&haru).await.is(200);
    sano.post(&format!("{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita.get(&referral).await.see("青木 太郎").not_see("青木 ハル");
    sound(app).await;
});

story!(whoever_left_the_household_does_not_move_with_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let (home, haru) = home(&mut sano, &case).await;
    let son = also(&mut sano, &case, "青木 太郎", "child").await;
    let (haru_id, son_page) = (haru.trim_start_matches("/persons/").to_owned(), format!("/persons/{son}"));
    sano.get(&home).await.is(200);
    let plan = [
        ("moved", "R8.12.10"),
        ("moved_address", "辻堂8-8-8"),
        ("moved_who", haru_id.as_str()),
        ("moved_who", son.as_str()),
    ];
    sano.post(&format!("{home}/moved"), &plan).await.is(303);
    sano.get(&son_page).await.see("辻堂8-8-8");
    // A day before the birth is the commonest slip of an era.
    sano.post(&son_page, &[("name", "青木 太郎"), ("birth", "S55.7.9"), ("lives_together", "1")])
        .await
        .is(303);
    sano.get(&son_page).await.is(200);
    let slip = sano.post(&format!("{son_page}/left"), &[("left", "S40.1.1")]).await;
    slip.is(422).see("id=\"left-error\"").see("生まれた日より前").see("value=\"S40.1.1\"");
    sano.post(&format!("{son_page}/left"), &[("left", "R8.11.20")]).await.is(303);
    // Where the others will live is not written to him any more; on the day it is theirs alone.
    sano.get(&son_page).await.is(200).not_see("辻堂8-8-8");
    sano.get(&home).await.see("令和8年12月10日に引っ越す予定").see("辻堂8-8-8");
    sano.search("辻堂8-8-8").await.see("青木 ハル").not_see("青木 太郎");
    app.clock.forward_minutes(20 * 24 * 60);
    assert_eq!(::household::watch_moves(&app.engine, app.town.municipality).await.unwrap(), 1);
    let mut sano = app.sign_in("sano").await;
    sano.get(&haru).await.see("value=\"辻堂8-8-8\"");
    sano.get(&son_page).await.is(200).not_see("辻堂8-8-8");
    sound(app).await;
});
