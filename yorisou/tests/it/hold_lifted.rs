//! 保全: its note names nobody, and it is lifted with a reason, by who set it or by the privacy auditor (decision 0044).

use crate::casefile;

story!(a_hold_is_lifted_with_a_reason_by_who_set_it_or_by_the_auditor, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = casefile::case(&mut kinoshita).await;
    let hold = format!("{case}/hold");
    let (mut imai, mut mori) = (app.sign_in("imai").await, app.sign_in("mori").await);
    // The note stands where the auditor reads it, who sees no names.
    let named = [("reason", "lawsuit"), ("note", "浜田 よし子の件")];
    imai.get(&hold).await.is(200);
    imai.post(&hold, &named).await.is(422).see("だれのことか分かる").see("浜田 よし子の件");
    imai.get(&hold).await.see("いまは保全していません");
    let titled = [("number", "2026-00001"), ("reason", "lawsuit"), ("note", "浜田さんの件")];
    mori.get("/retention/holds").await.is(200);
    mori.post("/retention/holds", &titled).await.is(422).see("だれのことか分かる").see("浜田さんの件");
    let numbered = [("number", "2026-00001"), ("reason", "lawsuit"), ("note", "令和8年(ワ)第1号")];
    mori.post("/retention/holds", &numbered).await.is(303);

    // What the auditor set is not lifted by whoever leads the desk.
    let held = mori.get("/retention/holds").await.link("保全を解く");
    let id = held.rsplit('/').next().unwrap().to_owned();
    imai.get(&hold).await.is(200).see("令和8年(ワ)第1号").see("保全した人でないので").not_see("解くわけ");
    let sure = [("lift", id.as_str()), ("why", "over"), ("sure", "1")];
    imai.post(&hold, &sure).await.is(422).see("保全した人でないので");
    kinoshita.get(&case).await.see("保全中: 訴訟");

    // The auditor says why, and that they are sure.
    mori.get(&held).await.is(200).see("2026-00001").not_see("浜田");
    mori.post(&held, &[]).await.is(422).see("印をつけて");
    mori.post(&held, &[("why", "over")]).await.is(422).see("印をつけて");
    kinoshita.get(&case).await.see("保全中: 訴訟");
    crate::retention::lift(&mut mori).await;
    mori.get("/retention/holds")
        .await
        .see("さいきん解いたもの")
        .see("訴訟・検査などが終わった")
        .see("森 健一");
    imai.get(&hold).await.see("これまでの保全").see("訴訟・検査などが終わった").see("森 健一");
    kinoshita.get(&case).await.not_see("保全中: ");
    // Lifted already: the page says so, and so does the act.
    mori.get(&held).await.is(200).see("いまは保全していません").not_see("解くわけ");

    // Whoever set it lifts it, with a reason; nobody on their way to something else.
    imai.get(&hold).await.is(200);
    imai.post(&hold, &[("reason", "complaint")]).await.is(303);
    imai.get(&hold).await.see("解くわけ");
    imai.post(&hold, &[("why", "mistake")]).await.is(422).see("印をつけて");
    kinoshita.get(&case).await.see("保全中: 苦情");
    let page = imai.post(&hold, &[("why", "mistake"), ("sure", "1")]).await;
    page.goes_to(&format!("{hold}?done=hold_lifted"));
    mori.get("/retention/holds").await.see("まちがって保全した").see("今井 まこと");
    let m = app.town.municipality;
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
});
