# SPDX-License-Identifier: EPL-2.0
# Coverage-guided fuzzing of the stub with clang's libFuzzer, with the address and undefined-behaviour
# sanitizers. Run in stub-monitor/:  make fuzz RUNS=1000000
#
# An input is a session of one or more packets, so RUNS is the least number of packets. What the fuzzer
# learns stays in build/fuzz/corpus; what it finds is in build/fuzz/crash-*, and stays there until a
# test has it. The first inputs are tests/host/fuzz/corpus: sessions of a real gdb.

FUZZ_CC := clang
FUZZ_BUILD := build/fuzz
RUNS ?= 20000
FUZZ_SECONDS ?= 600
FUZZ_SEED ?= 1
FUZZ_SOURCES = $(sort $(wildcard rsp/*.c agent/*.c)) lib/hex.c lib/crc32.c lib/crc32c.c lib/format.c \
	debug/console_ring.c debug/trace_buffer.c debug/tracepoint.c $(sort $(wildcard tests/host/fake_*.c)) tests/host/fuzz/fuzz_rsp.c
FUZZ_OBJECTS = $(FUZZ_SOURCES:%.c=$(FUZZ_BUILD)/%.o)
FUZZ_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -I. -Itests/host -MMD -MP \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

.PHONY: fuzz
fuzz: $(FUZZ_BUILD)/fuzz_rsp
	@mkdir -p $(FUZZ_BUILD)/corpus
	@$< -runs=$(RUNS) -max_total_time=$(FUZZ_SECONDS) -seed=$(FUZZ_SEED) -max_len=4096 -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -artifact_prefix=$(FUZZ_BUILD)/ \
		-dict=tests/host/fuzz/words.dict $(FUZZ_BUILD)/corpus tests/host/fuzz/corpus

$(FUZZ_BUILD)/fuzz_rsp: $(FUZZ_OBJECTS)
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^

$(FUZZ_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -c -o $@ $<

-include $(shell find $(FUZZ_BUILD) -name '*.d' 2>/dev/null)
