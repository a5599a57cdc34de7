//! What is asked is asked rightly: on an article that is true between the two bodies, of what paper can carry, by a day that comes;
//! and a question about nobody carries no number that leads to somebody (R-107, R-117; disclosure rules 3 and 11).

use engine::args;

use crate::agreed_to::outside;
use crate::inquiry::{partner, step};
use crate::referral::{case_of, first_radio};
use crate::support::{App, Page, Person};

/// Use inside one body; provision to a public body; to anybody; by a private body.
const INSIDE: &str = "pipa_69_2_2";
const TO_PUBLIC: &str = "pipa_69_2_3";
const OUTSIDE: &str = "pipa_69_2_4";
const PRIVATE: &str = "pipa_27_1_2";
/// Where the person agreed.
const AGREED: &str = "pipa_69_2_1";

/// A conference's own: 社会福祉法106条の6.
const CONFERENCE: &str = "swa_106_6";

const NOT_INSIDE: &str = "同じ機関の中で使うときのものです";

/// What is typed to ask, with these fields in the place of the usual ones.
async fn send(who: &mut Person, about: &str, to: &str, more: &[(&str, &str)]) -> Page {
    let page = who.get(&format!("/inquiries/new?about={about}")).await;
    page.is(200);
    let person = first_radio(&page.body, "person");
    let mut fields: Vec<(&str, &str)> = vec![
        ("to", to),
        ("person", &person),
        ("purpose", "current_support"),
        ("basis", "law"),
        ("article", INSIDE),
        ("share_cat", "basic"),
        ("share_cat", "support"),
        ("questions", "何を使っていますか-MARK-Q1\nいつからですか-MARK-Q2"),
        ("lead", "いまの支援を知るためです-MARK-L"),
        ("again", "yes"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(more);
    who.post("/inquiries/new", &fields).await
}

/// The path of what was sent.
fn sent(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// The select of a page's article, as far as its last option.
fn select<'p>(page: &'p Page, id: &str) -> &'p str {
    let select = page.body.split(&format!("<select id=\"{id}\"")).nth(1).unwrap();
    select.split("</select>").next().unwrap()
}

/// The codes of the options in a part of a select.
fn codes(part: &str) -> Vec<&str> {
    let values = part.split("<option value=\"").skip(1).map(|o| o.split('"').next().unwrap());
    values.filter(|code| !code.is_empty()).collect()
}

/// The codes a select offers first, and those it offers for other desks.
fn offers(select: &str) -> (Vec<&str>, Vec<&str>) {
    let (first, other) = select.split_once("<optgroup").unwrap_or((select, ""));
    (codes(first), codes(other))
}

async fn inquiries(app: &App) -> i64 {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.count", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM inquiry WHERE municipality_id = $1";
    act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
}

story!(a_corporation_asks_the_city_on_no_article_of_use_inside, |app| async {
    // From now on the consultation office is a council of social welfare; the centre stays the city's.
    outside(app, "hokubu").await;
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    // Nothing that speaks of inside stands first, and no consent is a law.
    let page = sano.get(&format!("/inquiries/new?about={case}&to={to}")).await;
    let (first, other) = offers(select(&page, "article"));
    assert!(first.contains(&OUTSIDE) && first.contains(&PRIVATE), "{first:?}");
    assert!(!first.contains(&INSIDE) && !first.contains(&TO_PUBLIC), "{first:?}");
    assert!(other.contains(&INSIDE) && other.contains(&TO_PUBLIC), "{other:?}");
    assert!(!first.contains(&AGREED) && !other.contains(&AGREED));
    // Refused beside the field, with what was typed; and no wording is put in that says what is not true.
    let page = send(&mut sano, &case, &to, &[]).await;
    page.is(422).see(NOT_INSIDE).see("MARK-Q1").see("MARK-L");
    assert!(page.body.contains("id=\"article-error\""), "{}", page.text());
    let page = send(&mut sano, &case, &to, &[("lead", "")]).await;
    page.is(422).see(NOT_INSIDE).not_see("文案を入れました").not_see("の中で、法令の定める事務");
    send(&mut sano, &case, &to, &[("article", TO_PUBLIC)]).await.is(422).see("別の行政機関などに渡すとき");
    assert_eq!(inquiries(app).await, 0);
    // What lets the city answer is put as the ground; what only lets the office tell whom it is about says so.
    let page = send(&mut sano, &case, &to, &[("article", OUTSIDE), ("lead", "")]).await;
    page.is(422).see("文案を入れました").see("明らかに本人の利益になる場合として、求める");
    let page = send(&mut sano, &case, &to, &[("article", PRIVATE), ("lead", "")]).await;
    page.is(422).see("によりお伝えするものです").see("貴所でお確かめください");
    let inquiry = sent(&send(&mut sano, &case, &to, &[("article", PRIVATE)]).await);
    let page = crate::papers::same(&mut sano, &format!("{inquiry}/print")).await;
    page.see("第27条第1項第2号").see("MARK-Q1").not_see("第69条第2項第2号");
    // The number of the document is the office's own, by pen; that of the case is above, and on the sheet that comes back.
    let page = sano.get(&format!("{inquiry}/print")).await;
    let letter = page.body.split("<p class=\"letter-from\">").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(letter.contains("号") && !letter.contains("2026-00001"), "{letter}");

    // The city does not answer under what binds the office, nor as if it were one body with it: neither stands there already.
    let mut noguchi = app.sign_in("noguchi").await;
    let page = noguchi.get(&inquiry).await;
    let at = select(&page, "answer_article-answer");
    let (first, other) = offers(at);
    assert!(first.contains(&OUTSIDE) && !first.contains(&INSIDE) && !first.contains(&PRIVATE), "{first:?}");
    assert!(other.is_empty() && !at.contains("selected"), "{at}");
    // Beside the refusal stands what the law allows here, and nothing about use inside.
    page.see("明らかに本人の利益になるとき").not_see("第69条第2項第2号").not_see("第69条第2項第3号");
    for (article, why) in [
        (INSIDE, NOT_INSIDE),
        (PRIVATE, "民間の機関が情報を渡すとき"),
        (AGREED, "「本人の同意による」を選んで"),
    ] {
        let said = [("words", "訪問介護です-MARK-A"), ("words_cat", "support"), ("answer_article", article)];
        let page = step(&mut noguchi, &inquiry, "answer", &said).await;
        page.is(422).see(why).see("MARK-A");
        assert_eq!(page.body.matches("id=\"answer_article-error\"").count(), 1, "{}", page.text());
        assert!(page.body.contains(&format!("value=\"{article}\" selected")), "what was chosen stays");
    }
    sano.get(&inquiry).await.not_see("MARK-A");
    let said = [("words", "訪問介護です-MARK-A"), ("words_cat", "support"), ("answer_article", OUTSIDE)];
    step(&mut noguchi, &inquiry, "answer", &said).await.is(303);
    sano.get(&inquiry).await.see("MARK-A").see("法令に基づく提供");
});

story!(inside_the_city_the_article_of_use_inside_is_there_already, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let page = sano.get(&format!("/inquiries/new?about={case}")).await;
    let (first, _) = offers(select(&page, "article"));
    assert!(first.contains(&INSIDE) && !first.contains(&TO_PUBLIC) && !first.contains(&PRIVATE), "{first:?}");
    send(&mut sano, &case, &to, &[("article", TO_PUBLIC)]).await.is(422).see("別の行政機関などに渡すとき");
    send(&mut sano, &case, &to, &[("article", OUTSIDE)]).await.is(422).see("機関の外に渡すとき");
    let page = send(&mut sano, &case, &to, &[("lead", "")]).await;
    page.is(422).see("文案を入れました").see("同じ機関の中で").not_see("市の中で");
    let inquiry = sent(&send(&mut sano, &case, &to, &[]).await);
    let mut noguchi = app.sign_in("noguchi").await;
    let page = noguchi.get(&inquiry).await;
    let at = select(&page, "answer_article-answer");
    assert!(at.contains(&format!("value=\"{INSIDE}\" selected")), "{at}");
    // A partner outside is asked under what lets it answer, and not as if it were of the city.
    let pharmacy = partner(app).await;
    send(&mut sano, &case, &pharmacy, &[]).await.is(422).see(NOT_INSIDE);
    sent(&send(&mut sano, &case, &pharmacy, &[("article", PRIVATE)]).await);
});

