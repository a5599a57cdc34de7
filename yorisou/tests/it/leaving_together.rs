//! Several people leave a household at once; who gives a household its name then; and nobody new is written down twice.

use crate::agreed_to::also;
use crate::casefile::first;
use crate::moving::open_reviews;
use crate::referral::case_of;
use crate::support::{App, Page, Person};

/// A case of a mother and her two children: the case, the household's path, and the ids of the three.
async fn family(app: &App, who: &mut Person) -> (String, String, [String; 3]) {
    let case = case_of(app, who, "青木 ハル", "家賃が払えない").await;
    let home = first(&who.get(&format!("/cases/{case}")).await, "households");
    let haru = first(&who.get(&home).await, "persons").trim_start_matches("/persons/").to_owned();
    let son = also(who, &case, "青木 太郎", "child").await;
    let daughter = also(who, &case, "青木 花", "child").await;
    (case, home, [haru, son, daughter])
}

/// Sends the form of those who leave together, from the page of the household as it is open.
async fn leave(who: &mut Person, home: &str, on: &str, people: &[&str]) -> Page {
    let mut fields = vec![("leave_on", on)];
    fields.extend(people.iter().map(|p| ("leave_who", *p)));
    who.post(&format!("{home}/left"), &fields).await
}

/// Corrects what is known of a person; the name is always sent.
async fn born(who: &mut Person, person: &str, name: &str, birth: &str) {
    let at = format!("/persons/{person}");
    who.get(&at).await.is(200);
    who.post(&at, &[("name", name), ("birth", birth), ("lives_together", "1")]).await.is(303);
}

story!(several_leave_on_one_day_with_one_review_that_names_them, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (case, home, [haru, son, daughter]) = family(app, &mut kinoshita).await;
    kinoshita.get(&home).await.see("何人かが世帯を離れたことを書く");
    // Who and when is asked beside the fields; what was typed stays.
    leave(&mut kinoshita, &home, "R9.3.1", &[])
        .await
        .is(422)
        .see("id=\"leave_who-error\"")
        .see("id=\"leave_on-error\"")
        .see("value=\"R9.3.1\"");
    born(&mut kinoshita, &son, "青木 太郎", "H22.5.1").await;
    kinoshita.get(&home).await;
    leave(&mut kinoshita, &home, "S40.1.1", &[&son, &daughter])
        .await
        .is(422)
        .see("生まれた日より前です")
        .see(&format!("value=\"{son}\" checked"));
    let stale = kinoshita.get(&home).await;
    kinoshita.get(&home).await;
    leave(&mut kinoshita, &home, "R8.11.19", &[&haru, &daughter]).await.is(303);
    kinoshita.follow().await.see("受け持つ窓口に、見直すやることができました");
    assert_eq!(open_reviews(app).await, 1);
    let page = kinoshita.get(&format!("/cases/{case}")).await;
    page.see("青木 ハルさん").see("青木 花さん").see("が令和8年11月19日に世帯を離れました");
    // Its end says so as well: whom it is about, not one line like another.
    let page = kinoshita.get(&format!("/cases/{case}/end")).await;
    page.see("青木 ハルさん").see("青木 花さん").see("世帯を離れました");
    // An older tab: they are no members any more.
    kinoshita.page = stale;
    leave(&mut kinoshita, &home, "R8.11.20", &[&daughter, &son]).await.is(422).see("id=\"leave_who-error\"");
    // One of the two was a mistake: the review goes on about the other.
    kinoshita.get(&format!("/persons/{daughter}")).await;
    kinoshita.post(&format!("/persons/{daughter}/left/undo"), &[("undo_left", "wrong_person")]).await.is(303);
    assert_eq!(open_reviews(app).await, 1);
    kinoshita
        .get(&format!("/cases/{case}"))
        .await
        .see("青木 ハルさんが令和8年11月19日に世帯を離れました")
        .not_see("青木 花さんが令和8年11月19日");
    // Nobody else's household: absent for a stranger.
    let mut noguchi = app.sign_in("noguchi").await;
    noguchi.get("/").await;
    leave(&mut noguchi, &home, "R8.11.20", &[&son]).await.is(404);
});

story!(a_household_goes_by_an_adult_and_everybody_left_is_said_everywhere, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (case, home, [haru, son, daughter]) = family(app, &mut kinoshita).await;
    born(&mut kinoshita, &son, "青木 太郎", "H29.5.1").await;
    born(&mut kinoshita, &daughter, "青木 花", "H8.5.1").await;
    let person = format!("/persons/{haru}");
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.11.20")]).await.is(303);
    for at in [home.clone(), format!("/cases/{case}"), "/cases".to_owned()] {
        kinoshita.get(&at).await.see("青木 花さんの世帯").not_see("青木 太郎さんの世帯");
    }
    kinoshita.get(&home).await;
    leave(&mut kinoshita, &home, "R8.11.21", &[&son, &daughter]).await.is(303);
    kinoshita.get(&format!("/persons/{haru}")).await;
    kinoshita.post(&format!("/persons/{haru}/left"), &[("left", "R8.11.21")]).await.is(303);
    let title = "青木 花さん（前にいた人）の世帯";
    for at in [home.clone(), "/search".to_owned(), format!("/triage/new?case={case}")] {
        kinoshita.get(&at).await.is(200).see(title);
    }
});

story!(the_same_new_member_twice_is_asked, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let (_, home, _) = family(app, &mut kinoshita).await;
    let members = format!("{home}/members");
    kinoshita.get(&home).await.not_see("id=\"sure\"");
    let again = [("name", "青木　太郎"), ("birth", "H22"), ("lives_together", "1")];
    kinoshita
        .post(&members, &again)
        .await
        .is(422)
        .see("同じ名前の人が、もうこの家族にいます")
        .see("id=\"sure-error\"")
        .see("value=\"青木　太郎\"");
    kinoshita.post(&members, &[&again[..], &[("sure", "twice")]].concat()).await.is(303);
    // Of another name nothing is asked.
    kinoshita.get(&home).await;
    kinoshita.post(&members, &[("name", "青木 次郎"), ("lives_together", "1")]).await.is(303);
});
