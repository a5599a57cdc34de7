//! What goes on and what does not when offices change: a contract that was given an end, an agency handed to another body, half-written
//! words of somebody who left, a consent whose recipient is gone, a letter whose asker is gone (domain section 3; disclosure, `own_record`).

use access::{Right, Role, System};
use engine::{Fail, Origin};
use register::acts;
use words::id::{ContractId, DeskId};
use words::{Day, Instant};

use crate::agreement::{begun, give, terms};
use crate::offices_end::{commissioned, count, february, kept, option};
use crate::referral::case_of;
use crate::support::{App, Page, Person};

const LIST: &str = "/admin/offices";
const IKIIKI: &str = "辻堂東いきいきサポートセンター";

fn day(month: u32, day: u32) -> Day {
    Day::new(2027, month, day).unwrap()
}

fn last_part(href: &str) -> String {
    href.rsplit('/').next().unwrap().to_owned()
}

/// A consultation half written: its draft.
async fn half_written(who: &mut Person, words: &str) -> String {
    let form = who.get("/consultations/new").await.form("/consultations").hidden;
    let draft = form.iter().find(|(name, _)| name == "draft").unwrap().1.clone();
    let path = format!("/drafts/{draft}");
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", words));
    who.post_exactly(&path, &fields).await.goes_to("/drafts?done=draft_saved");
    draft
}

/// 辻堂 ends on the last day of March; another desk has what was its.
async fn ikiiki_ends(app: &App, heir: &str) {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.ends", &1).await.unwrap();
    let (desk, heir) = (app.town.desk("ikiiki"), app.town.desk(heir));
    acts::end_desk(&mut act, &right, desk, day(3, 31), heir).await.unwrap();
    act.commit("").await.unwrap();
}

const NOBODYS: &str = "いまは中身を見られない下書き";

story!(half_written_words_go_with_the_last_appointment_and_come_back, |app| async {
    ikiiki_ends(app, "shakyo").await;
    app.clock.set(Instant::at(day(3, 31), 23, 50));
    let mut noguchi = app.sign_in("noguchi").await;
    let draft = half_written(&mut noguchi, "大友さちこ-MARK-D").await;
    half_written(&mut noguchi, "長後の人-MARK-E").await;
    // Among their work they read ahead what comes, and whoever takes over reads it afterwards.
    noguchi
        .get("/")
        .await
        .see("いまの予定では令和9年3月31日で終わります")
        .see("書きかけは、それまでに送ってください");
    noguchi.get("/drafts").await.is(200).see("MARK-D").see("MARK-E").not_see(NOBODYS);
    let open = format!("/consultations/new?draft={draft}");
    let tab = noguchi.get(&open).await;
    let typed = tab.is(200).form("/consultations").hidden;
    app.clock.set(Instant::at(day(4, 1), 0, 0));
    // How many, and what becomes of them; not a word of what was written.
    let page = noguchi.get("/drafts").await;
    page.is(200).see(NOBODYS).see("2件").see("引きつぎ先の窓口にも渡っていません");
    page.not_see("MARK").not_see("大友").not_see("長後").not_see("下書きはありません");
    assert_ne!(noguchi.get(&open).await.not_see("MARK").status, 200);
    // Neither does an open tab go on writing it, or read by it what another tab saved.
    let path = format!("/drafts/{draft}");
    let mut fields: Vec<(&str, &str)> = typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("words", "まだ書く"));
    noguchi.post_exactly(&path, &fields).await.is(404).not_see("MARK");
    let stale: Vec<(&str, &str)> = fields.iter().filter(|(n, _)| *n != "draft_version").copied().collect();
    noguchi.post_exactly(&path, &stale).await.is(404).not_see("MARK");
    // Nor does what a form says of the desk decide.
    let hokubu = app.town.desk("hokubu").to_string();
    fields.push(("draft_desk", &hokubu));
    noguchi.post_exactly(&path, &fields).await.is(404);
    // Another desk is no reason; the heir of that desk is.
    app.town.appoint(&app.engine, "noguchi", "hokubu", Role::Caseworker, day(4, 1)).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/drafts").await.see(NOBODYS).not_see("MARK");
    noguchi.get(&open).await.is(303).not_see("MARK");
    half_written(&mut noguchi, "北部の人-MARK-F").await;
    noguchi.get("/drafts").await.see(NOBODYS).see("MARK-F").not_see("MARK-D");
    app.town.appoint(&app.engine, "noguchi", "shakyo", Role::Caseworker, day(4, 1)).await;
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await.see("は令和9年3月31日で終わりました");
    noguchi.get("/drafts").await.see("MARK-D").see("MARK-E").see("MARK-F").not_see(NOBODYS);
    noguchi.get(&open).await.is(200).see("MARK-D");
});

