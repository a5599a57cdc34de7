//! Names of invented people: common surnames and given names, put together by chance.

use crate::dice::Dice;
use crate::model::Gender;

/// Surnames with their readings, the frequent ones first.
const SURNAMES: &str = "佐藤:サトウ 鈴木:スズキ 高橋:タカハシ 田中:タナカ 伊藤:イトウ 渡辺:ワタナベ 山本:ヤマモト 中村:ナカムラ 小林:コバヤシ 加藤:カトウ \
吉田:ヨシダ 山田:ヤマダ 佐々木:ササキ 山口:ヤマグチ 松本:マツモト 井上:イノウエ 木村:キムラ 林:ハヤシ 斎藤:サイトウ 清水:シミズ \
山崎:ヤマザキ 森:モリ 池田:イケダ 橋本:ハシモト 阿部:アベ 石川:イシカワ 山下:ヤマシタ 中島:ナカジマ 石井:イシイ 小川:オガワ \
前田:マエダ 岡田:オカダ 長谷川:ハセガワ 藤田:フジタ 後藤:ゴトウ 近藤:コンドウ 村上:ムラカミ 遠藤:エンドウ 青木:アオキ 坂本:サカモト \
斉藤:サイトウ 福田:フクダ 太田:オオタ 西村:ニシムラ 藤井:フジイ 金子:カネコ 岡本:オカモト 藤原:フジワラ 三浦:ミウラ 中野:ナカノ \
中川:ナカガワ 原田:ハラダ 松田:マツダ 竹内:タケウチ 小野:オノ 田村:タムラ 中山:ナカヤマ 和田:ワダ 石田:イシダ 森田:モリタ \
上田:ウエダ 原:ハラ 柴田:シバタ 酒井:サカイ 工藤:クドウ 横山:ヨコヤマ 宮崎:ミヤザキ 宮本:ミヤモト 内田:ウチダ 高木:タカギ \
安藤:アンドウ 谷口:タニグチ 大野:オオノ 丸山:マルヤマ 今井:イマイ 高田:タカダ 藤本:フジモト 武田:タケダ 村田:ムラタ 上野:ウエノ \
杉山:スギヤマ 増田:マスダ 菅原:スガワラ 平野:ヒラノ 小島:コジマ 千葉:チバ 久保:クボ 松井:マツイ 岩崎:イワサキ 桜井:サクライ \
野口:ノグチ 松尾:マツオ 野村:ノムラ 菊地:キクチ 佐野:サノ 大西:オオニシ 杉本:スギモト 新井:アライ 浜田:ハマダ 吉野:ヨシノ \
菅野:カンノ 市川:イチカワ 水野:ミズノ 小松:コマツ 島田:シマダ 古川:フルカワ 小山:コヤマ 五十嵐:イガラシ 高野:タカノ 吉川:ヨシカワ \
渡部:ワタナベ 渡邉:ワタナベ 渡邊:ワタナベ 齋藤:サイトウ 齊藤:サイトウ 髙橋:タカハシ 山﨑:ヤマザキ 濱田:ハマダ 櫻井:サクライ 嶋田:シマダ \
伊東:イトウ 荻野:オギノ 萩原:ハギワラ 𠮷田:ヨシダ 𠮷川:ヨシカワ 宮﨑:ミヤザキ 髙木:タカギ 髙田:タカダ 澁谷:シブヤ 戸髙:トダカ 國分:コクブ \
平田:ヒラタ 川口:カワグチ 本田:ホンダ 東:ヒガシ 馬場:ババ 中田:ナカタ 川上:カワカミ 永井:ナガイ 矢野:ヤノ 川村:カワムラ \
西田:ニシダ 大塚:オオツカ 星野:ホシノ 関:セキ 岩田:イワタ 吉村:ヨシムラ 樋口:ヒグチ 辻:ツジ 大島:オオシマ 熊谷:クマガイ \
片山:カタヤマ 福島:フクシマ 黒田:クロダ 望月:モチヅキ 永田:ナガタ 栗原:クリハラ 内藤:ナイトウ 松村:マツムラ 堀:ホリ 西川:ニシカワ \
飯島:イイジマ 落合:オチアイ 相沢:アイザワ 小泉:コイズミ 秋元:アキモト 根本:ネモト 石渡:イシワタ 湯川:ユカワ 露木:ツユキ 加瀬:カセ \
曽我:ソガ 諏訪:スワ 真壁:マカベ 梶原:カジワラ 城戸:キド 倉田:クラタ 名取:ナトリ 若林:ワカバヤシ 早川:ハヤカワ 桑原:クワバラ";

