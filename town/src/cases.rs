//! Continued support: which consultations became cases, how they went, and the consents given on the way.

use crate::consultations::{Index, World, two};
use crate::dice::Dice;
use crate::model::{
    Case, CaseEvent, CaseState, Categories, Category, ConsentForm, ConsentSpec, ConsentState, Consultation,
    ConsultationState, Day, Disposition, Engagement, RecordKind, SupportRecord, TextField, Theme,
};
use crate::pos;
use crate::themes::{self, voice};

/// A change of the answering desk, which an accepted hand-over brings about.
pub struct HandOver {
    /// The case.
    pub case: u32,
    /// The day the receiver accepted.
    pub on: Day,
    /// The desk before.
    pub from: u32,
    /// The desk after.
    pub to: u32,
    /// How it came about.
    pub how: Move,
}

/// How a case came to another desk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Handed over.
    Over,
    /// Given back by the desk it was handed to in the move before.
    Back,
    /// The desk was merged into another, which needs no referral.
    Succession,
}

/// What came of the consultations.
pub struct Support {
    /// Cases in order of opening.
    pub cases: Vec<Case>,
    /// Records grouped by case.
    pub records: Vec<SupportRecord>,
    /// Consents.
    pub consents: Vec<ConsentSpec>,
    /// Hand-overs that moved a case.
    pub moves: Vec<HandOver>,
}

/// Opens cases from the consultations and tells how each went until today.
pub fn build(dice: &mut Dice, world: &World, consultations: &mut [Consultation]) -> Support {
    let index = Index::new(world, true);
    let mut support =
        Support { cases: Vec::new(), records: Vec::new(), consents: Vec::new(), moves: Vec::new() };
    // The last case of each household and the day until which it runs.
    let mut latest: Vec<Option<(u32, Day)>> = vec![None; world.households.len()];
    for (number, consultation) in consultations.iter_mut().enumerate() {
        let Some(home) = consultation.household else { continue };
        let unsuitable = matches!(
            consultation.state,
            ConsultationState::Draft | ConsultationState::Open | ConsultationState::EnteredInError
        );
        if unsuitable {
            continue;
        }
        let day = consultation.occurred_at.day;
        if let Some((case, until)) = latest[home as usize]
            && day <= until
        {
            consultation.case = Some(case);
            continue;
        }
        let theme = world.households[home as usize].theme;
        let chance = if theme == Theme::Ordinary { 7 } else { 50 };
        if !dice.percent(chance) {
            continue;
        }
        let case = open(dice, world, &index, consultation, pos(number), &mut support);
        let until = match support.cases[case as usize].state {
            CaseState::Closed | CaseState::Interrupted => {
                support.cases[case as usize].events.last().map_or(world.today, |event| event.day)
            }
            _ => world.today,
        };
        latest[home as usize] = Some((case, until));
        consultation.case = Some(case);
        consultation.state = ConsultationState::BecameCase;
        if consultation.disposition != Disposition::Urgent {
            consultation.disposition = Disposition::OwnSupport;
        }
    }
    support
}

/// The states after opening, in order.
fn fate(dice: &mut Dice, world: &World, home: u32, opened: Day) -> Vec<CaseEvent> {
    let theme = world.households[home as usize].theme;
    let mut events = Vec::new();
    if dice.percent(16) {
        return events;
    }
    let closed = opened.plus(dice.between(50, 460)).or_next_business();
    if closed > world.today {
        return events;
    }
    let state =
        if dice.percent(10) && !voice(theme).guarded() { CaseState::Interrupted } else { CaseState::Closed };
    let scene = world.scene(Some(home), closed, "本人");
    let ends = if state == CaseState::Closed { voice(theme).ends } else { themes::INTERRUPTIONS };
    let guarded = voice(theme).guarded();
    let watch = if guarded { themes::END_GUARDED } else { themes::CLOSE_WATCH };
    let sentences = [dice.word(ends), dice.word(watch)];
    let text = scene.line(dice, &sentences);
    events.push(CaseEvent { state, day: closed, text });
    let again = closed.plus(dice.between(30, 200)).or_next_business();
    if dice.percent(12) && again <= world.today {
        let why = dice.word(themes::REOPENINGS);
        let text = world.scene(Some(home), again, "本人").line(dice, &[why]);
        events.push(CaseEvent { state: CaseState::Reopened, day: again, text });
    }
    events
}

