//! Contacts at the windows over the years, and which of them became cases.

use crate::agencies::Network;
use crate::dice::Dice;
use crate::model::{
    Area, Channel, Consultation, ConsultationState, Day, Disposition, Field, Household, Moment, Person,
    Quarter, Route, Text, TextField, Theme, Topic, Urgency,
};
use crate::pos;
use crate::staff::Crew;
use crate::text::Scene;
use crate::themes::{self, Voice, voice};

/// What every part of the story looks up.
pub struct World<'a> {
    /// The network.
    pub network: &'a Network,
    /// The staff.
    pub crew: &'a Crew,
    /// Areas.
    pub areas: &'a [Area],
    /// Quarters.
    pub quarters: &'a [Quarter],
    /// Households.
    pub households: &'a [Household],
    /// Persons.
    pub persons: &'a [Person],
    /// The day on which the story stands.
    pub today: Day,
    /// The day on which it begins.
    pub first_day: Day,
}

impl World<'_> {
    /// The district of a household, a position in the areas.
    pub fn district(&self, household: u32) -> u32 {
        self.quarters[self.households[household as usize].quarter as usize].areas[0]
    }

    /// A household on a day.
    pub fn scene<'a>(&'a self, household: Option<u32>, on: Day, visitor: &'a str) -> Scene<'a> {
        Scene {
            household: household.map(|at| &self.households[at as usize]),
            persons: self.persons,
            on,
            district: household.map_or("市内", |at| self.areas[self.district(at) as usize].name),
            visitor,
        }
    }

    /// Whether the desk is open for business on the day, by its dates.
    pub fn desk_stands(&self, desk: u32, on: Day) -> bool {
        let desk = &self.network.desks[desk as usize];
        desk.valid_from <= on && desk.valid_until.is_none_or(|last| on <= last)
    }

    /// Somebody of the desk on that day.
    pub fn writer(&self, dice: &mut Dice, desk: u32, on: Day) -> Option<u32> {
        self.crew.writer(dice, desk, on)
    }

    /// The moment something was written down: mostly the same day, never after today.
    pub fn recorded(&self, dice: &mut Dice, occurred: Moment) -> Moment {
        let mut day = occurred.day;
        if dice.percent(18) {
            day = day.business(dice.between(1, 3)).min(self.today);
        }
        if day <= occurred.day {
            let minute = occurred.minute + u16::try_from(dice.between(8, 70)).unwrap_or(10);
            return occurred.day.at(minute.min(19 * 60));
        }
        day.at(u16::try_from(dice.between(515, 1_030)).unwrap_or(600))
    }
}

/// The fields whose desks people with this trouble turn to.
pub const fn fields(theme: Theme) -> &'static [(Field, u32)] {
    use Field as F;
    match theme {
        Theme::EightyFifty | Theme::NinetySixty => {
            &[(F::Elderly, 45), (F::General, 30), (F::Poverty, 12), (F::Health, 7), (F::Disability, 6)]
        }
        Theme::Hikikomori => &[(F::General, 30), (F::Poverty, 25), (F::Work, 25), (F::Health, 20)],
        Theme::Disability => &[(F::Disability, 70), (F::General, 20), (F::Medical, 10)],
        Theme::NoConsent => &[(F::General, 40), (F::Elderly, 30), (F::Community, 10), (F::Health, 20)],
        Theme::YoungCarer | Theme::SchoolAbsence => &[(F::Child, 40), (F::Education, 45), (F::General, 15)],
        Theme::DoubleCare => &[(F::Elderly, 45), (F::Child, 30), (F::General, 25)],
        Theme::Violence => &[(F::Child, 45), (F::General, 45), (F::Health, 10)],
        Theme::SingleParent => &[(F::Child, 45), (F::Poverty, 25), (F::General, 20), (F::Health, 10)],
        Theme::Debt => &[(F::Poverty, 40), (F::Safety, 20), (F::Tax, 25), (F::General, 15)],
        Theme::JobLoss => &[(F::Poverty, 45), (F::Work, 25), (F::Housing, 15), (F::Tax, 15)],
        Theme::Foreign => &[(F::General, 40), (F::Child, 25), (F::Health, 20), (F::Tax, 15)],
        Theme::ElderAlone => &[(F::Elderly, 60), (F::General, 20), (F::Medical, 20)],
        Theme::Hoarding => &[(F::Elderly, 30), (F::General, 25), (F::Community, 25), (F::Poverty, 20)],
        Theme::Neighbour => &[(F::General, 55), (F::Safety, 15), (F::Community, 15), (F::Housing, 15)],
        Theme::Refuses => &[(F::Poverty, 45), (F::General, 30), (F::Health, 25)],
        Theme::Ordinary => &[
            (F::General, 38),
            (F::Elderly, 22),
            (F::Child, 12),
            (F::Tax, 6),
            (F::Medical, 8),
            (F::Health, 5),
            (F::Housing, 4),
            (F::Safety, 2),
            (F::Community, 3),
        ],
    }
}

