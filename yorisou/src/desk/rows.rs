//! One line of work, ready to be shown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use household::Reviewed;
use register::Settings;
use site::{Frame, link};
use task::{Clocks, Level, Task, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{CommandId, DeskId, ThingId, UserId};
use words::{Day, Instant};

use super::names::Called;

/// How a promise stands to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// So many business days late.
    Late(i64),
    /// Late, and urgent: so many hours.
    LateHours(i64),
    /// Today.
    Today,
    /// So many business days ahead.
    Ahead(i64),
}

/// One step of the ladder, ready to be shown.
pub struct Rung {
    /// Key of who.
    pub key: String,
    /// Whether they have been told.
    pub on: bool,
    /// When they were or will be told.
    pub when: String,
}

/// One line.
pub struct TaskRow {
    /// The task's own page.
    pub href: String,
    /// The value of its tick: which task, and the version that was seen.
    pub pick: String,
    /// What the tick says to whoever does not see the row around it.
    pub pick_what: String,
    /// Where the work is done, and the word on its button.
    pub work_href: String,
    /// Key of that word.
    pub work_key: String,
    /// What is promised.
    pub what: String,
    /// To or from whom, for a referral.
    pub with: String,
    /// Case number, name, person in charge.
    pub sub: Vec<String>,
    /// `is-late`, `is-soon` or nothing.
    pub class: &'static str,
    /// The large word of the date block.
    pub due_head: String,
    /// The small word.
    pub due_tail: String,
    /// ISO date.
    pub due_iso: String,
    /// The ladder, for what is late.
    pub ladder: Vec<Rung>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Whether it belongs to a triage.
    pub triage: bool,
}

/// How `due` stands to `now` for a desk with these opening days.
pub fn due(due: Instant, urgent: bool, now: Instant, opening: &OpeningDays) -> Due {
    if urgent && now >= due {
        return Due::LateHours((now.millis() - due.millis()) / 3_600_000);
    }
    let (today, day) = (now.day(), due.day());
    match day.cmp(&today) {
        Ordering::Less => Due::Late(calendar::business_days_between(opening, day, today).max(1)),
        Ordering::Equal => Due::Today,
        Ordering::Greater => Due::Ahead(calendar::business_days_between(opening, today, day).max(1)),
    }
}

/// What a row needs to know beside the task.
pub struct Around<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Desk names of today.
    pub desks: &'a HashMap<DeskId, String>,
    /// Names of staff.
    pub staff: &'a HashMap<UserId, String>,
    /// Who of them sits at which desk today.
    pub sitting: &'a HashSet<(UserId, DeskId)>,
    /// Opening days.
    pub opening: &'a HashMap<DeskId, OpeningDays>,
    /// Names of the people concerned.
    pub called: &'a Called,
    /// Title and day of sessions, by what their promises are about.
    pub sessions: &'a HashMap<ThingId, String>,
    /// What reviews are about, by what made them.
    pub reviews: &'a BTreeMap<CommandId, Reviewed>,
    /// Clocks.
    pub settings: &'a Settings,
}

/// Puts a line together.
pub fn row(task: &Task, around: &Around<'_>) -> TaskRow {
    let frame = around.frame;
    let (t, now) = (&frame.t, frame.now);
    let standard = OpeningDays::default();
    let opening = around.opening.get(&task.desk).unwrap_or(&standard);
    let standing = due(task.due_at, task.urgent, now, opening);
    let (class, due_head) = match standing {
        Due::Late(days) => ("is-late", t.f("today.days_late", "n", days)),
        Due::LateHours(0) => ("is-late", t.s("today.late_now").to_owned()),
        Due::LateHours(hours) => ("is-late", t.f("today.hours_late", "n", hours)),
        Due::Today => ("is-soon", t.s("today.today").to_owned()),
        Due::Ahead(_) => ("", t.day(task.due_at.day(), now.day())),
    };
    let due_tail = match standing {
        Due::Ahead(days) => t.f("today.days_ahead", "n", days),
        Due::Today | Due::LateHours(_) => t.f("today.until", "when", site::show::clock(task.due_at)),
        Due::Late(_) => t.f("today.until", "when", t.day(task.due_at.day(), now.day())),
    };
    let mut sub = Vec::new();
    if let Some((year, number)) = task.case_number {
        sub.push(casefile::number_text(year, number));
    }
    let name = around
        .called
        .case(task.about.case)
        .or_else(|| around.called.consultation(task.about.consultation))
        .or_else(|| around.called.referral(task.about.referral));
    if let Some(name) = name {
        sub.push(t.f("today.person", "name", name));
    }
    let session = task.about.thing.and_then(|id| around.sessions.get(&id));
    sub.extend(session.cloned());
    if let Some(user) = task.assignee {
        let name = around.staff.get(&user).map_or("", String::as_str);
        // Work of somebody who has left goes on waiting where nobody looks for it.
        let there = task.state != TaskState::Open || around.sitting.contains(&(user, task.desk));
        sub.push(t.f(if there { "today.assignee" } else { "today.assignee_gone" }, "name", name));
    } else if session.is_none() && task.state == TaskState::Open {
        // What a session waits for is the work of a desk: nobody takes it on as their own.
        sub.push(t.s("today.untaken").to_owned());
    }
    let (work_href, work_key) = work(task);
    let what = t.code("task_kind", words::code::Code::code(task.kind));
    let with = with(task, around);
    TaskRow {
        href: link::task(task.id),
        pick: format!("{}.{}", task.id, task.version),
        work_href,
        work_key,
        pick_what: format!("{what}{with} {} {due_head}", sub.join(" ")),
        what,
        with,
        sub,
        class,
        due_head,
        due_tail,
        due_iso: task.due_at.day().to_string(),
        ladder: if class == "is-late" { ladder(task, opening, around) } else { Vec::new() },
        urgent: task.urgent,
        triage: matches!(task.kind, TaskKind::TriageStep | TaskKind::TriageJudge | TaskKind::TriageConfirm),
    }
}

