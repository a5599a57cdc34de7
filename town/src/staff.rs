//! Posts, the people who hold them, and the transfers of past and coming Aprils.

use std::collections::HashMap;

use crate::agencies::Network;
use crate::dice::Dice;
use crate::model::{Appointment, Day, Desk, Gender, Post, Programme, Role, Staff, Transfer};
use crate::names::{Names, romaji};
use crate::pos;

/// Accounts of the demonstration: surname, given, reading, login, role, agency, second agency, who this is.
type Demo =
    (&'static str, &'static str, &'static str, &'static str, Role, &'static str, &'static str, &'static str);
const DEMO: &[Demo] = &[
    (
        "木下",
        "ひろみ",
        "キノシタ ヒロミ",
        "kinoshita",
        Role::Caseworker,
        "バックアップふじさわ社協",
        "",
        "バックアップふじさわ社協のCSW。訪問を重ねながら、つながりの切れた世帯に伴走する",
    ),
    (
        "長谷",
        "恵",
        "ハセ メグミ",
        "hase",
        Role::Coordinator,
        "バックアップふじさわ社協",
        "",
        "バックアップふじさわ社協の相談支援包括化推進員。持ち手のいない困りごとを見つけて役割を分ける",
    ),
    (
        "三枝",
        "圭一",
        "サエグサ ケイイチ",
        "saegusa",
        Role::Caseworker,
        "バックアップふじさわ",
        "",
        "バックアップふじさわの支援員。家計と仕事の相談が得意",
    ),
    (
        "青木",
        "千夏",
        "アオキ チナツ",
        "aoki",
        Role::Caseworker,
        "辻堂いきいきサポートセンター",
        "",
        "辻堂いきいきサポートセンターの社会福祉士。高齢の親から世帯の困りごとに気づく",
    ),
    (
        "石渡",
        "昌子",
        "イシワタ マサコ",
        "ishiwata",
        Role::AgencyLead,
        "辻堂いきいきサポートセンター",
        "",
        "辻堂いきいきサポートセンターの管理者・相談支援推進員。担当を割り振る",
    ),
    (
        "小泉",
        "拓",
        "コイズミ タク",
        "koizumi",
        Role::Caseworker,
        "障がい者支援課",
        "",
        "障がい者支援課のケースワーカー。つなぎを受ける側",
    ),
    (
        "早川",
        "美咲",
        "ハヤカワ ミサキ",
        "hayakawa",
        Role::Caseworker,
        "福祉総合相談支援センター",
        "",
        "福祉総合相談支援センターの相談員。最初の窓口でどんな話も受け止める",
    ),
    (
        "若林",
        "翔太",
        "ワカバヤシ ショウタ",
        "wakabayashi",
        Role::Liaison,
        "辻堂児童館",
        "",
        "辻堂児童館の職員・つなぐシート連絡員。遊びに来る子どもの変化に気づく",
    ),
    (
        "根本",
        "修",
        "ネモト オサム",
        "nemoto",
        Role::Administrator,
        "地域共生社会推進室",
        "",
        "システム管理者。職員の登録と人事異動を扱い、相談の中身は見られない",
    ),
    (
        "露木",
        "玲子",
        "ツユキ レイコ",
        "tsuyuki",
        Role::PrivacyAuditor,
        "福祉総務課",
        "",
        "個人情報保護担当。誰がいつ何を見たかを確かめる",
    ),
    (
        "真壁",
        "徹",
        "マカベ トオル",
        "makabe",
        Role::Analyst,
        "地域共生社会推進室",
        "",
        "企画・統計の担当。人数と件数だけを見る",
    ),
    (
        "名取",
        "彩香",
        "ナトリ アヤカ",
        "natori",
        Role::Caseworker,
        "北保健センター",
        "子ども家庭課",
        "北保健センターの保健師で、子ども家庭課を兼務。二つの立場を切り替えて使う",
    ),
];

/// Who keeps the meetings, beside the coordinator: surname, given, reading, login, agency, who this is.
const SECRETARIAT: (&str, &str, &str, &str, &str, &str) = (
    "樋口",
    "直子",
    "ヒグチ ナオコ",
    "higuchi",
    "バックアップふじさわ社協",
    "会議体の事務局。回を決め、招き、出席を書きとめ、会議録と回覧を回す。だれのことかは見られない",
);

/// Everybody who can sign in.
pub struct Crew {
    /// Posts.
    pub posts: Vec<Post>,
    /// Appointments.
    pub appointments: Vec<Appointment>,
    /// Staff.
    pub staff: Vec<Staff>,
    /// Transfers of the coming April.
    pub transfers: Vec<Transfer>,
    /// Who may write at a desk: staff, first day, last day.
    writers: Vec<Vec<(u32, Day, Option<Day>)>>,
    /// Who writes connecting sheets at a desk.
    liaisons: Vec<(u32, u32)>,
}

impl Crew {
    /// Somebody who could write at the desk on that day; none where nobody signs in.
    pub fn writer(&self, dice: &mut Dice, desk: u32, on: Day) -> Option<u32> {
        let all = &self.writers[desk as usize];
        let valid = |entry: &&(u32, Day, Option<Day>)| entry.1 <= on && entry.2.is_none_or(|last| on <= last);
        let count = all.iter().filter(valid).count();
        if count == 0 {
            return None;
        }
        all.iter().filter(valid).nth(dice.index(count)).map(|entry| entry.0)
    }

    /// The liaisons with their desks.
    pub fn liaisons(&self) -> &[(u32, u32)] {
        &self.liaisons
    }

    /// Whether the member of staff may write at the desk on that day.
    pub fn writes(&self, staff: u32, desk: u32, on: Day) -> bool {
        self.writers[desk as usize]
            .iter()
            .any(|(who, from, until)| *who == staff && *from <= on && until.is_none_or(|last| on <= last))
    }

    fn post(&mut self, desk: u32, role: Role, area: Option<u32>) -> u32 {
        self.posts.push(Post { desk, role, title: title(role).into(), area });
        pos(self.posts.len() - 1)
    }

    fn appoint(
        &mut self,
        staff: u32,
        post: u32,
        from: Day,
        until: Option<Day>,
        instrument: &'static str,
    ) -> u32 {
        let number = pos(self.appointments.len());
        self.appointments.push(Appointment { staff, post, from, until, instrument });
        self.staff[staff as usize].appointments.push(number);
        let Post { desk, role, .. } = self.posts[post as usize];
        match role {
            Role::Caseworker | Role::AgencyLead | Role::Coordinator => {
                // Those the demonstration shows are drawn more often, so that their lists are worth showing.
                let shown = role == Role::Caseworker && self.staff[staff as usize].demo.is_some();
                for _ in 0..if shown { 4 } else { 1 } {
                    self.writers[desk as usize].push((staff, from, until));
                }
            }
            Role::Liaison if until.is_none() => self.liaisons.push((staff, desk)),
            _ => {}
        }
        number
    }
}

const fn title(role: Role) -> &'static str {
    match role {
        Role::Caseworker => "相談員",
        Role::AgencyLead => "主任・管理者",
        other => other.ja(),
    }
}