story!(a_consent_is_no_article_of_law, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let page = send(&mut sano, &case, &to, &[("article", AGREED)]).await;
    page.is(422).see("法令の条文としては選べません").see("MARK-Q1");
    assert!(page.body.contains("id=\"article-error\""), "{}", page.text());
    assert_eq!(inquiries(app).await, 0);
    // Written down as what it is, it carries; and it is no article when the ground is picked anew.
    let consent = [("basis", "consent"), ("article", ""), ("given_by", "self"), ("form", "oral")];
    let inquiry = sent(&send(&mut sano, &case, &to, &consent).await);
    crate::inquiry::withdraw_all(app).await;
    let anew = [("basis", "law"), ("article", AGREED)];
    step(&mut sano, &inquiry, "rebase", &anew).await.is(422).see("法令の条文としては選べません");
    step(&mut sano, &inquiry, "rebase", &[("basis", "law"), ("article", TO_PUBLIC)]).await.is(422);
    step(&mut sano, &inquiry, "rebase", &[("basis", "law"), ("article", INSIDE)]).await.is(303);
});

// Of an article that a municipality added, nothing is known: it is for the municipality to say what it is for.
story!(an_article_of_a_conference_is_for_what_it_asks, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let form = format!("/inquiries/new?about={case}&to={to}");
    let page = sano.get(&form).await;
    let (first, other) = offers(select(&page, "article"));
    assert!(!first.contains(&CONFERENCE) && other.contains(&CONFERENCE), "{first:?} {other:?}");
    // No conference looks at this household: its article is a ground for nothing, and the way on is said.
    let page = send(&mut sano, &case, &to, &[("article", CONFERENCE)]).await;
    page.is(422).see("その会議の、この世帯の事案がひらかれていて").see("支援会議に上げる").see("MARK-Q1");
    assert!(page.body.contains("id=\"article-error\""), "{}", page.text());
    assert_eq!(inquiries(app).await, 0);
    // Neither does it let another answer what was asked on another ground.
    let inquiry = sent(&send(&mut sano, &case, &to, &[]).await);
    let mut noguchi = app.sign_in("noguchi").await;
    let said = [("words", "訪問介護です-MARK-A"), ("words_cat", "support"), ("answer_article", CONFERENCE)];
    let page = step(&mut noguchi, &inquiry, "answer", &said).await;
    page.is(422).see("その会議の、この世帯の事案がひらかれていて").see("MARK-A");
    // Refused, raised, opened: a member who has pledged asks for the conference; under no other conference's article.
    step(&mut noguchi, &inquiry, "refuse", &crate::conference::REFUSED).await.is(303);
    step(&mut sano, &inquiry, "raise", &[]).await.is(303);
    let new = hase.get(&inquiry).await.link("事案をひらく");
    let matter = crate::conference::open(app, &mut hase, &new, "support_conference").await;
    send(&mut sano, &case, &to, &[("article", CONFERENCE)]).await.is(422).see("誓約ずみ");
    crate::conference::pledge(&mut sano, &matter).await;
    let page = sano.get(&form).await;
    let (first, other) = offers(select(&page, "article"));
    assert!(first.contains(&CONFERENCE) && other.contains(&"needy_9"), "{first:?} {other:?}");
    send(&mut sano, &case, &to, &[("article", "needy_9")]).await.is(422).see("誓約ずみ");
    let asked = sent(&send(&mut sano, &case, &to, &[("article", CONFERENCE)]).await);
    // Whoever is asked under it can answer under it, though they do not sit there.
    step(&mut noguchi, &asked, "answer", &said).await.is(303);
    sano.get(&asked).await.see("MARK-A");
    // Another household is not what that conference looks at.
    let other = case_of(app, &mut sano, "西 二郎", "眠れない").await;
    send(&mut sano, &other, &to, &[("article", CONFERENCE)]).await.is(422).see("誓約ずみ");
});