/// Desks by field and district, ready to draw from.
pub struct Index {
    by_field: Vec<Vec<u32>>,
    siblings: Vec<Vec<u32>>,
}

impl Index {
    /// Sorts the desks. `signed` keeps those where somebody can sign in.
    pub fn new(world: &World, signed: bool) -> Self {
        let desks = &world.network.desks;
        let mut by_field = vec![Vec::new(); Field::ALL.len()];
        let mut siblings = vec![Vec::new(); world.network.agencies.len()];
        for (at, desk) in desks.iter().enumerate() {
            let agency = &world.network.agencies[desk.agency as usize];
            if signed && !agency.has_login {
                continue;
            }
            let first = siblings[desk.agency as usize].is_empty();
            siblings[desk.agency as usize].push(pos(at));
            // Two desks of the demonstration share their field with many others and are drawn more often.
            let shown = matches!(agency.name.as_str(), "障がい者支援課" | "辻堂いきいきサポートセンター");
            for _ in 0..if shown && first { 3 } else { usize::from(first) } {
                by_field[agency.field as usize].push(pos(at));
            }
        }
        Self { by_field, siblings }
    }

    /// A desk for this trouble in this district on this day.
    pub fn desk(&self, world: &World, dice: &mut Dice, theme: Theme, district: u32, on: Day) -> u32 {
        for _ in 0..12 {
            let field = dice.weighted(fields(theme));
            let list = &self.by_field[field as usize];
            if list.is_empty() {
                continue;
            }
            // Desks for one district serve that district; those for the whole town anybody.
            let fits = |desk: &&u32| {
                let agency = &world.network.agencies[world.network.desks[**desk as usize].agency as usize];
                agency.area.is_none_or(|area| area == district) && world.desk_stands(**desk, on)
            };
            let count = list.iter().filter(fits).count();
            if count > 0
                && let Some(desk) = list.iter().filter(fits).nth(dice.index(count))
            {
                return if dice.percent(9) {
                    *dice.pick(&self.siblings[world.network.desks[*desk as usize].agency as usize])
                } else {
                    *desk
                };
            }
        }
        crate::staff::desk_of(&world.network.desks, world.network.agency("福祉総合相談支援センター"))
    }
}

/// Draws all consultations in order of time; cases are made of them afterwards.
pub fn build(dice: &mut Dice, world: &World, count: usize, notes: f64) -> Vec<Consultation> {
    let index = Index::new(world, true);
    let days = days(dice, world, count);
    let mut last_desk: Vec<Option<u32>> = vec![None; world.households.len()];
    let mut out = Vec::with_capacity(count);
    // Every household comes at least once; afterwards those with more trouble come more often.
    let mut queue: Vec<u32> = (0..pos(world.households.len())).collect();
    for at in (1..queue.len()).rev() {
        let other = dice.index(at + 1);
        queue.swap(at, other);
    }
    let troubled: Vec<u32> = (0..pos(world.households.len()))
        .filter(|h| world.households[*h as usize].theme != Theme::Ordinary)
        .collect();
    for (number, day) in days.into_iter().enumerate() {
        let nameless = number % 17 == 5;
        let waiting = count - number;
        let household = if nameless {
            None
        } else if troubled.is_empty() || dice.index(waiting.max(1)) <= queue.len() * 17 / 15 {
            queue.pop().or_else(|| troubled.first().copied())
        } else {
            Some(*dice.pick(&troubled))
        };
        out.push(one(dice, world, &index, &mut last_desk, household, day, notes));
    }
    out
}

