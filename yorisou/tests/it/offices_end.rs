//! An April 1 as a city enters it: by the administrator, on the pages 窓口・委託. A contract passes to another contractor, a wrong
//! day is taken back before it comes, two offices become one (domain section 3; `docs/decisions/0018`).

use access::{Right, Role, System};
use engine::{Origin, args};
use register::{EntityKind, NewAgency, NewUser, Span, acts};
use words::id::DeskId;
use words::{Day, Instant};

use crate::agreement::{begun, give, terms};
use crate::referral::case_of;
use crate::support::{App, Page, Person};

const LIST: &str = "/admin/offices";

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::new(year, month, day).unwrap()
}

/// A contract until March 31 with one desk and 職員minato at it; and 職員umi, who sits nowhere yet.
pub async fn commissioned(app: &App) -> DeskId {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.contract", &1).await.unwrap();
    let (past, last) = (day(2026, 4, 1), day(2027, 3, 31));
    let programme = "comprehensive_consultation";
    let entity = acts::add_legal_entity(&mut act, &right, "社会福祉法人みなと", EntityKind::Corporation);
    let entity = entity.await.unwrap();
    let contractor =
        acts::add_agency(&mut act, &right, &NewAgency::new("みなと相談所", entity, past)).await.unwrap();
    let sql = "SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2";
    let heir = app.town.desk("suishin_soudan");
    let section = act.facts().unwrap().one(sql, args![m, heir]).await.unwrap().get("agency_id").unwrap();
    let contract =
        acts::add_contract(&mut act, &right, "相談業務", contractor, section, &[programme], (past, last))
            .await
            .unwrap();
    let desk = acts::add_desk(&mut act, &right, contractor, programme, Some(contract), past, Some(heir));
    let desk = desk.await.unwrap();
    for login in ["minato", "umi"] {
        let new = NewUser {
            login: login.to_owned(),
            name: format!("職員{login}"),
            reading: String::new(),
            demo_line: "試す".to_owned(),
        };
        let user = acts::add_user(&mut act, &right, &new).await.unwrap();
        if login == "minato" {
            let post = acts::add_post(&mut act, &right, desk, Role::Caseworker, "").await.unwrap();
            let span = Span { from: past, to: None };
            acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
        }
    }
    act.commit("").await.unwrap();
    desk
}