story!(what_nobody_can_choose_from_is_thrown_away_together, |app| async {
    ikiiki_ends(app, "shakyo").await;
    app.clock.set(Instant::at(day(3, 31), 23, 50));
    let mut noguchi = app.sign_in("noguchi").await;
    for words in ["ひとつめ-MARK-D", "ふたつめ-MARK-E"] {
        half_written(&mut noguchi, words).await;
    }
    app.clock.set(Instant::at(day(4, 1), 0, 0));
    app.town.appoint(&app.engine, "noguchi", "hokubu", Role::Caseworker, day(4, 1)).await;
    let mut noguchi = app.sign_in("noguchi").await;
    half_written(&mut noguchi, "いまの人-MARK-F").await;
    let page = noguchi.get("/drafts").await;
    let form = page.forms().into_iter().find(|f| f.html.contains("name=\"closed\"")).unwrap();
    noguchi.post(&form.action, &[]).await.goes_to("/drafts?done=draft_deleted");
    noguchi.follow().await.see("MARK-F").not_see(NOBODYS);
    let left = "SELECT COUNT(*) AS n FROM draft WHERE municipality_id = $1";
    assert_eq!(count(app, left).await, 1);
});

/// Contracts in force or to come that have no desk.
const BARE: &str = "SELECT COUNT(*) AS n FROM contract c WHERE c.municipality_id = $1 AND c.valid_to >= '2027-04-01' \
                    AND c.valid_to >= c.valid_from AND NOT EXISTS (SELECT 1 FROM desk d \
                    WHERE d.municipality_id = c.municipality_id AND d.contract_id = c.id)";
const CONTRACTS: &str = "SELECT COUNT(*) AS n FROM contract WHERE municipality_id = $1";

/// What somebody is told who renews a contract at this moment, whatever page they come from.
async fn refused(app: &App, contract: &str) -> &'static str {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.renew", &1).await.unwrap();
    let contract: ContractId = contract.parse().unwrap();
    let until = Day::new(2028, 3, 31).unwrap();
    match acts::office::renew_contract(&mut act, &right, contract, "相談業務", until).await {
        Err(Fail::Refused(why)) => why.key,
        _ => "",
    }
}

/// The contract's address, ended on a day in February with the section as heir.
async fn ended(app: &App, kanri: &mut Person, desk: DeskId, last: &str) -> String {
    let end = kanri.get(LIST).await.link("契約を終える");
    let (heir, section) = (format!("heir-{desk}"), app.town.desk("suishin_soudan").to_string());
    kanri.get(&end).await.is(200);
    kanri.post(&end, &[("last", last), (&heir, &section)]).await.goes_to("/admin/offices?done=contract_ends");
    end.trim_end_matches("/end").to_owned()
}

const UNTIL: [(&str, &str); 2] = [("title", "相談業務"), ("until", "R10.3.31")];

