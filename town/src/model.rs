//! The data types of the invented town, without behaviour beyond reading them.
//!
//! Everything refers to everything else by its position (`u32`) in the lists of [`Town`], so that a large
//! town stays small in memory and a loader can keep one table of new identifiers per list.

use std::fmt;

/// A calendar day, counted from 1 January 1970, the count most date libraries can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A day and the minute within it, in local time (+09:00).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Minutes after midnight.
    pub minute: u16,
}

/// Declares an enumeration whose values have a stable code and a Japanese name.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($value:ident $code:literal $ja:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $ja] $value),+ }

        impl $name {
            /// All values in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The stable code.
            pub const fn code(self) -> &'static str { match self { $(Self::$value => $code),+ } }

            /// The name in plain Japanese.
            pub const fn ja(self) -> &'static str { match self { $(Self::$value => $ja),+ } }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.code()) }
        }
    };
}

codes! {
    /// The five programmes of the layered support system.
    Programme {
        ComprehensiveConsultation "comprehensive_consultation" "包括的相談支援事業",
        CommunityBuilding "community_building" "地域づくり事業",
        MultiAgency "multi_agency" "多機関協働事業",
        Outreach "outreach" "アウトリーチ等を通じた継続的支援事業",
        Participation "participation" "参加支援事業",
    }
}
codes! {
    /// What an appointment makes a person.
    Role {
        Liaison "liaison" "つなぐシート連絡員",
        Caseworker "caseworker" "相談支援サポーター",
        AgencyLead "agency_lead" "相談支援推進員",
        Coordinator "coordinator" "相談支援包括化推進員",
        Secretariat "secretariat" "会議体の事務局",
        Analyst "analyst" "企画・統計",
        PrivacyAuditor "privacy_auditor" "個人情報保護担当",
        Administrator "administrator" "システム管理者",
    }
}
codes! {
    /// The kind of legal entity, which decides whether sharing is use inside or provision outside.
    EntityKind {
        Mayor "mayor" "市長部局", Education "education" "教育委員会", Hospital "hospital" "病院事業",
        Council "social_welfare_council" "社会福祉協議会", Corporation "corporation" "受託法人",
        Association "association" "職能団体", Prefecture "prefecture" "県", Police "police" "警察",
        State "state" "国", Residents "residents" "住民組織", Medical "medical" "医療法人",
    }
}
codes! {
    /// The field an agency works in.
    Field {
        General "general" "総合", Elderly "elderly" "高齢", Disability "disability" "障がい",
        Child "child" "子ども", Poverty "poverty" "生活困窮", Medical "medical" "医療",
        Education "education" "教育", Housing "housing" "住まい", Work "work" "就労",
        Community "community" "地域", Health "health" "保健", Safety "safety" "安全", Tax "tax" "税・保険",
    }
}
codes! {
    /// What a household is mostly troubled by. The loader need not store it; texts and ages follow it.
    Theme {
        EightyFifty "8050" "8050", NinetySixty "9060" "9060", YoungCarer "young_carer" "ヤングケアラー",
        DoubleCare "double_care" "ダブルケア", Hoarding "hoarding" "ごみの堆積",
        Hikikomori "hikikomori" "ひきこもり", SingleParent "single_parent" "ひとり親の困窮",
        Violence "dv" "配偶者からの暴力", Foreign "foreign_family" "外国につながる世帯",
        ElderAlone "elder_alone" "高齢単身", Debt "debt" "債務", SchoolAbsence "school_absence" "不登校",
        Neighbour "neighbour" "近隣トラブル", Ordinary "ordinary" "一般の問合せ",
        NoConsent "no_consent" "同意が得られない", Refuses "refuses" "支援を望まない",
        Disability "disability" "障がいのある人の暮らし", JobLoss "job_loss" "失業",
    }
}
codes! {
    /// Topics of the standard form (相談内容).
    Topic {
        IllnessDisability "illness_disability" "病気や健康・障害のこと", Housing "housing" "住まいについて",
        Income "income" "収入・生活費のこと", RentLoan "rent_loan" "家賃やローンの支払い",
        TaxUtility "tax_utility" "税金や公共料金等の支払い", Debt "debt" "債務について",
        JobSearch "job_search" "仕事探し・就職", WorkTrouble "work_trouble" "仕事上の不安やトラブル",
        Community "community" "地域との関係", Family "family" "家族との関係",
        ChildRearing "child_rearing" "子育てのこと", Care "care" "介護のこと",
        HikikomoriSchool "hikikomori_school" "ひきこもり・不登校", DvAbuse "dv_abuse" "DV・虐待",
        NoFood "no_food" "食べるものがない", Other "other" "その他",
    }
}
codes! {
    /// How a consultation reached the desk.
    Channel {
        Counter "counter" "来所", Phone "phone" "電話", Email "email" "メール", Visit "visit" "訪問",
        Letter "letter" "手紙", Online "online" "オンライン", Event "event" "出張相談会",
    }
}
codes! {
    /// Through whom a consultation came.
    Route {
        Own "self" "本人", Family "family" "家族・親族", Neighbour "neighbour" "近隣・地域",
        Agency "agency" "関係機関", Outreach "outreach" "アウトリーチ", Other "other" "その他",
    }
}
codes! {
    /// How pressing something is.
    Urgency { Normal "normal" "通常", Soon "soon" "早めに", Urgent "urgent" "緊急" }
}
codes! {
    /// What was decided at the end of a consultation.
    Disposition {
        InformationGiven "information_given" "情報提供で終了", OwnSupport "own_support" "自機関で支援",
        PassedOn "passed_on" "他機関へつなぐ", Urgent "urgent" "緊急対応", Open "open" "対応中",
    }
}
codes! {
    /// The state of a consultation.
    ConsultationState {
        Draft "draft" "下書き", Open "open" "対応中", Answered "answered" "対応済み",
        BecameCase "became_case" "支援ケースに移行", PassedOn "passed_on" "つなぎ済み",
        EnteredInError "entered_in_error" "誤登録",
    }
}
codes! {
    /// Which part of the sheet a text stands in; facts stay apart from what is only possible.
    TextField {
        Words "words" "本人の言葉", Facts "facts" "確認した事実", Possibilities "possibilities" "可能性（未確認）",
        Consideration "consideration" "配慮事項", Response "response" "対応",
    }
}
codes! {
    /// Categories of personal data, the units in which consent is given.
    Category {
        Basic "basic" "基本情報", Contact "contact" "連絡先", Household "household" "世帯・家族",
        Health "health" "健康・医療", Disability "disability" "障がい", Money "money" "家計・収入",
        WorkSchool "work_school" "仕事・学校", Crime "crime" "犯罪歴", Violence "violence" "暴力・虐待",
        Informant "informant" "情報提供者", Support "support" "支援の状況", Plan "plan" "計画",
        Opinion "opinion" "支援者の見立て",
    }
}
codes! {
    /// The state of a case. A reopened case is open again and keeps its history.
    CaseState {
        Open "open" "支援中", Closed "closed" "終結", Interrupted "interrupted" "中断",
        Reopened "reopened" "再開",
    }
}
codes! {
    /// How far a person has come towards accepting support.
    Engagement {
        NotContacted "not_contacted" "未接触", Refuses "refuses" "拒否", Watching "watching" "様子見",
        Building "building" "関係構築", Consenting "consenting" "同意",
    }
}
codes! {
    /// The kind of a support record.
    RecordKind {
        Phone "phone" "電話", Visit "visit" "訪問", Office "office" "来所", Letter "letter" "手紙",
        Attempt "attempt" "不在・会えず", Meeting "meeting" "関係者の話し合い",
    }
}
codes! {
    /// How consent was expressed.
    ConsentForm { Signed "signed" "署名", Oral "oral" "口頭" }
}
codes! {
    /// The state of a consent.
    ConsentState {
        Requested "requested" "依頼中", Given "given" "同意あり", Refused "refused" "不同意",
        Renewed "renewed" "更新", Withdrawn "withdrawn" "撤回", Expired "expired" "期限切れ",
        Superseded "superseded" "差替え",
    }
}
codes! {
    /// The kind of a referral.
    ReferralKind {
        HandOver "hand_over" "引継ぎ", Join "join" "連携",
        CoordinationRequest "coordination_request" "多機関協働への支援依頼", HandBack "hand_back" "つなぎ戻し",
        Information "information" "情報提供",
    }
}
codes! {
    /// The state of a referral.
    ReferralState {
        Draft "draft" "下書き", Sent "sent" "送付", Accepted "accepted" "受入",
        InProgress "in_progress" "対応中", OnHold "on_hold" "保留", Completed "completed" "完了",
        Failed "failed" "不調", Refused "refused" "受入不可",
        DeclinedByPerson "declined_by_person" "本人辞退", Withdrawn "withdrawn" "取下げ",
        EnteredInError "entered_in_error" "誤登録",
    }
}
codes! {
    /// How an answer came from a receiver without a login.
    ToldBy { Phone "phone" "電話", Fax "fax" "ファクス", Letter "letter" "手紙", InPerson "in_person" "対面" }
}
codes! {
    /// The lawful ground of a provision without consent.
    LawfulBasis {
        ConfidentialConference "sw106_6" "社会福祉法第106条の6（支援会議）",
        ElderAbuse "elder_abuse_7" "高齢者虐待防止法第7条（通報）",
        ChildAbuse "child_abuse_6" "児童虐待防止法第6条（通告）",
        DisabledAbuse "disabled_abuse_7" "障害者虐待防止法第7条（通報）",
        InsideUse "appi_69_2_2" "個人情報保護法第69条第2項第2号（内部利用）",
        LifeAndLimb "appi_27_1_2" "個人情報保護法第27条第1項第2号（生命・身体の保護）",
    }
}
codes! {
    /// What a task asks for.
    TaskKind {
        FirstResponse "first_response" "最初の対応", NextPromise "next_promise" "次の約束",
        ReferralReceipt "referral_receipt" "つなぎの受領", ReferralReply "referral_reply" "つなぎへの返事",
        FeedbackOwed "feedback_owed" "その後の報告", CaseReview "case_review" "定期の見直し",
        ConsentReview "consent_review" "同意の見直し", SheetAnswer "sheet_answer" "つなぐシートへの返事",
        FollowUp "follow_up" "終結後の確認", RequestConsent "request_consent" "同意の確認",
        ReferralDraft "referral_draft" "つなぎの送付", HandoverNotes "handover_notes" "異動の引継ぎ",
    }
}
codes! {
    /// The state of a task.
    TaskState { Open "open" "未了", Done "done" "完了", Cancelled "cancelled" "取消", Moved "moved" "移管" }
}
codes! {
    /// Gender as the person gave it, or left open.
    Gender { Female "female" "女性", Male "male" "男性", Unstated "unstated" "未記入" }
}
codes! {
    /// What happened to an agency.
    ChangeKind { Renamed "renamed" "名称変更", Merged "merged" "統合", Successor "successor" "受託者の交代" }
}
codes! {
    /// The state of a connecting sheet.
    SheetState { Sent "sent" "送付", Received "received" "受領", Answered "answered" "返事済み" }
}

