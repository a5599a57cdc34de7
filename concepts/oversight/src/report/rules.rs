//! Who may ask for a copy, what becomes of a request, what is never on the paper, and how rows of the log are put together.

use std::collections::{BTreeMap, BTreeSet};

use access::{Basis, Categories, Category, RecordKind, Role};
use consent::{GivenBy, GiverRelation, SetAside};
use engine::Refusal;
use serde::Serialize;
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{AccessId, DeskId, PersonId, ThingId};
use words::name::name_key;
use words::partial::PartialDate;
use words::{Day, Instant, codes};

codes! {
    /// Where a request stands.
    pub enum State {
        /// 受けつけた.
        Requested = "requested",
        /// 記録を集めた.
        Prepared = "prepared",
        /// ぜんぶ見た.
        Reviewed = "reviewed",
        /// 出した.
        Issued = "issued",
        /// 出さないと決めた.
        Refused = "refused",
        /// 取り下げ.
        Withdrawn = "withdrawn",
    }

    /// Who asks.
    pub enum AskedBy {
        /// 本人.
        Person = "person",
        /// 法定代理人.
        Guardian = "guardian",
        /// 任意代理人.
        Proxy = "proxy",
        /// 亡くなった人の遺族など.
        Bereaved = "bereaved",
    }

    /// How whoever asks in the person's place stands to them.
    pub enum Tie {
        /// 父母などの親権者.
        Parent = "parent",
        /// 未成年後見人.
        MinorGuardian = "minor_guardian",
        /// 児童相談所長・施設長など.
        Institution = "institution",
        /// 成年後見人.
        AdultGuardian = "adult_guardian",
        /// 保佐人・補助人.
        Curator = "curator",
        /// 任意後見人.
        VoluntaryGuardian = "voluntary_guardian",
        /// 委任を受けた代理人.
        Agent = "agent",
        /// 配偶者.
        Spouse = "spouse",
        /// 子.
        Child = "child",
        /// そのほかの親族.
        Kin = "kin",
    }

    /// By what the desk knew who asks.
    pub enum Identity {
        /// 運転免許証・個人番号カードなど、写真のあるもの.
        Photo = "photo",
        /// 保険証など、二つ.
        Two = "two",
        /// 代理であることを示すもの.
        Authority = "authority",
    }

    /// Why a request is withdrawn.
    pub enum WithdrawnBecause {
        /// 本人がやめた.
        Person = "person",
        /// まちがって受けつけた.
        Mistake = "mistake",
        /// 本人が亡くなり、引き継ぐ人がいない.
        Died = "died",
    }

    /// What is decided about a row.
    pub enum Verdict {
        /// It is on the paper.
        Show = "show",
        /// It is withheld, by a provision of the law.
        Withhold = "withhold",
    }

    /// What happens to a request.
    pub enum Step {
        /// The rows are gathered.
        Prepare = "prepare",
        /// Every row has been looked at.
        Review = "review",
        /// The paper is given out.
        Issue = "issue",
        /// It is refused as a whole.
        Refuse = "refuse",
        /// It is taken back.
        Withdraw = "withdraw",
    }
}

/// Calendar days in which the law wants a decision, unless the municipality's setting says another number.
pub(crate) const SETTINGS: [(&str, i64); 1] = [("report_days", 30)];

/// Rows of the log in one copy; more, and the time must be shorter.
pub(crate) const MOST: usize = 5_000;

/// Where a step leads. Preparing again gathers what was looked at since, and everything is looked through once more.
pub fn step(state: State, step: Step) -> Result<State, Refusal> {
    match (state, step) {
        (State::Requested | State::Prepared | State::Reviewed, Step::Prepare) => Ok(State::Prepared),
        (State::Prepared | State::Reviewed, Step::Review) => Ok(State::Reviewed),
        (State::Reviewed, Step::Issue) => Ok(State::Issued),
        (State::Requested | State::Prepared | State::Reviewed, Step::Refuse) => Ok(State::Refused),
        (State::Requested | State::Prepared | State::Reviewed, Step::Withdraw) => Ok(State::Withdrawn),
        (State::Prepared, Step::Issue) => Err(Refusal::new("report.look_first")),
        (State::Requested, Step::Issue | Step::Review) => Err(Refusal::new("report.prepare_first")),
        _ => Err(Refusal::new("report.is_over")),
    }
}

/// Whether something is still to be decided.
pub fn runs(state: State) -> bool {
    matches!(state, State::Requested | State::Prepared | State::Reviewed)
}