/// Ways of writing the same surname that turn up on papers.
const WRITINGS: &[(&str, &[&str])] = &[
    ("斎藤", &["斉藤", "齋藤"]),
    ("斉藤", &["斎藤"]),
    ("齋藤", &["斎藤", "斉藤"]),
    ("齊藤", &["斉藤"]),
    ("渡辺", &["渡邉", "渡邊"]),
    ("渡邉", &["渡辺"]),
    ("渡邊", &["渡辺", "渡邉"]),
    ("渡部", &["渡辺"]),
    ("高橋", &["髙橋"]),
    ("髙橋", &["高橋"]),
    ("山崎", &["山﨑"]),
    ("山﨑", &["山崎"]),
    ("宮﨑", &["宮崎"]),
    ("浜田", &["濱田"]),
    ("濱田", &["浜田"]),
    ("桜井", &["櫻井"]),
    ("櫻井", &["桜井"]),
    ("島田", &["嶋田"]),
    ("嶋田", &["島田"]),
    ("伊藤", &["伊東"]),
    ("菊地", &["菊池"]),
    ("太田", &["大田"]),
    ("中島", &["中嶋"]),
    ("小島", &["小嶋"]),
    ("阿部", &["安部"]),
    ("吉田", &["𠮷田"]),
    ("𠮷田", &["吉田"]),
    ("𠮷川", &["吉川"]),
    ("髙木", &["高木"]),
    ("髙田", &["高田"]),
    ("澁谷", &["渋谷"]),
    ("戸髙", &["戸高"]),
    ("國分", &["国分"]),
    ("荻野", &["萩野"]),
    ("萩原", &["荻原"]),
];

