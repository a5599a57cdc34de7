//! Who may do what: one readable table. Reading is not here (see `decide`); a write additionally needs the
//! record's current version.

use words::codes;
use words::id::{CaseId, DeskId, UserId};

use crate::{Role, Seat, UrgentFact, Viewer};

codes! {
    /// Everything a signed-in person can do that changes something about a household's support.
    pub enum Action {
        /// 相談を書きとめる.
        WriteConsultation = "write_consultation",
        /// 相談に対応を決める (情報提供・自ら支援・つなぐ).
        DisposeConsultation = "dispose_consultation",
        /// つなぐシートを書く.
        WriteSheet = "write_sheet",
        /// つなぐシートを受けとる.
        TakeSheet = "take_sheet",
        /// つなぐシートを誤登録にする, by whoever wrote it.
        TakeBackSheet = "take_back_sheet",
        /// 経過を書く.
        WriteSupport = "write_support",
        /// 役割分担の表を書く: needs, sections, parts.
        DivideRoles = "divide_roles",
        /// 支援プランを書く・進める・評価する.
        WritePlan = "write_plan",
        /// 世帯・人を直す.
        EditHousehold = "edit_household",
        /// ケースの終結・中断・再開.
        CloseCase = "close_case",
        /// 主担当を一時的に引きうける・頼む・もどす.
        MoveLead = "move_lead",
        /// つなぎを送る.
        SendReferral = "send_referral",
        /// つなぎに答える・進める・完了する.
        AnswerReferral = "answer_referral",
        /// つなぎを取り下げる.
        WithdrawReferral = "withdraw_referral",
        /// 照会を送る.
        SendInquiry = "send_inquiry",
        /// 照会に答える・答えられないと返す.
        AnswerInquiry = "answer_inquiry",
        /// 照会の根拠を選びなおす・確かめる・取り下げる, by whoever asked.
        FollowInquiry = "follow_inquiry",
        /// 照会を支援会議に上げる.
        RaiseInquiry = "raise_inquiry",
        /// 秘密を守る会議の事案をひらく.
        OpenMatter = "open_matter",
        /// 事案の事務局をする: members, what was said by telephone, the end.
        RunMatter = "run_matter",
        /// 事務局の代わりに事案を進める人を決める.
        NameDeputy = "name_deputy",
        /// 記録を会議の材料に出す, by the desk that wrote it.
        ReleaseMaterial = "release_material",
        /// 会議の構成員として誓約する・書く.
        SitInMatter = "sit_in_matter",
        /// 会議体をつくる・直す・終える.
        KeepBody = "keep_body",
        /// 会議の回をひらく: 議題, 招集, 出欠, 終わり.
        RunSession = "run_session",
        /// 会議に議題を出す.
        ProposeItem = "propose_item",
        /// 会議の招集に答える.
        AnswerInvitation = "answer_invitation",
        /// 会議のその後: 宿題を出す、たずねる、答える、読んだとする.
        FollowItem = "follow_item",
        /// 「こういうケースを受けられますか」とたずねる.
        AskCapacity = "ask_capacity",
        /// 受けられるか答える.
        AnswerCapacity = "answer_capacity",
        /// 受けられるかたずねたことを進める・やめる, by whoever asked.
        FollowCapacity = "follow_capacity",
        /// かかわっている窓口があれば連絡してほしいと頼む.
        SeekContact = "seek_contact",
        /// 名前を出さずに助言を求める.
        AskAdvice = "ask_advice",
        /// 助言する.
        GiveAdvice = "give_advice",
        /// 助言へのお礼・終わり, by whoever asked.
        FollowAdvice = "follow_advice",
        /// 二つの機関にかかわる世帯の知らせを見て、どうするか決める.
        WeighOverlap = "weigh_overlap",
        /// 二つの記録が同じ人か別の人かを言う・確かめる・取り消す.
        JudgeSamePerson = "judge_same_person",
        /// 申し出た窓口にほかの人がいないとき、二つの記録が同じ人かを代わりに確かめる.
        ReviewSamePerson = "review_same_person",
        /// 見守りの一覧のケースを確かめる, and ask the accountable desk how it goes on.
        LookOver = "look_over",
        /// 担当の引きつぎをまとめる・書く・受けとる.
        PassWork = "pass_work",
        /// ふりかえりを書く.
        Reflect = "reflect",
        /// ふりかえりを事例集に出す・取り下げる, by the desk that wrote it.
        ShareLesson = "share_lesson",
        /// 事例集にのせてよいか決める.
        ApproveLesson = "approve_lesson",
        /// 自分のスキルと経験を書く.
        SaySkill = "say_skill",
        /// 同僚のスキルと経験を確かめる.
        ConfirmSkill = "confirm_skill",
        /// 誤登録にする, by whoever wrote it.
        MarkInError = "mark_in_error",
        /// 先方の返事を代わって記録する (ログインのない機関).
        RecordOnBehalf = "record_on_behalf",
        /// その後を知らせる.
        GiveFeedback = "give_feedback",
        /// その後を読む・たずねる.
        HearFeedback = "hear_feedback",
        /// やることを終える・変える.
        WorkTask = "work_task",
        /// 担当者をわりあてる.
        Assign = "assign",
        /// 同意を書きとめる・引きつぐ・頼んだ返事を書きとめる.
        RecordConsent = "record_consent",
        /// 親権者・後見人を、その人の代わりから外す.
        SetAside = "set_aside",
        /// 同意の撤回を記録する.
        RecordWithdrawal = "record_withdrawal",
        /// ケースから人を外す (近親者・近隣など).
        Exclude = "exclude",
        /// 職員・任命・登録を管理する.
        Administer = "administer",
        /// 実施計画の表を直す・公表する.
        EditPlan = "edit_plan",
        /// シートの項目と一覧を整える.
        ShapeSheets = "shape_sheets",
        /// 会議で決まったことを書きとめる (策定・再プラン・終結・中断).
        RecordDecision = "record_decision",
        /// 地域課題シートを書く.
        WriteIssue = "write_issue",
        /// 閲覧の記録をしらべる.
        AuditAccess = "audit_access",
        /// 緊急の閲覧をする: 理由を先に述べて.
        LookUrgently = "look_urgently",
        /// 緊急の閲覧を点検する.
        ReviewUrgent = "review_urgent",
        /// 開示請求を受けつける・取り下げる.
        AskForReport = "ask_for_report",
        /// 開示請求の写しを整える・決める・渡す.
        PrepareReport = "prepare_report",
        /// 緊急の見きわめ (交通整理) をする.
        Triage = "triage",
        /// 見きわめを先輩として確かめる.
        ConfirmTriage = "confirm_triage",
        /// 相談の流れの数字を見る.
        ViewFigures = "view_figures",
        /// 一覧をファイルに出す.
        TakeOut = "take_out",
        /// 廃棄の一覧をつくる・承認する・実行する, and 保全 by the privacy auditor.
        ManageDisposal = "manage_disposal",
        /// 廃棄を窓口の責任者として承認する.
        ApproveDisposal = "approve_disposal",
        /// 記録を保全する (廃棄を止める).
        HoldRecord = "hold_record",
    }

    /// How a person must stand to a record to act on it.
    pub enum Standing {
        /// No relation needed beyond a seat with the role.
        AnySeat = "any_seat",
        /// The desk that wrote the record.
        AuthorDesk = "author_desk",
        /// The accountable desk (主担当).
        AccountableDesk = "accountable_desk",
        /// A desk with a part in the case: accountable, recorded in it, or with an accepted referral.
        CaseDesk = "case_desk",
        /// The desk that sent the referral.
        SenderDesk = "sender_desk",
        /// The desk the referral was sent to.
        ReceiverDesk = "receiver_desk",
        /// The desk that holds the task.
        TaskDesk = "task_desk",
        /// The desk that recorded the consent, or the one accountable for what it was given in.
        ConsentDesk = "consent_desk",
    }
}

