//! Referrals in every state and of every kind, and the sheets of the liaisons.

use crate::cases::{HandOver, Move, Support, consent};
use crate::consultations::{Index, World, two};
use crate::dice::Dice;
use crate::model::{
    Basis, ConnectingSheet, ConsentForm, ConsentState, Consultation, ConsultationState, Day, Feedback,
    LawfulBasis, Moment, Programme, Referral, ReferralKind, ReferralState, SheetState, Subjects, TextField,
    Theme, ToldBy, Transition, Urgency,
};
use crate::pos;
use crate::text::Scene;
use crate::themes::{self, voice};

/// Reasons for saying no, giving up or taking back, by state.
fn reasons(state: ReferralState) -> &'static [(&'static str, &'static str)] {
    match state {
        ReferralState::Refused => &[
            ("no_capacity", "今月は新たに受ける余力がありません。来月に改めてご相談ください。"),
            ("not_our_matter", "当方の対象ではないため、別の窓口が適当と考えます。"),
            ("other_area", "担当地区が異なります。"),
            ("already_supported", "すでに別の機関が関わっています。"),
            ("missing_information", "状況が分からず判断できません。追加でお知らせください。"),
        ],
        ReferralState::Failed => &[
            ("not_reached", "電話と訪問を重ねましたが会えませんでした。"),
            ("no_resource", "希望に合う受入れ先が見つかりませんでした。"),
            ("moved_away", "市外へ転出されました。"),
            ("condition_changed", "入院により続けられなくなりました。"),
        ],
        ReferralState::DeclinedByPerson => &[
            ("not_needed", "今は必要ないとのことです。"),
            ("dislikes_place", "その場所には行きたくないとのことです。"),
            ("family_opposes", "家族が反対しているとのことです。"),
            ("wants_other", "別の窓口を希望されています。"),
        ],
        ReferralState::Withdrawn => &[
            ("solved", "先に解決したため取り下げます。"),
            ("wrong_desk", "送り先を改めます。"),
            ("consent_withdrawn", "同意が撤回されたため取り下げます。"),
        ],
        ReferralState::EnteredInError => {
            &[("duplicate", "同じものを2度送っていました。"), ("wrong_person", "別の世帯の内容でした。")]
        }
        ReferralState::OnHold => &[
            ("waiting_for_person", "本人の返事を待っています。"),
            ("waiting_for_decision", "認定の結果を待っています。"),
            ("in_hospital", "退院の見通しを待っています。"),
        ],
        _ => &[],
    }
}

const ACCEPT_WORDS: &[&str] = &[
    "お受けします。担当から本人に電話します。",
    "受けます。初回は一緒に訪問してもらえると助かります。",
    "承知しました。今週中に連絡します。",
    "お受けします。資料を拝見しました。",
    "受入れます。担当者を決めました。",
    "お引き受けします。地区の担当が伺います。",
    "了解しました。まず電話で様子を聞きます。",
];
const PROGRESS_WORDS: &[&str] = &[
    "初回の面談を行いました。",
    "自宅を訪問しました。",
    "申請の手続きを始めました。",
    "本人と電話で話しました。",
    "見学に同行しました。",
    "家族とも話せました。",
    "週1回の電話を続けています。",
];
const OUTCOMES: &[&str] = &[
    "サービスの利用が始まった",
    "受診につながった",
    "制度の申請が通った",
    "定期の見守りに入った",
    "居場所に通い始めた",
    "仕事が決まった",
    "家計の見直しが進んだ",
    "相談の継続となった",
    "情報提供で足りた",
    "住まいが決まった",
];
const FEEDBACK_WORDS: &[&str] = &[
    "{a}は{wd}に{place}へ通うようになりました。つないでいただき助かりました。",
    "{past}に面談し、{month}から利用が始まります。",
    "{a}から「話してよかった」と聞きました。",
    "まだ迷いがあるため、{month}に改めて会います。",
    "{helper}とも連絡が取れ、週{n}回の見守りになりました。",
    "手続きが済み、{symptom}も落ち着いてきたとのことです。",
    "{b}とも話ができ、{next}に見学に行きます。",
    "支払いの見通しが立ち、分割で{coins}ずつ納めることになりました。",
];
const PLACES: &[&str] =
    &["児童館の遊戯室", "学校の保健室", "窓口", "学童の迎え", "催しの会場", "電話", "校門"];

