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