story!(an_article_of_the_towns_own_fits_everywhere, |app| async {
    outside(app, "hokubu").await;
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/legal-bases/new").await.is(200);
    let new = [
        ("code", "our_ordinance"),
        ("name", "藤沢市見守り条例 第3条"),
        ("note", "見守りのため"),
        ("act", "inquiry"),
        ("from", "R8.4.1"),
    ];
    kanri.post("/admin/legal-bases/new", &new).await.is(303);
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let page = sano.get(&format!("/inquiries/new?about={case}&to={to}")).await;
    assert!(offers(select(&page, "article")).0.contains(&"our_ordinance"));
    let inquiry = sent(&send(&mut sano, &case, &to, &[("article", "our_ordinance")]).await);
    let mut noguchi = app.sign_in("noguchi").await;
    let page = noguchi.get(&inquiry).await;
    let at = select(&page, "answer_article-answer");
    assert!(at.contains("value=\"our_ordinance\" selected"), "{at}");
    let said = [("words", "はい-MARK-A"), ("answer_article", "our_ordinance")];
    step(&mut noguchi, &inquiry, "answer", &said).await.is(303);
    sano.get(&inquiry).await.see("MARK-A");
});

story!(nobody_asks_about_who_informed, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    let page = sano.get(&format!("/inquiries/new?about={case}")).await;
    assert!(page.body.contains("name=\"share_cat\" value=\"support\""));
    assert!(!page.body.contains("name=\"share_cat\" value=\"informant\""), "paper cannot carry it");
    // An older draft, or a command of its own: refused beside the categories, nothing typed is lost.
    let with = [("share_cat", "basic"), ("share_cat", "informant")];
    let page = send(&mut sano, &case, &to, &with).await;
    page.is(422).see("協力依頼書（紙）に出せないので").see("MARK-Q1").see("MARK-L");
    assert!(page.body.contains("id=\"share_cat-error\""), "{}", page.text());
    assert_eq!(inquiries(app).await, 0);
    // Every category that can be chosen leaves the paper its words.
    let rest: Vec<String> = page
        .body
        .split("name=\"share_cat\" value=\"")
        .skip(1)
        .map(|v| v.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(rest.len(), 12, "{rest:?}");
    let all: Vec<(&str, &str)> = rest.iter().map(|c| ("share_cat", c.as_str())).collect();
    let inquiry = sent(&send(&mut sano, &case, &to, &all).await);
    let paper = format!("{inquiry}/print");
    let page = crate::papers::same(&mut sano, &paper).await;
    page.see("MARK-L").see("MARK-Q1").see("MARK-Q2").not_see("いまは見られません");
});

