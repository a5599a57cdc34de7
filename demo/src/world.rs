//! What every part of the loader needs: ids, moments, seats, and who read what of whom.

use std::collections::HashMap;

use engine::{Engine, Value, args, hex};
use sha2::{Digest, Sha256};
use town::{Moment, Role, Town};
use words::code::Code;
use words::id::{
    AgencyId, AppointmentId, AreaId, CommandId, ConsentId, DeskId, EntryId, HouseholdId, MunicipalityId,
    PersonId, UserId,
};
use words::{Day, Id, Instant};

use crate::index::Findable;
use crate::tables::{Table, Tables};
use crate::texts::Texts;

/// A household as one desk recorded it.
pub(crate) struct Home {
    /// Its id.
    pub id: HouseholdId,
    /// Position in [`Town::households`].
    pub household: u32,
    /// Position of the desk.
    pub desk: u32,
    /// Its members, in the order of the town.
    pub persons: Vec<PersonId>,
}

/// The command of each thing, by its position in the plan.
#[derive(Default)]
pub(crate) struct Commands {
    pub cases: HashMap<usize, CommandId>,
    pub consultations: HashMap<usize, CommandId>,
    pub referrals: HashMap<usize, CommandId>,
    pub sheets: HashMap<usize, CommandId>,
}

impl Commands {
    /// The command of what a task is about: the nearest thing first.
    pub fn of(&self, about: crate::tasks::About) -> Option<CommandId> {
        let get =
            |at: Option<usize>, from: &HashMap<usize, CommandId>| at.and_then(|at| from.get(&at).copied());
        get(about.referral, &self.referrals)
            .or_else(|| get(about.sheet, &self.sheets))
            .or_else(|| get(about.consultation, &self.consultations))
            .or_else(|| get(about.case, &self.cases))
    }
}

/// A household of the town at a desk.
pub(crate) type HomeKey = (u32, u32);

/// The loader's picture of the town.
pub(crate) struct World<'a> {
    pub town: &'a Town,
    pub texts: &'a Texts,
    pub m: MunicipalityId,
    pub today: Day,
    /// Nothing was recorded later than this.
    pub now: Instant,
    /// The command of the loader itself.
    pub command: CommandId,
    pub areas: Vec<AreaId>,
    pub agencies: Vec<AgencyId>,
    pub desks: Vec<DeskId>,
    pub users: Vec<UserId>,
    pub appointments: Vec<AppointmentId>,
    /// Households by desk, in the order they were recorded.
    pub homes: Vec<Home>,
    pub home_at: HashMap<HomeKey, usize>,
    /// The ids of the town's consents that were written.
    pub consents: HashMap<u32, ConsentId>,
    /// The commands under which things were written.
    pub commands: Commands,
    /// Feedback, which is written after the tasks by which it is owed.
    pub feedback: Vec<Vec<Value>>,
    /// What becomes findable.
    pub findable: Findable<'a>,
    engine: &'a Engine,
}

impl<'a> World<'a> {
    pub fn new(
        engine: &'a Engine,
        town: &'a Town,
        m: MunicipalityId,
        today: Day,
        command: CommandId,
        texts: &'a Texts,
    ) -> Self {
        Self {
            town,
            texts,
            m,
            today,
            now: engine.now(),
            command,
            areas: town.areas.iter().map(|_| engine.new_id()).collect(),
            agencies: town.agencies.iter().map(|_| engine.new_id()).collect(),
            desks: town.desks.iter().map(|_| engine.new_id()).collect(),
            users: town.staff.iter().map(|_| engine.new_id()).collect(),
            appointments: town.appointments.iter().map(|_| engine.new_id()).collect(),
            homes: Vec::new(),
            home_at: HashMap::new(),
            consents: HashMap::new(),
            commands: Commands::default(),
            feedback: Vec::new(),
            findable: Findable::default(),
            engine,
        }
    }

