//! Many files as one: for each file `name length, name, pieces`, then each piece as `length, gzip
//! stream`, with numbers in 32 bits, little-endian. It holds the embedded demo and is no archive
//! format.
//!
//! Every file can be had without the others, and the pieces of a long one are inflated side by
//! side: the tables of the demo are on the screen before its log is inflated.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;

/// Bytes of a file that are compressed together.
const PIECE: usize = 1 << 20;

/// The files as one piece of bytes.
pub fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut packed = Vec::new();
    for (name, content) in files {
        push(&mut packed, name.as_bytes());
        let pieces: Vec<&[u8]> = content.chunks(PIECE).collect();
        packed.extend((pieces.len() as u32).to_le_bytes());
        for piece in pieces {
            push(&mut packed, &deflate(piece));
        }
    }
    packed
}

fn push(packed: &mut Vec<u8>, part: &[u8]) {
    packed.extend((part.len() as u32).to_le_bytes());
    packed.extend(part);
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = gzip.write_all(plain);
    gzip.finish().unwrap_or_default()
}

/// The wanted files of a pack, in their order; what is damaged or cut off is left out.
pub(super) fn unpack(packed: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let found = entries(packed).into_iter();
    let found = found.filter(|(name, _)| wanted(name));
    let files: Vec<(String, Vec<&[u8]>)> = found.collect();
    let inflated = files.into_par_iter().map(|(name, pieces)| {
        let plain: Option<Vec<Vec<u8>>> = pieces.into_par_iter().map(inflate).collect();
        Some((name, plain?.concat()))
    });
    let inflated: Vec<Option<(String, Vec<u8>)>> = inflated.collect();
    inflated.into_iter().flatten().collect()
}

/// Names and compressed pieces, as far as the pack is whole.
fn entries(packed: &[u8]) -> Vec<(String, Vec<&[u8]>)> {
    let mut rest = packed;
    let mut found = Vec::new();
    while let Some(entry) = entry(&mut rest) {
        found.push(entry);
    }
    found
}

fn entry<'a>(rest: &mut &'a [u8]) -> Option<(String, Vec<&'a [u8]>)> {
    let name = part(rest)?;
    let pieces = number(rest)?;
    let pieces: Option<Vec<&[u8]>> = (0..pieces).map(|_| part(rest)).collect();
    Some((String::from_utf8_lossy(name).into_owned(), pieces?))
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut after = *rest;
    let length = number(&mut after)?;
    let (part, after) = after.split_at_checked(length as usize)?;
    *rest = after;
    Some(part)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_le_bytes(*number))
}

/// A piece inflated; `None` when it is damaged.
fn inflate(piece: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(PIECE);
    let limit = PIECE as u64 + 1;
    GzDecoder::new(piece)
        .take(limit)
        .read_to_end(&mut plain)
        .ok()?;
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![
            ("a.csv".to_owned(), b"x,y\n1,2\n".to_vec()),
            ("空.csv".to_owned(), Vec::new()),
            (
                "long.csv".to_owned(),
                (0..PIECE * 2 + 5).map(|i| (i * i) as u8).collect(),
            ),
        ]
    }

    #[test]
    fn what_goes_in_comes_out() {
        assert!(unpack(&pack(&files()), |_| true) == files());
    }

    #[test]
    fn a_file_can_be_had_without_the_others() {
        let found = unpack(&pack(&files()), |name| name == "a.csv");
        assert!(found == files()[..1]);
    }

    #[test]
    fn damage_is_no_panic() {
        let whole = pack(&files());
        let cut = unpack(&whole[..whole.len() - 1], |_| true);
        assert!(cut == files()[..2], "the file that is cut off is left out");
        let mut damaged = whole.clone();
        damaged[20] ^= 0xff;
        assert!(unpack(&damaged, |_| true).len() < 3);
        assert!(unpack(b"no pack", |_| true).is_empty());
        let mut short: &[u8] = &[9, 0, 0, 0, 1];
        assert_eq!(part(&mut short), None);
        let endless = [1, 0, 0, 0, b'a', 0xff, 0xff, 0xff, 0xff];
        assert!(unpack(&endless, |_| true).is_empty());
    }
}