/// The referrals and the sheets, with the further consultations those became.
pub struct Passed {
    /// Referrals.
    pub referrals: Vec<Referral>,
    /// Connecting sheets.
    pub sheets: Vec<ConnectingSheet>,
}

/// What one referral starts from.
#[derive(Clone, Copy)]
struct Origin {
    household: u32,
    case: Option<u32>,
    consultation: Option<u32>,
    from_desk: u32,
    on: Day,
    urgency: Urgency,
}

/// Draws referrals for what was passed on, for cases that need others, and for moves of cases.
pub fn build(
    dice: &mut Dice,
    world: &World,
    consultations: &[Consultation],
    support: &mut Support,
) -> Passed {
    let signed = Index::new(world, true);
    let all = Index::new(world, false);
    let mut passed = Passed { referrals: Vec::new(), sheets: Vec::new() };
    for number in 0..support.moves.len() {
        moved(dice, world, support, number, &mut passed.referrals);
    }
    for (number, consultation) in consultations.iter().enumerate() {
        let Some(household) = consultation.household else { continue };
        if consultation.state != ConsultationState::PassedOn {
            continue;
        }
        let origin = Origin {
            household,
            case: consultation.case,
            consultation: Some(pos(number)),
            from_desk: consultation.desk,
            on: consultation.occurred_at.day,
            urgency: consultation.urgency,
        };
        let kind = dice.weighted(&[
            (ReferralKind::HandOver, 50),
            (ReferralKind::Join, 25),
            (ReferralKind::Information, 25),
        ]);
        add(dice, world, (&signed, &all), support, origin, kind, &mut passed.referrals);
    }
    for case in 0..support.cases.len() {
        if !dice.percent(42) {
            continue;
        }
        let at = &support.cases[case];
        let end = at.events.first().map_or(world.today, |event| event.day);
        let first = support
            .moves
            .iter()
            .rfind(|m| m.case as usize == case)
            .map_or((at.opened, end), |m| (m.on, end.max(m.on)));
        let on = first.0.plus(dice.between(0, (first.1.0 - first.0.0).max(0)));
        let on = if on.is_business() { on } else { on.or_next_business().min(world.today) };
        let kind = dice.weighted(&[
            (ReferralKind::Join, 50),
            (ReferralKind::CoordinationRequest, 28),
            (ReferralKind::Information, 22),
        ]);
        let origin = Origin {
            household: at.household,
            case: Some(pos(case)),
            consultation: None,
            from_desk: at.desk,
            on,
            urgency: dice.weighted(&[(Urgency::Normal, 78), (Urgency::Soon, 18), (Urgency::Urgent, 4)]),
        };
        add(dice, world, (&signed, &all), support, origin, kind, &mut passed.referrals);
    }
    cover_desks(dice, world, support, &mut passed.referrals);
    sheets(dice, world, &signed, consultations, &mut passed.sheets);
    passed
}