fn open(
    dice: &mut Dice,
    world: &World,
    index: &Index,
    consultation: &Consultation,
    number: u32,
    support: &mut Support,
) -> u32 {
    let case = pos(support.cases.len());
    let home = consultation.household.unwrap_or(0);
    let opened = consultation.occurred_at.day;
    let events = fate(dice, world, home, opened);
    let state = events.last().map_or(CaseState::Open, |event| event.state);
    let end = match state {
        CaseState::Closed | CaseState::Interrupted => events.last().map_or(world.today, |event| event.day),
        _ => world.today,
    };
    let first_desk = consultation.desk;
    let theme = world.households[home as usize].theme;
    let moves = moves(dice, world, index, (case, home), (opened, end), first_desk);
    let desk = moves.last().map_or(first_desk, |step| step.to);
    let first_record = pos(support.records.len());
    let days = world.today.0 - opened.0;
    let wanted = if matches!(state, CaseState::Open | CaseState::Reopened) {
        3 + dice.between(0, (days / 24).clamp(1, 37))
    } else {
        dice.between(3, 9)
    };
    let mut moments: Vec<_> = (0..wanted)
        .map(|_| {
            let day = record_day(dice, world, opened, end, &events);
            day.at(u16::try_from(dice.between(520, 1_010)).unwrap_or(600))
        })
        .collect();
    moments.sort_unstable();
    let mut worker = consultation.author;
    for moment in moments {
        let moment = if moment <= consultation.occurred_at {
            opened.at(consultation.occurred_at.minute.saturating_add(5).min(1_050))
        } else {
            moment
        };
        let here = moves.iter().rev().find(|step| moment.day >= step.on).map_or(first_desk, |step| step.to);
        if !world.crew.writes(worker, here, moment.day) || dice.percent(6) {
            worker = world.writer(dice, here, moment.day).unwrap_or(worker);
        }
        let record = record(dice, world, home, case, moment, (here, worker));
        support.records.push(record);
    }
    support.moves.extend(moves);
    if !world.crew.writes(worker, desk, world.today) {
        worker = world.writer(dice, desk, world.today).unwrap_or(worker);
    }
    let engagement = engagement(dice, world, home);
    support.cases.push(Case {
        household: home,
        consultation: number,
        desk,
        worker,
        opened,
        state,
        events,
        title: voice(theme).title,
        engagement,
        records: first_record..pos(support.records.len()),
    });
    consents(dice, world, index, (home, case, desk, opened, end), support);
    case
}

/// Some cases are handed to a desk that knows more about the matter, a few of these come back, and a desk
/// that was merged left its cases to the one it became.
fn moves(
    dice: &mut Dice,
    world: &World,
    index: &Index,
    (case, home): (u32, u32),
    (opened, end): (Day, Day),
    from: u32,
) -> Vec<HandOver> {
    let span = end.0 - opened.0;
    if let Some(last) = world.network.desks[from as usize].valid_until {
        if end <= last {
            return Vec::new();
        }
        let heir = world.network.agency("片瀬いきいきサポートセンター");
        let to = crate::staff::desk_of(&world.network.desks, heir);
        return vec![HandOver { case, on: last.plus(1), from, to, how: Move::Succession }];
    }
    if !dice.percent(14) || span < 25 {
        return Vec::new();
    }
    let on = opened.plus(dice.between(8, (span - 8).min(120))).or_next_business().min(end);
    let theme = world.households[home as usize].theme;
    let to = index.desk(world, dice, theme, world.district(home), opened);
    let fits = to != from && world.desk_stands(to, world.today) && world.writer(dice, to, opened).is_some();
    if !fits {
        return Vec::new();
    }
    let mut moves = vec![HandOver { case, on, from, to, how: Move::Over }];
    let back = on.business(15).plus(dice.between(0, 30)).or_next_business();
    if back <= end && dice.percent(22) {
        moves.push(HandOver { case, on: back, from: to, to: from, how: Move::Back });
    }
    moves
}

/// A day of support between opening and the end, outside the time a case was closed.
fn record_day(dice: &mut Dice, world: &World, opened: Day, end: Day, events: &[CaseEvent]) -> Day {
    let mut day = opened.plus(dice.between(0, (end.0 - opened.0).max(0)));
    if !day.is_business() && dice.percent(96) {
        day = day.or_next_business();
        if day > end {
            day = end;
        }
    }
    if let [closed, reopened] = events
        && day > closed.day
        && day < reopened.day
    {
        day = if dice.percent(60) {
            opened.plus(dice.between(0, closed.day.0 - opened.0))
        } else {
            reopened.day
        };
    }
    day.min(world.today)
}

