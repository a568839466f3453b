"""Histories and prepared answers, from groups that an engine counted."""

from .asked import WEEKS, Answer


def finish_weeks(h, shifted):
    """53 weeks from counts by bit 0 to 53; where periods are weeks, a start is the week before."""
    h["asset"] = [sum(x) for x in zip(*(h[k] for k in "aipl"))]
    if shifted:
        aip = [sum(x) for x in zip(*(h[k] for k in "aip"))]
        h["start"], h["start_aip"] = [0, *h["asset"]], [0, *aip]
        h["deepened"] = [0, *h["deepened"]]
    return {k: v[1:WEEKS] for k, v in h.items()}


# Codes of the table of changes: week × 40 + what changed.
CHANGES = 40
JOINED, LEFT, WOKE, SLEPT = 36, 37, 38, 39


def weeks_of_changes(counts, people):
    """History from counts by code of change."""
    by = lambda w, x: counts.get(w * CHANGES + x, 0)
    now, members, active = [0] * 6, 0, 0
    h = {k: [] for k in ("a", "i", "p", "l", "members", "active", "deepened")}
    for w in range(WEEKS):
        deepened = 0
        for start in range(6):
            for end in range(6):
                n = by(w, start * 6 + end)
                now[start] -= n
                now[end] += n
                deepened += n if w and 2 <= start < end else 0
        members += by(w, JOINED) - by(w, LEFT)
        active += by(w, WOKE) - by(w, SLEPT)
        for k, state in enumerate("aipl"):
            h[state].append(now[k + 2])
        for key, n in (("members", members), ("active", active), ("deepened", deepened)):
            h[key].append(n)
    h["deepened"] = h["deepened"][1:]
    return finish_weeks(h, shifted=True)


def prepared_answer(ask, about, pairs, codes, sales):
    """From (crowds << 10 | week before << 5 | week, people), counts of changes, and sales."""
    pairs = [(k >> 10, k >> 5 & 31, k & 31, n) for k, n in pairs]
    counts = dict(codes)
    groups, crowds = {}, {}
    for crowd, before, now, n in pairs:
        key = (now, before)
        groups[key] = groups.get(key, 0) + n
        a = lambda s: int(2 <= s // 4 <= 5)
        key = (crowd, a(now), a(before))
        crowds[key] = crowds.get(key, 0) + n
    state = lambda s: s // 4 % 6
    both = lambda now, before, bit: (now >> bit & 1) | (before >> bit & 1) << 1
    rows = [
        (state(now), state(before), state(before), 0, both(now, before, 1), both(now, before, 0), now // 4 == 6, n)
        for (now, before), n in groups.items()
    ]
    found = Answer(ask, about).of(rows, [(*k, n) for k, n in crowds.items()], sales, weeks_of_changes(counts, None))
    found["fast.a"][1] = found["history"]["fast.a"][-2]
    return found
