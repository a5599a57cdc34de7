//! Style sheet, script and mark: embedded, named by their content so that they can be kept for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// One embedded file.
pub struct Asset {
    /// Its URL, which changes with its content.
    pub url: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

fn asset(name: &str, ext: &str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = Sha256::digest(bytes);
    let short = engine::hex(&hash[..6]);
    Asset { url: format!("/assets/{name}.{short}.{ext}"), media_type, bytes }
}

/// The style sheet.
pub static CSS: LazyLock<Asset> =
    LazyLock::new(|| asset("app", "css", "text/css; charset=utf-8", include_bytes!("../assets/app.css")));
/// The script: small helps; every page works without it.
pub static JS: LazyLock<Asset> = LazyLock::new(|| {
    asset("app", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js"))
});
/// The mark.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));
