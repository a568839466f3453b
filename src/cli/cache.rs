//! `fastdeck cache`: the caches that are there, one written on request, or all of them removed.

use std::path::Path;
use std::time::Duration;

use super::args::Caches;
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output};
use crate::app::Language;
use crate::data::cache::{Cache, Entry, Saved, Source};
use crate::data::{self, Input};
use crate::shell;

/// How long another program may take to write its cache.
const OTHERS: Duration = Duration::from_secs(60);

pub(super) fn run(args: &Caches, environment: &Environment) -> Result<(), Failure> {
    let language = args.spoken.language(environment);
    let Some(folder) = &environment.caches else {
        let text = match language {
            Language::Zh => "没有用户目录，无处存放缓存；可设置 FASTDECK_HOME",
            Language::En => "there is no home folder to keep caches in; set FASTDECK_HOME",
        };
        return Err(Failure::Usage(text.to_owned()));
    };
    let cache = Cache::new(folder.clone());
    match (&args.dataset, args.clear) {
        (dataset, true) => clear(&cache, folder, dataset.as_deref(), language),
        (Some(dataset), false) => write(cache, folder, dataset, args.lenient, language),
        (None, false) => output::print(&list(&cache.entries(), language)),
    }
}

fn clear(
    cache: &Cache,
    folder: &Path,
    dataset: Option<&Path>,
    language: Language,
) -> Result<(), Failure> {
    let full = dataset.map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    let freed = cache.clear(full.as_deref());
    let freed = size(freed.map_err(|error| Failure::File(folder.to_owned(), error))?);
    output::print(&match language {
        Language::Zh => format!("已释放 {freed}\n"),
        Language::En => format!("{freed} set free\n"),
    })
}

/// Writes the cache of a data set, unless it is there.
fn write(
    cache: Cache,
    folder: &Path,
    dataset: &Path,
    lenient: bool,
    language: Language,
) -> Result<(), Failure> {
    let input = Input::Path(dataset.to_owned());
    let cache = cache.for_any_size();
    let options = data::Options {
        lenient,
        ..data::Options::default()
    };
    let opened = cache.open(&input, &options, &mut |_| true);
    let opened = opened.map_err(|error| open::refused(error, language))?;
    let Some(saver) = opened.saver else {
        let known = matches!(opened.source, Source::Cache(_));
        return output::print(match (known, language) {
            (true, Language::Zh) => "缓存已是最新\n",
            (true, Language::En) => "the cache is up to date\n",
            (false, Language::Zh) => "文件正在变动，未写入缓存\n",
            (false, Language::En) => "the files are being changed; no cache was written\n",
        });
    };
    let engine = opened.source.into_engine(&|_| true);
    let engine = engine.map_err(|error| open::refused(error, language))?;
    let text = match (shell::save(&engine, &saver, OTHERS), language) {
        (Saved::Failed(error), _) => return Err(Failure::File(folder.to_owned(), error)),
        (Saved::Written(bytes), Language::Zh) => format!("已写入缓存，{}\n", size(bytes)),
        (Saved::Written(bytes), Language::En) => format!("cache written, {}\n", size(bytes)),
        (Saved::Elsewhere, Language::Zh) => "另一个程序正在写入或已写入缓存\n".to_owned(),
        (Saved::Elsewhere, Language::En) => {
            "another program writes or has written a cache\n".to_owned()
        }
        (Saved::Changed, Language::Zh) => "文件在读取期间被改动，未写入缓存\n".to_owned(),
        (Saved::Changed, Language::En) => {
            "the files changed while they were read; no cache was written\n".to_owned()
        }
    };
    output::print(&text)
}

/// A line for each cache: size, days since it was used, data set.
fn list(entries: &[Entry], language: Language) -> String {
    let line = |entry: &Entry| {
        let days = entry.age.as_secs() / 86_400;
        let age = match (days, language) {
            (0, Language::Zh) => "今天".to_owned(),
            (0, Language::En) => "today".to_owned(),
            (n, Language::Zh) => format!("{n} 天前"),
            (n, Language::En) => format!("{n} d ago"),
        };
        let dataset = entry.dataset.to_string_lossy();
        let shown = output::visible(&dataset);
        format!("{}  {age}  {shown}\n", size(entry.size))
    };
    entries.iter().map(line).collect()
}

fn size(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
