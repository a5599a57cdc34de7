//! The disclosure decision: (viewer, record, evidence, now) → what may be seen, and on which basis.
//!
//! Source: `docs/disclosure.md`. Kept as one small pure function so that a lawyer can follow it and a
//! reference model can be held against it.

use words::codes;
use words::id::{
    AgencyId, AppointmentId, CaseId, ConsentId, DeskId, EntryId, MatterId, PersonId, ProvisionId, ThingId,
    UrgentLookId, UserId,
};
use words::{Day, Instant};

use crate::sealed::Permit;
use crate::{Categories, Category, Role, Seat, Viewer};

codes! {
    /// The closed set of bases. Articles of law are data attached to a use, never part of the set.
    pub enum Basis {
        /// 自窓口の記録.
        OwnRecord = "own_record",
        /// 本人の同意.
        Consent = "consent",
        /// 法令に基づく提供.
        LawfulProvision = "lawful_provision",
        /// 事業の事務.
        ProgrammeDuty = "programme_duty",
        /// 緊急の保護.
        UrgentProtection = "urgent_protection",
        /// 秘密を守る会議 (支援会議・要対協など).
        ConfidentialConference = "confidential_conference",
    }

    /// What a log row or a permit is about.
    pub enum RecordKind {
        /// A piece of text.
        Entry = "entry",
        /// A person's facts.
        Person = "person",
        /// What lies between two people, or between a household and what is outside.
        Tie = "tie",
        /// The facts of a consultation beside its texts: who came, by which route, about what.
        Consultation = "consultation",
        /// The facts of a connecting sheet beside its texts.
        ConnectingSheet = "connecting_sheet",
        /// Who gave a consent for somebody, and what shows that they may.
        Consent = "consent",
        /// A file that belongs to a record.
        Attachment = "attachment",
        /// The person and need behind a referral.
        Referral = "referral",
        /// A question to another desk: its header; question and answer are entries.
        Inquiry = "inquiry",
        /// A case's header.
        Case = "case",
        /// 事案: the header of what a confidential conference looks at; its questions are entries.
        Matter = "matter",
        /// 受けられるか・連絡してほしい: a question without anybody in it.
        Capacity = "capacity",
        /// 助言: a question without anybody in it.
        Advice = "advice",
        /// Two agencies that very probably hold one household: desks and numbers.
        Overlap = "overlap",
        /// 引きつぎ: what somebody leaves at a desk: numbers and dates; its words are entries.
        HandOver = "hand_over",
        /// ふりかえり・事例: its header; the words of a reflection are an entry, a library case has nobody in it.
        Lesson = "lesson",
        /// スキルと経験: what staff say of their own experience; nobody's household.
        Skill = "skill",
        /// 会議体・会議の回・議題: days, desks and numbers; what is said stays with its matter.
        Meeting = "meeting",
        /// A file of consultations being brought in.
        Import = "import",
        /// 緊急の見きわめ: what kind of urgency, and how far the checklist is.
        Triage = "triage",
        /// 数字: figures of the whole municipality, which are about nobody.
        Figures = "figures",
        /// ダウンロード: a list taken out as a file.
        Export = "export",
        /// 緊急の閲覧: the reason stated, and what it led to.
        UrgentLook = "urgent_look",
        /// 開示請求の写し: who looked at what is kept of a person, for that person.
        AccessReport = "access_report",
        /// 廃棄の一覧: which records are to be disposed of; numbers and dates only.
        Disposal = "disposal",
    }
}

/// A record, named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordRef {
    /// What kind of record.
    pub kind: RecordKind,
    /// Which one.
    pub id: ThingId,
}

impl RecordRef {
    /// A case.
    pub const fn case(id: CaseId) -> Self {
        Self { kind: RecordKind::Case, id: id.cast() }
    }

    /// A person.
    pub const fn person(id: PersonId) -> Self {
        Self { kind: RecordKind::Person, id: id.cast() }
    }

