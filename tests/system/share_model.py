"""Harmony and fairness of each second, from a trace alone: what sched/harmony.h says, once more."""

import bisect
import re
from collections import defaultdict

PERIODS = 10

LINE = re.compile(r"(?:.+)-(?P<tid>\d+) +\[000\] \.\.\.\. (?P<time>\d+\.\d{6}): (?P<event>.*)$")
SWITCH = re.compile(r"sched_switch: .*prev_pid=(?P<old>\d+) .*prev_state=(?P<state>\S+) ==> "
                    r".*next_pid=(?P<new>\d+)")
WAKING = re.compile(r"sched_waking: .*pid=(?P<tid>\d+) ")
PERIOD = re.compile(r"tracing_mark_write: C\|0\|period\|\d+")
HARMONY = re.compile(r"tracing_mark_write: C\|0\|harmony\|(?P<permille>\d+)")


class Thread:
    def __init__(self):
        self.begins, self.ends, self.sums = [], [], [0]  # of runs, without interrupts
        self.stretches = []  # [begin, end]; None as long as it goes on

    def has_run(self, begin, end):
        self.begins.append(begin)
        self.ends.append(end)
        self.sums.append(self.sums[-1] + end - begin)

    def run_before(self, time):
        number = bisect.bisect_left(self.begins, time)
        cut = max(0, self.ends[number - 1] - time) if number else 0
        return self.sums[number] - cut

    def can_run_from(self, time):
        self.can_run_until(time)
        self.stretches.append([time, None])

    def can_run_until(self, time):
        if self.stretches and self.stretches[-1][1] is None:
            self.stretches[-1][1] = time

    def got(self, begin, end):
        return self.run_before(end) - self.run_before(begin)

    def usual_stretch(self, begin, since):
        """What a stretch took on average that ended between the two."""
        begun = sum(begin < first <= since for first, _ in self.stretches)
        return self.got(begin, since) / max(1, begun - 1)

    def demand(self, begin, end):
        for first, last in self.stretches:
            if first <= end and (last is None or last > end):
                since = max(first, begin)
                used, usual = self.got(since, end), self.usual_stretch(begin, since)
                is_usual = first > begin and used < usual < end - since
                return self.got(begin, since) + (usual if is_usual else end - since)
        return self.got(begin, end)


class History:
    """Who ran and who could, and where the periods end."""

    def __init__(self, lines):
        self.threads = defaultdict(Thread)
        self.period_ends = []  # [time, harmony in thousandths]
        self.running, self.since = None, None
        for line in lines:
            match = LINE.match(line)
            if match:
                self.read(float(match["time"]), int(match["tid"]), match["event"])

    def stop(self, time):
        if self.running is not None and self.since is not None:
            self.threads[self.running].has_run(self.since, time)
        self.since = None

    def go_on(self, tid, time):
        self.running, self.since = tid, time

    def read(self, time, tid, event):
        if switch := SWITCH.match(event):
            self.stop(time)
            old, new = int(switch["old"]), int(switch["new"])
            if not switch["state"].startswith("R"):
                self.threads[old].can_run_until(time)
            elif not self.threads[old].stretches:
                self.threads[old].can_run_from(0)
            if not self.threads[new].stretches or self.threads[new].stretches[-1][1] is not None:
                self.threads[new].can_run_from(0)
            self.go_on(new, time)
        elif waking := WAKING.match(event):
            self.threads[int(waking["tid"])].can_run_from(time)
        elif event.startswith("tracing_mark_write: B|"):
            self.stop(time)
        elif event.startswith("tracing_mark_write: E|"):
            self.go_on(tid, time)
        elif event.startswith("tracing_mark_write: I|0|end "):
            self.threads[tid].can_run_until(time)
        elif PERIOD.match(event):
            self.period_ends.append([time, None])
        elif (harmony := HARMONY.match(event)) and self.period_ends:
            self.period_ends[-1][1] = int(harmony["permille"])

    def seconds(self):
        """(begin, end, harmony in thousandths as the kernel told it) of each window."""
        for number in range(PERIODS, len(self.period_ends)):
            end, permille = self.period_ends[number]
            if permille is None:
                continue  # not recorded any more
            yield self.period_ends[number - PERIODS][0], end, permille


def level(demands, given):
    """What everybody may have at most when `given` is poured evenly."""
    low, high = 0.0, max(demands, default=0)
    if given <= 0:  # and not the little that halving leaves
        return low
    if sum(demands) <= given:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(min(d, middle) for d in demands) < given else (low, middle)
    return high


def judge(threads, begin, end):
    """Harmony, fairness, and by tid how many times its share each thread had."""
    wishes = {tid: (thread.got(begin, end), thread.demand(begin, end))
              for tid, thread in threads.items() if tid != 0}
    wishes = {tid: wish for tid, wish in wishes.items() if wish[1] > 1e-9}
    limit = level([d for _, d in wishes.values()], sum(g for g, _ in wishes.values()))
    fair = {tid: min(d, limit) for tid, (_, d) in wishes.items()}
    shares = {tid: wishes[tid][0] / fair[tid] for tid in fair if fair[tid] > 0}
    weight = sum(fair[tid] for tid in shares)
    if weight == 0:
        return 1, 1, shares
    score = sum(fair[tid] * min(k, 1 / k if k else 0) for tid, k in shares.items())
    first = sum(fair[tid] * k for tid, k in shares.items())
    second = sum(fair[tid] * k * k for tid, k in shares.items())
    return score / weight, first * first / (weight * second) if second else 1, shares
