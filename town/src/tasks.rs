//! Promises with an owner and a date: whatever is open has somebody who must do something next.

use crate::cases::Support;
use crate::consultations::World;
use crate::dice::Dice;
use crate::model::{
    CaseState, ConnectingSheet, ConsentState, Consultation, ConsultationState, Day, Moment, Referral,
    ReferralState, SheetState, Task, TaskKind, TaskOf, TaskState, Transfer,
};
use crate::pos;

/// When open promises fall due: some late by 1, 3 and 10 business days, some today, most ahead.
fn due(dice: &mut Dice, today: Day) -> Day {
    match dice.between(0, 99) {
        0..5 => today.business(-1),
        5..8 => today.business(-3),
        8..10 => today.business(-10),
        10..18 => today,
        _ => today.business(dice.between(1, 25)),
    }
}

/// All tasks of the town.
pub fn build(
    dice: &mut Dice,
    world: &World,
    consultations: &[Consultation],
    support: &Support,
    referrals: &[Referral],
    sheets: &[ConnectingSheet],
    transfers: &[Transfer],
) -> Vec<Task> {
    let today = world.today;
    let mut tasks = Vec::new();
    let add = &mut |task: Task| tasks.push(task);
    for (number, consultation) in consultations.iter().enumerate() {
        let of = TaskOf::Consultation(pos(number));
        let made = consultation.occurred_at.day;
        let open = matches!(consultation.state, ConsultationState::Draft | ConsultationState::Open);
        if open {
            let (kind, title) = if dice.percent(55) {
                (TaskKind::FirstResponse, "相談への最初の対応")
            } else {
                (TaskKind::NextPromise, "折り返しの連絡")
            };
            let due = due(dice, today).max(made);
            let staff = dice.percent(80).then_some(consultation.author);
            add(task(dice, (kind, of, title), (consultation.desk, staff), made, due, None));
        } else if number.is_multiple_of(9) {
            let due = made.business(dice.between(1, 5));
            let ended = made.business(dice.between(0, 4)).min(today);
            let state =
                *dice.pick(&[TaskState::Done, TaskState::Done, TaskState::Done, TaskState::Cancelled]);
            let author = Some(consultation.author);
            let what = (TaskKind::FirstResponse, of, "相談への最初の対応");
            add(task(dice, what, (consultation.desk, author), made, due, Some((state, ended.at(1_020)))));
        }
    }
    for (number, case) in support.cases.iter().enumerate() {
        let of = TaskOf::Case(pos(number));
        let last = case.records.end.checked_sub(1).filter(|at| *at >= case.records.start);
        let made = last.map_or(case.opened, |at| support.records[at as usize].occurred_at.day);
        if matches!(case.state, CaseState::Open | CaseState::Reopened) {
            let title = *dice.pick(&[
                "約束の電話",
                "訪問の約束",
                "書類の確認",
                "面談の約束",
                "同行の約束",
                "手紙を出す",
            ]);
            let due = due(dice, today).max(made);
            let staff = Some(case.worker).filter(|worker| world.crew.writes(*worker, case.desk, today));
            add(task(dice, (TaskKind::NextPromise, of, title), (case.desk, staff), made, due, None));
            if dice.percent(40) {
                let review = today.business(dice.between(5, 60));
                let what = (TaskKind::CaseReview, of, "支援の見直し");
                add(task(dice, what, (case.desk, staff), made, review, None));
            }
            if number.is_multiple_of(5) {
                let ended = made.business(1).min(today);
                let end =
                    Some((if number % 2 == 0 { TaskState::Moved } else { TaskState::Done }, ended.at(990)));
                let what = (TaskKind::NextPromise, of, "約束の電話");
                add(task(dice, what, (case.desk, staff), case.opened, made.business(2), end));
            }
        } else if dice.percent(25) && case.state == CaseState::Closed {
            let closed = case.events.last().map_or(case.opened, |event| event.day);
            let follow = closed.plus(180).or_next_business();
            let end = (follow <= today).then_some((TaskState::Done, follow.at(1_000)));
            let what = (TaskKind::FollowUp, of, "終結後の様子の確認");
            add(task(dice, what, (case.desk, None), closed, follow, end));
        }
    }
    for (number, referral) in referrals.iter().enumerate() {
        for item in of_referral(dice, world, referral, pos(number)) {
            add(item);
        }
    }
    for (number, consent) in support.consents.iter().enumerate() {
        let of = TaskOf::Consent(pos(number));
        let soon = consent.until.filter(|until| *until >= today && until.0 - today.0 < 60);
        let in_force = matches!(consent.state, ConsentState::Given | ConsentState::Renewed);
        if let (Some(until), true) = (soon, in_force) {
            let made = until.plus(-60);
            let what = (TaskKind::ConsentReview, of, "同意の期限の確認");
            add(task(dice, what, (consent.desk, None), made, until, None));
        } else if consent.state == ConsentState::Requested && today.0 - consent.requested.0 < 200 {
            let due = due(dice, today).max(consent.requested);
            let what = (TaskKind::RequestConsent, of, "同意の返事の確認");
            add(task(dice, what, (consent.desk, None), consent.requested, due, None));
        }
    }
    for (number, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.state != SheetState::Answered)
    {
        let made = sheet.written_at.day;
        let what = (TaskKind::SheetAnswer, TaskOf::Sheet(pos(number)), "つなぐシートへの返事");
        add(task(dice, what, (sheet.to_desk, None), made, made.business(5), None));
    }
    for (number, transfer) in transfers.iter().enumerate() {
        let post = world.crew.appointments[transfer.ends as usize].post;
        let desk = world.crew.posts[post as usize].desk;
        let what = (TaskKind::HandoverNotes, TaskOf::Transfer(pos(number)), "異動前の引継ぎ");
        let due = transfer.on.business(-5).max(today);
        add(task(dice, what, (desk, Some(transfer.staff)), today.business(-3), due, None));
    }
    tasks
}