/// A set of [`Category`] values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Categories(pub u16);

impl Categories {
    /// The set of one value.
    pub const fn of(value: Category) -> Self {
        Self(1 << value as u16)
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the value is in the set.
    pub const fn contains(self, value: Category) -> bool {
        self.0 & (1 << value as u16) != 0
    }

    /// The values in the set.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |c| self.contains(*c))
    }
}

/// Whom a text is about: one bit per member of the household; no bit means the household as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subjects(pub u16);

impl Subjects {
    /// Whether the text is about the household as a whole.
    pub const fn whole_household(self) -> bool {
        self.0 == 0
    }

    /// The positions of the members in [`Household::members`].
    pub fn members(self) -> impl Iterator<Item = u8> {
        (0..16_u8).filter(move |m| self.0 & (1 << m) != 0)
    }
}

/// One of several overlapping ways to divide the town.
#[derive(Clone, Debug)]
pub struct AreaSystem {
    /// Its name, such as 地区.
    pub name: &'static str,
    /// Positions in [`Town::areas`].
    pub areas: Vec<u32>,
}

/// One area of one system.
#[derive(Clone, Debug)]
pub struct Area {
    /// Position in [`Town::area_systems`].
    pub system: u32,
    /// The code within the system.
    pub code: &'static str,
    /// The name, such as 辻堂.
    pub name: &'static str,
    /// A remark from the register.
    pub note: &'static str,
}