/// Whether a promise is about a session, or an invitation to one.
pub const fn of_session(kind: TaskKind) -> bool {
    matches!(
        kind,
        TaskKind::HoldSession
            | TaskKind::ObligedAbsent
            | TaskKind::WriteMinutes
            | TaskKind::CommentMinutes
            | TaskKind::AnswerInvitation
            | TaskKind::FetchInvitation
            | TaskKind::MakeUp
            | TaskKind::ReadCancelled
            | TaskKind::TellCancelled
    )
}

fn with(task: &Task, around: &Around<'_>) -> String {
    let t = &around.frame.t;
    let name = |desk: DeskId| around.desks.get(&desk).map_or("", String::as_str).to_owned();
    if task.kind == TaskKind::Review {
        let what = around.reviews.get(&task.made_by).map_or("", |r| r.what.as_str());
        return if what.is_empty() { String::new() } else { t.f("today.of_event", "what", what) };
    }
    match (task.from_desk, task.to_desk) {
        (Some(from), _) if task.kind == TaskKind::AnswerReferral || task.kind == TaskKind::FinishReferral => {
            t.f("today.from", "desk", name(from))
        }
        (Some(from), _) if matches!(task.kind, TaskKind::AnswerInquiry | TaskKind::RaisedInquiry) => {
            t.f("today.asked_by", "desk", name(from))
        }
        (_, Some(to)) if task.kind == TaskKind::FetchAnswer || task.kind == TaskKind::Reroute => {
            t.f("today.to", "desk", name(to))
        }
        (_, Some(to)) if matches!(task.kind, TaskKind::FetchInquiry | TaskKind::CheckInquiry) => {
            t.f("today.asked_of", "desk", name(to))
        }
        _ => String::new(),
    }
}

fn ladder(task: &Task, opening: &OpeningDays, around: &Around<'_>) -> Vec<Rung> {
    let (t, today) = (&around.frame.t, around.frame.now.day());
    let clocks = clocks(around.settings);
    let told = |at: Option<Instant>, day: Option<Day>| match (at, day) {
        (Some(at), _) => (true, t.f("ladder.told", "day", t.day(at.day(), today))),
        (None, Some(day)) => (false, t.f("ladder.will_tell", "day", t.day(day, today))),
        (None, None) => (false, String::new()),
    };
    let day_of = |level| task::next_step(task.due_at, level, opening, &clocks).map(|(_, day)| day);
    let (lead_on, lead_when) = told(task.told.lead, day_of(Level::Holder));
    let (top_on, top_when) = told(task.told.coordinator, day_of(Level::Lead));
    let rung = |key: &str, on, when| Rung { key: key.to_owned(), on, when };
    let mut rungs = vec![rung("ladder.holder", true, String::new())];
    if task.kind.tells(Level::Lead) {
        rungs.push(rung("ladder.lead", lead_on, lead_when));
    }
    rungs.push(rung("ladder.coordinator", top_on, top_when));
    rungs
}

/// The ladder's clocks out of the settings.
pub fn clocks(settings: &Settings) -> Clocks {
    Clocks {
        lead_after: settings.lead_after_days,
        coordinator_after: settings.coordinator_after_days,
        urgent_hours: settings.urgent_hours,
    }
}

