//! Ties that are seldom so are asked, never refused; what cannot be is refused; step-parents have a line of their own.

use crate::family::{add, household, id_of};

story!(what_is_seldom_so_is_asked_beside_its_tick, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    let ties = format!("{home}/ties");
    let haru = haru.as_str();
    let child = [("kind", "parent"), ("a", haru), ("b", "new"), ("name", "青木 蓮"), ("birth", "H27.5.1")];
    assert_eq!(add(&mut sano, &home, &child).await, 303);
    let ren = id_of(&mut sano, &home, "青木 蓮").await;
    // Her own child of eleven as her husband: a slip in the list of names.
    let slip = [("kind", "spouse"), ("a", haru), ("b", ren.as_str())];
    sano.get(&format!("{ties}/new")).await.is(200).not_see("name=\"sure\"");
    sano.post(&ties, &slip)
        .await
        .is(422)
        .see("親子と夫婦などの両方になります")
        .see("16歳になっていない人")
        .see("id=\"sure-error\"")
        .see(&format!("<option value=\"{ren}\" selected>"));
    // Each is asked by itself: one tick is not the other.
    sano.post(&ties, &[&slip[..], &[("sure", "young")]].concat())
        .await
        .is(422)
        .see("value=\"young\" checked")
        .see("id=\"sure-error\"");
    sano.get(&home).await.not_see("class=\"tie married\"");
    let both = [&slip[..], &[("sure", "young"), ("sure", "parent_and_child")]].concat();
    sano.post(&ties, &both).await.is(303);
    sano.get(&home).await.see("class=\"tie married\"");
    // A second marriage beside the one that lasts, and the same new person once more.
    let second = [("kind", "spouse"), ("a", haru), ("b", "new"), ("name", "田中 剛"), ("birth", "S50")];
    sano.get(&format!("{ties}/new")).await;
    sano.post(&ties, &second).await.is(422).see("結婚が、まだつづいています").not_see("同じ名前の人");
    sano.post(&ties, &[&second[..], &[("sure", "married_already")]].concat()).await.is(303);
    let twice = [("kind", "close"), ("a", haru), ("b", "new"), ("name", "田中　剛"), ("birth", "S50.3")];
    sano.get(&format!("{ties}/new")).await;
    sano.post(&ties, &twice).await.is(422).see("同じ名前の人が、もうこの家族にいます");
    // Of another age it is somebody else, and nothing is asked.
    let other = [("kind", "close"), ("a", haru), ("b", "new"), ("name", "田中 剛"), ("birth", "H20")];
    sano.post(&ties, &other).await.is(303);
});

story!(a_child_is_born_of_two_and_a_step_parent_has_a_line_of_their_own, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    let haru = haru.as_str();
    let child = [("kind", "parent"), ("a", haru), ("b", "new"), ("name", "青木 葵"), ("birth", "H20.5.1")];
    assert_eq!(add(&mut sano, &home, &child).await, 303);
    let aoi = id_of(&mut sano, &home, "青木 葵").await;
    let father = [("kind", "parent"), ("a", "new"), ("b", aoi.as_str()), ("name", "森 隆")];
    assert_eq!(add(&mut sano, &home, &father).await, 303);
    // A third one who is said to be the father.
    let third = [("kind", "parent"), ("a", "new"), ("b", aoi.as_str()), ("name", "北 実")];
    sano.get(&format!("{home}/ties/new")).await;
    sano.post(&format!("{home}/ties"), &third)
        .await
        .is(422)
        .see("実の親がもう2人書かれています")
        .see("id=\"kind-error\"");
    // Her mother's new husband: the line says what he is to her, and so does the list of signs.
    let husband = [("kind", "spouse"), ("a", haru), ("b", "new"), ("name", "森田 剛")];
    assert_eq!(add(&mut sano, &home, &husband).await, 303);
    let go = id_of(&mut sano, &home, "森田 剛").await;
    let step = [("kind", "step_parent"), ("a", go.as_str()), ("b", aoi.as_str())];
    assert_eq!(add(&mut sano, &home, &step).await, 303);
    sano.get(&home).await.see("class=\"tie step\"").see("継親と子").see("class=\"tie birth\"");
});
