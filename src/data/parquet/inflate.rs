//! Inflates pages. No page grows beyond the size that its header declares, whatever its bytes say.

use std::io::Read;

use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};

/// Appends what the bytes inflate to, which must be exactly `size` bytes.
pub(super) fn inflate(
    codec: Compression,
    bytes: &[u8],
    size: usize,
    into: &mut Vec<u8>,
) -> Result<()> {
    let before = into.len();
    match codec {
        Compression::UNCOMPRESSED => into.extend_from_slice(bytes),
        Compression::SNAPPY => snappy(bytes, size, into)?,
        Compression::GZIP(_) => {
            let inflated = flate2::read::MultiGzDecoder::new(bytes);
            inflated.take(size as u64 + 1).read_to_end(into)?;
        }
        Compression::ZSTD(_) => {
            let inflated = zstd::bulk::decompress(bytes, size)?;
            into.extend_from_slice(&inflated);
        }
        Compression::LZ4_RAW => lz4(bytes, size, into)?,
        Compression::LZ4 => hadoop(bytes, size, into)?,
        other => {
            let what = format!("the compression {other} is not supported");
            return Err(ParquetError::NYI(what));
        }
    }
    if into.len() - before == size {
        Ok(())
    } else {
        Err(wrong_size())
    }
}

fn wrong_size() -> ParquetError {
    ParquetError::General("a page does not inflate to the declared size".into())
}

fn snappy(bytes: &[u8], size: usize, into: &mut Vec<u8>) -> Result<()> {
    let outer = |fault: snap::Error| ParquetError::External(Box::new(fault));
    if snap::raw::decompress_len(bytes).map_err(outer)? != size {
        return Err(wrong_size());
    }
    let before = into.len();
    into.resize(before + size, 0);
    let room = into.get_mut(before..).unwrap_or_default();
    snap::raw::Decoder::new()
        .decompress(bytes, room)
        .map_err(outer)?;
    Ok(())
}

fn lz4(bytes: &[u8], size: usize, into: &mut Vec<u8>) -> Result<()> {
    // A byte of a block stands for at most 255 bytes.
    if size > bytes.len().saturating_mul(256) {
        return Err(wrong_size());
    }
    let before = into.len();
    into.resize(before + size, 0);
    let room = into.get_mut(before..).unwrap_or_default();
    let done = lz4_flex::block::decompress_into(bytes, room)
        .map_err(|fault| ParquetError::External(Box::new(fault)))?;
    into.truncate(before + done);
    Ok(())
}

/// The old form: blocks with both sizes before them. Some writers left the sizes out.
fn hadoop(bytes: &[u8], size: usize, into: &mut Vec<u8>) -> Result<()> {
    let before = into.len();
    let mut rest = bytes;
    while let Some((block, inflated, after)) = hadoop_block(rest) {
        if into.len() - before + inflated > size || lz4(block, inflated, into).is_err() {
            break;
        }
        rest = after;
    }
    if rest.is_empty() && into.len() - before == size {
        return Ok(());
    }
    into.truncate(before);
    lz4(bytes, size, into)
}

/// A block, its inflated size, and what follows.
fn hadoop_block(bytes: &[u8]) -> Option<(&[u8], usize, &[u8])> {
    let (inflated, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (block, after) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((block, u32::from_be_bytes(*inflated) as usize, after))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(codec: Compression, bytes: &[u8], size: usize) -> Option<Vec<u8>> {
        let mut into = b"before".to_vec();
        inflate(codec, bytes, size, &mut into).ok()?;
        Some(into.split_off(6))
    }

    #[test]
    fn a_page_has_the_size_that_it_declares() {
        let page = b"abcabcabcabc".repeat(100);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&page).unwrap();
        let raw = lz4_flex::block::compress(&page);
        let mut framed = 1200u32.to_be_bytes().to_vec();
        framed.extend((raw.len() as u32).to_be_bytes());
        framed.extend(&raw);
        let cases = [
            (Compression::UNCOMPRESSED, page.clone()),
            (
                Compression::SNAPPY,
                snap::raw::Encoder::new().compress_vec(&page).unwrap(),
            ),
            (
                Compression::GZIP(parquet::basic::GzipLevel::default()),
                gzip.finish().unwrap(),
            ),
            (
                Compression::ZSTD(parquet::basic::ZstdLevel::default()),
                zstd::bulk::compress(&page, 1).unwrap(),
            ),
            (Compression::LZ4_RAW, raw.clone()),
            (Compression::LZ4, framed),
            (Compression::LZ4, raw),
        ];
        for (codec, bytes) in cases {
            assert_eq!(read(codec, &bytes, 1200).as_ref(), Some(&page), "{codec}");
            for wrong in [0, 1199, 1201, 1 << 30] {
                assert_eq!(read(codec, &bytes, wrong), None, "{codec} {wrong}");
            }
            assert_eq!(
                read(codec, &bytes[..bytes.len() - 1], 1200),
                None,
                "{codec}"
            );
        }
        assert_eq!(read(Compression::LZO, b"x", 1), None);
    }

    #[test]
    fn a_bomb_stops_at_the_declared_size() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&vec![0; 64 << 20]).unwrap();
        let bomb = gzip.finish().unwrap();
        let mut into = Vec::new();
        let codec = Compression::GZIP(parquet::basic::GzipLevel::default());
        assert!(inflate(codec, &bomb, 1000, &mut into).is_err());
        assert!(into.capacity() < 1 << 16);
    }
}