fn task(
    dice: &mut Dice,
    (kind, of, title): (TaskKind, TaskOf, &'static str),
    (desk, staff): (u32, Option<u32>),
    made: Day,
    due: Day,
    end: Option<(TaskState, Moment)>,
) -> Task {
    let minute = *dice.pick(&[720, 1_020, 1_020, 1_020]);
    let (state, ended) = end.map_or((TaskState::Open, None), |(state, at)| (state, Some(at)));
    Task { kind, of, desk, staff, title, made, due: due.at(minute), state, ended }
}

/// The tasks a referral makes: at the receiver, or at the sender where the receiver cannot sign in.
fn of_referral(dice: &mut Dice, world: &World, referral: &Referral, number: u32) -> Vec<Task> {
    use ReferralState as S;
    let today = world.today;
    let of = TaskOf::Referral(number);
    let agency = world.network.desks[referral.to_desk as usize].agency;
    let signs = world.network.agencies[agency as usize].has_login;
    let answering = if signs { referral.to_desk } else { referral.from_desk };
    let sent = referral.history.first().map_or(referral.created.day, |step| step.at.day);
    let made = referral.history.last().map_or(sent, |step| step.at.day);
    let mut tasks = Vec::new();
    match referral.state {
        S::Draft => {
            let due = due(dice, today).max(referral.created.day);
            let what = (TaskKind::ReferralDraft, of, "下書きのつなぎを送る");
            tasks.push(task(dice, what, (referral.from_desk, Some(referral.author)), made, due, None));
        }
        S::Sent => {
            let (kind, title, days) = if referral.received_at.is_none() {
                (TaskKind::ReferralReceipt, "つなぎの受領", 1)
            } else {
                (TaskKind::ReferralReply, "つなぎへの返事", 5)
            };
            // Answers long overdue would make every list red; those are pressed for anew.
            let promised = sent.business(days);
            let due = if promised < today.business(-10) { due(dice, today) } else { promised };
            tasks.push(task(dice, (kind, of, title), (answering, None), sent, due, None));
        }
        S::Accepted | S::InProgress | S::OnHold => {
            let due = due(dice, today).max(made);
            let what = (TaskKind::NextPromise, of, "つなぎの次の約束");
            tasks.push(task(dice, what, (answering, None), made, due, None));
        }
        _ => {}
    }
    if let Some(feedback) = &referral.feedback {
        let what = (TaskKind::FeedbackOwed, of, "その後の報告");
        match feedback.given {
            Some(at) if number.is_multiple_of(4) => {
                let end = Some((TaskState::Done, at));
                tasks.push(task(dice, what, (answering, None), sent, feedback.due, end));
            }
            None if referral.state != S::EnteredInError => {
                let late = feedback.due < today.business(-10);
                let due = if late { due(dice, today) } else { feedback.due };
                tasks.push(task(dice, what, (answering, None), sent, due, None));
            }
            _ => {}
        }
    }
    tasks
}
