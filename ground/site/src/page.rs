//! Pages: a path, who may come, and what to answer.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use access::{Role, Viewer};
use engine::{Broken, Ctx, Engine, Envelope, Fail, Origin, Receipt};
use words::id::{AppointmentId, CommandId, DeskId, SessionId};
use words::{Id, Instant};

use crate::habits::Habits;
use crate::serve::Site;
use crate::{Fields, Form, Frame, Language, NavItem, T};

/// GET or POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

/// Who may come to a page at all. What they see there is the disclosure decision's matter.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Anyone, without signing in. Says why.
    Anyone(&'static str),
    /// Anyone signed in.
    SignedIn,
    /// Whoever holds one of these roles today; to the others the page does not exist.
    Role(&'static [Role]),
}

/// Roles that work with households.
pub const WORKERS: &[Role] = &[Role::Caseworker, Role::AgencyLead, Role::Coordinator];

impl Access {
    /// Caseworkers, leads, coordinators.
    pub const WORKERS: Self = Self::Role(WORKERS);
}

/// A signed-in session.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session.
    pub session: SessionId,
    /// The person with today's appointments, the one acted under first.
    pub viewer: Viewer,
    /// Name of the person.
    pub name: String,
    /// Name of the municipality.
    pub municipality: String,
    /// What the desks of the seats are called today.
    pub desks: HashMap<DeskId, String>,
    /// CSRF value of the session.
    pub csrf: String,
    /// The appointment acted under.
    pub appointment: Option<AppointmentId>,
    /// The language the person has chosen; `None` before they chose one.
    pub language: Option<Language>,
    /// How the person likes to work.
    pub habits: Habits,
}

impl Signed {
    /// Name of the desk acted for; empty for whoever has no seat.
    pub fn desk(&self) -> &str {
        let name = self.viewer.acting().and_then(|seat| self.desks.get(&seat.desk));
        name.map_or("", String::as_str)
    }
}

/// One request.
pub struct Req {
    pub(crate) site: Arc<Site>,
    pub(crate) signed: Option<Signed>,
    pub(crate) now: Instant,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) path: String,
    pub(crate) query: Fields,
    pub(crate) body: Fields,
    pub(crate) files: Vec<crate::Upload>,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) wants_draft: bool,
    pub(crate) language: Language,
    pub(crate) posted: bool,
    pub(crate) raw_query: String,
    pub(crate) came_from: String,
}