const MEN_OLD: &str = "キヨシ:清,潔 イサム:勇 タダシ:正,忠 ミノル:実,稔 シゲル:茂,滋 マサオ:正雄,昌夫,正夫 カズオ:和夫,一男,和男 ヨシオ:義雄,良夫,芳雄 \
ヒデオ:秀雄,英夫 トシオ:敏夫,俊雄 フミオ:文雄,文夫 マサル:勝,優 ススム:進 オサム:修,治 ノボル:昇,登 イチロウ:一郎 ジロウ:二郎,次郎 サブロウ:三郎 タロウ:太郎 ヤスオ:康夫,靖男 \
ツトム:勉,努 サダオ:貞夫,定雄 テルオ:照夫,輝男 ハルオ:春男,晴雄 ミツオ:光男,満夫 タケオ:武夫,健男 クニオ:邦夫,国男 ノリオ:紀夫,則男";
const MEN_MID: &str = "タケシ:武,健,毅 ヒロシ:博,浩,宏,寛 マコト:誠,真 ケンジ:健二,賢治,憲司 コウジ:浩二,幸司,光司 アキラ:明,章,彰 ユタカ:豊,裕 トオル:徹,透 サトシ:聡,智 \
シンイチ:真一,伸一,慎一 ケイイチ:圭一,恵一 コウイチ:浩一,幸一,孝一 タカシ:隆,孝,崇 カズヤ:和也,一也 テツヤ:哲也,徹也 ツヨシ:剛,強 マナブ:学 ヒデキ:秀樹,英樹 ナオト:直人 ヨシヒロ:義弘,良広 \
マサヒロ:正弘,昌宏 トモアキ:智明,友昭 ヤスシ:康,靖 ジュンイチ:純一,順一 ダイスケ:大輔,大介 タクヤ:拓也,卓也 ナオキ:直樹,直紀 リョウタ:亮太,良太 ケンタ:健太,賢太";
const MEN_YOUNG: &str = "ショウタ:翔太,翔大 ユウタ:裕太,雄太,優太 ハルト:陽翔,晴斗,悠人 レン:蓮,廉 ソウタ:颯太,壮太 ユウト:悠斗,優斗 シュン:駿,俊 カイト:海斗,快斗 リク:陸,凌久 ソラ:空,蒼空 \
ユウマ:悠真,佑真 ハヤト:隼人,颯人 タイガ:大雅,泰雅 コウキ:航輝,光希 ミナト:湊,湊斗 リョウ:涼,遼 イツキ:樹,一樹 アサヒ:朝陽,旭 ナギ:凪 ヒナタ:陽向,日向";
const WOMEN_OLD: &str = "ハル:ハル,はる ヨシコ:良子,芳子,佳子 サチコ:幸子,祥子 カズコ:和子,一子 ヒロコ:弘子,浩子,博子 キミコ:君子,公子 ミチコ:道子,美智子 ハナコ:花子,華子 フミコ:文子,史子 \
ハルコ:春子,晴子 フユコ:冬子 ミヨコ:美代子,三代子 チヨコ:千代子 キヨコ:清子 セツコ:節子 タカコ:孝子,貴子 テルコ:照子 マサコ:正子,雅子,昌子 ユキコ:雪子,幸子 ウメ:梅,うめ \
トメ:とめ,トメ イト:いと,糸 ミツ:みつ,光 スミコ:澄子 トシコ:敏子,俊子 サダコ:貞子 キクエ:菊枝 フサ:フサ,房 シズエ:静江 ヤエコ:八重子 ナツ:ナツ";
const WOMEN_MID: &str = "ケイコ:恵子,敬子,桂子 ノリコ:典子,紀子,則子 ユウコ:優子,裕子,祐子 ヨウコ:洋子,陽子,容子 ナオミ:直美,尚美 アケミ:明美,朱美 マユミ:真由美,真弓 ユミコ:由美子,弓子 クミコ:久美子 \
エミコ:恵美子,笑子 トモコ:智子,朋子,知子 アキコ:秋子,明子,亜希子 メグミ:恵,愛美 カオリ:香織,香,佳織 ミホ:美穂,美保 チエコ:千恵子,智恵子 ジュンコ:順子,純子 レイコ:玲子,礼子 ヒトミ:瞳,仁美 \
サユリ:小百合 ミカ:美香,美佳 ユカリ:ゆかり,由香里 リエ:理恵,里絵 アヤカ:綾香,彩香,彩花 マイ:舞,麻衣 サトミ:里美,聡美 アイ:愛,藍";
const WOMEN_YOUNG: &str = "サクラ:桜,さくら,咲良 ハナ:花,華,はな ユイ:結衣,唯,由衣 アオイ:葵,碧 ヒナ:陽菜,日菜 ミサキ:美咲,岬 リコ:莉子,理子 メイ:芽依,芽生 スズ:鈴,すず ミオ:美桜,澪 \
リン:凛,鈴 コハル:小春,心春 ノア:乃愛 ユナ:結菜,優奈 マオ:真央,茉央 ツムギ:紬,つむぎ カノン:花音,奏音 アカリ:明里,朱莉 ミユ:美結,心結 カエデ:楓 ナナミ:七海,菜々美";

/// Names as written with their readings.
type Pairs = &'static [(&'static str, &'static str)];

