//! What is kept, whatever grants a record: where a sheltered person lives, and secrets inside the household
//! (disclosure rule 4).

use crate::referral::{case_of, send};
use crate::support::{App, Person};

pub const ADDRESS: &str = "湘南台9-9-9";
const PHONE: &str = "090-1234-5678";

/// 佐野 and 木下 both know where 青木 ハル lives: recorded by the one, passed to the other with consent. Answers them,
/// the case, the person's page and the referral.
pub async fn known_to_two(app: &App) -> (Person, Person, String, String, String) {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let page = sano.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap();
    let person = format!("/persons/{person}");
    sano.get(&person).await.is(200);
    let known = [("name", "青木 ハル"), ("address", ADDRESS), ("phone", PHONE)];
    sano.post(&person, &known).await.is(303);
    let referral = send(&mut sano, &case, &app.town.desk("shakyo").to_string(), &[("kind", "join")]).await;
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get(&referral).await.is(200);
    kinoshita.post(&format!("{referral}/accept"), &[]).await.is(303);
    (sano, kinoshita, case, person, referral)
}

pub async fn shelter(app: &App, sano: &mut Person, person: &str) {
    sano.get(person).await.is(200);
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.11.20")];
    sano.post(&format!("{person}/shelter"), &fields).await.is(303);
}

story!(a_file_of_a_sheltered_family_is_lost_to_nobody_who_put_it_there, |app| async {
    let (mut sano, mut kinoshita, case, person, _) = known_to_two(app).await;
    let at = format!("/cases/{case}");
    crate::casefile::write(&mut sano, &at, &[("body", "手紙が届いた")]).await.is(303);
    let page = sano.get(&format!("{at}/entries")).await;
    let text = crate::casefile::text(&page, "手紙が届いた");
    sano.get(&format!("{text}/files")).await.is(200);
    sano.attach(&format!("{text}/files"), "手紙.png", crate::conference::PICTURE).await.is(303);
    let files = sano.get(&format!("{text}/files")).await;
    let file = files.body.split("href=\"/attachments/").nth(1).unwrap().split('"').next().unwrap();
    let file = format!("/attachments/{file}");
    sano.get(&file).await.is(200);
    shelter(app, &mut sano, &person).await;
    sano.get(&file).await.is(200);
    kinoshita.get(&file).await.is(404);
});

story!(a_sheltered_address_shows_to_the_desks_named_and_on_no_paper, |app| async {
    let (mut sano, mut kinoshita, case, person, referral) = known_to_two(app).await;
    kinoshita.get(&person).await.is(200).see(ADDRESS).see(PHONE);
    kinoshita.search("09012345678").await.is(200).see("青木 ハル");
    shelter(app, &mut sano, &person).await;

    // The desk that was not named: the person goes on being there, the address is not.
    kinoshita.get(&person).await.is(200).see("青木 ハル").not_see("湘南台").not_see("1234");
    kinoshita.search("09012345678").await.is(200).not_see("青木 ハル");
    for page in
        [referral.clone(), format!("{referral}/print"), format!("/cases/{case}"), "/referrals".to_owned()]
    {
        kinoshita.get(&page).await.is(200).not_see("湘南台").not_see("1234");
    }
    // The desk that was named sees it, and prints none of it.
    sano.get(&person).await.is(200).see(ADDRESS).see(PHONE).see("配偶者などからの暴力");
    sano.get(&format!("/cases/{case}/print"))
        .await
        .is(200)
        .see("青木 ハル")
        .not_see("湘南台")
        .not_see("1234");

    // When the danger is over, it is lifted: whoever has a basis sees the address again.
    sano.get(&person).await;
    sano.post(&format!("{person}/shelter/lift"), &[]).await.is(303);
    kinoshita.get(&person).await.is(200).see(ADDRESS).see(PHONE);
    sano.get(&person).await.is(200).not_see("配偶者などからの暴力（");
});

story!(a_shelter_is_set_with_care, |app| async {
    let (mut sano, mut kinoshita, _, person, _) = known_to_two(app).await;
    let path = format!("{person}/shelter");
    // Only the desk that recorded the person, and never without itself or without an end to look at.
    kinoshita.get(&person).await.is(200).not_see("支援措置");
    let other = app.town.desk("shakyo").to_string();
    let fields = [("shelter_reason", "dv"), ("shelter_desk", other.as_str()), ("shelter_review", "R9.11.20")];
    assert!([404, 422].contains(&kinoshita.post(&path, &fields).await.status));
    sano.get(&person).await.is(200).see("支援措置");
    sano.post(&path, &fields).await.is(422).see("あなたの窓口も入れてください");
    sano.post(&path, &[("shelter_reason", "dv"), ("shelter_review", "R3.1.1")]).await.is(422);
    sano.get(&person).await.is(200).not_see("知っている窓口");
    // Two at once: the second is told.
    let mut tab = sano.clone();
    shelter(app, &mut sano, &person).await;
    let own = app.town.desk("hokubu").to_string();
    let fields = [("shelter_reason", "other"), ("shelter_desk", own.as_str()), ("shelter_review", "R9.1.20")];
    tab.post(&path, &fields).await.is(422).see("ほかの人が先に");
    // Whoever edits the person without seeing the address does not lose it.
    sano.get(&person).await.is(200);
    sano.post(&person, &[("name", "青木 はる"), ("address", ADDRESS), ("phone", PHONE)]).await.is(303);
    sano.get(&person).await.is(200).see("青木 はる").see(ADDRESS);
});