story!(a_contract_given_an_end_is_renewed_once_that_is_taken_back, |app| async {
    let desk = commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    let mut kanri = february(app).await;
    let here = ended(app, &mut kanri, desk, "R9.3.31").await;
    let renew = format!("{here}/renew");
    kanri.get(LIST).await.not_see("更新する");
    // There is no form that would do nothing, but the way to one.
    let page = kanri.get(&renew).await;
    page.is(200)
        .see("この契約には終わりが入っていて")
        .not_see("この日まで更新する")
        .not_see("そのまま続きます");
    let keep = page.link("終わりを取り消す・延ばす");
    assert_eq!(keep, format!("{here}/keep"));
    assert_eq!(refused(app, &last_part(&here)).await, "office.renew_end_entered");
    assert_eq!(count(app, CONTRACTS).await, 1);
    kept(&mut kanri, &keep, &[("until", "R9.3.31")]).await.goes_to("/admin/offices?done=office_kept");
    kanri.get(&renew).await.is(200).see("そのまま続きます");
    kanri.post(&renew, &UNTIL).await.goes_to("/admin/offices?done=contract_renewed");
    assert_eq!(count(app, BARE).await, 0);
    // The renewal is taken back, and the contract with its desk, its people and its end are as before.
    let cancel = kanri.get(LIST).await.link("始まる前に取りやめる");
    kanri.get(&cancel).await;
    kanri.post(&cancel, &[]).await.goes_to("/admin/offices?done=contract_cancelled");
    kanri.get(&renew).await.is(200).see("そのまま続きます");
    kanri.post(&renew, &UNTIL).await.goes_to("/admin/offices?done=contract_renewed");
    assert_eq!(count(app, BARE).await, 0);
    // The day comes: whoever sat there works on.
    app.clock.set(Instant::at(day(3, 31), 23, 59));
    let mut minato = app.sign_in("minato").await;
    minato.get(&own).await.is(200).see("MARK-C");
    app.clock.set(Instant::at(day(4, 1), 0, 0));
    minato.get(&own).await.is(200).see("MARK-C");
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    minato.get(&own).await.is(200).see("MARK-C");
    app.sign_in("hase").await.get(&own).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_contract_whose_desks_have_ended_is_not_renewed, |app| async {
    let desk = commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    let mut kanri = february(app).await;
    let here = ended(app, &mut kanri, desk, "R9.2.28").await;
    app.clock.set(Instant::at(day(3, 1), 9, 0));
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    let mut kanri = app.sign_in("kanri").await;
    let page = kanri.get(&format!("{here}/renew")).await;
    page.is(200).see("もう終わりました").not_see("この日まで更新する").not_see("この窓口に戻ります");
    assert_eq!(page.link("機関・窓口・契約を入れる"), "/admin/offices/new");
    assert_eq!(refused(app, &last_part(&here)).await, "office.renew_desks_over");
    assert_eq!(count(app, CONTRACTS).await, 1);
    // Nothing of it came back.
    assert_ne!(app.sign_in("minato").await.get(&own).await.status, 200);
    app.sign_in("hase").await.get(&own).await.is(200).see("MARK-C");
});

story!(a_contract_that_has_run_out_goes_on_with_its_desk_when_the_papers_come, |app| async {
    commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    let here = february(app).await.get(LIST).await.link("更新する");
    app.clock.set(Instant::at(day(4, 10), 9, 0));
    let mut minato = app.sign_in("minato").await;
    assert_ne!(minato.get(&own).await.status, 200);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&here).await.is(200).see("もう切れています");
    kanri.post(&here, &UNTIL).await.goes_to("/admin/offices?done=contract_renewed");
    assert_eq!(count(app, BARE).await, 0);
    let mut minato = app.sign_in("minato").await;
    minato.get(&own).await.is(200).see("MARK-C");
    app.sign_in("hase").await.get(&own).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_merger_is_looked_at_before_it_is_registered, |app| async {
    crate::inquiry::partner(app).await;
    let mut noguchi = app.sign_in("noguchi").await;
    case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-M").await;
    let mut kanri = february(app).await;
    let list = kanri.get(LIST).await;
    let (agency, hokubu) = (list.link(IKIIKI), last_part(&list.link("北部福祉総合相談室")));
    let merge = kanri.get(&agency).await.link("ほかの機関に統合する");
    let page = kanri.get(&merge).await;
    page.is(200).see("藤沢市").not_see("この日に統合すると");
    let (own, pharmacy) = (last_part(&agency), option(&page, "こころ薬局"));
    // Another body where nobody signs in: what goes where, how much it is, and that it is unusual.
    let into = [("agency", pharmacy.as_str()), ("from", "R9.4.1")];
    let page = kanri.post(&merge, &into).await;
    page.is(422).see("この日に統合すると").see("藤沢市 から こころ薬局 へ（べつの法人）");
    page.see("開いているケース 1件").see("ついている人 2人").see("「こころ薬局」のものになります");
    page.see("いまの法人（藤沢市）の外に出ます").see("だれも記録を読めず").see("id=\"meant-error\"");
    page.see("令和9年4月1日");
    let sure = format!("{own}:{pharmacy}:2027-04-01");
    assert!(page.body.contains(&format!("value=\"{sure}\"")), "{}", page.body);
    // Ticked for another day, it is not ticked for this one.
    let other = format!("{own}:{pharmacy}:2027-04-02");
    kanri.post(&merge, &[into[0], into[1], ("meant", &other)]).await.is(422);
    kanri.get(&agency).await.is(200).see("ほかの機関に統合する");
    // An office of the same body with a desk of the same work: nothing is unusual, and it is ticked all the same.
    kanri.get(&merge).await;
    let page = kanri.post(&merge, &[("agency", &hokubu), ("from", "R9.4.1")]).await;
    page.is(422)
        .see("どちらも同じ法人")
        .not_see("べつの法人")
        .not_see("外に出ます")
        .not_see("だれも記録を読めず");
    // One that has no desk of that work yet.
    let page = kanri.post(&merge, &[("new_name", "辻堂総合センター"), ("from", "R9.4.1")]).await;
    page.is(422).see("新しくできる窓口").see("だれもついていない窓口ができます").see("どちらも同じ法人");
    kanri.get(&merge).await;
    let all = [into[0], into[1], ("meant", sure.as_str())];
    kanri.post(&merge, &all).await.goes_to(&format!("{agency}?done=agency_merges"));
});

story!(nobody_begins_before_their_desk_does, |app| async {
    let mut kanri = february(app).await;
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
    kanri.get(&format!("{LIST}/new")).await.is(200);
    kanri.post(&format!("{LIST}/new"), &new).await.goes_to("/admin/offices?done=desk_opens");
    let page = kanri.get("/admin/appointments/new").await;
    let (user, post) = (option(&page, "野口 あや"), option(&page, "辻堂高齢センター"));
    let at = |from| [("user", user.as_str()), ("post", post.as_str()), ("from", from)];
    let page = kanri.post("/admin/appointments/new", &at("R9.3.31")).await;
    page.is(422).see("令和9年4月1日に始まります").see("id=\"from-error\"");
    kanri.post("/admin/appointments/new", &at("R9.4.1")).await.is(303);
});

/// みなと passes to うみかぜ at the end of March, written down on February 1.
async fn passed_on(app: &App, kanri: &mut Person, desk: DeskId) {
    let form = kanri.get(LIST).await.link("別の受託者にかえる");
    kanri.get(&form).await.is(200);
    let (heir, section) = (format!("heir-{desk}"), app.town.desk("suishin_soudan").to_string());
    let fields = [
        ("new_name", "うみかぜ相談所"),
        ("new_entity", "社会福祉法人うみかぜ"),
        ("title", "相談業務（新）"),
        ("last", "R9.3.31"),
        ("until", "R12.3.31"),
        (&*heir, &*section),
    ];
    kanri.post(&form, &fields).await.goes_to("/admin/offices?done=contract_passed");
}

/// The value of a successor by its name.
fn successor(page: &Page, name: &str) -> String {
    let label = page
        .body
        .split("name=\"successor\" value=\"")
        .skip(1)
        .find(|rest| rest.split("</label>").next().unwrap().contains(name));
    label.unwrap_or_else(|| panic!("{name}: {}", page.text())).split('"').next().unwrap().to_owned()
}

/// The agency of a desk.
async fn agency_of(app: &App, desk: DeskId) -> String {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.agency", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2";
    let row = act.facts().unwrap().one(sql, engine::args![m, desk]).await.unwrap();
    row.get::<words::id::AgencyId>("agency_id").unwrap().to_string()
}

/// Two consents of January for みなと: one names the desk, one the agency.
async fn two_consents(app: &App, desk: DeskId) -> (String, [String; 2]) {
    let (_, case, person) = begun(app).await;
    app.clock.set(Instant::at(day(1, 15), 9, 0));
    let agency = agency_of(app, desk).await;
    let mut sano = app.sign_in("sano").await;
    let (named, until, from) = (desk.to_string(), ("until", "R9.9.30"), ("from", "R9.1.15"));
    let one = give(&mut sano, &case, &terms(&person, &[("to_desk", &named), until, from])).await;
    let two = give(&mut sano, &case, &terms(&person, &[("to_agency", &agency), until, from])).await;
    (case, [one, two])
}

story!(a_consent_whose_recipient_is_gone_is_found_and_carried_to_who_goes_on, |app| async {
    let desk = commissioned(app).await;
    let (case, consents) = two_consents(app, desk).await;
    let mut kanri = february(app).await;
    passed_on(app, &mut kanri, desk).await;
    let mut sano = app.sign_in("sano").await;
    sano.get("/consents/ended").await.see("相手がなくなった同意はありません");
    sano.get(&consents[1]).await.is(200).not_see("あとを継いだ窓口には、何も見えません");

    app.clock.set(Instant::at(day(4, 1), 9, 0));
    let mut sano = app.sign_in("sano").await;
    // Both stand there, with who holds the records and who goes on with the work.
    let list = sano.get("/consents/missing").await.link("相手がなくなった同意");
    assert_eq!(list, "/consents/ended");
    let list = sano.get(&list).await;
    list.is(200).see("うみかぜ相談所").see("地域共生社会推進室");
    let page = sano.get(&format!("/cases/{case}/consents")).await;
    assert_eq!(page.body.matches("<span class=\"chip warn\">相手がなくなった</span>").count(), 2);
    assert!(page.link("本人に確かめて引きつぐ").ends_with("/carry"));
    for consent in &consents {
        assert!(list.body.contains(&format!("{consent}/carry")), "{}", list.body);
        sano.get(consent).await.see("あとを継いだ窓口には、何も見えません");
        // Nor does the person's own paper name it as somebody who may be told.
        sano.get(&format!("{consent}/receipt")).await.is(200).see("ここは、もうありません");
        let carry = format!("{consent}/carry");
        let page = sano.get(&carry).await;
        assert_eq!(page.is(200).body.matches("name=\"successor\"").count(), 2, "{}", page.text());
        let next = successor(&page, "うみかぜ相談所");
        let told = |on| {
            [("given_by", "self"), ("form", "signed"), ("successor", next.as_str()), ("confirmed_on", on)]
        };
        // Asked neither before it was given nor before anybody could name who comes.
        let page = sano.post(&carry, &told("R9.1.14")).await;
        page.is(422).see("令和9年1月15日のものです").see("id=\"confirmed_on-error\"");
        let page = sano.post(&carry, &told("R9.1.31")).await;
        page.is(422).see("登録されたのは令和9年2月1日").see("id=\"confirmed_on-error\"");
        sano.post(&carry, &told("R9.4.2")).await.is(422).see("これから来る日");
        // Ahead of the day, once it was known, is right.
        let page = sano.post(&carry, &told("R9.2.1")).await;
        let new = page.is(303).location().split('?').next().unwrap().to_owned();
        let paper = sano.get(&format!("{new}/receipt")).await;
        paper.is(200).see("ったことに、かわるものです").not_see("ここは、もうありません");
    }
    sano.get("/consents/ended").await.see("相手がなくなった同意はありません");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(the_answer_to_a_question_goes_to_whoever_reads_it_now, |app| async {
    let mut noguchi = app.sign_in("noguchi").await;
    let case = case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-C").await;
    let shakyo = app.town.desk("shakyo").to_string();
    let inquiry = crate::inquiry::ask(&mut noguchi, &case, &shakyo, &[]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&inquiry).await.is(200).see(IKIIKI).not_see("いまは「");
    let letter = format!("{inquiry}/print");
    kinoshita.get(&letter).await.is(200).see("野口 あや").not_see("引きつぎました");
    ikiiki_ends(app, "hokubu").await;
    app.clock.set(Instant::at(day(4, 1), 9, 0));
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get(&inquiry).await;
    page.is(200).see("終わりました。いまは「北部福祉総合相談室」が引きついで、答えを読みます");
    // A letter on paper names nobody whose office is over as the one to answer to.
    let page = kinoshita.get(&letter).await;
    page.is(200).see("北部福祉総合相談室").see("は終わり、引きつぎました").not_see("野口");
    let mut sano = app.sign_in("sano").await;
    sano.get(&letter).await.is(200).see("は終わり、引きつぎました").not_see("野口");
});