    /// A text.
    pub const fn entry(id: EntryId) -> Self {
        Self { kind: RecordKind::Entry, id: id.cast() }
    }
}

/// Whom a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects {
    /// The whole household: every member, listed. What untagged text counts as.
    Household(Vec<PersonId>),
    /// These persons only.
    Persons(Vec<PersonId>),
}

impl Subjects {
    /// The persons whose facts these are. May be empty (an anonymous consultation): then no consent can cover
    /// the record.
    pub fn persons(&self) -> &[PersonId] {
        match self {
            Self::Household(persons) | Self::Persons(persons) => persons,
        }
    }
}

/// What the decision must know of a record. Never its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The record.
    pub record: RecordRef,
    /// The desk that wrote it.
    pub desk: DeskId,
    /// The person who wrote it.
    pub author: Option<UserId>,
    /// Whom it is about.
    pub subjects: Subjects,
    /// What it is about.
    pub categories: Categories,
    /// The cases it belongs to, for exclusions: its own, and those of its household.
    pub cases: Vec<CaseId>,
    /// The multi-agency provider's desk a connecting sheet was sent to.
    pub sent_to_provider: Option<DeskId>,
    /// The matter of a confidential conference it was written in. What is said there is nobody's own record and nobody's
    /// consent opens it, also not to the desk of whoever wrote it: only that matter does, to its members.
    pub confided_to: Option<MatterId>,
}

/// An agency as one of a category that a consent names (medicine, education …). A category never widens by itself
/// (`docs/decisions/0018`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfField {
    /// The category the person named.
    pub named: String,
    /// The agency's category today.
    pub today: String,
    /// Whether the agency was among those the category stood for when the consent was given.
    pub listed: bool,
    /// Whether the person also agreed to agencies that join the category later.
    pub later: bool,
}

impl OfField {
    /// Whether the agency counts: still of the category, and either named to the person then, or one of those that join
    /// later where the person said so.
    pub fn counts(&self) -> bool {
        self.named == self.today && (self.listed || self.later)
    }
}

/// A consent as far as it names one of the viewer's desks or agencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentFact {
    /// The consent.
    pub consent: ConsentId,
    /// Whose facts it covers: the giver, or a minor or ward they act for.
    pub covers: PersonId,
    /// Named desk, if the recipient is a desk.
    pub desk: Option<DeskId>,
    /// Named agency, if the recipient is a whole agency or one of a named category.
    pub agency: Option<AgencyId>,
    /// How the agency belongs to a category that was named, when it was not named itself.
    pub of_field: Option<OfField>,
    /// Categories it names.
    pub categories: Categories,
    /// Whether support (by the named desk, or together with it) is among its purposes. A consent to a conference
    /// only opens nothing on the page of a desk.
    pub for_support: bool,
    /// First day.
    pub from: Day,
    /// Last day, inclusive. None: until withdrawn.
    pub until: Option<Day>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// When this recipient's part took effect: at once, or when they accepted the referral it was given for.
    /// None: not yet.
    pub effective_from: Option<Instant>,
}

/// One record handed to one addressee by one sharing act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionFact {
    /// The act.
    pub provision: ProvisionId,
    /// The record that was sent.
    pub record: RecordRef,
    /// The desk it was sent to.
    pub desk: DeskId,
    /// The one person there it was sent to, when it was (feedback to a first noticer).
    pub user: Option<UserId>,
    /// Categories that were sent.
    pub categories: Categories,
    /// The article it rests on, as the legal-basis table names it.
    pub article: String,
    /// When it took effect. None: not yet (a referral not accepted).
    pub effective_from: Option<Instant>,
    /// When it ended (entered in error, or as the act says). None: it has not.
    pub ended_at: Option<Instant>,
}

