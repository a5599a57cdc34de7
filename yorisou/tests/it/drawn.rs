//! Drawings of a family: what a symbol says, and who stands where.

use crate::family::{add, household, id_of};

story!(a_symbol_says_no_less_than_the_list_beside_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    for (name, birth) in [("鈴木 一郎", "S45"), ("鈴木 次郎", "S47.12"), ("鈴木 三郎", "S50.1.1")]
    {
        let fields = [("kind", "sibling"), ("a", &*haru), ("b", "new"), ("name", name), ("birth", birth)];
        assert_eq!(add(&mut sano, &home, &fields).await, 303);
    }
    // Of a year, and of a month that has not come yet this year: two ages, and one.
    sano.get(&home)
        .await
        .is(200)
        .see("55～56歳")
        .see(">55-56</text>")
        .see("class=\"age range\"")
        .see(">53</text>")
        .see(">51</text>");
    sano.get(&format!("{home}/print")).await.is(200).see(">55-56</text>");
});

/// How low a symbol with this name stands.
fn low(page: &str, name: &str) -> i32 {
    let label = page.split("<text class=\"name\"").find(|t| t.contains(&format!(">{name}</text>"))).unwrap();
    label.split(" y=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
}

story!(somebody_accused_who_is_no_relative_stands_beside_the_child, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = household(app, &mut sano).await;
    let child =
        [("kind", "parent"), ("a", &*haru), ("b", "new"), ("name", "青木 太郎"), ("lives_together", "1")];
    assert_eq!(add(&mut sano, &home, &child).await, 303);
    let taro = id_of(&mut sano, &home, "青木 太郎").await;
    let accused = [("kind", "violence"), ("a", "new"), ("b", &*taro), ("name", "大野 剛")];
    assert_eq!(add(&mut sano, &home, &accused).await, 303);
    let page = sano.get(&home).await;
    page.is(200).see("class=\"tie violence\"");
    assert_eq!(low(&page.body, "大野 剛"), low(&page.body, "青木 太郎"));
    assert!(low(&page.body, "青木 ハル") < low(&page.body, "大野 剛"), "not in the row of the mother");
});