/// The referral by which a case changed hands.
fn moved(dice: &mut Dice, world: &World, support: &mut Support, number: usize, out: &mut Vec<Referral>) {
    let HandOver { case, on, from, to, how } = support.moves[number];
    if how == Move::Succession {
        return;
    }
    let at = &support.cases[case as usize];
    let origin = Origin {
        household: at.household,
        case: Some(case),
        consultation: Some(at.consultation),
        from_desk: from,
        on: on.business(-2).max(at.opened),
        urgency: Urgency::Normal,
    };
    let returned = support.moves.get(number + 1).filter(|next| next.case == case && next.how == Move::Back);
    // What is given back failed no later than the day on which the return was written.
    let (state, until) = match returned {
        Some(back) => (ReferralState::Failed, back.on.business(-2)),
        None if dice.percent(50) => (ReferralState::InProgress, world.today),
        None => (ReferralState::Completed, world.today),
    };
    let kind = if how == Move::Back { ReferralKind::HandBack } else { ReferralKind::HandOver };
    let mut referral = blank(dice, world, &origin, to, kind);
    referral.basis = basis(dice, world, support, &origin, to, kind);
    referral.follows = (how == Move::Back && !out.is_empty()).then(|| pos(out.len() - 1));
    walk(dice, world, &mut referral, state, Some((on, until)));
    out.push(referral);
}

fn add(
    dice: &mut Dice,
    world: &World,
    (signed, all): (&Index, &Index),
    support: &mut Support,
    origin: Origin,
    kind: ReferralKind,
    out: &mut Vec<Referral>,
) {
    let theme = world.households[origin.household as usize].theme;
    let district = world.district(origin.household);
    let to = match kind {
        ReferralKind::CoordinationRequest => {
            let hubs = ["バックアップふじさわ社協", "バックアップふじさわ"].map(|name| {
                let agency = world.network.agency(name);
                let desks = &world.network.desks;
                desks
                    .iter()
                    .position(|d| d.agency == agency && d.programme == Programme::MultiAgency)
                    .unwrap_or(0)
            });
            pos(*dice.pick(&hubs))
        }
        _ if dice.percent(24) => all.desk(world, dice, theme, district, origin.on),
        _ => signed.desk(world, dice, theme, district, origin.on),
    };
    if to == origin.from_desk || !world.desk_stands(to, world.today) {
        return;
    }
    // An open hand-over of a case must not look accepted, for that would have moved the case.
    let state = state(dice, kind, world.today.0 - origin.on.0, origin.case.is_some());
    let mut referral = blank(dice, world, &origin, to, kind);
    referral.basis = basis(dice, world, support, &origin, to, kind);
    if referral.basis == Basis::NoIdentity && kind != ReferralKind::Information {
        referral.kind = ReferralKind::Information;
    }
    walk(dice, world, &mut referral, state, None);
    out.push(referral);
}

fn state(dice: &mut Dice, kind: ReferralKind, age: i32, moves_case: bool) -> ReferralState {
    use ReferralState as S;
    if moves_case && kind == ReferralKind::HandOver {
        return dice.weighted(&[(S::Refused, 55), (S::DeclinedByPerson, 25), (S::Withdrawn, 20)]);
    }
    if age < 7 {
        return dice.weighted(&[(S::Draft, 20), (S::Sent, 55), (S::Accepted, 25)]);
    }
    if age < 60 {
        return dice.weighted(&[
            (S::Sent, 14),
            (S::Accepted, 22),
            (S::InProgress, 34),
            (S::OnHold, 8),
            (S::Completed, 12),
            (S::Refused, 5),
            (S::DeclinedByPerson, 3),
            (S::Withdrawn, 2),
        ]);
    }
    dice.weighted(&[
        (S::Completed, 62),
        (S::InProgress, 9),
        (S::OnHold, 2),
        (S::Failed, 9),
        (S::Refused, 8),
        (S::DeclinedByPerson, 5),
        (S::Withdrawn, 4),
        (S::EnteredInError, 1),
    ])
}