/// Given names of foreign residents with a reading, by language; the surname comes from the same line.
const FOREIGN: &[(&str, &str, Pairs, Pairs, Pairs)] = &[
    (
        "vi",
        "ベトナム語",
        &[("グエン", "グエン"), ("チャン", "チャン"), ("レ", "レ"), ("ファム", "ファム")],
        &[
            ("ヴァン・ミン", "ヴァン ミン"),
            ("クアン・フイ", "クアン フイ"),
            ("ドゥック", "ドゥック"),
            ("タイン", "タイン"),
        ],
        &[
            ("ティ・ホア", "ティ ホア"),
            ("ティ・ラン", "ティ ラン"),
            ("トゥイ", "トゥイ"),
            ("ティ・マイ", "ティ マイ"),
        ],
    ),
    (
        "es",
        "スペイン語",
        &[("ロドリゲス", "ロドリゲス"), ("ガルシア", "ガルシア"), ("カスティージョ", "カスティージョ")],
        &[("ホセ", "ホセ"), ("ルイス", "ルイス"), ("ディエゴ", "ディエゴ")],
        &[("マリア", "マリア"), ("ルシア", "ルシア"), ("ローサ", "ローサ")],
    ),
    (
        "pt",
        "ポルトガル語",
        &[("シルバ", "シルバ"), ("オリベイラ", "オリベイラ"), ("ソウザ", "ソウザ")],
        &[("ブルーノ", "ブルーノ"), ("チアゴ", "チアゴ"), ("パウロ", "パウロ")],
        &[("アナ", "アナ"), ("ジュリアナ", "ジュリアナ"), ("カミラ", "カミラ")],
    ),
    (
        "zh",
        "中国語",
        &[("王", "オウ"), ("李", "リ"), ("張", "チョウ"), ("劉", "リュウ")],
        &[("浩然", "コウゼン"), ("偉", "イ"), ("志強", "シキョウ")],
        &[("麗", "レイ"), ("雪梅", "セツバイ"), ("静", "セイ")],
    ),
    (
        "tl",
        "タガログ語",
        &[("サントス", "サントス"), ("クルス", "クルス"), ("レイエス", "レイエス")],
        &[("ジョン", "ジョン"), ("マーク", "マーク"), ("カルロ", "カルロ")],
        &[("グレース", "グレース"), ("ジョイ", "ジョイ"), ("マリセル", "マリセル")],
    ),
    (
        "ne",
        "ネパール語",
        &[("タマン", "タマン"), ("グルン", "グルン"), ("ライ", "ライ")],
        &[("ビカス", "ビカス"), ("スマン", "スマン"), ("ラジェシュ", "ラジェシュ")],
        &[("シタ", "シタ"), ("アスミタ", "アスミタ"), ("プジャ", "プジャ")],
    ),
];

/// A surname with its reading.
pub type Surname = (&'static str, &'static str);

/// The name lists, split once.
pub struct Names {
    surnames: Vec<(Surname, u32)>,
    given: [Vec<(&'static str, &'static str)>; 6],
}

impl Names {
    /// Splits the lists.
    pub fn new() -> Self {
        let surnames = SURNAMES
            .split_whitespace()
            .filter_map(|entry| entry.split_once(':'))
            .enumerate()
            .map(|(rank, name)| (name, 12_000 / (u32::try_from(rank).unwrap_or(0) + 12)))
            .collect();
        let given = [MEN_OLD, MEN_MID, MEN_YOUNG, WOMEN_OLD, WOMEN_MID, WOMEN_YOUNG].map(split_given);
        Self { surnames, given }
    }

    /// A surname, the frequent ones more often.
    pub fn surname(&self, dice: &mut Dice) -> Surname {
        dice.weighted(&self.surnames)
    }