/// The policy, whole: for each action the roles that may do it and how they must stand to the record.
#[expect(
    clippy::match_same_arms,
    reason = "each line is a decision of its own, with its own reason beside it"
)]
pub const fn rule(action: Action) -> (&'static [Role], Standing) {
    use Role::{
        Administrator, AgencyLead, Analyst, Caseworker, CommitteeMember, Coordinator, Liaison,
        PrivacyAuditor, Secretariat,
    };
    const WORKERS: &[Role] = &[Caseworker, AgencyLead, Coordinator];
    const WRITERS: &[Role] = &[Liaison, Caseworker, AgencyLead, Coordinator];
    match action {
        // What a list shows may be taken out by whoever works with it; what the file holds is decided row by row, like
        // the list, and once more when it is fetched (disclosure rules 3 and 5).
        // Seeking a contact tells a name to nobody who does not hold it already, and is answered alike for everybody.
        Action::WriteConsultation | Action::TakeOut | Action::SeekContact => (WORKERS, Standing::AnySeat),
        // A question without a person in it is anybody's who works with people.
        Action::WriteSheet | Action::AskAdvice => (WRITERS, Standing::AnySeat),
        Action::TakeSheet => (&[Coordinator], Standing::ReceiverDesk),
        Action::TakeBackSheet => (WRITERS, Standing::AuthorDesk),
        Action::DisposeConsultation | Action::CloseCase => (WORKERS, Standing::AccountableDesk),
        // A matter is opened by the coordinator it was raised to, or who has a part in the case.
        Action::OpenMatter => (&[Coordinator], Standing::CaseDesk),
        Action::RunMatter => (WORKERS, Standing::AccountableDesk),
        // Whoever administers the town, or chairs the body a matter stands before: that they do is the rule of the conference concept. It
        // gives them nothing to read.
        Action::NameDeputy => (
            &[Administrator, Liaison, Caseworker, AgencyLead, Coordinator, CommitteeMember, Secretariat],
            Standing::AnySeat,
        ),
        // Each step is the word of one of two desks; which, is the rule of casefile. It gives nobody anything to read.
        Action::MoveLead => (WORKERS, Standing::AccountableDesk),
        // A member is one person; that it is they who ask is the rule of the conference concept.
        Action::SitInMatter => (WRITERS, Standing::ReceiverDesk),
        // Bodies and sessions hold days, desks and numbers. What an item is about is known to the members of its matter alone,
        // also at the secretariat.
        Action::KeepBody => (&[AgencyLead, Coordinator, Secretariat], Standing::AccountableDesk),
        Action::RunSession => {
            (&[Caseworker, AgencyLead, Coordinator, Secretariat], Standing::AccountableDesk)
        }
        // Whoever has a part in a case or sits in its matter brings it up; that they do is found out by the concept.
        // A general subject is the secretariat's to bring up as well; of cases and matters it knows nothing to bring.
        Action::ProposeItem => {
            (&[Liaison, Caseworker, AgencyLead, Coordinator, Secretariat], Standing::CaseDesk)
        }
        // Whoever was invited does the homework of their desk and asks what became of an item; what they learn is decided
        // text by text.
        Action::AnswerInvitation | Action::FollowItem => (
            &[Liaison, Caseworker, AgencyLead, Coordinator, CommitteeMember, Secretariat],
            Standing::ReceiverDesk,
        ),
        Action::WeighOverlap => (&[Coordinator], Standing::TaskDesk),
        // A list of numbers, desks and dates (disclosure rule 13); that the case is on the watched desks is the rule of workload.
        Action::LookOver => (&[AgencyLead, Coordinator], Standing::AnySeat),
        // In the place of a desk that has nobody else. That both records are disclosed to them, and who stands in, is the rule of same.
        Action::ReviewSamePerson => (WORKERS, Standing::AnySeat),
        // What somebody leaves and somebody takes up belongs to the desk; who of it writes and who receives is the rule of
        // hand_over.
        Action::PassWork => (WORKERS, Standing::TaskDesk),
        // Whoever has worked in a case may look back on it.
        Action::Reflect => (WORKERS, Standing::CaseDesk),
        Action::ShareLesson => (WORKERS, Standing::AuthorDesk),
        // A second pair of eyes over a text without anybody in it; that it is not the author's is the rule of learning.
        Action::ApproveLesson => (&[AgencyLead, Coordinator], Standing::AnySeat),
        // What staff say of themselves is about no household; that it is their own row, and a lead of their desk who confirms it, is
        // the rule of learning.
        Action::SaySkill => (WRITERS, Standing::AnySeat),
        Action::ConfirmSkill => (&[AgencyLead, Coordinator], Standing::AnySeat),
        // Whoever wrote a sheet with somebody must be able to take their "no" as well as their "yes".
        Action::RecordWithdrawal => (WRITERS, Standing::ConsentDesk),
        Action::HearFeedback => (WRITERS, Standing::ReceiverDesk),
        // Confirming a triage means having read its reasons: only the desk that wrote them has. Which of its people
        // may, and that nobody confirms their own, is the rule of the triage concept.
        // And nobody but the writing desk hands a record to a conference.
        // Whether two records are of one person is said by a desk that wrote one of them; that both are seen, and that
        // nobody confirms their own word, is the rule of the concept.
        Action::EditHousehold
        | Action::MarkInError
        | Action::ConfirmTriage
        | Action::ReleaseMaterial
        | Action::JudgeSamePerson => (WORKERS, Standing::AuthorDesk),
        // Whoever stands at the door judges first: the desk that opened a triage, or one with a part in the case.
        // And whoever has a part in a case hears the person's yes.
        Action::WriteSupport
        | Action::DivideRoles
        | Action::WritePlan
        | Action::RecordConsent
        | Action::SendReferral
        | Action::SendInquiry
        | Action::AskCapacity
        | Action::GiveFeedback
        | Action::Triage => (WORKERS, Standing::CaseDesk),
        Action::AnswerReferral | Action::AnswerInquiry | Action::AnswerCapacity | Action::GiveAdvice => {
            (WORKERS, Standing::ReceiverDesk)
        }
        Action::FollowAdvice => (WRITERS, Standing::SenderDesk),
        Action::WithdrawReferral
        | Action::FollowInquiry
        | Action::RaiseInquiry
        | Action::FollowCapacity
        | Action::RecordOnBehalf => (WORKERS, Standing::SenderDesk),
        Action::WorkTask => (WORKERS, Standing::TaskDesk),
        Action::Assign => (&[AgencyLead, Coordinator], Standing::TaskDesk),
        // Coordinators too: the desk of a provider has no other lead, and its records must not stay for want of one.
        // A parent's word is set aside by those who lead the desk that answers for the case.
        Action::Exclude | Action::SetAside | Action::ApproveDisposal | Action::HoldRecord => {
            (&[AgencyLead, Coordinator], Standing::AccountableDesk)
        }
        // Administrators keep the register; 企画 write the plan and review it every year. It holds nothing personal.
        Action::EditPlan => (&[Administrator, Analyst], Standing::AnySeat),
        Action::Administer | Action::ShapeSheets => (&[Administrator], Standing::AnySeat),
        Action::RecordDecision => (&[Coordinator], Standing::CaseDesk),
        Action::WriteIssue => {
            (&[Liaison, Caseworker, AgencyLead, Coordinator, CommitteeMember], Standing::AnySeat)
        }
        // Whoever stands before a danger may look, whatever desk holds the record: the reason comes first, the owner is told,
        // and somebody else reviews it.
        Action::LookUrgently => (WORKERS, Standing::AnySeat),
        // The auditor; a coordinator or lead only where the review fell to them because there is no auditor. Which of them,
        // and that nobody reviews their own look, is the rule of the urgent concept.
        Action::ReviewUrgent => (&[PrivacyAuditor, Coordinator, AgencyLead], Standing::TaskDesk),
        // A request is taken where the person asks: at any desk with a part in the case.
        Action::AskForReport => (WORKERS, Standing::CaseDesk),
        // Lists for disposal hold numbers, desks, kinds and dates, never content (disclosure rule 13).
        Action::AuditAccess | Action::PrepareReport | Action::ManageDisposal => {
            (&[PrivacyAuditor], Standing::AnySeat)
        }
        // Figures without content. Leads and coordinators steer by them; analysts see nothing else.
        Action::ViewFigures => (&[AgencyLead, Coordinator, Analyst], Standing::AnySeat),
    }
}

