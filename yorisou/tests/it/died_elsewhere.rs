//! A death that stands on one of two linked records, told to whoever sees both and to nobody else (decision 0043); and households after losses:
//! who is offered to be chosen, whom a household goes by that everybody has left, what stands in a stale tab.

use crate::agreed_to::also;
use crate::agreement::{give, terms};
use crate::casefile::first;
use crate::referral::{case_of, first_radio, send};
use crate::support::{App, Page, Person};

const SAYS: &str = "もう一つの記録では、令和8年11月10日に亡くなっています";
const REVIEW: &str = "花子さんが令和8年11月10日に亡くなりました";

/// A case about somebody: the case, and the page of the person.
async fn recorded(app: &App, who: &mut Person, name: &str) -> (String, String) {
    let case = case_of(app, who, name, &format!("{name}の困りごと")).await;
    let page = who.get(&format!("/cases/{case}/consents/new")).await;
    let person = format!("/persons/{}", first_radio(&page.body, "person"));
    (case, person)
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Somebody says that the two are one person.
async fn proposes(who: &mut Person, [a, b]: [&str; 2]) -> String {
    let choose = format!("{a}/same");
    who.get(&choose).await.is(200);
    who.post(&choose, &[("other", id(b))]).await.is(303);
    who.page.location().split('?').next().unwrap().to_owned()
}

/// And another one says so too: their pair.
async fn link(one: &mut Person, other: &mut Person, both: [&str; 2]) -> String {
    let pair = proposes(one, both).await;
    other.get(&pair).await.is(200);
    other.post(&format!("{pair}/confirm"), &[]).await.is(303);
    pair
}

async fn dies(who: &mut Person, person: &str) -> Page {
    who.get(person).await.is(200);
    who.post(&format!("{person}/died"), &[("died", "R8.11.10")]).await
}

/// Agrees that this desk may know who this is.
async fn told_to(app: &App, who: &mut Person, case: &str, person: &str, desk: &str) {
    let desk = app.town.desk(desk).to_string();
    give(who, case, &terms(id(person), &[("to_desk", desk.as_str()), ("share_cat", "household")])).await;
}

async fn sound(app: &App) {
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
}

story!(a_death_on_one_record_is_told_on_the_other_one_where_both_may_be_seen, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (first_case, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (second_case, other) = recorded(app, &mut oda, "高橋 華子").await;
    let home = first(&oda.get(&format!("/cases/{second_case}")).await, "households");
    let pair = link(&mut kinoshita, &mut oda, [&one, &other]).await;
    dies(&mut kinoshita, &one).await.is(303);
    // On the other record, its household, its case and the page of the pair; and back to the record that says so.
    oda.get(&other).await.is(200).see(SAYS).see(&format!("href=\"{one}\"")).see("亡くなったことを書く");
    oda.get(&home).await.see(SAYS).see("高橋 華子さんは");
    oda.get(&format!("/cases/{second_case}/entries")).await.see(SAYS);
    oda.get(&pair).await.see("亡くなった日").see("高橋 華子さんは").see(SAYS).see("まとめたのを元に戻す");
    oda.get(&one).await.not_see("もう一つの記録では");
    // Work goes on in both cases: both are to be reviewed.
    oda.get(&format!("/cases/{first_case}")).await.see(REVIEW).not_see("もう一つの記録では");
    oda.get(&format!("/cases/{second_case}")).await.see(REVIEW).see(SAYS);
    // It was wrong: nothing of it stands on either.
    kinoshita.get(&one).await;
    kinoshita.post(&format!("{one}/died/undo"), &[("undo_died", "misheard")]).await.is(303);
    for case in [&first_case, &second_case] {
        oda.get(&format!("/cases/{case}")).await.not_see(REVIEW).not_see(SAYS);
    }
    oda.get(&other).await.not_see(SAYS);
    // Written on both, nothing is missing on either.
    dies(&mut kinoshita, &one).await.is(303);
    dies(&mut oda, &other).await.is(303);
    oda.get(&other).await.not_see("もう一つの記録では");
    oda.get(&pair).await.see("亡くなった日").not_see("もう一つの記録では");
    sound(app).await;
});

story!(a_death_before_the_link_is_told_from_then_on_and_as_long_as_they_are_linked, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (case, other) = recorded(app, &mut oda, "高橋 華子").await;
    dies(&mut kinoshita, &one).await.is(303);
    let pair = proposes(&mut kinoshita, [&one, &other]).await;
    // Not before somebody confirms it: it may be another person.
    oda.get(&other).await.not_see(SAYS);
    oda.get(&pair).await.is(200).see("亡くなった日").not_see("もう一つの記録では、");
    oda.post(&format!("{pair}/confirm"), &[]).await.is(303);
    oda.get(&other).await.see(SAYS);
    oda.get(&format!("/cases/{case}")).await.see(SAYS).see(REVIEW);
    oda.get(&pair).await.see(SAYS);
    // Linked by mistake: the review is not needed, and the case keeps its promise.
    oda.post(&format!("{pair}/back"), &[]).await.is(303);
    oda.get(&format!("/cases/{case}")).await.not_see(SAYS).not_see(REVIEW).not_see("同意と記録を見直す");
    sound(app).await;
});

