# SPDX-License-Identifier: EPL-2.0
"""Questions about recordings, exports and the timeline page, by the commands that a user has; the other programs are real."""
import csv
import html
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import time

import pytest
from bridge import needs_bridge
from devices import device_options
from harness import GUESTS, PACE, packetd_network, symbols, udp_port
from recording_command import record, record_whole, recorded, run

pytestmark = needs_bridge
MESSAGES = 40


@pytest.fixture(scope="module", name="hello")
def hello_recording(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("hello"), "hello")


@pytest.fixture(scope="module", name="packetd")
def packetd_recording(tmp_path_factory):
    """Messages of different lengths were sent to it, each after the one before had been received or lost."""
    folder = tmp_path_factory.mktemp("packetd")
    file, port = folder / "packetd.retro", udp_port()
    with record(folder, file, "packetd", "--append", "careful", "--", *packetd_network(port)) as recording:
        recording.wait_for("In another terminal")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for number in range(MESSAGES):
                s.sendto(message(number), ("127.0.0.1", port))
                time.sleep(0.05 * PACE)
        recording.end()
    return file


@pytest.fixture(scope="module", name="e1000")
def e1000_recording(tmp_path_factory):
    with device_options("e1000") as (qemu, _):
        return recorded(tmp_path_factory.mktemp("e1000"), "e1000", *qemu)


def message(number):
    return f"message {number:03d} ".encode() + b"x" * (number * 7)


def asked(*words):
    done = run(*map(str, words))
    assert done.returncode == 0, done
    return done.stdout


def refused(*words):
    done = run(*map(str, words))
    assert done.returncode != 0 and done.stderr.count("\n") == 1, done
    return done.returncode, done.stderr


# ---- looking ----

def test_log_prints_what_sqlite_holds(hello):
    lines = asked("log", hello).splitlines()
    rows = sqlite3.connect(hello).execute("SELECT id, instant, kind, rip FROM event ORDER BY id").fetchall()
    assert len(lines) == len(rows) > 50
    for line, (number, instant, kind, rip) in zip(lines, rows):
        assert line.startswith(f"#{number}  @{instant}  {kind} ") and f"rip {rip:#x}" in line


def test_log_filters_by_all_that_is_said(hello):
    objects = [json.loads(line) for line in
               asked("log", hello, "--kind", "port-write", "--port", "0x3f8-0x3f9", "--rip", "serial_init", "--json").splitlines()]
    rows = sqlite3.connect(hello).execute(
        "SELECT id FROM event WHERE kind = 'port write' AND address IN (0x3f8, 0x3f9) AND rip BETWEEN ? AND ? ORDER BY id",
        function_range("serial_init")).fetchall()
    assert [(item["event"],) for item in objects] == rows != []
    first, last = objects[0]["instant"], objects[-1]["instant"]
    some = asked("log", hello, "--from", f"@{first}", "--to", f"@{last}", "--limit", 3).splitlines()
    assert len(some) == 3 and f"@{first} " in some[0]


def function_range(name):
    text = subprocess.run(["nm", "-S", str(GUESTS / "hello.elf")], capture_output=True, text=True, check=True).stdout
    start, size = (int(word, 16) for word in re.search(rf"^(\w+) (\w+) \w {name}$", text, re.M).groups())
    return start, start + size - 1


def test_counts_are_those_of_sql(hello):
    counted = json.loads(asked("log", hello, "--count", "--json"))
    sql = asked("sql", hello, "SELECT kind, count(*) AS n FROM event GROUP BY kind", "--json").splitlines()
    assert counted == {row["kind"]: row["n"] for row in map(json.loads, sql)}
    assert asked("sql", hello, "SELECT 1 AS one, NULL AS none, x'0aff' AS bytes") == "one\tnone\tbytes\n1\tnull\t0aff\n"


