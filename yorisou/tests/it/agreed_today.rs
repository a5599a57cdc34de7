//! Whether somebody agrees today, wherever it is said: the stage of the relation, the list of those without a consent, the consent that took
//! another one's place; and what is asked of a consent inside a referral or an inquiry is asked at the first send (R-114, R-211, disclosure
//! rule 9).

use words::{Day, Instant};

use crate::agreed_to::outside;
use crate::agreement::{begun, give, terms, withdraw};
use crate::consent::child_and_mother;
use crate::consent_everywhere::{inquire, refer};
use crate::referral::case_of;

const AGREED: &str = "青木 ハル 同意がある";
const ENDED: &str = "青木 ハル 同意は終わっている";
const NOBODY: &str = "同意のない人はいません";

story!(a_stage_that_speaks_of_a_consent_says_when_none_holds_any_more, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let (head, missing) = (format!("/cases/{case}"), "/consents/missing");
    let engaged = format!("{head}/engagement");
    sano.get(&engaged).await.is(200);
    let stage = [("person", person.as_str()), ("stage", "consenting"), ("since", "R8.11.21")];
    sano.post(&engaged, &stage).await.is(303);
    // Said, and nothing written down.
    sano.get(&head).await.see("青木 ハル いま有効な同意は見あたらない").not_see(AGREED);
    sano.get(missing).await.not_see(NOBODY).see("青木 ハル");
    // Withdrawn.
    let first = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    sano.get(&head).await.see(AGREED).not_see("同意は終わっている").not_see("あらためて聞く");
    sano.get(missing).await.see(NOBODY);
    withdraw(&mut sano, &first).await;
    let page = sano.get(&head).await;
    page.see(ENDED).not_see(AGREED);
    let ask = page.link("あらためて聞く");
    assert!(ask.starts_with(&format!("{head}/consents/new?person={person}")), "{ask}");
    sano.get(&ask).await.is(200).see(&format!("value=\"{person}\""));
    sano.get(missing).await.not_see(NOBODY).see("前の同意は終わった");
    // What was written at the time stays where it is history.
    sano.get(&engaged).await.see(ENDED).see("同意がある");
    // Struck as a mistake.
    let second = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    sano.get(&head).await.see(AGREED);
    sano.get(&second).await.is(200);
    sano.post(&format!("{second}/error"), &[("because", "not_given")]).await.is(303);
    sano.get(&head).await.see(ENDED).not_see(AGREED);
    sano.get(missing).await.not_see(NOBODY);
    // Replaced by one that is withdrawn: the earlier one does not come back.
    let third = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let link = sano.get(&third).await.link("聞きなおして");
    sano.get(&link).await.is(200);
    let page = sano.post(&format!("{head}/consents/new"), &terms(&person, &[("to_desk", &shakyo)])).await;
    let fourth = page.is(303).location().split('?').next().unwrap().to_owned();
    sano.get(&head).await.see(AGREED);
    withdraw(&mut sano, &fourth).await;
    sano.get(&head).await.see(ENDED);
    // By its day alone: nobody writes anything.
    give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo), ("until", "R8.11.30")])).await;
    sano.get(&head).await.see(AGREED);
    sano.get(missing).await.see(NOBODY);
    app.clock.set(Instant::at(Day::new(2026, 12, 1).unwrap(), 9, 0));
    let mut sano = app.sign_in("sano").await;
    sano.get(&head).await.see(ENDED).not_see(AGREED);
    sano.get(missing).await.not_see(NOBODY).see("青木 ハル");
});

story!(of_what_took_the_place_of_a_consent_nothing_is_said_to_whom_it_does_not_name, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    let first = give(&mut sano, &case, &terms(&person, &[("to_desk", &ikiiki)])).await;
    let link = sano.get(&first).await.link("聞きなおして");
    sano.get(&link).await.is(200);
    let page =
        sano.post(&format!("/cases/{case}/consents/new"), &terms(&person, &[("to_desk", &shakyo)])).await;
    let second = page.is(303).location().split('?').next().unwrap().to_owned();
    sano.get(&first).await.see(&second).see("このあとの同意: ").see("中身を変えた");
    app.sign_in("noguchi").await.get(&first).await.not_see(&second).not_see("このあとの同意: ");
});