/// The days of all consultations, sorted, with a little growth over the years.
fn days(dice: &mut Dice, world: &World, count: usize) -> Vec<Day> {
    let span = world.today.0 - world.first_day.0;
    let last = if world.today.is_business() { world.today } else { world.today.business(-1) };
    let mut days: Vec<Day> = (0..count)
        .map(|_| {
            let (first, second) = (dice.between(0, span), dice.between(0, span));
            let offset = if dice.percent(25) { first.max(second) } else { first };
            let day = world.first_day.plus(offset);
            if day.is_business() || dice.percent(3) { day } else { day.or_next_business().min(last) }
        })
        .collect();
    days.sort_unstable();
    days
}

/// Who came, through whom, and whether that is a member.
fn visitor(
    dice: &mut Dice,
    world: &World,
    household: Option<u32>,
    on: Day,
) -> (Route, &'static str, Option<u8>) {
    let Some(at) = household else {
        return if dice.percent(60) {
            (Route::Own, "本人（匿名）", None)
        } else {
            (Route::Family, "親族（匿名）", None)
        };
    };
    let home = &world.households[at as usize];
    let age = |member: u8| on.age_of(world.persons[home.members[usize::from(member)] as usize].born);
    let silent = matches!(
        home.theme,
        Theme::EightyFifty | Theme::NinetySixty | Theme::Hikikomori | Theme::NoConsent | Theme::SchoolAbsence
    ) || age(home.focus) < 16;
    let other = home.other.filter(|other| age(*other) >= 18);
    let quiet = matches!(home.theme, Theme::NoConsent | Theme::Refuses | Theme::Hoarding);
    let own = if quiet {
        14
    } else if silent {
        12
    } else {
        62
    };
    let family = if quiet {
        20
    } else if silent {
        56
    } else {
        12
    };
    let drawn = dice.between(0, 99);
    if drawn < own {
        (Route::Own, "本人", Some(home.focus))
    } else if drawn < own + family {
        match other {
            Some(other) => (Route::Family, home.other_label, Some(other)),
            // The one the texts speak of comes, if the theme has such a relative.
            None if home.other_label.starts_with("別居") => (Route::Family, home.other_label, None),
            None => (Route::Family, dice.word(&["別居の長女", "別居の弟", "姪", "いとこ", "別居の姉"]), None),
        }
    } else {
        match dice.between(0, 9) {
            0..3 => (Route::Agency, dice.word(themes::AGENCY_VISITORS), None),
            3..6 => {
                (Route::Neighbour, dice.word(&["民生委員", "隣の住人", "自治会長", "大家", "友人"]), None)
            }
            6..9 => (Route::Outreach, "本人", Some(home.focus)),
            _ => (Route::Other, "匿名の方", None),
        }
    }
}

