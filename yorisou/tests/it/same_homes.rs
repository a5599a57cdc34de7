//! A family that came to two windows: everybody of both households in one form, each still a pair of its own with two pairs of eyes.

use crate::agreed_to::also;
use crate::referral::{case_of, first_radio};
use crate::support::{App, Person};

/// A case of a mother and her child, with their days of birth: her page and that of the child.
async fn family(app: &App, who: &mut Person, [mother, child]: [&str; 2]) -> [String; 2] {
    let case = case_of(app, who, mother, "家賃が払えない").await;
    let page = who.get(&format!("/cases/{case}/consents/new")).await;
    let first = format!("/persons/{}", first_radio(&page.body, "person"));
    let second = format!("/persons/{}", also(who, &case, child, "child").await);
    for (person, name, reading, birth) in
        [(&first, mother, "にしだ はるこ", "1980-05-12"), (&second, child, "にしだ あおい", "2012-07-03")]
    {
        who.get(person).await.is(200);
        let known = [
            ("name", name),
            ("reading", reading),
            ("birth", birth),
            ("phone", "0466-12-3456"),
            ("lives_together", "1"),
        ];
        who.post(person, &known).await.is(303);
    }
    [first, second]
}

/// The values of the boxes that can be ticked.
fn pairs(who: &Person) -> Vec<String> {
    let boxes = who.page.body.split("name=\"pair\" value=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn says(who: &mut Person, at: &str, step: &str, pairs: &[String]) {
    let mut fields = vec![("step", step)];
    fields.extend(pairs.iter().map(|p| ("pair", p.as_str())));
    who.post(at, &fields).await;
}

story!(a_family_is_linked_in_one_form_and_each_pair_by_itself, |app| async {
    let (mut kinoshita, mut oda) = (app.sign_in("kinoshita").await, app.sign_in("oda").await);
    let ones = family(app, &mut kinoshita, ["西田 春子", "西田 葵"]).await;
    let others = family(app, &mut oda, ["西田 はる子", "西田 あおい"]).await;
    household::look_for(&app.engine, app.town.municipality).await.unwrap();
    let path = kinoshita.get("/same").await.link("西田 春子");
    let page = kinoshita.get(&path).await;
    page.is(200).see("二つの世帯の人を、まとめて見くらべる");
    let homes = format!("{path}/homes");
    kinoshita.get(&homes).await.is(200).see("西田 春子").see("西田 あおい").see("えらんだ組は、同じ人です");
    let both = pairs(&kinoshita);
    assert_eq!(both.len(), 2, "{}", kinoshita.page.text());
    // Nothing is chosen: it says so, beside the boxes.
    says(&mut kinoshita, &homes, "propose", &[]).await;
    kinoshita.page.is(422).see("組をひとつ以上えらんでください");
    says(&mut kinoshita, &homes, "propose", &both).await;
    kinoshita.page.is(303);
    // Nobody confirms their own word, here as little as on the page of a pair.
    kinoshita.get(&homes).await.not_see("えらんだ組を確かめて");
    says(&mut kinoshita, &homes, "confirm", &both).await;
    kinoshita.page.is(409);
    kinoshita.get(&ones[0]).await.not_see("としても記録されています");
    // Somebody else confirms; of two tabs the later one is told, and loses nothing.
    oda.get(&homes).await.is(200).see("えらんだ組を確かめて、まとめる");
    let stale = oda.page.clone();
    oda.get(&homes).await;
    says(&mut oda, &homes, "confirm", &both[..1]).await;
    oda.page.is(303);
    oda.page = stale;
    says(&mut oda, &homes, "confirm", &both).await;
    oda.page.is(409).see("ほかの人が先に決めたもの");
    for here in ones.iter().chain(&others) {
        kinoshita.get(here).await.is(200).see("としても記録されています");
    }
    // One of them was a mistake: it is undone alone.
    kinoshita.get(&format!("/same/{}", both[0])).await.is(200);
    kinoshita.post(&format!("/same/{}/back", both[0]), &[]).await.is(303);
    let linked =
        async |who: &mut Person, at: &str| who.get(at).await.body.contains("としても記録されています");
    assert!(linked(&mut kinoshita, &ones[0]).await != linked(&mut kinoshita, &ones[1]).await);
    // Who does not see both households has no such page.
    app.sign_in("sano").await.get(&homes).await.is(404);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});
