# SPDX-License-Identifier: EPL-2.0
# Layout and rules of the monitor's C, included by the Makefile. Run in stub-monitor/:
#
#   make lint         all of the following, some seconds
#     lint-format       clang-format finds nothing to change (.clang-format, at the top)
#     lint-layers       includes go downwards, inline assembly stays where hardware is
#     lint-sizes        functions up to 60 lines, files up to 500
#     lint-spdx         every source file of the repository names its licence
#     lint-headers      every header compiles alone
#     lint-cppcheck     cppcheck, but for what tests/cppcheck.txt lists
#     host-pure         pure folders need nothing from outside (tests/host/host.mk)
#   make lint-deep    clang-tidy, a minute
#   make format       applies clang-format

LINT_C = $(shell find $(FOLDERS) vt guests tests/host -name '*.[ch]' | sort)
LINT_ASSEMBLY = $(shell find $(FOLDERS) guests -name '*.S' | sort)
LINT_HEADERS = $(shell find $(FOLDERS) vt -name '*.h' | sort)
LINT_GUEST_HEADERS = $(shell find guests -name '*.h' | sort)
LINT_HOST_HEADERS = $(shell find tests/host -name '*.h' | sort)

CPPCHECK := cppcheck --quiet --std=c11 --platform=unix64 --error-exitcode=1 --inline-suppr \
	--suppressions-list=tests/cppcheck.txt --template='{file}:{line}: {message} [{id}]'

# What is off: names and casts of this code's style, integer widening that cannot overflow here, and
# va_list in parameters, which the analyzer of clang 14 takes for uninitialized. Copies of a struct
# cpu_state are whole, padding included, and may be compared as bytes.
TIDY_CHECKS := -*,bugprone-*,clang-analyzer-*,misc-redundant-expression,misc-unused-parameters,$\
	readability-misleading-indentation,-bugprone-easily-swappable-parameters,$\
	-bugprone-reserved-identifier,-bugprone-narrowing-conversions,-bugprone-macro-parentheses,$\
	-bugprone-implicit-widening-of-multiplication-result,-bugprone-suspicious-string-compare,$\
	-bugprone-suspicious-memory-comparison,$\
	-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,$\
	-clang-analyzer-valist.Uninitialized
TIDY_CFLAGS := -std=gnu11 -ffreestanding -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -I.

.PHONY: lint lint-deep format lint-format lint-layers lint-sizes lint-spdx lint-headers lint-cppcheck

lint: lint-format lint-layers lint-sizes lint-spdx lint-headers lint-cppcheck
	@$(MAKE) --no-print-directory -f tests/host/host.mk host-pure
	@echo "lint: nothing found"

# $(call need,PROGRAM,PACKAGE)
need = command -v $(1) > /dev/null || \
	{ echo "$(1) is missing: apt-get install $(2) (Debian)"; exit 1; }

lint-format:
	@$(call need,clang-format,clang-format)
	@bad=$$(clang-format --dry-run --Werror $(LINT_C) 2>&1 | sed -n 's/:[0-9]*: error: .*//p'); \
	[ -z "$$bad" ] || { echo "$$bad"; echo "layout: make format settles it"; exit 1; }

format:
	@$(call need,clang-format,clang-format)
	@clang-format -i $(LINT_C)

lint-layers:
	@$(call need,python3,python3)
	@python3 tests/check_layers.py

lint-sizes:
	@$(call need,python3,python3)
	@python3 tests/check_sizes.py $(LINT_C) $(LINT_ASSEMBLY)

lint-spdx:
	@$(call need,python3,python3)
	@python3 tests/check_spdx.py

# $(call alone,HEADERS,FLAGS)
alone = for header in $(1); do \
		echo "\#include \"$$header\"" | $(CC) $(2) -Wall -Wextra -Werror -fsyntax-only -x c - || \
		{ echo "does not compile alone: $$header"; exit 1; }; \
	done

lint-headers:
	@$(call alone,$(LINT_HEADERS),-std=gnu11 -ffreestanding -I.)
	@$(call alone,$(LINT_GUEST_HEADERS:guests/%=%),-std=gnu11 -ffreestanding -Iguests)
	@$(call alone,$(filter-out tests/host/test_%,$(LINT_HOST_HEADERS)),-std=gnu11 -I. -Itests/host)

lint-cppcheck:
	@$(call need,cppcheck,cppcheck)
	@$(CPPCHECK) --enable=warning,performance,portability,style -I. $(FOLDERS)
	@$(CPPCHECK) --enable=warning,performance,portability,style -Iguests guests
	@$(CPPCHECK) --enable=warning,performance,portability -I. -Itests/host -DTESTDATA='""' tests/host

lint-deep:
	@$(call need,clang-tidy,clang-tidy)
	@echo $(SOURCES) | xargs -n 4 -P 2 sh -c \
		'clang-tidy --quiet --warnings-as-errors="*" --checks="$(TIDY_CHECKS)" "$$@" -- $(TIDY_CFLAGS)' \
		clang-tidy