fn record(
    dice: &mut Dice,
    world: &World,
    home: u32,
    case: u32,
    at: crate::model::Moment,
    (desk, author): (u32, u32),
) -> SupportRecord {
    let theme = world.households[home as usize].theme;
    let shy = matches!(theme, Theme::Refuses | Theme::NoConsent | Theme::Hikikomori | Theme::Hoarding);
    let guarded = voice(theme).guarded();
    let kind = dice.weighted(&[
        (RecordKind::Phone, 36),
        (RecordKind::Visit, 26),
        (RecordKind::Office, if shy { 6 } else { 18 }),
        (RecordKind::Letter, if shy { 9 } else { 4 }),
        (RecordKind::Attempt, if shy { 22 } else { 7 }),
        (RecordKind::Meeting, 9),
    ]);
    // Where nothing may reach the home, it is the person who calls or comes.
    let kind = match kind {
        RecordKind::Visit | RecordKind::Letter | RecordKind::Attempt if guarded => RecordKind::Office,
        other => other,
    };
    let scene = world.scene(Some(home), at.day, "本人");
    let voice = voice(theme);
    let (first, second) = two(dice, voice.course);
    let end = dice.word(themes::RECORD_ENDS);
    let sentences = match kind {
        RecordKind::Phone | RecordKind::Office if guarded => {
            vec![dice.word(themes::RECORD_GUARDED), first, second, dice.word(themes::PROMISES_GUARDED)]
        }
        RecordKind::Meeting if guarded => {
            vec![dice.word(themes::RECORD_MEETING), first, dice.word(themes::END_GUARDED)]
        }
        RecordKind::Phone => vec![dice.word(themes::RECORD_PHONE), first, end],
        RecordKind::Visit => vec![dice.word(themes::RECORD_VISIT), first, second, end],
        RecordKind::Office => vec![dice.word(themes::RECORD_OFFICE), first, second, end],
        RecordKind::Letter => vec![
            dice.word(themes::RECORD_LETTER),
            dice.word(themes::ATTEMPT_ENDS),
            dice.word(themes::PROMISES),
        ],
        RecordKind::Attempt => vec![
            dice.word(themes::RECORD_ATTEMPT),
            dice.word(themes::ATTEMPT_ENDS),
            dice.word(themes::DETAILS),
        ],
        RecordKind::Meeting => {
            vec![dice.word(themes::RECORD_MEETING), first, dice.word(voice.did), end]
        }
    };
    let field = if kind == RecordKind::Meeting { TextField::Response } else { TextField::Facts };
    let mut text = scene.note(dice, field, &sentences);
    text.categories = text.categories.with(Categories::of(Category::Support));
    SupportRecord { case, kind, occurred_at: at, recorded_at: world.recorded(dice, at), desk, author, text }
}

fn engagement(dice: &mut Dice, world: &World, home: u32) -> Vec<Engagement> {
    let household = &world.households[home as usize];
    let mut stages = Vec::with_capacity(household.members.len());
    for (at, person) in household.members.iter().enumerate() {
        let minor = world.today.age_of(world.persons[*person as usize].born) < 16;
        let focus = at == usize::from(household.focus);
        let stage = match household.theme {
            Theme::Refuses if focus => {
                dice.weighted(&[(Engagement::Refuses, 60), (Engagement::Watching, 40)])
            }
            Theme::NoConsent if focus => dice.weighted(&[
                (Engagement::NotContacted, 35),
                (Engagement::Refuses, 35),
                (Engagement::Watching, 30),
            ]),
            Theme::Hikikomori | Theme::EightyFifty | Theme::Hoarding if focus => dice.weighted(&[
                (Engagement::NotContacted, 25),
                (Engagement::Watching, 25),
                (Engagement::Building, 30),
                (Engagement::Consenting, 20),
            ]),
            _ if minor => dice.weighted(&[(Engagement::NotContacted, 50), (Engagement::Building, 50)]),
            _ => dice.weighted(&[
                (Engagement::Consenting, 66),
                (Engagement::Building, 22),
                (Engagement::Watching, 8),
                (Engagement::NotContacted, 4),
            ]),
        };
        stages.push(stage);
    }
    stages
}

