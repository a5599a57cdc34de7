//! What nobody learns by the side: from a checker, a guess, a refusal, a paper for somebody who left, a text made of another.

use access::System;
use engine::{Origin, args};

use crate::referral::{case_of, send};
use crate::support::{App, Person};

const ADDRESS: &str = "湘南台9-9-9";

/// What a paper says that has no ecomap.
const NONE: &str = "（エコマップ）は、この紙には載せていません";

/// 佐野's case of 青木 ハル, born in 1940 and living at [`ADDRESS`]: the case, the household and her page.
async fn known(app: &App, sano: &mut Person) -> (String, String, String) {
    let case = format!("/cases/{}", case_of(app, sano, "青木 ハル", "家賃が払えない").await);
    let page = sano.get(&case).await;
    let home = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{home}");
    let page = sano.get(&home).await;
    let haru = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let haru = format!("/persons/{haru}");
    sano.get(&haru).await.is(200);
    let card = [("name", "青木 ハル"), ("birth", "S15.5.12"), ("address", ADDRESS)];
    sano.post(&haru, &card).await.is(303);
    (case, home, haru)
}

/// 木下's desk has a part in it.
async fn joined(app: &App, sano: &mut Person, case: &str) -> Person {
    let to = app.town.desk("shakyo").to_string();
    let referral = send(sano, case.rsplit('/').next().unwrap(), &to, &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    kinoshita
}

async fn shelter(app: &App, sano: &mut Person, person: &str) {
    sano.get(person).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &fields).await.is(303);
}

/// Another member of the household; their id.
async fn member(sano: &mut Person, home: &str, name: &str) -> String {
    sano.get(home).await.is(200);
    sano.post(&format!("{home}/members"), &[("name", name), ("relation", "長男")]).await.is(303);
    let page = sano.get(&format!("{home}/ties/new")).await;
    let option = page.body.split("<option value=\"").find(|o| o.contains(&format!(">{name}</option>")));
    option.unwrap().split('"').next().unwrap().to_owned()
}

async fn ask_advice(app: &App, who: &mut Person, question: &str) -> u16 {
    let page = who.get("/advice/new").await;
    let topic = page.body.split("id=\"topic\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
    let topic = topic.split('"').next().unwrap().to_owned();
    let to = app.town.desk("suishin").to_string();
    let told = [
        ("to", to.as_str()),
        ("topic", &topic),
        ("question", question),
        ("own_view", "まず話を聞くつもりです"),
        ("meant", "1"),
    ];
    who.post("/advice/new", &told).await.status
}

story!(a_checker_knows_only_whom_its_writer_may_see, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _, _) = known(app, &mut sano).await;
    assert_eq!(ask_advice(app, &mut sano, "青木ハルの家のことです").await, 422);
    // Kept out of the case, the name is any other.
    app.keep_out(&case, "sano").await;
    assert_eq!(ask_advice(app, &mut sano, "青木ハルの家のことです").await, 303);
});

story!(a_guessed_address_finds_nobody_who_is_sheltered, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _, haru) = known(app, &mut sano).await;
    let mut kinoshita = joined(app, &mut sano, &case).await;
    shelter(app, &mut sano, &haru).await;
    kinoshita.get(&haru).await.is(200).see("青木 ハル").not_see("湘南台");
    for address in [ADDRESS, "湘南台1-1-1"] {
        kinoshita.get("/consultations/new").await.is(200);
        let told = [
            ("words", "近所から"),
            ("name", "青木 某"),
            ("birth", "1940"),
            ("address", address),
            ("channel", "counter"),
            ("occurred", "R8.11.20"),
            ("route", "self"),
            ("urgency", "normal"),
            ("topics", "income"),
        ];
        let page = kinoshita.post("/consultations", &told).await;
        assert!(!page.text().contains("青木 ハル"), "{address}: {}", page.text());
    }
});

