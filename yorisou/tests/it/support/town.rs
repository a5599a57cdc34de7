//! A small town for stories: few desks, and people whose names say what they do.

use std::collections::HashMap;

use access::{Right, Role, System};
use engine::{Engine, Origin};
use register::acts;
use register::{EntityKind, NewAgency, NewUser, Span};
use words::id::{AppointmentId, DeskId, MunicipalityId, UserId};
use words::{Day, Id};

/// Desks: short name, agency, programme.
const DESKS: &[(&str, &str, &str)] = &[
    ("shakyo", "バックアップふじさわ社協", "comprehensive_consultation"),
    ("ikiiki", "辻堂東いきいきサポートセンター", "comprehensive_consultation"),
    ("hokubu", "北部福祉総合相談室", "comprehensive_consultation"),
    ("suishin", "地域共生社会推進室", "multi_agency"),
    ("suishin_soudan", "地域共生社会推進室", "comprehensive_consultation"),
    ("jidokan", "辻堂児童館", "comprehensive_consultation"),
    ("somu", "総務課", "comprehensive_consultation"),
];

/// Login, name, reading, and seats as desk and role.
type Someone = (&'static str, &'static str, &'static str, &'static [(&'static str, Role)]);

/// People: login, name, reading, and their seats. 長谷 has two (兼務).
const PEOPLE: &[Someone] = &[
    ("kinoshita", "木下 ひろみ", "きのした ひろみ", &[("shakyo", Role::Caseworker)]),
    ("oda", "小田 りか", "おだ りか", &[("shakyo", Role::Caseworker)]),
    ("imai", "今井 まこと", "いまい まこと", &[("shakyo", Role::AgencyLead)]),
    ("mieda", "三枝 直人", "みえだ なおと", &[("ikiiki", Role::AgencyLead)]),
    ("noguchi", "野口 あや", "のぐち あや", &[("ikiiki", Role::Caseworker)]),
    ("sano", "佐野 健", "さの けん", &[("hokubu", Role::Caseworker)]),
    (
        "hase",
        "長谷 みどり",
        "はせ みどり",
        &[("suishin", Role::Coordinator), ("suishin_soudan", Role::Caseworker)],
    ),
    ("tsuji", "辻 さくら", "つじ さくら", &[("jidokan", Role::Liaison)]),
    ("mori", "森 健一", "もり けんいち", &[("somu", Role::PrivacyAuditor)]),
    ("kanri", "管 りえ", "かん りえ", &[("somu", Role::Administrator)]),
];

/// Who is who.
pub struct Town {
    /// 藤沢市.
    pub municipality: MunicipalityId,
    desks: HashMap<&'static str, DeskId>,
    users: HashMap<&'static str, UserId>,
    seats: HashMap<(&'static str, &'static str), AppointmentId>,
}

impl Town {
    /// A desk by its short name.
    #[track_caller]
    pub fn desk(&self, short: &str) -> DeskId {
        *self.desks.get(short).unwrap_or_else(|| panic!("no desk {short}"))
    }

    /// A person by login.
    #[track_caller]
    pub fn user(&self, login: &str) -> UserId {
        *self.users.get(login).unwrap_or_else(|| panic!("nobody is {login}"))
    }

    /// A person's appointment at a desk.
    #[track_caller]
    pub fn appointment(&self, login: &str, desk: &str) -> AppointmentId {
        let found = self.seats.iter().find(|((l, d), _)| *l == login && *d == desk);
        *found.unwrap_or_else(|| panic!("{login} has no seat at {desk}")).1
    }

    pub async fn build(engine: &Engine) -> Self {
        let municipality = engine.new_id();
        engine::check::add_municipality(engine, municipality, "藤沢市").await.unwrap();
        let right = Right::system(System::Demonstration);
        let mut act = engine
            .system_act(System::Demonstration, municipality, Origin::Console, "story.town", &())
            .await
            .unwrap();
        acts::create_municipality(&mut act, &right, "藤沢市", "142051").await.unwrap();
        register::seed_legal_bases(&mut act, &right, municipality).await.unwrap();
        conference::seed_positions(&mut act, &right, municipality).await.unwrap();
        let from = Day::new(2025, 4, 1).unwrap();
        let entity = acts::add_legal_entity(&mut act, &right, "藤沢市", EntityKind::Mayor).await.unwrap();
        let mut agencies: HashMap<&str, Id<words::id::kind::Agency>> = HashMap::new();
        let mut desks = HashMap::new();
        for (short, agency, programme) in DESKS {
            let id = if let Some(id) = agencies.get(agency) {
                *id
            } else {
                let phone = if *short == "jidokan" { "0466-34-0000" } else { "" };
                let new = NewAgency { phone: phone.to_owned(), ..NewAgency::new(*agency, entity, from) };
                let id = acts::add_agency(&mut act, &right, &new).await.unwrap();
                agencies.insert(agency, id);
                id
            };
            let desk = acts::add_desk(&mut act, &right, id, programme, None, from, None).await.unwrap();
            desks.insert(*short, desk);
        }
        let mut users = HashMap::new();
        let mut seats = HashMap::new();
        for (login, name, reading, sits) in PEOPLE {
            let new = NewUser {
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                reading: (*reading).to_owned(),
                demo_line: format!("{name}として試す"),
            };
            let user = acts::add_user(&mut act, &right, &new).await.unwrap();
            users.insert(*login, user);
            for (desk, role) in *sits {
                let post = acts::add_post(&mut act, &right, desks[desk], *role, "").await.unwrap();
                let span = Span { from, to: None };
                let seat = acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
                seats.insert((*login, *desk), seat);
            }
        }
        act.commit("").await.unwrap();
        Self { municipality, desks, users, seats }
    }

    /// Gives somebody one more seat.
    pub async fn appoint(&self, engine: &Engine, login: &str, desk: &str, role: Role, from: Day) {
        let right = Right::system(System::Import);
        let body = (login, desk, role.to_string());
        let begun =
            engine.system_act(System::Import, self.municipality, Origin::File, "story.appoint", &body).await;
        let mut act = begun.unwrap();
        let post = acts::add_post(&mut act, &right, self.desk(desk), role, "").await.unwrap();
        let span = Span { from, to: None };
        acts::appoint(&mut act, &right, self.user(login), post, None, span, "").await.unwrap();
        act.commit("").await.unwrap();
    }

    /// Moves somebody: the seat at `from_desk` ends on `last`, and one at `to_desk` begins the day after.
    pub async fn transfer(&self, engine: &Engine, login: &str, from_desk: &str, to_desk: &str, last: Day) {
        let right = Right::system(System::Import);
        let body = (login, from_desk, to_desk);
        let mut act = engine
            .system_act(System::Import, self.municipality, Origin::File, "story.transfer", &body)
            .await
            .unwrap();
        acts::end_appointment(&mut act, &right, self.appointment(login, from_desk), last).await.unwrap();
        let post = acts::add_post(&mut act, &right, self.desk(to_desk), Role::Caseworker, "").await.unwrap();
        let span = Span { from: last.plus_days(1), to: None };
        acts::appoint(&mut act, &right, self.user(login), post, None, span, "").await.unwrap();
        act.commit("").await.unwrap();
    }
}
