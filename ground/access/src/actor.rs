//! Who is looking or acting: a person through their appointments, never through the account alone.

use words::codes;
use words::id::{AgencyId, AppointmentId, CaseId, DeskId, MunicipalityId, UserId};

use crate::decide::UrgentFact;

codes! {
    /// Roles (domain section 5). A role never grants content; it says which bases its holder may use.
    pub enum Role {
        /// つなぐシート連絡員.
        Liaison = "liaison",
        /// 相談支援サポーター・CW・CSW.
        Caseworker = "caseworker",
        /// 相談支援推進員.
        AgencyLead = "agency_lead",
        /// 相談支援包括化推進員.
        Coordinator = "coordinator",
        /// 受入先.
        Host = "host",
        /// 福祉のまちづくり委員会構成員.
        CommitteeMember = "committee_member",
        /// 会議体の事務局.
        Secretariat = "secretariat",
        /// 企画・統計.
        Analyst = "analyst",
        /// 個人情報保護担当.
        PrivacyAuditor = "privacy_auditor",
        /// システム管理者.
        Administrator = "administrator",
    }
}

impl Role {
    /// Whether the role may read everything its desk wrote. Liaisons and hosts see only what they wrote
    /// themselves; the others see no personal content at all.
    pub const fn reads_desk_records(self) -> bool {
        matches!(self, Self::Caseworker | Self::AgencyLead | Self::Coordinator)
    }

    /// Whether somebody in this role can be a member of a confidential conference: those who work with people, and
    /// liaisons (民生委員 among them, whom the law names). Not a host, who knows their own guests and nobody else.
    pub const fn sits_in_confidence(self) -> bool {
        self.reads_desk_records() || matches!(self, Self::Liaison)
    }

    /// Whether the role narrows "own record" to what the person wrote.
    pub const fn reads_own_writing(self) -> bool {
        self.reads_desk_records() || matches!(self, Self::Liaison | Self::Host)
    }
}

/// One appointment in force today: a person at a post of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The appointment itself.
    pub appointment: AppointmentId,
    /// The desk the post belongs to.
    pub desk: DeskId,
    /// Desks whose records have passed to this one: their contract or office ended and named this desk as
    /// heir (disclosure, `own_record`, "until").
    pub inherited: Vec<DeskId>,
    /// The agency of the desk.
    pub agency: AgencyId,
    /// The role of the post.
    pub role: Role,
    /// Code of the programme of the desk.
    pub programme: String,
}

impl Seat {
    /// Whether what `desk` wrote belongs to this seat's desk.
    pub fn holds(&self, desk: DeskId) -> bool {
        self.desk == desk || self.inherited.contains(&desk)
    }
}

/// The signed-in person with every appointment in force. Built anew for each request, so that a changed
/// appointment takes effect at the next one (disclosure rule 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The municipality whose data is reachable.
    pub municipality: MunicipalityId,
    /// The account.
    pub user: UserId,
    /// Appointments in force; the first is the one being acted under. May be empty: then nothing is granted.
    pub seats: Vec<Seat>,
    /// Cases this person is kept out of: a relative, a neighbour, the accused (disclosure rule 14).
    pub excluded_from: Vec<CaseId>,
    /// Urgent looks of this person in force when the request came. It says where to ask; what they open is decided on
    /// evidence read with the record.
    pub urgent: Vec<UrgentFact>,
}

impl Viewer {
    /// The seat acted under now.
    pub fn acting(&self) -> Option<&Seat> {
        self.seats.first()
    }

    /// The urgent look of this person that opens one of these cases and lasts longest.
    pub fn looks_urgently(&self, cases: &[CaseId]) -> Option<&UrgentFact> {
        self.urgent.iter().filter(|l| cases.contains(&l.case)).max_by_key(|l| l.until)
    }

    /// Whether any seat has one of these roles.
    pub fn has_role(&self, roles: &[Role]) -> bool {
        self.seats.iter().any(|s| roles.contains(&s.role))
    }

    /// Every desk this viewer sits at or has inherited, whatever the role.
    pub fn desks(&self) -> Vec<DeskId> {
        let mut desks: Vec<DeskId> = self
            .seats
            .iter()
            .flat_map(|s| std::iter::once(s.desk).chain(s.inherited.iter().copied()))
            .collect();
        desks.sort_unstable();
        desks.dedup();
        desks
    }

    /// Desks whose records this viewer reads as their own.
    pub fn reading_desks(&self) -> Vec<DeskId> {
        let mut desks: Vec<DeskId> = self
            .seats
            .iter()
            .filter(|s| s.role.reads_desk_records())
            .flat_map(|s| std::iter::once(s.desk).chain(s.inherited.iter().copied()))
            .collect();
        desks.sort_unstable();
        desks.dedup();
        desks
    }
}
