"""Foreign code in bubblewrap: what it cannot see, reach or outlast."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from p2a.errors import SandboxUnavailable, WorkflowCancelled
from p2a.sandbox.arguments import as_file
from p2a.sandbox.bubblewrap import Bubblewrap
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.host import base_interpreter, host_files
from p2a.sandbox.interface import (
    MIB,
    Ending,
    Limits,
    Mount,
    Sandbox,
    SandboxCommand,
    SandboxResult,
    StoppableSandbox,
)

Run = Callable[..., SandboxResult]
PATIENCE = 60.0


@pytest.fixture(scope="module")
def sandbox() -> StoppableSandbox:
    return choose_sandbox("auto")


@pytest.fixture(scope="module")
def run(sandbox: Sandbox) -> Run:
    interpreter = base_interpreter()

    def run(
        code: str, *arguments: str, mounts: tuple[Mount, ...] = (), **limits: float
    ) -> SandboxResult:
        return sandbox.run(
            SandboxCommand(
                argv=(interpreter.program, "-c", code, *arguments),
                cwd=mounts[0].target if mounts else "/tmp",
                mounts=(*interpreter.mounts, *mounts),
                limits=Limits(**limits),  # type: ignore[arg-type]
            )
        )

    return run


def answer(result: SandboxResult) -> object:
    assert result.succeeded, result
    return json.loads(result.output)


def processes_with(word: str) -> list[str]:
    """Return the command lines on this machine that hold a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if word.encode() in line and path.parent.name != str(os.getpid()):
            found.append(line.decode("utf-8", "replace"))
    return found


# What it sees -----------------------------------------------------------------------------------

SEE_ENVIRONMENT = """
import json, os, pathlib
read = lambda name: pathlib.Path(name).read_bytes().decode("utf-8", "replace")
print(json.dumps([
    dict(os.environ),
    {name: read(f"/proc/{name}/environ") for name in os.listdir("/proc") if name.isdigit()},
]))
"""