/// Draws people with logins no two of which agree.
struct Recruits<'a> {
    names: &'a Names,
    logins: HashMap<String, u32>,
}

impl Recruits<'_> {
    fn hire(&mut self, dice: &mut Dice, crew: &mut Crew) -> u32 {
        let gender = if dice.percent(62) { Gender::Female } else { Gender::Male };
        let (surname, reading) = self.names.surname(dice);
        let year = dice.between(1962, 2001);
        let (given, given_reading) = self.names.given(dice, gender, year);
        let stem = romaji(reading);
        let number = self.logins.entry(stem.clone()).and_modify(|n| *n += 1).or_insert(1);
        let login = if *number == 1 { stem } else { format!("{stem}{number}") };
        crew.staff.push(Staff {
            surname: surname.into(),
            given: given.into(),
            reading: format!("{reading} {given_reading}"),
            login,
            appointments: Vec::new(),
            demo: None,
        });
        pos(crew.staff.len() - 1)
    }
}

/// Fills the desks of the network with so many people, or more if the desks need them.
pub fn build(
    dice: &mut Dice,
    names: &Names,
    network: &Network,
    today: Day,
    first_day: Day,
    wanted: usize,
) -> Crew {
    let desks = &network.desks;
    let mut crew = Crew {
        posts: Vec::new(),
        appointments: Vec::new(),
        staff: Vec::new(),
        transfers: Vec::new(),
        writers: vec![Vec::new(); desks.len()],
        liaisons: Vec::new(),
    };
    let mut recruits = Recruits { names, logins: HashMap::new() };
    let began = Day::new(first_day.ymd().0 - 2, 4, 1);
    for (surname, given, reading, login, role, agency, second, line) in DEMO {
        recruits.logins.insert((*login).into(), 1);
        crew.staff.push(Staff {
            surname: (*surname).into(),
            given: (*given).into(),
            reading: (*reading).into(),
            login: (*login).into(),
            appointments: Vec::new(),
            demo: Some(line),
        });
        let staff = pos(crew.staff.len() - 1);
        for (nth, agency) in [agency, second].into_iter().filter(|a| !a.is_empty()).enumerate() {
            for desk in other_desks(desks, network.agency(agency), *role) {
                let post = crew.post(desk, *role, None);
                crew.appoint(staff, post, began, None, if nth == 0 { "任命" } else { "併任" });
            }
        }
    }
    let office = recruits.hire(dice, &mut crew);
    name_secretariat(&mut recruits, &mut crew, office);
    for desk in other_desks(desks, network.agency(SECRETARIAT.4), Role::Secretariat) {
        let post = crew.post(desk, Role::Secretariat, None);
        crew.appoint(office, post, began, None, "任命");
    }
    staff_agencies(dice, &mut crew, &mut recruits, network, began);
    // Whoever is left strengthens the windows that stand in the first programme.
    let open: Vec<u32> = (0..pos(desks.len()))
        .filter(|d| {
            let desk = &desks[*d as usize];
            desk.programme == Programme::ComprehensiveConsultation
                && desk.valid_until.is_none()
                && !crew.writers[*d as usize].is_empty()
        })
        .collect();
    while crew.staff.len() < wanted {
        let staff = recruits.hire(dice, &mut crew);
        let desk = *dice.pick(&open);
        join(dice, &mut crew, staff, desk, &open, desks, (began, today));
    }
    plan_transfers(dice, &mut crew, &open, today);
    crew
}

