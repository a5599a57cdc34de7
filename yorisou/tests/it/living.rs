//! Where people live and lived, and what happened to them: kept over the years, and shown to whoever may know.

use crate::family::{household, id_of};
use crate::referral::send;

story!(where_somebody_lived_before_is_kept_and_shown_like_the_address, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = household(app, &mut sano).await;
    let person = format!("/persons/{haru}");
    sano.get(&person).await.is(200).see("前の住所");
    let known = [("name", "青木 ハル"), ("address", "湘南台7-7-7"), ("lives_together", "1")];
    sano.post(&person, &known).await.is(303);
    // A move keeps where they lived; the address of now is the new one.
    let moved = format!("{home}/moved");
    let step = [("moved", "R8.10.1"), ("moved_address", "辻堂8-8-8"), ("moved_who", &*haru)];
    sano.get(&home).await;
    sano.post(&moved, &step).await.is(303);
    let step = [("moved", "R8.11.20"), ("moved_address", "鵠沼9-9-9"), ("moved_who", &*haru)];
    sano.get(&home).await;
    sano.post(&moved, &step).await.is(303);
    sano.get(&person)
        .await
        .see("value=\"鵠沼9-9-9\"")
        .see("辻堂8-8-8（令和8年10月1日から令和8年11月20日まで）")
        .see("湘南台7-7-7（令和8年10月1日まで）");
    // By hand, with everything that is wrong at once and nothing lost; a wrong one is taken back.
    let wrong = [("lived_address", ""), ("lived_from", "きのう"), ("lived_until", "R99")];
    sano.post(&format!("{person}/addresses"), &wrong)
        .await
        .is(422)
        .see("id=\"lived_address-error\"")
        .see("id=\"lived_from-error\"")
        .see("value=\"きのう\"");
    sano.get(&person).await;
    let hand = [("lived_address", "大庭5-5-5"), ("lived_from", "H3"), ("lived_until", "H2")];
    sano.post(&format!("{person}/addresses"), &hand).await.is(422).see("住みはじめた日より前");
    sano.get(&person).await;
    let hand = [("lived_address", "大庭5-5-5"), ("lived_from", "H2"), ("lived_until", "H20")];
    sano.post(&format!("{person}/addresses"), &hand).await.is(303);
    let page = sano.get(&person).await;
    page.see("大庭5-5-5（平成2年から平成20年まで）");
    let row = page.body.split("<li>").find(|l| l.starts_with("大庭5-5-5")).unwrap();
    let remove = row.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Whoever has no basis removes nothing and learns nothing.
    let mut kinoshita = app.sign_in("kinoshita").await;
    assert_eq!(kinoshita.post(&remove, &[]).await.status, 404);
    kinoshita.get(&person).await.is(404);
    sano.get(&person).await;
    sano.post(&remove, &[]).await.is(303);
    sano.get(&person).await.not_see("大庭5-5-5");
    // With consent the other desk sees where they live and lived, and when they moved.
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    let timeline = format!("/cases/{case}/timeline");
    kinoshita.get(&person).await.is(200).see("鵠沼9-9-9").see("辻堂8-8-8").see("湘南台7-7-7");
    kinoshita.get(&timeline).await.see("青木 ハルさんが引っ越しました");
    // Sheltered, nothing of it: neither an address of before nor that they moved, on any page, paper or list of theirs.
    sano.get(&person).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &fields).await.is(303);
    for page in [person.clone(), timeline.clone(), format!("/cases/{case}"), home.clone(), referral.clone()] {
        let page = kinoshita.get(&page).await;
        page.not_see("辻堂8-8-8").not_see("湘南台7-7-7").not_see("鵠沼9-9-9").not_see("引っ越しました");
    }
    for words in ["辻堂8-8-8", "湘南台7-7-7"] {
        kinoshita.search(words).await.not_see("青木 ハル");
    }
    let add = [("lived_address", "大庭5-5-5")];
    assert_eq!(kinoshita.post(&format!("{person}/addresses"), &add).await.status, 404);
    // The desk that was named sees it on the screen, and on no paper.
    sano.get(&person).await.see("辻堂8-8-8");
    sano.get(&timeline).await.see("青木 ハルさんが引っ越しました");
    let prints = [format!("{timeline}?print=1"), format!("/cases/{case}/print"), format!("{home}/print")];
    for page in prints {
        sano.get(&page).await.is(200).not_see("辻堂8-8-8").not_see("湘南台7-7-7").not_see("引っ越しました");
    }
});

story!(what_happened_to_people_stands_on_the_timeline, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = household(app, &mut sano).await;
    let timeline = format!("/cases/{case}/timeline");
    sano.get(&home).await;
    sano.post(&format!("{home}/members"), &[("name", "青木 次郎"), ("lives_together", "1")]).await.is(303);
    let jiro = format!("/persons/{}", id_of(&mut sano, &home, "青木 次郎").await);
    // Since when he lives there, as far as it is known; once, and taken back when it was wrong.
    sano.get(&jiro).await.see("いつからいっしょに住んでいるか");
    sano.post(&format!("{jiro}/since"), &[("since", "R99")]).await.is(422).see("id=\"since-error\"");
    sano.get(&jiro).await;
    sano.post(&format!("{jiro}/since"), &[("since", "H30.4")]).await.is(303);
    sano.get(&home).await.see("平成30年4月から住んでいる");
    sano.get(&timeline).await.see("平成30年4月").see("青木 次郎さんがここに住みはじめました");
    sano.get(&jiro).await.not_see("いつからいっしょに住んでいるか");
    sano.post(&format!("{jiro}/living/undo"), &[("undo_what", "since"), ("undo_living", "slip")])
        .await
        .is(303);
    sano.get(&home).await.not_see("から住んでいる");
    sano.get(&timeline).await.not_see("住みはじめました");
    sano.get(&jiro).await;
    sano.post(&format!("{jiro}/since"), &[("since", "H29")]).await.is(303);
    sano.get(&jiro).await;
    sano.post(&format!("{jiro}/apart"), &[("apart", "R8.10.1")]).await.is(303);
    sano.get(&jiro).await.is(200);
    sano.post(&format!("{jiro}/left"), &[("left", "R8.10.31")]).await.is(303);
    let died = format!("/persons/{haru}/died");
    sano.get(&format!("/persons/{haru}")).await;
    sano.post(&died, &[("died", "R8.11.1")]).await.is(303);
    sano.get(&timeline)
        .await
        .see("青木 次郎さんが別に暮らすようになりました")
        .see("青木 次郎さんが世帯を離れました")
        .see("青木 ハルさんが亡くなりました");
    sano.get(&format!("{timeline}?kind=household")).await.see("さんが亡くなりました").not_see("主担当: ");
    sano.get(&format!("{timeline}?kind=referral")).await.not_see("さんが亡くなりました");
    // A day that cannot be read is said beside its field, and stays as it was typed.
    sano.get(&format!("{timeline}?from=%E3%81%8D%E3%81%AE%E3%81%86"))
        .await
        .is(422)
        .see("id=\"from-error\"")
        .see("value=\"きのう\"");
    // Whoever has no basis to the people has none of it.
    app.sign_in("kinoshita").await.get(&timeline).await.is(404);
});