/// How many rows a statement about the municipality counts.
pub async fn count(app: &App, sql: &'static str) -> i64 {
    let m = app.town.municipality;
    let begun = app.engine.system_act(System::Console, m, Origin::Console, "story.count", &1).await;
    begun.unwrap().facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

const CONTRACTS: &str = "SELECT COUNT(*) AS n FROM contract WHERE municipality_id = $1";

/// The value of the option whose word begins so.
pub fn option(page: &Page, word: &str) -> String {
    let before = page.body.split(&format!(">{word}")).next().unwrap();
    before.rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// What is ticked on the page, as a browser would send it.
fn ticked(page: &Page) -> Vec<String> {
    let boxes = page.body.split("name=\"again\" value=\"").skip(1);
    boxes
        .filter(|rest| rest.split('>').next().unwrap().contains(" checked"))
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// The administrator in February, with the list open.
pub async fn february(app: &App) -> Person {
    app.clock.set(Instant::at(day(2027, 2, 1), 9, 0));
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(LIST).await.is(200);
    kanri
}

/// Takes back what is planned, with everybody who is ticked.
pub async fn kept(kanri: &mut Person, path: &str, more: &[(&str, &str)]) -> Page {
    let page = kanri.get(path).await;
    let again = ticked(page.is(200));
    let mut fields: Vec<(&str, &str)> = again.iter().map(|id| ("again", id.as_str())).collect();
    fields.extend(more);
    kanri.post(path, &fields).await
}

story!(another_contractor_begins_and_reads_nothing_by_that, |app| async {
    let desk = commissioned(app).await;
    let named = desk.to_string();
    let (mut sano, case, person) = begun(app).await;
    let card = format!("/persons/{person}");
    give(&mut sano, &case, &terms(&person, &[("to_desk", &named), ("until", "R9.9.30")])).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    minato.get(&card).await.is(200);

    let mut kanri = february(app).await;
    let list = kanri.get(LIST).await;
    list.see("まだ決めていない").see("みなと相談所 相談業務").see("開いているケース 1件");
    kanri.get("/").await.see("窓口・委託");
    let form = list.link("別の受託者にかえる");
    let heir = format!("heir-{desk}");
    let shown = kanri.get(&form).await;
    shown.is(200).see("同意は引きつがれません").see("だれもついていない窓口").see("R9.3.31");
    // What is wrong stands beside its field, and what was typed stays.
    let (section, itself) = (app.town.desk("suishin_soudan").to_string(), desk.to_string());
    let wrong = [("title", "相談業務（新）"), ("last", "R9.3.31"), ("until", "R9.3.1"), (&heir, &itself)];
    kanri.post(&form, &wrong).await.is(422).see("より後の日を書いて").see("機関を一覧から選ぶか");
    let new = [("new_name", "うみかぜ相談所"), ("new_entity", "社会福祉法人うみかぜ")];
    let at = |last, heir_of| {
        let days = [("title", "相談業務（新）"), ("last", last), ("until", "R12.3.31"), (&*heir, heir_of)];
        new.iter().copied().chain(days).collect::<Vec<(&str, &str)>>()
    };
    kanri.post(&form, &at("R9.1.31", &section)).await.is(422).see("もう過ぎた日です").see("うみかぜ相談所");
    kanri.post(&form, &at("R9.4.1", &section)).await.is(422).see("で終わることになっています");
    kanri.post(&form, &at("R9.3.31", &itself)).await.is(422).see("引きつぎ先に、同じところは選べません");
    assert_eq!(count(app, CONTRACTS).await, 1);
    // A double click is one command.
    let shown = kanri.get(&form).await;
    let hidden = shown.form(&form).hidden;
    let sent = at("R9.3.31", &section);
    let mut all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    all.extend(sent);
    for _ in 0..2 {
        kanri.post_exactly(&form, &all).await.goes_to("/admin/offices?done=contract_passed");
    }
    assert_eq!(count(app, CONTRACTS).await, 2);
    kanri.follow().await.see("受託者の交代を登録しました").see("うみかぜ相談所").see("決まっている");
    // Somebody is appointed to the new desk before its first day.
    let page = kanri.get("/admin/appointments/new").await;
    let (user, post) = (option(&page, "職員umi"), option(&page, "うみかぜ相談所"));
    let new = [("user", user.as_str()), ("post", &post), ("from", "R9.4.1")];
    kanri.post("/admin/appointments/new", &new).await.is(303);

    on_the_day(app, (&case, &card), &own).await;
});

/// The last minute of March, and the first of April.
async fn on_the_day(app: &App, (case, card): (&str, &str), own: &str) {
    app.clock.set(Instant::at(day(2027, 3, 31), 23, 59));
    let mut minato = app.sign_in("minato").await;
    minato.get(own).await.is(200).see("MARK-C");
    minato.get(card).await.is(200);
    app.clock.set(Instant::at(day(2027, 4, 1), 0, 0));
    for path in [own, card, "/consultations"] {
        assert_ne!(minato.get(path).await.status, 200, "the former contractor: {path}");
    }
    let mut hase = app.sign_in("hase").await;
    hase.get(own).await.is(200).see("MARK-C");
    let mut umi = app.sign_in("umi").await;
    umi.get("/consultations").await.is(200).not_see("井上");
    for path in [own, card, &format!("/cases/{case}")] {
        umi.get(path).await.is(404);
    }
    // What was consented to for the former contractor is nobody's now: the desk that recorded it asks the person.
    hase.get(card).await.is(404);
    let m = app.town.municipality;
    casefile::office_end(&app.engine, m).await.unwrap();
    agreement::watch(&app.engine, m).await.unwrap();
    let mut sano = app.sign_in("sano").await;
    sano.get("/consents/ended").await.is(200).see("青木 ハル").see("みなと相談所");
    for reader in [&mut hase, &mut umi] {
        reader.get(card).await.is(404);
    }
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
}

story!(a_wrong_day_of_a_contract_is_taken_back_before_it_comes, |app| async {
    commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    let mut kanri = february(app).await;
    let list = kanri.get(LIST).await;
    let end = list.link("契約を終える");
    let here = end.trim_end_matches("/end");
    // The heir is filled in: the commissioning section's desk, named from the start.
    let page = kanri.get(&end).await;
    let heir = app.town.desk("suishin_soudan").to_string();
    let field = page.body.split("name=\"heir-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let field = format!("heir-{field}");
    assert!(page.body.contains(&format!("value=\"{heir}\" selected")), "{}", page.text());
    let old_tab = kanri.clone();
    kanri
        .post(&end, &[("last", "R9.2.28"), (&field, &heir)])
        .await
        .goes_to("/admin/offices?done=contract_ends");
    // A form from before somebody decided changes nothing.
    let mut stale = old_tab;
    stale.page = page;
    let command = app.engine.new_id::<words::id::kind::Command>().to_string();
    let fields = [("last", "R9.2.10"), (field.as_str(), heir.as_str()), ("command", command.as_str())];
    stale.post(&end, &fields).await.is(409);
    // Taken back with whoever sat there, and as long as the contract was.
    let keep = format!("{here}/keep");
    kanri.get(&keep).await.is(200).see("職員minato");
    kept(&mut kanri, &keep, &[("until", "R9.2.20")]).await.is(422).see("で終わることになっています");
    kept(&mut kanri, &keep, &[("until", "R9.3.31")]).await.goes_to("/admin/offices?done=office_kept");
    // Renewed by mistake, given up, and renewed.
    let renew = format!("{here}/renew");
    kanri.get(&renew).await.is(200).see("次の日から始まります");
    kanri.post(&renew, &[("title", "相談業務"), ("until", "R9.3.31")]).await.is(422).see("より後の日");
    kanri.post(&renew, &[("title", "相談業務"), ("until", "R10.3.31")]).await.is(303);
    let twice = [("title", "相談業務"), ("until", "R11.3.31")];
    kanri.get(&renew).await.is(200).see("次の契約が、もう入っています");
    let cancel = kanri.get(LIST).await.link("始まる前に取りやめる");
    kanri.get(&cancel).await.is(200).see("前の契約に戻ります");
    kanri.post(&cancel, &[]).await.goes_to("/admin/offices?done=contract_cancelled");
    kanri.get(&cancel).await.is(404);
    kanri.get(&renew).await.is(200);
    kanri.post(&renew, &twice).await.goes_to("/admin/offices?done=contract_renewed");
    kanri.get(LIST).await.see("次の契約が入っています");

    app.clock.set(Instant::at(day(2027, 4, 1), 9, 0));
    let mut minato = app.sign_in("minato").await;
    minato.get(&own).await.is(200).see("MARK-C");
    let mut hase = app.sign_in("hase").await;
    hase.get(&own).await.is(404);
    // After its day nothing is taken back any more.
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&keep).await.is(200).see("もう終わっています").not_see("取り消すことも延ばすこともできます");
    assert!(kanri.page.forms().iter().all(|f| f.action != keep));
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_former_contractor_comes_back_when_the_change_is_taken_back, |app| async {
    let desk = commissioned(app).await;
    let mut minato = app.sign_in("minato").await;
    let own = format!("/cases/{}", case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await);
    let mut kanri = february(app).await;
    let form = kanri.get(LIST).await.link("別の受託者にかえる");
    let (heir, section) = (format!("heir-{desk}"), app.town.desk("suishin_soudan").to_string());
    kanri.get(&form).await;
    let mut fields = vec![("new_name", "うみかぜ相談所"), ("new_entity", "社会福祉法人うみかぜ")];
    fields.extend([("title", "相談業務"), ("last", "R9.3.31"), ("until", "R12.3.31")]);
    fields.push((&heir, &section));
    kanri.post(&form, &fields).await.is(303);
    let cancel = kanri.get(LIST).await.link("始まる前に取りやめる");
    kanri.get(&cancel).await;
    kanri.post(&cancel, &[]).await.is(303);
    let keep = form.replace("/next", "/keep");
    kept(&mut kanri, &keep, &[("until", "R9.3.31")]).await.is(303);
    // The same again, with the agency that is known by now: the same desk is planned anew.
    let page = kanri.get(&form).await;
    fields.retain(|(name, _)| !name.starts_with("new_"));
    let known = option(&page, "うみかぜ相談所");
    fields.push(("agency", &known));
    kanri.post(&form, &fields).await.goes_to("/admin/offices?done=contract_passed");
    let desks = "SELECT COUNT(*) AS n FROM desk d JOIN agency_name a ON a.municipality_id = d.municipality_id \
                 AND a.agency_id = d.agency_id WHERE d.municipality_id = $1 AND a.name = 'うみかぜ相談所'";
    assert_eq!(count(app, desks).await, 1);
    let cancel = kanri.get(LIST).await.link("始まる前に取りやめる");
    kanri.get(&cancel).await;
    kanri.post(&cancel, &[]).await.is(303);
    kept(&mut kanri, &keep, &[("until", "R10.3.31")]).await.is(303);
    app.clock.set(Instant::at(day(2027, 4, 1), 9, 0));
    let mut minato = app.sign_in("minato").await;
    minato.get(&own).await.is(200).see("MARK-C");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_desk_ends_with_an_heir_and_a_slip_is_taken_back, |app| async {
    let mut noguchi = app.sign_in("noguchi").await;
    let own = format!("/cases/{}", case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-C").await);
    noguchi.get(LIST).await.is(404);
    let mut kanri = february(app).await;
    let desk = app.town.desk("ikiiki");
    let heir = format!("heir-{desk}");
    let (shakyo, itself) = (app.town.desk("shakyo").to_string(), desk.to_string());
    let (end, keep) = (format!("{LIST}/desks/{desk}/end"), format!("{LIST}/desks/{desk}/keep"));
    kanri.get(&end).await.is(200).see("開いているケース 1件").see("同意は引きつがれません");
    kanri.post(&end, &[("last", "R9.3.31"), (&heir, "")]).await.is(422).see("R9.3.31");
    kanri.post(&end, &[("last", "R7.3.31"), (&heir, &shakyo)]).await.is(422).see("始まりの日");
    kanri.post(&end, &[("last", "R9.1.31"), (&heir, &shakyo)]).await.is(422).see("もう過ぎた日です");
    kanri.post(&end, &[("last", "R9.3.31"), (&heir, &itself)]).await.is(422).see("同じところは選べません");
    // What comes of it is said once heir and day are chosen, and it is ticked for that heir and that day.
    let page = kanri.post(&end, &[("last", "R9.2.10"), (&heir, &shakyo)]).await;
    page.is(422).see("令和9年2月10日で終わります").see("野口").see("開いているケース 1件");
    page.see("「バックアップふじさわ社協」のものになります").see("しるしをつけてください");
    let sure = format!("{desk}:{shakyo}:2027-02-10");
    assert!(page.body.contains(&format!("value=\"{sure}\"")), "{}", page.body);
    let another = format!("{desk}:{shakyo}:2027-02-09");
    let tried = [("last", "R9.2.10"), (&heir, &shakyo), ("meant", another.as_str())];
    kanri.post(&end, &tried).await.is(422).see("しるしをつけてください");
    let sure = [("last", "R9.2.10"), (&heir, &shakyo), ("meant", sure.as_str())];
    kanri.post(&end, &sure).await.goes_to("/admin/offices?done=desk_ends");
    kanri.get(LIST).await.see("終わりを取り消す").see("次の日から「バックアップふじさわ社協」が引きつぎます");
    let page = kanri.get(&keep).await;
    assert_eq!(ticked(&page).len(), 2, "野口 and 三枝");
    kept(&mut kanri, &keep, &[]).await.goes_to("/admin/offices?done=office_kept");
    app.clock.set(Instant::at(day(2027, 2, 11), 9, 0));
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&own).await.is(200).see("MARK-C");
    // Ended for good: too late to take it back.
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&end).await;
    let sure = format!("{desk}:{shakyo}:2027-03-31");
    kanri.post(&end, &[("last", "R9.3.31"), (&heir, &shakyo), ("meant", &sure)]).await.is(303);
    app.clock.set(Instant::at(day(2027, 4, 1), 9, 0));
    assert_ne!(noguchi.get(&own).await.status, 200);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&own).await.is(200).see("MARK-C");
    // The page says so, and is no form any more; an old tab is refused.
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&keep).await.is(200).see("もう終わっています").not_see("その日が来る前なら");
    assert!(kanri.page.forms().iter().all(|f| f.action != keep));
    let command = app.engine.new_id::<words::id::kind::Command>().to_string();
    let old = [("command", command.as_str()), ("was", "2027-03-31")];
    kanri.post(&keep, &old).await.is(422).see("もう終わっています");
});

story!(offices_merge_on_their_day_and_not_when_it_was_taken_back, |app| async {
    let mut noguchi = app.sign_in("noguchi").await;
    let own = format!("/cases/{}", case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-M").await);
    let mut kanri = february(app).await;
    let list = kanri.get(LIST).await;
    let (ikiiki, hokubu) = (list.link("辻堂東いきいきサポートセンター"), list.link("北部福祉総合相談室"));
    let id = |href: &str| href.rsplit('/').next().unwrap().to_owned();
    let merge = kanri.get(&ikiiki).await.link("ほかの機関に統合する");
    kanri.get(&merge).await.is(200).see("同意は引きつがれません");
    let (own_id, other) = (id(&ikiiki), id(&hokubu));
    kanri
        .post(&merge, &[("agency", &own_id), ("from", "R9.4.1")])
        .await
        .is(422)
        .see("同じところは選べません");
    kanri.post(&merge, &[("agency", &other), ("from", "R9.2.1")]).await.is(422).see("明日か");
    let both = [("agency", other.as_str()), ("new_name", "辻堂総合センター"), ("from", "R9.4.1")];
    kanri.post(&merge, &both).await.is(422).see("どちらか一つ").see("辻堂総合センター");
    // Into a new office, which is a slip.
    let sure = format!("{own_id}:辻堂総合センター/:2027-03-01");
    let new = [("new_name", "辻堂総合センター"), ("from", "R9.3.1"), ("meant", sure.as_str())];
    kanri.post(&merge, &new).await.goes_to(&format!("{ikiiki}?done=agency_merges"));
    let keep = kanri.get(&ikiiki).await.link("統合・分けるのを取り消す");
    kept(&mut kanri, &keep, &[]).await.goes_to("/admin/offices?done=office_kept");
    app.clock.set(Instant::at(day(2027, 3, 1), 9, 0));
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get(&own).await.is(200).see("MARK-M").see("辻堂東いきいきサポートセンター");
    let mut kanri = app.sign_in("kanri").await;
    kanri.get(&merge).await.is(200);
    let sure = format!("{own_id}:{other}:2027-04-01");
    kanri.post(&merge, &[("agency", &other), ("from", "R9.4.1"), ("meant", &sure)]).await.is(303);
    let mut sano = app.sign_in("sano").await;
    sano.get(&own).await.is(404);
    app.clock.set(Instant::at(day(2027, 4, 1), 0, 0));
    assert_ne!(noguchi.get(&own).await.status, 200);
    let mut sano = app.sign_in("sano").await;
    sano.get(&own).await.is(200).see("MARK-M");
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(records_go_to_a_desk_nobody_expects_only_when_it_is_meant, |app| async {
    let desk = commissioned(app).await;
    let pharmacy = crate::inquiry::partner(app).await;
    let mut minato = app.sign_in("minato").await;
    case_of(app, &mut minato, "井上 ナツ", "眠れない-MARK-C").await;
    let mut kanri = february(app).await;
    let end = kanri.get(LIST).await.link("契約を終える");
    let heir = format!("heir-{desk}");
    kanri.get(&end).await.is(200).not_see("ふだんとちがう引きつぎ先");
    // Nobody there signs in: what that means stands on the page, with how much it is and to whom.
    let fields = [("last", "R9.2.28"), (&*heir, &*pharmacy)];
    kanri.post(&end, &fields).await.is(422).see("ふだんとちがう引きつぎ先").see("だれも記録を読めず");
    kanri.page.see("開いているケース 1件").see("こころ薬局").see("id=\"meant-error\"");
    kanri.post(&end, &fields).await.is(422);
    // Said of another desk, it is not said of this one.
    let other = [fields[0], fields[1], ("meant", "somebody else")];
    kanri.post(&end, &other).await.is(422);
    let meant = format!("{desk}:{pharmacy}");
    let all = [fields[0], fields[1], ("meant", &*meant)];
    kanri.post(&end, &all).await.goes_to("/admin/offices?done=contract_ends");
    // The section that commissioned it is what is expected.
    let end = kanri.get(LIST).await.link("終わりを直す");
    kanri.get(&end).await.is(200);
    let section = app.town.desk("suishin_soudan").to_string();
    kanri.post(&end, &[("last", "R9.2.20"), (&heir, &section)]).await.is(303);
});