def test_info_and_ls_say_what_it_is(hello):
    info = json.loads(asked("info", hello, "--json"))
    assert info["guest"].endswith("hello.elf") and info["state"] == "whole"
    assert info["events"] == len(asked("log", hello).splitlines())
    (hello.parent / "broken.retro").write_bytes(b"SQLite format 3\0" + bytes(200))
    listed = run("ls", str(hello.parent))
    assert "hello.retro" in listed.stdout and "broken.retro" in listed.stderr and listed.returncode == 0


def test_two_runs_part_where_they_part(hello, tmp_path):
    assert asked("diff", hello, hello).startswith("the same ")
    other = tmp_path / "other.retro"
    record_whole(other, "hello", "--append", "other words")
    done = run("diff", str(hello), str(other))
    assert done.returncode == 1
    number = int(re.search(r"they part at event (\d+):", done.stdout)[1])
    answer = json.loads(run("diff", str(hello), str(other), "--json").stdout)
    assert answer["differ"] and answer["same-events"] == answer["first"]["event"] == answer["second"]["event"] == number
    same = json.loads(asked("diff", hello, hello, "--json"))
    assert not same["differ"] and "first" not in same and same["same-machine"]
    rows = [sqlite3.connect(file).execute("SELECT instant, kind, address, value, data, rip FROM event ORDER BY id").fetchall()
            for file in (hello, other)]
    assert rows[0][:number] == rows[1][:number] and rows[0][number] != rows[1][number]


def test_notes_are_kept_and_shown(hello, tmp_path):
    file = tmp_path / "noted.retro"
    shutil.copy(hello, file)
    assert "<b>here</b>" in asked("note", file, "--at", "event:3", "<b>here</b>")
    assert "<b>here</b>" in asked("note", file) and "<b>here</b>" in asked("info", file)
    third = sqlite3.connect(file).execute("SELECT instant FROM event WHERE id = 3").fetchone()[0]
    assert json.loads(asked("note", file, "--json")).items() >= {"note": "<b>here</b>", "instant": third}.items()
    lines = asked("log", file).splitlines()
    assert [i for i, line in enumerate(lines) if not line.startswith("#")] == [3]
    assert lines[3] == f"@{third}  note: <b>here</b>"
    assert asked("log", file, "--no-notes") == asked("log", hello)
    assert "note" in json.loads(asked("log", file, "--json", "--limit", 4).splitlines()[3])
    assert "note" not in asked("log", file, "--to", f"@{third - 1}")


@pytest.mark.parametrize("words", [["export", "FILE", "--csv", "OUT"], ["timeline", "FILE", "--html", "OUT"],
                                   ["pack", "FILE", "OUT"]])
def test_a_file_that_is_there_is_replaced_only_by_force(hello, tmp_path, words):
    out = tmp_path / "out"
    out.write_text("mine")
    words = [{"FILE": hello, "OUT": out}.get(word, word) for word in words]
    _, line = refused(*words)
    assert "is there already (expected: a new file, or --force)" in line and out.read_text() == "mine"
    asked(*words, "--force")
    assert out.stat().st_size > 100


def test_a_recording_is_replaced_by_force_and_the_guest_never(hello, tmp_path):
    file = tmp_path / "again.retro"
    shutil.copy(hello, file)
    before = sqlite3.connect(file).execute("SELECT value FROM recording WHERE name = 'made'").fetchone()
    record_whole(file, "hello", "--force")
    assert before != sqlite3.connect(file).execute("SELECT value FROM recording WHERE name = 'made'").fetchone()
    guest = tmp_path / "guest.elf"
    shutil.copy(GUESTS / "hello.elf", guest)
    _, line = refused("record", guest, "--force", "--guest", guest, "--port", "0")
    assert "is the guest itself" in line and guest.read_bytes() == (GUESTS / "hello.elf").read_bytes()


