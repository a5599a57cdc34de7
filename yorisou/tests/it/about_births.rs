//! Births: 「昭和50年頃」 is kept, shown and compared, and where it cannot be kept it is refused, never lost; twins are told by them.

use crate::family::{add, household, id_of};

story!(about_is_kept_of_a_birth_and_refused_elsewhere, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    let person = format!("/persons/{haru}");
    sano.get(&person).await.is(200);
    let known = |birth| [("name", "青木 ハル"), ("birth", birth), ("lives_together", "1")];
    sano.post(&person, &known("昭和50年5月1日頃"))
        .await
        .is(422)
        .see("id=\"birth-error\"")
        .see("昭和50年5月頃 のように");
    sano.post(&person, &known("S50ごろ")).await.is(303);
    sano.get(&person).await.see("value=\"昭和50年頃\"");
    sano.get(&home).await.see("昭和50年頃").see("49～52");
    // Sent again as it stands, it stays so.
    sano.get(&person).await;
    sano.post(&person, &known("昭和50年頃")).await.is(303);
    sano.get(&home).await.see("昭和50年頃");
    // Whoever was born in a year beside it can be the same person; further away nobody is.
    let twice = |birth| [("name", "青木 ハル"), ("birth", birth), ("lives_together", "1")];
    sano.post(&format!("{home}/members"), &twice("S51.3.1")).await.is(422).see("id=\"sure-error\"");
    sano.get(&home).await;
    sano.post(&format!("{home}/members"), &twice("S53.3.1")).await.is(303);
    sano.get(&person).await;
    sano.post(&format!("{person}/died"), &[("died", "R8頃")])
        .await
        .is(422)
        .see("「頃」は、ここには残せません")
        .see("value=\"R8頃\"");
});

story!(twins_hang_from_one_point_and_are_said_in_words, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    let haru = haru.as_str();
    let child =
        |name, birth| [("kind", "parent"), ("a", haru), ("b", "new"), ("name", name), ("birth", birth)];
    for (name, birth) in [("青木 蓮", "H27.5.1"), ("青木 葵", "H27.5.1"), ("青木 樹", "H29.5")] {
        assert_eq!(add(&mut sano, &home, &child(name, birth)).await, 303);
    }
    // Of one parent nothing is told: the father may be another one.
    sano.get(&home).await.not_see("ふたご");
    let ren = id_of(&mut sano, &home, "青木 蓮").await;
    let father = [("kind", "parent"), ("a", "new"), ("b", ren.as_str()), ("name", "森 隆")];
    assert_eq!(add(&mut sano, &home, &father).await, 303);
    let takashi = id_of(&mut sano, &home, "森 隆").await;
    let aoi = id_of(&mut sano, &home, "青木 葵").await;
    let hers = [("kind", "parent"), ("a", takashi.as_str()), ("b", aoi.as_str())];
    assert_eq!(add(&mut sano, &home, &hers).await, 303);
    sano.get(&home).await.see("青木 蓮・青木 葵はふたごです").see("<span>ふたご</span>").not_see("多胎");
    // Drawn like the others, where the town has it so.
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/drawings").await.is(200).see("一点から分けて描く");
    let alike = [("died", "cross"), ("names", "1"), ("relations", "1"), ("twins", "alike")];
    kanri.post("/admin/drawings", &alike).await.is(303);
    sano.get(&home).await.not_see("ふたご");
});