/// How desks stand to the record acted on. Empty sets give no standing.
///
/// It cannot be made without saying which cases the record belongs to ([`Relation::within`]) or that it belongs to
/// no household ([`Relation::of_no_household`]): whoever is kept out of one of them is found out here, by [`may`], and
/// not by each caller (disclosure rule 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The desk that wrote it.
    pub author: Option<DeskId>,
    /// The accountable desk.
    pub accountable: Option<DeskId>,
    /// Desks with a part in the case.
    pub case_desks: Vec<DeskId>,
    /// The sending desk.
    pub sender: Option<DeskId>,
    /// The receiving desk.
    pub receiver: Option<DeskId>,
    /// The desk that holds the task.
    pub task: Option<DeskId>,
    /// The cases the record belongs to, for exclusions: its own, and those of its household.
    cases: Vec<CaseId>,
}

impl Relation {
    /// The urgent look that opens the record to this viewer, if there is one.
    pub fn looked_at_urgently<'v>(&self, viewer: &'v Viewer) -> Option<&'v UrgentFact> {
        viewer.looks_urgently(&self.cases)
    }

    /// To a record that belongs to these cases: its own, and every one of its household. No desk stands to it yet.
    pub fn within(cases: impl IntoIterator<Item = CaseId>) -> Self {
        Self {
            author: None,
            accountable: None,
            case_desks: Vec::new(),
            sender: None,
            receiver: None,
            task: None,
            cases: cases.into_iter().collect(),
        }
    }

    /// To what belongs to no household: a consultation not written yet, the register, the log.
    pub fn of_no_household() -> Self {
        Self::within([])
    }

    /// Whether this viewer is told of everything that runs in the case by its header, whoever runs it (disclosure rule 13): the
    /// accountable desk, a coordinator whose desk has a part in it, and whoever looks urgently.
    pub fn oversees(&self, viewer: &Viewer) -> bool {
        let part = |seat: &Seat| self.case_desks.iter().any(|d| seat.holds(*d));
        let hub = |seat: &Seat| {
            seat.role.reads_desk_records()
                && (self.holds(Standing::AccountableDesk, seat)
                    || (seat.role == Role::Coordinator && part(seat)))
        };
        viewer.seats.iter().any(hub) || self.looked_at_urgently(viewer).is_some()
    }

    /// Whether this viewer is told that something runs between these desks. A part in a case is a part with one of the family, perhaps:
    /// that another desk asks the child guidance centre about somebody else is no header of theirs.
    pub fn tells_of(&self, viewer: &Viewer, between: &[DeskId]) -> bool {
        self.oversees(viewer) || viewer.reading_desks().iter().any(|own| between.contains(own))
    }

    /// Whether this person is kept out of what it is about.
    pub fn keeps_out(&self, viewer: &Viewer) -> bool {
        self.cases.iter().any(|case| viewer.excluded_from.contains(case))
    }

    fn holds(&self, standing: Standing, seat: &Seat) -> bool {
        let held = |desk: Option<DeskId>| desk.is_some_and(|d| seat.holds(d));
        match standing {
            Standing::AnySeat => true,
            Standing::AuthorDesk => held(self.author),
            Standing::AccountableDesk => held(self.accountable),
            Standing::CaseDesk => {
                held(self.accountable) || self.case_desks.iter().any(|d| seat.holds(*d)) || held(self.author)
            }
            Standing::SenderDesk => held(self.sender),
            Standing::ReceiverDesk => held(self.receiver),
            Standing::TaskDesk => held(self.task),
            Standing::ConsentDesk => held(self.author) || held(self.accountable),
        }
    }

    fn any(&self, seat: &Seat) -> bool {
        [
            Standing::AuthorDesk,
            Standing::CaseDesk,
            Standing::SenderDesk,
            Standing::ReceiverDesk,
            Standing::TaskDesk,
        ]
        .into_iter()
        .any(|s| self.holds(s, seat))
    }
}