fn blank(dice: &mut Dice, world: &World, origin: &Origin, to: u32, kind: ReferralKind) -> Referral {
    let household = &world.households[origin.household as usize];
    let voice = voice(household.theme);
    let scene = world.scene(Some(origin.household), origin.on, "本人");
    let (first, second) = two(dice, voice.facts);
    let (did, course) = (*dice.pick(voice.did), *dice.pick(themes::DETAILS));
    let mut texts = vec![scene.note(dice, TextField::Facts, &[first, second, course])];
    let end = dice.word(if voice.guarded() { themes::END_GUARDED } else { themes::END_PASSED });
    texts.push(scene.note(dice, TextField::Response, &[did, end]));
    if dice.percent(55) {
        let (first, second) = two(dice, voice.words_a);
        let mut words = scene.note(dice, TextField::Words, &[first, second]);
        words.subjects = Subjects(1 << household.focus);
        texts.push(words);
    }
    let subjects = texts.iter().fold(1 << household.focus, |mask, text| mask | text.subjects.0);
    let created = origin.on.at(u16::try_from(dice.between(540, 1_000)).unwrap_or(600));
    Referral {
        kind,
        state: ReferralState::Draft,
        household: origin.household,
        case: origin.case,
        consultation: origin.consultation,
        from_desk: origin.from_desk,
        to_desk: to,
        author: world.writer(dice, origin.from_desk, origin.on).unwrap_or(0),
        created,
        subjects: Subjects(subjects),
        urgency: origin.urgency,
        need: dice.word(voice.needs),
        texts,
        basis: Basis::NoIdentity,
        received_at: None,
        history: Vec::new(),
        outcome: None,
        feedback: None,
        follows: None,
    }
}

/// The ground: a consent that covers the receiver on the day, one given at the window, or a provision of law.
fn basis(
    dice: &mut Dice,
    world: &World,
    support: &mut Support,
    origin: &Origin,
    to: u32,
    kind: ReferralKind,
) -> Basis {
    let theme = world.households[origin.household as usize].theme;
    match theme {
        Theme::NoConsent | Theme::Refuses => {
            return if dice.percent(60) {
                Basis::Law(LawfulBasis::ConfidentialConference)
            } else {
                Basis::NoIdentity
            };
        }
        Theme::Violence if origin.urgency == Urgency::Urgent => return Basis::Law(LawfulBasis::LifeAndLimb),
        Theme::YoungCarer if dice.percent(15) => return Basis::Law(LawfulBasis::ChildAbuse),
        Theme::NinetySixty if dice.percent(12) => return Basis::Law(LawfulBasis::ElderAbuse),
        Theme::Disability if dice.percent(4) => return Basis::Law(LawfulBasis::DisabledAbuse),
        _ => {}
    }
    if kind == ReferralKind::Information && dice.percent(30) {
        return Basis::NoIdentity;
    }
    let entity = |desk: u32| {
        let agency = world.network.desks[desk as usize].agency;
        world.network.agencies[agency as usize].legal_entity
    };
    if entity(to) == entity(origin.from_desk) && dice.percent(30) {
        return Basis::Law(LawfulBasis::InsideUse);
    }
    let household = &world.households[origin.household as usize];
    let adult =
        |at: u8| origin.on.age_of(world.persons[household.members[usize::from(at)] as usize].born) >= 15;
    let giver = [Some(household.focus), household.other, Some(0)].into_iter().flatten().find(|at| adult(*at));
    let Some(giver) = giver else { return Basis::NoIdentity };
    let taken_by = world.writer(dice, origin.from_desk, origin.on).unwrap_or(0);
    let of = (origin.household, origin.case, origin.consultation);
    let asked = (origin.on, ConsentState::Given);
    let spec = consent(dice, world, of, usize::from(giver), vec![to], asked, (origin.from_desk, taken_by));
    support.consents.push(spec);
    Basis::Consent(pos(support.consents.len() - 1))
}

