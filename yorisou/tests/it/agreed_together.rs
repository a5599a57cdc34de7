//! Consents and what rests on them, when they meet: a parent for herself and her child at once, a second one beside the first, one that
//! replaced another by mistake; the article that fits between two bodies, whichever way something goes; who looked under which; and a
//! page that was open too long.

use access::{Right, System};
use engine::{Origin, args};
use words::{Day, Instant};

use crate::agreed_to::outside;
use crate::agreement::{begun, give, raw, terms, withdraw};
use crate::capacity::put;
use crate::consent::child_and_mother;
use crate::consent_everywhere::{by, inquire, refer, set_aside, sheet_of_a_child};
use crate::inquiry::{step, withdraw_all};
use crate::referral::{case_of, send};
use crate::retention;
use crate::support::App;

/// Who gave the consents of a person, in which relation, and until when; in the order they were written down.
async fn given(app: &App, person: &str) -> Vec<(String, String, Option<Day>)> {
    let m = app.town.municipality;
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.given", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT given_by, relation, until_day FROM consent WHERE municipality_id = $1 AND person_id = $2 ORDER BY id";
    let person: words::id::PersonId = person.parse().unwrap();
    let rows = act.facts().unwrap().all(sql, args![m, person]).await.unwrap();
    rows.iter()
        .map(|row| {
            (row.get("given_by").unwrap(), row.get("relation").unwrap(), row.get("until_day").unwrap())
        })
        .collect()
}

story!(a_parent_agrees_for_herself_and_her_child_in_one, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let form = imai.get(&format!("/cases/{case}/refer")).await;
    form.is(200).see("その人の分は本人の同意として書きとめます").see("本人が18歳になる日の前の日");
    // Her own part is hers; the child's is hers for the child, and ends the day before the child comes of age.
    let both = [&by(&mother)[..], &[("consenting", mother.as_str())]].concat();
    refer(&mut imai, &case, &ikiiki, &child, &both).await.is(303);
    let of_age = Day::new(2027, 3, 31);
    let for_child = ("guardian".to_owned(), "parent".to_owned(), of_age);
    let herself = ("self".to_owned(), String::new(), None);
    assert_eq!(given(app, &child).await, std::slice::from_ref(&for_child));
    assert_eq!(given(app, &mother).await, std::slice::from_ref(&herself));
    let both = [&by(&mother)[..], &[("person", mother.as_str()), ("again", "yes")]].concat();
    inquire(&mut imai, &case, &ikiiki, &child, &both).await.is(303);
    assert_eq!(given(app, &child).await, [for_child.clone(), for_child]);
    assert_eq!(given(app, &mother).await, [herself.clone(), herself]);
    // Nobody stands in for themselves alone.
    let page = refer(&mut imai, &case, &ikiiki, &mother, &by(&mother)).await;
    page.is(422).see("本人とはちがう人をえらんでください").see("id=\"giver-error\"");
    // Of several one is grown up, and no parent speaks for her.
    imai.get(&format!("/persons/{mother}")).await.is(200);
    let card = [("name", "青木 みどり"), ("birth", "S55.4.3")];
    imai.post(&format!("/persons/{mother}"), &card).await.is(303);
    let outsider = [
        ("consenting", mother.as_str()),
        ("given_by", "guardian"),
        ("form", "signed"),
        ("given_by_name", "湘南 一郎"),
        ("relation", "minor_guardian"),
        ("evidence", "戸籍"),
    ];
    let page = refer(&mut imai, &case, &ikiiki, &child, &outsider).await;
    page.is(422).see("親権者などが代われない人").see("id=\"relation-error\"");
});

story!(asked_anew_a_stand_in_is_picked_and_told_beside_their_field, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let own = [("given_by", "self"), ("form", "signed")];
    let page = inquire(&mut imai, &case, &ikiiki, &child, &own).await;
    let inquiry = page.is(303).location().split('?').next().unwrap().to_owned();
    withdraw_all(app).await;
    set_aside(&mut imai, &case, &child, &mother).await;
    imai.get(&inquiry).await.is(200).see("id=\"giver\"");
    let anew = [&[("basis", "consent")][..], &by(&mother)].concat();
    let page = step(&mut imai, &inquiry, "rebase", &anew).await;
    page.is(422).see("代わりに同意する人から外されています").see("id=\"giver-error\"");
});