/// Purposes consents are given for.
const PURPOSES: &[&str] = &[
    "支援の相談と調整のため",
    "サービスの利用調整のため",
    "受診の調整のため",
    "家計の立て直しのため",
    "就労の支援のため",
    "住まいの確保のため",
    "見守りのため",
    "会議での検討のため",
];

fn consents(
    dice: &mut Dice,
    world: &World,
    index: &Index,
    (home, case, desk, opened, end): (u32, u32, u32, Day, Day),
    support: &mut Support,
) {
    let household = &world.households[home as usize];
    let theme = household.theme;
    let stages = support.cases[case as usize].engagement.clone();
    for (at, stage) in stages.iter().enumerate() {
        let born = world.persons[household.members[at] as usize].born;
        let focal =
            at == usize::from(household.focus) || household.other.is_some_and(|o| usize::from(o) == at);
        if !focal || opened.age_of(born) < 15 || !dice.percent(72) {
            continue;
        }
        let requested = opened.plus(dice.between(0, (end.0 - opened.0).clamp(0, 20)));
        let state = match stage {
            Engagement::Refuses => ConsentState::Refused,
            Engagement::NotContacted => continue,
            Engagement::Watching => {
                dice.weighted(&[(ConsentState::Requested, 60), (ConsentState::Refused, 40)])
            }
            _ => dice.weighted(&[
                (ConsentState::Given, 72),
                (ConsentState::Renewed, 8),
                (ConsentState::Withdrawn, 6),
                (ConsentState::Superseded, 4),
                (ConsentState::Requested, 10),
            ]),
        };
        let mut recipients = vec![index.desk(world, dice, theme, world.district(home), requested)];
        if dice.percent(50) {
            let more = index.desk(world, dice, theme, world.district(home), requested);
            if !recipients.contains(&more) {
                recipients.push(more);
            }
        }
        recipients.retain(|r| *r != desk);
        if recipients.is_empty() {
            continue;
        }
        let taken_by = world.writer(dice, desk, requested).unwrap_or(support.cases[case as usize].worker);
        support.consents.push(consent(
            dice,
            world,
            (home, Some(case), None),
            at,
            recipients,
            (requested, state),
            (desk, taken_by),
        ));
    }
}

/// A consent in a state, with dates that agree.
pub fn consent(
    dice: &mut Dice,
    world: &World,
    (household, case, consultation): (u32, Option<u32>, Option<u32>),
    giver: usize,
    recipients: Vec<u32>,
    (requested, mut state): (Day, ConsentState),
    (desk, taken_by): (u32, u32),
) -> ConsentSpec {
    let mut categories = Categories::of(Category::Basic)
        .with(Categories::of(Category::Contact))
        .with(Categories::of(Category::Support))
        .with(Categories::of(Category::Plan));
    for more in [
        Category::Household,
        Category::Health,
        Category::Money,
        Category::WorkSchool,
        Category::Disability,
        Category::Opinion,
    ] {
        if dice.percent(60) {
            categories = categories.with(Categories::of(more));
        }
    }
    let (first, second) = two(dice, PURPOSES);
    let purposes = if dice.percent(50) { vec![first, second] } else { vec![first] };
    let answered = !matches!(state, ConsentState::Requested | ConsentState::Refused);
    let from = answered.then_some(requested);
    let until = from.map(|from| {
        let (year, month, day) = from.ymd();
        Day::new(year + 1, month, day.min(28))
    });
    let mut ended = None;
    if let (Some(from), Some(until)) = (from, until) {
        match state {
            ConsentState::Withdrawn | ConsentState::Superseded => {
                let last = world.today.min(until.plus(-1));
                ended = Some(from.plus(dice.between(0, (last.0 - from.0).max(0))));
            }
            ConsentState::Given | ConsentState::Renewed if until < world.today => {
                state = ConsentState::Expired;
                ended = Some(until);
            }
            _ => {}
        }
    }
    ConsentSpec {
        household,
        case,
        consultation,
        giver: u8::try_from(giver).unwrap_or(0),
        recipients,
        categories,
        purposes,
        form: if dice.percent(68) { ConsentForm::Signed } else { ConsentForm::Oral },
        state,
        requested,
        from,
        until,
        ended,
        taken_by,
        desk,
    }
}