    /// A new id that sorts by the moment of its record, so that rows of one time lie together.
    pub fn id<K>(&self, at: Instant) -> Id<K> {
        let mut random = [0_u8; 10];
        self.engine.random(&mut random);
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        Id::new(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// A moment of the past: never later than now, even on the story's last day.
    pub fn past(&self, at: Moment) -> Instant {
        moment(at).min(self.now)
    }

    /// The id of a desk.
    pub fn desk(&self, desk: u32) -> DeskId {
        self.desks[desk as usize]
    }

    /// The id of a member of staff.
    pub fn user(&self, staff: u32) -> UserId {
        self.users[staff as usize]
    }

    /// The agency of a desk, a position in [`Town::agencies`].
    pub fn agency_of(&self, desk: u32) -> u32 {
        self.town.desks[desk as usize].agency
    }

    /// Whether anyone at the desk can sign in.
    pub fn signs(&self, desk: u32) -> bool {
        self.town.agencies[self.agency_of(desk) as usize].has_login
    }

    /// Whether two desks belong to one body in law.
    pub fn same_entity(&self, a: u32, b: u32) -> bool {
        let entity = |desk| self.town.agencies[self.agency_of(desk) as usize].legal_entity;
        entity(a) == entity(b)
    }

    /// Whether the desk still stands.
    pub fn stands(&self, desk: u32) -> bool {
        self.town.desks[desk as usize].valid_until.is_none_or(|last| last >= self.town.today)
    }

    /// The desk to which the work of `desk` has passed: itself while it stands.
    pub fn heir(&self, desk: u32) -> u32 {
        if self.stands(desk) { desk } else { self.heir_of_ended(desk).unwrap_or(desk) }
    }

    /// The desk of the agency into which the desk's was merged, of the same programme if there is one.
    pub fn heir_of_ended(&self, desk: u32) -> Option<u32> {
        let gone = self.agency_of(desk);
        let change = self.town.agency_changes.iter().find(|c| c.predecessors.contains(&gone))?;
        self.desk_of(change.agency, self.town.desks[desk as usize].programme)
    }

    /// A desk of an agency: that of the programme, otherwise its first.
    pub fn desk_of(&self, agency: u32, programme: town::Programme) -> Option<u32> {
        let of = |wanted: Option<town::Programme>| {
            self.town.desks.iter().position(|d| d.agency == agency && wanted.is_none_or(|p| d.programme == p))
        };
        of(Some(programme)).or_else(|| of(None)).and_then(|at| u32::try_from(at).ok())
    }

    /// Under which appointment somebody served at a desk on a day.
    pub fn seat(&self, staff: u32, desk: u32, on: town::Day) -> Option<AppointmentId> {
        self.town.staff[staff as usize].appointments.iter().copied().find_map(|at| {
            let a = &self.town.appointments[at as usize];
            let there = self.town.posts[a.post as usize].desk == desk;
            let then = a.from <= on && a.until.is_none_or(|last| on <= last);
            (there && then).then(|| self.appointments[at as usize])
        })
    }

    /// Any desk somebody served at on a day, with the appointment.
    fn any_seat(&self, staff: u32, on: town::Day) -> Option<(u32, AppointmentId)> {
        self.town.staff[staff as usize].appointments.iter().copied().find_map(|at| {
            let a = &self.town.appointments[at as usize];
            let then = a.from <= on && a.until.is_none_or(|last| on <= last);
            then.then(|| (self.town.posts[a.post as usize].desk, self.appointments[at as usize]))
        })
    }

    /// Whoever coordinates today, and at which desk.
    pub fn coordinator(&self) -> Option<(u32, u32)> {
        self.serving(Role::Coordinator)
    }

    /// Whoever serves in a role today, and at which desk.
    pub fn serving(&self, role: Role) -> Option<(u32, u32)> {
        self.town.appointments.iter().find_map(|a| {
            let post = &self.town.posts[a.post as usize];
            let now = a.from <= self.town.today && a.until.is_none_or(|last| self.town.today <= last);
            (post.role == role && now).then_some((post.desk, a.staff))
        })
    }

    /// The district of a household.
    pub fn district(&self, household: u32) -> Option<AreaId> {
        let quarter = self.town.households[household as usize].quarter;
        self.town.quarters[quarter as usize].areas.first().map(|at| self.areas[*at as usize])
    }

    /// The age band of a member on a day; empty when the birth date does not say.
    pub fn age_band(&self, household: u32, member: u8, on: Instant) -> String {
        let home = &self.town.households[household as usize];
        let Some(person) = home.members.get(usize::from(member)) else { return String::new() };
        let birth = crate::people::birth(self.town.persons[*person as usize].birth);
        birth.map(|b| b.age_band(on.day()).as_str().to_owned()).unwrap_or_default()
    }

    /// Writes the command behind a record: who, under which appointment, for which desk.
    pub fn act(&self, tables: &mut Tables, kind: &'static str, by: By, outcome: String) -> CommandId {
        let id: CommandId = self.id(by.recorded);
        // Whoever no longer sat at that desk acted from where they sat.
        let sat = by.staff.and_then(|s| self.seat(s, by.desk, by.on));
        let elsewhere = by.staff.filter(|_| sat.is_none()).and_then(|s| self.any_seat(s, by.on));
        let desk = elsewhere.map_or(by.desk, |(desk, _)| desk);
        let programme = crate::codes::programme(self.town.desks[desk as usize].programme);
        tables.row(
            Table::Command,
            args![
                self.m,
                id,
                kind,
                by.staff.map(|s| self.user(s)),
                sat.or(elsewhere.map(|(_, seat)| seat)),
                self.desk(desk),
                programme.code(),
                "page",
                by.recorded,
                by.recorded,
                hex(&Sha256::digest(id.uuid().as_bytes())),
                outcome,
            ],
        );
        id
    }

    /// The persons of a home that a text is about; none means the whole household.
    pub fn subjects(&self, home: Option<usize>, of: town::Subjects) -> Vec<PersonId> {
        let Some(home) = home else { return Vec::new() };
        of.members().filter_map(|at| self.homes[home].persons.get(usize::from(at)).copied()).collect()
    }

    /// Writes a text.
    pub fn text(&mut self, tables: &mut Tables, new: &NewText<'a>) -> EntryId {
        self.answer(tables, new, None)
    }

    /// Writes a text, of a filled sheet the answer to an item.
    pub fn answer(
        &mut self,
        tables: &mut Tables,
        new: &NewText<'a>,
        answers: Option<household::AnswerTo>,
    ) -> EntryId {
        let id: EntryId = self.id(new.occurred);
        let persons = self.subjects(new.home, new.subjects);
        let filled = answers.as_ref().map(|a| a.filled);
        let (item, answer) = answers.map_or_else(Default::default, |a| (a.item, a.value));
        let (by, agency) = new.told.unzip();
        tables.row(
            Table::Entry,
            args![
                self.m,
                id,
                new.field.code(),
                new.form.map_or("", Code::code),
                self.desk(new.desk),
                new.author.map(|a| self.user(a)),
                new.home.map(|h| self.homes[h].id),
                persons.is_empty(),
                new.categories,
                &*new.body,
                new.occurred,
                new.recorded,
                by.map_or("", Code::code),
                agency.map(|a: u32| self.agencies[a as usize]),
                new.about.consultation,
                new.about.sheet,
                new.about.case,
                new.about.referral,
                new.state.code(),
                new.command,
                filled,
                item,
                answer,
                new.about.matter,
            ],
        );
        for person in &persons {
            tables.row(Table::EntrySubject, args![self.m, id, *person]);
        }
        self.findable.entry(id, new);
        id
    }

    /// Records that persons and texts were handed to a desk under an article.
    pub fn provide(&mut self, tables: &mut Tables, act: &Handed<'_>) {
        for (kind, record, categories) in act.records {
            let id: words::id::ProvisionId = self.id(act.at);
            tables.row(
                Table::Provision,
                args![
                    self.m,
                    id,
                    act.kind,
                    act.id,
                    kind.code(),
                    *record,
                    self.desk(act.desk),
                    act.staff.map(|s| self.user(s)),
                    *categories,
                    act.article,
                    act.effective,
                    act.ended,
                    act.command,
                ],
            );
            if act.effective.is_some() {
                self.findable.share(record.uuid(), act.desk);
            }
        }
    }

    /// A desk may find what is about a person from now on.
    pub fn share_person(&mut self, person: PersonId, desk: u32) {
        self.findable.share(person.uuid(), desk);
    }
}

/// Who did something, for which desk, when.
#[derive(Clone, Copy)]
pub(crate) struct By {
    /// Position in [`Town::staff`].
    pub staff: Option<u32>,
    /// Position in [`Town::desks`].
    pub desk: u32,
    /// The day, for the appointment.
    pub on: town::Day,
    /// When it was recorded.
    pub recorded: Instant,
}

/// A text to be written.
pub(crate) struct NewText<'a> {
    pub field: household::Field,
    pub form: Option<household::RecordForm>,
    pub desk: u32,
    pub author: Option<u32>,
    pub home: Option<usize>,
    pub subjects: town::Subjects,
    pub categories: access::Categories,
    pub body: std::borrow::Cow<'a, str>,
    pub occurred: Instant,
    pub recorded: Instant,
    pub told: Option<(household::ToldBy, u32)>,
    pub about: household::entry::About,
    pub state: household::EntryState,
    pub command: CommandId,
}

/// What one sharing act handed over.
pub(crate) struct Handed<'r> {
    pub kind: &'static str,
    pub id: words::id::ThingId,
    pub records: &'r [(access::RecordKind, words::id::ThingId, access::Categories)],
    pub desk: u32,
    pub staff: Option<u32>,
    pub article: &'static str,
    pub at: Instant,
    pub effective: Option<Instant>,
    pub ended: Option<Instant>,
    pub command: CommandId,
}

/// A moment of the town.
pub(crate) fn moment(at: Moment) -> Instant {
    Instant::at(day(at.day), u32::from(at.minute) / 60, u32::from(at.minute) % 60)
}

/// A day of the town.
pub(crate) fn day(of: town::Day) -> Day {
    let (year, month, day) = of.ymd();
    // The town's calendar is the common one: every day of it exists.
    Day::new(year, month, day).unwrap_or_else(|| Instant::from_millis(0).day())
}
