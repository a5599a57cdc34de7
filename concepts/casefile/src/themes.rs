//! Which themes are looked for, and from which ages on: the municipality's own table.

use std::sync::Arc;

use access::{Action, Relation};
use askama::Template;
use engine::{Begun, Broken, Channel, Conn, Fail, Receipt};
use site::{Answer, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::MunicipalityId;

use crate::rules::theme::{Ages, Theme};

/// Keys of what is not looked for, in the order of [`Theme`].
const OFF: [(&str, Theme); 8] = [
    ("theme_off_e8050", Theme::E8050),
    ("theme_off_e9060", Theme::E9060),
    ("theme_off_young_carer", Theme::YoungCarer),
    ("theme_off_double_care", Theme::DoubleCare),
    ("theme_off_rubbish", Theme::Rubbish),
    ("theme_off_hikikomori", Theme::Hikikomori),
    ("theme_off_school_absence", Theme::SchoolAbsence),
    ("theme_off_isolation", Theme::Isolation),
];

/// Keys of the ages, in the order of [`Ages`], and the least of each: a slip of the finger does not make everybody old.
const AGES: [(&str, i64); 7] = [
    ("theme_parent_age", 50),
    ("theme_child_age", 18),
    ("theme_old_parent_age", 60),
    ("theme_old_child_age", 30),
    ("theme_carer_age", 6),
    ("theme_small_age", 0),
    ("theme_alone_age", 18),
];

/// The highest age that can be set.
const MOST: i64 = 120;

/// What is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ThemeSettings {
    off: [bool; 8],
    pub ages: Ages,
}

fn of_ages(ages: &Ages) -> [i64; 7] {
    [ages.parent, ages.child, ages.old_parent, ages.old_child, ages.carer, ages.small, ages.alone]
        .map(i64::from)
}

impl ThemeSettings {
    /// As set; the defaults otherwise.
    pub(crate) async fn load(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Self, Broken> {
        let off = register::numbers(conn, m, OFF.map(|(key, _)| (key, 0))).await?;
        let usual = of_ages(&Ages::default());
        let keys: [(&str, i64); 7] = std::array::from_fn(|i| (AGES[i].0, usual[i]));
        let set = register::numbers(conn, m, keys).await?;
        let [parent, child, old_parent, old_child, carer, small, alone] =
            set.map(|n| u32::try_from(n).unwrap_or(0));
        Ok(Self {
            off: off.map(|n| n == 1),
            ages: Ages { parent, child, old_parent, old_child, carer, small, alone },
        })
    }

    /// Whether a theme is looked for here.
    pub(crate) fn looks_for(&self, theme: Theme) -> bool {
        OFF.iter().zip(self.off).all(|((_, t), off)| *t != theme || !off)
    }

    /// What a change is written against: the same for the same settings.
    fn version(&self) -> i64 {
        let off = self.off.iter().fold(1, |sum, o| sum * 2 + i64::from(*o));
        of_ages(&self.ages).iter().fold(off, |sum, n| (sum * 131 + n) % 1_000_000_007)
    }
}

struct Field {
    name: &'static str,
    word: String,
    value: String,
    default: i64,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "casefile_themes.html")]
struct ThemesPage {
    frame: Frame,
    form: Form,
    version: i64,
    /// Code, word, whether it is looked for.
    themes: Vec<(&'static str, String, bool)>,
    fields: Vec<Field>,
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("which themes are looked for is a setting of the municipality")
}

/// GET /admin/themes
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None).await
}

async fn render(req: &Req, typed: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let now = ThemeSettings::load(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let frame = req.frame();
    let wrong = typed.is_some();
    let mut form = typed.unwrap_or_else(|| {
        let on = Theme::ALL.iter().filter(|t| now.looks_for(**t)).map(|t| ("theme", t.code().to_owned()));
        let ages = AGES.iter().zip(of_ages(&now.ages)).map(|((key, _), n)| (*key, n.to_string()));
        Form::filled(on.chain(ages).collect())
    });
    let chosen: Vec<Theme> = form.codes("theme");
    let fields = AGES
        .iter()
        .zip(of_ages(&Ages::default()))
        .map(|((key, _), default)| Field {
            name: key,
            word: frame.t.code("theme_age", key),
            value: form.value(key).to_owned(),
            default,
            error: form.error(&frame.t, key),
        })
        .collect();
    let themes =
        Theme::ALL.iter().map(|t| (t.code(), frame.t.code("theme_name", t), chosen.contains(t))).collect();
    let page = ThemesPage { version: now.version(), themes, fields, frame, form };
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// POST /admin/themes
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let on: Vec<Theme> = form.codes("theme");
    let mut ages = Vec::new();
    for (key, least) in AGES {
        let typed = form.line(key, Need::Required, 4);
        match words::fold::fold(&typed).trim().parse::<i64>() {
            Ok(n) if (least..=MOST).contains(&n) => ages.push(n),
            _ if typed.is_empty() => {}
            _ => form.problem_with(key, "theme_admin.wrong_age", vec![("from", least.to_string())]),
        }
    }
    if form.has_problems() {
        return render(&req, Some(form)).await;
    }
    let off: Vec<i64> = OFF.iter().map(|(_, t)| i64::from(!on.contains(t))).collect();
    match ctx.act(&req.envelope(), "case.theme_settings", &(&off, &ages)).await? {
        Begun::Before(_) => Ok(Answer::to(link::THEMES, "themes_set", receipt())),
        Begun::New(mut act) => {
            let m = act.municipality();
            let right = access::may(&ctx.viewer, Action::Administer, &Relation::of_no_household())?;
            let now = ThemeSettings::load(&mut act.facts()?, m).await?;
            act.check_version(now.version())?;
            let keys = OFF.map(|(key, _)| key).into_iter().chain(AGES.map(|(key, _)| key));
            for (key, value) in keys.zip(off.iter().chain(&ages)) {
                register::acts::set_setting(&mut act, &right, key, &value.to_string()).await?;
            }
            Ok(Answer::to(link::THEMES, "themes_set", act.commit("").await?))
        }
    }
}
