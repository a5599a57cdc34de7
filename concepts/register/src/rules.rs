//! What is true of the register on a day: pure functions, no I/O, no clock.
//!
//! A span is closed at both ends: `valid_to` is the last day. What ends on 31 March has passed on by 1 April.

use std::collections::HashMap;

use access::{Role, Seat};
use engine::Refusal;
use words::Day;
use words::code::Code;
use words::codes;
use words::id::{AgencyId, AppointmentId, DeskId};

pub mod office;
pub mod opening;
mod scope;

pub use scope::{Between, Entity, Scope, Way, ground};

/// Days a request to be contacted is kept at most, and when the municipality has set nothing: no longer than the shortest period of
/// retention, which is a year. What it stands before could go sooner otherwise.
pub(crate) const CONTACT_KEPT_MOST: i64 = 365;

/// Days a request to be contacted is kept, as set: a day at least, or it would be gone before anybody read it.
pub(crate) fn contact_kept_days(set: i64) -> i64 {
    set.clamp(1, CONTACT_KEPT_MOST)
}

codes! {
    /// 相談内容 of the standard consultation form (reference B-3): by what people come, not by which section
    /// answers. Intake uses the same list as its topics.
    pub enum Matter {
        /// 病気や健康・障害.
        IllnessDisability = "illness_disability",
        /// 住まい.
        Housing = "housing",
        /// 収入・生活費.
        Income = "income",
        /// 家賃やローン.
        RentLoan = "rent_loan",
        /// 税金や公共料金.
        TaxUtility = "tax_utility",
        /// 債務.
        Debt = "debt",
        /// 仕事探し.
        JobSearch = "job_search",
        /// 仕事上の不安.
        WorkTrouble = "work_trouble",
        /// 地域との関係.
        Community = "community",
        /// 家族との関係.
        Family = "family",
        /// 子育て.
        ChildRearing = "child_rearing",
        /// 介護.
        Care = "care",
        /// ひきこもり・不登校.
        HikikomoriSchool = "hikikomori_school",
        /// DV・虐待.
        DvAbuse = "dv_abuse",
        /// 食べるものがない.
        NoFood = "no_food",
        /// その他.
        Other = "other",
    }

    /// The five programmes of 重層的支援体制整備事業 (社会福祉法106条の4第2項).
    pub enum Programme {
        /// 包括的相談支援.
        ComprehensiveConsultation = "comprehensive_consultation",
        /// 参加支援.
        Participation = "participation",
        /// 地域づくり.
        CommunityBuilding = "community_building",
        /// アウトリーチ.
        Outreach = "outreach",
        /// 多機関協働.
        MultiAgency = "multi_agency",
    }

    /// What a name of an agency is for (R-013, Q3): one official name a day, the others only for finding.
    pub enum NameKind {
        /// The name itself.
        Official = "official",
        /// Its reading: for order and finding.
        Reading = "reading",
        /// A short or former name in use.
        Alias = "alias",
        /// A frequent slip.
        Slip = "slip",
    }

    /// What somebody can pick an article for.
    pub enum Sharing {
        /// つなぎ.
        Referral = "referral",
        /// 照会とその回答.
        Inquiry = "inquiry",
        /// 照会に答えられないとき.
        Refusal = "inquiry_refusal",
        /// その後を知らせる.
        Feedback = "feedback",
        /// 緊急の閲覧.
        Urgent = "urgent_protection",
        /// 支援会議など.
        Conference = "conference",
        /// 親権者・後見人を代わりから外す.
        SetAside = "set_aside",
    }

    /// 分野.
    pub enum Field {
        /// 総合.
        General = "general",
        /// 高齢.
        Elderly = "elderly",
        /// 障がい.
        Disability = "disability",
        /// 子ども.
        Child = "child",
        /// 生活困窮.
        Poverty = "poverty",
        /// 医療.
        Medical = "medical",
        /// 教育.
        Education = "education",
        /// 住まい.
        Housing = "housing",
        /// 就労.
        Work = "work",
        /// 地域.
        Community = "community",
        /// 保健.
        Health = "health",
        /// 安全.
        Safety = "safety",
        /// 税・保険.
        Tax = "tax",
    }

    /// 法人格: decides whether sharing is use inside one body or provision outside (domain section 3).
    pub enum EntityKind {
        /// 市長.
        Mayor = "mayor",
        /// 教育委員会.
        Education = "education",
        /// 病院事業.
        Hospital = "hospital",
        /// 社会福祉協議会.
        Council = "social_welfare_council",
        /// 受託法人.
        Corporation = "corporation",
        /// 職能団体.
        Association = "association",
        /// 県.
        Prefecture = "prefecture",
        /// 警察.
        Police = "police",
        /// 国.
        State = "state",
        /// 住民組織.
        Residents = "residents",
        /// 医療法人.
        Medical = "medical",
    }

    /// Who may consult an agency.
    pub enum ConsultableBy {
        /// Anyone.
        Anyone = "anyone",
        /// The person and the family.
        Family = "family",
        /// Neighbours and local bodies too.
        Community = "community",
        /// 支援機関のみ.
        Agencies = "agencies",
    }

    /// 実施方式; several at once.
    pub enum Delivery {
        /// 直営.
        Direct = "direct",
        /// 委託.
        Commissioned = "commissioned",
        /// 補助.
        Subsidised = "subsidised",
        /// 自主事業.
        Independent = "independent",
    }

    /// 位置づけ.
    pub enum Position {
        /// 中核.
        Core = "core",
        /// 主.
        Main = "main",
        /// 協力.
        Cooperating = "cooperating",
        /// 後方支援.
        Backup = "backup",
    }

    /// Why an agency has a successor. Consent is never inherited silently (domain section 3).
    pub enum SuccessorKind {
        /// 統合.
        Merger = "merger",
        /// 分割.
        Split = "split",
        /// 受託者の交代.
        Contractor = "contractor",
    }

    /// Whether a second factor is asked for at sign-in.
    pub enum Totp {
        /// Whoever wants it.
        Optional = "optional",
        /// Nobody: a demonstration.
        Forbidden = "forbidden",
        /// Everybody.
        Required = "required",
    }
}