/// 緊急の保護: one urgent look, opened by one person for life, body or property, with its reason stated first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrgentFact {
    /// The look.
    pub look: UrgentLookId,
    /// Who opened it; nobody else uses it.
    pub user: UserId,
    /// The desk they opened it for.
    pub desk: DeskId,
    /// The case it opens.
    pub case: CaseId,
    /// When it was opened.
    pub from: Instant,
    /// When it ends by itself, or was ended before: the first moment at which it no longer holds.
    pub until: Instant,
}

/// 秘密を守る会議: one record released to one matter, as one member of it stands. Each matter is a compartment: a fact of
/// one matter says nothing about another, whatever their members and legal positions have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterFact {
    /// The matter.
    pub matter: MatterId,
    /// The record that was released to it, or written in it.
    pub record: RecordRef,
    /// The categories that were released.
    pub categories: Categories,
    /// The article the conference rests on.
    pub article: String,
    /// The member: nobody else at their desk.
    pub user: UserId,
    /// The appointment under which they are a member: another one, even at the same desk, is another place.
    pub appointment: AppointmentId,
    /// When they became one.
    pub from: Instant,
    /// When they were replaced or left.
    pub until: Option<Instant>,
    /// When they pledged secrecy for this matter. None: not yet.
    pub pledged_at: Option<Instant>,
    /// When the record was released.
    pub released_at: Instant,
    /// When the desk that released it took it back.
    pub recalled_at: Option<Instant>,
    /// When the matter was closed. None: it is open.
    pub closed_at: Option<Instant>,
    /// From when it may be taken back (持ち帰り可), as minutes may from the beginning. None: it may not.
    pub take_back_from: Option<Instant>,
}

/// 支援措置: where this person lives is known only to the desks named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelter {
    /// Who is sheltered.
    pub person: PersonId,
    /// The desks that may know. None named: nobody.
    pub desks: Vec<DeskId>,
}

/// A record that one person in the household must not know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// The record.
    pub record: RecordRef,
    /// From whom it is kept.
    pub from: PersonId,
}

/// Where what is shown goes. Paper lies on tables: it carries less than the screen (disclosure rules 3 and 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    /// The viewer's own screen.
    Screen,
    /// A file, which leaves the desk: never a sheltered address.
    File,
    /// Paper: never an informant, either.
    Paper,
    /// Paper for one person of the household: nothing that is kept from them, either, and nothing of violence or abuse. Whoever is
    /// afraid of them says so to the desk; and what somebody did is mostly written down as being about them. Of the texts only
    /// those that are about them, and about nobody who is [kept apart](Evidence::apart) from them.
    Member(PersonId),
}

/// Someone kept out of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion {
    /// Who.
    pub user: UserId,
    /// From what.
    pub case: CaseId,
}

/// Everything beyond the record itself that can found a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Consents that name a desk or agency of the viewer.
    pub consents: Vec<ConsentFact>,
    /// Provisions addressed to a desk of the viewer.
    pub provisions: Vec<ProvisionFact>,
    /// Urgent looks of the viewer.
    pub urgent: Vec<UrgentFact>,
    /// What was released to matters of which the viewer is a member.
    pub matters: Vec<MatterFact>,
    /// Shelters in force of the persons the records are about. They take away.
    pub shelters: Vec<Shelter>,
    /// Secrets from the person a paper is for. They take away.
    pub secrets: Vec<Secret>,
    /// Those of the household a paper is made in whom the person it is for must read nothing about: who is sheltered, and where
    /// violence is feared everybody else. They take away.
    pub apart: Vec<PersonId>,
    /// Whether whoever a paper is for does not live in the household it is made in: then nothing of the others stands on it, neither who
    /// they are nor who lives with whom. It takes away.
    pub elsewhere: bool,
}

/// One basis that held, as shown on the page and written to the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BasisUse {
    /// Which basis.
    pub basis: Basis,
    /// The appointment through which it held.
    pub appointment: AppointmentId,
    /// The consent, provision, look or matter it rests on.
    pub source: Option<ThingId>,
    /// The article, for a lawful provision or a confidential conference.
    pub article: Option<String>,
    /// Last day of a consent or an urgent look.
    pub until: Option<Day>,
    /// Whose consent.
    pub person: Option<PersonId>,
}

