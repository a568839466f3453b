//! Many files as one: a gzip stream over `name length, name, content length, content` with lengths
//! in 32 bits, little-endian. It holds the embedded demo and is no archive format.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// The files as one compressed piece.
pub fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut plain = Vec::new();
    for (name, content) in files {
        for part in [name.as_bytes(), content] {
            plain.extend((part.len() as u32).to_le_bytes());
            plain.extend(part);
        }
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = gzip.write_all(&plain);
    gzip.finish().unwrap_or_default()
}

/// The files of a pack, in their order; what is damaged or cut off is left out.
pub(super) fn unpack(packed: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut plain = Vec::with_capacity(packed.len() * 6);
    if GzDecoder::new(packed).read_to_end(&mut plain).is_err() {
        return Vec::new();
    }
    let mut rest = plain.as_slice();
    let mut files = Vec::new();
    while let (Some(name), Some(content)) = (part(&mut rest), part(&mut rest)) {
        files.push((String::from_utf8_lossy(name).into_owned(), content.to_vec()));
    }
    files
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let files = vec![
            ("a.csv".to_owned(), b"x,y\n1,2\n".to_vec()),
            ("空.csv".to_owned(), Vec::new()),
        ];
        assert_eq!(unpack(&pack(&files)), files);
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = pack(&[("a".to_owned(), vec![7; 1000])]);
        assert!(unpack(&whole[..whole.len() / 2]).is_empty());
        assert!(unpack(b"no gzip").is_empty());
        let mut short: &[u8] = &[9, 0, 0, 0, 1];
        assert_eq!(part(&mut short), None);
    }
}
