//! Who has to be there in confidence is a member: which section speaks for the municipality, and what is said before the day when none
//! does.

use crate::agreed_to::provider_outside;
use crate::compartment::on_agenda;
use crate::conference::{join, pledge, raised, whole};
use crate::session::{at, attend, december, found, id_of, propose, step};
use crate::support::{App, Person};

/// The town says which of its sections has to be there wherever something is decided.
pub async fn obliges(app: &App, section: &str) {
    let desk = app.town.desk(section).to_string();
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/sessions").await;
    kanri.post("/admin/sessions", &[("desk", desk.as_str())]).await.is(303);
}

/// Takes somebody out of a matter.
async fn leaves(hase: &mut Person, matter: &str, who: &str) {
    let page = hase.get(&format!("{matter}/office")).await;
    let rows = page.body.split("id=\"member-").skip(1);
    let place = rows.filter(|r| r.contains(who)).map(|r| r.split('"').next().unwrap()).next().unwrap();
    let fields = [("member", place), ("why", "done")];
    hase.post(&format!("{matter}/leave"), &fields).await.is(303);
}

story!(in_confidence_the_municipality_is_the_section_that_sits_there, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    provider_outside(app).await;
    obliges(app, "ikiiki").await;
    let lead = app.town.desk("suishin").to_string();
    let (_, session, item) =
        on_agenda(app, &mut hase, &matter, "support_conference", &[("initiator", &lead)]).await;
    hase.get(&session).await.not_see("構成員がいません");
    hase.get(&format!("{matter}/office")).await.not_see("まだ構成員がいないところ");
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    whole(app).await;
});

story!(that_nobody_of_the_municipality_sits_there_is_said_before_the_day, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut hase, &matter).await;
    provider_outside(app).await;
    obliges(app, "ikiiki").await;
    leaves(&mut hase, &matter, "佐野 健").await;
    let body = found(app, &mut hase, "重層的支援会議", &["support_conference"], "").await;
    let lead = app.town.desk("suishin").to_string();
    let from = format!("matter={}", id_of(&matter));
    let more = [("initiator", lead.as_str())];
    let item = at(&propose(&mut hase, &from, (&body, "support_conference"), &more).await);
    // On the page of the item, before it has a session.
    hase.get(&item).await.is(200).see("このままでは決められません").see("辻堂東いきいきサポートセンター");
    let session = crate::session::plan(&mut hase, &body, "第5回 支援会議", "R8.12.9", &[]).await;
    crate::after::place(&mut hase, &item, &session).await;
    hase.get(&session).await.see("構成員がいません");
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    // The secretariat of the matter is asked for it, and finds who is missing on its page.
    hase.get("/").await.see("構成員に加える");
    hase.get(&format!("{matter}/office")).await.see("まだ構成員がいないところ").see("辻堂東いきいき");
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(422).see("構成員として誓約していません");
    // Somebody of another section of the municipality joins, pledges, is called and comes: nothing is missing any more.
    join(app, &mut hase, &matter, ("sano", "hokubu"), "").await;
    let mut sano = app.sign_in("sano").await;
    pledge(&mut sano, &matter).await;
    hase.get(&session).await.not_see("構成員がいません");
    hase.get(&format!("{matter}/office")).await.not_see("まだ構成員がいないところ");
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    whole(app).await;
});
