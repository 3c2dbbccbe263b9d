"""`daggr-fn run --resume`: what a run finished before it failed, or was killed, is not done again."""

from __future__ import annotations

import signal
import subprocess

from tests.cli.commands import COMMAND, daggr_fn, environment, write

APP = """
    import os, random
    from pathlib import Path
    from daggr_fn import each, every_run, gather, new_file, node, pipeline

    def log(word):
        with open("calls.txt", "a") as file:
            file.write(word + " ")

    @node
    def count(n: int) -> list[int]:
        log("count")
        return list(range(n))

    @node
    def picture(draw: float) -> Path:
        log("picture")
        path = new_file(".txt")
        path.write_text(str(draw))
        return path

    @node
    def double(x: int) -> int:
        log(f"double-{x}")
        if x == 2:
            raise RuntimeError("two is not ready")
        return 2 * x

    @node
    def total(xs: list[int], path: Path) -> str:
        log("total")
        return f"{sum(xs)} {len(path.read_text()) > 2}"

    @pipeline
    def sums(n: int = 4):
        return total(gather(double(each(count(n)))), picture(every_run(random.random)))
"""
MENDED = APP.replace("if x == 2", "if x == 200")


def calls(folder) -> list[str]:
    file = folder / "calls.txt"
    found = sorted(file.read_text().split()) if file.exists() else []
    file.unlink(missing_ok=True)
    return found


def failed_once(tmp_path) -> str:
    write(tmp_path, APP)
    told = daggr_fn("run", "app.py", cwd=tmp_path, code=1).stderr
    assert calls(tmp_path) == ["count", "double-0", "double-1", "double-2", "double-3", "picture"]
    return told


def test_a_failed_run_says_how_to_go_on(tmp_path):
    assert "Go on from here:  " in failed_once(tmp_path)


def test_after_another_failure_only_what_failed_runs_again(tmp_path):
    failed_once(tmp_path)
    for _ in range(2):
        told = daggr_fn("run", "app.py", "--resume", cwd=tmp_path, code=1).stderr
        assert "kept from the run that failed" in told
        assert calls(tmp_path) == ["double-2"]


def test_an_edited_function_runs_anew_with_all_its_items_and_the_rest_is_kept(tmp_path):
    failed_once(tmp_path)
    write(tmp_path, MENDED)
    done = daggr_fn("run", "app.py", "--resume", cwd=tmp_path)
    assert done.stdout == "total: 12 True\n"
    assert calls(tmp_path) == ["double-0", "double-1", "double-2", "double-3", "total"]


def test_what_a_function_waited_for_outside_of_the_code_only_what_failed_runs(tmp_path):
    write(tmp_path, APP.replace("if x == 2", "if x == 2 and not os.path.exists('ready')"))
    daggr_fn("run", "app.py", cwd=tmp_path, code=1)
    calls(tmp_path)
    (tmp_path / "ready").touch()
    assert daggr_fn("run", "app.py", "--resume", cwd=tmp_path).stdout == "total: 12 True\n"
    assert calls(tmp_path) == ["double-2", "total"]


def test_another_input_runs_what_depends_on_it(tmp_path):
    failed_once(tmp_path)
    assert daggr_fn("run", "app.py", "--resume", "--n", "2", cwd=tmp_path).stdout == "total: 2 True\n"
    assert calls(tmp_path) == ["count", "total"]


def test_without_resume_everything_runs(tmp_path):
    failed_once(tmp_path)
    failed_once(tmp_path)


def test_a_run_that_succeeded_leaves_nothing_to_resume(tmp_path, home):
    failed_once(tmp_path)
    daggr_fn("run", "app.py", "--resume", "--n", "2", cwd=tmp_path)
    calls(tmp_path)
    daggr_fn("run", "app.py", "--resume", "--n", "2", cwd=tmp_path)
    assert calls(tmp_path) == ["count", "double-0", "double-1", "picture", "total"]
    assert list((home / "kept_runs").iterdir()) == []
    assert "unfinished" not in daggr_fn("cache", cwd=tmp_path).stdout


def test_a_fresh_run_that_failed_goes_on_too(tmp_path):
    write(tmp_path, APP.replace("@node", "@node(cache=True)").replace("every_run(random.random)", "0.123"))
    daggr_fn("run", "app.py", cwd=tmp_path, code=1)
    calls(tmp_path)
    daggr_fn("run", "app.py", "--fresh", cwd=tmp_path, code=1)
    assert len(calls(tmp_path)) == 6
    daggr_fn("run", "app.py", "--fresh", "--resume", cwd=tmp_path, code=1)
    assert calls(tmp_path) == ["double-2"]


