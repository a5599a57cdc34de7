//! What a photograph says beside the picture is left out before it is kept: where it was taken would tell a sheltered address
//! (disclosure rule 4), and with which device tells whose it is.
//!
//! Written here because the libraries that edit such files keep whatever lies behind the picture's end, where cameras put
//! further pictures with their own places.

use crate::rules::MediaType;

/// The file without what a camera or an editor wrote into it beside the picture; `None` when it is not whole. A PDF is left
/// as it is: it says who wrote it, never where.
pub fn without_origin(media: MediaType, bytes: &[u8]) -> Option<Vec<u8>> {
    match media {
        MediaType::Pdf => Some(bytes.to_vec()),
        MediaType::Jpeg => jpeg(bytes),
        MediaType::Png => png(bytes),
    }
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP1: u8 = 0xe1;

/// Segment by segment up to the picture's end (ITU-T T.81 annex B).
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, SOI])?;
    let mut out = vec![0xff, SOI];
    loop {
        let marker;
        (marker, rest) = next_marker(rest)?;
        match marker {
            EOI => {
                out.extend([0xff, EOI]);
                return Some(out);
            }
            0x01 | 0xd0..=0xd7 => out.extend([0xff, marker]),
            _ => {
                let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
                let (segment, after) = rest.split_at_checked(length)?;
                let content = segment.get(2..)?;
                rest = after;
                if keeps(marker, content) {
                    out.extend([0xff, marker]);
                    out.extend(segment);
                } else if let (APP1, Some(turned)) = (marker, orientation(content)) {
                    out.extend(only_orientation(turned));
                }
                if marker == SOS {
                    let scan = scan_length(rest)?;
                    out.extend(&rest[..scan]);
                    rest = &rest[scan..];
                }
            }
        }
    }
}

/// The next marker, and what follows it. Any number of 0xff may stand before it.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let fill = bytes.iter().take_while(|b| **b == 0xff).count();
    if fill == 0 {
        return None;
    }
    Some((*bytes.get(fill)?, &bytes[fill + 1..]))
}

/// How long the picture's data is: up to a marker that is neither a stuffed zero nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|w| w[0] == 0xff && !matches!(w[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// Of what applications add, only what the picture's colours need.
fn keeps(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe0 => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        // The other application segments, and comments.
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

/// How the camera was held (Exif tag 0x0112), if it says so: without it a photograph would lie on its side.
fn orientation(content: &[u8]) -> Option<u8> {
    let tiff = content.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let two = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| -> Option<usize> {
        let (a, b) = (short(at)?, short(at + 2)?);
        let (high, low) = if little { (b, a) } else { (a, b) };
        Some(usize::from(high) << 16 | usize::from(low))
    };
    let directory = long(4)?;
    let count = usize::from(short(directory)?);
    let field = (0..count).map(|n| directory + 2 + n * 12).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(field + 8)?).ok().filter(|turned| (2..=8).contains(turned))
}

/// A segment that says nothing but how the camera was held.
fn only_orientation(turned: u8) -> [u8; 36] {
    let mut segment = [0; 36];
    segment[..10].copy_from_slice(b"\xff\xe1\x00\x22Exif\0\0");
    segment[10..28].copy_from_slice(b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01");
    segment[29] = turned;
    segment
}

/// Chunk by chunk up to the end, those alone that the picture needs (PNG, third edition, section 11).
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
    const KEPT: [&[u8]; 12] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs",
        b"bKGD",
    ];
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut out = SIGNATURE.to_vec();
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        let whole = usize::try_from(length).ok()?.checked_add(12)?;
        let (chunk, after) = rest.split_at_checked(whole)?;
        rest = after;
        let kind = &chunk[4..8];
        if KEPT.contains(&kind) {
            out.extend(chunk);
        }
        if kind == b"IEND" {
            return Some(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker][..], &length, content].concat()
    }

    /// A photograph as a camera writes it: `little` says in which order of bytes.
    fn photograph(turned: u8, little: bool) -> Vec<u8> {
        let tiff: Vec<u8> = if little {
            let head = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
            [head, vec![turned, 0, 0, 0, 0, 0, 0, 0]].concat()
        } else {
            let head = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
            [head, vec![0, turned, 0, 0, 0, 0, 0, 0]].concat()
        };
        let exif = [b"Exif\0\0".to_vec(), tiff, b"GPS 35.339 139.490".to_vec()].concat();
        [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0\x01\x02"),
            segment(0xe1, &exif),
            segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x>GPS</x>"),
            segment(0xe2, b"MPF\0GPS"),
            segment(0xed, b"Photoshop 3.0\0GPS"),
            segment(0xfe, b"GPS"),
            segment(0xc4, b"table \xff\xd9 in a table"),
            segment(0xda, b"head"),
            b"picture\xff\x00data\xff\xd0more".to_vec(),
            vec![0xff, 0xd9],
            b"\xff\xd8 a second picture with its GPS\xff\xd9".to_vec(),
        ]
        .concat()
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|w| w == what)
    }

    #[test]
    fn a_photograph_keeps_its_picture_and_loses_its_place() {
        for little in [false, true] {
            let clean = without_origin(MediaType::Jpeg, &photograph(6, little)).unwrap();
            assert!(!holds(&clean, b"GPS"));
            for kept in [&b"JFIF"[..], b"in a table", b"picture\xff\x00data\xff\xd0more\xff\xd9"] {
                assert!(holds(&clean, kept));
            }
            assert!(clean.ends_with(b"more\xff\xd9"));
            assert_eq!(orientation(&clean[17..]), Some(6), "how it was held");
            assert_eq!(
                without_origin(MediaType::Jpeg, &clean).unwrap(),
                clean,
                "a second time changes nothing"
            );
            assert!(!holds(&without_origin(MediaType::Jpeg, &photograph(1, little)).unwrap(), b"Exif"));
        }
        assert_eq!(without_origin(MediaType::Jpeg, b"\xff\xd8\xff\xe0 something"), None);
        assert_eq!(without_origin(MediaType::Jpeg, &photograph(6, true)[..200]), None);
    }

    fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], kind, content, b"crc!"].concat()
    }

    #[test]
    fn a_png_keeps_its_picture_and_loses_its_texts() {
        let parts: &[(&[u8], &[u8])] = &[
            (b"IHDR", b"head"),
            (b"eXIf", b"GPS"),
            (b"tEXt", b"GPS"),
            (b"IDAT", b"picture"),
            (b"IEND", b""),
        ];
        let chunks: Vec<u8> = parts.iter().flat_map(|(k, c)| chunk(k, c)).collect();
        let file = [b"\x89PNG\r\n\x1a\n", &chunks[..], b"GPS behind"].concat();
        let clean = without_origin(MediaType::Png, &file).unwrap();
        assert!(!holds(&clean, b"GPS") && holds(&clean, b"picture") && clean.ends_with(b"IENDcrc!"));
        assert_eq!(without_origin(MediaType::Png, &clean).unwrap(), clean);
        assert_eq!(without_origin(MediaType::Png, &file[..30]), None);
    }

    proptest! {
        #[test]
        fn no_file_makes_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let jpeg = [&[0xff, 0xd8, 0xff][..], &bytes].concat();
            let png = [b"\x89PNG\r\n\x1a\n", &bytes[..]].concat();
            for (media, file) in [(MediaType::Jpeg, jpeg), (MediaType::Png, png)] {
                if let Some(clean) = without_origin(media, &file) {
                    prop_assert!(clean.len() <= file.len() + 36);
                }
            }
        }
    }
}