/// Why a write is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The record does not exist for this person: the page of absence.
    Invisible,
    /// The person has to do with the record, but not this: a sentence says so.
    NotYours,
}

codes! {
    /// Named system actors: jobs, imports and the demonstration have names and their own rights, never "no check".
    pub enum System {
        /// Tells leads and coordinators about late promises.
        Escalation = "system:escalation",
        /// Tells whoever asked that the consent an inquiry rests on is gone.
        InquiryBasis = "system:inquiry_basis",
        /// Notices that two agencies very probably hold the same household, and tells the coordinator.
        Overlap = "system:overlap",
        /// Compares people who are new or changed with those who look alike, and notes pairs.
        SamePerson = "system:same_person",
        /// Gives reviews of urgent looks, and copies for people, to whoever can see to them.
        UrgentReview = "system:urgent_review",
        /// Makes the tasks about consents: one that ends soon, one to be looked at again.
        ConsentWatch = "system:consent_watch",
        /// Has cautions looked at again when their day has come.
        CautionReview = "system:caution_review",
        /// Passes work on when an office or a contract ends.
        OfficeEnd = "system:office_end",
        /// Registers loaded by `yorisou import`.
        Import = "system:import",
        /// The command line: accounts made by whoever holds the machine.
        Console = "system:console",
        /// The demonstration town.
        Demonstration = "system:demonstration",
        /// Sign-in, sign-out and drafts: what happens before or beside any appointment.
        Account = "system:account",
        /// Makes the tasks of life stages: school, coming of age, long-term care.
        LifeStages = "system:life_stages",
        /// Makes an address that was said ahead the address, when its day has come.
        Moves = "system:moves",
        /// Begins packs for appointments that end, and gives what was not received to the desk.
        HandOver = "system:hand_over",
        /// Passes the queue and the sessions of a body that has ended to its successor.
        BodyEnd = "system:body_end",
        /// Asks whoever chairs a body to name somebody where nobody may run a matter that comes before it.
        DeputyWatch = "system:deputy_watch",
        /// Tells participants of sessions what became of their items.
        ItemDigest = "system:item_digest",
        /// Keeps the files of lists, and forgets them.
        Export = "system:export",
    }
}