fn one(
    dice: &mut Dice,
    world: &World,
    index: &Index,
    last_desk: &mut [Option<u32>],
    household: Option<u32>,
    day: Day,
    notes: f64,
) -> Consultation {
    let third_party = household.is_none() && dice.percent(40);
    let theme = match household {
        Some(at) => world.households[at as usize].theme,
        None if third_party => Theme::Neighbour,
        None => {
            *dice.pick(&[Theme::Ordinary, Theme::Violence, Theme::Debt, Theme::Hikikomori, Theme::JobLoss])
        }
    };
    let district = household.map_or(pos(dice.index(13)), |at| world.district(at));
    let known = household.and_then(|at| last_desk[at as usize]).filter(|d| world.desk_stands(*d, day));
    let desk = match known {
        Some(desk) if dice.percent(62) => desk,
        _ => index.desk(world, dice, theme, district, day),
    };
    // Where nobody of the desk served on the day, the general window took the matter.
    let general =
        crate::staff::desk_of(&world.network.desks, world.network.agency("福祉総合相談支援センター"));
    let (desk, author) = match world.writer(dice, desk, day) {
        Some(author) => (desk, author),
        None => (general, world.writer(dice, general, day).unwrap_or(0)),
    };
    if let Some(at) = household {
        last_desk[at as usize] = Some(desk);
    }
    let (mut route, mut who_came, came) = visitor(dice, world, household, day);
    if third_party {
        (route, who_came) = (Route::Neighbour, "近隣住民（匿名）");
    }
    let channel = match route {
        Route::Outreach if theme != Theme::Violence => {
            *dice.pick(&[Channel::Visit, Channel::Visit, Channel::Event])
        }
        _ if theme == Theme::Violence => *dice.pick(&[Channel::Counter, Channel::Counter, Channel::Phone]),
        _ if household.is_none() || route == Route::Other => {
            *dice.pick(&[Channel::Phone, Channel::Phone, Channel::Email, Channel::Letter])
        }
        Route::Agency => *dice.pick(&[Channel::Phone, Channel::Phone, Channel::Counter, Channel::Email]),
        _ => dice.weighted(&[
            (Channel::Counter, 40),
            (Channel::Phone, 38),
            (Channel::Email, 6),
            (Channel::Visit, 8),
            (Channel::Letter, 2),
            (Channel::Online, 3),
            (Channel::Event, 3),
        ]),
    };
    let occurred_at = day.at(u16::try_from(dice.between(515, 1_015)).unwrap_or(600));
    let urgent = if theme == Theme::Violence { 22 } else { 3 };
    let urgency =
        dice.weighted(&[(Urgency::Normal, 80 - urgent), (Urgency::Soon, 17), (Urgency::Urgent, urgent)]);
    let age = world.today.0 - day.0;
    let (disposition, state) = outcome(dice, theme, urgency, age);
    let voice = voice(theme);
    let scene = world.scene(household, day, who_came);
    Consultation {
        household,
        third_party,
        desk,
        author,
        occurred_at,
        recorded_at: world.recorded(dice, occurred_at),
        channel,
        route,
        who_came,
        came,
        topics: topics(dice, voice),
        texts: sheet(dice, &scene, voice, (channel, disposition, third_party), came, notes),
        urgency,
        disposition,
        state,
        case: None,
    }
}

fn outcome(dice: &mut Dice, theme: Theme, urgency: Urgency, age: i32) -> (Disposition, ConsultationState) {
    if dice.between(0, 399) == 0 {
        return (Disposition::InformationGiven, ConsultationState::EnteredInError);
    }
    if age < 3 && dice.percent(18) {
        return (Disposition::Open, ConsultationState::Draft);
    }
    if (age < 6 && dice.percent(70)) || (age < 24 && dice.percent(40)) {
        return (Disposition::Open, ConsultationState::Open);
    }
    if urgency == Urgency::Urgent {
        return (Disposition::Urgent, ConsultationState::Answered);
    }
    let plain = if theme == Theme::Ordinary { 62 } else { 22 };
    match dice.weighted(&[(0, plain), (1, 60 - plain / 2), (2, 40 - plain / 4)]) {
        0 => (Disposition::InformationGiven, ConsultationState::Answered),
        1 => (Disposition::OwnSupport, ConsultationState::Answered),
        _ => (Disposition::PassedOn, ConsultationState::PassedOn),
    }
}

fn topics(dice: &mut Dice, voice: &Voice) -> Vec<Topic> {
    let mut topics = vec![voice.topics[0]];
    for topic in &voice.topics[1..] {
        if dice.percent(45) {
            topics.push(*topic);
        }
    }
    if dice.percent(5) && !topics.contains(&Topic::Other) {
        topics.push(Topic::Other);
    }
    if dice.percent(6) {
        topics.swap_remove(0);
        topics.insert(0, *dice.pick(Topic::ALL));
        let first = topics[0];
        let mut seen = false;
        topics.retain(|t| *t != first || !std::mem::replace(&mut seen, true));
    }
    topics
}