/// Gives whoever was hired for the secretariat a name and a login that the demonstration can rely on. Nothing is drawn, so that
/// the rest of the town is what it was.
fn name_secretariat(recruits: &mut Recruits<'_>, crew: &mut Crew, office: u32) {
    let (surname, given, reading, login, _, line) = SECRETARIAT;
    recruits.logins.insert(login.into(), 1);
    let staff = &mut crew.staff[office as usize];
    staff.surname = surname.into();
    staff.given = given.into();
    staff.reading = reading.into();
    staff.login = login.into();
    staff.demo = Some(line);
}

/// Gives every agency with a login a lead who also holds its other desks, and liaisons where they belong.
fn staff_agencies(dice: &mut Dice, crew: &mut Crew, recruits: &mut Recruits, network: &Network, began: Day) {
    for (number, agency) in network.agencies.iter().enumerate().filter(|(_, a)| a.has_login) {
        let number = pos(number);
        let from = began.max(agency.valid_from);
        let home = desk_of(&network.desks, number);
        let watches = matches!(agency.field, crate::model::Field::Child | crate::model::Field::Education)
            && network.desks[home as usize].register_row.is_none()
            || matches!(agency.field, crate::model::Field::Tax | crate::model::Field::Housing);
        if watches && (crew.liaisons.iter().all(|(_, desk)| *desk != home)) {
            let staff = recruits.hire(dice, crew);
            let post = crew.post(home, Role::Liaison, agency.area);
            crew.appoint(staff, post, from, None, "委嘱");
        }
        let staff = recruits.hire(dice, crew);
        for (nth, desk) in other_desks(&network.desks, number, Role::Caseworker).into_iter().enumerate() {
            let post = crew.post(desk, Role::AgencyLead, agency.area);
            crew.appoint(staff, post, from, agency.valid_until, if nth == 0 { "任命" } else { "併任" });
        }
    }
}