/// Where the promise is kept.
fn work(task: &Task) -> (String, String) {
    let key = format!("today.do_{}", words::code::Code::code(task.kind));
    let href = match task.kind {
        TaskKind::Dispose => task.about.consultation.map(link::consultation),
        TaskKind::TakeSheet => task.about.sheet.map(link::sheet),
        TaskKind::AnswerReferral | TaskKind::FetchAnswer | TaskKind::FinishReferral => {
            task.about.referral.map(link::referral)
        }
        TaskKind::AnswerInquiry
        | TaskKind::FetchInquiry
        | TaskKind::CheckInquiry
        | TaskKind::RaisedInquiry => task.about.inquiry.map(link::inquiry),
        TaskKind::PledgeSecrecy
        | TaskKind::ReleaseMaterial
        | TaskKind::HoldMatter
        | TaskKind::SeatMember
        | TaskKind::StandIn => task.about.thing.map(link::matter),
        TaskKind::RecheckDecision => task.about.thing.map(link::decision),
        TaskKind::NameDeputy => Some(link::DEPUTIES.to_owned()),
        TaskKind::AskedMatter => task.about.thing.map(|id| link::matter_new("asked", id)),
        TaskKind::AnswerCapacity | TaskKind::FetchCapacity | TaskKind::ChooseCapacity => {
            task.about.thing.map(link::capacity)
        }
        TaskKind::ReturnContact => task.about.thing.map(link::contact),
        TaskKind::GiveAdvice | TaskKind::ReadAdvice => task.about.thing.map(link::advice),
        TaskKind::AnswerInvitation
        | TaskKind::FetchInvitation
        | TaskKind::MakeUp
        | TaskKind::ReadCancelled
        | TaskKind::TellCancelled => task.about.thing.map(link::invitation),
        TaskKind::Homework | TaskKind::HearHomework => task.about.thing.map(link::homework),
        TaskKind::ReadAfter => Some(link::AFTER.to_owned()),
        TaskKind::TellAfter => task.about.thing.map(link::item_question),
        TaskKind::PlaceItem | TaskKind::HearItem => task.about.thing.map(link::agenda_item),
        TaskKind::HoldSession | TaskKind::ObligedAbsent => task.about.thing.map(link::meeting),
        TaskKind::WriteMinutes => task.about.thing.map(link::minutes_edit),
        TaskKind::CommentMinutes => task.about.thing.map(link::minutes_comments),
        TaskKind::ReadCirculation | TaskKind::TellCirculation => task.about.thing.map(link::circulation),
        TaskKind::WeighOverlap => task.about.thing.map(link::overlap),
        TaskKind::Reroute => task.about.case.map(link::referral_new),
        TaskKind::GiveFeedback => Some(link::FEEDBACK.to_owned()),
        TaskKind::NextPromise => task.about.case.map(link::case),
        TaskKind::ReviewCaution => task.about.case.map(link::case_cautions),
        TaskKind::TakePart | TaskKind::HearPart => task.about.case.map(link::case_board),
        TaskKind::PlanAction | TaskKind::HearAction | TaskKind::Monitor | TaskKind::FirstCheck => {
            task.about.thing.map(link::support_plan)
        }
        TaskKind::AnswerLead | TaskKind::CheckLead | TaskKind::AckLead => {
            task.about.case.map(link::case_lead)
        }
        TaskKind::Participation => {
            task.about.case.zip(task.about.thing).map(|(case, of)| link::participation(case, of))
        }
        TaskKind::TriageStep | TaskKind::TriageJudge | TaskKind::TriageConfirm => {
            Some(link::triage_of_task(task.id))
        }
        TaskKind::UrgentSeen => task.about.thing.map(|id| link::urgent_look(id.cast())),
        TaskKind::UrgentReview => task.about.thing.map(|id| link::urgent_review(id.cast())),
        TaskKind::AccessReport | TaskKind::HandOverReport => {
            task.about.thing.map(|id| link::access_report(id.cast()))
        }
        TaskKind::ConsentEnds | TaskKind::ConsentOfAge => task.about.case.map(link::case_consents),
        TaskKind::LifeStage => task.about.thing.map(|id| format!("{}/{id}", link::STAGES)),
        TaskKind::TakeOver | TaskKind::CheckTakeOver => task.about.thing.map(link::hand_over),
        TaskKind::ApproveLesson => task.about.thing.map(link::library_case),
        TaskKind::FollowUp | TaskKind::Review | TaskKind::ConsiderNext => None,
    };
    (href.unwrap_or_else(|| link::task(task.id)), key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_counts_business_days_and_urgent_hours() {
        let at = |d, h| Instant::at(Day::new(2026, 11, d).unwrap(), h, 0);
        let open = OpeningDays::default();
        assert_eq!(due(at(20, 17), false, at(20, 18), &open), Due::Today);
        // Friday to Tuesday with a holiday on Monday: one business day.
        assert_eq!(due(at(20, 17), false, at(24, 9), &open), Due::Late(1));
        assert_eq!(due(at(24, 17), false, at(20, 9), &open), Due::Ahead(1));
        assert_eq!(due(at(20, 17), true, at(20, 20), &open), Due::LateHours(3));
    }
}
