# SPDX-License-Identifier: EPL-2.0
"""The update site installs into an Eclipse without anything of ours, and a recording is shown there."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

HOME = pathlib.Path(__file__).resolve().parents[1]
BARE = HOME / "eclipse-plugin/product/target/products/dev.retrovisor.bare/linux/gtk/x86_64"
SITE = HOME / "p2-site/target/repository"
PROBE = HOME / "eclipse-plugin/probe/target"
HELLO = HOME / "stub-monitor/build/guests/hello.elf"
OURS = {"dev.retrovisor.store", "dev.retrovisor.bridge", "dev.retrovisor.eclipse.core", "dev.retrovisor.eclipse.ui"}
PACE = float(os.environ.get("RETROVISOR_TEST_PACE", "1"))


def launcher(eclipse):
    return str(next((eclipse / "plugins").glob("org.eclipse.equinox.launcher_*.jar")))


def install(eclipse):
    return subprocess.run(["java", "-jar", launcher(eclipse), "-nosplash", "-consoleLog", "-data", str(eclipse / "none"),
                           "-application", "org.eclipse.equinox.p2.director", "-repository", SITE.as_uri(),
                           "-installIU", "dev.retrovisor.feature.feature.group"],
                          capture_output=True, text=True, timeout=240 * PACE, check=False)


@pytest.fixture(scope="module", name="eclipse")
def installed_eclipse(tmp_path_factory):
    assert BARE.is_dir() and SITE.is_dir(), "built by ./mvnw verify"
    eclipse = tmp_path_factory.mktemp("bare") / "eclipse"
    shutil.copytree(BARE, eclipse)
    assert not list((eclipse / "plugins").glob("dev.retrovisor*"))
    done = install(eclipse)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name.split("_")[0] for path in (eclipse / "plugins").glob("dev.retrovisor*")} == OURS
    yield eclipse
    shutil.rmtree(eclipse)


@pytest.fixture(scope="module", name="recording")
def hello_recording(tmp_path_factory):
    file = tmp_path_factory.mktemp("hello") / "hello.retro"
    # A shell's background jobs ignore Ctrl-C; this one must not.
    with subprocess.Popen([str(HOME / "retrovisor"), "record", str(file), "--guest", str(HELLO), "--port", "0"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler)) as process:
        for line in process.stdout:
            if ": done " in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60 * PACE)
    return file


def first_event(recording):
    done = subprocess.run([str(HOME / "retrovisor"), "log", str(recording), "--limit", "1"], capture_output=True,
                          text=True, timeout=60 * PACE, check=True)
    return done.stdout


def test_a_recording_is_shown_in_the_eclipse_that_was_bare(eclipse, recording, tmp_path):
    (eclipse / "dropins").mkdir(exist_ok=True)
    shutil.copy(next(PROBE.glob("dev.retrovisor.eclipse.probe-*.jar")), eclipse / "dropins")
    answer = tmp_path / "answer"
    with subprocess.Popen(["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "java", f"-Dretrovisor.probe={recording}",
                           f"-Dretrovisor.probe.answer={answer}", "-jar", launcher(eclipse), "-nosplash",
                           "-consoleLog", "-data", str(tmp_path / "workspace")], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as process:
        try:
            output = process.communicate(timeout=180 * PACE)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            time.sleep(1)
            pytest.fail("the workbench showed no events: " + process.communicate()[0])
    assert answer.exists(), output
    said = dict(line.split(": ", 1) for line in answer.read_text().splitlines())
    event = first_event(recording)
    assert said["Instant"] in event and said["Kind"] in event and said["Address, port or vector"] in event, (said, event)
    assert "view: Recorded I/O" in answer.read_text()