story!(what_would_be_refused_of_a_consent_is_said_at_the_first_send, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    imai.get(&format!("/persons/{mother}")).await.is(200);
    let card = [("name", "青木 みどり"), ("birth", "S55.4.3")];
    imai.post(&format!("/persons/{mother}"), &card).await.is(303);
    let ikiiki = app.town.desk("ikiiki").to_string();
    // Somebody of seventeen speaks as the parent of an adult, without a last day.
    let given = [
        ("given_by", "guardian"),
        ("form", "signed"),
        ("giver", child.as_str()),
        ("relation", "parent"),
        ("evidence", "戸籍"),
        ("until", ""),
    ];
    let inquiry = [
        ("to", ikiiki.as_str()),
        ("person", mother.as_str()),
        ("purpose", "assessment"),
        ("basis", "consent"),
        ("share_cat", "basic"),
        ("questions", "受診していますか-MARK-Q1"),
        ("lead", ""),
    ];
    imai.get(&format!("/inquiries/new?about={case}")).await.is(200);
    let about = [("about", case.as_str())];
    let page = imai.post("/inquiries/new", &[&about[..], &inquiry, &given].concat()).await;
    // The wording that was put in hides nothing else.
    page.is(422).see("文案を入れました").see("MARK-Q1");
    page.see("18歳になっていない人は").see("id=\"giver-error\"");
    page.see("この日には18歳になっています").see("id=\"relation-error\"");
    page.not_see("終わりの日が始まりの日より前");
    let page = refer(&mut imai, &case, &ikiiki, &mother, &given).await;
    page.is(422).see("id=\"giver-error\"").see("この日には18歳になっています").see("MARK-S");
    page.not_see("終わりの日が始まりの日より前");
    // Also where something else is missing.
    let page = refer(&mut imai, &case, "", &mother, &given).await;
    page.is(422).see("id=\"to-error\"").see("id=\"giver-error\"").see("id=\"relation-error\"");
});

story!(a_second_consent_to_the_same_desk_is_meant_wherever_it_is_written_down, |app| async {
    let (mut sano, case, person) = begun(app).await;
    let (shakyo, ikiiki) = (app.town.desk("shakyo").to_string(), app.town.desk("ikiiki").to_string());
    let first = give(&mut sano, &case, &terms(&person, &[("to_desk", &shakyo)])).await;
    let own = [("given_by", "self"), ("form", "signed")];
    let meant = [&own[..], &[("again", "yes")]].concat();
    for inquiry in [false, true] {
        let page = if inquiry {
            inquire(&mut sano, &case, &shakyo, &person, &own).await
        } else {
            refer(&mut sano, &case, &shakyo, &person, &own).await
        };
        page.is(422).see("同じ相手への同意が、もうあります").see("id=\"again-error\"");
        page.see(&format!("href=\"{first}\"")).see("?follows=").see("バックアップふじさわ社協");
    }
    refer(&mut sano, &case, &shakyo, &person, &meant).await.is(303);
    inquire(&mut sano, &case, &shakyo, &person, &meant).await.is(303);
    // Another desk is no second one.
    refer(&mut sano, &case, &ikiiki, &person, &own).await.is(303);
});

story!(a_referral_offers_first_what_fits_between_the_two_bodies, |app| async {
    // From now on the consultation office is a council of social welfare; the centre stays the city's.
    outside(app, "hokubu").await;
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    let page = sano.get(&format!("/cases/{case}/refer?to={ikiiki}")).await;
    let select = page.is(200).body.split("<select id=\"article\"").nth(1).unwrap();
    let select = select.split("</select>").next().unwrap();
    let (first, other) = select.split_once("<optgroup").unwrap();
    let (private, inside) = ("value=\"pipa_27_1_2\"", "value=\"pipa_69_2_2\"");
    assert!(first.contains(private) && !first.contains(inside), "{first}");
    assert!(other.contains(inside) && !other.contains(private), "{other}");
    assert!(!select.contains("pipa_69_2_1\""), "a consent is no article");
});