/// An invented 町 and the area it belongs to in each system.
#[derive(Clone, Debug)]
pub struct Quarter {
    /// The name, such as 辻堂潮見町.
    pub name: String,
    /// The reading in katakana.
    pub reading: String,
    /// Positions in [`Town::areas`], one per system, in the order of [`Town::area_systems`].
    pub areas: Vec<u32>,
}

/// A body that answers in law for one or more agencies.
#[derive(Clone, Debug)]
pub struct LegalEntity {
    /// The name.
    pub name: &'static str,
    /// The reading in katakana.
    pub reading: &'static str,
    /// Its kind.
    pub kind: EntityKind,
}

/// An agency of the support network.
#[derive(Clone, Debug)]
pub struct Agency {
    /// The name in force today.
    pub name: String,
    /// The reading in katakana.
    pub reading: String,
    /// Old names, short names and frequent misspellings under which people look for it.
    pub aliases: Vec<String>,
    /// Position in [`Town::legal_entities`].
    pub legal_entity: u32,
    /// Position in [`Town::agencies`] of the department or section above.
    pub parent: Option<u32>,
    /// The line of departments, such as 福祉部＞高齢者支援課; empty for outside bodies.
    pub department: String,
    /// The field it works in.
    pub field: Field,
    /// Position in [`Town::areas`] if it serves one area only.
    pub area: Option<u32>,
    /// A telephone number that cannot be in use.
    pub phone: String,
    /// Opening days in words.
    pub opening: &'static str,
    /// Opening days, bit 0 = Monday to bit 6 = Sunday.
    pub opening_days: u8,
    /// Who may consult it.
    pub who_may_consult: &'static str,
    /// The matters on which it is the right contact, separated by 、.
    pub matters: &'static str,
    /// Whether anyone there can sign in.
    pub has_login: bool,
    /// First day of validity.
    pub valid_from: Day,
    /// Last day of validity; none while it exists.
    pub valid_until: Option<Day>,
}