/// By when it is decided: the day itself, or the last business day before it.
pub(crate) fn due(asked_on: Day, days: i64) -> Instant {
    let mut day = asked_on.plus_days(days.clamp(1, 365));
    while day > asked_on && !calendar::is_business_day(&OpeningDays::default(), day) {
        day = day.plus_days(-1);
    }
    Instant::at(day, 17, 0)
}

/// What is wrong with the days asked for: the field and the key of the sentence.
pub(crate) fn check_days(
    asked_on: Option<Day>,
    from: Option<Day>,
    until: Option<Day>,
    today: Day,
) -> Vec<(&'static str, &'static str)> {
    let mut problems = Vec::new();
    if asked_on.is_some_and(|d| d > today) {
        problems.push(("asked_on", "date.in_future"));
    }
    if until.is_some_and(|d| d > today) {
        problems.push(("until", "date.in_future"));
    }
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        problems.push(("until", "audit.until_before"));
    }
    problems
}

/// Who asks in the person's place; empty where the person asked themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Requester {
    /// Who they are, when recorded too.
    pub person: Option<PersonId>,
    /// Their name, when not.
    pub name: String,
    /// How they stand to the person.
    pub tie: Option<Tie>,
    /// What shows that they may (戸籍, 登記事項証明書, 委任状).
    pub evidence: String,
}

/// What is known of the person whose records are asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whose {
    /// Their day of birth.
    pub birth: Option<PartialDate>,
    /// Their death.
    pub died: Option<PartialDate>,
}

/// Who can ask for somebody's records: the person; of a child or a ward their legal representative; whoever the person sent; of the dead
/// their family (個人情報の保護に関する法律 76条2項, and the town's rule for the dead). What is wrong: the field and the key of the sentence.
pub(crate) fn check_kind(
    asked_by: AskedBy,
    identity: Option<Identity>,
    tie: Option<Tie>,
    whose: Whose,
    asked_on: Day,
) -> Vec<(&'static str, &'static str)> {
    let mut problems = Vec::new();
    if asked_by == AskedBy::Bereaved && whose.died.is_none() {
        problems.push(("asked_by", "report.not_dead"));
    }
    // Whoever asked while they lived is answered, as far as their family goes on with it.
    let dead = whose.died.is_some_and(|died| died.latest() < asked_on);
    if asked_by != AskedBy::Bereaved && dead {
        problems.push(("asked_by", "report.is_dead"));
    }
    // A document with a photo shows who somebody is, not that they may ask for another.
    if asked_by != AskedBy::Person && identity.is_some_and(|i| i != Identity::Authority) {
        problems.push(("identity", "report.needs_authority"));
    }
    let grown = whose.birth.is_some_and(|birth| consent::of_age_on(birth) <= asked_on);
    if let Some(key) = tie.and_then(|tie| ill_tied(asked_by, tie, grown)) {
        problems.push(("tie", key));
    }
    problems
}

/// Why somebody who stands so to the person cannot ask as such a one.
fn ill_tied(asked_by: AskedBy, tie: Tie, grown: bool) -> Option<&'static str> {
    let of_minors = matches!(tie, Tie::Parent | Tie::MinorGuardian | Tie::Institution);
    match asked_by {
        AskedBy::Person => None,
        AskedBy::Guardian if of_minors && grown => Some("report.grown_up"),
        AskedBy::Guardian => (!of_minors && tie != Tie::AdultGuardian).then_some("report.tie_of_guardian"),
        AskedBy::Proxy => (!matches!(tie, Tie::Curator | Tie::VoluntaryGuardian | Tie::Agent))
            .then_some("report.tie_of_proxy"),
        AskedBy::Bereaved => (!matches!(tie, Tie::Spouse | Tie::Child | Tie::Parent | Tie::Kin))
            .then_some("report.tie_of_family"),
    }
}

/// Refuses whoever is set aside as guardian of the person: the copy says which desks a child turned to (個人情報の保護に関する法律
/// 78条1項1号). Who that is, is the one rule of consents; where somebody is set aside, it must be said which parent it is that asks.
pub fn may_ask(
    person: PersonId,
    asked_by: AskedBy,
    requester: &Requester,
    aside: &[SetAside],
) -> Result<(), Refusal> {
    let by = match asked_by {
        AskedBy::Person => return Ok(()),
        AskedBy::Guardian => GivenBy::Guardian,
        AskedBy::Proxy | AskedBy::Bereaved => GivenBy::Representative,
    };
    // The family of the dead asks as family, not as whoever spoke for them.
    let tie = requester.tie.filter(|_| asked_by != AskedBy::Bereaved);
    let relation = tie.and_then(|tie| GiverRelation::parse(tie.code()));
    consent::may_speak(person, by, (requester.person, relation), aside).map_err(|_| {
        Refusal::new(if requester.person.is_some() { "report.set_aside" } else { "report.which_guardian" })
    })
}