@pytest.mark.parametrize("words, says", [
    (["log", "FILE", "--kind", "nonsense"], "--kind: nonsense (expected: port-read, "),
    (["log", "FILE", "--port", "0x31f-0x300"], "--port: 0x31f-0x300 (expected: NUMBER, FIRST-LAST"),
    (["log", "FILE", "--rip", "no_such_function"], "or a function of the guest"),
    (["log", "FILE", "--from", "@9", "--to", "@3"], "not before --from, @9"),
    (["log", "FILE", "--limit", "-1"], "expected: 0 or more"),
    (["sql", "FILE", "SELEC"], "SQLite says: "),
    (["sql", "FILE", "DELETE FROM event_row"], "readonly"),
    (["note", "FILE", "--at", "@99999999999", "x"], "expected: begin, end, @INSTANT or event:NUMBER, from @0 to @"),
    (["why", "FILE", "--address", "here"], "--address: here (expected: a number"),
    (["why", "FILE", "--address", "0x1000", "--length", "3"], "expected: 1, 2, 4 or 8"),
    (["export", "FILE", "--csv", "/no/such/folder/x"], "cannot be written"),
    (["timeline", "FILE", "--html", "/no/such/folder/x"], "cannot be written"),
    (["export", "FILE", "--csv", "FILE"], "is the recording itself"),
    (["timeline", "FILE", "--html", "FILE"], "is the recording itself"),
    (["info", "/no/such/file.retro"], "no such file"),
    (["ls", "/no/such/folder"], "no such folder"),
])
def test_wrong_words_are_one_line(hello, words, says):
    _, line = refused(*[hello if word == "FILE" else word for word in words])
    assert says in line


# ---- who wrote it ----

def test_why_names_the_function_that_wrote_it(hello):
    text = asked("why", hello, "--address", hex(symbols(GUESTS / "hello.elf")["digest"]), "--length", 4)
    assert re.search(r"became \w{8} after @\d+\n  by the instruction at 0x\w+ <digest_add\w*\+0x\w+>", text), text
    answer = json.loads(asked("why", hello, "--address", hex(symbols(GUESTS / "hello.elf")["digest"]), "--length", 4, "--json"))
    assert answer["function"].startswith("digest_add") and f"{answer['before']} became {answer['after']}" in text
    untouched = asked("why", hello, "--address", "0x100000", "--length", 1)
    assert "nobody has written it since the recording began" in untouched


def test_why_names_the_device_that_wrote_it(e1000):
    address, byte = next(
        (event[0] + offset, data) for event in sqlite3.connect(e1000).execute(
            "SELECT address, data FROM event WHERE kind = 'dma' AND length(data) > 4 ORDER BY id DESC")
        for offset, data in [(int.from_bytes(event[1][:2], "little"), event[1][4])])
    text = asked("why", e1000, "--address", hex(address), "--length", 1)
    assert f"became {byte:02x} after" in text and " dma " in text and "8086:100e" in text, text


# ---- other programs ----

def test_csv_has_each_event(hello, tmp_path):
    out = tmp_path / "events.csv"
    asked("export", hello, "--csv", out)
    with out.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert [int(row["event"]) for row in rows] == list(range(len(asked("log", hello).splitlines())))
    assert all(int(row["address"], 16) >= 0 for row in rows)


def test_perfetto_has_each_event(hello, tmp_path):
    out = tmp_path / "events.json"
    asked("export", hello, "--perfetto", out)
    events = [event for event in json.loads(out.read_text())["traceEvents"] if event["ph"] == "i"]
    assert len(events) == len(asked("log", hello).splitlines())
    assert [event["ts"] for event in events] == sorted(event["ts"] for event in events)


def tshark(file, *fields):
    if not shutil.which("tshark"):
        pytest.skip("no tshark")
    words = ["tshark", "-r", str(file), "-T", "fields", *(word for field in fields for word in ("-e", field))]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in text.splitlines()]