/// A rename, a merger or a change of contractor in the past.
#[derive(Clone, Debug)]
pub struct AgencyChange {
    /// What happened.
    pub kind: ChangeKind,
    /// The agency as it is now.
    pub agency: u32,
    /// The agencies that went before (a merger), all in [`Town::agencies`] with their last day.
    pub predecessors: Vec<u32>,
    /// The former name (a rename).
    pub old_name: String,
    /// The first day of the new state.
    pub on: Day,
    /// Why, in words.
    pub note: &'static str,
}

/// A line of the register of agencies and programmes, as the plan has it.
#[derive(Clone, Debug)]
pub struct AgencyProgramme {
    /// The programme.
    pub programme: Programme,
    /// The row number in the plan's table.
    pub row: u16,
    /// The agency as the plan names it.
    pub agency: &'static str,
    /// The sub-item, such as ①基幹型.
    pub item: &'static str,
    /// How many there are.
    pub count: Option<u32>,
    /// The unit of the count.
    pub unit: &'static str,
    /// A remark.
    pub note: &'static str,
    /// The sections that own or commission it.
    pub sections: Vec<&'static str>,
    /// The contractor.
    pub contractor: &'static str,
    /// direct, commissioned, subsidised, independent.
    pub delivery: Vec<&'static str>,
    /// all, part, none, or `named:NAME`.
    pub statutory: &'static str,
    /// core, main, cooperating, backup.
    pub position: &'static str,
    /// The part it plays, in words.
    pub role: &'static str,
    /// What is not counted.
    pub excludes: &'static str,
    /// anyone, family, community, agencies; empty when the plan does not say.
    pub asked_by: &'static str,
    /// The statutory programme of the framework it belongs to; may be empty.
    pub base: &'static str,
    /// Whether the plan begins a new table here.
    pub starts_block: bool,
    /// The agencies of the town that stand for this line; may be empty.
    pub agencies: Vec<u32>,
}