/// 法定事業, on the level of the sub-item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statutory {
    /// Not at all.
    None,
    /// Wholly.
    All,
    /// 一部.
    Part,
    /// Under a name: 利用者支援事業.
    Named(String),
}

impl EntityKind {
    /// Whether it is the municipality itself: its sections are 市町村 wherever the municipality has to be there.
    pub const fn is_municipal(self) -> bool {
        matches!(self, Self::Mayor | Self::Education | Self::Hospital)
    }
}

impl Statutory {
    /// Reads `none`, `all`, `part` or `named:NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "none" | "" => Some(Self::None),
            "all" => Some(Self::All),
            "part" => Some(Self::Part),
            other => other
                .strip_prefix("named:")
                .map(str::trim)
                .filter(|n| !n.is_empty())
                .map(|n| Self::Named(n.to_owned())),
        }
    }
}

impl std::fmt::Display for Statutory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::All => f.write_str("all"),
            Self::Part => f.write_str("part"),
            Self::Named(name) => write!(f, "named:{name}"),
        }
    }
}

/// Reads `direct;commissioned`. `None` when any part is unknown.
pub fn parse_delivery(text: &str) -> Option<Vec<Delivery>> {
    let mut found = Vec::new();
    for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let delivery = Delivery::parse(part)?;
        if !found.contains(&delivery) {
            found.push(delivery);
        }
    }
    Some(found)
}

/// Writes delivery codes the way [`parse_delivery`] reads them.
pub fn write_delivery(delivery: &[Delivery]) -> String {
    delivery.iter().map(|d| d.code()).collect::<Vec<_>>().join(";")
}

/// From a day to a last day, or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// Last day; open when absent.
    pub to: Option<Day>,
}

impl Span {
    /// Whether it is in force on the day.
    pub fn covers(self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it was over before the day began.
    pub fn ended_before(self, day: Day) -> bool {
        self.to.is_some_and(|to| to < day)
    }

    /// Whether it was taken back before it began: it has no day at all.
    pub fn never(self) -> bool {
        self.to.is_some_and(|to| to < self.from)
    }

    /// Whether there is a day in both.
    pub fn overlaps(self, other: Self) -> bool {
        other.to.is_none_or(|to| self.from <= to) && self.to.is_none_or(|to| other.from <= to)
    }

    /// Whether there is no day in it: what an article's wording has that was taken back.
    pub fn is_empty(self) -> bool {
        self.to.is_some_and(|to| to < self.from)
    }
}

/// The earlier of two last days.
pub fn earlier(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, None) => a,
        (None, b) => b,
    }
}

/// One dated name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The name.
    pub name: String,
    /// When it is or was the name.
    pub span: Span,
}

/// The name on a day. An agency that is gone keeps its last name; one that is yet to come shows its first.
pub fn name_on(names: &[Dated], day: Day) -> &str {
    let last_begun = || names.iter().filter(|n| n.span.from <= day).max_by_key(|n| n.span.from);
    let first = || names.iter().min_by_key(|n| n.span.from);
    names
        .iter()
        .filter(|n| n.span.covers(day))
        .max_by_key(|n| n.span.from)
        .or_else(last_begun)
        .or_else(first)
        .map_or("", |n| n.name.as_str())
}

/// Desks that are over on the day asked about, each with the desk its records and work passed to.
pub type Heirs = HashMap<DeskId, DeskId>;

/// Where `desk` leads: itself while it lasts, otherwise the desk at the end of its chain. A chain that runs in a
/// circle leads nowhere: the answer is the desk itself, so that nobody gains records by a wrong entry.
pub fn heir_of(heirs: &Heirs, desk: DeskId) -> DeskId {
    let mut at = desk;
    for _ in 0..=heirs.len() {
        match heirs.get(&at) {
            None => return at,
            Some(next) => at = *next,
        }
    }
    desk
}

