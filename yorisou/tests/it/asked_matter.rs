//! Who opens a confidential matter is told to whoever may not, and asked by them; which section has to be there is what the town chose.

use crate::agreed_to::provider_outside;
use crate::board::need;
use crate::compartment::on_agenda;
use crate::conference::whole;
use crate::decision::with_consent;
use crate::referral::case_of;

story!(whoever_may_not_open_a_matter_asks_the_desk_that_does, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let propose = format!("/sessions/propose?case={case}");
    sano.get(&propose)
        .await
        .is(200)
        .see("地域共生社会推進室（多機関協働）の包括化推進員です")
        .see("事案をひらくよう頼む");
    let ask = format!("/cases/{case}/ask-matter");
    // Who has no part in the case learns nothing, and asks nothing.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/sessions/propose").await;
    noguchi.post(&ask, &[]).await.is(404);
    let mut hase = app.sign_in("hase").await;
    let new = format!("/matters/new?asked={case}");
    hase.get(&new).await.is(404);
    hase.get("/").await.not_see("会議の事案をひらくか考える");
    sano.get(&propose).await;
    sano.post(&ask, &[]).await.is(303);
    sano.get(&propose).await.see("頼んであります").not_see("事案をひらくよう頼む");
    let page = hase.get("/").await;
    page.see("会議の事案をひらくか考える").not_see("MARK-W").not_see("青木");
    let rows = page.body.matches(&new).count();
    assert!(rows > 0, "{}", page.text());
    // Once, however often.
    sano.post(&ask, &[]).await.is(303);
    assert_eq!(hase.get("/").await.body.matches(&new).count(), rows);
    // The number and the desk, and nothing else.
    hase.get(&new)
        .await
        .is(200)
        .see("2026-00001")
        .see("北部福祉総合相談室")
        .not_see("MARK-W")
        .not_see("青木");
    hase.get(&format!("/cases/{case}")).await.is(404);
    app.sign_in("noguchi").await.get(&new).await.is(404);
    let matter = crate::conference::open(app, &mut hase, &new, "support_conference").await;
    hase.get("/").await.not_see("会議の事案をひらくか考える");
    hase.get(&format!("{matter}/office")).await.is(200).see("佐野 健");
    sano.get("/").await.see("誓約");
    hase.get(&new).await.is(404);
    whole(app).await;
});

story!(that_another_desk_asked_is_not_told_and_the_question_finds_a_coordinator, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    let (propose, ask) = (format!("/sessions/propose?case={case}"), format!("/cases/{case}/ask-matter"));
    sano.get(&propose).await;
    sano.post(&ask, &[]).await.is(303);
    // The desk that was asked has nobody who coordinates any more: asked again, the question goes to the one that has.
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.moved", &m).await;
    let mut act = begun.unwrap();
    let right = access::Right::system(access::System::Console);
    let sql = "UPDATE task SET desk_id = $2 WHERE municipality_id = $1 AND kind = 'asked_matter'";
    let moved = act.save(&right).unwrap().exec(sql, engine::args![m, app.town.desk("shakyo")]).await.unwrap();
    assert_eq!(moved, 1);
    act.commit("").await.unwrap();
    sano.get(&propose).await.see("事案をひらくよう頼む").not_see("頼んであります");
    sano.post(&ask, &[]).await.is(303);
    sano.get(&propose).await.see("頼んであります");
    let new = format!("/matters/new?asked={case}");
    let mut hase = app.sign_in("hase").await;
    hase.get(&new).await.is(200).see("2026-00001");
    // A case that has ended is no question any more.
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.is(200);
    let over = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    sano.post(&end, &over).await.is(303);
    hase.get("/").await.not_see("会議の事案をひらくか考える");
    hase.get(&new).await.is(404);
    whole(app).await;
});

story!(a_coordinator_kept_out_of_a_family_is_not_asked_about_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    sano.get(&format!("/sessions/propose?case={case}")).await;
    sano.post(&format!("/cases/{case}/ask-matter"), &[]).await.is(303);
    app.keep_out(&case, "hase").await;
    let mut hase = app.sign_in("hase").await;
    hase.get("/").await.not_see("会議の事案をひらくか考える");
    hase.get(&format!("/matters/new?asked={case}")).await.is(404);
});