/// A request as far as two of them can be the same.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r> {
    /// Whose records.
    pub person: PersonId,
    /// Who asks.
    pub asked_by: AskedBy,
    /// Who that is.
    pub requester: &'r Requester,
    /// The looks of which days.
    pub days: (Day, Day),
}

/// Whether a request says nothing that one which runs does not say: the same person's records, for the same one, of days it covers.
pub fn covered(new: Asked<'_>, runs: Asked<'_>) -> bool {
    let (a, b) = (new.requester, runs.requester);
    new.person == runs.person
        && new.asked_by == runs.asked_by
        && a.person == b.person
        && name_key(&a.name) == name_key(&b.name)
        && runs.days.0 <= new.days.0
        && new.days.1 <= runs.days.1
}

codes! {
    /// How old the person of a request is, as far as the auditor must know: who may ask in their place depends on it (民法818条, 838条).
    pub enum Age {
        /// 18歳未満.
        Minor = "minor",
        /// 18歳以上.
        OfAge = "of_age",
        /// The day of birth is not known, or not well enough.
        Unknown = "unknown",
    }
}

/// How old somebody is on a day. Nothing of the day itself.
pub fn age(birth: Option<PartialDate>, on: Day) -> Age {
    match birth.map(|birth| birth.age_on(on)) {
        Some(years) if years.max < 18 => Age::Minor,
        Some(years) if years.min >= 18 => Age::OfAge,
        _ => Age::Unknown,
    }
}

/// What the auditor must know of a household before they let a copy go out of it: never who, only that it is so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Danger {
    /// Somebody is set aside as guardian of the person.
    pub aside: bool,
    /// Somebody is set aside for another of the household.
    pub aside_of_others: bool,
    /// The home of the person, or of somebody of the household, is kept.
    pub sheltered: bool,
}

/// One look at what is kept of the person, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// The row.
    pub id: AccessId,
    /// When.
    pub at: Instant,
    /// The desk of the seat looked from.
    pub desk: Option<DeskId>,
    /// Its role.
    pub role: Option<Role>,
    /// What kind of record.
    pub kind: String,
    /// Which.
    pub record: ThingId,
    /// Categories that were shown.
    pub categories: Categories,
    /// The bases, joined by `+`.
    pub basis: String,
    /// The way.
    pub channel: String,
    /// The article of a provision.
    pub article: String,
    /// The reason code of an urgent look.
    pub reason: String,
}

/// Whether a row is a look: a basis held, or a case was opened urgently. What somebody did is another matter.
pub(crate) fn is_look(basis: &str) -> bool {
    basis.split('+').any(|b| Basis::parse(b).is_some()) || basis == "look_urgently"
}

/// What stands against showing something to this person, whatever anybody decides.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Records that are kept from the person (disclosure rule 4).
    pub secret: BTreeSet<ThingId>,
    /// Records about somebody else's shelter: of each, the desks that know where. A look by one of them would say it.
    pub sheltered: BTreeMap<ThingId, BTreeSet<DeskId>>,
    /// Desks that know where somebody of the person's household is sheltered.
    pub known_to: BTreeSet<DeskId>,
}

/// Whether a row must not be on the paper, nor anywhere the person could read it: not even as something withheld.
pub fn never_shown(row: &LogRow, kept: &Kept) -> bool {
    if kept.secret.contains(&row.record) {
        return true;
    }
    let by = |desks: &BTreeSet<DeskId>| row.desk.is_none_or(|d| desks.contains(&d));
    kept.sheltered.get(&row.record).is_some_and(by) || (!kept.known_to.is_empty() && by(&kept.known_to))
        // A conference of others about the person is its members' until its minutes may be taken back.
        || row.basis.split('+').any(|b| b == Basis::ConfidentialConference.code())
}

/// The exemption that a row suggests: an informant is another person (78条1項2号).
pub fn suggested(row: &LogRow) -> Option<&'static str> {
    let said = row.categories.has(Category::Informant) && row.categories != Categories::all();
    (row.kind == RecordKind::Entry.code() && said).then_some("78_1_2")
}

/// Rows that say the same to a reader: one line of the paper, and one thing to decide about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The rows, the first of them naming the line.
    pub rows: Vec<AccessId>,
    /// The day.
    pub day: Day,
    /// The first look of the day.
    pub first: Instant,
    /// As in the rows.
    pub desk: Option<DeskId>,
    /// As in the rows.
    pub role: Option<Role>,
    /// As in the rows.
    pub kind: String,
    /// As in the rows.
    pub basis: String,
    /// As in the rows.
    pub channel: String,
    /// As in the rows.
    pub article: String,
    /// As in the rows.
    pub reason: String,
    /// All of them together.
    pub categories: Categories,
    /// What the rows suggest.
    pub suggested: Option<&'static str>,
    /// How many records it was.
    pub records: usize,
    /// How often: everything that one page showed was seen at once.
    pub times: usize,
}

