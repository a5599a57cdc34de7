//! # Kanji variants
//! One representative, the common modern form, for the old, popular and personal forms of a kanji that are
//! met in Japanese names and addresses. Used for search keys only; what is stored keeps its exact characters
//! (domain section 6, requirement Q10).
//!
//! The list is our own, made for finding people: it folds what people confuse at a counter. So 斎 and 斉 fold
//! together although they are officially different characters, and so do 園 and 薗. Characters that make a
//! different name in everyday use stay apart: 太/大, 池/地, 東/藤, 坂/阪, 川/河, 荻/萩, 畑/畠.
//!
//! Compatibility ideographs (U+F900 to U+FAFF) are not listed when Unicode normalisation already folds them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Forms met most often in family names.
const FAMILY_NAMES: &str = "
    高髙 崎﨑嵜㟢 浜濱濵 辺邊邉 斎齋斉齊亝 沢澤 国國圀囯 広廣 桜櫻 島嶋嶌㠀 徳德 恵惠 柳栁桺 瀬瀨 薮藪籔
    篭籠 真眞 栄榮 寿壽 竜龍⻯ 富冨 吉𠮷 橋槗𣘺 昇曻 曽曾 万萬 与與 条條 学學斈 円圓 宝寶寳 将將 磯礒 野埜㙒
    岳嶽 浅淺 滝瀧 渋澁澀 鉄鐵銕鐡 駅驛 峰峯 船舩 館舘 淵渕渊 桑桒 松枩柗 桧檜 園薗 秋穐秌 村邨 栃杤
    剣劍劒劔釼剱 角⻆ 鶴靏靍鸖 窪漥 柏栢 槙槇 土圡𡈽 脇𦚰 関關 塩鹽 縄繩 蔵藏 豊豐 弥彌 桝枡 杉杦 梅楳
    巌巖巗 喜㐂憙 功㓛 潔㓗 湧涌 隣鄰 遥遙 煕熙熈 彦彥 戸戶户 尚尙 郷鄕 強强 穂穗 頼賴 黒黑 黄黃⻩ 亀龜⻲
    来來 礼禮 寛寬 亘亙 尭堯 晃晄 昂昻 留畄畱 祢禰袮 芦蘆 壷壺 鯵鰺 鴬鶯 頬頰 麺麵 鴎鷗 莱萊 焔焰 潅灌 諌諫
    竃竈 砺礪 涛濤 祷禱 梼檮 繋繫 蝉蟬 蝋蠟 穎頴 釜釡 雁鴈 裏裡 鎌鐮 輌輛 迩邇 爾尓尒 卯夘戼 凡凢 刃刄 卒卆
    世卋丗 呂吕 多夛 紙帋 協恊 携擕 柿柹 毘毗 床牀 皐皋 研硏 稟禀 奇竒 競竸 綿緜 纏纒 缶罐 婿聟 肇肈 菟莵
    萼蕚 蛇虵 解觧 讃讚 質貭 遠逺 醤醬 鉤鈎 鎖鎻 鑑鑒 閉閇 陰隂 鳳鳯 鵝鵞 闊濶 略畧 嘗甞 往徃 珍珎 庵菴 場塲
    蓑簑 臥卧 群羣 耕畊 窓窗窻 竪豎 畝畆 夢梦 幹榦 槍鎗 凛凜 萌萠 瑶瑤 傑杰 明朙 最㝡 長镸⻑ 間閒 縁緣 氷冰
    沖冲 涼凉 産產 歳歲 暦曆 歴歷 温溫 清淸 姉姊 悦悅 朗朖 閲閱 税稅 説說 鋭銳 脱脫 郎郞 録錄 禄祿 緑綠
";

/// Characters from radical blocks, as text copied out of PDF files carries them.
const RADICALS: &str = "
    青靑⻘ 西⻄ 麦麥⻨ 民⺠ 歯齒⻭ 虎⻁ 食⻝
";