const INSIDE: &str = "pipa_69_2_2";
const OUTSIDE: &str = "pipa_69_2_4";

story!(what_became_of_it_goes_back_under_an_article_that_fits, |app| async {
    // The desk that sends is a council of social welfare; the one that answers is the city's.
    outside(app, "hokubu").await;
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let referral = send(&mut sano, &case, &ikiiki, &[("kind", "join")]).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&referral).await.is(200);
    noguchi.post(&format!("{referral}/accept"), &[]).await.is(303);
    let page = noguchi.get(&referral).await;
    let select = page.body.split("<select id=\"article\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(select.contains(OUTSIDE) && !select.contains(INSIDE), "{select}");
    let told = |article| {
        let words = [("outcome", "supported"), ("words", "訪問介護-MARK-F"), ("words_cat", "support")];
        [&words[..], &[("basis", "article"), ("article", article)]].concat()
    };
    let complete = format!("{referral}/complete");
    let page = noguchi.post(&complete, &told(INSIDE)).await;
    page.is(422).see("同じ機関の中で使うとき").see("id=\"article-error\"").see("MARK-F");
    noguchi.get(&referral).await;
    let page = noguchi.post(&complete, &told("pipa_69_2_1")).await;
    page.is(422).see("同意のほうを選んでください").see("id=\"article-error\"");
    noguchi.get(&referral).await;
    noguchi.post(&complete, &told(OUTSIDE)).await.is(303);
    let told = sano.get("/feedback").await.link("支援が始まりました");
    sano.get(&told).await.is(200).see("MARK-F").see("法令に基づく提供");
});

story!(a_consent_is_no_article_of_a_referral, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let person = crate::oversight::person_of(&mut sano, &case).await;
    let path = format!("/cases/{case}/refer");
    sano.get(&path).await.is(200);
    let law = [
        ("kind", "join"),
        ("to", ikiiki.as_str()),
        ("person", person.as_str()),
        ("need", "income"),
        ("urgency", "normal"),
        ("trouble", "くらしの困りごと-MARK-S"),
        ("wish", "続けてくらしたい"),
        ("basis", "law"),
        ("article", "pipa_69_2_1"),
        ("share_cat", "basic"),
    ];
    let page = sano.post(&path, &law).await;
    page.is(422).see("本人の同意は、法令の条文としては選べません").see("id=\"article-error\"");
});

story!(a_renewal_by_mistake_says_that_nothing_holds_and_brings_the_terms_back, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let first = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let form = format!("/cases/{case}/consents/new");
    sano.get(&format!("{form}?follows={}", first.rsplit('/').next().unwrap())).await.is(200);
    let page = sano.post(&form, &terms(&person, &[("to_desk", &shakyo), ("share_cat", "health")])).await;
    let second = page.is(303).location().split('?').next().unwrap().to_owned();
    let card = format!("/persons/{person}");
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&card).await.is(200);
    sano.get(&first).await.is(200).not_see("前の同意に替わったものです");
    sano.get(&second)
        .await
        .is(200)
        .see("前の同意に替わったものです")
        .see("この二つでは、もうだれにも見えません");
    sano.post(&format!("{second}/error"), &[("because", "slip")]).await.is(303);
    let page = sano.follow().await;
    page.is(200).see("替わった前の同意も、もどっていません");
    kinoshita.get(&card).await.is(404);
    // A new record with the terms of the one that was replaced: nothing comes back by itself.
    let like = page.link("前の同意の中身で書きとめなおす");
    let page = sano.get(&like).await;
    page.is(200).see("まちがいで替わってしまった前の同意");
    assert!(page.body.contains("value=\"money\" checked") && !page.body.contains("value=\"health\" checked"));
    sano.post(&form, &terms(&person, &[("to_desk", &shakyo)])).await.is(303);
    kinoshita.get(&card).await.is(200);
    kinoshita.get(&like).await.is(404);
});