impl Req {
    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.site.engine
    }

    /// When the request came.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The session; `None` only on pages for anyone.
    pub fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }

    /// The context for looks and acts. Absent without a session.
    pub fn ctx(&self) -> Result<Ctx, Fail> {
        let signed = self.signed.as_ref().ok_or(Fail::NotVisible)?;
        Ok(Ctx { engine: self.site.engine.clone(), viewer: signed.viewer.clone(), now: self.now })
    }

    /// An id in the path. An unreadable one names nothing.
    pub fn id<K>(&self, name: &str) -> Result<Id<K>, Fail> {
        self.params
            .iter()
            .find(|(n, _)| n == name)
            .and_then(|(_, v)| Id::from_str(v).ok())
            .ok_or(Fail::NotVisible)
    }

    /// A word in the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query.
    pub fn query(&self) -> &Fields {
        &self.query
    }

    /// The sent fields.
    pub fn body(&self) -> &Fields {
        &self.body
    }

    /// A file that was sent with a form.
    pub fn file(&self, field: &str) -> Option<&crate::Upload> {
        self.files.iter().find(|f| f.field == field)
    }

    /// Whether files are looked at by a virus scanner.
    pub fn scans_files(&self) -> bool {
        self.site.scanner.is_there()
    }

    /// The sent fields as a form.
    pub fn form(&self) -> Form {
        Form::new(self.body.clone()).on(self.now.day())
    }

    /// The query as a form.
    pub fn query_form(&self) -> Form {
        Form::new(self.query.clone()).on(self.now.day())
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether the script asks to save a draft.
    pub fn wants_draft(&self) -> bool {
        self.wants_draft
    }

    /// The words.
    pub fn t(&self) -> T {
        let whose = self.signed.as_ref().map(|s| s.viewer.municipality);
        self.site.texts.in_words_of(self.language, whose)
    }

    /// The words of a language as the program has them, whatever a municipality made of them.
    pub fn program_words(&self, language: Language) -> T {
        self.site.texts.of(language)
    }

    /// Own words were changed: from the next page on they show.
    pub fn forget_wording(&self) {
        self.site.texts.forget_own();
    }

    /// The page of this site that a form was sent from, to go back to; the first page when the browser does not say.
    pub fn came_from(&self) -> &str {
        &self.came_from
    }

    /// Remembers what this person looked for, as the way back from what they open: until they sign out, look for something else, or some
    /// hours have passed.
    pub fn remember(&self, fields: Fields) {
        if let Some(s) = &self.signed {
            self.site.recall.keep((s.session, s.viewer.user), self.now, fields);
        }
    }

    /// What this person looked for last.
    pub fn remembered(&self) -> Option<Fields> {
        let s = self.signed.as_ref()?;
        self.site.recall.kept((s.session, s.viewer.user), self.now)
    }

    /// The language of the answer.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether this is a demonstration.
    pub fn demo(&self) -> bool {
        self.site.demo
    }

    /// Whether cookies are sent over TLS only.
    pub fn secure(&self) -> bool {
        self.site.secure_cookies
    }

    /// The command of a sent form: its id from the hidden field `command`, its base from `base_version`.
    pub fn envelope(&self) -> Envelope {
        Envelope {
            command: self
                .body
                .get("command")
                .and_then(|v| Id::from_str(v).ok())
                .unwrap_or_else(|| self.site.engine.new_id()),
            base_version: self.body.get("base_version").and_then(|v| v.parse().ok()),
            origin: Origin::Page,
            issued_at: self.now,
        }
    }

    /// The change that was just made and led here, if there is one. Whether this person may take it back, and whether it
    /// still can be, is asked by the page.
    pub fn undo_asked(&self) -> Option<CommandId> {
        self.query.get("undo").and_then(|id| Id::from_str(id).ok())
    }

    /// What the page shares with all others.
    pub fn frame(&self) -> Frame {
        let t = self.t();
        let done = self.query.get("done").map(|k| format!("done.{k}"));
        let flash = done.filter(|key| t.s(key) != key).map(|key| t.s(&key).to_owned());
        let command = self
            .body
            .get("command")
            .and_then(|v| Id::from_str(v).ok())
            .unwrap_or_else(|| self.site.engine.new_id());
        let (name, municipality, desk, csrf) = match &self.signed {
            Some(s) => (s.name.clone(), s.municipality.clone(), s.desk().to_owned(), s.csrf.clone()),
            None => (String::new(), String::new(), String::new(), String::new()),
        };
        Frame {
            municipality,
            name,
            user: self.signed.as_ref().map(|s| s.viewer.user),
            desk,
            role: self
                .signed
                .as_ref()
                .and_then(|s| s.viewer.acting())
                .map(|s| s.role.to_string())
                .unwrap_or_default(),
            several_seats: self.signed.as_ref().is_some_and(|s| s.viewer.seats.len() > 1),
            csrf,
            nav: self.nav(),
            flash,
            command,
            beside: self.site.engine.new_id(),
            undo: None,
            undo_command: self.site.engine.new_id(),
            now: self.now,
            demo: self.site.demo,
            posted: self.posted,
            habits: self.signed.as_ref().map(|s| s.habits.clone()).unwrap_or_default(),
            query: self.raw_query.clone(),
            t,
        }
    }

    /// The menu: what this person's roles can use, under headings (R-188: plain words, little to look through).
    fn nav(&self) -> Vec<NavItem> {
        use crate::link;
        let Some(signed) = &self.signed else { return Vec::new() };
        let has = |roles: &[Role]| signed.viewer.has_role(roles);
        let workers = has(WORKERS);
        let liaison = has(&[Role::Liaison]);
        let watcher = has(&[Role::AgencyLead, Role::Coordinator]);
        let coordinator = has(&[Role::Coordinator]);
        let figures = watcher || has(&[Role::Analyst]);
        let admin = has(&[Role::Administrator]);
        let auditor = has(&[Role::PrivacyAuditor]);
        let sits = workers || liaison || has(&[Role::Secretariat, Role::CommitteeMember]);
        // One line for each place: under which heading it stands, and for whom. A heading without a place is not shown.
        let items: Vec<(&'static str, &'static str, &'static str)> = [
            ("nav_group.today", true, link::TODAY, "nav.today"),
            ("nav_group.today", workers, link::CONSULTATION_NEW, "nav.consultation_new"),
            ("nav_group.today", sits, link::CALENDAR, "nav.calendar"),
            ("nav_group.today", workers, link::TRIAGES, "nav.triage"),
            ("nav_group.today", workers, link::URGENT, "nav.urgent"),
            ("nav_group.cases", workers, link::CONSULTATIONS, "nav.consultations"),
            ("nav_group.cases", workers, link::CASES, "nav.cases"),
            ("nav_group.cases", workers, link::NO_CONSENT, "nav.no_consent"),
            ("nav_group.cases", workers, link::STAGES, "nav.stages"),
            ("nav_group.cases", watcher, link::NOBODY, "nav.nobody"),
            ("nav_group.cases", workers, link::SAME, "nav.same"),
            ("nav_group.cases", watcher, link::WATCH_SILENT, "nav.watch"),
            ("nav_group.cases", watcher, link::LOAD, "nav.load"),
            ("nav_group.cases", coordinator, link::OVERLAPS, "nav.overlaps"),
            ("nav_group.cases", workers, link::HAND_OVERS, "nav.hand_overs"),
            ("nav_group.connect", workers, link::REFERRALS, "nav.referrals"),
            ("nav_group.connect", workers, link::INQUIRIES, "nav.inquiries"),
            ("nav_group.connect", workers, link::CAPACITY, "nav.capacity"),
            ("nav_group.connect", liaison || coordinator, link::SHEETS, "nav.sheets"),
            ("nav_group.connect", workers || liaison, link::FEEDBACK, "nav.feedback"),
            ("nav_group.connect", true, link::WHO, "nav.who"),
            ("nav_group.connect", sits, link::PAPERS, "nav.papers"),
            ("nav_group.meet", sits, link::MEETINGS, "nav.meetings"),
            ("nav_group.meet", sits, link::AFTER, "nav.after"),
            ("nav_group.meet", sits, link::BODIES, "nav.bodies"),
            ("nav_group.meet", workers || liaison, link::MATTERS, "nav.matters"),
            ("nav_group.learn", workers || liaison, link::ADVICE, "nav.advice"),
            (
                "nav_group.learn",
                workers || liaison || has(&[Role::CommitteeMember]),
                link::ISSUES,
                "nav.issues",
            ),
            ("nav_group.learn", workers, link::LIBRARY, "nav.library"),
            ("nav_group.learn", workers || liaison, link::SKILLS, "nav.skills"),
            ("nav_group.learn", figures, link::FLOW, "nav.flow"),
            ("nav_group.learn", true, link::PLAN, "nav.plan"),
            ("nav_group.manage", has(&[Role::AgencyLead]), link::IMPORTS, "nav.imports"),
            ("nav_group.manage", admin, link::STAFF, "nav.staff"),
            ("nav_group.manage", admin, link::TRANSFERS, "nav.transfers"),
            ("nav_group.manage", admin, link::OFFICES, "nav.offices"),
            ("nav_group.manage", admin, link::TOWN_SETTINGS, "nav.town_settings"),
            ("nav_group.manage", admin, link::LABELS, "nav.labels"),
            ("nav_group.manage", admin, link::OPEN_DATA, "nav.open_data"),
            ("nav_group.manage", admin, link::TRIAGE_GUIDE, "nav.triage_guide"),
            ("nav_group.manage", admin, link::POSITIONS, "nav.positions"),
            ("nav_group.manage", admin, link::DEPUTIES, "nav.deputies"),
            ("nav_group.manage", admin, link::MEETING_SETTINGS, "nav.meeting_settings"),
            ("nav_group.manage", admin, link::MINUTES_TERMS, "nav.minutes_terms"),
            ("nav_group.manage", admin, link::RETENTION, "nav.retention"),
            ("nav_group.manage", admin, link::FORMS, "nav.forms"),
            ("nav_group.manage", admin, link::CODES, "nav.codes"),
            ("nav_group.manage", admin, link::LEGAL_BASES, "nav.legal_bases"),
            ("nav_group.manage", admin, link::WORKLOAD_SETTINGS, "nav.workload_settings"),
            ("nav_group.manage", admin, link::STAGE_SETTINGS, "nav.stage_settings"),
            ("nav_group.manage", admin, link::DRAWINGS, "nav.drawings"),
            ("nav_group.manage", admin, link::THEMES, "nav.themes"),
            ("nav_group.manage", admin, link::SAVED_SEARCHES, "nav.saved_searches"),
            ("nav_group.manage", auditor, link::ACCESS_LOG, "nav.audit"),
            ("nav_group.manage", auditor, link::HOLDS, "nav.holds"),
            ("nav_group.manage", auditor || watcher, link::DISPOSALS, "nav.disposal"),
        ]
        .into_iter()
        .filter(|(_, shown, ..)| *shown)
        .map(|(group, _, href, key)| (group, href, key))
        .collect();
        let here = items
            .iter()
            .map(|(_, href, _)| *href)
            .filter(|href| *href == self.path || (*href != "/" && self.path.starts_with(&format!("{href}/"))))
            .max_by_key(|href| href.len());
        let mut before = "";
        items
            .into_iter()
            .map(|(group, href, key)| {
                let heading = if group == before { "" } else { group };
                before = group;
                NavItem { heading, href, key, here: Some(href) == here, go: go(href) }
            })
            .collect()
    }
}