impl BasisUse {
    fn plain(basis: Basis, seat: &Seat) -> Self {
        Self { basis, appointment: seat.appointment, source: None, article: None, until: None, person: None }
    }
}

/// Decides what `viewer` may see of the record `facts` describes at `now`, for `reader`. `None` is the answer of absence.
///
/// Deny by default; each basis adds categories; the result is what all of them together grant, less what nobody, or
/// no paper, may carry on ([`Shelter`], [`Secret`], informants, violence, texts about others).
pub fn decide(
    viewer: &Viewer,
    facts: &Facts,
    evidence: &Evidence,
    now: Instant,
    reader: Reader,
) -> Option<Permit> {
    if facts.cases.iter().any(|case| viewer.excluded_from.contains(case)) {
        return None;
    }
    let (mut granted, mut uses) =
        if facts.confided_to.is_some() { Default::default() } else { bases(viewer, facts, evidence, now) };
    let (by_matter, matters) = confidential_conference(viewer, facts, &evidence.matters, now, reader);
    granted = granted.union(by_matter);
    uses.extend(matters);
    let granted = granted.intersection(bearable(viewer, facts, evidence, reader));
    (!granted.is_empty()).then(|| Permit::new(facts.record, granted, uses))
}

/// What every basis but a confidential conference grants together, and through which uses.
fn bases(viewer: &Viewer, facts: &Facts, evidence: &Evidence, now: Instant) -> (Categories, Vec<BasisUse>) {
    let mut granted = Categories::NONE;
    let mut uses = Vec::new();
    if let Some(seat) = own_record(viewer, facts) {
        granted = Categories::all();
        uses.push(BasisUse::plain(Basis::OwnRecord, seat));
    }
    if let Some(seat) = programme_duty(viewer, facts) {
        granted = Categories::all();
        uses.push(BasisUse::plain(Basis::ProgrammeDuty, seat));
    }
    let (by_provision, provisions) = lawful_provision(viewer, facts, &evidence.provisions, now);
    granted = granted.union(by_provision);
    uses.extend(provisions);
    let (by_consent, consents) = consent(viewer, facts, &evidence.consents, now);
    granted = granted.union(by_consent);
    uses.extend(consents);
    if let Some((look, seat)) = urgent(viewer, facts, &evidence.urgent, now) {
        granted = Categories::all();
        uses.push(BasisUse {
            source: Some(look.look.cast()),
            until: Some(look.until.day()),
            ..BasisUse::plain(Basis::UrgentProtection, seat)
        });
    }
    (granted, uses)
}

/// What may be shown at all, whatever grants it.
fn bearable(viewer: &Viewer, facts: &Facts, evidence: &Evidence, reader: Reader) -> Categories {
    if let Reader::Member(person) = reader
        && (evidence.secrets.iter().any(|s| s.record == facts.record && s.from == person)
            || (facts.record.kind == RecordKind::Entry && !theirs(facts, &evidence.apart, person)))
    {
        return Categories::NONE;
    }
    let mut all = Categories::all();
    if matches!(reader, Reader::Paper | Reader::Member(_)) {
        all = all.without(Category::Informant);
    }
    if matches!(reader, Reader::Member(_)) {
        all = all.without(Category::Violence);
    }
    let leaves = reader != Reader::Screen;
    let sheltered =
        evidence.shelters.iter().filter(|s| facts.subjects.persons().contains(&s.person)).any(|s| {
            let named = viewer
                .seats
                .iter()
                .any(|seat| seat.role.reads_desk_records() && s.desks.iter().any(|d| seat.holds(*d)));
            // What a desk wrote itself it cannot forget; the address on a card is no desk's own.
            let wrote = facts.record.kind != RecordKind::Person && own_record(viewer, facts).is_some();
            leaves || !(named || wrote)
        });
    if sheltered { all.without(Category::Contact) } else { all }
}