/// The day, desk, role, kind, basis, way, article, reason, suggestion of a line.
type Same<'r> = (
    Day,
    Option<DeskId>,
    Option<&'static str>,
    &'r str,
    &'r str,
    &'r str,
    &'r str,
    &'r str,
    Option<&'static str>,
);

fn same(row: &LogRow) -> Same<'_> {
    let role = row.role.map(Code::code);
    (
        row.at.day(),
        row.desk,
        role,
        &row.kind,
        &row.basis,
        &row.channel,
        &row.article,
        &row.reason,
        suggested(row),
    )
}

/// Rows put together by day, in order of time.
pub fn lines(rows: &[LogRow]) -> Vec<Line> {
    let mut by: BTreeMap<Same<'_>, (Line, BTreeSet<ThingId>, BTreeSet<Instant>)> = BTreeMap::new();
    for row in rows {
        let new = || Line {
            rows: Vec::new(),
            day: row.at.day(),
            first: row.at,
            desk: row.desk,
            role: row.role,
            kind: row.kind.clone(),
            basis: row.basis.clone(),
            channel: row.channel.clone(),
            article: row.article.clone(),
            reason: row.reason.clone(),
            categories: Categories::NONE,
            suggested: suggested(row),
            records: 0,
            times: 0,
        };
        let (line, records, moments) =
            by.entry(same(row)).or_insert_with(|| (new(), BTreeSet::new(), BTreeSet::new()));
        records.insert(row.record);
        moments.insert(row.at);
        (line.records, line.times) = (records.len(), moments.len());
        line.rows.push(row.id);
        line.first = line.first.min(row.at);
        line.categories = line.categories.union(row.categories);
    }
    let mut lines: Vec<Line> = by.into_values().map(|(line, ..)| line).collect();
    for line in &mut lines {
        line.rows.sort_unstable();
    }
    lines.sort_by(|a, b| (a.first, &a.rows).cmp(&(b.first, &b.rows)));
    lines
}

/// What was decided about rows: verdict and exemption.
pub type Decided = BTreeMap<AccessId, (Verdict, String)>;

/// What still counts. A provision that only refuses a request as a whole decides about no row: a row that was withheld by it once is
/// decided about again while the request runs, and is on no paper (decision 0044).
pub fn counts(decided: Decided, only_whole: impl Fn(&str) -> bool) -> Decided {
    decided
        .into_iter()
        .filter(|(_, (verdict, code))| *verdict == Verdict::Show || !only_whole(code))
        .collect()
}

/// What stands about a line, as its field says it: `show`, an exemption, or nothing while a row of it is undecided.
pub fn standing<'d>(line: &Line, decided: &'d Decided) -> &'d str {
    if line.rows.iter().any(|row| !decided.contains_key(row)) {
        return "";
    }
    match line.rows.first().and_then(|first| decided.get(first)) {
        Some((Verdict::Show, _)) => Verdict::Show.code(),
        Some((Verdict::Withhold, code)) => code,
        None => "",
    }
}

/// By what some row of a line is withheld. Rows that came since leave it undecided, and nobody releases it with the rest.
pub fn withheld<'d>(line: &Line, decided: &'d Decided) -> Option<&'d str> {
    let mut rows = line.rows.iter().filter_map(|row| decided.get(row));
    rows.find(|(verdict, _)| *verdict == Verdict::Withhold).map(|(_, code)| code.as_str())
}

/// Whether a choice was made before somebody else decided otherwise (disclosure rule 6): `was` stood when the form was opened, `now` stands.
/// Whoever chose what stands now has nothing to be asked.
pub fn stale(was: &str, now: &str, chosen: &str) -> bool {
    now != was && now != chosen
}

/// By what a row can be withheld: `known` says whether the exemption is in force, and whether it only refuses a request as a whole.
pub fn may_decide(verdict: Verdict, known: Option<bool>) -> Result<(), Refusal> {
    match (verdict, known) {
        (Verdict::Withhold, Some(true)) => Err(Refusal::new("report.only_whole")),
        (Verdict::Withhold, Some(false)) | (Verdict::Show, None) => Ok(()),
        _ => Err(Refusal::new("report.choose_exemption")),
    }
}

/// Whether a person may be told by this request: they are of the household of the case it was taken in.
pub(crate) fn is_member(person: PersonId, members: &[PersonId]) -> bool {
    members.contains(&person)
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