/// Old forms of the characters in ordinary use, in the order of their readings.
const OLD_FORMS: &str = "
    亜亞 悪惡 圧壓 囲圍 為爲 医醫 壱壹弌 稲稻 隠隱 営營 衛衞 艶艷 奥奧 応應 欧歐 殴毆 横橫 穏穩 仮假 価價
    画畫 会會 壊壞 懐懷 絵繪 拡擴 殻殼 覚覺 楽樂 巻卷 陥陷 観觀 顔顏 帰歸 気氣 偽僞 戯戲 犠犧 旧舊 拠據
    挙擧舉 虚虛 峡峽 挟挾 狭狹 教敎 暁曉 区區 駆驅 勲勳 薫薰 径徑 茎莖 渓溪 経經 継繼 鶏鷄雞 芸藝 撃擊 県縣
    倹儉 険險 圏圈 検檢 献獻 権權 顕顯 験驗 厳嚴 効效 恒恆 鉱鑛礦砿 号號 済濟 砕碎 剤劑 雑雜 桟棧 蚕蠶 惨慘
    賛贊 残殘 糸絲 児兒 辞辭 湿濕 実實宲 写寫冩 舎舍 釈釋 収收 従從 獣獸 縦縱 粛肅 処處 緒緖 叙敍敘 称稱
    渉涉 焼燒 証證 奨奬獎 状狀 乗乘 浄淨 剰剩 畳疊疂 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 慎愼 寝寢 尽盡 図圖 粋粹
    酔醉 随隨 髄髓 枢樞 数數 声聲 静靜 摂攝 窃竊 専專 戦戰 銭錢 践踐 繊纖 潜潛 禅禪 双雙 壮壯 荘莊 捜搜 巣巢
    増增 装裝 総總 聡聰 臓臟 属屬 続續 堕墮 対對 体體軆躰 帯帶 滞滯 台臺 択擇 単單 担擔 胆膽 団團 弾彈 断斷
    遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 聴聽 徴徵 勅敕 鎮鎭 逓遞 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 闘鬪 独獨 読讀
    届屆 弐貳弍 悩惱 脳腦 拝拜 廃廢 売賣 発發 髪髮 抜拔 蛮蠻 秘祕 仏佛 払拂 並竝 変變 弁辨瓣辯 舗舖 歩步
    没沒 翻飜 毎每 満滿 黙默 訳譯 薬藥 予豫 余餘 誉譽 揺搖 様樣 謡謠 乱亂 覧覽 両兩 猟獵 塁壘 涙淚泪 励勵
    隷隸 霊靈 齢齡 恋戀 炉爐 労勞 楼樓 湾灣 穣穰 蛍螢 騒騷 蝿蠅 侭儘 鹸鹼 顛顚 填塡 痩瘦 掴摑 箪簞 噛嚙 曳曵
    賎賤 飲飮 勧勸 歓歡 曁暨 冴冱 厨廚 厩廐廏 喩喻 峨峩 崖崕 幇幫 廻迴 悳惪 晋晉 晩晚 概槪 欝鬱 瓶甁 疎疏
    蒋蔣 醗醱 餠餅 駄馱 騨驒 麹麴 鼠鼡
";

/// Every group: the representative first, then its variants.
fn groups() -> impl Iterator<Item = &'static str> {
    [FAMILY_NAMES, RADICALS, OLD_FORMS].into_iter().flat_map(str::split_whitespace)
}

static REPRESENTATIVES: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for group in groups() {
        let mut members = group.chars();
        if let Some(representative) = members.next() {
            map.extend(members.map(|variant| (variant, representative)));
        }
    }
    map
});

/// The representative of a kanji: the character itself when it is no known variant (requirement Q10).
pub fn representative(kanji: char) -> char {
    REPRESENTATIVES.get(&kanji).copied().unwrap_or(kanji)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_character_stands_in_one_place() {
        let mut seen = HashSet::new();
        for member in groups().flat_map(str::chars) {
            assert!(seen.insert(member), "{member} is listed twice");
        }
        assert!(REPRESENTATIVES.len() > 400, "only {} variants", REPRESENTATIVES.len());
    }

    #[test]
    fn every_character_survives_normalisation() {
        // A listed character that normalisation changes would never be looked up.
        for member in groups().flat_map(str::chars) {
            assert_eq!(member.nfkc().collect::<String>(), member.to_string());
        }
    }

    #[test]
    fn different_names_stay_apart() {
        for pair in ["太大", "池地", "東藤", "坂阪", "川河", "荻萩", "畑畠", "岩巌", "原源"]
        {
            let representatives: HashSet<char> = pair.chars().map(representative).collect();
            assert_eq!(representatives.len(), 2, "{pair}");
        }
    }
}
