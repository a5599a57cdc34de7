//! One typed id per kind of thing, so that a swapped argument does not compile.
//!
//! Ids are UUIDv7 (time-ordered: new rows land together in every index). They are made by the engine's
//! source of chance, never here.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An id of one kind of thing; `K` is a marker from [`kind`].
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Wraps a UUID that is known to name a `K`.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, for storage.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The same id seen as naming another kind. Only for the few places where a table holds ids of several
    /// kinds and says beside them which.
    pub const fn cast<L>(self) -> Id<L> {
        Id::new(self.0)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::new)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $alias:ident,)*) => {
        /// The kinds of things that have ids: markers without values.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub enum $kind {})*
        }
        $($(#[$doc])* pub type $alias = Id<kind::$kind>;)*
    };
}

kinds! {
    /// 自治体: a municipality; a surrogate key, since municipal codes change at mergers.
    Municipality => MunicipalityId,
    /// 圏域・地区の体系: one of several overlapping divisions of a town.
    AreaSystem => AreaSystemId,
    /// 地区・圏域・ブロック.
    Area => AreaId,
    /// 法人格: the legal entity an agency belongs to; decides whether sharing is use inside or provision.
    LegalEntity => LegalEntityId,
    /// 支援関係機関.
    Agency => AgencyId,
    /// 委託契約.
    Contract => ContractId,
    /// 窓口: agency × programme, the boundary of "own record".
    Desk => DeskId,
    /// 職.
    Post => PostId,
    /// 任命・委嘱: a person at a post, from–to.
    Appointment => AppointmentId,
    /// 職員: an account.
    User => UserId,
    /// A signed-in session.
    Session => SessionId,
    /// A row of the plan's tables: what an agency does in a programme.
    AgencyProgramme => AgencyProgrammeId,
    /// 主な役割: a text that several rows of the plan's tables share.
    RoleText => RoleTextId,
    /// A plan as it was made public.
    Publication => PublicationId,
    /// 世帯, as one desk recorded it.
    Household => HouseholdId,
    /// 人, as one desk recorded them.
    Person => PersonId,
    /// 記載: one piece of text or fact with its subjects and categories.
    Entry => EntryId,
    /// 相談.
    Consultation => ConsultationId,
    /// つなぐシート.
    ConnectingSheet => ConnectingSheetId,
    /// 支援ケース.
    Case => CaseId,
    /// 記入されたシート: one filling of a sheet's definition.
    FilledSheet => FilledSheetId,
    /// 地域課題.
    CommunityIssue => CommunityIssueId,
    /// つなぎ.
    Referral => ReferralId,
    /// その後: what is owed to a sender or first noticer.
    Feedback => FeedbackId,
    /// 同意.
    Consent => ConsentId,
    /// 法令に基づく提供: one sharing act.
    Provision => ProvisionId,
    /// A file that belongs to a record.
    Attachment => AttachmentId,
    /// やること.
    Task => TaskId,
    /// One write: accepted once however often it arrives (domain section 7).
    Command => CommandId,
    /// 下書き.
    Draft => DraftId,
    /// 緊急の見きわめ (交通整理).
    Triage => TriageId,
    /// ダウンロード: a list taken out as a file.
    Export => ExportId,
    /// 緊急の閲覧の理由: stated before anybody is looked for.
    UrgentAsk => UrgentAskId,
    /// 緊急の閲覧.
    UrgentLook => UrgentLookId,
    /// 開示請求: a person's copy of who looked.
    AccessReport => AccessReportId,
    /// 照会: a question to another desk, with its basis and its answer.
    Inquiry => InquiryId,
    /// 事案: what a confidential conference (支援会議など) looks at.
    Matter => MatterId,
    /// One member's place in a matter.
    MatterMember => MatterMemberId,
    /// A record released to a matter.
    Material => MaterialId,
    /// 決定: what a conference decided about a case.
    Decision => DecisionId,
    /// 支援プラン: one version of a plan.
    SupportPlan => SupportPlanId,
    /// One line of a plan: words, a goal, an action.
    PlanLine => PlanLineId,
    /// 会議体.
    Body => BodyId,
    /// 会議体の構成員: one term of one person.
    BodyMember => BodyMemberId,
    /// 会議の回.
    Meeting => MeetingId,
    /// 議題: one item of an agenda, or of the queue.
    AgendaItem => AgendaItemId,
    /// Somebody's or some desk's invitation to a session.
    Invitee => InviteeId,
    /// 会議録の一区切り: what was said to one item, at the opening, at the end.
    MinutesSection => MinutesSectionId,
    /// 会議録への意見.
    MinutesComment => MinutesCommentId,
    /// 会議の資料.
    MeetingMaterial => MeetingMaterialId,
    /// 回覧.
    Circulation => CirculationId,
    /// 宿題 that a session gave somebody.
    Homework => HomeworkId,
    /// その後: something that happened to an item, told to one participant.
    ItemNotice => ItemNoticeId,
    /// その後: a participant's question what became of an item.
    ItemQuestion => ItemQuestionId,
    /// One row of the access log.
    Access => AccessId,
    /// Anything; used where a table says beside the id what it names.
    Thing => ThingId,
}