    /// A given name as written and its reading, after the fashion of the year of birth.
    pub fn given(&self, dice: &mut Dice, gender: Gender, year: i32) -> (&'static str, &'static str) {
        let era = match year {
            ..1953 => 0,
            1953..1993 => 1,
            _ => 2,
        };
        let list = if gender == Gender::Female { era + 3 } else { era };
        *dice.pick(&self.given[list])
    }
}

/// A line of the list of languages: code, name and the surname drawn for a family.
pub struct ForeignFamily {
    /// BCP 47 code.
    pub language: &'static str,
    /// The surname.
    pub surname: Surname,
    line: usize,
}

/// Draws a family whose first language is not Japanese.
pub fn foreign_family(dice: &mut Dice) -> ForeignFamily {
    let line = dice.index(FOREIGN.len());
    ForeignFamily { language: FOREIGN[line].0, surname: *dice.pick(FOREIGN[line].2), line }
}

impl ForeignFamily {
    /// A given name within the family.
    pub fn given(&self, dice: &mut Dice, gender: Gender) -> (&'static str, &'static str) {
        let entry = &FOREIGN[self.line];
        *dice.pick(if gender == Gender::Female { entry.4 } else { entry.3 })
    }
}

/// The name of a language in Japanese.
pub fn language_name(code: &str) -> &'static str {
    FOREIGN.iter().find(|entry| entry.0 == code).map_or("日本語", |entry| entry.1)
}

/// Other writings of a surname.
pub fn writings(surname: &str) -> &'static [&'static str] {
    WRITINGS.iter().find(|(name, _)| *name == surname).map_or(&[], |(_, others)| others)
}

fn split_given(list: &'static str) -> Vec<(&'static str, &'static str)> {
    list.split_whitespace()
        .filter_map(|entry| entry.split_once(':'))
        .flat_map(|(reading, written)| written.split(',').map(move |name| (name, reading)))
        .collect()
}

/// Spells katakana in Latin letters for a login, without marks for long vowels.
pub fn romaji(katakana: &str) -> String {
    const TABLE: &str = "キャ:kya キュ:kyu キョ:kyo シャ:sha シュ:shu ショ:sho チャ:cha チュ:chu チョ:cho ニャ:nya ヒョ:hyo リャ:rya リュ:ryu リョ:ryo ジャ:ja ジュ:ju ジョ:jo ギョ:gyo \
ア:a イ:i ウ:u エ:e オ:o カ:ka キ:ki ク:ku ケ:ke コ:ko サ:sa シ:shi ス:su セ:se ソ:so タ:ta チ:chi ツ:tsu テ:te ト:to ナ:na ニ:ni ヌ:nu ネ:ne ノ:no ハ:ha ヒ:hi フ:fu ヘ:he ホ:ho \
マ:ma ミ:mi ム:mu メ:me モ:mo ヤ:ya ユ:yu ヨ:yo ラ:ra リ:ri ル:ru レ:re ロ:ro ワ:wa ン:n ガ:ga ギ:gi グ:gu ゲ:ge ゴ:go ザ:za ジ:ji ズ:zu ゼ:ze ゾ:zo ダ:da ヂ:ji ヅ:zu デ:de ド:do \
バ:ba ビ:bi ブ:bu ベ:be ボ:bo パ:pa ピ:pi プ:pu ペ:pe ポ:po";
    let mut out = String::new();
    let mut rest = katakana;
    while !rest.is_empty() {
        let hit = TABLE
            .split_whitespace()
            .filter_map(|entry| entry.split_once(':'))
            .find_map(|(kana, latin)| rest.strip_prefix(kana).map(|left| (left, latin)));
        if let Some((left, latin)) = hit {
            out.push_str(latin);
            rest = left;
        } else {
            // A small っ or a mark of length adds nothing to a login.
            rest = rest.char_indices().nth(1).map_or("", |(at, _)| &rest[at..]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_logins() {
        assert_eq!(romaji("キノシタ"), "kinoshita");
        assert_eq!(romaji("ショウコ"), "shouko");
    }
}