/// Whether a record is about `person`, alone or with others, none of whom is kept apart from them. What is about the whole household is
/// about each of its members. Of texts nothing else stands on a paper for them; what is no text is judged by what it is
/// ([`crate::Content::for_one`]).
pub(crate) fn theirs(facts: &Facts, apart: &[PersonId], person: PersonId) -> bool {
    let about = facts.subjects.persons();
    about.contains(&person) && !about.iter().any(|p| *p != person && apart.contains(p))
}

/// 自窓口の記録: the desk that wrote it, or the desk it passed to; liaisons and hosts only their own writing.
fn own_record<'v>(viewer: &'v Viewer, facts: &Facts) -> Option<&'v Seat> {
    viewer.seats.iter().find(|seat| {
        seat.holds(facts.desk)
            && (seat.role.reads_desk_records()
                || (seat.role.reads_own_writing() && facts.author == Some(viewer.user)))
    })
}

/// 緊急の保護: the one who opened the look, at the desk they opened it for, while it lasts, in the case it opens.
fn urgent<'e, 'v>(
    viewer: &'v Viewer,
    facts: &Facts,
    looks: &'e [UrgentFact],
    now: Instant,
) -> Option<(&'e UrgentFact, &'v Seat)> {
    looks
        .iter()
        .filter(|l| l.user == viewer.user && facts.cases.contains(&l.case) && l.from <= now && now < l.until)
        .find_map(|l| {
            let seat = viewer.seats.iter().find(|s| s.role.reads_desk_records() && s.desk == l.desk)?;
            Some((l, seat))
        })
}

/// 秘密を守る会議: a member of the matter who has pledged secrecy for it, from the release until the matter is closed;
/// afterwards what may be taken back. On the screen only, and never who informed: what is said in confidence does not lie
/// on tables, and an informant is nobody's material (児童虐待防止法7条).
fn confidential_conference(
    viewer: &Viewer,
    facts: &Facts,
    matters: &[MatterFact],
    now: Instant,
    reader: Reader,
) -> (Categories, Vec<BasisUse>) {
    let mut granted = Categories::NONE;
    let mut uses: Vec<BasisUse> = Vec::new();
    if reader != Reader::Screen {
        return (granted, uses);
    }
    // What was written in one matter is not released to another.
    let here = |m: &&MatterFact| facts.confided_to.is_none_or(|only| m.matter == only);
    for m in matters.iter().filter(here).filter(|m| m.record == facts.record && holds(m, viewer, now)) {
        let Some(seat) =
            viewer.seats.iter().find(|s| s.role.sits_in_confidence() && s.appointment == m.appointment)
        else {
            continue;
        };
        let opened = m.categories.without(Category::Informant);
        granted = granted.union(opened);
        // What adds nothing to this record is not a reason for seeing it; one matter is one reason.
        let named = uses.iter().any(|u| u.source == Some(m.matter.cast()));
        if named || opened.intersection(facts.categories).is_empty() {
            continue;
        }
        uses.push(BasisUse {
            source: Some(m.matter.cast()),
            article: Some(m.article.clone()),
            ..BasisUse::plain(Basis::ConfidentialConference, seat)
        });
    }
    (granted, uses)
}

/// Whether the viewer is a member now who has pledged, and the record lies before them.
fn holds(m: &MatterFact, viewer: &Viewer, now: Instant) -> bool {
    let begun = |at: Option<Instant>| at.is_some_and(|at| at <= now);
    let closed = begun(m.closed_at);
    m.user == viewer.user
        && m.from <= now
        && !begun(m.until)
        && begun(m.pledged_at)
        && m.released_at <= now
        && !begun(m.recalled_at)
        && (!closed || begun(m.take_back_from))
}