/// The key that leads to a place of the menu after `g`.
fn go(href: &str) -> &'static str {
    use crate::link;
    match href {
        link::TODAY => "t",
        link::CONSULTATION_NEW => "n",
        link::CONSULTATIONS => "c",
        link::CASES => "k",
        link::REFERRALS => "r",
        link::INQUIRIES => "q",
        link::SHEETS => "s",
        link::FEEDBACK => "f",
        link::NOBODY => "b",
        link::WHO => "w",
        link::STAFF => "m",
        link::TRANSFERS => "i",
        link::ACCESS_LOG => "l",
        _ => "",
    }
}

/// What a page answers.
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
    pub(crate) cookies: Vec<String>,
    pub(crate) refresh: Option<u32>,
}

pub(crate) enum Body {
    Html(String),
    Json(String),
    Redirect(String),
    File {
        bytes: Vec<u8>,
        media_type: &'static str,
        name: String,
        /// The same in ASCII, where somebody said it; otherwise what of the name is.
        plain: Option<String>,
    },
    /// Part of a page, not a file.
    Picture {
        bytes: Vec<u8>,
        media_type: &'static str,
    },
    /// To be made into a file before it leaves.
    Paper {
        document: Box<paper::Document>,
        kind: crate::paper::Kind,
        /// What it is called, and the same in ASCII; both without an ending.
        name: (String, String),
    },
}