/// A commission, always for a fiscal year, April to March.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The number on the paper.
    pub number: String,
    /// Title of the commission.
    pub title: String,
    /// Position in [`Town::legal_entities`] of the contractor.
    pub contractor: u32,
    /// Position in [`Town::agencies`] of the commissioning section.
    pub section: u32,
    /// The agency that carries it out.
    pub agency: u32,
    /// The programmes it carries.
    pub programmes: Vec<Programme>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// The contract that followed with the same or another contractor.
    pub successor: Option<u32>,
}

/// An agency in one programme: the boundary of its own records.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Position in [`Town::agencies`].
    pub agency: u32,
    /// The programme it stands in.
    pub programme: Programme,
    /// Position in [`Town::agency_programmes`]; none for members of the network the plan does not list.
    pub register_row: Option<u32>,
    /// The name of the desk.
    pub name: String,
    /// The contract in force today.
    pub contract: Option<u32>,
    /// First day of validity.
    pub valid_from: Day,
    /// Last day; none while it exists.
    pub valid_until: Option<Day>,
}

/// A post at a desk: tasks sit here, so that a transfer moves work without rewriting history.
#[derive(Clone, Debug)]
pub struct Post {
    /// Position in [`Town::desks`].
    pub desk: u32,
    /// The role.
    pub role: Role,
    /// Its title.
    pub title: String,
    /// Position in [`Town::areas`] for a district worker.
    pub area: Option<u32>,
}

/// A person holding a post for a time.
#[derive(Clone, Debug)]
pub struct Appointment {
    /// Position in [`Town::staff`].
    pub staff: u32,
    /// Position in [`Town::posts`].
    pub post: u32,
    /// First day.
    pub from: Day,
    /// Last day; none while it lasts.
    pub until: Option<Day>,
    /// 任命, 委嘱, 併任 …
    pub instrument: &'static str,
}

/// A member of staff who can sign in.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The surname as written.
    pub surname: String,
    /// The given name as written.
    pub given: String,
    /// The full name in katakana, with a space.
    pub reading: String,
    /// The login.
    pub login: String,
    /// Positions in [`Town::appointments`], past ones included.
    pub appointments: Vec<u32>,
    /// For an account of the demonstration, one line saying who this is.
    pub demo: Option<&'static str>,
}

/// A line of the list of transfers for the coming 1 April.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The day it takes effect.
    pub on: Day,
    /// Position in [`Town::staff`].
    pub staff: u32,
    /// The appointment that ends the day before.
    pub ends: u32,
    /// The post the person moves to; none when leaving.
    pub to_post: Option<u32>,
    /// A remark, such as 退職.
    pub note: &'static str,
}

/// A birth date known in full or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    /// The year; none when nothing is known.
    pub year: Option<i16>,
    /// The month, if known.
    pub month: Option<u8>,
    /// The day, if known.
    pub day: Option<u8>,
}