SLEEPY = APP.replace(
    'raise RuntimeError("two is not ready")', 'print("asleep", flush=True); __import__("time").sleep(600)'
)


def test_after_kill_9_nothing_that_finished_is_done_again(tmp_path):
    write(tmp_path, SLEEPY)
    process = subprocess.Popen([*COMMAND, "run", "app.py"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stderr is not None
    assert process.stdout is not None
    ended = set()
    for line in process.stderr:  # the picture is kept; the items are counted when a second has passed, so ask the log
        ended.update(line.split()[:2])
        if "picture" in line and "done" in line:
            break
    assert process.stdout.readline() == "asleep\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "picture" in calls(tmp_path)
    write(tmp_path, SLEEPY.replace("x == 2:", "x == 2 and not os.path.exists('ready'):"))
    (tmp_path / "ready").touch()
    daggr_fn("run", "app.py", "--resume", cwd=tmp_path)
    found = calls(tmp_path)
    assert "picture" not in found
    assert "count" not in found


def test_resume_says_that_it_knows_no_plan(tmp_path):
    write(tmp_path, APP)
    assert "--resume" in daggr_fn("run", "app.py", "--plan", "--resume", cwd=tmp_path, code=2).stderr


def test_an_interrupted_run_goes_on(tmp_path):
    write(tmp_path, SLEEPY.replace("x == 2:", "x == 2 and not os.path.exists('ready'):"))
    process = subprocess.Popen([*COMMAND, "run", "app.py"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "asleep\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.rstrip().endswith("--resume")
    (tmp_path / "ready").touch()
    calls(tmp_path)
    daggr_fn("run", "app.py", "--resume", cwd=tmp_path)
    assert "count" not in calls(tmp_path)


# ---- several unfinished runs


def begun(tmp_path, ready: str) -> subprocess.Popen[str]:
    """A run that sleeps until it is killed, and has finished what it can."""
    process = subprocess.Popen([*COMMAND, "run", "app.py"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == ready
    return process


def test_a_run_that_goes_on_is_not_disturbed_by_another_of_the_same_pipeline(tmp_path):
    write(tmp_path, SLEEPY.replace("x == 2:", "x == 2 and not os.path.exists('ready'):"))
    first = begun(tmp_path, "asleep\n")
    (tmp_path / "ready").touch()
    daggr_fn("run", "app.py", cwd=tmp_path)  # succeeds, and forgets what is its own
    (tmp_path / "ready").unlink()
    calls(tmp_path)
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=60)
    assert told.rstrip().endswith("--resume")
    (tmp_path / "ready").touch()
    daggr_fn("run", "app.py", "--resume", cwd=tmp_path)
    assert "count" not in calls(tmp_path)


def test_resume_takes_the_newest_unfinished_run_or_the_one_that_is_named(tmp_path, home):
    write(tmp_path, APP)
    daggr_fn("run", "app.py", "--n", "4", cwd=tmp_path, code=1)
    told = daggr_fn("run", "app.py", "--n", "3", cwd=tmp_path, code=1).stderr
    second = told.rpartition("--resume-run ")[2].split()[0]
    (folder,) = (path for path in (home / "kept_runs").iterdir() if path.is_dir())
    (first,) = {path.name for path in folder.iterdir()} - {second}
    calls(tmp_path)
    wrong = daggr_fn("run", "app.py", "--resume-run", f"{second}0", cwd=tmp_path, code=2).stderr
    assert f"did you mean '{second}'?" in " ".join(wrong.split())
    daggr_fn("run", "app.py", "--n", "3", "--resume", cwd=tmp_path, code=1)
    assert calls(tmp_path) == ["double-2"]
    daggr_fn("run", "app.py", "--n", "4", "--resume-run", first, cwd=tmp_path, code=1)
    assert calls(tmp_path) == ["double-2"]


def test_only_the_newest_unfinished_runs_are_kept(tmp_path, home):
    write(tmp_path, APP)
    for _ in range(6):
        daggr_fn("run", "app.py", cwd=tmp_path, code=1)
    (folder,) = (path for path in (home / "kept_runs").iterdir() if path.is_dir())
    assert len(list(folder.iterdir())) == 5
    assert len(list((home / "kept_runs").glob("*.tsv"))) == 5