story!(a_desk_that_may_not_know_of_the_other_record_hears_of_no_death, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let mut sano = app.sign_in("sano").await;
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (case, other) = recorded(app, &mut sano, "高橋 華子").await;
    told_to(app, &mut sano, &case, &other, "shakyo").await;
    link(&mut kinoshita, &mut oda, [&one, &other]).await;
    dies(&mut kinoshita, &one).await.is(303);
    // Whoever wrote it sees it on both.
    kinoshita.get(&other).await.is(200).see(SAYS);
    // The other window knows of one record alone: not even that there is something to review tells of the other one.
    sano.get(&one).await.is(404);
    sano.get(&other).await.is(200).not_see("もう一つの記録").not_see("亡くなっています");
    let page = sano.get(&format!("/cases/{case}")).await;
    page.is(200).not_see("もう一つの記録").not_see("同意と記録を見直す");
    sano.get("/").await.not_see("同意と記録を見直す");
    sound(app).await;
});

story!(a_desk_that_may_know_of_both_records_is_asked_to_review, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let mut sano = app.sign_in("sano").await;
    let (first_case, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (case, other) = recorded(app, &mut sano, "高橋 華子").await;
    told_to(app, &mut sano, &case, &other, "shakyo").await;
    told_to(app, &mut kinoshita, &first_case, &one, "hokubu").await;
    link(&mut kinoshita, &mut oda, [&one, &other]).await;
    dies(&mut kinoshita, &one).await.is(303);
    sano.get(&other).await.is(200).see(SAYS);
    sano.get(&format!("/cases/{case}")).await.see(SAYS).see(REVIEW);
    sano.get("/").await.see("同意と記録を見直す");
    sound(app).await;
});

story!(a_search_by_either_name_finds_what_stands_under_both, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (first_case, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (second_case, other) = recorded(app, &mut oda, "西田 まなぶ").await;
    let both = |page: &Page| {
        page.is(200);
        page.body.contains(&format!("/cases/{first_case}"))
            && page.body.contains(&format!("/cases/{second_case}"))
    };
    assert!(!both(&oda.search("西田").await));
    link(&mut kinoshita, &mut oda, [&one, &other]).await;
    for words in ["高橋", "西田"] {
        let page = oda.search(words).await;
        page.see("髙橋 花子").see("西田 まなぶ").see("1人");
        assert!(both(&page), "{}", page.text());
    }
    // Whoever is kept out of one of them finds what they found before.
    app.keep_out(&first_case, "oda").await;
    let page = oda.search("西田").await;
    page.see("西田 まなぶ").not_see("髙橋 花子");
    assert!(!both(&page));
});

story!(a_stale_word_on_a_pair_leads_to_the_pair_as_it_is_now, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let (_, other) = recorded(app, &mut oda, "高橋 華子").await;
    let pair = proposes(&mut kinoshita, [&one, &other]).await;
    let stale = oda.get(&pair).await;
    let mut second = app.sign_in("oda").await;
    second.get(&pair).await.is(200);
    second.post(&format!("{pair}/other"), &[]).await.is(303);
    oda.page = stale;
    let page = oda.post(&format!("{pair}/confirm"), &[]).await;
    page.is(409)
        .see("ほかの人が先に、この組のことを決めたか")
        .see("別の人と決めました")
        .see(&format!("href=\"{one}\""));
    // The page goes on from what is true now.
    oda.post(&format!("{pair}/back"), &[]).await.is(303);
});