story!(a_second_consent_to_the_same_desk_is_meant, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let form = format!("/cases/{case}/consents/new");
    // Nothing about what it is for is chosen beforehand.
    let page = sano.get(&form).await;
    let ticked = page
        .body
        .split("name=\"purpose\"")
        .skip(1)
        .filter(|x| x.split('>').next().unwrap().contains("checked"));
    assert_eq!(ticked.count(), 0);
    page.not_see("同じ相手への同意が、もうあります");
    let alone = terms(&person, &[("to_desk", &shakyo), ("again", "")]);
    let first = give(&mut sano, &case, &alone).await;
    // Said beforehand where the desk is chosen already, and asked when it is sent.
    sano.get(&format!("{form}?to_desk={shakyo}")).await.see("同じ相手への同意が、もうあります").see(&first);
    sano.get(&form).await;
    let page = sano.post(&form, &alone).await;
    page.is(422).see("id=\"again-error\"").see(&format!("href=\"{first}\"")).see("?follows=");
    sano.post(&form, &terms(&person, &[("to_desk", &shakyo), ("again", "yes")])).await.is(303);
    // Another desk, or one that ended, is no second one.
    let ikiiki = app.town.desk("ikiiki").to_string();
    give(&mut sano, &case, &terms(&person, &[("to_desk", &ikiiki), ("again", "")])).await;
});

story!(a_receipt_can_be_read_by_whoever_it_is_for, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let sql = "INSERT INTO agency_name (municipality_id, agency_id, kind, name, name_key, valid_from) \
               SELECT municipality_id, agency_id, 'reading', $3, $3, '2025-04-01' FROM desk \
               WHERE municipality_id = $1 AND id = $2";
    let reading = "ばっくあっぷふじさわしゃきょう";
    assert_eq!(raw(app, sql, args![app.town.desk("shakyo"), reading]).await.unwrap(), 1);
    // Typed in katakana, as most systems hand it over.
    let id: words::id::PersonId = person.parse().unwrap();
    let sql = "UPDATE person SET reading = $3 WHERE municipality_id = $1 AND id = $2";
    assert_eq!(raw(app, sql, args![id, "アオキ　ハル"]).await.unwrap(), 1);
    let sql = "UPDATE municipality SET reading = $2 WHERE municipality_id = $1";
    assert_eq!(raw(app, sql, args!["フジサワシ"]).await.unwrap(), 1);
    let shakyo = app.town.desk("shakyo").to_string();
    let more = [("to_desk", shakyo.as_str()), ("share_cat", "violence")];
    let here = give(&mut sano, &case, &terms(&person, &more)).await;
    let read = sano.get(&format!("{here}/receipt?furigana=1")).await;
    read.is(200).see("<ruby>バックアップふじさわ社協<rp>(</rp><rt>ばっくあっぷふじさわしゃきょう</rt>");
    read.see("<rt>あおき はる</rt>").see("<rt>ふじさわし</rt>");
    let plain = sano.get(&format!("{here}/receipt")).await;
    let paper = plain.body.split("<article").nth(1).unwrap();
    assert_eq!(paper.matches("同意の控え").count(), 1, "the title stands once");
    plain.is(200).not_see(reading).not_see("受けたこと");
    let english = sano.get(&format!("{here}/receipt?lang=en")).await;
    english.is(200).see("Bakkuappufujisawashakyou (バックアップふじさわ社協; ").not_see("you suffered");
    english.see("Aoki Haru (青木 ハル)").see("Fujisawashi (");
});

story!(each_consent_counts_who_looked_under_it, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    let seen = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let other = give(&mut sano, &case, &terms(&person, &[("to_desk", &ikiiki)])).await;
    app.sign_in("kinoshita").await.get(&format!("/persons/{person}")).await.is(200);
    sano.get(&format!("{seen}/withdraw")).await.is(200).see("名前など 1件を見た");
    let page = sano.get(&format!("{other}/withdraw")).await;
    page.is(200).not_see("名前など 1件を見た").see("この同意で見た窓口・受けとった窓口は、まだありません");
    // The paper says what is not on it.
    let paper = crate::papers::same(&mut sano, &format!("{other}/holders")).await;
    paper.see("この同意で、あなたのことを見た窓口").see("のっていません").not_see("名前など 1件を見た");
});