impl Answer {
    /// A page. The receipt says that what it discloses is in the log.
    pub fn page(html: Result<String, impl std::fmt::Display>, _receipt: Receipt) -> Result<Self, Fail> {
        let html = html.map_err(|e| Broken::Outside(format!("template: {e}")))?;
        Ok(Self { status: 200, body: Body::Html(html), cookies: Vec::new(), refresh: None })
    }

    /// The same form again, with what was typed and what is wrong with it.
    pub fn again(html: Result<String, impl std::fmt::Display>, receipt: Receipt) -> Result<Self, Fail> {
        let html = html.map(crate::summary::finished);
        Ok(Self { status: 422, ..Self::page(html, receipt)? })
    }

    /// The page that shows both texts after a stale write.
    pub fn conflict(html: Result<String, impl std::fmt::Display>, receipt: Receipt) -> Result<Self, Fail> {
        Ok(Self { status: 409, ..Self::page(html, receipt)? })
    }

    /// A page with another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// On to another page after a write. `done` is the last part of a `done.…` key, shown there.
    pub fn to(path: &str, done: &str, _receipt: Receipt) -> Self {
        let to = if done.is_empty() { path.to_owned() } else { asking(path, "done", done) };
        Self { status: 303, body: Body::Redirect(to), cookies: Vec::new(), refresh: None }
    }

