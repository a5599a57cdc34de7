//! What the pages 窓口・委託 hold together: nobody is left at a desk that ends, what was entered by hand stays, each refusal beside what it
//! is about; and the articles of a newer program reach a town that was there before (domain section 3; R-117).

use access::{Right, Role, System};
use engine::{Fail, Origin, args};
use register::{NewUser, Span, acts};
use words::Day;

use crate::offices_end::{count, february, kept, option};
use crate::retention::{self, at, step};
use crate::support::App;

const LIST: &str = "/admin/offices";
const IKIIKI: &str = "辻堂東いきいきサポートセンター";

async fn changed(app: &App, statements: &[&'static str]) {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.older", &1).await.unwrap();
    for sql in statements {
        act.save(&right).unwrap().exec(sql, args![m]).await.unwrap();
    }
    act.commit("").await.unwrap();
}

story!(articles_of_a_newer_program_reach_a_town_that_was_there_before, |app| async {
    changed(
        app,
        &[
            "DELETE FROM legal_basis WHERE municipality_id = $1 AND code LIKE 'civil_8%'",
            "UPDATE legal_basis SET valid_to = '2026-10-31' WHERE municipality_id = $1 AND code = 'dv_6'",
            "DELETE FROM conference_position WHERE municipality_id = $1 AND code = 'community_care'",
        ],
    )
    .await;
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/legal-bases").await.is(200).not_see("民法 第834条");
    let position = "SELECT COUNT(*) AS n FROM conference_position WHERE municipality_id = $1 AND code = 'community_care'";
    assert_eq!(count(app, position).await, 0);
    let all = "SELECT COUNT(*) AS n FROM legal_basis WHERE municipality_id = $1";
    for _ in 0..2 {
        yorisou::jobs::promises(&app.engine).await.unwrap();
        assert_eq!(count(app, all).await, 27);
    }
    kanri.get("/admin/legal-bases").await.see("民法 第834条の2").see("民法 第826条");
    assert_eq!(count(app, position).await, 1);
    // What the town had ended stays ended.
    let ended = "SELECT COUNT(*) AS n FROM legal_basis WHERE municipality_id = $1 AND code = 'dv_6' \
                 AND valid_to = '2026-10-31'";
    assert_eq!(count(app, ended).await, 1);
    // By the program, and by nobody of the town.
    let brought = "SELECT COUNT(*) AS n FROM legal_basis b JOIN command c ON c.municipality_id = b.municipality_id \
                   AND c.id = b.command_id WHERE b.municipality_id = $1 AND b.code LIKE 'civil_8%' \
                   AND c.author_id IS NULL AND c.kind = 'register.legal_bases'";
    assert_eq!(count(app, brought).await, 5);
});

story!(nobody_is_left_appointed_to_a_desk_that_ends, |app| async {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.umi", &1).await.unwrap();
    let new = NewUser {
        login: "umi".to_owned(),
        name: "職員umi".to_owned(),
        reading: String::new(),
        demo_line: "試す".to_owned(),
    };
    let user = acts::add_user(&mut act, &right, &new).await.unwrap();
    act.commit("").await.unwrap();
    let mut kanri = february(app).await;
    let page = kanri.get("/admin/appointments/new").await;
    let (who, post) = (option(&page, "職員umi"), option(&page, IKIIKI));
    let later = [("user", who.as_str()), ("post", &post), ("from", "R9.4.10")];
    kanri.post("/admin/appointments/new", &later).await.is(303);
    // Neither by ending the desk nor by ending its agency; who it is stands there once, under a heading of its own.
    let desk = app.town.desk("ikiiki");
    let (end, heir) = (format!("{LIST}/desks/{desk}/end"), format!("heir-{desk}"));
    let shakyo = app.town.desk("shakyo").to_string();
    kanri.get(&end).await.is(200);
    let sure = format!("{desk}:{shakyo}:2027-03-31");
    let ends = [("last", "R9.3.31"), (heir.as_str(), shakyo.as_str()), ("meant", sure.as_str())];
    let page = kanri.post(&end, &ends).await;
    page.is(422).see("職員umi").see("令和9年4月10日").see("いまはできません").see("R9.3.31");
    page.not_see("送る前に、次のところを直してください");
    assert_eq!(page.body.matches("その任命を取りやめてください").count(), 1);
    let list = kanri.get(LIST).await;
    let (agency, other) = (list.link(IKIIKI), list.link("北部福祉総合相談室"));
    let other = other.rsplit('/').next().unwrap().to_owned();
    let merge = kanri.get(&agency).await.link("ほかの機関に統合する");
    kanri.get(&merge).await.is(200);
    kanri.post(&merge, &[("agency", &other), ("from", "R9.4.1")]).await.is(422).see("職員umi");
    // Given up before it begins, nothing stands in the way.
    let page = kanri.get(&format!("/admin/staff?user={user}")).await;
    page.see("まだ始まっていない任命です");
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"cancel\"")).unwrap();
    kanri.post(&form.action, &[("cancel", "yes")]).await.goes_to("/admin/staff?done=appointment_cancelled");
    kanri.get(&format!("/admin/staff?user={user}")).await.not_see("まだ始まっていない任命です");
    kanri.get(&end).await.is(200);
    kanri.post(&end, &ends).await.goes_to("/admin/offices?done=desk_ends");
    // And nobody is appointed to it for a day on which it is over.
    kanri.get("/admin/appointments/new").await.is(200);
    kanri.post("/admin/appointments/new", &later).await.is(422).see("もうありません");
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
});