def test_tshark_shows_the_messages_that_were_sent(packetd, tmp_path):
    out = tmp_path / "packets.pcap"
    asked("export", packetd, "--pcap", out)
    payloads = [bytes.fromhex(payload) for port, payload in tshark(out, "udp.dstport", "udp.payload") if port == "9000"]
    received = [payload for payload in map(message, range(MESSAGES)) if payload in payloads]
    assert payloads == received and len(received) > MESSAGES // 2
    assert any(arp for (arp,) in tshark(out, "arp.opcode"))


def test_tshark_shows_what_a_card_wrote_into_memory(e1000, tmp_path):
    out = tmp_path / "packets.pcap"
    asked("export", e1000, "--pcap", out)
    rows = tshark(out, "ip.src", "ip.checksum.status", "frame.protocols")
    assert sum(row[0] == "10.0.2.2" for row in rows) >= 3, rows


def test_a_packed_recording_holds_and_shows_what_was_changed(packetd, tmp_path):
    packed = tmp_path / "packed.retro"
    asked("pack", packetd, packed, "--no-rows")
    assert packed.stat().st_size < packetd.stat().st_size
    assert asked("log", packed, "--port", "0x310") == asked("log", packetd, "--port", "0x310")
    verified = asked("verify", packed)
    assert "its seal holds" in verified and "the replay holds" in verified
    with sqlite3.connect(packed) as connection:
        connection.execute("UPDATE recording SET value = 'another' WHERE name = 'guest'")
    assert "its seal does not hold" in refused("verify", packed, "--no-replay")[1]


# ---- the page ----

# What a user does with it; the results stand in the document's title.
DRIVE = """
<script>
const at = (type, x, y, more) => canvas.dispatchEvent(new (type === "wheel" ? WheelEvent : PointerEvent)(type,
  {clientX: canvas.getBoundingClientRect().left + x, clientY: canvas.getBoundingClientRect().top + y, bubbles: true, ...more}));
canvas.setPointerCapture = () => {};
const before = view.last - view.first;
for (let i = 0; i < 5; i++) at("wheel", 400, 20, {deltaY: -1});
const zoomed = before / (view.last - view.first);
at("pointermove", 400, 90, {pointerId: 1});
const hovered = tip.textContent;
at("pointerdown", 400, 90, {pointerId: 1});
at("pointerup", 400, 90, {pointerId: 1});
document.body.insertAdjacentText("beforeend", "DRIVEN " + JSON.stringify(
  {zoomed, hovered, picked: document.querySelector("#picked code").textContent, lanes: data.series.length}));
</script>
"""


def chromium(page, folder):
    if not shutil.which("chromium"):
        pytest.skip("no Chromium")
    words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--window-size=1200,800", f"--user-data-dir={folder}/profile",
             "--dump-dom", page.as_uri()]
    return subprocess.run(words, capture_output=True, text=True, timeout=120 * PACE, check=True).stdout


def test_the_timeline_works_in_a_browser(packetd, tmp_path):
    noted, page = tmp_path / "noted.retro", tmp_path / "timeline.html"
    shutil.copy(packetd, noted)
    asked("note", noted, "--at", "event:5", "</script><b>not bold</b>")
    asked("timeline", noted, "--html", page)
    text = page.read_text()
    assert not re.search(r"https?:|src=|@import", text), "it asks for something from a network"
    page.write_text(text.replace("</body>", DRIVE + "</body>"))
    dom = chromium(page, tmp_path)
    driven = json.loads(html.unescape(re.search(r"DRIVEN (\{.*?\})", dom)[1]))
    assert driven["lanes"] == 6 and driven["zoomed"] == pytest.approx(1.25 ** 5, rel=0.01)
    assert re.match(r"@[\d,]+: [\d.,]+ accesses \(port I/O\)", driven["hovered"])
    number = int(re.fullmatch(rf"retrovisor replay {re.escape(str(noted))} --at event:(\d+)", driven["picked"])[1])
    assert number < len(asked("log", noted).splitlines())
    assert "&lt;/script&gt;&lt;b&gt;not bold&lt;/b&gt;" in dom