    /// Names in the address the change that was just made, so that the page it leads to can offer to take it back
    /// ([`Req::undo_asked`], [`Frame::undo`]).
    #[must_use]
    pub fn undoable(mut self, change: CommandId) -> Self {
        if let Body::Redirect(to) = &self.body {
            self.body = Body::Redirect(asking(to, "undo", &change.to_string()));
        }
        self
    }

    /// A file to be kept: name and media type as the browser shall see them.
    pub fn file(name: &str, media_type: &'static str, bytes: Vec<u8>, _receipt: Receipt) -> Self {
        let body = Body::File { bytes, media_type, name: name.to_owned(), plain: None };
        Self { status: 200, body, cookies: Vec::new(), refresh: None }
    }

    /// A picture that stands in a page, where nothing may leave as a file: it is shown, never offered for keeping.
    pub fn picture(media_type: &'static str, bytes: Vec<u8>, _receipt: Receipt) -> Self {
        let body = Body::Picture { bytes, media_type };
        Self { status: 200, body, cookies: Vec::new(), refresh: None }
    }

    /// A small JSON answer for the script (draft saved).
    pub fn json(json: String, _receipt: Receipt) -> Self {
        Self { status: 200, body: Body::Json(json), cookies: Vec::new(), refresh: None }
    }

    /// A page that shows work under way: the browser asks again after so many seconds, also without the script.
    #[must_use]
    pub fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// With a cookie: a whole `Set-Cookie` value.
    #[must_use]
    pub fn cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
}

/// An address with one more value in its query.
fn asking(path: &str, name: &str, value: &str) -> String {
    let (path, hash) = path.split_once('#').map_or((path, String::new()), |(p, h)| (p, format!("#{h}")));
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{name}={value}{hash}")
}

pub(crate) type Handling = Pin<Box<dyn Future<Output = Result<Answer, Fail>> + Send>>;
type Handler = dyn Fn(Arc<Req>) -> Handling + Send + Sync;

/// A page: there is no way to make one without saying who may come.
#[derive(Clone)]
pub struct Page {
    /// GET or POST.
    pub method: Method,
    /// Path with `{places}`.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
    pub(crate) handler: Arc<Handler>,
    pub(crate) most_bytes: usize,
}

/// Bodies above this are refused with a page; a field has its own, smaller limit with a message beside it.
pub(crate) const MOST_BYTES: usize = 2 * 1024 * 1024;

impl Page {
    fn new<F, Fut>(method: Method, path: &'static str, access: Access, handler: F) -> Self
    where
        F: Fn(Arc<Req>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Fail>> + Send + 'static,
    {
        Self {
            method,
            path,
            access,
            handler: Arc::new(move |req| Box::pin(handler(req))),
            most_bytes: MOST_BYTES,
        }
    }

    /// A page that reads.
    pub fn get<F, Fut>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Fn(Arc<Req>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Fail>> + Send + 'static,
    {
        Self::new(Method::Get, path, access, handler)
    }

    /// A page that writes.
    pub fn post<F, Fut>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Fn(Arc<Req>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Fail>> + Send + 'static,
    {
        Self::new(Method::Post, path, access, handler)
    }

    /// Takes files with the form, of so many bytes together; only from those who may come to the page at all.
    #[must_use]
    pub fn takes_files(mut self, most_bytes: usize) -> Self {
        self.most_bytes = most_bytes;
        self
    }
}