/// Lets a referral take its steps until the state wanted, or as far as today allows.
/// A hand-over that moved its case has the day of acceptance and the day by which all happened.
fn walk(
    dice: &mut Dice,
    world: &World,
    referral: &mut Referral,
    wanted: ReferralState,
    moved: Option<(Day, Day)>,
) {
    use ReferralState as S;
    let way: &[S] = match wanted {
        S::Draft => &[],
        S::Sent => &[S::Sent],
        S::Accepted => &[S::Sent, S::Accepted],
        S::InProgress => &[S::Sent, S::Accepted, S::InProgress],
        S::OnHold => &[S::Sent, S::Accepted, S::InProgress, S::OnHold],
        S::Completed => &[S::Sent, S::Accepted, S::InProgress, S::Completed],
        S::Failed => &[S::Sent, S::Accepted, S::InProgress, S::Failed],
        S::Refused => &[S::Sent, S::Refused],
        S::DeclinedByPerson => {
            if dice.percent(50) {
                &[S::Sent, S::DeclinedByPerson]
            } else {
                &[S::Sent, S::Accepted, S::DeclinedByPerson]
            }
        }
        S::Withdrawn => &[S::Sent, S::Withdrawn],
        S::EnteredInError => &[S::Sent, S::EnteredInError],
    };
    // A hand-over of a case must not be accepted on the way, for then the case would have moved.
    let keeps = referral.case.is_some() && referral.kind == ReferralKind::HandOver && moved.is_none();
    let to_agency = world.network.desks[referral.to_desk as usize].agency;
    let receiver_signs = world.network.agencies[to_agency as usize].has_login;
    let mut at = referral.created;
    for step in way {
        if keeps && *step == S::Accepted {
            continue;
        }
        let day = match (*step, moved) {
            (S::Sent, _) => at.day,
            (S::Accepted, Some((on, _))) => on.max(at.day),
            (S::Accepted | S::Refused | S::Withdrawn, None) => at.day.business(dice.between(0, 6)),
            (S::InProgress, _) => at.day.business(dice.between(1, 8)),
            _ => at.day.business(dice.between(1, 40)),
        };
        let day = moved.map_or(day, |(_, until)| day.min(until));
        let minute = if day == at.day {
            at.minute + 3
        } else {
            u16::try_from(dice.between(520, 1_000)).unwrap_or(600)
        };
        let next = day.at(minute);
        // What would lie ahead has not happened yet: the referral stands where it stood.
        let by_closed_desk = *step == S::Withdrawn && !world.desk_stands(referral.from_desk, next.day);
        if next.day > world.today || by_closed_desk {
            break;
        }
        at = next;
        referral.history.push(transition(dice, world, referral, *step, at, receiver_signs));
        referral.state = *step;
    }
    let sent = referral.history.first().map(|step| step.at);
    let second = referral.history.get(1).map(|step| step.at);
    referral.received_at = sent.and_then(|sent| {
        let latest = second.map_or(world.today, |at| at.day);
        if second.is_none() && dice.percent(35) {
            return None;
        }
        let day = sent.day.business(dice.between(0, 1)).min(latest);
        let received = if day > sent.day { day.at(525) } else { sent.day.at(sent.minute + 2) };
        Some(second.map_or(received, |second| received.min(second)))
    });
    feedback(dice, world, referral);
}

fn transition(
    dice: &mut Dice,
    world: &World,
    referral: &Referral,
    to: ReferralState,
    at: Moment,
    receiver_signs: bool,
) -> Transition {
    use ReferralState as S;
    let by_sender = matches!(to, S::Sent | S::Withdrawn | S::EnteredInError);
    let desk = if by_sender { referral.from_desk } else { referral.to_desk };
    let recorder = if receiver_signs { desk } else { referral.from_desk };
    let list = reasons(to);
    let (reason, words) = if list.is_empty() {
        let words = match to {
            S::Accepted => *dice.pick(ACCEPT_WORDS),
            S::InProgress => *dice.pick(PROGRESS_WORDS),
            _ => "",
        };
        (None, words)
    } else {
        let (code, words) = *dice.pick(list);
        (Some(code), words)
    };
    Transition {
        to,
        at,
        staff: world.writer(dice, recorder, at.day).unwrap_or(referral.author),
        desk,
        reason,
        words: words.into(),
        told_by: (!receiver_signs && !by_sender).then(|| {
            *dice.pick(&[ToldBy::Phone, ToldBy::Phone, ToldBy::Fax, ToldBy::Letter, ToldBy::InPerson])
        }),
    }
}