/// Two different lines of a list, or the same one twice where there is only one.
pub fn two(dice: &mut Dice, list: &[&'static str]) -> (&'static str, &'static str) {
    let first = dice.index(list.len());
    let step = if list.len() > 1 { 1 + dice.index(list.len() - 1) } else { 0 };
    (list[first], list[(first + step) % list.len()])
}

/// The passages of a sheet. Facts and the response are nearly always there, the others as notes allow.
fn sheet(
    dice: &mut Dice,
    scene: &Scene,
    voice: &Voice,
    (channel, disposition, third_party): (Channel, Disposition, bool),
    came: Option<u8>,
    notes: f64,
) -> Vec<Text> {
    let mut texts = Vec::with_capacity(3);
    // How likely each of the three further passages is, so that the mean comes out as asked.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage from 0 to 100")]
    let further = ((notes - 2.0).clamp(0.0, 3.0) / 3.0 * 100.0).round() as u32;
    let chances = [(further * 9 / 5).min(95), further * 7 / 10, further / 2];
    if third_party {
        let (first, second) = two(dice, themes::COMPLAINTS);
        let open = *dice.pick(themes::COMPLAINT_OPENINGS);
        texts.push(scene.note(dice, TextField::Facts, &[open, first, second]));
        let end = *dice.pick(themes::COMPLAINT_ENDS);
        let next = *dice.pick(themes::PROMISES);
        texts.push(scene.note(dice, TextField::Response, &[end, next]));
        return texts;
    }
    if dice.percent(chances[0]) {
        let other =
            scene.household.is_some_and(|h| came.is_some() && came == h.other && h.other != Some(h.focus));
        let list = if other { voice.words_b } else { voice.words_a };
        // What somebody else heard the person say is marked as such.
        let relayed = scene.household.is_some() && came.is_none();
        let start = *dice.pick(if relayed { themes::RELAYED } else { themes::WORD_STARTS });
        let (first, second) = two(dice, list);
        let end = *dice.pick(themes::WORD_ENDS);
        let sentences = [start, first, second, end];
        let length = if relayed { 3 } else { 4 };
        let mut note = scene.note(dice, TextField::Words, &sentences[..length]);
        // The words are about the person they turn on, and about the one who speaks.
        if let Some(home) = scene.household {
            note.subjects.0 |= 1 << home.focus | came.map_or(0, |at| 1 << at);
        }
        texts.push(note);
    }
    let openings = match channel {
        Channel::Phone => themes::OPEN_PHONE,
        Channel::Visit => themes::OPEN_VISIT,
        Channel::Email | Channel::Letter | Channel::Online => themes::OPEN_WRITTEN,
        Channel::Counter | Channel::Event => themes::OPEN_COUNTER,
    };
    let open = *dice.pick(openings);
    let (first, second) = two(dice, voice.facts);
    let calm = scene.household.is_none_or(|home| home.theme == Theme::Ordinary);
    let detail = dice.word(if calm { themes::DETAILS_CALM } else { themes::DETAILS });
    let sentences = [open, first, second, detail];
    let length = if dice.percent(55) && !voice.guarded() { 4 } else { 3 };
    texts.push(scene.note(dice, TextField::Facts, &sentences[..length]));
    if dice.percent(chances[1]) {
        let (first, second) = two(dice, voice.maybe);
        let start = *dice.pick(themes::MAYBE_STARTS);
        let end = *dice.pick(themes::MAYBE_ENDS);
        texts.push(scene.note(dice, TextField::Possibilities, &[start, first, second, end]));
    }
    if dice.percent(chances[2]) {
        let first = *dice.pick(voice.care);
        let second = *dice.pick(themes::CARES);
        let third = *dice.pick(themes::CARE_TIMES);
        let sentences = [first, second, third];
        let length = if voice.guarded() { 1 } else { 3 };
        texts.push(scene.note(dice, TextField::Consideration, &sentences[..length]));
    }
    let did = *dice.pick(voice.did);
    let end = match disposition {
        _ if voice.guarded() => dice.word(themes::END_GUARDED),
        Disposition::InformationGiven => *dice.pick(themes::END_INFORMED),
        Disposition::OwnSupport => *dice.pick(themes::END_OWN),
        Disposition::PassedOn => *dice.pick(themes::END_PASSED),
        Disposition::Urgent => *dice.pick(themes::END_URGENT),
        Disposition::Open => *dice.pick(themes::END_OPEN),
    };
    let promise = dice.word(if voice.guarded() { themes::PROMISES_GUARDED } else { themes::PROMISES });
    // One promise is enough: where the end names a day, no second one follows.
    let sentences = [did, end, promise];
    let length = if end.contains("{next}") { 2 } else { 3 };
    texts.push(scene.note(dice, TextField::Response, &sentences[..length]));
    texts
}
