"""`make test-suites`: what tools/try-suite refuses, how it goes through its sessions, and what
tools/suite-report makes of their logs.

Nothing is fetched here, and nobody has to be root: in front of the system's commands stand others,
which call an empty directory a Debian and say what the commands of a session could say.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys

import pytest

from machine import ROOT, wait_until

TOOL = ROOT / "tools" / "try-suite"
FAKES = {
    "id": "echo 0",
    "uname": "echo Linux x86_64",
    "unshare": 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"',
    "mount": "exit 0",
    "sleep": "exit 0",
    "apt-get": "exit 0",
    "apt-config": 'echo \'Acquire::http::Proxy "http://127.0.0.1:3142";\'; echo \'APT "";\'',
    "git": """
        case "$1" in
        clone) mkdir -p "$5" ;;
        -C) echo 'try-suite: commit 1234567' ;;
        status) cat "$FAKE/uncommitted" 2>/dev/null ;;
        esac""",
    "debootstrap": """
        echo "$@" >>"$FAKE/debootstrap.arguments"
        mkdir -p "$4/debootstrap" "$4/etc/apt/apt.conf.d" "$4/root"
        mkdir -p "$4/proc" "$4/sys" "$4/dev/pts" "$4/dev/shm" "$4/var/cache/apt/archives"
        touch "$4/debootstrap/debootstrap.log"
        exec play root""",
    "chroot": """
        case "$*" in
        *' sh run') exec play run ;;
        *' sh test') exec play test ;;
        *'install'*) exec play install ;;
        *'sh -s') echo 'try-suite: version gcc 12.2.0' ;;
        esac""",
    # play PART: says what is in the file PART; but first, failing, what is in PART.before; and does
    # not end if there is a file PART.hangs.
    "play": """
        cat >/dev/null
        if [ -e "$FAKE/$1.before" ]; then
            cat "$FAKE/$1.before"
            [ -e "$FAKE/for-ever" ] || rm "$FAKE/$1.before"
            exit 100
        fi
        cat "$FAKE/$1" 2>/dev/null
        [ ! -e "$FAKE/$1.hangs" ] || { touch "$FAKE/hanging"; exec {sleep} 600; }
        exit "$(cat "$FAKE/$1.status" 2>/dev/null || echo 0)" """,
}
RUN = """\
  CC      kernel/main.c