story!(a_desk_entered_by_hand_stays_when_a_division_is_taken_back, |app| async {
    let mut kanri = february(app).await;
    let m = app.town.municipality;
    // Only what is chosen is asked for, where a script can.
    kanri.get(&format!("{LIST}/new")).await.is(200).see("data-show-when=\"contract=*\"");
    let new = [
        ("new_name", "辻堂高齢センター"),
        ("new_entity", "社会福祉法人ひがし"),
        ("entity_kind", "corporation"),
        ("field", "general"),
        ("open", "0"),
        ("programmes", "comprehensive_consultation"),
        ("posts", "caseworker"),
        ("from", "R9.4.1"),
    ];
    kanri.post(&format!("{LIST}/new"), &new).await.goes_to("/admin/offices?done=desk_opens");
    let agency = kanri.get(LIST).await.link(IKIIKI);
    let split = kanri.get(&agency).await.link("二つに分ける");
    let page = kanri.get(&split).await;
    let one = option(&page, "辻堂高齢センター");
    let carry = format!("carry-{}", app.town.desk("ikiiki"));
    let fields = [
        ("agency", one.as_str()),
        ("new_name2", "辻堂子どもセンター"),
        ("from", "R9.4.1"),
        (&carry, "first_both"),
    ];
    kanri.post(&split, &fields).await.goes_to(&format!("{agency}?done=agency_splits"));
    let keep = kanri.get(&agency).await.link("統合・分けるのを取り消す");
    kept(&mut kanri, &keep, &[]).await.goes_to("/admin/offices?done=office_kept");
    let by_hand = "SELECT COUNT(*) AS n FROM desk d JOIN agency_name a ON a.municipality_id = d.municipality_id \
                   AND a.agency_id = d.agency_id WHERE d.municipality_id = $1 AND a.name = '辻堂高齢センター' \
                   AND d.valid_to IS NULL";
    let by_it = "SELECT COUNT(*) AS n FROM desk d JOIN agency_name a ON a.municipality_id = d.municipality_id \
                 AND a.agency_id = d.agency_id WHERE d.municipality_id = $1 AND a.name = '辻堂子どもセンター' \
                 AND d.valid_to IS NULL";
    assert_eq!((count(app, by_hand).await, count(app, by_it).await), (1, 0));
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
});