def test_b01__environment_holds_the_allow_list_only(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("P2A_CANARY", "canary-in-the-environment")
    found = answer(run(SEE_ENVIRONMENT))
    assert isinstance(found, list)
    environ, of_processes = found
    assert environ["HOME"] == "/tmp"
    # PWD is where it was started; bubblewrap sets it.
    assert environ.keys() == {"PATH", "HOME", "LANG", "PWD"}
    assert of_processes["1"] == ""
    assert "canary" not in json.dumps(of_processes)
    assert len(of_processes) == 2


def test_b01__no_descriptor_of_ours_is_open(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w"):
        assert answer(run("import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))")) == [
            *range(4)  # the fourth is the listing itself
        ]


def test_files__only_what_was_mounted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    other = tmp_path.parent / "other-run.txt"
    other.write_text("secret")
    code = """
import json, os, sys
print(json.dumps([
    os.listdir("."), os.path.exists(sys.argv[1]), os.path.exists("/etc/shadow"),
    sorted(os.listdir("/etc")), os.path.exists("/home"), os.path.exists("/var"), os.getcwd(),
]))
"""
    found = answer(run(code, str(other), mounts=(Mount(tmp_path, "/workspace"),)))
    etc = ["alternatives", "group", "hosts", "ld.so.cache", "nsswitch.conf", "passwd"]
    assert found == [["a.txt"], False, False, etc, False, False, "/workspace"]


@pytest.mark.parametrize("path", ["/x", "/usr/x", "/etc/x", "/dev/x", "/proc/x", "/workspace/x"])
def test_files__nothing_else_is_writable(run: Run, tmp_path: Path, path: str) -> None:
    result = run(f"open({path!r}, 'w')", mounts=(Mount(tmp_path, "/workspace"),))
    assert result.ending is Ending.EXITED
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_files__a_writable_mount_keeps_what_was_written(run: Run, tmp_path: Path) -> None:
    result = run("open('x', 'w').write('y')", mounts=(Mount(tmp_path, "/w", writable=True),))
    assert result.succeeded
    assert (tmp_path / "x").read_text() == "y"
    assert (tmp_path / "x").stat().st_uid == os.getuid()


def test_b17__scratch_is_private_and_new_each_time(run: Run) -> None:
    code = "import os; print(len(os.listdir('/tmp')), len(os.listdir('/dev/shm')));"
    code += "open('/tmp/x', 'w'); open('/dev/shm/x', 'w')"
    assert [run(code).output for _ in range(2)] == ["0 0\n", "0 0\n"]


# What it reaches --------------------------------------------------------------------------------

REACH = """
import json, socket, sys
def attempt(family, kind, address):
    with socket.socket(family, kind) as s:
        s.settimeout(5)
        try:
            s.connect(address)
            if kind == socket.SOCK_DGRAM:
                s.send(b"?")
                s.recv(1)
            return "open"
        except OSError as error:
            return type(error).__name__
v4, v6 = map(int, sys.argv[1:])
def look_up():
    try:
        return str(socket.getaddrinfo("example.com", 80))
    except OSError as error:
        return type(error).__name__
print(json.dumps({
    "loopback": attempt(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", v4)),
    "loopback 6": attempt(socket.AF_INET6, socket.SOCK_STREAM, ("::1", v6)),
    "metadata": attempt(socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    "outside": attempt(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 443)),
    "dns": attempt(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    "name": look_up(),
    "interfaces": [name for _, name in socket.if_nameindex()],
}))
"""


@pytest.fixture
def listeners() -> Iterator[list[socket.socket]]:
    found = [socket.create_server(("127.0.0.1", 0))]
    if socket.has_ipv6:
        found.append(socket.create_server(("::1", 0), family=socket.AF_INET6))
    yield found
    for each in found:
        each.close()


def test_b02__no_network_of_the_host(run: Run, listeners: list[socket.socket]) -> None:
    ports = [each.getsockname()[1] for each in listeners]
    # The listeners are alive: from here they answer.
    for each in listeners:
        socket.create_connection(each.getsockname()[:2], timeout=PATIENCE).close()
    reached = answer(run(REACH, str(ports[0]), str(ports[-1])))
    assert isinstance(reached, dict)
    assert reached.pop("interfaces") == ["lo"]
    assert {name for name, outcome in reached.items() if outcome == "open"} == set()
    assert reached["loopback"] == "ConnectionRefusedError"
    assert reached["loopback 6"] in {"ConnectionRefusedError", "OSError"}
    assert reached["name"] == "gaierror"


def test_b10__no_unix_socket_of_the_host(run: Run, tmp_path: Path) -> None:
    name = f"p2a-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as named:
        abstract.bind(f"\0{name}")
        abstract.listen()
        named.bind(str(tmp_path / "s"))
        named.listen()
        code = """
import socket, sys
for address in ("\\0" + sys.argv[1], sys.argv[2]):
    with socket.socket(socket.AF_UNIX) as s:
        print(s.connect_ex(address) == 0)
"""
        assert run(code, name, str(tmp_path / "s")).output == "False\nFalse\n"


def test_b10__no_socket_of_a_service_is_visible(run: Run) -> None:
    code = """
import os, stat
folders = ["/var/run", "/run", "/tmp", "/tmp/.X11-unix", "/dev", "/dev/shm", "/home", "/srv"]
names = [os.path.join(f, name) for f in folders if os.path.isdir(f) for name in os.listdir(f)]
print([name for name in names if stat.S_ISSOCK(os.lstat(name).st_mode)])
print(os.path.exists("/var/run/docker.sock"), os.path.exists("/run/dbus"))
"""
    assert run(code).output == "[]\nFalse False\n"


def test_network__loopback_inside_works(run: Run) -> None:
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    socket.create_connection(listener.getsockname()).close()
print("both ends inside")
"""
    assert run(code).output == "both ends inside\n"


def test_b11__no_process_of_the_host_is_visible(run: Run) -> None:
    code = """
import os, sys
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
try:
    os.kill(int(sys.argv[1]), 9)
except OSError as error:
    print(type(error).__name__)
"""
    assert run(code, str(max(os.getpid(), 1000))).output == "[1, 2]\nProcessLookupError\n"


def test_b11__the_worker_cannot_be_traced_or_entered(run: Run) -> None:
    code = """
import ctypes, os, sys
worker = sys.argv[1]
ctypes.CDLL(None).ptrace.restype = ctypes.c_long
print(ctypes.CDLL(None).ptrace(16, int(worker), None, None), os.path.exists("/proc/" + worker))
print(sorted(os.listdir("/proc/1/root/")) == sorted(os.listdir("/")))
"""
    # pid 1 inside is the sandbox's own, so its root is no way out.
    assert run(code, str(max(os.getpid(), 1000))).output == "-1 False\nTrue\n"


# Who it is --------------------------------------------------------------------------------------

WHO = """
import ctypes, json, os
status = dict(line.split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
libc = ctypes.CDLL(None, use_errno=True)
def refused(call):
    try:
        call()
    except OSError:
        return True
    return False
print(json.dumps({
    "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()],
    "capabilities": [status[n].strip() for n in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")],
    "no new privileges": status["NoNewPrivs"].strip(),
    "mknod": refused(lambda: os.mknod("/tmp/device", 0o600 | 0o060000, os.makedev(8, 0))),
    "mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "namespace": libc.unshare(0x10000000),
    "setuid": refused(lambda: os.setuid(0)),
    "chroot": refused(lambda: os.chroot("/tmp")),
    "nosuid": all("nosuid" in line for line in open("/proc/mounts") if not "devtmpfs" in line),
    "terminal": os.isatty(0),
}))
"""


def test_b08__no_command_line_inside_names_a_path_of_the_host(run: Run, tmp_path: Path) -> None:
    code = """import json, pathlib
lines = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")]
print(json.dumps([line.decode() for line in lines]))
"""
    lines = answer(run(code, mounts=(Mount(tmp_path, "/work"),)))
    assert isinstance(lines, list)
    assert any("--args" in line for line in lines)
    assert [line for line in lines if str(tmp_path) in line] == []


def test_b08__home_sources_and_other_runs_are_absent(run: Run, tmp_path: Path) -> None:
    others = tmp_path / "other-run"
    others.mkdir()
    paths = [
        Path.home() / ".ssh",
        Path.home() / ".netrc",
        others,
        Path(__file__).parents[2] / "p2a",
    ]
    paths += [Path("/etc/shadow"), Path("/var/lib"), Path("/proc/kcore"), Path("/sys")]
    code = """
import json, os, sys
def holds(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else bool(open(path, "rb").read(1))
    except OSError:
        return False
print(json.dumps([path for path in sys.argv[1:] if holds(path)]))
"""
    (tmp_path / "mine").mkdir()
    mounts = (Mount(tmp_path / "mine", "/w", writable=True),)
    assert answer(run(code, *map(str, paths), mounts=mounts)) == []


def test_as_file__an_option_cannot_hold_another() -> None:
    assert as_file(["--setenv", "A", "\udcff"]) == b"--setenv\0A\0\xff\0"
    with pytest.raises(ValueError, match="NUL"):
        as_file(["--setenv", "A", "x\0--bind\0/\0/"])


def test_b12__not_root_and_no_way_there(run: Run) -> None:
    assert answer(run(WHO)) == {
        "ids": [1000, 1000, 1000, answer(run("import os; print(os.getgroups())"))],
        "capabilities": ["0000000000000000"] * 5,
        "no new privileges": "1",
        "mknod": True,
        "mount": -1,
        "namespace": -1,
        "setuid": True,
        "chroot": True,
        "nosuid": True,
        "terminal": False,
    }


def test_b12__a_setuid_program_gains_nothing(run: Run, tmp_path: Path) -> None:
    code = """
import os, shutil, subprocess
shutil.copy("/usr/bin/id", "id")
os.chmod("id", 0o4755)
print(subprocess.run(["./id", "-u"], capture_output=True, text=True).stdout)
"""
    assert run(code, mounts=(Mount(tmp_path, "/w", writable=True),)).output.strip() == "1000"


# What it uses -----------------------------------------------------------------------------------


def test_b04__eight_gigabytes_at_once(run: Run) -> None:
    result = run("x = bytearray(8 << 30)")
    assert (result.ending, result.exit_code) == (Ending.MEMORY_LIMIT, None)


def test_b04__eight_gigabytes_by_many_processes(run: Run) -> None:
    code = """
import os, time
for _ in range(16):
    if os.fork() == 0:
        x = bytearray(b"x") * (96 << 20)
        time.sleep(600)
time.sleep(600)
"""
    result = run(code, memory_bytes=512 * MIB, wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (Ending.MEMORY_LIMIT, None)
    assert result.seconds < PATIENCE


def test_b04__memory_that_is_shared_counts(run: Run) -> None:
    code = """
import mmap, os, time
for _ in range(4):
    if os.fork() == 0:
        shared = mmap.mmap(-1, 48 << 20)
        for place in range(0, len(shared), 4096):
            shared[place] = 1
        time.sleep(600)
time.sleep(600)
"""
    result = run(code, memory_bytes=128 * MIB, wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (Ending.MEMORY_LIMIT, None)


def test_b04__memory_that_forked_processes_share_counts_once(run: Run) -> None:
    code = """
import os, time
whole = bytearray(b"x") * (48 << 20)
children = [pid for pid in (os.fork() for _ in range(4)) if pid]
if len(children) < 4:
    time.sleep(1)
    os._exit(0)
for child in children:
    os.waitpid(child, 0)
print("done")
"""
    assert run(code, memory_bytes=160 * MIB, wall_seconds=PATIENCE).output == "done\n"


def test_b04__memory_of_no_process_is_refused(run: Run) -> None:
    code = """
import ctypes, errno, os
try:
    os.memfd_create("a")
except OSError as error:
    print(errno.errorcode[error.errno])
libc = ctypes.CDLL(None, use_errno=True)
print(libc.shmget(0, 1 << 20, 0o1600), errno.errorcode[ctypes.get_errno()])
"""
    assert run(code).output == "ENOSYS\n-1 ENOSYS\n"


def test_b04__a_caught_memory_error_is_the_commands_own_affair(run: Run) -> None:
    code = "try: bytearray(8 << 30)\nexcept MemoryError: print('MemoryError')\nprint('1 failed')\n"
    result = run(code + "raise SystemExit(1)")
    assert (result.ending, result.exit_code) == (Ending.EXITED, 1)


def test_b05__scratch_is_bounded(run: Run) -> None:
    code = """
import errno
for folder in ("/tmp", "/dev/shm"):
    try:
        with open(folder + "/x", "wb") as file:
            for _ in range(128):
                file.write(b"x" * (1 << 20))
    except OSError as error:
        print(errno.errorcode[error.errno])
"""
    assert run(code, scratch_bytes=32 * MIB).output == "ENOSPC\nENOSPC\n"


def test_b05__a_file_is_bounded(run: Run, tmp_path: Path) -> None:
    code = "open('x', 'wb').truncate(1 << 40)"
    result = run(code, mounts=(Mount(tmp_path, "/w", writable=True),))
    assert "File too large" in result.output
    assert (tmp_path / "x").stat().st_size == 0


FILL = """
import os, sys, time
size, folder = int(sys.argv[1]), sys.argv[2]
os.makedirs(folder, exist_ok=True)
for number in range(int(sys.argv[3])):
    with open(f"{folder}/{number}", "wb") as file:
        file.write(b"x" * size)
        if size:
            file.flush()
            os.fsync(file.fileno())
time.sleep(600)
"""


def test_b05__a_filled_disk_ends_the_command(run: Run, tmp_path: Path) -> None:
    mounts = (Mount(tmp_path, "/w", writable=True),)
    result = run(
        FILL, str(4 * MIB), "a", "64", mounts=mounts, disk_bytes=64 * MIB, wall_seconds=PATIENCE
    )
    assert (result.ending, result.exit_code) == (Ending.DISK_LIMIT, None)
    assert not result.succeeded
    assert result.seconds < PATIENCE


def test_b05__tiny_files_without_end_end_the_command(run: Run, tmp_path: Path) -> None:
    mounts = (Mount(tmp_path, "/w", writable=True),)
    result = run(FILL, "0", "a", "4000", mounts=mounts, disk_files=1000, wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (Ending.DISK_LIMIT, None)


@pytest.mark.parametrize("folder", ["/tmp/a", "/dev/shm"])
def test_b05__tiny_files_in_memory_end_the_command(run: Run, folder: str) -> None:
    result = run(FILL, "0", folder, "4000", scratch_files=1000, wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (Ending.DISK_LIMIT, None)


def test_b06__five_gigabytes_of_output(sandbox: Sandbox) -> None:
    size = 5 << 30
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = sandbox.run(
        SandboxCommand(argv=("/usr/bin/head", "-c", str(size), "/dev/zero"), cwd="/", mounts=())
    )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert (result.ending, result.exit_code) == (Ending.EXITED, 0)
    assert result.truncated
    assert f"{size - MIB} bytes of output not kept" in result.output
    # The limit itself a few times over: two buffers, their copies and the text.
    assert grown < 16 * MIB


def test_output__both_ends_are_kept_in_order(run: Run) -> None:
    code = "import sys; print('first'); print('x' * 5000, file=sys.stderr); print('last')"
    result = run("import sys; sys.stdout.reconfigure(line_buffering=True);" + code, output_bytes=64)
    assert result.output.startswith("first\nxxx")
    assert result.output.endswith("xxx\nlast\n")


def test_b13__terminal_escapes_are_removed(run: Run) -> None:
    code = (
        r"print('\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x08 \x9bm')"
    )
    assert run(code).output == "red link \n"


def test_b13__there_is_no_terminal_to_type_into(run: Run) -> None:
    code = """
import fcntl, os, sys, termios
for number in range(3):
    try:
        fcntl.ioctl(number, 0x5412, b"x")  # TIOCSTI
        print("typed")
    except OSError:
        print("no terminal")
try:
    os.open("/dev/tty", os.O_RDWR)
    print("open")
except OSError:
    print("no terminal")
print("y" * (1 << 20))
"""
    result = run(code, output_bytes=1000)
    assert result.output.startswith("no terminal\n" * 4 + "yyy")
    assert result.truncated
    assert len(result.output) < 1200


def test_limits__are_set_for_the_command_and_cannot_be_raised(run: Run) -> None:
    code = """
import json, resource
names = ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_CORE")
print(json.dumps([resource.getrlimit(getattr(resource, name)) for name in names]))
try:
    resource.setrlimit(resource.RLIMIT_NPROC, (999, 999))
except (OSError, ValueError):
    pass
else:
    print("raised")
"""
    result = run(code, processes=64, cpu_seconds=10)
    limits = [[2048 * MIB] * 2, [64, 64], [1024 * MIB] * 2, [10, 15], [0, 0]]
    assert answer(result) == limits


# When it ends -----------------------------------------------------------------------------------

DAEMONS = """
import os, signal, subprocess, sys, time
for number in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            for each in range(1, 32):
                if each not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(each, signal.SIG_IGN)
            os.execv("/usr/bin/sleep", [sys.argv[1], "600"])
        os._exit(0)
for each in range(1, 32):
    if each not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(each, signal.SIG_IGN)
print("started", flush=True)
time.sleep(float(sys.argv[2]))
"""


def test_b07__daemons_are_gone_at_the_deadline(run: Run) -> None:
    word = f"p2a-daemon-{os.getpid()}-{time.monotonic_ns()}"
    result = run(DAEMONS, word, "600", wall_seconds=2.0)
    assert (result.ending, result.exit_code) == (Ending.TIMED_OUT, None)
    assert result.output == "started\n"
    assert 2.0 <= result.seconds < PATIENCE
    assert processes_with(word) == []


def test_b07__daemons_are_gone_when_the_command_ends(run: Run) -> None:
    word = f"p2a-daemon-{os.getpid()}-{time.monotonic_ns()}"
    result = run(DAEMONS, word, "0", wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (Ending.EXITED, 0)
    assert processes_with(word) == []


def test_b16__no_clock_and_no_priority_moves_the_deadline(run: Run) -> None:
    code = """
import os, time
def refused(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        return True
    return False
print(refused(time.clock_settime, time.CLOCK_REALTIME, 0.0), refused(os.nice, -20), flush=True)
print(refused(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1)), flush=True)
time.time = time.monotonic = lambda: 0.0
while True:
    time.sleep(600)
"""
    result = run(code, wall_seconds=2.0)
    assert (result.ending, result.output) == (Ending.TIMED_OUT, "True True\nTrue\n")
    assert 2.0 <= result.seconds < PATIENCE


def test_b07__a_closed_output_does_not_end_the_watch(run: Run) -> None:
    code = "import os, time\nos.close(1); os.close(2); time.sleep(600)"
    assert run(code, wall_seconds=1.0).ending is Ending.TIMED_OUT


def test_b07__an_interrupted_caller_leaves_nothing(tmp_path: Path) -> None:
    class Interrupted(BaseException):
        pass

    def clock() -> float:
        if (tmp_path / "started").exists():
            raise Interrupted
        return time.monotonic()

    word = f"p2a-daemon-{os.getpid()}-{time.monotonic_ns()}"
    sandbox = Bubblewrap(Path("/usr/bin/bwrap"), host=host_files(), monotonic=clock)
    with pytest.raises(Interrupted):
        sandbox.run(
            SandboxCommand(
                argv=("/bin/sh", "-c", f"touch started; exec sleep 600 # {word}"),
                cwd="/w",
                mounts=(Mount(tmp_path, "/w", writable=True),),
            )
        )
    assert processes_with(word) == []


def test_r09__a_check_that_raises_ends_everything(
    sandbox: StoppableSandbox, tmp_path: Path
) -> None:
    def check() -> None:
        if (tmp_path / "started").exists():
            raise WorkflowCancelled("the workflow was cancelled")

    word = f"p2a-daemon-{os.getpid()}-{time.monotonic_ns()}"
    with pytest.raises(WorkflowCancelled):
        sandbox.stopped_by(check).run(
            SandboxCommand(
                argv=(
                    "/bin/sh",
                    "-c",
                    f"setsid sleep 600 & touch started; exec sleep 600 # {word}",
                ),
                cwd="/w",
                mounts=(Mount(tmp_path, "/w", writable=True),),
            )
        )
    assert processes_with(word) == []


def test_b07__a_killed_caller_leaves_nothing(tmp_path: Path) -> None:
    word = f"p2a-daemon-{os.getpid()}-{time.monotonic_ns()}"
    code = """
import sys
from pathlib import Path
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.interface import Mount, SandboxCommand
command = "touch started; setsid sleep 600 & exec -a $0 sleep 600"
choose_sandbox("auto").run(SandboxCommand(
    argv=("/bin/bash", "-c", command, sys.argv[2]), cwd="/w",
    mounts=(Mount(Path(sys.argv[1]), "/w", writable=True),),
))
"""
    caller = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), word], cwd=Path(__file__).parents[2]
    )
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    caller.kill()
    caller.wait()
    while processes_with(word):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("code", "ending", "exit_code"),
    [
        ("", Ending.EXITED, 0),
        ("raise SystemExit(3)", Ending.EXITED, 3),
        ("raise SystemExit(255)", Ending.EXITED, 255),
        ("import os; os.abort()", Ending.KILLED, None),
        ("import os; os.kill(os.getpid(), 9)", Ending.KILLED, None),
        ("while True: pass", Ending.TIMED_OUT, None),
    ],
)
def test_ending__is_told_apart(run: Run, code: str, ending: Ending, exit_code: int | None) -> None:
    result = run(code, cpu_seconds=1, wall_seconds=PATIENCE)
    assert (result.ending, result.exit_code) == (ending, exit_code)
    assert result.succeeded is (exit_code == 0)
    assert result.backend == "bubblewrap"


MEET = """
import json, os, socket, sys, time
mine, other = sys.argv[1:]
open("/tmp/" + mine, "w").close()
open("/dev/shm/" + mine, "w").close()
here = socket.socket(socket.AF_UNIX)
here.bind("\\0" + mine)
here.listen()
open("/meet/" + mine, "w").close()
while not os.path.exists("/meet/" + other):
    time.sleep(0.01)
with socket.socket(socket.AF_UNIX) as there:
    reached = there.connect_ex("\\0" + other) == 0
pids = [name for name in os.listdir("/proc") if name.isdigit()]
open("/meet/done-" + mine, "w").close()
while not os.path.exists("/meet/done-" + other):
    time.sleep(0.01)
print(json.dumps([os.listdir("/tmp"), os.listdir("/dev/shm"), reached, len(pids)]))
"""


def test_b17__two_at_once_share_no_names(run: Run, tmp_path: Path) -> None:
    found: dict[str, object] = {}
    meet = (Mount(tmp_path, "/meet", writable=True),)

    def one(mine: str, other: str) -> None:
        found[mine] = answer(run(MEET, mine, other, mounts=meet, wall_seconds=PATIENCE))

    threads = [threading.Thread(target=one, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: [[name], [name], False, 2] for name in "ab"}


def test_b17__many_at_once_do_not_disturb_each_other(run: Run) -> None:
    outputs: dict[int, str] = {}

    def one(number: int) -> None:
        outputs[number] = run(f"import time; time.sleep(0.2); print({number})").output

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {number: f"{number}\n" for number in range(6)}


# When it cannot be started ------------------------------------------------------------------------


def test_run__a_missing_mount_is_no_result(run: Run, tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="Can't find source path") as caught:
        run("", mounts=(Mount(tmp_path / "none", "/w"),))
    assert "was not run" in str(caught.value)


def test_run__a_missing_program_is_the_commands_own_failure(sandbox: Sandbox) -> None:
    result = sandbox.run(SandboxCommand(argv=("/usr/bin/none-such",), cwd="/", mounts=()))
    assert (result.ending, result.exit_code) == (Ending.EXITED, 127)
    assert "none-such" in result.output


def test_b14__a_bubblewrap_that_is_gone_is_no_result(tmp_path: Path) -> None:
    sandbox = Bubblewrap(tmp_path / "bwrap", host=host_files())
    with pytest.raises(SandboxUnavailable, match="could not be started"):
        sandbox.run(SandboxCommand(argv=("/usr/bin/true",), cwd="/", mounts=()))


def test_b03__more_processes_than_allowed(run: Run) -> None:
    # A bounded burst shows the limit as well as a bomb would.
    code = """
import os, time
for _ in range(80):
    if os.fork() == 0:
        time.sleep(600)
time.sleep(600)
"""
    result = run(code, processes=20, wall_seconds=PATIENCE)
    assert not result.succeeded
    assert result.seconds < PATIENCE
    # The kernel does not count root's processes: then we do.
    assert result.ending is Ending.PROCESS_LIMIT or "BlockingIOError" in result.output


def test_b12__no_setting_of_the_kernel_can_be_written(run: Run) -> None:
    code = """
import os
opened = []
paths = ["/proc/sysrq-trigger", "/proc/self/oom_score_adj"]
for folder, _, names in os.walk("/proc/sys"):
    paths += [os.path.join(folder, name) for name in names]
for path in paths:
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError:
        continue
    opened.append(path)
print(len(paths) > 100, opened)
"""
    assert run(code).output.strip() == "True []"