/// Appoints a person to a desk; every fifth came from elsewhere on an earlier 1 April.
fn join(
    dice: &mut Dice,
    crew: &mut Crew,
    staff: u32,
    desk: u32,
    open: &[u32],
    desks: &[Desk],
    (began, today): (Day, Day),
) {
    let mut from = began.max(desks[desk as usize].valid_from);
    let moved = Day::new(today.fiscal_start().ymd().0 - dice.between(0, 1), 4, 1);
    if dice.percent(20) && moved > from {
        let before = *dice.pick(open);
        let start = began.max(desks[before as usize].valid_from);
        if before != desk && start < moved {
            let post = crew.post(before, Role::Caseworker, None);
            crew.appoint(staff, post, start, Some(moved.plus(-1)), "任命");
        }
        from = moved;
    }
    let post = crew.post(desk, Role::Caseworker, None);
    crew.appoint(staff, post, from, None, "任命");
}

/// The list of transfers for the coming 1 April: moves, one retirement, nobody of the demonstration.
fn plan_transfers(dice: &mut Dice, crew: &mut Crew, open: &[u32], today: Day) {
    let (year, _, _) = today.fiscal_start().ymd();
    let on = Day::new(year + 1, 4, 1);
    let movable: Vec<u32> = (0..pos(crew.staff.len()))
        .filter(|s| {
            let person = &crew.staff[*s as usize];
            person.demo.is_none()
                && person.appointments.iter().any(|a| crew.appointments[*a as usize].until.is_none())
        })
        .collect();
    for nth in 0..movable.len().min(12) {
        let staff = movable[movable.len() - 1 - nth];
        let Some(ends) = crew.staff[staff as usize]
            .appointments
            .iter()
            .copied()
            .find(|a| crew.appointments[*a as usize].until.is_none())
        else {
            continue;
        };
        let to_post = (nth % 6 != 5).then(|| {
            let desk = *dice.pick(open);
            crew.post(desk, Role::Caseworker, None)
        });
        let note = if to_post.is_some() { "人事異動" } else { "退職" };
        crew.transfers.push(Transfer { on, staff, ends, to_post, note });
    }
}

/// The first desk of an agency.
pub fn desk_of(desks: &[Desk], agency: u32) -> u32 {
    pos(desks.iter().position(|d| d.agency == agency).unwrap_or(0))
}

/// The desks somebody in that role holds: all of the agency for support, those of 多機関協働 for who coordinates and keeps the
/// meetings, the first for the rest.
fn other_desks(desks: &[Desk], agency: u32, role: Role) -> Vec<u32> {
    let all = (0..pos(desks.len())).filter(|d| desks[*d as usize].agency == agency);
    match role {
        Role::Caseworker | Role::AgencyLead => all.collect(),
        Role::Coordinator | Role::Secretariat => {
            all.filter(|d| desks[*d as usize].programme == Programme::MultiAgency).collect()
        }
        _ => all.take(1).collect(),
    }
}
