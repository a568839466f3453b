#!/usr/bin/env python3
"""The same questions to fastdeck, DuckDB and Polars, on the same data, in one run.

    python3 benches/peers.py --scale small              agreement on 200,000 consumers (CI)
    python3 benches/peers.py --consumers 1000000        times, memory and ratios, tables prepared
    python3 benches/peers.py --consumers 1000000 --raw  also everything from raw events
    python3 benches/peers.py --consumers 1000000 --random 500   agreement on random questions
    python3 benches/peers.py --consumers 10000000 --peers duckdb   beside one of them, where memory is short
    python3 benches/peers.py --data FILE --profile NAME agreement on a real log
    python3 benches/peers.py --data DIR                 agreement on the known logs under a folder
    python3 benches/peers.py --ingest --consumers N     reading the log alone

Needs Python 3.11, cargo, and PyPI once: the two engines go into a virtual environment under
target/ (`pip install duckdb==2.0.0 polars==2.1.0`). Each engine is a process of its own that reads
questions and writes answers, one JSON document a line, so that CPU time (user + system) and peak
memory are its own. Questions go round in turn; nobody is asked the same question twice (but the one
without a slice, of which there is only one), so no engine can answer from memory. An answer counts
only if it equals the others in every number.

What the peers get (the best layout found for them):
* prepared: a table of people with one byte per week end (state, member, active), bit masks of
  attributes, roles and touches; a table of sales; and for the history a table of changes with the
  same masks beside each change, so that nothing is joined when a question comes. Both tables are
  sorted for Polars by what is grouped (its sorted groups are 3 to 5 times as quick; DuckDB gains
  nothing from that order and has them by attributes). `--layout plain` leaves that out.
* raw: events as small integers, sorted by consumer. One pass folds every event into a 64-bit mask
  of sample days by a lookup of its day and action; only orders, browse days and memberships need
  windows. One date, with everything but histories, needs no windows: days at the edges of two
  weeks are bits. The same for five states and members alone is a question of its own, of which
  fastdeck answers everything.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is left beside the sources

from peerlib import duck, polar
from peerlib.asked import KNOWN_LOGS, LOGS, THREADS, Ask, count_values, day_of, same, text_of, without_history
from peerlib.questions import random_question, slices
from peerlib.weeks import prepared_answer

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ["duckdb==2.0.0", "polars==2.1.0"]
NAMES = {"duckdb": "DuckDB", "polars": "Polars"}
# Exit code when the peers cannot be had.
WITHOUT_PEERS = 3


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def report(self):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"wall_ms": wall * 1e3, "cpu_ms": cpu * 1e3, "peak_mb": peak_mb()}


def engine_of(name):
    """The module of an engine; importing it imports nothing of the other."""
    return {"duckdb": duck, "polars": polar}[name]


def work(engine, folder, log_name):
    """Answers questions from stdin; the first line tells what there is to ask about."""
    about = json.loads(sys.stdin.readline())
    log = {**LOGS[log_name], "name": log_name}
    watch = Watch()
    peer = engine_of(engine).Engine(folder, log, about)
    print(json.dumps(watch.report()), flush=True)
    prepared = None
    for line in sys.stdin:
        question = json.loads(line)
        wheres = question.get("batch", [question.get("where", "")])
        asks = [Ask({**question, "where": w}, about) for w in wheres]
        watch = Watch()
        if question.get("one_date"):
            numbers = [peer.one_date(asks[0])]
        elif question.get("one_board"):
            numbers = [peer.one_board(asks[0])]
        elif question.get("prepare"):
            prepared = engine_of(engine).Prepared(peer, asks[0], question["layout"] == "plain")
            numbers = []
        elif question.get("prepared"):
            rows = prepared.rows(asks[0])
        else:
            numbers = peer.from_raw(asks)
        report = watch.report()
        if question.get("prepared"):
            numbers = [prepared_answer(asks[0], about, *rows)]
        print(json.dumps({**report, "numbers": numbers}), flush=True)


class Peer:
    """An engine as a process: a line in, a line out."""

    def __init__(self, name, command, first_line=None, env=None):
        self.name = name
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)
        self.hello = self.ask(first_line) if first_line else self.line()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"peers: {self.name} ended before it answered (exit {self.process.wait()})")
        return json.loads(line)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.line()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def about_question(question):
    """What of all numbers a question is about."""
    if question.get("one_date"):
        return lambda n: [now for now, _ in [*n["stock"], n["fast.s"]]] if isinstance(n, dict) else n
    return without_history if question.get("one_board") else lambda numbers: numbers


class Run:
    """Engines that have read the same log."""

    def __init__(self, facts, folder, log_name, engines, ours=None):
        self.ours = Peer("fastdeck", [facts, "answer", str(ours or folder)])
        self.about = self.ours.hello["about"]
        self.peers = [
            Peer(engine, [str(python()), __file__, "--work", engine, str(folder), "--log", log_name], self.about)
            for engine in engines
        ]
        self.all = [self.ours, *self.peers]
        self.compared, self.wrong, self.batches = 0, [], 0

    def loads(self):
        a = self.about
        print(f"{a['consumers']:,} consumers, {a['events']:,} events, {len(a['brands'])} brand(s), last day {a['as_of']}")
        for peer in self.all:
            h = peer.hello
            print(f"  {peer.name:9} ready after {h['wall_ms'] / 1e3:7.1f} s, {h['cpu_ms'] / 1e3:7.1f} s CPU, peak {h['peak_mb']:7.0f} MB")

    def compare(self, question, ours, theirs, name):
        self.compared += count_values(ours)
        differ = same(ours, theirs)
        if differ:
            self.wrong.append((name, question))
            print(f"DIFFERENT {name}: {json.dumps(question, ensure_ascii=False)}\n  " + "\n  ".join(differ[:6]))

    def agree(self, question):
        """Asks a batch of all three and compares every number; every other one as the dashboard does
        when it had time to prepare."""
        ours = []
        self.batches += 1
        if self.batches % 2 == 0:
            self.ours.ask({**question, "prepare": True})
        for where in question["batch"]:
            ours.append(self.ours.ask({**question, "where": where})["numbers"])
        for peer in self.peers:
            for where, a, b in zip(question["batch"], ours, peer.ask(question)["numbers"]):
                self.compare({**question, "batch": [where]}, a, b, peer.name)

    def see_a_difference(self):
        """Asks one engine under another definition: a comparison that sees nothing is worth nothing."""
        ours = self.ours.ask({**self.base(), "set": {"aipl.i_days": "16"}})["numbers"]
        for peer in self.peers:
            if not same(ours, peer.ask(self.base())["numbers"][0]):
                sys.exit("peers: another definition changes no number: the comparison is blind")

    def agree_at_random(self, count, per_batch, seed):
        rng = random.Random(seed)
        asked, start = 0, time.time()
        while asked < count:
            question = random_question(self.about, rng, min(per_batch, count - asked))
            self.agree(question)
            asked += len(question["batch"])
            if asked % 50 < per_batch:
                print(f"  {asked} of {count} questions, {self.compared:,} comparisons, {time.time() - start:.0f} s", flush=True)

    def base(self):
        as_of = self.about["as_of"]
        return {"as_of": as_of, "against": text_of(day_of(as_of) - 7)}

    def prepare(self, layout):
        for peer in self.all:
            done = peer.ask({**self.base(), "prepare": True, "layout": layout})
            print(f"  {peer.name:9} prepared in {done['wall_ms'] / 1e3:.1f} s, {done['cpu_ms'] / 1e3:.1f} s CPU, peak {done['peak_mb']:.0f} MB")

    def times(self, rounds, make):
        """Asks everyone the questions of each round in turn: rows of CPU and wall by name."""
        found = {}
        for turn in range(rounds + 1):
            for name, question in make(turn).items():
                first = turn % len(self.all)
                order = self.all[first:] + self.all[:first]
                replies = {peer.name: peer.ask(question) for peer in order}
                told = about_question(question)
                ours = told(replies["fastdeck"]["numbers"])
                for peer in self.peers:
                    self.compare(question, ours, told(replies[peer.name]["numbers"][0]), peer.name)
                if turn:
                    cells = found.setdefault(name, {})
                    for who, reply in [*replies.items(), ("board", replies["fastdeck"]["board"])]:
                        cells.setdefault(who, []).append((reply["cpu_ms"], reply["wall_ms"]))
        return found

    def memory(self):
        """What fastdeck holds, per consumer."""
        held = self.ours.ask({"only": "memory"})
        people = held.pop("consumers") or 1
        parts = ", ".join(f"{name} {size / people:.1f}" for name, size in held.items())
        print(f"\nfastdeck holds bytes per consumer: {parts}, together {sum(held.values()) / people:.1f}")

    def end(self):
        for peer in self.all:
            peer.end()
        questions = len(self.wrong)
        print(f"{self.compared:,} comparisons of a number, {questions} question(s) with a difference")
        return 1 if questions else 0


def table(title, found, board=True):
    """Counting alone is compared; what a screen needs besides is in a column of its own."""
    print(f"\n{title} (median CPU ms, wall ms in brackets)\n")
    peers = [who for who in NAMES if who in next(iter(found.values()))]
    ours = ["fastdeck", *(["board"] if board else [])]
    heads = ["question", *(NAMES[who] for who in peers), *(["fastdeck", "with all figures"][: len(ours)])]
    heads += [f"CPU ratio to {'the better' if len(peers) > 1 else NAMES[peers[0]]}", "wall ratio"]
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for name, by in found.items():
        cpu, wall = ({w: statistics.median(x[k] for x in v) for w, v in by.items()} for k in (0, 1))
        cells = [f"{cpu[w]:,.2f} ({wall[w]:,.2f})" for w in (*peers, *ours)]
        cells += [f"{min(m[w] for w in peers) / max(m['fastdeck'], 1e-6):,.1f}×" for m in (cpu, wall)]
        print(f"| {name} | {' | '.join(cells)} |")


def dates(base, turn):
    """Days of a question that was not asked before."""
    return {k: text_of(day_of(d) - 17 - 30 * turn) for k, d in base.items()}


def measure(run, args):
    base, rounds, raw_rounds = run.base(), args.rounds, args.raw_rounds if args.raw else 0
    print("\nPreparing: tables of the peers, and what the dashboard does behind its first board")
    run.prepare(args.layout)
    rng = random.Random(args.seed)
    prepared = lambda turn: {n: {**base, "where": w, "prepared": True} for n, w in slices(run.about, rng).items()}
    table("Prepared tables", run.times(rounds, prepared))
    if raw_rounds:
        scopes = rng.sample(run.about["dimensions"]["category"], raw_rounds + 1)
        raw = lambda turn: {
            "history, scope of a category": {**base, "scope": f"category={scopes[turn]}"},
            "history, changed window": {**base, "set": {"aipl.i_days": str(16 + turn), "aipl.l_days": str(300 + turn)}},
            "one date": {**dates(base, turn), "one_board": True},
            "one date, five states and members alone": {**dates(base, turn + raw_rounds), "one_date": True},
        }
        table("From raw events", run.times(raw_rounds, raw), board=False)


def python():
    return ROOT / "target" / "peers-venv" / "bin" / "python"


def wheels():
    """The peers in a virtual environment of their own."""
    want = {w.split("==")[0]: w.split("==")[1] for w in WHEELS}
    test = f"import importlib.metadata as m; exit(any(m.version(n) != v for n, v in {want!r}.items()))"
    there = python().exists() and not subprocess.run([python(), "-c", test], stderr=subprocess.DEVNULL).returncode
    if there:
        return
    if not python().exists():
        subprocess.run([sys.executable, "-m", "venv", python().parent.parent])
    install = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WHEELS]
    if not python().exists() or subprocess.run(install).returncode:
        print(f"peers: no {' '.join(WHEELS)} from PyPI on this machine: nothing was compared", file=sys.stderr)
        sys.exit(WITHOUT_PEERS)


def facts(release):
    """Builds benches/facts.rs and gives the path of the program."""
    command = ["cargo", "bench", "--no-run"] if release else ["cargo", "build"]
    command += ["--quiet", "--bench", "facts", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode:
        sys.exit("peers: benches/facts.rs does not build")
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    programs = [m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "facts"]
    return programs[-1]


def log_of(program, consumers, folder):
    """A generated log of so many consumers; one of the same generator is used again."""
    sources = sorted((ROOT / "src" / "data" / "demo").glob("*.rs"))
    version = hashlib.sha256(b"".join(p.read_bytes() for p in sources)).hexdigest()[:8]
    folder = Path(folder or ROOT / "target" / f"peers-{consumers}-{version}")
    if not (folder / "dataset.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([program, "write", folder, str(consumers)], stdout=subprocess.PIPE, text=True, check=True)
        report = json.loads(done.stdout)
        print(f"wrote {folder} in {report['wall_ms'] / 1e3:.1f} s, peak {report['peak_mb']:.0f} MB")
    return folder


def real_logs(path, profile):
    """Folders with a manifest and the plain log, for the logs under a path."""
    path = Path(path)
    known = {path / end: p for end, p in KNOWN_LOGS.items()}
    if profile:
        inside = [f for end in ("*.csv", "*.csv.gz") for f in sorted(path.glob(end))]
        known = {f: profile for f in (inside if path.is_dir() else [path])}
    found = {f: p for f, p in known.items() if f.is_file()}
    if not found:
        sys.exit(f"peers: no log under {path}: name a CSV file and its --profile")
    for file, name in found.items():
        folder = Path(tempfile.mkdtemp(prefix="peers-"))
        opened = gzip.open(file) if file.suffix == ".gz" else file.open("rb")
        with opened as source, (folder / "events.csv").open("wb") as target:
            shutil.copyfileobj(source, target)
        brand = "" if LOGS[name]["columns"].get("brand") else 'constants = { brand = "all" }\n'
        header = "true" if LOGS[name]["header"] else "false"
        (folder / "dataset.toml").write_text(
            f'format = 1\nname = "{name}"\n[[table]]\nkind = "events"\nfile = "events.csv"\n'
            f'profile = "{name}"\nheader = {header}\n{brand}'
        )
        yield file, name, folder


def agree_on_real_logs(program, args):
    status = 0
    for file, name, folder in real_logs(args.data, args.profile):
        print(f"\n{file.parent.name}/{file.name} as {name}")
        run = Run(program, folder, name, args.peers)
        run.loads()
        run.agree_at_random(args.random or 60, 6, args.seed)
        status |= run.end()
        shutil.rmtree(folder)
    return status


COLUMNS = {
    "consumer": ("VARCHAR", "String"),
    "time": ("TIMESTAMP", "Datetime"),
    "action": ("VARCHAR", "String"),
    "brand": ("VARCHAR", "String"),
    "category": ("VARCHAR", "String"),
    "channel": ("VARCHAR", "String"),
    "item": ("VARCHAR", "String"),
    "amount": ("DOUBLE", "Float64"),
    "quantity": ("INTEGER", "Int32"),
    "order": ("VARCHAR", "String"),
    "review_score": ("DOUBLE", "Float64"),
}


def read(engine, path):
    """Reads a generated log into memory with given types, and does nothing with it."""
    if engine == "duckdb":
        import duckdb

        con = duckdb.connect()
        con.execute(f"SET threads={THREADS}")
        con.execute("SET preserve_insertion_order=false")
        types = ", ".join(f"'{n}': '{t[0]}'" for n, t in COLUMNS.items())
        watch = Watch()
        con.execute(f"CREATE TABLE log AS SELECT * FROM read_csv('{path}', header=true, columns={{{types}}}, quote='\"', escape='\"', delim=',', auto_detect=false)")
        report = watch.report()
        rows = con.execute("SELECT count(*) FROM log").fetchone()[0]
    else:
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars

        # A time read as text and then converted costs less than half of one read as a time.
        schema = {n: getattr(polars, t[1]) for n, t in COLUMNS.items()} | {"time": polars.String}
        stamp = polars.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", cache=False)
        watch = Watch()
        frame = polars.scan_csv(path, schema=schema, quote_char='"').with_columns(stamp).collect()
        report, rows = watch.report(), frame.height
    print(json.dumps({**report, "peak_mb": peak_mb(), "events": rows}))


def ingest(program, folder, rounds):
    """Times of reading the log alone, each time in a new process."""
    alone = Path(tempfile.mkdtemp(prefix="ingest-", dir=Path(folder).parent))
    os.link(Path(folder) / "events.csv", alone / "events.csv")
    table = '[[table]]\nkind = "events"\nfile = "events.csv"\n'
    (alone / "dataset.toml").write_text(f'format = 1\nname = "log"\n{table}')
    log = alone / "events.csv"
    commands = {e: [str(python()), __file__, "--read", e, str(log)] for e in ("duckdb", "polars")}
    commands["fastdeck"] = [program, "load", str(alone)]
    found = {name: [] for name in commands}
    with log.open("rb") as whole:  # into the page cache, for everyone
        while whole.read(1 << 24):
            pass
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    shutil.rmtree(alone)
    if len({r["events"] for rows in found.values() for r in rows}) != 1:
        sys.exit(f"peers: the engines read different numbers of rows: {found}")
    print(f"\nReading {found['fastdeck'][0]['events']:,} rows (medians of {rounds})\n")
    print("| engine | CPU s | wall s | million rows per CPU s | peak MB |\n|---|---|---|---|---|")
    for name, rows in found.items():
        cpu, wall, peak = (statistics.median(r[k] for r in rows) for k in ("cpu_ms", "wall_ms", "peak_mb"))
        print(f"| {name} | {cpu / 1e3:.2f} | {wall / 1e3:.2f} | {rows[0]['events'] / cpu / 1e3:.2f} | {peak:,.0f} |")
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", choices=["small"], help="small: agreement on 200,000 consumers")
    parser.add_argument("--consumers", type=int, default=200_000)
    parser.add_argument("--folder", help="where the generated log is or goes (default: under target/)")
    parser.add_argument("--random", type=int, metavar="N", help="agreement on N random questions")
    parser.add_argument("--data", metavar="PATH", help="a real log (CSV, gzip allowed), or a folder of known ones")
    parser.add_argument("--profile", choices=sorted(LOGS), help="how the columns of --data are read")
    parser.add_argument("--raw", action="store_true", help="also time everything from raw events")
    parser.add_argument("--ingest", action="store_true", help="time reading the log alone")
    parser.add_argument("--program", metavar="PATH", help="benches/facts.rs, built (default: cargo builds it)")
    parser.add_argument("--peers", nargs="+", choices=NAMES, default=[*NAMES], help="whom to ask (default: both; Polars needs 2 GB per million consumers)")
    parser.add_argument("--layout", choices=["best", "plain"], default="best", help="plain: tables in the order of consumers")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--raw-rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--work", nargs=2, metavar=("ENGINE", "DIR"), help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--log", default="demo", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    args = arguments()
    if args.work:
        return work(*args.work, args.log)
    if args.read:
        return read(*args.read)
    wheels()
    program = args.program or facts(release=args.scale != "small")
    if args.data:
        return agree_on_real_logs(program, args)
    folder = log_of(program, args.consumers, args.folder)
    if args.ingest:
        return ingest(program, folder, args.rounds)
    run = Run(program, folder, "demo", args.peers)
    run.loads()
    if args.scale == "small":
        run.see_a_difference()
        run.prepare(args.layout)
        rng = random.Random(args.seed)
        run.times(1, lambda turn: {n: {**run.base(), "where": w, "prepared": True} for n, w in slices(run.about, rng).items()})
        run.times(1, lambda turn: {"one date": {**dates(run.base(), turn), "one_board": True}})
        run.agree_at_random(args.random or 40, 8, args.seed)
    elif args.random:
        run.agree_at_random(args.random, 5, args.seed)
    else:
        measure(run, args)
        run.memory()
    return run.end()


if __name__ == "__main__":
    sys.exit(main())