story!(a_text_kept_from_somebody_is_on_no_paper_for_them, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "息子に知られたくない借金-MARK").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let household =
        page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let home = format!("/households/{household}");
    sano.get(&home).await.is(200);
    sano.post(&format!("{home}/members"), &[("name", "青木 次郎"), ("relation", "長男")]).await.is(303);
    // A text whose categories are known, for paper carries no informant's.
    let entries = format!("/cases/{case}/entries");
    sano.get(&format!("{entries}?write=1")).await.is(200);
    let fields = [
        ("form", "phone"),
        ("body", "電話で聞いたこと-SECRET"),
        ("occurred", "R8.11.20"),
        ("body_cat", "money"),
    ];
    sano.post(&entries, &fields).await.is(303);
    let page = sano.get(&entries).await;
    let text = page.body.split("-SECRET").nth(1).unwrap().split("href=\"/entries/").nth(1).unwrap();
    let text = format!("/entries/{}", text.split('"').next().unwrap());
    let print = format!("/cases/{case}/print");
    let page = sano.get(&print).await;
    page.is(200).see("-SECRET");
    let son = page.body.split("<option value=\"").find(|o| o.contains("青木 次郎</option>")).unwrap();
    let son = son.split('"').next().unwrap().to_owned();
    sano.get(&format!("{print}?for={son}")).await.is(200).see("-SECRET");

    sano.get(&text).await.is(200);
    sano.post(&format!("{text}/secret"), &[("from", &son)]).await.is(303);
    sano.get(&format!("{print}?for={son}")).await.is(200).not_see("-SECRET");
    sano.get(&print).await.is(200).see("-SECRET");
    // Its correction is kept from him, too.
    sano.get(&text).await.is(200);
    sano.post(&text, &[("body", "電話で聞いたこと、直した-SECRET"), ("body_cat", "money")]).await.is(303);
    let newer = sano.page.location().split('?').next().unwrap().to_owned();
    sano.get(&format!("{print}?for={son}")).await.is(200).not_see("-SECRET");
    // Lifted, it is on his paper again.
    sano.get(&newer).await.is(200);
    sano.post(&format!("{newer}/secret"), &[]).await.is(303);
    sano.get(&format!("{print}?for={son}")).await.is(200).see("直した-SECRET");
});