story!(family_elsewhere_is_sheltered_like_a_member, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (_, home, haru) = known(app, &mut sano).await;
    let haru = haru.rsplit('/').next().unwrap().to_owned();
    sano.get(&format!("{home}/ties/new")).await.is(200);
    let tie = [("kind", "divorced"), ("a", &*haru), ("b", "new"), ("name", "小林 ユキ")];
    sano.post(&format!("{home}/ties"), &tie).await.is(303);
    let page = sano.get(&format!("{home}/ties/new")).await;
    let yuki = page.body.split("<option value=\"").find(|o| o.contains(">小林 ユキ</option>")).unwrap();
    let yuki = format!("/persons/{}", yuki.split('"').next().unwrap());
    sano.get(&yuki).await.is(200);
    let card = [("name", "小林 ユキ"), ("birth", "S20.1.2"), ("address", "朝日町3-12-5")];
    sano.post(&yuki, &card).await.is(303);
    shelter(app, &mut sano, &yuki).await;
    let mut noguchi = app.sign_in("noguchi").await;
    for (address, birth, status) in
        [("朝日町3-12-5", "", 422), ("朝日町1-1-1", "", 422), ("", "S20.1.2", 303)]
    {
        noguchi.get("/urgent").await.is(200);
        noguchi.post("/urgent", &[("reason", "life"), ("words", "何日も姿を見ない")]).await.is(303);
        let ask = noguchi.page.location().split('?').next().unwrap().to_owned();
        noguchi.get(&ask).await.is(200);
        let wanted = [("name", "小林 ユキ"), ("address", address), ("birth", birth)];
        assert_eq!(noguchi.post(&format!("{ask}/find"), &wanted).await.status, status, "{address}{birth}");
    }
});

story!(a_stage_that_another_desk_wrote_down_refuses_nobody, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, _, _) = known(app, &mut sano).await;
    let mut kinoshita = joined(app, &mut sano, &case).await;
    let id = case.rsplit('/').next().unwrap();
    for who in [&mut sano, &mut kinoshita] {
        let page = who.get(&format!("/stages/new?case={id}")).await;
        page.is(200);
        let person = crate::referral::first_radio(&page.body, "person");
        let told = [("case", id), ("person", &person), ("stage", "protection_ends"), ("on", "R9.3.31")];
        who.post("/stages/new", &told).await.is(303);
        who.get(&format!("/stages/new?case={id}")).await;
        who.post("/stages/new", &told).await.is(422).see("もう書いてあります");
    }
});

story!(what_is_kept_in_a_need_is_kept_in_the_parts_taken_in_it, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, _) = known(app, &mut sano).await;
    let son = member(&mut sano, &home, "青木 次郎").await;
    let own = app.town.desk("hokubu").to_string();
    let need =
        crate::board::need(&mut sano, &case, "rights", "次男に知られずに家を出る", &own, "support").await;
    let page = sano.get(&format!("{case}/entries")).await;
    let text = crate::casefile::text(&page, "次男に知られずに家を出る");
    sano.get(&text).await.is(200);
    sano.post(&format!("{text}/secret"), &[("from", &son)]).await.is(303);
    sano.get(&need).await.is(200);
    let part =
        [("desk", own.as_str()), ("what", "弁護士に会う-PART"), ("due", "R8.12.1"), ("what_cat", "support")];
    sano.post(&format!("{need}/take"), &part).await.is(303);
    sano.get(&format!("{case}/print")).await.is(200).see("弁護士に会う-PART");
    sano.get(&format!("{case}/print?for={son}"))
        .await
        .is(200)
        .not_see("弁護士に会う-PART")
        .not_see("家を出る");
});

story!(where_a_sheltered_person_goes_is_kept_with_where_they_live, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = known(app, &mut sano).await;
    // Where nothing was ever drawn a paper says that it has no ecomap, in the words that it has for what it leaves out.
    for paper in [&home, &case] {
        sano.get(&format!("{paper}/print")).await.is(200).see(NONE);
    }
    sano.get(&format!("{home}/outside/new")).await.is(200);
    let place = [
        ("out_name", "あじさいの家-PLACE"),
        ("out_kind", "place"),
        ("strength", "strong"),
        ("who", haru.rsplit('/').next().unwrap()),
    ];
    sano.post(&format!("{home}/outside"), &place).await.is(303);
    sano.get(&format!("{home}/print")).await.is(200).see("あじさいの家-PLACE").not_see(NONE);
    shelter(app, &mut sano, &haru).await;
    sano.get(&home).await.is(200).see("あじさいの家-PLACE");
    for paper in [&home, &case] {
        sano.get(&format!("{paper}/print")).await.is(200).not_see("あじさいの家-PLACE").see(NONE);
    }
});