story!(a_stale_death_or_departure_says_both_days_on_the_page_of_the_person, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let (_, one) = recorded(app, &mut kinoshita, "髙橋 花子").await;
    let stale = oda.get(&one).await;
    dies(&mut kinoshita, &one).await.is(303);
    oda.page = stale.clone();
    let page = oda.post(&format!("{one}/died"), &[("died", "R8.11.12")]).await;
    page.is(409)
        .see("令和8年11月10日に亡くなったと書きました")
        .see("R8.11.12")
        .see("取り消してから書き直して");
    page.see(&format!("action=\"{one}/died/undo\"")).see("id=\"undo_died-error\"");
    // Something else was changed meanwhile: the form is there, with what was typed.
    oda.page = stale;
    let page = oda.post(&format!("{one}/left"), &[("left", "R8.11.12")]).await;
    page.is(409).see("ほかの人が先に、この人のことを書きかえました").see("value=\"R8.11.12\"");
});

story!(the_dead_are_not_offered_for_what_is_to_come, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, haru) = recorded(app, &mut sano, "青木 ハル").await;
    let son = also(&mut sano, &case, "青木 太郎", "child").await;
    let home = first(&sano.get(&format!("/cases/{case}")).await, "households");
    dies(&mut sano, &haru).await.is(303);
    let (dead, son) = (format!("value=\"{}\"", id(&haru)), format!("value=\"{}\"", id(&son)));
    for page in [
        format!("/cases/{case}/participation?write=1"),
        format!("{home}/print"),
        format!("/cases/{case}/print"),
    ] {
        let page = sano.get(&page).await;
        page.is(200);
        assert!(page.body.contains(&son) && !page.body.contains(&dead), "{}", page.text());
    }
    // Of what is passed on somebody who died can be part: it is said beside the name, and somebody who lives is proposed.
    let page = sano.get(&format!("/cases/{case}/refer")).await;
    page.is(200).see("青木 ハル（亡くなった）").not_see("青木 太郎（亡くなった）");
    assert!(page.body.contains(&format!("{son} required checked")), "{}", page.text());
});

story!(a_household_that_everybody_has_left_keeps_a_name, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (case, haru) = recorded(app, &mut kinoshita, "青木 ハル").await;
    let taro = format!("/persons/{}", also(&mut kinoshita, &case, "青木 太郎", "child").await);
    let home = first(&kinoshita.get(&format!("/cases/{case}")).await, "households");
    for person in [&haru, &taro] {
        kinoshita.get(person).await;
        kinoshita.post(&format!("{person}/left"), &[("left", "R8.11.19")]).await.is(303);
    }
    let name = "青木 ハルさん（前にいた人）の世帯";
    kinoshita
        .get(&home)
        .await
        .see(name)
        .see("みなさんが、この世帯を離れました")
        .not_see("まだ名前を聞いていません");
    kinoshita.get(&format!("/cases/{case}")).await.see(name).see("いまは、だれもいません");
    kinoshita.get("/cases").await.see(name);
    // Two reviews of one kind on the page of the end: each says of whom it is.
    let end = kinoshita.get(&format!("/cases/{case}/end")).await;
    end.see(name).see("青木 ハルさんが令和8年11月19日に世帯を離れました");
    end.see("青木 太郎さんが令和8年11月19日に世帯を離れました");
    sound(app).await;
});

story!(days_the_wrong_way_round_are_said_beside_the_timeline, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (case, _) = recorded(app, &mut kinoshita, "青木 ハル").await;
    let page = kinoshita.get(&format!("/cases/{case}/timeline?from=R8.11.20&to=R8.11.1")).await;
    page.is(422).see("id=\"to-error\"").see("「この日から」より後の日にしてください");
    kinoshita.get(&format!("/cases/{case}/timeline?from=R8.11.1&to=R8.11.20")).await.is(200);
});

story!(what_other_desks_have_to_do_is_no_link_to_a_page_that_is_not_there, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _) = recorded(app, &mut sano, "青木 ハル").await;
    let shakyo = app.town.desk("shakyo").to_string();
    send(&mut sano, &case, &shakyo, &[("kind", "join")]).await;
    let page = sano.get(&format!("/cases/{case}")).await;
    page.see("バックアップふじさわ社協");
    for task in page.body.split("href=\"/tasks/").skip(1) {
        sano.get(&format!("/tasks/{}", task.split(['"', '?', '#']).next().unwrap())).await.is(200);
    }
});