/// Everything accepted owes the sender an account of what became of it.
fn feedback(dice: &mut Dice, world: &World, referral: &mut Referral) {
    let Some(accepted) = referral.history.iter().find(|step| step.to == ReferralState::Accepted) else {
        return;
    };
    let due = accepted.at.day.business(20);
    let finished = referral.state == ReferralState::Completed;
    if finished {
        referral.outcome = Some(dice.word(OUTCOMES));
    }
    let last = referral.history.last().map_or(accepted.at, |step| step.at);
    let chance = if finished { 88 } else { 20 };
    let given =
        dice.percent(chance).then(|| last.day.business(dice.between(0, 5))).filter(|day| *day <= world.today);
    let given = given.map(|day| if day == last.day { day.at(last.minute + 5) } else { day.at(960) });
    let words = given.map_or_else(String::new, |at| {
        let line = *dice.pick(FEEDBACK_WORDS);
        world.scene(Some(referral.household), at.day, "本人").line(dice, &[line])
    });
    referral.feedback = Some(Feedback { due, given, words });
}

/// Gives every desk of today that nothing reached so far a referral of its own.
fn cover_desks(dice: &mut Dice, world: &World, support: &mut Support, out: &mut Vec<Referral>) {
    let mut reached = vec![false; world.network.desks.len()];
    for referral in out.iter() {
        reached[referral.to_desk as usize] = true;
    }
    for desk in 0..pos(reached.len()) {
        if reached[desk as usize] || !world.desk_stands(desk, world.today) || support.cases.is_empty() {
            continue;
        }
        let count = support.cases.len();
        let start = dice.index(count);
        // Some case that ran while the desk already stood.
        let found = (0..count).map(|nth| (start + nth) % count).find(|case| {
            let at = &support.cases[*case];
            at.desk != desk && at.events.is_empty() && world.desk_stands(desk, at.opened)
        });
        let Some(case) = found else { continue };
        let at = &support.cases[case];
        let moved = support.moves.iter().rfind(|m| m.case as usize == case).map_or(at.opened, |m| m.on);
        let origin = Origin {
            household: at.household,
            case: Some(pos(case)),
            consultation: None,
            from_desk: at.desk,
            on: moved,
            urgency: Urgency::Normal,
        };
        let mut referral = blank(dice, world, &origin, desk, ReferralKind::Join);
        referral.basis = basis(dice, world, support, &origin, desk, ReferralKind::Join);
        if referral.basis == Basis::NoIdentity {
            referral.kind = ReferralKind::Information;
        }
        walk(dice, world, &mut referral, ReferralState::InProgress, None);
        out.push(referral);
    }
}

