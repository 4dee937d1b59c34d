# SPDX-License-Identifier: EPL-2.0
# Host tests of the monitor's pure C. Run in stub-monitor/:  make -f tests/host/host.mk host-test
#
#   host-test       all of the following
#   host-unit       every tests/host/test_*.c (cmocka), with the address and undefined-behaviour sanitizers
#   host-pure       pure sources compile as the monitor compiles them, and need nothing from outside but what
#                   tests/host/allowed_undefined.txt lists
#   host-gdb        a dialogue of a real gdb with the stub and a fake machine
#   host-rsp-server a fake machine behind a TCP port, to try the stub with a real debugger

HOST_CC ?= gcc
HOST_BUILD ?= build/host
HOST_TESTDATA ?= ../testdata

HOST_PURE := $(sort $(wildcard rsp/*.c insn/*.c agent/*.c dma/*.c lib/hex.c lib/crc32.c lib/crc32c.c lib/format.c npt/guest_walk.c) \
	debug/console_ring.c debug/trace_buffer.c debug/tracepoint.c replay/checkpoint.c replay/page_history.c replay/page_pool.c \
	replay/ram_hash.c boot/replay_image_check.c)
HOST_TESTS := $(sort $(wildcard tests/host/test_*.c))
HOST_FAKES := $(sort $(wildcard tests/host/fake_*.c))

HOST_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -I. -Itests/host -MMD -MP \
	-fsanitize=address,undefined -fno-sanitize-recover=all -DTESTDATA='"$(HOST_TESTDATA)"'
HOST_PURE_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -Werror -I. -MMD -MP \
	-ffreestanding -fno-stack-protector -mgeneral-regs-only -fno-pie

HOST_OBJECTS := $(HOST_PURE:%.c=$(HOST_BUILD)/%.o)
HOST_FAKE_OBJECTS := $(HOST_FAKES:%.c=$(HOST_BUILD)/%.o)
HOST_PURE_OBJECTS := $(HOST_PURE:%.c=$(HOST_BUILD)/pure/%.o)
HOST_PROGRAMS := $(HOST_TESTS:tests/host/%.c=$(HOST_BUILD)/%)

.PHONY: host-test host-unit host-pure host-gdb host-rsp-server
.SECONDARY:

host-test: host-pure host-unit host-gdb

host-unit: $(HOST_PROGRAMS)
	@failed=; for program in $^; do $$program || failed="$$failed $$program"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

# libgcc's helpers and compiler-made calls of mem* are covered by the list as well.
host-pure: $(HOST_BUILD)/pure/all.o tests/host/allowed_undefined.txt
	@nm -u $< | awk '{ print $$2 }' | grep -v -x -E \
		-f tests/host/allowed_undefined.txt > $(HOST_BUILD)/pure/undefined.txt; \
	if [ -s $(HOST_BUILD)/pure/undefined.txt ]; then \
		echo "pure sources need from outside:"; cat $(HOST_BUILD)/pure/undefined.txt; exit 1; fi
	@if grep -n -E '\b(asm|__asm__)\b' $(HOST_PURE); then echo "pure sources contain asm"; exit 1; fi
	@echo "purity: nothing unexpected is needed from outside"

host-gdb: $(HOST_BUILD)/rsp_tcp_server
	@python3 tests/host/gdb_session.py $<

host-rsp-server: $(HOST_BUILD)/rsp_tcp_server

$(HOST_BUILD)/pure/all.o: $(HOST_PURE_OBJECTS)
	@ld -r -o $@ $^

$(HOST_BUILD)/pure/%.o: %.c
	@mkdir -p $(@D)
	@$(HOST_CC) $(HOST_PURE_CFLAGS) -c -o $@ $<

$(HOST_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<

$(HOST_BUILD)/test_%: $(HOST_BUILD)/tests/host/test_%.o $(HOST_OBJECTS) $(HOST_FAKE_OBJECTS)
	@$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ -lcmocka

$(HOST_BUILD)/rsp_tcp_server: $(HOST_BUILD)/tests/host/rsp_tcp_server.o $(HOST_OBJECTS) $(HOST_FAKE_OBJECTS)
	@$(HOST_CC) $(HOST_CFLAGS) -o $@ $^

-include $(shell find $(HOST_BUILD) -name '*.d' 2>/dev/null)
