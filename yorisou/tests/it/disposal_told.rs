//! What a list for disposal tells, and what it leaves unsaid: no conference, the desk that approves now, and that nobody can only where it is so.

use access::{Right, Role, System};
use engine::Origin;
use words::Day;

use crate::retention::{at, close, list, step};

story!(a_list_does_not_tell_a_desk_of_a_conference, |app| async {
    use crate::conference::{REFUSED, open};
    let (mut kinoshita, mut hase) = (app.sign_in("kinoshita").await, app.sign_in("hase").await);
    let id = crate::referral::case_of(app, &mut kinoshita, "青木 ハル", "家賃が払えない").await;
    let asked = crate::inquiry::ask(&mut kinoshita, &id, &app.town.desk("ikiiki").to_string(), &[]).await;
    crate::inquiry::step(&mut app.sign_in("noguchi").await, &asked, "refuse", &REFUSED).await.is(303);
    crate::inquiry::step(&mut kinoshita, &asked, "raise", &[]).await.is(303);
    let new = hase.get(&asked).await.link("事案をひらく");
    open(app, &mut hase, &new, "support_conference").await;
    crate::inquiry::step(&mut kinoshita, &asked, "withdraw", &[("reason", "not_needed")]).await.is(303);
    close(&mut kinoshita, &format!("/cases/{id}"), "").await;
    at(app, 2032, 4, 1);
    let (mut mori, mut imai) = (app.sign_in("mori").await, app.sign_in("imai").await);
    let here = list(&mut mori).await.unwrap();
    // It is held, as something that is unfinished: neither the lead nor the auditor sits in the conference.
    for who in [&mut mori, &mut imai] {
        who.get(&here).await.is(200).see("残す: ").see("やることが残っている").not_see("会議が続いている");
    }
});

story!(a_list_names_who_approves_now_and_says_that_nobody_can_only_where_it_is_so, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    close(&mut kinoshita, &case, "").await;
    // The desk ends, and another takes over, whose lead answers for it.
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.ended", &1).await.unwrap();
    let (gone, heir) = (app.town.desk("shakyo"), app.town.desk("ikiiki"));
    register::acts::end_desk(&mut act, &right, gone, Day::new(2027, 3, 31).unwrap(), heir).await.unwrap();
    act.commit("").await.unwrap();
    at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    let page = mori.get(&here).await;
    page.see("承認を待っている窓口</b> 辻堂東いきいきサポートセンター")
        .see("バックアップふじさわ社協")
        .not_see("いま承認できる人がいない");
    let nobody = [("item", "1"), ("why", "nobody")];
    step(&mut mori, &here, "refuse", &nobody).await.is(422).see("承認できる人がいます");
    // The lead of the heir goes: now it is true, and said.
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.left", &1).await.unwrap();
    let seat = app.town.appointment("mieda", "ikiiki");
    register::acts::end_appointment(&mut act, &right, seat, Day::new(2032, 4, 1).unwrap()).await.unwrap();
    act.commit("").await.unwrap();
    at(app, 2032, 4, 2);
    let mut mori = app.sign_in("mori").await;
    mori.get(&here).await.see("辻堂東いきいきサポートセンター（いま承認できる人がいない）");
    step(&mut mori, &here, "refuse", &nobody).await.is(303);
});

story!(whoever_is_kept_out_is_nobody_who_can_approve, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = crate::casefile::case(&mut kinoshita).await;
    close(&mut kinoshita, &case, "").await;
    app.keep_out(case.trim_start_matches("/cases/"), "imai").await;
    at(app, 2032, 4, 1);
    let mut mori = app.sign_in("mori").await;
    let here = list(&mut mori).await.unwrap();
    mori.get(&here).await.see("いま承認できる人がいない");
    // Another lead can: then it is not so.
    app.town.appoint(&app.engine, "oda", "shakyo", Role::AgencyLead, Day::new(2032, 4, 1).unwrap()).await;
    mori.get(&here).await.not_see("いま承認できる人がいない");
});