/// 事業の事務: the coordinator of a multi-agency provider reads the sheets sent to that provider.
fn programme_duty<'v>(viewer: &'v Viewer, facts: &Facts) -> Option<&'v Seat> {
    let provider = facts.sent_to_provider?;
    viewer.seats.iter().find(|seat| seat.role == Role::Coordinator && seat.holds(provider))
}

/// 法令に基づく提供: only the addressee, only what was sent, from acceptance until the act ends.
fn lawful_provision(
    viewer: &Viewer,
    facts: &Facts,
    provisions: &[ProvisionFact],
    now: Instant,
) -> (Categories, Vec<BasisUse>) {
    let mut granted = Categories::NONE;
    let mut uses = Vec::new();
    for p in provisions.iter().filter(|p| p.record == facts.record) {
        let begun = p.effective_from.is_some_and(|from| from <= now);
        let ended = p.ended_at.is_some_and(|end| end <= now);
        let addressed = viewer.seats.iter().find(|seat| {
            seat.holds(p.desk)
                && match p.user {
                    Some(user) => user == viewer.user && seat.role.reads_own_writing(),
                    None => seat.role.reads_desk_records(),
                }
        });
        if let (true, false, Some(seat)) = (begun, ended, addressed) {
            granted = granted.union(p.categories);
            // An act that adds nothing to this record is not a reason for seeing it.
            if p.categories.intersection(facts.categories).is_empty() {
                continue;
            }
            uses.push(BasisUse {
                source: Some(p.provision.cast()),
                article: Some(p.article.clone()),
                ..BasisUse::plain(Basis::LawfulProvision, seat)
            });
        }
    }
    (granted, uses)
}

/// 本人の同意: for a text about several people, all of them. What is granted is what every subject granted.
fn consent(
    viewer: &Viewer,
    facts: &Facts,
    consents: &[ConsentFact],
    now: Instant,
) -> (Categories, Vec<BasisUse>) {
    let persons = facts.subjects.persons();
    if persons.is_empty() {
        return (Categories::NONE, Vec::new());
    }
    let mut granted = Categories::all();
    let mut held = Vec::new();
    for person in persons {
        let mut by_person = Categories::NONE;
        for c in consents.iter().filter(|c| c.covers == *person && in_force(c, now)) {
            if let Some(seat) = named(c, viewer) {
                by_person = by_person.union(c.categories);
                held.push((c, seat));
            }
        }
        granted = granted.intersection(by_person);
    }
    // A consent that adds nothing to what is shown is not a reason for it.
    let uses = held
        .into_iter()
        .filter(|(c, _)| !c.categories.intersection(granted).intersection(facts.categories).is_empty())
        .map(|(c, seat)| BasisUse {
            source: Some(c.consent.cast()),
            until: c.until,
            person: Some(c.covers),
            ..BasisUse::plain(Basis::Consent, seat)
        })
        .collect();
    (granted, uses)
}

/// Evaluated at the moment of reading; the last day is inclusive; no job is needed to end it. A consent that names
/// no category grants nothing, so it is never a reason either.
fn in_force(c: &ConsentFact, now: Instant) -> bool {
    let today = now.day();
    !c.categories.is_empty()
        && c.for_support
        && c.of_field.as_ref().is_none_or(OfField::counts)
        && c.effective_from.is_some_and(|from| from <= now)
        && c.from <= today
        && c.until.is_none_or(|until| today <= until)
        && c.withdrawn_at.is_none_or(|at| now < at)
}

/// The seat through which a consent names the viewer. It does not pass to an heir silently: only the named desk
/// itself or the named agency counts.
fn named<'v>(c: &ConsentFact, viewer: &'v Viewer) -> Option<&'v Seat> {
    viewer.seats.iter().find(|seat| {
        seat.role.reads_desk_records() && (c.desk == Some(seat.desk) || c.agency == Some(seat.agency))
    })
}
