# shellcheck shell=bash
# SPDX-License-Identifier: EPL-2.0
#
# All tests, phase by phase; sourced by the retrovisor script, which has `home`, `say` and `fail`. Each phase adds to
# the totals, prints what it is doing, and how long it took; a phase that fails does not keep the next from running.

passed=0
failed=0
skipped=0
results=$home/target/test-results

# phase NAME FUNCTION
phase() {
	local name=$1 before=$SECONDS
	shift
	printf '== %s\n' "$name"
	"$@"
	printf '== %s: %d s\n\n' "$name" $((SECONDS - before))
}

count() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
}

# The lines of a Maven log that show how far it is.
show_progress() {
	awk '/^\[INFO\] Building Retrovisor/ { sub(/^\[INFO\] Building /, "   "); print }
		/^(\[(INFO|ERROR|WARNING)\] )?.*Tests run:.* in / { sub(/^(\[[A-Z]+\] )?/, "     "); sub(/, Time elapsed/, " in"); print }
		/^\[ +(PASSED|FAILED) +\]/ { print "      " $0 }
		/^ +CC / { if (++compiled % 20 == 0) print "      " compiled " files compiled" }
		{ fflush() }'
}

show_errors() {
	printf '   -- what went wrong (all of it: %s)\n' "${1#"$home"/}"
	grep -E '^\[ERROR\]|FAILED|error:|Error [0-9]' "$1" | head -n 60 || tail -n 40 "$1"
}

# sum FILES... of an attribute of JUnit reports: sum_attribute NAME FILE...
sum_attribute() {
	local name=$1
	shift
	awk -v name="$name" '/<testsuite[ >]/ { if (match($0, " " name "=\"[0-9]+\"")) {
		split(substr($0, RSTART, RLENGTH), part, "\""); sum += part[2] } } END { print sum + 0 }' "$@" /dev/null
}

count_junit() {
	local tests bad missed
	(($#)) || return 0
	tests=$(sum_attribute tests "$@")
	bad=$(($(sum_attribute failures "$@") + $(sum_attribute errors "$@")))
	missed=$(sum_attribute skipped "$@")
	count $((tests - bad - missed)) "$bad" "$missed"
}

# cmocka prints "[  PASSED  ] 12 test(s)." for each program.
sum_cmocka() {
	awk -v kind="$1" '$0 ~ "^\\[ +" kind " +\\] +[0-9]+ test\\(s\\)" { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^test/) sum += $i }
		END { print sum + 0 }' "$2"
}

# bounded SECONDS LOG SHOW COMMAND...: COMMAND's output goes to LOG, and by SHOW to the terminal. What has not ended by
# then is killed with all it started, and counts as failed. LOG is no pipe: a process that was left behind would hold it open.
bounded() {
	local seconds=$1 log=$2 show=$3 pid code=0
	shift 3
	: >"$log"
	timeout --kill-after=20 "$seconds" "$@" >"$log" 2>&1 </dev/null &
	pid=$!
	trap 'kill "$pid"; exit 130' INT TERM
	tail -n +1 -s 0.3 -F --pid="$pid" "$log" 2>/dev/null | "$show"
	wait "$pid" || code=$?
	trap - INT TERM
	if ((code == 124 || code == 137)); then
		say "not ended after $seconds s, and killed: $(tail -n 1 "$log")"
		count 0 1
	fi
	return "$code"
}

build_and_unit_tests() {
	local log=$results/build.log code=0 counted
	rm -rf "$home"/{gdb-bridge,replay-store,eclipse-plugin/*}/target/surefire-reports
	cd "$home"
	bounded 1800 "$log" show_progress xvfb-run -a -s "-screen 0 1400x900x24" ./mvnw -B --fail-at-end verify || code=$?
	shopt -s nullglob
	counted=$((passed + failed))
	count_junit "$home"/{gdb-bridge,replay-store,eclipse-plugin/*}/target/surefire-reports/*.xml
	count "$(sum_cmocka PASSED "$log")" "$(sum_cmocka FAILED "$log")"
	if ((code)); then
		((failed)) || count 0 1
		show_errors "$log"
	elif ((passed + failed == counted)); then
		say "the build ran no test at all"
		count 0 1
	fi
}

# python_tests SECONDS NAME PYTEST-OPTION...: the tests in QEMU that the options select; NAME.xml is their report.
python_tests() {
	local seconds=$1 report=$results/$2.xml log=$results/$2.log code=0 before=$failed
	shift 2
	rm -f "$report"
	cd "$home"
	bounded "$seconds" "$log" cat env -u VIRTUAL_ENV -u PYTHONHOME -u PYTHONPATH -u PYENV_VERSION \
		/usr/bin/python3 -B -m pytest -v -p no:cacheprovider --junitxml="$report" "$@" .ci stub-monitor/tests/boot || code=$?
	if [[ -e $report ]]; then
		count_junit "$report"
	fi
	((code == 0 || failed > before)) || count 0 1
}

# A test waits about as long as its QEMU computes, so one for each CPU; each gets slower by it, hence the pace.
qemu_tests() {
	RETROVISOR_TEST_PACE=${RETROVISOR_TEST_PACE:-2} python_tests 2600 qemu -m "not quiet" --numprocesses "$(nproc)"
}

quiet_tests() {
	python_tests 800 quiet -m quiet
}

run_all_tests() {
	local start=$SECONDS
	mkdir -p "$results"
	phase "build, format, lint, Java tests, host tests of the C code" build_and_unit_tests
	phase "the script; tests in QEMU with gdb, side by side" qemu_tests
	phase "tests that compare times, one after the other" quiet_tests
	printf '%d passed, %d failed' "$passed" "$failed"
	((skipped)) && printf ', %d skipped' "$skipped"
	printf ' (%d s)\n' $((SECONDS - start))
	((failed == 0)) || exit "$EXIT_FAILED"
}