story!(a_page_open_too_long_says_what_is_true_now, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let here = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let path = format!("{here}/withdraw");
    let mut second = app.sign_in("sano").await;
    second.get(&path).await.is(200);
    withdraw(&mut sano, &here).await;
    let page = second.post(&path, &[("told_by", "self"), ("way", "oral")]).await;
    page.is(409).not_see("ほかの人が先に").see("に撤回」です").see("いま送ったことは、書きとめていません");
    page.see(&format!("href=\"{here}\"")).see(&format!("href=\"/cases/{case}\""));
    // The same of marking it as an error, in another tab.
    sano.get(&here).await.is(200);
    second.get(&here).await.is(200);
    sano.post(&format!("{here}/error"), &[("because", "twice")]).await.is(303);
    let page = second.post(&format!("{here}/error"), &[("because", "twice")]).await;
    assert_ne!(page.status, 303);
    page.not_see("ほかの人が先に");
});

story!(a_question_about_capacity_is_none_for_whoever_is_kept_out, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, ..) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let form = imai.get(&format!("/cases/{case}/capacity")).await;
    form.is(200);
    let question = put(&mut imai, &case, std::slice::from_ref(&ikiiki)).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.see("受けられるか答える");
    noguchi.get(&question).await.is(200);
    imai.get(&format!("/cases/{case}/consents")).await.is(200);
    let user = app.town.user("noguchi").to_string();
    imai.post(&format!("/cases/{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    let answer = format!("{question}/answer");
    noguchi.post(&answer, &[("desk", &ikiiki), ("reply", "yes")]).await.is(404);
    noguchi.get(&question).await.is(404);
    noguchi.get("/").await.is(200).not_see("受けられるか答える");
    noguchi.get("/capacity").await.is(200).not_see(&question);
    imai.get(&question).await.is(200);
});

story!(on_a_sheet_nobody_learns_who_is_set_aside, |app| async {
    let mut tsuji = app.sign_in("tsuji").await;
    let at = sheet_of_a_child(&mut tsuji).await;
    let path = tsuji.get(&at).await.link("撤回を書きとめる");
    // Another desk set somebody aside for the child, who did not give this consent.
    let name = "佐藤 祖父";
    let sql = "INSERT INTO guardian_set_aside (municipality_id, id, person_id, guardian_name, guardian_key, desk_id, \
               reason, article, set_at, command_id) SELECT c.municipality_id, c.id, c.person_id, $3, $4, $2, 'abuse', \
               'child_abuse_6', c.given_at, c.command_id FROM consent c WHERE c.municipality_id = $1 \
               AND c.given_by_name = $5";
    let set = args![app.town.desk("ikiiki"), name, words::name::name_key(name), "佐藤 母"];
    assert_eq!(raw(app, sql, set).await.unwrap(), 1);
    let said = |name| {
        let who = [("given_by_name", name), ("relation", "parent"), ("evidence", "戸籍")];
        [&[("told_by", "guardian"), ("way", "oral")][..], &who].concat()
    };
    tsuji.get(&path).await.is(200);
    let page = tsuji.post(&path, &said(name)).await;
    page.is(422).see("ここでは書きとめられません").see("id=\"given_by_name-error\"");
    page.not_see("外され").not_see("外した");
    // The other parent speaks for the child as before.
    tsuji.get(&path).await.is(200);
    let mut second = app.sign_in("tsuji").await;
    second.get(&path).await.is(200);
    tsuji.post(&path, &said("佐藤 父")).await.goes_to(&format!("{at}?done=sheet_withdrawn"));
    // A second tab says what is true now.
    let page = second.post(&path, &said("佐藤 父")).await;
    page.is(409).not_see("ほかの人が先に").see("に撤回」です").see(&format!("href=\"{at}\""));
});

