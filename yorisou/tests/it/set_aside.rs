//! Who is kept out of speaking for somebody, and who out of a household: told whom to ask for it, by name from outside too, and why
//! (domain section 4.5, disclosure rule 14).

use crate::agreement::terms;
use crate::consent::child_and_mother;
use crate::copy_for_whom::family;
use crate::support::{Page, Person};

/// Writes down a consent for the child by somebody of this name.
async fn by_name(
    who: &mut Person,
    (case, to): (&str, &str),
    child: &str,
    name: &str,
    relation: &str,
) -> Page {
    let form = format!("/cases/{case}/consents/new");
    who.get(&form).await.is(200);
    let by = [
        ("given_by", "guardian"),
        ("form", "signed"),
        ("to_desk", to),
        ("given_by_name", name),
        ("relation", relation),
        ("evidence", "戸籍"),
        ("until", "R9.3.31"),
    ];
    who.post(&form, &terms(child, &by)).await
}

story!(whoever_may_not_set_aside_is_told_whom_of_their_desk_to_ask, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, _, _) = child_and_mother(&mut imai).await;
    let aside = format!("/cases/{case}/set-aside");
    // Of the accountable desk: the role that is needed, and who has it there.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get(&aside).await;
    page.is(422).see("推進員か包括化推進員").see("今井 まこと").not_see("担当の窓口に頼んで");
    // Nothing was written that one could go back to; the page of the consents leads here.
    page.see("何も書きかえていません").not_see("書いたものに戻れます");
    let consents = kinoshita.get(&format!("/cases/{case}/consents")).await;
    assert_eq!(consents.is(200).link("だれに頼むかを見る"), aside);
    imai.get(&format!("/cases/{case}/consents")).await.not_see("だれに頼むかを見る");
    // Of no desk with a part: absence.
    app.sign_in("noguchi").await.get(&aside).await.is(404);
});