/// A member of a household.
#[derive(Clone, Debug)]
pub struct Person {
    /// Position in [`Town::households`].
    pub household: u32,
    /// The surname as the person writes it.
    pub surname: String,
    /// The given name as the person writes it.
    pub given: String,
    /// Surname in katakana; may be empty where nobody asked yet.
    pub surname_reading: &'static str,
    /// Given name in katakana; may be empty where nobody asked yet.
    pub given_reading: String,
    /// Other ways in which papers write the full name, such as 高橋 for 髙橋.
    pub variants: Vec<String>,
    /// Gender.
    pub gender: Gender,
    /// What is known of the birth date.
    pub birth: Birth,
    /// The true day of birth in the story, which ages in the texts follow. Not for storing.
    pub born: Day,
    /// Day of death, if the person died.
    pub died: Option<Day>,
    /// Relation to the head of household: 世帯主, 妻, 長男 …
    pub relation: &'static str,
    /// A telephone number that cannot be in use.
    pub phone: Option<String>,
    /// The language if not Japanese, as a BCP 47 code.
    pub language: Option<&'static str>,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// How the person wishes, or must not, be contacted.
    pub contact_wish: Option<&'static str>,
}

/// A household.
#[derive(Clone, Debug)]
pub struct Household {
    /// Its theme.
    pub theme: Theme,
    /// Positions in [`Town::persons`]; the first is the head.
    pub members: Vec<u32>,
    /// Position in [`Town::quarters`].
    pub quarter: u32,
    /// The address within the city, invented.
    pub address: String,
    /// Housing: 持家, 民間賃貸, 市営住宅 …
    pub housing: &'static str,
    /// The member the theme turns on, a position in `members`.
    pub focus: u8,
    /// What the texts call that member besides the name.
    pub focus_label: &'static str,
    /// The second member the theme needs; none if that person lives elsewhere.
    pub other: Option<u8>,
    /// What the texts call the second person.
    pub other_label: &'static str,
}

/// One passage of text.
#[derive(Clone, Debug)]
pub struct Text {
    /// The part of the sheet.
    pub field: TextField,
    /// The passage.
    pub body: String,
    /// Whom it is about.
    pub subjects: Subjects,
    /// The categories of personal data in it.
    pub categories: Categories,
}

/// A contact at a window.
#[derive(Clone, Debug)]
pub struct Consultation {
    /// Position in [`Town::households`]; none for an anonymous or third-party matter.
    pub household: Option<u32>,
    /// A complaint about somebody who is thereby not made a client.
    pub third_party: bool,
    /// Position in [`Town::desks`].
    pub desk: u32,
    /// Position in [`Town::staff`] of the author.
    pub author: u32,
    /// When it took place.
    pub occurred_at: Moment,
    /// When it was written down.
    pub recorded_at: Moment,
    /// How it came.
    pub channel: Channel,
    /// Through whom it came.
    pub route: Route,
    /// Who came, as a relation: 本人, 長女, 民生委員 …
    pub who_came: &'static str,
    /// The member who came, if one did.
    pub came: Option<u8>,
    /// Topics, the weightiest first.
    pub topics: Vec<Topic>,
    /// The passages of the sheet.
    pub texts: Vec<Text>,
    /// Urgency.
    pub urgency: Urgency,
    /// How it ended.
    pub disposition: Disposition,
    /// The state of the sheet.
    pub state: ConsultationState,
    /// The case it became or was added to.
    pub case: Option<u32>,
}

/// A past or present stretch of a case being closed or interrupted.
#[derive(Clone, Debug)]
pub struct CaseEvent {
    /// The state entered.
    pub state: CaseState,
    /// The day.
    pub day: Day,
    /// Why, for closing and interruption: the reason, who keeps an eye, the attempts made.
    pub text: String,
}

