//! Two agencies, one household: the coordinator alone is told.

use engine::args;

use crate::capacity::born;
use crate::referral::{case_of, send};
use crate::support::App;

async fn look(app: &App) -> usize {
    overlap::look_for(&app.engine, app.town.municipality).await.unwrap()
}

story!(two_agencies_hold_one_household_and_only_the_coordinator_is_told, |app| async {
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let first = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK").await;
    let second = case_of(app, &mut kinoshita, "青木 ハル", "眠れない-MARK").await;
    // The same name is nobody yet.
    assert_eq!(look(app).await, 0);
    born(&mut sano, &first).await;
    born(&mut kinoshita, &second).await;
    // The round comes by again: at its end first, then from the beginning.
    let mut told = 0;
    for _ in 0..3 {
        told += look(app).await;
    }
    assert_eq!(told, 1, "told once");

    let mut hase = app.sign_in("hase").await;
    let page = hase.get("/").await;
    page.see("二つの機関にかかわる世帯").not_see("青木").not_see("MARK");
    let list = hase.get("/overlaps").await;
    list.is(200).see("北部福祉総合相談室").see("バックアップふじさわ社協").not_see("青木");
    let path = list.body.split("href=\"/overlaps/").nth(1).unwrap().split('"').next().unwrap();
    let notice = format!("/overlaps/{path}");
    let page = hase.get(&notice).await;
    page.is(200).see("2026-00001").see("2026-00002").not_see("青木").not_see("MARK");
    // Not the desks, by no page of theirs.
    for who in [&mut sano, &mut kinoshita] {
        who.get(&notice).await.is(404);
        who.get("/overlaps").await.is(404);
        who.get("/").await.not_see("二つの機関");
    }
    kinoshita.get(&format!("/cases/{first}")).await.is(404);
    sano.get(&format!("/cases/{second}")).await.is(404);

    // A conference comes of it: neither desk is a member until the secretariat invites, and nothing lies there.
    let new = hase.get(&notice).await.link("会議の事案をひらく");
    let id = new.split("overlap=").nth(1).unwrap().to_owned();
    hase.get(&new).await.is(200).see("バックアップふじさわ社協").not_see("青木");
    let lead = app.town.desk("suishin").to_string();
    let fields = [
        ("position", "support_conference"),
        ("lead", lead.as_str()),
        ("question", ""),
        ("overlap", id.as_str()),
    ];
    let page = hase.post("/matters/new", &fields).await;
    page.is(303);
    let matter = page.location().split('?').next().unwrap().to_owned();
    hase.get(&matter).await.is(200).see("秘密を守る誓約");
    hase.post(&format!("{matter}/pledge"), &[]).await.is(303);
    hase.get(&matter).await.is(200).not_see("青木").not_see("MARK");
    sano.get(&matter).await.is(404);
    hase.get("/").await.not_see("二つの機関にかかわる世帯");
    hase.get(&notice).await.see("会議にかけた");
    assert_eq!(look(app).await + look(app).await, 0, "remembered");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(what_may_be_known_already_is_not_told_and_what_is_let_be_is_remembered, |app| async {
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let first = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let second = case_of(app, &mut kinoshita, "青木 ハル", "眠れない").await;
    born(&mut sano, &first).await;
    born(&mut kinoshita, &second).await;
    // They have to do with one another already: nothing to tell.
    send(&mut sano, &first, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    assert_eq!(look(app).await + look(app).await, 0);
    // Others are told, once, and it can be let be.
    let third = case_of(app, &mut sano, "三浦 ナツ", "仕事がない").await;
    let mut noguchi = app.sign_in("noguchi").await;
    let fourth = case_of(app, &mut noguchi, "三浦 ナツ", "眠れない").await;
    for (who, case) in [(&mut sano, &third), (&mut noguchi, &fourth)] {
        crate::capacity::born_as(who, case, "三浦 ナツ").await;
    }
    let mut told = 0;
    for _ in 0..3 {
        told += look(app).await;
    }
    assert_eq!(told, 1);
    let mut hase = app.sign_in("hase").await;
    let list = hase.get("/overlaps").await;
    let path = list.body.split("href=\"/overlaps/").nth(1).unwrap().split('"').next().unwrap();
    let notice = format!("/overlaps/{path}");
    hase.get(&notice).await;
    hase.post(&format!("{notice}/dismiss"), &[("reason", "")]).await.is(422);
    hase.get(&notice).await;
    let mut late = app.sign_in("hase").await;
    late.get(&notice).await;
    hase.post(&format!("{notice}/dismiss"), &[("reason", "others")])
        .await
        .goes_to("/overlaps?done=overlap_dismissed");
    hase.get("/overlaps").await.see("見送った（別の人だった）");
    // From a tab of before: both are said, nothing is written over, and there is a way back.
    let page = late.post(&format!("{notice}/dismiss"), &[("reason", "small")]).await;
    page.is(409)
        .see("もう決まっています")
        .see("見送った（別の人だった）")
        .see("いまは会議にかけるほどではない");
    assert_eq!(page.link("一覧へもどる"), "/overlaps");
    hase.get("/overlaps").await.see("見送った（別の人だった）");
    for _ in 0..3 {
        assert_eq!(look(app).await, 0, "let be is remembered");
    }
    hase.get("/").await.not_see("二つの機関にかかわる世帯");
    let m = app.town.municipality;
    let mut act = app
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "story.count", &m)
        .await
        .unwrap();
    let sql = "SELECT COUNT(*) AS n FROM overlap_notice WHERE municipality_id = $1";
    let n: i64 = act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap();
    assert_eq!(n, 1);
});

story!(a_consent_to_their_category_of_agencies_lets_them_know_already, |app| async {
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    crate::agreement::of_field(app, "shakyo", "medical").await;
    let first = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let second = case_of(app, &mut kinoshita, "青木 ハル", "眠れない").await;
    born(&mut sano, &first).await;
    born(&mut kinoshita, &second).await;
    let page = sano.get(&format!("/cases/{first}/consents/new")).await;
    let person = crate::referral::first_radio(&page.body, "person");
    let terms = crate::agreement::terms(&person, &[("to_field", "medical")]);
    let consent = crate::agreement::give(&mut sano, &first, &terms).await;
    assert_eq!(look(app).await + look(app).await, 0, "they may find out by themselves");
    crate::agreement::withdraw(&mut sano, &consent).await;
    assert_eq!((look(app).await + look(app).await).min(1), 1, "from now on nothing lets them know");
});

story!(where_a_sheltered_person_lives_makes_no_notice, |app| async {
    use crate::same::{HANAKO, Told, records};
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    // One name, one address, one telephone; no birth date. What makes them one is where they live.
    let told = Told { birth: "", reading: "", ..HANAKO };
    let household = records(&mut sano, told).await;
    let page = sano.get(&household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    sano.get(&person).await;
    let own = app.town.desk("hokubu").to_string();
    let kept = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &kept).await.is(303);
    let again =
        Told { name: "高橋 花子", phone: "0466123456", address: "藤沢市朝日町3-12-5", ..told };
    records(&mut kinoshita, again).await;
    for _ in 0..3 {
        assert_eq!(look(app).await, 0, "neither address nor telephone is ever a reason");
    }
    // It is lifted: then they are.
    sano.get(&person).await;
    sano.post(&format!("{person}/shelter/lift"), &[]).await.is(303);
    let mut told = 0;
    for _ in 0..3 {
        told += look(app).await;
    }
    assert_eq!(told, 1);
});

story!(a_former_name_is_one_household_too, |app| async {
    use crate::same::{HANAKO, Told, records};
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let before = Told {
        name: "小笠原 花子", reading: "おがさわら はなこ", phone: "", address: "", ..HANAKO
    };
    records(&mut sano, before).await;
    let household = records(&mut kinoshita, HANAKO).await;
    for _ in 0..3 {
        assert_eq!(look(app).await, 0);
    }
    let page = kinoshita.get(&household).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    kinoshita.get(&person).await;
    let name = [("former_name", "小笠原"), ("former_reading", "おがさわら")];
    kinoshita.post(&format!("{person}/names"), &name).await.is(303);
    let mut told = 0;
    for _ in 0..3 {
        told += look(app).await;
    }
    assert_eq!(told, 1, "the score of pairs of records is the rule");
    // Nobody at the two desks learns of it.
    for who in [&mut sano, &mut kinoshita] {
        who.get("/overlaps").await.is(404);
        who.get("/").await.is(200).not_see("二つの機関");
    }
});