/// The desks whose records are now with `desk`, in a fixed order.
pub fn inherited_by(heirs: &Heirs, desk: DeskId) -> Vec<DeskId> {
    if heirs.contains_key(&desk) {
        return Vec::new();
    }
    let mut desks: Vec<DeskId> = heirs.keys().copied().filter(|d| heir_of(heirs, *d) == desk).collect();
    desks.sort_unstable();
    desks
}

/// An appointment in force at a desk in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointed {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The desk of the post.
    pub desk: DeskId,
    /// Its agency.
    pub agency: AgencyId,
    /// The role of the post.
    pub role: Role,
    /// The programme of the desk.
    pub programme: String,
    /// When the person was appointed.
    pub appointed: Span,
    /// When the desk exists: until its own end or its contract's, whichever is earlier.
    pub desk_open: Span,
}

/// The seats of one person on a day. An appointment at a desk that is over grants nothing: what was written there
/// is with the heir, and leaves the former contractor (domain section 3, `Contract`).
pub fn seats_on(appointments: Vec<Appointed>, heirs: &Heirs, day: Day) -> Vec<Seat> {
    appointments
        .into_iter()
        .filter(|a| a.appointed.covers(day) && a.desk_open.covers(day))
        .map(|a| Seat {
            appointment: a.appointment,
            desk: a.desk,
            inherited: inherited_by(heirs, a.desk),
            agency: a.agency,
            role: a.role,
            programme: a.programme,
        })
        .collect()
}

/// The town among `towns` that a typed address part names: the same spelling folded, otherwise the longest that
/// it begins with (鵠沼海岸3丁目 is in 鵠沼海岸, not in 鵠沼).
pub fn match_town<'a, T>(towns: &'a [(String, T)], typed: &str) -> Option<&'a T> {
    let typed = words::fold::fold(typed);
    if typed.is_empty() {
        return None;
    }
    towns
        .iter()
        .map(|(town, value)| (words::fold::fold(town), value))
        .filter(|(town, _)| !town.is_empty() && typed.starts_with(town.as_str()))
        .max_by_key(|(town, _)| town.len())
        .map(|(_, value)| value)
}

/// Days a desk is open, as stored: seven `0` or `1`, Monday first. Anything else is the town hall's week, so that
/// a deadline always comes.
pub fn weekdays(stored: &str) -> [bool; 7] {
    let mut days = [false; 7];
    let mut marks = stored.chars();
    for day in &mut days {
        match marks.next() {
            Some('1') => *day = true,
            Some('0') => {}
            _ => return words::calendar::OpeningDays::default().weekdays,
        }
    }
    if marks.next().is_some() { words::calendar::OpeningDays::default().weekdays } else { days }
}

/// Writes the days the way [`weekdays`] reads them.
pub fn write_weekdays(days: [bool; 7]) -> String {
    days.iter().map(|d| if *d { '1' } else { '0' }).collect()
}

/// First and last day of a fiscal year (April to March).
pub fn fiscal_span(year: i32) -> Option<Span> {
    Some(Span { from: Day::new(year, 4, 1)?, to: Some(Day::new(year + 1, 3, 31)?) })
}

/// How near a desk for `of` is to `to`: its own area, the whole town, somewhere else.
pub(crate) fn nearness(of: Option<words::id::AreaId>, to: Option<words::id::AreaId>) -> u8 {
    match (of, to) {
        (Some(of), Some(to)) if of == to => 0,
        (None, _) => 1,
        _ => 2,
    }
}

/// Whether a wording of an article with these days fits beside those that are there. The first day of the one that ends the
/// day before it, if one is still open then. No day has two wordings.
pub fn next_wording(known: &[Span], new: Span) -> Result<Option<Day>, Refusal> {
    if new.to.is_some_and(|to| to < new.from) {
        return Err(Refusal::new("register.span"));
    }
    let mut ends = None;
    for span in known.iter().filter(|s| !s.is_empty() && s.overlaps(new)) {
        // Only one that goes on without an end gives way, and only if the new one begins after it.
        if span.to.is_some() || span.from >= new.from {
            return Err(Refusal::new("law.overlaps"));
        }
        ends = Some(span.from);
    }
    Ok(ends)
}

/// What is known of a wording that somebody would take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Its days.
    pub span: Span,
    /// The day on which somebody wrote it down.
    pub on: Day,
    /// Whether something was shared, asked or refused under its code since then.
    pub used: bool,
}

/// Whether a wording can be taken back: it was a slip as long as it has not begun, begins today or was written down today, and nothing
/// rests on it. `others` are the days of the article's other wordings; the newest goes first.
pub fn may_take_back(of: Added, others: &[Span], today: Day) -> Result<(), Refusal> {
    if of.span.is_empty() {
        return Err(Refusal::conflict("law.is_taken_back"));
    }
    if of.span.from < today && of.on < today {
        return Err(Refusal::new("law.has_begun"));
    }
    if of.used {
        return Err(Refusal::new("law.is_used"));
    }
    if others.iter().any(|s| !s.is_empty() && s.from > of.span.from) {
        return Err(Refusal::new("law.is_followed"));
    }
    Ok(())
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