story!(what_cannot_be_carried_over_is_asked_anew, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    // What the child said herself has no last day.
    give(&mut imai, &case, &terms(&child, &[("to_desk", &ikiiki)])).await;
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.merger", &m).await.unwrap();
    let last = Day::new(2026, 11, 30).unwrap();
    let (gone, heir) = (app.town.desk("ikiiki"), app.town.desk("hokubu"));
    register::acts::end_desk(&mut act, &right, gone, last, heir).await.unwrap();
    act.commit("").await.unwrap();
    app.clock.set(Instant::at(Day::new(2026, 12, 2).unwrap(), 9, 0));
    let mut imai = app.sign_in("imai").await;
    let carry = imai.get("/consents/ended").await.link("本人に確かめて引きつぐ");
    let page = imai.get(&carry).await;
    let successor = page.is(200).body.split("name=\"successor\" value=\"").nth(1).unwrap();
    let successor = successor.split('"').next().unwrap().to_owned();
    page.not_see("?follows=");
    // Her mother cannot let it go on like that, and the page has no field for a last day: it says what to do.
    let told = [("successor", successor.as_str()), ("confirmed_on", "R8.12.2")];
    let page = imai.post(&carry, &[&told[..], &by(&mother)].concat()).await;
    page.is(422).see("このままでは引きつげません").see("聞きなおして、続ける・変える").see("?follows=");
});

const ASKER: &str = "MARK-ASKER";

story!(who_asked_for_a_copy_in_a_case_goes_with_that_case, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    let id = case.trim_start_matches("/cases/");
    let person = crate::oversight::person_of(&mut kinoshita, id).await;
    let path = format!("{case}/reports");
    kinoshita.get(&path).await.is(200);
    let (name, shown) = (format!("中村 {ASKER}"), format!("委任状 {ASKER}"));
    let asked = [
        ("person", person.as_str()),
        ("asked_by", "proxy"),
        ("tie", "agent"),
        ("requester_name", name.as_str()),
        ("evidence", shown.as_str()),
        ("identity", "authority"),
        ("asked_on", "R8.11.21"),
        ("from", "R8.4.1"),
        ("until", "R8.11.21"),
    ];
    let page = kinoshita.post(&path, &asked).await;
    let report = page.is(303).location().split('?').next().unwrap().to_owned();
    kinoshita.get(&report).await.is(200);
    kinoshita.post(&format!("{report}/withdraw"), &[("reason", "person")]).await.is(303);
    // The person goes on in another household, whose case stays.
    let other = case_of(app, &mut kinoshita, "井上 ナツ", "眠れない").await;
    let sql = "INSERT INTO household_member (municipality_id, household_id, person_id, relation, lives_together, \
               valid_from, command_id) SELECT h.municipality_id, c.household_id, h.person_id, '', h.lives_together, \
               h.valid_from, h.command_id FROM household_member h JOIN case_file c \
               ON c.municipality_id = h.municipality_id AND c.id = $3 WHERE h.municipality_id = $1 AND h.person_id = $2";
    let who: words::id::PersonId = person.parse().unwrap();
    let there: words::id::CaseId = other.parse().unwrap();
    assert_eq!(raw(app, sql, args![who, there]).await.unwrap(), 1);
    retention::close(&mut kinoshita, &case, "").await;
    assert!(!retention::rows_with(app, retention::on(app), ASKER).await.is_empty());
    retention::at(app, 2032, 4, 1);
    let (mut mori, mut imai) = (app.sign_in("mori").await, app.sign_in("imai").await);
    let here = retention::list(&mut mori).await.unwrap();
    retention::step(&mut imai, &here, "approve_all", &[]).await.is(303);
    retention::step(&mut mori, &here, "approve_list", &[]).await.is(303);
    retention::step(&mut mori, &here, "execute", &[("sure", "1")]).await.is(303);
    assert_eq!(retention::rows_with(app, retention::on(app), ASKER).await, [""; 0]);
    let lives_on =
        "UPDATE person SET name = name WHERE municipality_id = $1 AND id = $2 AND disposed_at IS NULL";
    assert_eq!(raw(app, lives_on, args![who]).await.unwrap(), 1);
});