story!(a_guardian_from_outside_is_set_aside_by_name, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = child_and_mother(&mut imai).await;
    let ikiiki = app.town.desk("ikiiki").to_string();
    // A father who lives apart, and is not in the record: his word counts until somebody sets him aside.
    by_name(&mut imai, (&case, &ikiiki), &child, "早乙女 剛", "parent").await.is(303);
    let given = imai.page.location().split('?').next().unwrap().to_owned();
    app.clock.forward_minutes(5);
    let aside = format!("/cases/{case}/set-aside");
    let page = imai.get(&aside).await;
    page.is(200).see("民法 第826条").see("民法 第834条の2").see("民法 第860条");
    let fields = |name: &'static str| {
        [
            ("person", child.as_str()),
            ("guardian_name", name),
            ("guardian_reading", "サオトメ ツヨシ"),
            ("reason", "conflict"),
            ("article", "civil_834_2"),
        ]
    };
    imai.post(&aside, &fields("")).await.is(422).see("外す人を一覧から選ぶか");
    let both = [&fields("早乙女 剛")[..], &[("guardian", mother.as_str())]].concat();
    imai.post(&aside, &both).await.is(422).see("どちらか一つ").see("早乙女 剛");
    let set = fields("早乙女　剛");
    imai.post(&aside, &set).await.goes_to(&format!("{aside}?done=guardian_set_aside"));
    imai.get(&aside).await.see("早乙女").see("数えていないもの: 1件").see("民法 第834条の2");
    imai.page.see("外した人（記録にない人。名前で）");
    imai.get(&given).await.see("数えない");
    imai.get(&aside).await;
    let page = imai.post(&aside, &set).await;
    page.is(422).see("もう代わりから外されています").see("id=\"guardian_name-error\"");
    // His name is no way round, in whatever notation; the other parent speaks, and so does a guardian from outside.
    let refused = "代わりに同意する人から外されています";
    let page = by_name(&mut imai, (&case, &ikiiki), &child, "早乙女剛", "parent").await;
    page.is(422).see(refused).see("id=\"given_by_name-error\"").not_see("id=\"giver-error\"");
    by_name(&mut imai, (&case, &ikiiki), &child, "早乙女 剛", "minor_guardian").await.is(422).see(refused);
    // As it is read, where that was written down.
    by_name(&mut imai, (&case, &ikiiki), &child, "さおとめ つよし", "minor_guardian")
        .await
        .is(422)
        .see(refused);
    by_name(&mut imai, (&case, &ikiiki), &child, "早乙女 つよし", "minor_guardian")
        .await
        .is(422)
        .see(refused);
    by_name(&mut imai, (&case, &ikiiki), &child, "早乙女 剛（父）", "minor_guardian")
        .await
        .is(422)
        .see(refused);
    let form = format!("/cases/{case}/consents/new");
    imai.get(&form).await;
    let hers = [
        ("given_by", "guardian"),
        ("form", "signed"),
        ("to_desk", &ikiiki),
        ("giver", mother.as_str()),
        ("relation", "parent"),
        ("evidence", "戸籍"),
        ("until", "R9.3.31"),
    ];
    imai.post(&form, &terms(&child, &hers)).await.is(303);
    // Until he speaks for the child again.
    imai.get(&aside).await;
    let page = imai.page.form("/set-aside/end");
    let (id, person) = (page.value("aside"), page.value("person"));
    imai.post(&format!("{aside}/end"), &[("aside", &id), ("person", &person)]).await.is(303);
    imai.get(&aside).await.not_see("数えていないもの");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(whoever_is_kept_out_is_found_by_their_desk_and_why_is_for_those_who_may, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, _, _) = child_and_mother(&mut imai).await;
    let consents = format!("/cases/{case}/consents");
    let here = format!("/cases/{case}/exclusions");
    let choose = imai.get(&consents).await.is(200).link("見せない人を決める");
    let page = imai.get(&choose).await;
    page.is(200).see("<optgroup label=\"辻堂東いきいきサポートセンター\">").see("もとの人も");
    // Found by a part of the name or by the desk; desk and post stand beside the name.
    let page = imai.post(&choose, &[("q", "小田")]).await;
    page.is(200).see("小田 りか（バックアップふじさわ社協").not_see("野口 あや");
    imai.get(&choose).await;
    imai.post(&choose, &[("q", "いきいき")]).await.is(200).see("野口 あや").not_see("小田 りか");
    // As they are read, too.
    imai.get(&choose).await;
    imai.post(&choose, &[("q", "おだ")]).await.is(200).see("小田 りか").not_see("野口 あや");
    // Who it is, where they sit and why is said before it is done; until then nothing is.
    let oda = app.town.user("oda").to_string();
    imai.get(&choose).await;
    imai.post(&choose, &[("step", "check"), ("user", &oda)]).await.is(422).see("id=\"reason-error\"");
    imai.get(&choose).await;
    let page = imai.post(&choose, &[("step", "check"), ("user", &oda), ("reason", "partner")]).await;
    page.is(200).see("この人に見せないことにしますか").see("バックアップふじさわ社協").see("もとの人も");
    app.sign_in("oda").await.get(&consents).await.is(200);
    // A colleague of the accountable desk is told whom to ask, and finds the way there; whoever is of another desk, that it is another's.
    let mut kinoshita = app.sign_in("kinoshita").await;
    let page = kinoshita.get(&choose).await;
    page.is(422).see("推進員か包括化推進員").see("今井 まこと").not_see("担当の窓口に頼んで");
    let link = format!("href=\"{choose}\"");
    assert!(kinoshita.get(&consents).await.body.contains(&link));
    imai.get(&consents).await;
    imai.post(&here, &[("user", &oda)]).await.is(422).see("id=\"reason-error\"");
    imai.get(&consents).await;
    imai.post(&here, &[("user", &oda), ("reason", "partner")]).await.is(303);
    imai.get(&consents).await.see("小田 りか").see("配偶者・交際相手（もとの人も）");
    imai.post(&here, &[("user", &oda), ("reason", "other")]).await.is(422).see("もう見せないことに");
    // A colleague of the desk reads the page, and nothing of it.
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&consents).await.is(200).not_see("小田 りか").not_see("交際相手");
    app.sign_in("oda").await.get(&consents).await.is(404);
    // Nobody shuts themselves out by a slip in a long list; whoever means it says so.
    let me = app.town.user("imai").to_string();
    let page = imai.post(&here, &[("user", &me), ("reason", "relative")]).await;
    page.is(422).see("あなた自身です").see("わたし自身を外します").see("id=\"sure-error\"");
    imai.post(&here, &[("user", &me), ("reason", "relative"), ("sure", "yes")]).await.is(303);
    imai.get(&consents).await.is(404);
});

story!(the_auditor_knows_that_the_person_is_a_minor, |app| async {
    let mut imai = app.sign_in("imai").await;
    let (case, child, mother) = family(&mut imai).await;
    let reports = format!("/cases/{case}/reports");
    imai.get(&reports).await.is(200);
    let fields = [
        ("person", child.as_str()),
        ("asked_by", "guardian"),
        ("requester", &mother),
        ("tie", "parent"),
        ("evidence", "戸籍"),
        ("identity", "authority"),
        ("asked_on", "R8.11.21"),
        ("from", "R8.4.1"),
        ("until", "R8.11.21"),
    ];
    imai.post(&reports, &fields).await.is(303);
    let report = imai.page.location().split('?').next().unwrap().to_owned();
    let mut mori = app.sign_in("mori").await;
    mori.get(&report).await.is(200).see("18歳未満").not_see("平成21年").not_see("青木");
});