story!(who_shares_a_kept_home_gives_it_away_to_nobody, |app| async {
    let (mut sano, mut kinoshita, case, haru, referral) = known_to_two(app).await;
    let haru_lives = |together: &'static str| {
        [("name", "青木 ハル"), ("address", ADDRESS), ("phone", PHONE), ("lives_together", together)]
    };
    sano.get(&haru).await.is(200);
    sano.post(&haru, &haru_lives("1")).await.is(303);
    let home = sano.get(&haru).await.link("世帯");
    sano.get(&home).await.is(200);
    let came = [("name", "青木 ふみ"), ("relation", "妹"), ("lives_together", "1")];
    sano.post(&format!("{home}/members"), &came).await.is(303);
    let page = sano.get(&home).await;
    let fumi = page.body.split("href=\"/persons/").filter_map(|r| r.split(['"', '/', '?', '#']).next());
    let fumi =
        fumi.filter(|id| id.len() == 36).map(|id| format!("/persons/{id}")).find(|p| *p != haru).unwrap();
    kinoshita.get(&haru).await.is(200).see(ADDRESS).see(PHONE);
    kinoshita.get(&fumi).await.is(404);

    // She is protected, and ハル lives with her: nobody reads it on the card of ハル, whatever ハル agreed to.
    shelter(app, &mut sano, &fumi).await;
    kinoshita.get(&haru).await.is(200).see("青木 ハル").not_see("湘南台").not_see("1234");
    kinoshita.search("09012345678").await.is(200).not_see("青木 ハル");
    kinoshita.search("湘南台9-9-9").await.is(200).not_see("青木 ハル");
    kinoshita.get(&referral).await.is(200).not_see("湘南台").not_see("1234");
    sano.get(&fumi).await.is(200).see("いっしょに守っています: 青木 ハル");
    sano.get(&haru).await.is(200).see(ADDRESS).see("いっしょに守っています: 青木 ふみ");
    sano.get(&format!("/cases/{case}/print")).await.is(200).see("青木 ハル").not_see("湘南台");

    // They live apart, and no address says otherwise: the one of ハル is her own again.
    sano.get(&fumi).await.is(200);
    sano.post(&format!("{fumi}/apart"), &[("apart", "R8.11.1")]).await.is(303);
    kinoshita.get(&haru).await.is(200).see(ADDRESS);
    // The same address in another notation does.
    sano.get(&fumi).await.is(200);
    let at = [("name", "青木 ふみ"), ("address", "湘南台９丁目９番地の９")];
    sano.post(&fumi, &at).await.is(303);
    kinoshita.get(&haru).await.is(200).not_see("湘南台").not_see("1234");
    // And somewhere else, it is not: but where she lives now was never a former home of ハル to anybody else.
    sano.get(&fumi).await.is(200);
    sano.post(&fumi, &[("name", "青木 ふみ"), ("address", "辻堂1-2-3 さくら寮")]).await.is(303);
    sano.get(&haru).await.is(200);
    let former = [("lived_address", "辻堂１丁目２番３号 さくら寮"), ("lived_until", "R8.10")];
    sano.post(&format!("{haru}/addresses"), &former).await.is(303);
    let other = [("lived_address", "鵠沼1-1"), ("lived_until", "R3")];
    sano.get(&haru).await.is(200).see("さくら寮");
    sano.post(&format!("{haru}/addresses"), &other).await.is(303);
    kinoshita.get(&haru).await.is(200).see(ADDRESS).see("鵠沼1-1").not_see("さくら寮");

    // The danger is over.
    sano.get(&fumi).await.is(200);
    sano.post(&format!("{fumi}/shelter/lift"), &[]).await.is(303);
    kinoshita.get(&haru).await.is(200).see("さくら寮");
});

story!(a_paper_for_one_of_the_household_tells_of_no_violence, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "息子がこわい").await;
    let page = sano.get(&format!("/cases/{case}")).await;
    let household = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{household}");
    sano.get(&home).await.is(200);
    sano.post(&format!("{home}/members"), &[("name", "青木 次郎"), ("relation", "長男")]).await.is(303);
    let entries = format!("/cases/{case}/entries");
    let print = format!("/cases/{case}/print");
    let page = sano.get(&print).await;
    let of = |name: &str| {
        let option = page.body.split("<option value=\"").find(|o| o.contains(&format!("{name}</option>")));
        option.unwrap().split('"').next().unwrap().to_owned()
    };
    let (haru, jiro) = (of("青木 ハル"), of("青木 次郎"));
    for (about, words) in [(&haru, "たたかれたと話す-HERS"), (&jiro, "たたいたと話す-HIS")] {
        sano.get(&format!("{entries}?write=1")).await.is(200);
        let fields = [
            ("form", "phone"),
            ("body", words),
            ("occurred", "R8.11.20"),
            ("body_about", about.as_str()),
            ("body_cat", "violence"),
        ];
        sano.post(&entries, &fields).await.is(303);
    }
    sano.get(&print).await.is(200).see("-HERS").see("-HIS");
    sano.get(&format!("{print}?for={jiro}")).await.is(200).not_see("-HERS").not_see("-HIS");
    sano.get(&format!("{print}?for={haru}")).await.is(200).not_see("-HERS").not_see("-HIS");
});

story!(an_inquiry_that_could_not_be_read_is_not_sent, |app| async {
    let (mut sano, _, case, person, _) = known_to_two(app).await;
    shelter(app, &mut sano, &person).await;
    let shakyo = app.town.desk("shakyo").to_string();
    let about = format!("/inquiries/new?about={case}");
    let page = sano.get(&about).await;
    let who = crate::referral::first_radio(&page.body, "person");
    let mut fields = vec![
        ("to", shakyo.as_str()),
        ("person", who.as_str()),
        ("purpose", "assessment"),
        ("basis", "law"),
        ("article", "pipa_69_1"),
        ("questions", "受診していますか-MARK-Q1"),
        ("lead", "見立てるためです"),
        ("share_cat", "basic"),
        ("share_cat", "contact"),
    ];
    let page = sano.post("/inquiries/new", &fields).await;
    page.is(422).see("id=\"share_cat-error\"").see("質問も読めなくなります").see("MARK-Q1");
    fields.pop();
    sano.get(&about).await.is(200);
    sano.post("/inquiries/new", &fields).await.is(303);
});