story!(under_which_basis_a_desk_reads_is_no_matter_of_the_family, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = known(app, &mut sano).await;
    let given = haru.rsplit('/').next().unwrap();
    for paper in [format!("{home}/print"), format!("{case}/print")] {
        sano.get(&paper).await.is(200).see("見られる理由").see("じぶんの窓口の記録");
        sano.get(&format!("{paper}?for={given}"))
            .await
            .is(200)
            .see("青木 ハル")
            .not_see("見られる理由")
            .not_see("じぶんの窓口の記録");
    }
});

story!(whoever_left_can_be_given_a_paper_without_what_is_kept_from_them, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, _) = known(app, &mut sano).await;
    let son = member(&mut sano, &home, "青木 次郎").await;
    sano.get(&format!("/persons/{son}")).await.is(200);
    sano.post(&format!("/persons/{son}/left"), &[("left", "R8.11.19")]).await.is(303);
    for paper in [format!("{case}/print"), format!("{home}/print")] {
        let page = sano.get(&paper).await;
        page.is(200);
        assert!(page.body.contains(&format!("<option value=\"{son}\"")), "{paper}");
    }
    // Written down today that they left last week, they can come back today, and are there.
    sano.get(&format!("/persons/{son}")).await.is(200);
    sano.post(&format!("/persons/{son}/joined"), &[("joined", "R8.11.20"), ("joined_together", "1")])
        .await
        .is(303);
    sano.get(&format!("/persons/{son}")).await.is(200).see("さいごにいた日").not_see("世帯に入った日");
});

story!(a_search_notes_what_it_shows_and_not_what_it_passes_over, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    case_of(app, &mut kinoshita, "青木 ハル", "かくことはきかない、かきもしない").await;
    // All its pairs of letters stand in the text, the word does not.
    kinoshita.search("かきかく").await.is(200).not_see("きかない");
    kinoshita.search("きかない").await.is(200).see("きかない");
    let m = app.town.municipality;
    let mut act = app.engine.system_act(System::Console, m, Origin::Console, "test", &()).await.unwrap();
    let seen = "SELECT COUNT(*) AS n FROM access_log WHERE municipality_id = $1 AND channel = 'search' \
                AND record_kind = 'entry'";
    let seen: i64 = act.facts().unwrap().one(seen, args![m]).await.unwrap().get("n").unwrap();
    assert_eq!(seen, 1);
});

story!(who_agreed_for_somebody_is_named_only_to_whoever_may_know_them, |app| async {
    let mut sano = app.sign_in("sano").await;
    let (case, home, haru) = known(app, &mut sano).await;
    let son = member(&mut sano, &home, "青木 次郎").await;
    let mut kinoshita = joined(app, &mut sano, &case).await;
    let to = app.town.desk("shakyo").to_string();
    let new = format!("{case}/consents/new");
    sano.get(&new).await.is(200);
    let given = [
        ("do", "give"),
        ("person", haru.rsplit('/').next().unwrap()),
        ("given_by", "guardian"),
        ("giver", &son),
        ("relation", "adult_guardian"),
        ("evidence", "登記事項証明書"),
        ("form", "signed"),
        ("purpose", "support"),
        ("from", "R8.11.20"),
        ("to_desk", &to),
        ("share_cat", "basic"),
        ("share_cat", "household"),
        ("again", "yes"),
    ];
    sano.post(&new, &given).await.is(303);
    let consent = sano.page.location().split('?').next().unwrap().to_owned();
    sano.get(&consent).await.is(200).see("青木 次郎");
    // Named in it, and told of her: not of her son, of whom nobody agreed to tell.
    kinoshita.get(&consent).await.is(200).see("青木 ハル").see("親権者・後見人").not_see("次郎");
});
