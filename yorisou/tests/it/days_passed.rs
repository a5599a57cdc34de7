//! What is written down after the day it is about: which decision ends which plan, and whether a consent carried the conference of that day
//!

use access::{Right, System};
use words::Day;

use crate::agreement::{give, terms, withdraw_said};
use crate::conference::{pledge, raised, whole};
use crate::decision::{END, GOALS, consent, decide, go_on, met, with_consent};
use crate::referral::first_radio;
use crate::session::id_of;
use crate::support::{App, Page};
use crate::support_plan::{decided, evaluate, post, proposed};

story!(a_decision_from_before_a_plan_does_not_end_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let before = decided(&mut hase, &matter, "close", &END).await;
    app.clock.forward_minutes(5);
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(303);
    // It is not offered, the way to another one is; typed all the same, it is refused beside its field.
    sano.get(&format!("{plan}/evaluate")).await.is(200).see("より前のものしかありません").not_see(&before);
    let page = evaluate(&mut sano, &plan, "end", &[("close_by", &before)]).await;
    page.is(422).see("動きはじめるより前のものです").see("MARK-V");
    app.clock.forward_minutes(5);
    let now = decided(&mut hase, &matter, "close", &END).await;
    evaluate(&mut sano, &plan, "end", &[("close_by", &now)]).await.is(303);
    whole(app).await;
});

/// A conference of noon on 24 November, a consent withdrawn then at `hour`:`minute` and given anew the next day; what is then decided of it.
async fn withdrawn_at(app: &App, hour: u32, minute: u32) -> Page {
    withdrawn(app, (24, hour, minute), "").await
}

/// The same, written down on another day, with the day it was said.
async fn withdrawn(app: &App, (day_of, hour, minute): (u32, u32, u32), said: &str) -> Page {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    let day = |d| Day::new(2026, 11, d).unwrap();
    let at = |d, h, m| words::Instant::at(day(d), h, m);
    app.clock.set(at(24, 12, 0));
    met(&mut app.sign_in("hase").await, &matter, "R8.11.24").await;
    app.clock.set(at(day_of, hour, minute));
    let mut sano = app.sign_in("sano").await;
    withdraw_said(&mut sano, &given, said).await;
    app.clock.set(at(day_of.max(25), 9, 0));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    proposed(&mut sano, &case, &[]).await;
    consent(app, &mut sano, &case).await;
    let on: Vec<(&str, &str)> = GOALS.iter().copied().chain([("on", "R8.11.24")]).collect();
    decide(&mut hase, &matter, "establish", &on).await
}

story!(what_was_over_before_the_withdrawal_of_that_day_is_written_down, |app| async {
    withdrawn_at(app, 16, 0).await.is(303);
    whole(app).await;
});

story!(what_went_on_over_a_withdrawal_is_not, |app| async {
    withdrawn_at(app, 12, 30).await.is(422).see("その日には、会議のための同意がそろっていませんでした");
});

story!(what_was_held_from_the_day_it_was_said_did_not_rest_on_it, |app| async {
    withdrawn(app, (25, 8, 30), "R8.11.24")
        .await
        .is(422)
        .see("その日には、会議のための同意がそろっていませんでした");
});

story!(what_was_held_before_the_day_it_was_said_did, |app| async {
    withdrawn(app, (26, 8, 30), "R8.11.25").await.is(303);
});

story!(a_consent_to_the_agency_carried_what_its_desk_held_before_it_ended, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, inquiry, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    crate::inquiry::step(&mut sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    let m = app.town.municipality;
    let (suishin, shakyo) = (app.town.desk("suishin"), app.town.desk("shakyo"));
    let begin = || app.engine.system_act(System::Import, m, engine::Origin::File, "story.ends", &m);
    let mut act = begin().await.unwrap();
    let sql = "SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2";
    let row = act.facts().unwrap().one(sql, engine::args![m, suishin]).await.unwrap();
    let agency: words::id::AgencyId = row.get("agency_id").unwrap();
    drop(act);
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let (person, agency) = (first_radio(&page.body, "person"), agency.to_string());
    let more = [("to_agency", agency.as_str()), ("purpose", "support"), ("purpose", "conference")];
    give(&mut sano, &case, &terms(&person, &more)).await;
    let matter = go_on(&mut hase, &matter).await;
    // The desk ends on 31 March; its heir is of another agency.
    let mut act = begin().await.unwrap();
    let right = Right::system(System::Import);
    let last = Day::new(2027, 3, 31).unwrap();
    register::acts::end_desk(&mut act, &right, suishin, last, shakyo).await.unwrap();
    let of = id_of(&matter).parse().unwrap();
    let (held, today) = (last.plus_days(-3), last.plus_days(2));
    let mut conn = act.facts().unwrap();
    assert!(conference::carried_on(&mut conn, m, of, (held, None), today).await.unwrap());
    let whose = conference::whose(&mut conn, m, of, today).await.unwrap();
    assert!(!conference::carried(&whose), "what was agreed does not pass to the heir");
});