/// Continued support of a household.
#[derive(Clone, Debug)]
pub struct Case {
    /// Position in [`Town::households`].
    pub household: u32,
    /// Position in [`Town::consultations`] it began with.
    pub consultation: u32,
    /// The desk that answers for it today: the one it began at, unless an accepted hand-over or hand-back
    /// moved it or its desk was merged into another (see [`AgencyChange`]).
    pub desk: u32,
    /// The member of staff who carries it.
    pub worker: u32,
    /// The day it was opened.
    pub opened: Day,
    /// The state today.
    pub state: CaseState,
    /// The states after opening, in order of time.
    pub events: Vec<CaseEvent>,
    /// A short title without personal data.
    pub title: &'static str,
    /// Engagement per member, in the order of [`Household::members`].
    pub engagement: Vec<Engagement>,
    /// Positions in [`Town::records`], first to last, which are consecutive.
    pub records: std::ops::Range<u32>,
}

/// A dated entry of continued support.
#[derive(Clone, Debug)]
pub struct SupportRecord {
    /// Position in [`Town::cases`].
    pub case: u32,
    /// The kind.
    pub kind: RecordKind,
    /// When it took place.
    pub occurred_at: Moment,
    /// When it was written down.
    pub recorded_at: Moment,
    /// The desk under which it was written.
    pub desk: u32,
    /// Position in [`Town::staff`].
    pub author: u32,
    /// The passage.
    pub text: Text,
}

/// Consent to a provision.
#[derive(Clone, Debug)]
pub struct ConsentSpec {
    /// Position in [`Town::households`].
    pub household: u32,
    /// Position in [`Town::cases`], where it was given within a case.
    pub case: Option<u32>,
    /// Position in [`Town::consultations`], where it was given at the window.
    pub consultation: Option<u32>,
    /// The member who gives it, a position in [`Household::members`].
    pub giver: u8,
    /// Desks that may receive.
    pub recipients: Vec<u32>,
    /// What may be shared.
    pub categories: Categories,
    /// For what.
    pub purposes: Vec<&'static str>,
    /// How it was expressed.
    pub form: ConsentForm,
    /// Its state today.
    pub state: ConsentState,
    /// The day it was asked for.
    pub requested: Day,
    /// First day; none while not given.
    pub from: Option<Day>,
    /// Last day agreed.
    pub until: Option<Day>,
    /// The day it was withdrawn, expired or replaced.
    pub ended: Option<Day>,
    /// The member of staff who asked.
    pub taken_by: u32,
    /// The desk that asked.
    pub desk: u32,
}

/// On what a referral rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A consent, a position in [`Town::consents`].
    Consent(u32),
    /// A provision of law.
    Law(LawfulBasis),
    /// Nothing is passed that identifies anyone.
    NoIdentity,
}

/// A step of a referral.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The state entered.
    pub to: ReferralState,
    /// When.
    pub at: Moment,
    /// Who recorded it.
    pub staff: u32,
    /// The desk that set the state, whether or not it can sign in.
    pub desk: u32,
    /// A reason code where the state asks for one.
    pub reason: Option<&'static str>,
    /// What was said.
    pub words: String,
    /// How the answer came from a receiver without a login.
    pub told_by: Option<ToldBy>,
}

/// What the receiver reports back.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The day it is owed by.
    pub due: Day,
    /// When it was given.
    pub given: Option<Moment>,
    /// What became of it.
    pub words: String,
}

/// A referral from one desk to another.
#[derive(Clone, Debug)]
pub struct Referral {
    /// The kind.
    pub kind: ReferralKind,
    /// The state today.
    pub state: ReferralState,
    /// Position in [`Town::households`].
    pub household: u32,
    /// Position in [`Town::cases`].
    pub case: Option<u32>,
    /// Position in [`Town::consultations`].
    pub consultation: Option<u32>,
    /// The sending desk.
    pub from_desk: u32,
    /// The receiving desk.
    pub to_desk: u32,
    /// The author.
    pub author: u32,
    /// When the draft was begun.
    pub created: Moment,
    /// Whom it is about.
    pub subjects: Subjects,
    /// Urgency.
    pub urgency: Urgency,
    /// What is asked for, in one line without identity.
    pub need: &'static str,
    /// The summary that travels with it.
    pub texts: Vec<Text>,
    /// The ground for passing it on.
    pub basis: Basis,
    /// When the receiver took note.
    pub received_at: Option<Moment>,
    /// The steps, in order of time, from `sent` on.
    pub history: Vec<Transition>,
    /// The outcome, once completed.
    pub outcome: Option<&'static str>,
    /// The feedback owed or given.
    pub feedback: Option<Feedback>,
    /// The referral this one answers (a hand-back) or re-routes.
    pub follows: Option<u32>,
}