story!(an_answer_is_not_due_in_another_age, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let to = app.town.desk("ikiiki").to_string();
    for due in ["R40.1.1", "2028-11-21", "R9.11.23"] {
        let page = send(&mut sano, &case, &to, &[("due", due)]).await;
        page.is(422).see("1年より先の日にはできません").see("MARK-Q1");
        assert!(page.body.contains("id=\"due-error\"") && page.body.contains(&format!("value=\"{due}\"")));
    }
    send(&mut sano, &case, &to, &[("due", "R8.11.1")]).await.is(422);
    assert_eq!(inquiries(app).await, 0);
    let inquiry = sent(&send(&mut sano, &case, &to, &[("due", "R9.11.19")]).await);
    sano.get(&inquiry).await.see("11月19日");
});

story!(advice_is_asked_without_the_number_of_a_case, |app| async {
    let mut sano = app.sign_in("sano").await;
    let case = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    sano.get(&format!("/cases/{case}")).await.see("2026-00001");
    let to = app.town.desk("suishin").to_string();
    let ask = |question: &str, view: &str| {
        [("to", to.as_str()), ("topic", "income"), ("question", question), ("own_view", view), ("meant", "1")]
            .map(|(n, v)| (n, v.to_owned()))
    };
    let told = ["2026-00001の家のことです", "２０２６－００００１のことで", "R8-1067のことで"];
    for told in told {
        for (question, view) in [(told, "まず話を聞くつもりです"), ("どう話しますか", told)]
        {
            sano.get("/advice/new").await.is(200);
            let fields = ask(question, view);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let page = sano.post("/advice/new", &fields).await;
            page.is(422).see("消すか、言いかえてください").see(told);
        }
    }
    // What is numbered like a case and may be a letter of the town is asked back, and goes when it is said to be none.
    let circular = [
        ("to", to.as_str()),
        ("topic", "income"),
        ("question", "令和８年度 第１０６７号の通知のことで"),
        ("own_view", "まず話を聞くつもりです"),
    ];
    sano.get("/advice/new").await;
    sano.post("/advice/new", &circular)
        .await
        .is(422)
        .see("令和８年度 第１０６７号の通知")
        .see("name=\"meant\"");
    // A day, a month, a year's count: nobody stands behind them.
    sano.get("/advice/new").await.see("ケースの番号は書けません");
    let fields =
        ask("2026-11-20に聞きました。令和8年度は1200件、計画は2025-2030です-MARK", "まず話を聞くつもりです");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = sano.post("/advice/new", &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let advice = page.location().split('?').next().unwrap().to_owned();
    // Nor does an answer carry one, nor thanks.
    let mut hase = app.sign_in("hase").await;
    hase.get(&advice).await.is(200).see("MARK");
    let said = [("outcome", "advised"), ("words", "2026-00007と同じように進めます")];
    hase.post(&format!("{advice}/answer"), &said).await.is(422).see("消すか").see("2026-00007");
    hase.get(&advice).await;
    let said = [("outcome", "advised"), ("words", "好きなことから話します")];
    hase.post(&format!("{advice}/answer"), &said).await.is(303);
    sano.get(&advice).await;
    let said = [("helpful", "yes"), ("words", "R8-1067でもためします")];
    sano.post(&format!("{advice}/thank"), &said).await.is(422).see("消すか");
});