story!(of_two_agencies_each_refusal_stands_beside_the_one_it_is_about, |app| async {
    let mut kanri = february(app).await;
    let list = kanri.get(LIST).await;
    let id = |href: &str| href.rsplit('/').next().unwrap().to_owned();
    let (agency, other) = (list.link(IKIIKI), id(&list.link("北部福祉総合相談室")));
    let split = kanri.get(&agency).await.link("二つに分ける");
    let (own, carry) = (id(&agency), format!("carry-{}", app.town.desk("ikiiki")));
    kanri.get(&split).await.is(200);
    // A day that has passed is told with everything else, and each line says which of the two it is about.
    let page = kanri.post(&split, &[("from", "R8.11.1"), (&carry, "")]).await;
    page.is(422).see("1つめ: 一覧から: ").see("2つめ: 一覧から: ").see("明日か、それより後の日");
    let same = [("agency", other.as_str()), ("agency2", &other), ("from", "R9.4.1"), (&carry, "first")];
    let page = kanri.post(&split, &same).await;
    page.is(422).see("1つめと2つめが同じ").see("id=\"agency2-error\"").not_see("id=\"agency-error\"");
    let itself = [("agency", other.as_str()), ("agency2", &own), ("from", "R9.4.1"), (&carry, "first")];
    let page = kanri.post(&split, &itself).await;
    page.is(422).see("id=\"agency2-error\"").not_see("id=\"agency-error\"");
});

story!(whoever_comes_late_to_a_list_for_disposal_reads_what_is_true_now, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    retention::close(&mut kinoshita, &case, "").await;
    at(app, 2032, 4, 1);
    let day = Day::new(2032, 4, 1).unwrap();
    for login in ["hase", "oda"] {
        app.town.appoint(&app.engine, login, "shakyo", Role::AgencyLead, day).await;
    }
    let mut mori = app.sign_in("mori").await;
    let here = retention::list(&mut mori).await.unwrap();
    let (mut hase, mut oda) = (app.sign_in("hase").await, app.sign_in("oda").await);
    // That nobody is there is for the auditor to say: whoever reads this is there.
    mori.get(&here).await.is(200).not_see("いま承認できる人がいない");
    hase.get(&here).await.is(200).not_see("いま承認できる人がいない");
    oda.get(&here).await.is(200);
    let nobody = [("item", "1"), ("why", "nobody")];
    step(&mut hase, &here, "refuse", &nobody).await.is(422).see("個人情報保護担当がえらびます");
    // The auditor's approval leaves the lead's open page as it is; another lead's does not.
    step(&mut mori, &here, "approve_list", &[]).await.is(303);
    hase.post(&here, &[("step", "approve_all")]).await.is(303);
    let page = oda.post(&here, &[("step", "refuse"), ("item", "1"), ("why", "needed")]).await;
    page.is(409)
        .see("一覧が変わりました")
        .see("窓口の承認 1件")
        .see("一覧の承認: 令和14年4月1日")
        .see("森 健一");
    assert_eq!(page.link("廃棄の一覧にもどる"), "/disposal");
    // The page that came back is of now: it goes on from there.
    oda.post(&here, &[("step", "refuse"), ("item", "1"), ("why", "needed")]).await.is(303);
});

story!(nobody_begins_at_a_desk_that_is_over, |app| async {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.over", &1).await.unwrap();
    let (desk, heir) = (app.town.desk("ikiiki"), app.town.desk("shakyo"));
    let post = acts::add_post(&mut act, &right, desk, Role::Caseworker, "").await.unwrap();
    let day = |day| Day::new(2027, 2, day).unwrap();
    acts::end_desk(&mut act, &right, desk, day(10), heir).await.unwrap();
    // Whoever asks: a page, an import, a hand-over of the register.
    let user = app.town.user("tsuji");
    let from = |from| Span { from, to: None };
    let refused = acts::appoint(&mut act, &right, user, post, None, from(day(11)), "").await;
    assert!(matches!(refused, Err(Fail::Refused(why)) if why.key == "register.desk_over"));
    acts::appoint(&mut act, &right, user, post, None, from(day(10)), "").await.unwrap();
});