story!(the_town_says_which_section_has_to_be_there, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    provider_outside(app).await;
    let mut kanri = app.sign_in("kanri").await;
    hase.get("/admin/sessions").await.is(404);
    kanri.get("/admin/sessions").await.is(200).see("市の課として、必ず来る窓口").see("決めない");
    // A section of the city, and no other desk.
    let outside = app.town.desk("suishin").to_string();
    kanri.post("/admin/sessions", &[("desk", outside.as_str())]).await.is(422).see("市の窓口を選んで");
    let section = app.town.desk("ikiiki").to_string();
    kanri.get("/admin/sessions").await;
    kanri.post("/admin/sessions", &[("desk", section.as_str())]).await.is(303);
    let page = kanri.get("/admin/sessions").await;
    assert!(page.body.contains(&format!("value=\"{section}\" selected")), "{}", page.text());
    let (_, session, _) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let once = format!("{matter}/once");
    let text: String = hase.get(&session).await.text().chars().filter(|c| !c.is_whitespace()).collect();
    assert!(text.contains("辻堂東いきいきサポートセンター市町村"), "{text}");
    hase.get(&once).await.is(200).see("辻堂東いきいきサポートセンター");
    // Nobody chose any more: the case says who comes, as before.
    kanri.get("/admin/sessions").await;
    kanri.post("/admin/sessions", &[("desk", "")]).await.is(303);
    hase.get(&once).await.is(200).not_see("辻堂東いきいきサポートセンター");
});

story!(what_a_case_could_not_get_is_offered_as_a_community_issue, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, _) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let hokubu = app.town.desk("hokubu").to_string();
    sano.get(&session).await.is(200).see("地域課題にする").not_see("かなわなかったこと");
    // Two that could not be met, one the person did not want, one about health, which the coordinator was not agreed to know.
    for (words, cat, why) in [
        ("買い物に行く手だて-MARK-A", "support", "too_far"),
        ("通院の手だて-MARK-A", "support", "too_far"),
        ("見守りの訪問-MARK-A", "support", "not_wanted"),
        ("往診してくれるところ-MARK-A", "health", "no_service"),
    ] {
        let area = if cat == "health" { "medical" } else { "isolation" };
        let need = need(&mut sano, &format!("/cases/{case}"), area, words, &hokubu, cat).await;
        sano.get(&need).await;
        sano.post(&format!("{need}/end"), &[("to", "unmet"), ("unmet", why), ("outcome", "")]).await.is(303);
    }
    let page = sano.get(&session).await;
    page.see("かなわなかったこと")
        .see("遠い")
        .see("（2件）")
        .see("制度・場所がない")
        .see("（1件）")
        .not_see("MARK-A");
    let page = hase.get(&session).await;
    page.see("（2件）").not_see("制度・場所がない").not_see("MARK-A").not_see("青木");
    hase.get(&format!("{session}/room")).await.see("（2件）").not_see("制度・場所がない");
    let at = page.body.split("href=\"/issues/new?").nth(1).unwrap().split('"').next().unwrap();
    let at = format!("/issues/new?{}", at.replace("&amp;", "&").replace("&#38;", "&"));
    hase.get(&at).await.is(200).see("遠い").not_see("MARK-A").not_see("2026-00001");
    assert!(hase.page.body.contains("value=\"mobility\" checked"), "{}", hase.page.text());
    // Who knows no more than a number is offered nothing.
    app.sign_in("noguchi").await.get(&session).await.not_see("かなわなかったこと");
    whole(app).await;
});

story!(a_consent_is_asked_for_the_desk_that_would_open_the_matter, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない-MARK-W").await;
    // Another provider of multi-agency cooperation, which coordinates nothing and stands first in every list of desks.
    let (m, from) = (app.town.municipality, words::Day::new(2020, 4, 1).unwrap());
    let (system, origin) = (access::System::Console, engine::Origin::Console);
    let mut act = app.engine.system_act(system, m, origin, "story.desk", &m).await.unwrap();
    let right = access::Right::system(system);
    let sql = "SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2";
    let row = act.facts().unwrap().one(sql, engine::args![m, app.town.desk("shakyo")]).await.unwrap();
    let (agency, programme) = (row.get("agency_id").unwrap(), "multi_agency");
    let first =
        register::acts::add_desk(&mut act, &right, agency, programme, None, from, None).await.unwrap();
    let today = act.now().day();
    let desks = register::desks(&mut act.facts().unwrap(), m, today).await.unwrap();
    let providers: Vec<_> = desks.iter().filter(|d| d.programme == programme).map(|d| d.id).collect();
    act.commit("").await.unwrap();
    let suishin = app.town.desk("suishin");
    assert_eq!(providers, [first, suishin], "it stands first");
    let page = sano.get(&format!("/sessions/propose?case={case}")).await;
    page.is(200).see("地域共生社会推進室（多機関協働）の包括化推進員です");
    assert!(page.body.contains(&format!("to_desk={suishin}")), "{}", page.body);
    assert!(!page.body.contains(&format!("to_desk={first}")));
});