/// The sheets of the liaisons: some became the consultation of a household, some name nobody.
fn sheets(
    dice: &mut Dice,
    world: &World,
    index: &Index,
    consultations: &[Consultation],
    out: &mut Vec<ConnectingSheet>,
) {
    let liaisons = world.crew.liaisons();
    if liaisons.is_empty() {
        return;
    }
    for (number, consultation) in consultations.iter().enumerate() {
        let from_liaison = consultation.route == crate::model::Route::Agency && dice.percent(22);
        if !from_liaison {
            continue;
        }
        let (liaison, from_desk) = *dice.pick(liaisons);
        let Some(household) = consultation.household else { continue };
        let home = &world.households[household as usize];
        let day = consultation.occurred_at.day.business(-dice.between(0, 2)).max(world.first_day);
        let minute = consultation.occurred_at.minute.saturating_sub(40).max(500);
        let voice = voice(home.theme);
        let scene = world.scene(Some(household), day, "本人");
        let (first, second) = two(dice, voice.facts);
        let detail = dice.word(themes::DETAILS);
        let texts = vec![scene.note(dice, TextField::Facts, &[first, second, detail])];
        let answered = !matches!(consultation.state, ConsultationState::Draft | ConsultationState::Open);
        out.push(ConnectingSheet {
            liaison,
            from_desk,
            to_desk: consultation.desk,
            written_at: day.at(minute),
            household: Some(household),
            member: Some(home.focus),
            consent: Some(if dice.percent(60) { ConsentForm::Oral } else { ConsentForm::Signed }),
            place: dice.word(PLACES),
            texts,
            state: if answered { SheetState::Answered } else { SheetState::Received },
            became: Some(pos(number)),
            answer: answered.then(|| sheet_answer(dice, &scene)),
        });
    }
    // Notices without identity: every liaison has written some, the last ones wait for an answer.
    let count = (consultations.len() / 60).max(liaisons.len() * 2);
    let span = world.today.0 - world.first_day.0;
    for number in 0..count {
        let (liaison, from_desk) = liaisons[number % liaisons.len()];
        let back = if number < liaisons.len() { dice.between(0, 5) } else { dice.between(6, span - 1) };
        let day = world.today.plus(-back);
        let day = if day.is_business() { day } else { day.business(-1) };
        let theme =
            *dice.pick(&[Theme::YoungCarer, Theme::SchoolAbsence, Theme::SingleParent, Theme::JobLoss]);
        let to_desk = index.desk(world, dice, theme, 6, day);
        let scene = world.scene(None, day, "匿名");
        let (first, second) = two(dice, NOTICES);
        let end = dice.word(NOTICE_ENDS);
        let answered = back > 8;
        let state = if answered {
            SheetState::Answered
        } else if number.is_multiple_of(2) {
            SheetState::Sent
        } else {
            SheetState::Received
        };
        out.push(ConnectingSheet {
            liaison,
            from_desk,
            to_desk,
            written_at: day.at(u16::try_from(dice.between(540, 1_020)).unwrap_or(600)),
            household: None,
            member: None,
            consent: None,
            place: dice.word(PLACES),
            texts: vec![scene.note(dice, TextField::Facts, &[first, second, end])],
            state,
            became: None,
            answer: answered.then(|| sheet_answer(dice, &scene)),
        });
    }
    out.sort_by_key(|sheet| sheet.written_at);
}

fn sheet_answer(dice: &mut Dice, scene: &Scene) -> String {
    let answer = dice.word(SHEET_ANSWERS);
    scene.line(dice, &[answer])
}

/// What a liaison may report without saying who it is.
const NOTICES: &[&str] = &[
    "いつも閉館の{hour}まで残る子がいます。",
    "同じ服で{days}続けて来る子がいます。",
    "下の子を連れて{wd}の昼間に来る子がいます。",
    "昼食を持たずに来る子が{n}人います。",
    "窓口で{n}度、支払いの話をされる方がいます。",
    "「家に帰りたくない」と話す子がいます。",
    "書類が読めず困っている様子の方がいます。",
    "{weeks}姿を見ない子がいます。",
    "迎えが{n}回続けて来なかったことがあります。",
    "{symptom}を訴える子が増えています。",
    "窓口で急に泣き出した方がいました。",
    "家の手伝いで来られないと話す子がいます。",
    "介護の話をぽつりとされた方がいました。",
    "{food}を持ち帰りたいと言う子がいます。",
];
const NOTICE_ENDS: &[&str] = &[
    "本人の同意はまだ取れていません。",
    "名前は出せません。どう声を掛けたらよいでしょうか。",
    "{next}ごろまた来ると思います。",
    "まず対応の仕方を教えてください。",
    "親には話していないとのことです。",
    "気になったのは{past}からです。",
    "無理に聞かないようにしています。",
    "{n}人の職員で気に掛けています。",
];
const SHEET_ANSWERS: &[&str] = &[
    "{past}に担当が会い、続けて関わることになりました。",
    "お知らせありがとうございました。{next}に伺います。",
    "声の掛け方を{place}でお伝えします。",
    "名前を伏せたまま、関係者で気に掛けます。",
    "{month}から居場所につながりました。",
    "同意が得られたら改めてお知らせください。",
    "{helper}とも連絡を取り、見守りを始めました。",
    "本人と話し、{wd}に面談することになりました。",
];