/// Who holds a right.
#[derive(Debug, Clone)]
pub enum Holder {
    /// A person under one appointment.
    Person(UserId, Seat),
    /// A named system actor.
    System(System),
}

/// Proof that one person (or one named system actor) may write now. Only [`may`] and [`Right::system`] make one.
#[derive(Debug, Clone)]
pub struct Right {
    holder: Holder,
}

impl Right {
    /// The right of a named system actor. Each use is greppable, and each is a row of the policy table.
    pub fn system(actor: System) -> Self {
        Self { holder: Holder::System(actor) }
    }

    /// Who holds it.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The seat acted under, for a person.
    pub fn seat(&self) -> Option<&Seat> {
        match &self.holder {
            Holder::Person(_, seat) => Some(seat),
            Holder::System(_) => None,
        }
    }
}

/// Whether `viewer` may do `action` on a record they stand to as `relation` says. The seat acted under is
/// preferred; another seat that fits is used otherwise (兼務).
pub fn may(viewer: &Viewer, action: Action, relation: &Relation) -> Result<Right, Denied> {
    if relation.keeps_out(viewer) {
        return Err(Denied::Invisible);
    }
    let (roles, standing) = rule(action);
    let fits = |seat: &&Seat| roles.contains(&seat.role) && relation.holds(standing, seat);
    if let Some(seat) = viewer.seats.iter().find(fits) {
        return Ok(Right { holder: Holder::Person(viewer.user, seat.clone()) });
    }
    let concerned = viewer.seats.iter().any(|seat| seat.role.reads_desk_records() && relation.any(seat));
    Err(if concerned { Denied::NotYours } else { Denied::Invisible })
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn id<K>(n: u128) -> Id<K> {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn at(desk: u128, role: Role) -> Viewer {
        let seat = Seat {
            appointment: id(1),
            desk: id(desk),
            inherited: vec![id(desk + 100)],
            agency: id(3),
            role,
            programme: String::new(),
        };
        Viewer {
            municipality: id(0),
            user: id(2),
            seats: vec![seat],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        }
    }

    #[test]
    fn a_part_in_a_case_tells_of_ones_own_and_of_nothing_that_runs_between_others() {
        let mut case = Relation::within([id(50)]);
        case.accountable = Some(id(10));
        case.case_desks = vec![id(10), id(11), id(12)];
        let others: &[DeskId] = &[id(10), id(12)];
        assert!(case.tells_of(&at(10, Role::Caseworker), &[id(12), id(13)]), "the accountable desk");
        assert!(!case.tells_of(&at(10, Role::Liaison), others), "who reads nothing there");
        assert!(!case.tells_of(&at(11, Role::Caseworker), others));
        assert!(!case.tells_of(&at(11, Role::AgencyLead), others));
        assert!(case.tells_of(&at(11, Role::Caseworker), &[id(10), id(11)]), "one of the two");
        assert!(case.tells_of(&at(11, Role::Caseworker), &[id(111)]), "what they took over");
        assert!(case.tells_of(&at(11, Role::Coordinator), others), "the hub, with a part");
        assert!(!case.tells_of(&at(13, Role::Coordinator), others), "a hub without one");
        let mut looking = at(13, Role::Caseworker);
        let (from, until) = (words::Instant::from_millis(0), words::Instant::from_millis(1));
        let (user, desk, case_id) = (looking.user, id(13), id(50));
        looking.urgent.push(UrgentFact { look: id(9), user, desk, case: case_id, from, until });
        assert!(case.tells_of(&looking, others), "whoever looks urgently");
    }
}