/// A sheet by which a liaison passes on somebody's trouble.
#[derive(Clone, Debug)]
pub struct ConnectingSheet {
    /// Position in [`Town::staff`].
    pub liaison: u32,
    /// The liaison's desk.
    pub from_desk: u32,
    /// The desk it went to.
    pub to_desk: u32,
    /// When it was written.
    pub written_at: Moment,
    /// The household; always none without consent.
    pub household: Option<u32>,
    /// The member it is about.
    pub member: Option<u8>,
    /// The consent; none means a notice without identity.
    pub consent: Option<ConsentForm>,
    /// Where the person was met.
    pub place: &'static str,
    /// The passages.
    pub texts: Vec<Text>,
    /// Its state.
    pub state: SheetState,
    /// Position in [`Town::consultations`] if it became one.
    pub became: Option<u32>,
    /// What the liaison was told became of it.
    pub answer: Option<String>,
}

/// What a task belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskOf {
    /// Position in [`Town::consultations`].
    Consultation(u32),
    /// Position in [`Town::cases`].
    Case(u32),
    /// Position in [`Town::referrals`].
    Referral(u32),
    /// Position in [`Town::consents`].
    Consent(u32),
    /// Position in [`Town::sheets`].
    Sheet(u32),
    /// Position in [`Town::transfers`].
    Transfer(u32),
}

/// A promise with an owner and a date.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kind.
    pub kind: TaskKind,
    /// What it belongs to.
    pub of: TaskOf,
    /// The desk that owes it.
    pub desk: u32,
    /// The member of staff who took it; none while it lies with the desk.
    pub staff: Option<u32>,
    /// A short title without personal data.
    pub title: &'static str,
    /// The day it was made.
    pub made: Day,
    /// By when.
    pub due: Moment,
    /// Its state.
    pub state: TaskState,
    /// When it was finished, cancelled or moved.
    pub ended: Option<Moment>,
}

/// The whole town.
#[derive(Clone, Debug)]
pub struct Town {
    /// The day on which the story stands.
    pub today: Day,
    /// The first day of the story.
    pub first_day: Day,
    /// Ways of dividing the town.
    pub area_systems: Vec<AreaSystem>,
    /// Their areas.
    pub areas: Vec<Area>,
    /// The quarters.
    pub quarters: Vec<Quarter>,
    /// Legal entities.
    pub legal_entities: Vec<LegalEntity>,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Renames, mergers, successions.
    pub agency_changes: Vec<AgencyChange>,
    /// The register of the plan.
    pub agency_programmes: Vec<AgencyProgramme>,
    /// Commissions.
    pub contracts: Vec<Contract>,
    /// Desks.
    pub desks: Vec<Desk>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Appointments.
    pub appointments: Vec<Appointment>,
    /// Staff.
    pub staff: Vec<Staff>,
    /// Transfers of the coming 1 April.
    pub transfers: Vec<Transfer>,
    /// Households.
    pub households: Vec<Household>,
    /// Persons.
    pub persons: Vec<Person>,
    /// Consultations, in order of time.
    pub consultations: Vec<Consultation>,
    /// Cases, in order of opening.
    pub cases: Vec<Case>,
    /// Support records, grouped by case.
    pub records: Vec<SupportRecord>,
    /// Consents.
    pub consents: Vec<ConsentSpec>,
    /// Referrals.
    pub referrals: Vec<Referral>,
    /// Connecting sheets.
    pub sheets: Vec<ConnectingSheet>,
    /// Tasks.
    pub tasks: Vec<Task>,
}