\x1b[2J\x1b[1;1HAethel 0.1
aethel> stats\r
involuntary_switches: 12\r
aethel> poweroff\r
"""
UNIT = """\
test_ring
[==========] ring: 7 test(s) run.
[  PASSED  ] 7 test(s).
test_string
[==========] 5 test(s) run.
[  PASSED  ] 4 test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] test_wide
unit tests: 2 programs, all passed
"""
MODEL = """\
model: preemption protocol: 123456 states, no error
model: without the check after enable: error found, as it must be
"""
KERNEL = """\
ok 1 - threads
20 passed, 0 failed
"""
SYSTEM = """\
=================== 30 passed, 2 skipped in 75.31s (0:01:15) ====================
"""
TEST = UNIT + MODEL + KERNEL + KERNEL + SYSTEM


def heed_interruptions():
    """Whoever runs the tests in the background, or by nohup, hands on that they be ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Machine:
    """Where tools/try-suite runs."""

    def __init__(self, directory):
        self.directory = directory
        self.build = directory / "build"
        self.log = self.build / "suites" / "bookworm.log"
        self.root = self.build / "suites" / "bookworm.root"
        self.fakes = directory / "fakes"
        self.environment = {**os.environ, "BUILD": str(self.build), "FAKE": str(self.fakes),
                            "PATH": f"{directory}/bin:{os.environ['PATH']}"}
        self.environment.pop("MIRROR", None)
        self.fakes.mkdir()
        (directory / "bin").mkdir()
        for tool, script in FAKES.items():
            self.fake(tool, script)
        self.says(run=RUN, test=TEST)

    def fake(self, tool, script):
        path = self.directory / "bin" / tool
        script = script.replace("{sleep}", shutil.which("sleep"))
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
        path.chmod(0o755)

    def says(self, **parts):
        """What the parts of a session print."""
        for part, text in parts.items():
            (self.fakes / part.replace("_", ".")).write_text(text, encoding="ascii")

    def start(self, *suites):
        return subprocess.Popen([TOOL, *suites], cwd=self.directory, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=heed_interruptions)

    def run(self, *suites):
        """Returns the exit status, and what it said on standard output and error."""
        process = self.start(*suites)
        said, complained = process.communicate(timeout=60)
        return process.returncode, said, complained

    def refuses(self, sentence, *suites):
        """It says one line, and begins nothing."""
        status, said, complained = self.run(*suites)
        assert status == 1 and said == "" and complained.count("\n") == 1, said + complained
        assert complained.startswith("error: ") and sentence in complained, complained
        assert not self.log.exists()

    def table(self):
        return (self.build / "suites.md").read_text(encoding="utf-8")


@pytest.fixture
def host(tmp_path):
    return Machine(tmp_path)


# --- What is refused -----------------------------------------------------------------------------

def test_help_tells_the_usage(host):
    for option in ("-h", "--help"):
        status, said, complained = host.run(option)
        assert status == 0 and said.startswith("usage: tools/try-suite SUITE...") and not complained


def test_wrong_arguments(host):
    host.refuses("which suite? (usage: tools/try-suite SUITE..., of: bookworm trixie sid)")
    host.refuses("there is no suite 'woody' (known: bookworm trixie sid)", "sid", "woody")
    host.refuses("there is no suite '--all'", "--all")
    host.environment["MIRROR"] = "mirror"
    host.refuses("MIRROR=mirror is not a URL", "sid")


@pytest.mark.parametrize("tool, script, sentence", [
    ("id", "echo 1000", "this needs root (sudo tools/try-suite bookworm)"),
    ("uname", "echo Darwin arm64", "this needs Linux on x86-64, and is Darwin arm64"),
    ("unshare", "exit 1", "this machine grants no mount and process name spaces"),
    ("git", "exit 128", "git knows no HEAD in"),
])
def test_a_machine_that_cannot(host, tool, script, sentence):
    host.fake(tool, script)
    host.refuses(sentence, "bookworm")


def test_a_directory_with_a_space(host):
    host.environment["BUILD"] = str(host.directory / "two words")
    host.refuses("contains a space: move the tree elsewhere", "bookworm")


def test_a_machine_without_debootstrap(host):
    """And without apt-get to install it."""
    if shutil.which("debootstrap", path="/usr/sbin:/sbin"):
        pytest.skip("this machine has debootstrap")
    for tool in ("debootstrap", "apt-get"):
        (host.directory / "bin" / tool).unlink()
    for tool in ("sh", "dirname", "flock", "git", "realpath", "setpriv", "setsid", "true"):
        if not (host.directory / "bin" / tool).exists():
            (host.directory / "bin" / tool).symlink_to(shutil.which(tool))
    host.environment["PATH"] = f"{host.directory}/bin"
    host.refuses("debootstrap is not installed (Fedora: dnf install debootstrap", "bookworm")


def test_a_second_one_at_work(host):
    (host.build / "suites").mkdir(parents=True)
    with (host.build / "suites" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        host.refuses("another tools/try-suite is at work", "bookworm")


# --- Sessions ------------------------------------------------------------------------------------

def test_a_green_suite(host):
    status, said, complained = host.run("bookworm")
    assert status == 0 and said.count("\n") == 1, said + complained
    assert "bookworm: make test: status 0, " in complained
    assert "bookworm  green  83 tests passed (unit 11, model 2, kernel 40, system 30), 0 failed, " \
        "3 skipped; 0 warnings; make run 0, " in said
    assert "| bookworm | green | 1234567 | " in host.table() and "Nothing is wrong." in host.table()
    assert "| gcc | 12.2.0 |" in host.table()
    assert not host.root.exists() and "aethel> poweroff" in host.log.read_text(encoding="utf-8")


def test_a_red_suite_keeps_its_root(host):
    host.says(test=TEST.replace("30 passed", "1 failed, 29 passed"), test_status="2")
    status, said, complained = host.run("bookworm")
    assert status == 1 and "bookworm  RED " in said and "82 tests passed" in said, said
    assert f"its root is kept: {host.root}" in complained and host.root.exists()
    host.says(test_status="0", test=TEST)
    assert host.run("bookworm")[0] == 0 and not host.root.exists()


def test_a_download_that_fails_is_tried_again(host):
    host.says(root_before="E: Couldn't download packages: libstdc++6\n",
              install_before="E: Failed to fetch mirror:libgmp  503  Service Unavailable\n",
              run_before="E: Failed to fetch mirror:libfdt1  404  Not Found\n",
              test_before="E: Failed to fetch mirror:libc++1  404  Not Found\n")
    status, _, complained = host.run("bookworm")
    assert status == 0 and complained.count("a download has failed, try 2 of 5") == 4, complained


def test_any_other_failure_is_not_tried_again(host):
    host.says(run_before="nasm: error: no such file\n")
    status, said, complained = host.run("bookworm")
    assert status == 1 and "try 2" not in complained
    assert "make run: status 100: nasm: error: no such file" in said and "system 30" in said


def test_every_suite_has_its_row(host):
    """Here, the mirror does not answer."""
    host.says(root_before="E: Failed getting release file mirror:dists/Release\n", for_ever="")
    (host.fakes / "for.ever").rename(host.fakes / "for-ever")
    status, said, complained = host.run("bookworm", "sid")
    assert status == 1
    for suite in ("bookworm", "sid"):
        assert f"{suite}: clean root: a download has failed, try 5 of 5" in complained
        assert f"{suite:8}  RED    0 tests passed" in said
    assert said.count("clean root: status 1: E: Failed getting release file mirror:dists") == 2
    assert not host.root.exists() and host.table().count("| RED |") == 2


def test_what_is_not_committed_is_told(host):
    host.says(uncommitted=" M kernel/main.c\n")
    assert "Note: what is not committed is left out" in host.run("bookworm")[2]


def test_proxies_of_apt_are_taken_over(host):
    host.says(test_status="2")
    host.run("bookworm")
    settings = host.root / "etc" / "apt" / "apt.conf.d" / "90try-suite"
    assert settings.read_text(encoding="ascii") == (
        'Acquire::http::Proxy "http://127.0.0.1:3142";\nAcquire::Check-Valid-Until "false";\n')


# --- The mirror ----------------------------------------------------------------------------------

def mirror(host):
    """The mirror that debootstrap is told, if any."""
    assert host.run("bookworm")[0] == 0
    arguments = (host.fakes / "debootstrap.arguments").read_text(encoding="ascii").split()
    assert arguments[:4] == ["--variant=minbase", f"--cache-dir={host.build}/suites/cache/bookworm",
                             "bookworm", str(host.root)]
    return arguments[4:]


def test_the_mirror_is_that_of_apt(host):
    host.fake("apt-get", "printf '%s\n' "
              "'Debian|Debian-Security|bookworm-security|http://127.0.0.1/security/' "
              "'|packages|stable|http://127.0.0.1/others/' "
              "'Debian|Debian|bookworm|http://127.0.0.1/debian/' "
              "'Debian|Debian|bookworm-updates|http://127.0.0.1/updates/'")
    assert mirror(host) == ["http://127.0.0.1/debian/"]


def test_a_mirror_can_be_named(host):
    host.environment["MIRROR"] = "http://127.0.0.1/another"
    assert mirror(host) == ["http://127.0.0.1/another"]


def test_without_a_mirror_it_is_that_of_debootstrap(host):
    assert mirror(host) == []


@pytest.mark.parametrize("name, text", ids=["one line", "deb822"], argvalues=[
    ("sources.list", "deb [trusted=yes] http://127.0.0.1/list {release} main\n"),
    ("sources.list.d/debian.sources", "Types: deb\nURIs: http://127.0.0.1/list\n"
                                      "Suites: {release} {release}-updates\nComponents: main\n"),
])
def test_apt_itself_reads_its_configuration(host, name, text):
    """Before it has fetched anything, in both formats."""
    release = subprocess.run(["sh", "-c", '. /etc/os-release; echo "$ID $VERSION_CODENAME"'],
                             capture_output=True, text=True, check=False).stdout.split()
    if not shutil.which("apt-get") or release[:1] != ["debian"] or len(release) != 2:
        pytest.skip("this is no Debian with a release name")
    for directory in ("sources.list.d", "lists"):
        (host.directory / "apt" / directory).mkdir(parents=True)
    configuration = host.directory / "apt.conf"
    configuration.write_text(f'Dir::Etc "{host.directory}/apt";\n'
                             f'Dir::State::lists "{host.directory}/apt/lists";\n')
    (host.directory / "apt" / name).write_text(text.format(release=release[1]))
    (host.directory / "bin" / "apt-get").unlink()
    host.environment["APT_CONFIG"] = str(configuration)
    assert mirror(host) == ["http://127.0.0.1/list/"]


# --- Interruptions -------------------------------------------------------------------------------

@pytest.fixture
def real_host(host):
    """With real name spaces and mounts."""
    for tool in ("unshare", "mount"):
        (host.directory / "bin" / tool).unlink()
    if os.getuid() != 0 or subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"],
                                          check=False).returncode != 0:
        pytest.skip("this needs root, and the right to name spaces")
    host.says(test_hangs="")
    return host


def processes(host):
    """What still runs for it: the environment tells."""
    mark = f"FAKE={host.fakes}".encode()
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as environment:
                if mark in environment.read().split(b"\0"):
                    found.append(process)
        except OSError:
            pass  # it has ended
    return found


def interrupt(host, number):
    """Ends it by that signal in the middle of `make test`; returns its status and all it said."""
    process = host.start("bookworm", "sid")
    try:
        wait_until((host.fakes / "hanging").exists, "make test")
        assert processes(host)
        process.send_signal(number)
        said, complained = process.communicate(timeout=60)
    finally:
        process.kill()
    wait_until(lambda: not processes(host), "the end of the session")
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        assert str(host.directory) not in mounts.read()
    return process.returncode, said, complained


@pytest.mark.parametrize("number, expected", [(signal.SIGINT, 130), (signal.SIGTERM, 143),
                                              (signal.SIGHUP, 129)])
def test_an_interruption_leaves_nothing_but_rows(real_host, number, expected):
    status, said, complained = interrupt(real_host, number)
    assert status == expected
    assert "bookworm  RED " in said and "interrupted in make test" in said, said
    assert "sid       RED " in said and "interrupted before clean root" in said, said
    assert "unshare" not in complained
    assert not real_host.root.exists()


def test_a_kill_leaves_nothing_running_and_nothing_mounted(real_host):
    assert interrupt(real_host, signal.SIGKILL)[0] == -signal.SIGKILL and real_host.root.exists()
    (real_host.fakes / "test.hangs").unlink()
    assert real_host.run("bookworm")[0] == 0 and not real_host.root.exists()


def test_a_root_with_a_mount_is_not_removed(real_host):
    target = real_host.root / "mnt"
    target.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", target], check=True)
    try:
        (target / "precious").touch()
        status, said, complained = real_host.run("bookworm")
        assert status == 1 and "something is mounted in" in complained
        assert "bookworm  RED " in said and (target / "precious").exists()
    finally:
        subprocess.run(["umount", target], check=True)


# --- Rows ----------------------------------------------------------------------------------------

def log(run=RUN, test=TEST, run_status=0, test_status=0, end=""):
    """A session's log."""
    early = "".join(f"try-suite: begin {name}\ntry-suite: end {name}: status 0, 9 s\n"
                    for name in ("clean root", "gcc and make", "clone"))
    return (f"try-suite: suite bookworm on 2000-01-01\n{early}try-suite: commit 1234567\n"
            f"try-suite: begin make run\n{run}\n"
            f"try-suite: end make run: status {run_status}, 12 s\n"
            f"try-suite: begin make test\n{test}\n"
            f"try-suite: end make test: status {test_status}, 345 s\n{end}")


@pytest.fixture
def report(tmp_path):
    """Makes a row of a log; returns the exit status, and what was printed."""
    directory = tmp_path / "suites"
    directory.mkdir()

    def make(text, suite="bookworm"):
        (directory / f"{suite}.log").write_text(text, encoding="utf-8")
        made = subprocess.run([sys.executable, ROOT / "tools" / "suite-report", directory, suite],
                              capture_output=True, text=True, check=False)
        assert made.stderr == ""
        return made.returncode, made.stdout

    return make


def test_a_green_row(report):
    assert report(log()) == (0, "bookworm  green  83 tests passed (unit 11, model 2, kernel 40, "
                                "system 30), 0 failed, 3 skipped; 0 warnings; make run 0, 12 s; "
                                "make test 0, 345 s\n")


@pytest.mark.parametrize("closing, numbers", [
    ("==== 5 passed, 1 skipped in 3s ====", "58 tests passed (unit 11, model 2, kernel 40, "
                                            "system 5), 0 failed, 2 skipped"),
    ("5 passed in 3.02s", "system 5), 0 failed, 1 skipped"),
    ("= 1 failed, 5 passed, 1 error in 3661.02s (1:01:01) =", "system 5), 2 failed, 1 skipped"),
    ("== 2 errors in 0.10s ==", "system 0), 2 failed, 1 skipped"),
    ("5 passed, 2 xfailed, 1 rerun in 3.02s", "system 5), 0 failed, 1 skipped"),
])
def test_the_closing_line_of_pytest(report, closing, numbers):
    assert numbers in report(log(test=TEST.replace(SYSTEM, closing + "\n")))[1]


@pytest.mark.parametrize("unit, numbers", ids=["cmocka 1.1.5", "cmocka 1.1.7", "crash"], argvalues=[
    ("[==========] 3 test(s) run.\n[  PASSED  ] 2 test(s).\n"
     "[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] test_one\n\n 1 FAILED TEST(S)\n"
     "test_ring failed with status 1\n",
     "unit 2, model 2, kernel 40, system 30), 1 failed"),
    ("[==========] ring: 3 test(s) run.\n[  PASSED  ] 1 test(s).\n"
     "[  FAILED  ] ring: 2 test(s), listed below:\n[  FAILED  ] test_one\n[  FAILED  ] test_two\n"
     "test_ring failed with status 2\n", "unit 1, model 2, kernel 40, system 30), 2 failed"),
    ("==1==ERROR: AddressSanitizer: heap-buffer-overflow\ntest_ring failed with status 1\n",
     "unit 0, model 2, kernel 40, system 30), 1 failed"),
])
def test_unit_tests_that_fail(report, unit, numbers):
    assert numbers in report(log(test=TEST.replace(UNIT, unit), test_status=2))[1]


@pytest.mark.parametrize("changes, reason", [
    ({"run_status": 2, "run": "ld: error: no such thing\nmake: *** [run] Error 1"},
     "make run: status 2: ld: error: no such thing"),
    ({"run": RUN.replace("aethel> ", "")}, "make run: its prompt is missing"),
    ({"run": RUN.replace("switches: 12", "switches: 0")},
     "make run: an answer to 'stats' is missing"),
    ({"test": TEST.replace(MODEL, "")}, "make test: no model tests were seen"),
    ({"test": TEST.replace(KERNEL, "")}, "make test: no kernel tests were seen"),
    ({"test": TEST.replace("20 passed, 0 failed", "19 passed, 1 failed")},
     "make test: 2 tests failed"),
    ({"test": "model: the protocol: NOT shown to hold", "test_status": 2},
     "make test: status 2: model: the protocol: NOT shown to hold"),
    ({"test": "=== FAILURES ===\nE   error: inside\n=== short test summary info ===\n"
              "FAILED tests/system/test_a.py::test_b - AssertionError", "test_status": 2},
     "make test: status 2: FAILED tests/system/test_a.py::test_b - AssertionError"),
    ({"test": "all is quiet\nand then it ended", "test_status": 1},
     "make test: status 1: and then it ended"),
])
def test_what_is_wrong_is_told(report, changes, reason):
    status, said = report(log(**changes))
    assert status == 1 and said.startswith("bookworm  RED "), said
    assert reason in said.splitlines()[1]


@pytest.mark.parametrize("command, before", [("run", RUN), ("test", TEST)], ids=["run", "test"])
def test_warnings_are_counted(report, command, before):
    for first, more, count in (
            ("kernel/main.c:3:1: warning: unused variable", "", 1),
            ("bootloader/stage2.asm:9: warning: relocation [-w+reloc-abs-word]", "", 1),
            ("entry.s:5: Warning: no instruction mnemonic suffix given", "b.c:1: warning: two", 2),
            ("ld: warning: build/kernel.elf has a LOAD segment with RWX permissions", "", 1),
            ("tests/a.py:3", "  tests/a.py:3: SomeWarning: old\n"
                             "=== 30 passed, 3 warnings in 1s ===", 3)):
        text = f"=== warnings summary ===\n{first}\n{more}\n{before}"
        status, said = report(log(**{command: text}))
        assert status == 1 and f"; {count} warnings; " in said
        assert f"{count} warnings, the first: {first}\n" in said


def test_packages_may_warn(report):
    for line in ("update-alternatives: warning: skip creation of /usr/share/man/man1/x.1.gz",
                 "dpkg: warning: unable to delete old directory", "warnings are none of ours"):
        assert report(log(run=f"{line}\n{RUN}"))[0] == 0


def test_checks_that_were_skipped_are_told(report, tmp_path):
    line = "  SKIP    cppcheck 2.17: this tree is written for 2.10\n"
    status, said = report(log(test=line + TEST))
    assert status == 0 and "; 1 checks of other versions skipped\n" in said
    assert "- bookworm: cppcheck 2.17: this tree is written for 2.10\n" in \
        (tmp_path / "suites.md").read_text(encoding="utf-8")


def test_of_two_tries_the_last_counts(report):
    again = "try-suite: begin make run\nx: warning: y\ntry-suite: end make run: status 2, 7 s\n"
    assert report(log().replace("try-suite: begin make run", again + "try-suite: begin make run")) \
        == report(log())


def test_a_session_that_broke_off_is_red(report):
    whole = log()
    places = {"begin clean root": "broken off in clean root: nothing was printed",
              "begin clone": "broken off in clone", "end clone": "broken off before make run",
              "begin make test": "broken off in make test"}
    for place, reason in places.items():
        part = whole[:whole.index("\n", whole.index(f"try-suite: {place}"))]
        status, said = report(part)
        assert status == 1 and reason in said, said
        status, said = report(part + "\ntry-suite: broken interrupted\n")
        assert status == 1 and reason.replace("broken off", "interrupted") in said, said
    assert "interrupted before clean root" in report("try-suite: broken interrupted\n")[1]


def test_the_table_has_all_suites_in_their_order(report, tmp_path):
    report(log(end="try-suite: version gcc 16.1\n"), "sid")
    report(log(test="x: error: a", test_status=2, end="try-suite: version gcc 14.2\n"), "trixie")
    report(log(end="try-suite: version gcc 12.2\n"))
    table = (tmp_path / "suites.md").read_text(encoding="utf-8")
    assert "| tool | bookworm | trixie | sid |" in table
    assert "| gcc | 12.2 | 14.2 | 16.1 |" in table and "| clang | - | - | - |" in table
    assert "| bookworm | green | 1234567 | 2000-01-01 | 0, 12 s | 0, 345 s | 83 / 0 / 3 | " in table
    assert "- trixie: make test: status 2: x: error: a\n" in table
